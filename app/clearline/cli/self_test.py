"""Proves an installation or a frozen build without a network: `clearline self-test`."""

import asyncio
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import click
import msgspec

from clearline.cli.exit_codes import ExitCode
from clearline.cli.guard import CannotError
from clearline.cli.lab_child import LabChild
from clearline.cli.parts import Parts
from clearline.cli.trial import LAB, LINE, TOLD_OF_A_CLOSED_PORT, Trial, try_engine
from clearline.domain.target import Probe
from clearline.host import paths
from clearline.host.own_program import NO_CONSOLE
from clearline.host.policy import policy
from clearline.host.texts import LANGUAGES, Texts, catalogue
from clearline.store.opening import SessionFileError
from clearline.store.reader import SessionReader

WINDOW_WITHIN_S = 60.0
FEWEST_COLOURS = 20
"""An empty window has four or five; icons, text and graphs make hundreds."""
FEWEST_PIXELS = 20
"""Of a line through three measured points, which is several hundred wide; an empty graph has none."""
_FOLDERS: dict[str, Callable[[], Path]] = {
    "sessions": paths.sessions_dir,
    "config": paths.config_dir,
    "logs": paths.logs_dir,
}


class Proof(msgspec.Struct, frozen=True):
    """One thing that was tried."""

    step: str
    is_ok: bool
    sentence: str
    is_needed: bool = True
    """False where the product works without it: this system does not allow it, or does not have it."""
    is_too_busy: bool = False
    """Is it only not proved, since this computer had no time for it?"""


def self_test(parts: Parts, texts: Texts, *, is_json: bool) -> ExitCode:
    """Try everything that must work, tell each as it is known; FAILED where something needed does not work."""
    failed = tried = unproved = 0
    for proof in _proofs(parts, texts):
        tried += 1
        failed += proof.is_needed and not proof.is_ok
        unproved += proof.is_too_busy
        if is_json:
            click.echo(
                msgspec.json.encode(
                    {
                        "step": proof.step,
                        "ok": proof.is_ok,
                        "needed": proof.is_needed,
                        "too_busy": proof.is_too_busy,
                        "summary": proof.sentence,
                    }
                ).decode()
            )
        else:
            sign = "●" if proof.is_ok else "✕" if proof.is_needed else "○"
            click.echo(f"{sign} {proof.sentence}")
    code = "self_test.passed" if not failed else "self_test.unproved" if failed == unproved else "self_test.failed"
    summary = texts.say(code, failed=failed, count=tried)
    if is_json:
        click.echo(msgspec.json.encode({"ok": not failed, "steps": tried, "failed": failed}).decode())
    else:
        click.echo(summary)
    return ExitCode.FAILED if failed else ExitCode.OK


def draw(parts: Parts, session: Path) -> ExitCode:
    """The part in a process of its own, since a Qt without its libraries ends the process it is in."""
    click.echo(msgspec.json.encode(parts.prove_window(session)).decode())
    return ExitCode.OK


def _proofs(parts: Parts, texts: Texts) -> Iterator[Proof]:
    yield _texts_are_whole(texts)
    yield from _folders(texts)
    yield from _policy(texts)
    with tempfile.TemporaryDirectory(prefix="clearline-self-test-") as folder:
        session = Path(folder) / "trial.clearline"
        try:
            with (
                LabChild(parts.own_argv, LAB, texts.language) as lab,
                asyncio.Runner(loop_factory=asyncio.SelectorEventLoop) as runner,
            ):
                yield Proof("lab", True, texts.say("self_test.lab", count=len(lab.started.plan.targets)))
                trial = runner.run(try_engine(lab.started.plan, session))
        except (CannotError, OSError) as error:
            problem = error.problem if isinstance(error, CannotError) else None
            yield Proof("lab", False, texts.problem(problem) if problem else str(error))
            return
        yield _engine(trial, texts)
        yield _session(trial, session, texts)
        yield _tls(trial, texts)
        yield from (_probe(probe, trial, texts) for probe in Probe)
        yield from _window(parts, session, trial, texts)


def _texts_are_whole(texts: Texts) -> Proof:
    """Every language has every sentence; the translations of the window are proved where Qt is."""
    known = [{*catalogue(language).sentences, *catalogue(language).faults} for language in LANGUAGES]
    missing = set[str]().union(*known) - known[0].intersection(*known)
    if missing:
        return Proof("texts", False, texts.say("self_test.texts_missing", codes=", ".join(sorted(missing))))
    return Proof("texts", True, texts.say("self_test.texts", count=len(known[0]), languages=", ".join(LANGUAGES)))


def _folders(texts: Texts) -> Iterator[Proof]:
    """Without its folders Clearline works, but remembers and records nothing by itself."""
    for name, find in _FOLDERS.items():
        try:
            folder = find()
            with tempfile.NamedTemporaryFile(dir=folder):
                pass
        except OSError as error:
            reason = f"{error.strerror or error} {error.filename or ''}".strip()
            yield Proof(f"folder.{name}", False, texts.say("self_test.no_folder", reason=reason), is_needed=False)
        else:
            yield Proof(f"folder.{name}", True, texts.say("self_test.folder", folder=str(folder)))
    if makeshift := paths.makeshift_home():
        told = texts.say("paths.makeshift", folder=str(makeshift))
        yield Proof("folder.makeshift", False, told, is_needed=False)


def _policy(texts: Texts) -> Iterator[Proof]:
    """Nothing where the administrator of this computer fixed nothing."""
    found = policy()
    for problem in found.problems:
        yield Proof("policy", False, texts.problem(problem))
    if found.file and not found.problems:
        yield Proof("policy", True, texts.say("self_test.policy", file=found.file))


def _engine(trial: Trial, texts: Texts) -> Proof:
    if trial.problem is not None:
        return Proof("engine", False, texts.problem(trial.problem))
    if trial.waiting and trial.is_too_busy:
        return _too_busy("engine", trial, texts)
    if trial.waiting:
        return Proof("engine", False, texts.say("self_test.engine_silent", targets=", ".join(trial.waiting)))
    return Proof("engine", True, texts.say("self_test.engine", count=trial.checks, time=texts.duration(trial.took_s)))


def _session(trial: Trial, path: Path, texts: Texts) -> Proof:
    """What the engine told is what stands in the file."""
    try:
        with SessionReader(path) as reader:
            read, damaged = reader.counts["attempts"], reader.damaged
    except SessionFileError as error:
        return Proof("session", False, texts.problem(error.problem))
    if damaged or not read or read < trial.attempts:
        return Proof("session", False, texts.say("self_test.session_lost", read=read, told=trial.attempts))
    return Proof("session", True, texts.say("self_test.session", count=read))


def _tls(trial: Trial, texts: Texts) -> Proof:
    outcome = trial.outcomes.get("secure-web")
    spoken = outcome.detail.get("tls", {}) if outcome is not None and outcome.ok else {}
    if spoken.get("version"):
        return Proof("tls", True, texts.say("self_test.tls", version=spoken["version"]))
    fault = outcome.fault if outcome is not None else None
    reason = texts.fault(fault.kind).title if fault else "–"
    return Proof("tls", False, texts.say("self_test.no_tls", reason=reason))


def _probe(probe: Probe, trial: Trial, texts: Texts) -> Proof:
    """Does it work here; a sentence for what this system does not allow."""
    step, name = f"probe.{probe}", f"{probe}://"
    outcome = trial.by_probe.get(probe)
    if outcome is None and trial.is_too_busy:
        return _too_busy(step, trial, texts)
    if outcome is None:
        return Proof(step, False, texts.say("self_test.probe_untried", probe=name))
    if outcome.fault is None:
        return Proof(step, True, texts.say("self_test.probe", probe=name))
    if outcome.fault.kind in TOLD_OF_A_CLOSED_PORT.get(probe, ()):
        return Proof(step, True, texts.say("self_test.probe_closed", probe=name))
    told = texts.fault(outcome.fault.kind)
    sentence = texts.say("self_test.no_probe", probe=name, reason=told.meaning)
    return Proof(step, False, sentence, is_needed=outcome.fault.kind != "local.capability")


def _too_busy(step: str, trial: Trial, texts: Texts) -> Proof:
    """What is missing here may be no fault of Clearline's; it is not proved either."""
    told = texts.say("self_test.too_busy", count=trial.disturbed + trial.missed, of=trial.attempts + trial.missed)
    return Proof(step, False, told, is_too_busy=True)


def _window(parts: Parts, session: Path, trial: Trial, texts: Texts) -> Iterator[Proof]:
    try:
        drawn = _drawn(parts, session)
    except (OSError, subprocess.SubprocessError) as error:
        yield Proof("window", False, texts.say("self_test.no_window", reason=str(error)))
        return
    for step, least in (("window", FEWEST_COLOURS), ("plot", FEWEST_PIXELS), ("translations", len(LANGUAGES))):
        count = drawn.get(step, 0)
        if step == "plot" and count < least and trial.longest < LINE and trial.is_too_busy:
            yield _too_busy(step, trial, texts)
            continue
        code = f"self_test.{step}" if count >= least else f"self_test.no_{step}"
        yield Proof(step, count >= least, texts.say(code, count=count, least=least, reason=str(count)))


def _drawn(parts: Parts, session: Path) -> dict[str, int]:
    """What the process that draws has counted. Raises OSError and SubprocessError, which carries its last words."""
    done = subprocess.run(  # noqa: S603 (our own executable; no shell)
        [*parts.own_argv, "self-test", "--draw", str(session)],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        timeout=WINDOW_WITHIN_S,
        creationflags=NO_CONSOLE,
        check=False,
    )
    try:
        return msgspec.json.decode(done.stdout, type=dict[str, int])
    except msgspec.DecodeError as error:
        words = " ".join(done.stderr.split("\n")[-4:]).strip()
        raise subprocess.SubprocessError(words or f"exit code {done.returncode}") from error
