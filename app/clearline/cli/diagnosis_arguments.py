"""The command that diagnoses, and nothing but its wiring."""

from pathlib import Path
from typing import Any

import click

from clearline.cli.arguments import FILE, Shared, common, main, testing
from clearline.cli.durations import Duration
from clearline.cli.exit_codes import ExitCode
from clearline.domain.problem import InputError, Problem
from clearline.domain.verdict import IDLE_S, LOAD_MB


@main.command(short_help="Find out what is wrong with one target, whose it is and what to do.")
@testing
@click.option("--full", "is_full", is_flag=True, help="Take up to 30 s instead of 6: repeated attempts, more patience.")
@click.option("--outside", "is_outside", is_flag=True, help="Outside hosts of the list may be asked too (--list).")
@click.option("--list", "is_list", is_flag=True, help="Name every host that could be contacted besides the target.")
@click.option("--control", "controls", multiple=True, metavar="TARGET", help="A target of your own known to be good.")
@click.option("--neighbours", "is_near", is_flag=True, help="Computers beside the target may be asked too.")
@click.option(
    "--idle",
    "idle_s",
    type=Duration(*IDLE_S),
    metavar="15s",
    help="See whether connections survive rests of 15, 30, 60, 120 and 300 s, and this one. Takes so much longer.",
)
@click.option(
    "--load",
    "load_mb",
    type=click.FloatRange(*LOAD_MB),
    metavar="MB",
    help="Read up to so many MB, for 8 s at most, and see how long others wait meanwhile.",
)
@click.option(
    "--load-to",
    default="",
    metavar="URL",
    help="With --load: then send as much to this address of your own, which throws it away.",
)
@click.option("--colleague", type=FILE, metavar="SESSION", help="What another computer recorded of this target.")
@click.option("--ticket", "is_ticket", is_flag=True, help="Also write the text to hand over.")
@click.option("--report", "out", type=FILE, help="File to write: .html .pdf .csv .json .har .txt .prom .clearline")
@click.option("--redact", "is_redacted", is_flag=True, help="Replace what names people and places in that report.")
@click.option("--ticket-code", default="", metavar="CODE", help="Redact; reports of one code have the same aliases.")
@common
@click.pass_obj
def diagnose(
    shared: Shared,
    /,
    targets: tuple[str, ...],
    plan: Path | None,
    profile: str | None,
    ca: Path | None,
    proxy: str | None,
    insecure: bool,
    is_json: bool,
    is_full: bool,
    is_outside: bool,
    is_list: bool,
    controls: tuple[str, ...],
    is_near: bool,
    idle_s: float | None,
    load_mb: float | None,
    load_to: str,
    colleague: Path | None,
    is_ticket: bool,
    out: Path | None,
    is_redacted: bool,
    ticket_code: str,
    **_common_options: Any,
) -> int:
    """Climb the ladder to one TARGET, from this computer to the application, and say what is wrong in plain words.

    Only the target, this network's own gateway, name servers and proxy are contacted, unless options allow more."""
    from clearline.cli import diagnose as command
    from clearline.cli.colleague import seen_by_colleague
    from clearline.cli.plans import given_plan
    from clearline.cli.sessions import redactor_of
    from clearline.host.policy import policy as fixed_policy

    texts = shared.texts
    policy = command.given_policy(
        is_full=is_full,
        is_outside=is_outside,
        controls=controls,
        is_near=is_near,
        idle_s=idle_s,
        load_mb=load_mb,
        load_to=load_to,
    )
    if is_list:
        for host in policy.outside.only(fixed_policy().may_contact).hosts():
            click.echo(host)
        return ExitCode.OK
    given = given_plan(targets, plan, profile=profile, ca_file=ca, proxy=proxy, is_insecure=insecure)
    target = command.one_target(given)
    known = seen_by_colleague(colleague, target, policy.thresholds) if colleague else None
    report = None
    if out is not None:
        from clearline.cli.diagnosis_report import DiagnosisReport

        report = DiagnosisReport(out, redactor_of(is_redacted, ticket_code), shared.parts, texts)
    elif is_redacted or ticket_code:
        raise InputError(Problem("cli.diagnose_redact_alone"))
    network = shared.parts.make_network()
    try:
        done = command.run(
            target, policy, network, texts, click.echo, is_json=is_json, is_ticket=is_ticket, known=known
        )
    finally:
        network.close()
    if report is not None:
        report.write(done)
        if not is_json:
            click.echo(report.told())
    return ExitCode.FAILED if done.verdict.is_fault else ExitCode.OK
