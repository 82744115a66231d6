"""The commands and options of `clearline`, and nothing but their wiring; each command's work is in its own module."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click
import msgspec

from clearline.cli.durations import Duration, Place, Size
from clearline.cli.exit_codes import ExitCode
from clearline.cli.files_too import FilesToo
from clearline.cli.guard import say
from clearline.cli.parts import Parts, WindowRequest
from clearline.domain.plan import Plan
from clearline.domain.profile import STANDARD
from clearline.host.crash import note_defect
from clearline.host.texts import LANGUAGES, Texts, default_language

F = TypeVar("F", bound=Callable[..., Any])

FILE = click.Path(path_type=Path, dir_okay=False)
_PACE = Duration(0.1, 3600)
_SPAN = Duration(0.1, 366 * 86400)


class Shared:
    """What the options common to all commands say."""

    def __init__(self, parts: Parts) -> None:
        self.parts = parts
        self.language = default_language()

    @property
    def texts(self) -> Texts:
        """Words in the chosen language."""
        return Texts(self.language)


def _choose_language(context: click.Context, _option: click.Parameter, value: str | None) -> str | None:
    if value is not None:
        context.find_object(Shared).language = value  # type: ignore[union-attr] # main put it there
    return value


def _be_verbose(_context: click.Context, _option: click.Parameter, value: bool) -> bool:
    if value:
        from clearline.host.logs import log_to_terminal

        log_to_terminal()
    return value


def common(command: F) -> F:
    for option in (
        click.option("-v", "--verbose", is_flag=True, callback=_be_verbose, help="Log to standard error."),
        click.option(
            "--lang",
            type=click.Choice(LANGUAGES),
            callback=_choose_language,
            is_eager=True,
            help="Language of what is shown.",
        ),
    ):
        command = option(command)
    return command


def testing(command: F) -> F:
    """Options of the commands that test."""
    for option in (
        click.option("--json", "is_json", is_flag=True, help="One JSON object a line, nothing else."),
        click.option("--insecure", is_flag=True, help="Do not look at certificates. Shown with every result."),
        click.option(
            "--ca",
            type=FILE,
            help="PEM file with roots to trust besides the system's; revocation lists in it are heeded.",
        ),
        click.option("--proxy", metavar="URL", help="Go through this proxy, or as this script says (pac+URL); none."),
        click.option("--profile", help="How to connect: standard, quick check, fetch, upload, or one of the plan's."),
        click.option("--plan", type=FILE, help="Plan file with targets and profiles."),
        click.argument("targets", nargs=-1),
    ):
        command = option(command)
    return command


PAGES = (
    "library", "log", "settings", "help", "lab", "figures", "history", "diagnosis", "profile", "error", "target",
    "several", "import", "marker", "rules", "scenarios", "report", "compare", "try",
)  # fmt: skip


@click.group(cls=FilesToo, invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="clearline", message="clearline %(version)s")
@click.option("--plan", type=FILE, help="Plan file to load.")
@click.option("--lab", metavar="SCENARIO", help="Start this practice scenario and watch it.")
@click.option("--open", "open", type=FILE, help="Session file to open.")
@click.option("--beside", type=FILE, help="Session file to compare with what --open names.")
@click.option("--theme", type=click.Choice(["light", "dark", "system"]))
@click.option("--select", metavar="TARGET", help="Target to show first.")
@click.option("--screenshot", type=FILE, help="Write a picture of the window and leave; needs no display.")
@click.option("--after", type=_SPAN, default=5.0, metavar="5s", help="When to take the picture.")
@click.option("--size", type=Size(), metavar="1480x920", help="Size of the picture's window.")
@click.option("--page", type=click.Choice(PAGES), help="Page to show first.")
@click.option("--diagnose", "is_diagnosed", is_flag=True, help="Diagnose the selected target at once.")
@click.option("--high-contrast", is_flag=True, help="Draw with high contrast.")
@click.option("--new-window", is_flag=True, help="Open a window even where one is open already.")
@click.option("--scale", type=click.FloatRange(0.5, 4.0), default=1.0, help="Pixels of the picture per window pixel.")
@common
@click.pass_context
def main(
    context: click.Context,
    plan: Path | None,
    lab: str | None,
    open: Path | None,  # noqa: A002 (the name of the option)
    beside: Path | None,
    theme: str | None,
    select: str | None,
    screenshot: Path | None,
    after: float,
    size: tuple[int, int] | None,
    scale: float,
    page: str | None,
    is_diagnosed: bool,
    high_contrast: bool,
    new_window: bool,
    lang: str | None,
    verbose: bool,
) -> int:
    """Shows where a connection breaks, keeps watching, hands over proof. Without a command: the window."""
    if context.invoked_subcommand is not None:
        return ExitCode.OK
    width, height = size or (None, None)
    shared = context.ensure_object(Shared)
    return shared.parts.open_window(
        WindowRequest(
            plan=plan,
            lab=lab,
            open=open,
            beside=beside,
            theme=theme,
            language=lang,
            select=select,
            screenshot=screenshot,
            after_s=after,
            width=width,
            height=height,
            scale=scale,
            page=page,
            is_diagnosed=is_diagnosed,
            is_high_contrast=high_contrast,
            has_own_window=new_window,
            is_verbose=verbose,
        )
    )


@main.command(short_help="Check each target once.")
@testing
@common
@click.pass_obj
def check(
    shared: Shared,
    /,
    targets: tuple[str, ...],
    plan: Path | None,
    profile: str | None,
    ca: Path | None,
    proxy: str | None,
    insecure: bool,
    is_json: bool,
    verbose: bool,
    **_common_options: Any,
) -> int:
    """Check each TARGET once: https://host, tcp://host:port, tls://…, dns://…, udp://…, beat://…, icmp://host,
    path://host:port, mtu://host, host:port or a host. With -v every address of a name is also connected to by
    itself, and a web target is tried with and without its proxy."""
    import asyncio
    from contextlib import aclosing

    from clearline.cli.check import checked
    from clearline.cli.families import with_families
    from clearline.cli.plans import given_plan
    from clearline.cli.ways import with_ways
    from clearline.cli.words import checked_lines, insecure_warning

    texts = shared.texts
    given = given_plan(targets, plan, profile=profile, ca_file=ca, proxy=proxy, is_insecure=insecure)
    if warning := insecure_warning(given.targets, texts):
        say(warning)

    async def show_all() -> bool:
        is_all_ok = True
        async with aclosing(checked(given, network, _report_defect)) as results:
            async for result in results:
                is_all_ok &= result.is_ok
                if verbose:
                    # The same check, told more fully.
                    result = await with_ways(await with_families(result, network), given, network)  # noqa: PLW2901
                if is_json:
                    click.echo(msgspec.json.encode(result.record(texts)).decode())
                else:
                    click.echo("\n".join(checked_lines(result, texts)))
        return is_all_ok

    network = shared.parts.make_network()
    try:
        with asyncio.Runner(loop_factory=asyncio.SelectorEventLoop) as runner:
            return ExitCode.OK if runner.run(show_all()) else ExitCode.FAILED
    finally:
        network.close()


@main.command(short_help="Keep checking targets, a plan or a practice scenario.")
@testing
@click.option("--for", "for_s", type=_SPAN, metavar="60s", help="Stop after this time; else at Ctrl-C.")
@click.option("--every", "every_s", type=_PACE, metavar="1s", help="Pace of every target.")
@click.option("--record", type=FILE, help="Session file to write.")
@click.option("--lab", "scenario", metavar="SCENARIO", help="Start this practice scenario and watch it.")
@click.option("--outside", "is_outside", is_flag=True, help="Ask two outside places too, now and then, if they answer.")
@click.option("--metrics", type=Place(), metavar="HOST:PORT", help="Open a page for Prometheus there: /metrics.")
@common
@click.pass_obj
def watch(
    shared: Shared,
    /,
    targets: tuple[str, ...],
    plan: Path | None,
    profile: str | None,
    ca: Path | None,
    proxy: str | None,
    insecure: bool,
    is_json: bool,
    for_s: float | None,
    every_s: float | None,
    record: Path | None,
    scenario: str | None,
    is_outside: bool,
    metrics: tuple[str, int] | None,
    **_common_options: Any,
) -> int:
    """Keep checking each TARGET of the command line, of a plan or of a practice scenario."""
    from clearline.cli.plans import given_plan
    from clearline.cli.watch import watch as run

    if scenario is not None and (targets or plan):
        raise click.UsageError(shared.texts.say("cli.lab_or_targets"))
    if scenario is not None and is_outside:
        raise click.UsageError(shared.texts.say("cli.lab_or_outside"))

    def planned() -> Plan:
        return given_plan(
            targets,
            plan,
            profile=profile,
            ca_file=ca,
            proxy=proxy,
            is_insecure=insecure,
            interval_s=every_s,
            default_profile=STANDARD.name,
        )

    return run(
        planned,
        scenario,
        shared.parts,
        shared.texts,
        is_json=is_json,
        for_s=for_s,
        every_s=every_s,
        record=record,
        metrics=metrics,
        is_outside=is_outside,
        report_defect=_report_defect,
    )


@main.command(short_help="Start fault servers on this computer.")
@click.argument("scenarios", nargs=-1)
@click.option("--list", "is_list", is_flag=True, help="Name every scenario.")
@click.option("--json", "is_json", is_flag=True, help="One JSON object a line; ends with its standard input.")
@click.option("--for", "for_s", type=_SPAN, metavar="30s", help="Stop after this time; else at Ctrl-C.")
@click.option("--plan-out", type=FILE, help="Write the plan that tests it to this file.")
@click.option("--seed", type=click.IntRange(0), help="Play the same faults at the same seconds.")
@click.option("--count", type=click.IntRange(1), help="How many targets a crowd has: clearline lab many --count 200.")
@click.option("--proxy", metavar="tcp://HOST:PORT", help="Instead of a scenario: a local port before this service.")
@click.option("--set", "settings", multiple=True, metavar="NAME=VALUE", help="What the proxy spoils: latency_ms=200 …")
@click.option("--script", type=FILE, help="TOML file that says what the proxy spoils when.")
@common
@click.pass_obj
def lab(
    shared: Shared,
    /,
    scenarios: tuple[str, ...],
    is_list: bool,
    is_json: bool,
    for_s: float | None,
    plan_out: Path | None,
    seed: int | None,
    count: int | None,
    proxy: str | None,
    settings: tuple[str, ...],
    script: Path | None,
    **_common_options: Any,
) -> int:
    """Start fault servers on this computer and print their targets."""
    from clearline.cli import lab as command

    if is_list:
        command.list_scenarios(shared.texts, is_json=is_json)
        return ExitCode.OK
    if proxy is not None:
        return command.serve_proxy(proxy, settings, script, shared.texts, is_json=is_json, for_s=for_s, seed=seed)
    return command.serve(
        scenarios, shared.texts, is_json=is_json, for_s=for_s, plan_out=plan_out, seed=seed, count=count
    )


@main.command(short_help="Show what a profile comes to: its worst case, and its time as a tree.")
@click.argument("name", required=False)
@click.option("--plan", type=FILE, help="Plan file with profiles.")
@click.option("--json", "is_json", is_flag=True, help="One JSON object a line, nothing else.")
@common
@click.pass_obj
def profile(shared: Shared, /, name: str | None, plan: Path | None, is_json: bool, **_common_options: Any) -> int:
    """Show how long a check by profile NAME takes at worst, and what each step and each service behind it may take:
    standard, quick check, fetch, upload, or one of the plan's; all of them without a NAME."""
    from clearline.cli import profile as command

    command.show_profiles(name, plan, shared.texts, is_json=is_json)
    return ExitCode.OK


@main.command("self-test", short_help="Prove that everything works on this computer, without a network.")
@click.option("--json", "is_json", is_flag=True, help="One JSON object a line, nothing else.")
@click.option("--draw", type=FILE, hidden=True)
@common
@click.pass_obj
def self_test(shared: Shared, /, is_json: bool, draw: Path | None, **_common_options: Any) -> int:
    """Prove an installation: texts, practice lab, engine, session file, encryption, every kind of probe, window and
    graphs. Nothing leaves this computer. Exit code 1 when something that is needed does not work."""
    from clearline.cli import self_test as command

    if draw is not None:
        return command.draw(shared.parts, draw)
    return command.self_test(shared.parts, shared.texts, is_json=is_json)


def _report_defect(name: str, error: BaseException) -> None:
    note_defect(error, name)
