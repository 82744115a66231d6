"""Drives the engine process for one live session: begins with the first target, follows the plan, ends in order."""

import uuid
from collections.abc import Callable, Sequence
from datetime import datetime
from itertools import chain, count
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal

from clearline.domain.command import (
    AnyCommand,
    ApplyPlan,
    CheckNow,
    Diagnose,
    DropMarker,
    NoteLabFault,
    ResetBreaker,
    StartSession,
    StopDiagnosis,
    WatchOutside,
)
from clearline.domain.event import AnyEvent
from clearline.domain.plan import Plan
from clearline.engine.process.client import EngineClient, EngineState, engine_argv
from clearline.host.clock import wall_s
from clearline.ui.event_pump import EventPump

APPLY_AFTER_MS = 250
"""A number being typed, or a list being added, reaches the engine once, when it rests."""

MakeClient = Callable[
    [Sequence[str], Callable[[Sequence[AnyEvent]], None], Callable[[EngineState], None]],
    EngineClient,
]


class LiveSession(QObject):
    """Tells one engine what the window wants. Nothing runs, and nothing is recorded, before there is a target."""

    ready = Signal(object, object)
    """This session and the StartSession it begins with: there is something to do. Answered by calling `start`."""
    state_changed = Signal(object, object)
    """This session and the engine's new EngineState."""

    def __init__(
        self,
        pump: EventPump,
        folder: Path | None,
        make_client: MakeClient = EngineClient,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._folder = folder
        self._client = make_client(engine_argv(), pump.receive, self._state_changed)
        self._plan = Plan()
        self._has_started = False
        self._is_stopped = False
        self._is_launched = False
        self._asked: list[Diagnose] = []
        """Diagnoses to begin as soon as there is an engine to ask."""
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(APPLY_AFTER_MS)
        self._timer.timeout.connect(self._apply_now)

    @property
    def has_started(self) -> bool:
        """Was there ever something to do?"""
        return self._has_started

    def apply(self, plan: Plan) -> None:
        """Run this plan soon."""
        self._plan = plan
        if not self._is_stopped:
            self._timer.start()

    def check_now(self, ids: Sequence[str]) -> None:
        """Check these targets besides their schedule."""
        if ids:
            self._send(CheckNow(targets=tuple(ids)))

    def watch_outside(self, points: tuple[str, ...]) -> None:
        """Ask these places too from now on; what a session begins with is in its StartSession."""
        self._send(WatchOutside(points=points))

    def drop_marker(self, text: str, target: str = "") -> None:
        """Mark this moment."""
        self._send(DropMarker(text=text, target=target))

    def note_lab_fault(self, note: NoteLabFault) -> None:
        """Record what the practice lab did."""
        self._send(note)

    def reset_breaker(self, key: str) -> None:
        """Close a breaker by hand."""
        self._send(ResetBreaker(key=key))

    def diagnose(self, command: Diagnose) -> None:
        """Find out what is wrong with a target, of the plan or not. Without a session one begins."""
        if self._is_launched:
            self._send(command)
            return
        self._asked.append(command)
        if not self._has_started:
            self._apply_now()

    def stop_diagnosis(self, name: str) -> None:
        """Stop it where it is."""
        self._send(StopDiagnosis(diagnosis=name))

    def retry(self) -> None:
        """Start the engine again after it failed for good, in the same session."""
        self._client.retry()

    async def start(self, session: StartSession) -> None:
        """Start the engine; it is restarted on its own when it dies."""
        await self._client.start(session)
        self._is_launched = True
        asked, self._asked = self._asked, []
        for command in asked:
            self._send(command)

    async def stop(self) -> None:
        """Refuse commands, end the session, flush. Idempotent."""
        self._is_stopped = True
        self._timer.stop()
        if self._has_started:
            await self._client.stop()

    def _apply_now(self) -> None:
        if self._has_started:
            self._client.send(ApplyPlan(plan=self._plan))
        elif self._plan.targets or self._asked:
            self._has_started = True
            now_s = wall_s()
            path = str(session_path(self._folder, now_s)) if self._folder else ""
            self.ready.emit(self, StartSession(session_id=uuid.uuid4().hex, path=path, wall_s=now_s, plan=self._plan))

    def _state_changed(self, state: EngineState) -> None:
        self.state_changed.emit(self, state)

    def _send(self, command: AnyCommand) -> None:
        if self._has_started and not self._is_stopped:
            self._client.send(command)


def session_path(folder: Path, at_wall_s: float) -> Path:
    """A file of this session's own, named by local time: `session-2026-11-23-1405.clearline`.

    It is made at once, still empty, so that a second window started in the same minute takes the next name. Where it
    cannot be made, the recorder says why.
    """
    moment = datetime.fromtimestamp(at_wall_s).astimezone()
    stem = f"session-{moment:%Y-%m-%d-%H%M}"
    names = chain([stem], (f"{stem}-{number}" for number in count(2)))
    path = folder / f"{next(names)}.clearline"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        while not _is_made(path):
            path = folder / f"{next(names)}.clearline"
    except OSError:
        return path
    return path


def _is_made(path: Path) -> bool:
    try:
        path.touch(exist_ok=False)
    except FileExistsError:
        return False
    return True
