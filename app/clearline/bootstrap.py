"""The one place that builds the parts and connects them; it decides nothing."""

import importlib
import logging
import os
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from clearline.domain.command import StartSession
from clearline.domain.problem import Problem
from clearline.host.calm import hold_collector
from clearline.host.crash import CrashFile, note_defect
from clearline.host.own_program import own_argv

if TYPE_CHECKING:
    from clearline.cli.parts import ClosableNetwork, WindowRequest
    from clearline.engine.recording import Log, Recorder
    from clearline.report.document import Document
    from clearline.store.writer import SessionWriter


def make_network() -> "ClosableNetwork":
    """This machine's sockets and resolver."""
    from clearline.net.sockets import SystemNetwork

    return SystemNetwork()


def make_recorder(session: StartSession) -> "Recorder | None":
    """The writer of the session's file; None where it has no path."""
    if not session.path:
        return None
    from clearline.store.writer import SessionWriter

    return SessionWriter(Path(session.path), session.session_id, session.wall_s, keeping=session.keeping)


def make_log(session: StartSession) -> "Log":
    """The writer of the session's log."""
    from clearline.host.event_log import EventLog

    return EventLog(session.session_id, session.wall_s)


def run_engine() -> int:
    """The engine process: `clearline --engine`."""
    from clearline.engine.process import host
    from clearline.host.logs import Logs
    from clearline.probes import registry

    # Whatever a library prints must not get between the frames, and no child of ours may hold the pipes open.
    commands, events = os.dup(0), os.dup(1)
    os.dup2(2, 1)
    logs, crash_file = Logs("engine"), CrashFile("engine")
    network = make_network()
    try:
        return host.serve(
            commands,
            events,
            make_recorder,
            network=network,
            probe=registry.run,
            report_defect=_log_defect,
            make_log=make_log,
        )
    finally:
        network.close()
        crash_file.close()
        logs.close()


def run_command(arguments: Sequence[str]) -> int:
    """A terminal command, or the window where there is none."""
    from clearline.cli.arguments import Shared, main
    from clearline.cli.guard import guarded
    from clearline.cli.parts import Parts

    for others in ("diagnosis_arguments", "plan_arguments", "session_arguments"):
        importlib.import_module(f"clearline.cli.{others}")  # Each adds its commands.

    parts = Parts(make_network, make_recorder, open_window, prove_window, own_argv(), write_pdf, copy_to)
    shared = Shared(parts)
    return guarded(
        lambda: main.main(arguments, prog_name="clearline", standalone_mode=False, obj=shared) or 0,
        lambda: shared.texts,
        lambda error: str(note_defect(error, "command") or ""),
    )


def open_window(request: "WindowRequest") -> int:
    """The window; where it cannot be, a CannotError says why."""
    from clearline.cli.guard import CannotError
    from clearline.ui.options import WindowOptions

    given = WindowOptions(**asdict(request))
    if given.screenshot is None and not _has_display():
        raise CannotError(Problem("cli.no_display"))
    hold_collector()
    try:
        from clearline.ui import application
    except ImportError as error:
        if (error.name or "").partition(".")[0] == "clearline":
            raise
        raise CannotError(Problem("cli.no_window", {"reason": str(error)})) from error
    try:
        return application.run(given)
    except application.ScreenGoneError as error:
        raise CannotError(Problem("cli.screen_gone")) from error


def prove_window(session: Path) -> dict[str, int]:
    """Draw a recorded session without a display and count what is seen: ui.proof. Raises ImportError without Qt."""
    from clearline.ui.proof import prove_window as prove

    return prove(session)


def write_pdf(document: "Document", path: Path) -> None:
    """Draw a report as PDF; where Qt is missing, a CannotError says so."""
    from clearline.cli.guard import CannotError

    try:
        from clearline.ui import pdf
    except ImportError as error:
        raise CannotError(Problem("cli.no_pdf", {"reason": str(error)})) from error
    pdf.write_alone(document, path)


def copy_to(path: Path, session_id: str, wall_s: float) -> "SessionWriter":
    """The writer of a copy of a session."""
    from clearline.store.writer import SessionWriter

    return SessionWriter(path, session_id, wall_s)


def _has_display() -> bool:
    if sys.platform != "linux":
        return True
    return any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"))


def _log_defect(name: str, error: BaseException) -> None:
    logging.getLogger("clearline.engine").error("%s broke", name, exc_info=error)
    note_defect(error, name)
