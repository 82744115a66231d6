"""The window's end of the engine against real child processes."""

import asyncio
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

import support.engine_child as child_program
from clearline.domain.command import ApplyPlan, DropMarker, StartSession, WatchOutside
from clearline.domain.event import (
    AnyEvent,
    AttemptEnded,
    CheckEnded,
    Health,
    MarkerDropped,
    PlanApplied,
    SessionStarted,
)
from clearline.domain.event import TesterDisturbed as Disturbed  # pytest would collect it by its own name
from clearline.domain.plan import Plan, new_target
from clearline.engine.process.client import EngineClient, EngineState, EngineStatus
from clearline.host.clock import wall_s

ARGV = [sys.executable, child_program.__file__]
PLAN = Plan(targets=(new_target("tcp://127.0.0.1:9"),), interval_s=0.1)


class Listener:
    """Collects what a client tells, and waits for what a test wants to see."""

    def __init__(self, *arguments: str) -> None:
        self.events: list[AnyEvent] = []
        self.states: list[EngineState] = []
        self._changed = asyncio.Event()
        self.client = EngineClient([*ARGV, *arguments], self._hear, self._see)

    def _hear(self, events) -> None:
        self.events.extend(events)
        self._changed.set()

    def _see(self, state: EngineState) -> None:
        self.states.append(state)
        self._changed.set()

    def all(self, kind: type) -> list:
        return [event for event in self.events if isinstance(event, kind)]

    async def until(self, is_true: Callable[[], bool]) -> None:
        async with asyncio.timeout(60):
            while not is_true():
                self._changed.clear()
                await self._changed.wait()

    async def until_status(self, status: EngineStatus) -> None:
        await self.until(lambda: self.client.state.status is status)


def session(path: Path | None = None, plan: Plan = PLAN) -> StartSession:
    return StartSession(session_id="s1", path=str(path or ""), wall_s=wall_s(), plan=plan)


def recorded(path: Path) -> list[AnyEvent]:
    return [msgspec.json.decode(line, type=AnyEvent) for line in path.read_bytes().splitlines()]


def test_it_brings_events_in_order_and_stops_in_order(tmp_path: Path) -> None:
    async def story() -> Listener:
        listener = Listener()
        await listener.client.start(session(tmp_path / "s"))
        await listener.until(lambda: len(listener.all(CheckEnded)) >= 2)
        await listener.client.stop()
        return listener

    listener = asyncio.run(story())
    assert [type(event) for event in listener.events[:2]] == [SessionStarted, PlanApplied]
    statuses = [state.status for state in listener.states]
    assert statuses == [EngineStatus.STARTING, EngineStatus.RUNNING, EngineStatus.STOPPED]
    assert recorded(tmp_path / "s")[: len(listener.events)] == listener.events


def test_it_starts_another_engine_after_a_kill_and_the_gap_is_recorded(tmp_path: Path) -> None:
    async def story() -> Listener:
        listener = Listener()
        await listener.client.start(session(tmp_path / "s"))
        await listener.until(lambda: len(listener.all(CheckEnded)) >= 3)
        os.kill(listener.client.pid, signal.SIGKILL)
        await listener.until_status(EngineStatus.RESTARTING)
        before = len(listener.all(AttemptEnded))
        await listener.until(lambda: len(listener.all(AttemptEnded)) > before + 2)
        await listener.client.stop()
        return listener

    listener = asyncio.run(story())
    (gap,) = [event for event in listener.all(Disturbed) if event.health is Health.NOT_RUNNING]
    assert gap in recorded(tmp_path / "s")
    begun = listener.all(SessionStarted)
    assert [event.is_resumed for event in begun] == [False, True]
    assert gap.from_s < gap.at_s
    numbers = [event.check for event in listener.all(AttemptEnded)]
    assert numbers == sorted(set(numbers)), "check numbers go on and none comes twice"
    problem = next(state.problem for state in listener.states if state.status is EngineStatus.RESTARTING)
    assert problem.code == "engine.died"
    assert "signal 9" in problem.values["reason"]


def test_it_gives_the_latest_plan_to_the_next_engine() -> None:
    other = Plan(targets=(new_target("tcp://127.0.0.1:10"),), interval_s=0.1)

    async def story() -> Listener:
        listener = Listener()
        await listener.client.start(session())
        await listener.until_status(EngineStatus.RUNNING)
        os.kill(listener.client.pid, signal.SIGKILL)
        await listener.until_status(EngineStatus.RESTARTING)
        listener.client.send(ApplyPlan(plan=other))
        listener.client.send(DropMarker(text="cable pulled"))
        await listener.until(lambda: bool(listener.all(MarkerDropped)))
        await listener.client.stop()
        return listener

    listener = asyncio.run(story())
    assert listener.all(PlanApplied)[-1].plan == other


def test_it_gives_what_may_be_asked_outside_to_the_next_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[tuple[str, ...]] = []

    async def story() -> None:
        listener = Listener()
        await listener.client.start(session())
        await listener.until_status(EngineStatus.RUNNING)
        launch = listener.client._launch
        monkeypatch.setattr(listener.client, "_launch", lambda new: (given.append(new.points), launch(new)))
        # Every target of the session is on this computer, so nobody is asked.
        listener.client.send(WatchOutside(points=("tcp://127.0.0.1:9",)))
        os.kill(listener.client.pid, signal.SIGKILL)
        await listener.until_status(EngineStatus.RESTARTING)
        await listener.until_status(EngineStatus.RUNNING)
        await listener.client.stop()

    asyncio.run(story())
    assert given == [("tcp://127.0.0.1:9",)]


def test_it_gives_up_on_an_engine_that_keeps_dying_and_says_why() -> None:
    async def story() -> Listener:
        listener = Listener("die")
        await listener.client.start(session())
        await listener.until_status(EngineStatus.FAILED)
        await listener.client.stop()
        return listener

    listener = asyncio.run(story())
    failed = next(state for state in listener.states if state.status is EngineStatus.FAILED)
    assert failed.problem.code == "engine.gave_up"
    assert "exit code 7" in failed.problem.values["reason"]


def test_it_can_be_told_to_try_again_after_it_gave_up(tmp_path: Path) -> None:
    program = tmp_path / "engine.py"

    async def story() -> Listener:
        listener = Listener()
        listener.client = EngineClient([sys.executable, str(program)], listener._hear, listener._see)
        await listener.client.start(session())
        await listener.until_status(EngineStatus.FAILED)
        program.symlink_to(child_program.__file__)
        listener.client.retry()
        await listener.until(lambda: bool(listener.all(CheckEnded)))
        await listener.client.stop()
        return listener

    assert [event.is_resumed for event in asyncio.run(story()).all(SessionStarted)] == [False]


def test_it_says_so_when_the_engine_cannot_be_started() -> None:
    async def story() -> list[EngineState]:
        states: list[EngineState] = []
        client = EngineClient(["/nowhere/clearline", "--engine"], lambda _events: None, states.append)
        await client.start(session())
        await client.stop()
        return states

    states = asyncio.run(story())
    assert [state.status for state in states] == [EngineStatus.STARTING, EngineStatus.FAILED, EngineStatus.STOPPED]
    assert states[1].problem.code == "engine.cannot_start"


def test_it_takes_foreign_bytes_for_a_death_not_for_events() -> None:
    async def story() -> Listener:
        listener = Listener("babble")
        await listener.client.start(session())
        await listener.until_status(EngineStatus.RESTARTING)
        await listener.client.stop()
        return listener

    listener = asyncio.run(story())
    assert listener.events == []
    assert "announced" in next(s for s in listener.states if s.problem).problem.values["reason"]


@pytest.mark.parametrize("kind", ["deaf", "stubborn"])
def test_it_ends_an_engine_that_does_not_end_by_itself(kind: str) -> None:
    async def story() -> EngineClient:
        listener = Listener(kind)
        await listener.client.start(session())
        await listener.client.stop(timeout_s=0.2)
        return listener.client

    client = asyncio.run(story())
    assert client.pid is None
    assert client.state.status is EngineStatus.STOPPED


def test_it_may_be_stopped_twice_and_before_it_was_started() -> None:
    async def story() -> EngineStatus:
        listener = Listener()
        await listener.client.stop()
        await listener.client.start(session())
        await listener.client.stop()
        await listener.client.stop()
        return listener.client.state.status

    assert asyncio.run(story()) is EngineStatus.STOPPED
