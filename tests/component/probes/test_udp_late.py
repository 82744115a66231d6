"""UDP requests whose answers are late, doubled or another's; through the engine where a session is needed."""

import asyncio
import random
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from clearline.domain.command import StartSession
from clearline.domain.event import AttemptEnded, CheckEnded, Event, ReplyCameLate, Result
from clearline.domain.plan import Plan
from clearline.domain.profile import BackoffKind, Profile, RetryPolicy, Timeouts
from clearline.domain.statistics import Statistics
from clearline.engine.engine import Engine
from clearline.engine.late_replies import MOST, LateReplies
from clearline.net.sockets import SystemNetwork
from clearline.probes import registry
from clearline.probes.udp import Unanswered
from clearline.resilience.supervisor import Supervisor
from support.misbehaving import SteadyClock, datagram_server, limits, on_network, probe, target_at

LIMIT_S = 10.0


def after(
    seconds: float, reply: Callable[[bytes], list[bytes]] = lambda data: [data]
) -> Callable[[bytes], list[bytes]]:
    """A server that takes its time."""

    def slow(data: bytes) -> list[bytes]:
        threading.Event().wait(seconds)
        return reply(data)

    return slow


class Session:
    """What an engine tells, until enough of it was told."""

    def __init__(self, is_enough: Callable[[list[Event]], bool]) -> None:
        self.events: list[Event] = []
        self._is_enough = is_enough
        self._done = asyncio.Event()

    def emit(self, events: Sequence[Event]) -> None:
        self.events.extend(events)
        if self._is_enough(self.events):
            self._done.set()

    def of(self, kind: type) -> list:
        return [event for event in self.events if isinstance(event, kind)]

    async def run(self, network: SystemNetwork, plan: Plan) -> None:
        defects: list[tuple[str, BaseException]] = []
        engine = Engine(
            SteadyClock(),
            random.Random(1),
            network,
            self,
            registry.run,
            report_defect=lambda *defect: defects.append(defect),
        )
        await engine.start(StartSession(session_id="s", path="", wall_s=1e9, plan=plan))
        async with asyncio.timeout(LIMIT_S):
            await self._done.wait()
        await engine.stop()
        assert defects == []


def played(port: int, profile: Profile, is_enough: Callable[[list[Event]], bool], **fields: object) -> Session:
    target = target_at(f"udp://127.0.0.1:{port}", profile=profile.name, interval_s=5.0, **fields)

    async def use(network: SystemNetwork) -> Session:
        session = Session(is_enough)
        await session.run(network, Plan((target,), (profile,)))
        return session

    return asyncio.run(on_network(use))


def has(kind: type) -> Callable[[list[Event]], bool]:
    return lambda events: any(isinstance(event, kind) for event in events)


ONCE = Profile("once", timeouts=Timeouts(wait_s=0.3, attempt_s=2, total_s=4), retry=RetryPolicy(attempts=1))


@pytest.mark.parametrize("payload", ["", "status"])
def test_it_counts_an_answer_after_the_limit_as_late_and_not_as_lost(payload: str) -> None:
    with datagram_server(after(0.4)) as port:
        session = played(port, ONCE, has(ReplyCameLate), payload=payload)
    (late,) = session.of(ReplyCameLate)
    (attempt,) = session.of(AttemptEnded)
    assert attempt.outcome.fault.kind == "udp.no_reply"
    assert (late.check, late.attempt, late.target) == (attempt.check, 1, attempt.target)
    assert 400 <= late.after_ms < 600
    figures = Statistics()
    for event in session.events:
        if isinstance(event, CheckEnded):
            figures.add_failure(event.check)
        elif isinstance(event, ReplyCameLate):
            figures.add_late(event.check)
    assert (figures.late, figures.failures) == (1, 0)


def test_it_asks_again_with_more_patience_and_tells_which_request_was_answered() -> None:
    profile = Profile(
        "patient",
        timeouts=Timeouts(wait_s=0.3, attempt_s=2, total_s=4),
        retry=RetryPolicy(attempts=2, backoff=BackoffKind.EXPONENTIAL, base_s=0.0),
    )
    answers = 0

    def first_late(data: bytes) -> list[bytes]:
        nonlocal answers
        answers += 1
        if answers == 1:
            threading.Event().wait(0.45)
        return [data]

    with datagram_server(first_late) as port:
        session = played(port, profile, lambda events: has(CheckEnded)(events) and has(ReplyCameLate)(events))
    (late,) = session.of(ReplyCameLate)
    (ended,) = session.of(CheckEnded)
    assert (late.attempt, ended.result, ended.attempts) == (1, Result.OK, 2)
    assert [event.outcome.fault is None for event in session.of(AttemptEnded)] == [False, True]


def test_it_leaves_no_socket_when_the_session_ends_while_it_listens() -> None:
    if not Path("/proc/self/fd").exists():
        pytest.skip("counts open files in /proc")
    with datagram_server(lambda _: []) as port:
        before = len(list(Path("/proc/self/fd").iterdir()))
        session = played(port, ONCE, has(CheckEnded))
        assert len(list(Path("/proc/self/fd").iterdir())) == before
    assert session.of(ReplyCameLate) == []


def test_it_notes_copies_of_an_answer() -> None:
    with datagram_server(lambda data: [data, data, data]) as port:
        outcome = probe(f"udp://127.0.0.1:{port}")
    assert outcome.ok
    assert outcome.detail["udp"]["duplicates"] == 2


def test_it_notes_nothing_where_there_is_one_answer() -> None:
    with datagram_server(lambda data: [data]) as port:
        assert probe(f"udp://127.0.0.1:{port}").detail["udp"] == {"reply_bytes": 26, "is_echo": True}


def test_it_waits_on_when_the_answer_to_another_request_comes() -> None:
    with datagram_server(lambda data: [b"clearline 0123456789abcdef", data]) as port:
        outcome = probe(f"udp://127.0.0.1:{port}")
    assert outcome.ok
    assert outcome.detail["udp"]["strays"] == 1


def test_it_tells_no_reply_where_only_the_answer_to_another_request_comes() -> None:
    with datagram_server(lambda _: [b"clearline 0123456789abcdef"]) as port:
        outcome = probe(f"udp://127.0.0.1:{port}", timeouts=limits(wait_s=0.1))
    assert outcome.fault is not None
    assert outcome.fault.kind == "udp.no_reply"


class Ear:
    """Stands for a socket on which an answer may come."""

    def __init__(self) -> None:
        self.is_closed = False

    async def receive(self, limit: object) -> tuple[bytes, int]:
        await asyncio.Event().wait()
        raise AssertionError

    def close(self) -> None:
        self.is_closed = True


def test_it_keeps_no_more_sockets_open_than_it_may_and_closes_each() -> None:
    async def story() -> list[Ear]:
        supervisor = Supervisor(lambda name, error: None)
        late = LateReplies(supervisor, SteadyClock(), Session(lambda _: False))
        ears = [Ear() for _ in range(MOST + 2)]
        for number, ear in enumerate(ears):
            late.listen("t", number, 1, Unanswered(ear, b"x", False, 0, 60.0))
        assert [ear.is_closed for ear in ears] == [False] * MOST + [True] * 2
        await supervisor.stop(1.0)
        await asyncio.sleep(0)
        late.listen("t", 0, 1, Unanswered(after_the_stop := Ear(), b"x", False, 0, 60.0))
        return [*ears, after_the_stop]

    assert all(ear.is_closed for ear in asyncio.run(story()))
