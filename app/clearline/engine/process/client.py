"""The window's side of the engine: starts it, commands it, hears it, and starts another when it dies."""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

import msgspec

from clearline.domain.command import ApplyPlan, Command, Progress, StartSession, StopSession, WatchOutside
from clearline.domain.event import AnyEvent, CheckEnded, CheckMissed, SessionStarted
from clearline.domain.problem import Problem
from clearline.engine.process.child import Child, ChildExit
from clearline.host.own_program import own_argv

RESTART_DELAYS_S = (0.1, 0.25, 0.5, 1.0)
CRASHES_TO_GIVE_UP = 5
CRASH_WINDOW_S = 30.0


class EngineStatus(StrEnum):
    """What the engine process is doing."""

    STARTING = "starting"
    RUNNING = "running"
    RESTARTING = "restarting"
    """It died; another will be started. Nothing is measured meanwhile."""
    STOPPED = "stopped"
    FAILED = "failed"
    """It cannot be started or died too often; `problem` says why. EngineClient.retry starts it again."""


@dataclass(frozen=True)
class EngineState:
    """What the engine process is doing, and what to tell the user."""

    status: EngineStatus
    problem: Problem | None = None
    retry_in_s: float = 0.0


def engine_argv() -> list[str]:
    """The command that runs the engine: the same executable in a frozen build."""
    return own_argv("--engine")


class EngineClient:
    """Runs one session in a child process, across its deaths. Works on any asyncio loop, qasync's included.

    Everything is called on the loop that `start` was called on. After a death the next engine gets the same session,
    the latest plan and each target's progress, and records the gap as TesterDisturbed(NOT_RUNNING).
    """

    def __init__(
        self,
        argv: Sequence[str],
        on_events: Callable[[Sequence[AnyEvent]], None],
        on_state: Callable[[EngineState], None],
    ) -> None:
        self._argv = tuple(argv)
        self._on_events = on_events
        self._on_state = on_state
        self._state = EngineState(EngineStatus.STOPPED)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._session: StartSession | None = None
        self._child: Child | None = None
        self._ended: asyncio.Future[None] | None = None
        self._restart: asyncio.TimerHandle | None = None
        self._is_stopping = False
        self._has_begun = False
        self._heard_s = 0.0
        self._progress: dict[str, Progress] = {}
        self._crashes: deque[float] = deque(maxlen=CRASHES_TO_GIVE_UP)
        self._held: list[Command] = []

    @property
    def state(self) -> EngineState:
        """What the engine process is doing."""
        return self._state

    @property
    def pid(self) -> int | None:
        """Process id of the engine; None while there is none."""
        return self._child.pid if self._child else None

    async def start(self, session: StartSession) -> None:
        """Start the engine with this session. Returns once it is launched; `on_state` tells how it goes on."""
        if self._child is not None or self._restart is not None:
            raise RuntimeError("the engine runs already; stop it first")
        self._loop = asyncio.get_running_loop()
        self._session = session
        self._is_stopping = False
        self._has_begun = session.is_resumed
        self._heard_s = session.lost_s
        self._progress = dict(session.progress)
        self._crashes.clear()
        self._held.clear()
        self._launch(session)

    def retry(self) -> None:
        """After FAILED: try again, in the same session."""
        if self._state.status is EngineStatus.FAILED and self._session is not None:
            self._crashes.clear()
            self._launch(self._resumed(self._session))

    def send(self, command: Command) -> None:
        """Tell the engine something; held while it is being restarted, ignored once it is stopped."""
        if self._session is None or self._is_stopping:
            return
        match command:
            case ApplyPlan(plan=plan):
                self._session = msgspec.structs.replace(self._session, plan=plan)
            case WatchOutside(points=points):
                self._session = msgspec.structs.replace(self._session, points=points)
            case _ if self._child is None:
                self._held.append(command)
        if self._child is not None:
            self._child.send(command)

    async def stop(self, timeout_s: float = 4.0) -> None:
        """End the session in order: stop, flush, exit; by force after `timeout_s` seconds. Idempotent."""
        self._is_stopping = True
        if self._restart is not None:
            self._restart.cancel()
            self._restart = None
        child, ended = self._child, self._ended
        if child is None or ended is None:
            self._become(EngineState(EngineStatus.STOPPED))
            return
        child.send(StopSession())
        child.close()
        try:
            async with asyncio.timeout(timeout_s):
                await asyncio.shield(ended)
        except TimeoutError:
            child.kill()
            await asyncio.shield(ended)
        except asyncio.CancelledError:
            child.kill()
            raise

    def _launch(self, session: StartSession) -> None:
        loop = self._loop
        assert loop is not None  # noqa: S101 (start set it)
        self._restart = None
        self._become(EngineState(EngineStatus.STARTING))
        try:
            self._child = Child(self._argv, loop.call_soon_threadsafe, self._hear, self._bury)
        except OSError as error:
            self._become(EngineState(EngineStatus.FAILED, Problem("engine.cannot_start", {"reason": str(error)})))
            return
        self._ended = loop.create_future()
        self._child.send(session)
        for command in self._held:
            self._child.send(command)
        self._held.clear()

    def _hear(self, events: list[AnyEvent]) -> None:
        has_started = False
        for event in events:
            self._heard_s = max(self._heard_s, event.at_s)
            if isinstance(event, CheckEnded | CheckMissed):
                known = self._progress.get(event.target)
                if known is None or known.check < event.check:
                    self._progress[event.target] = Progress(event.check, event.due_s)
            elif isinstance(event, SessionStarted):
                has_started = self._has_begun = True
        if has_started:
            self._become(EngineState(EngineStatus.RUNNING))
        self._on_events(events)

    def _bury(self, ended: ChildExit) -> None:
        """The child is gone: as asked, or start another unless it dies too often."""
        loop, session = self._loop, self._session
        assert loop is not None  # noqa: S101 (start set it)
        assert session is not None  # noqa: S101 (start set it)
        self._child = None
        if self._ended is not None and not self._ended.done():
            self._ended.set_result(None)
        if self._is_stopping:
            self._become(EngineState(EngineStatus.STOPPED))
            return
        now_s = loop.time()
        self._crashes.append(now_s)
        if len(self._crashes) == CRASHES_TO_GIVE_UP and now_s - self._crashes[0] < CRASH_WINDOW_S:
            values = {"count": str(CRASHES_TO_GIVE_UP), "reason": ended.reason}
            self._become(EngineState(EngineStatus.FAILED, Problem("engine.gave_up", values)))
            return
        recent = sum(now_s - crash_s < CRASH_WINDOW_S for crash_s in self._crashes)
        delay_s = RESTART_DELAYS_S[min(recent, len(RESTART_DELAYS_S)) - 1]
        self._restart = loop.call_later(delay_s, self._relaunch)
        self._become(
            EngineState(EngineStatus.RESTARTING, Problem("engine.died", {"reason": ended.reason}), retry_in_s=delay_s)
        )

    def _relaunch(self) -> None:
        assert self._session is not None  # noqa: S101 (start set it)
        self._launch(self._resumed(self._session))

    def _resumed(self, session: StartSession) -> StartSession:
        return msgspec.structs.replace(
            session, is_resumed=self._has_begun, lost_s=self._heard_s, progress=dict(self._progress)
        )

    def _become(self, state: EngineState) -> None:
        if state != self._state:
            self._state = state
            self._on_state(state)
