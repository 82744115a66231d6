"""One call and what comes of it: an answer with its source, or an exception of one family. On virtual time."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
import pytest

from clearline.domain.event import Event, FallbackUsed
from clearline.domain.fault import Fault
from clearline.domain.outcome import Outcome
from clearline.domain.phase import Phase, PhaseTimes
from clearline.domain.profile import (
    AdaptivePolicy,
    BreakerPolicy,
    FallbackMode,
    FallbackPolicy,
    Jitter,
    Profile,
    RetryPolicy,
    Timeouts,
)
from clearline.domain.target import Target
from clearline.engine.caller import Caller
from clearline.resilience.errors import (
    AnswerError,
    CallerError,
    ConnectionFailedError,
    DisconnectedError,
    FaultError,
    NotSentError,
    TimedOutError,
)
from clearline.resilience.fallback import Answer
from clearline.resilience.supervisor import Supervisor
from support.scripted_random import ScriptedRandom
from support.virtual_time import VirtualClock, run

TARGET = Target(id="t", address="http://a.test/")
OLD, NEW, ELSEWHERE, SPARE = (Outcome(PhaseTimes(wait=ms)) for ms in (1.0, 2.0, 3.0, 4.0))
FAST = Profile(
    "p",
    timeouts=Timeouts(attempt_s=5.0, total_s=20.0),
    retry=RetryPolicy(attempts=1, base_s=1.0, jitter=Jitter.NONE),
    breaker=BreakerPolicy(streak=0, failure_ratio=2.0),
)


def safe(**policy: Any) -> Profile:
    return msgspec.structs.replace(FAST, fallback=FallbackPolicy(FallbackMode.SAFE, **policy))


def failing(kind: str, phase: Phase = Phase.CONNECT) -> Outcome:
    return Outcome(PhaseTimes(connect=1.0), Fault(kind, phase))


REFUSED, RESET = failing("tcp.refused"), failing("tcp.reset", Phase.WAIT)


def at(place: str) -> Outcome:
    """What is answered elsewhere says where."""
    return msgspec.structs.replace(ELSEWHERE, detail={"alternate": place})


class Desk:
    """A caller whose targets answer as scripted, each after a second; the last answer again and again."""

    def __init__(self, profile: Profile = FAST, default: Outcome | None = None, **answers: list[Outcome]) -> None:
        self.told: list[Event] = []
        self.asked: list[str] = []
        self.limits: list[Timeouts] = []
        self._answers = answers
        self.caller = Caller(
            self._probe,  # type: ignore[arg-type]
            None,  # type: ignore[arg-type]
            VirtualClock(),
            ScriptedRandom(then=0.5),
            profile,
            default=default,
            tell=self.told.append,
        )

    async def _probe(self, target: Target, timeouts: Timeouts, *_rest: object, **_more: object) -> Outcome:
        place = (target.via or "main").partition(":")[0]
        self.asked.append(place)
        self.limits.append(timeouts)
        await asyncio.sleep(1)
        answers = self._answers[place]
        return answers.pop(0) if len(answers) > 1 else answers[0]

    @property
    def used(self) -> list[tuple[str, float, str]]:
        return [(event.source, event.age_s, event.place) for event in self.told if isinstance(event, FallbackUsed)]


def go(desk: Desk, story: Callable[[Caller], Awaitable[Any]]) -> Any:
    async def whole() -> Any:
        return await story(desk.caller)

    return run(whole())


async def once(caller: Caller) -> Answer[Outcome]:
    return await caller.call(TARGET)


def then(pause_s: float, target: Target = TARGET) -> Callable[[Caller], Awaitable[Answer[Outcome]]]:
    """A call, a pause, and another call, whose answer it is about."""

    async def story(caller: Caller) -> Answer[Outcome]:
        await caller.call(target)
        await asyncio.sleep(pause_s)
        return await caller.call(target)

    return story


BOTH = msgspec.structs.replace(TARGET, alternates=("b:80", "c:80"))


class TestErrors:
    @pytest.mark.parametrize(
        ("outcome", "kind"),
        [
            (REFUSED, ConnectionFailedError),
            (failing("http.timed_out", Phase.WAIT), TimedOutError),
            (RESET, DisconnectedError),
            (failing("http.error.404", Phase.RECEIVE), AnswerError),
            (failing("input.invalid", Phase.RESOLVE), CallerError),
        ],
    )
    def test_it_raises_what_a_caller_would_catch(self, outcome: Outcome, kind: type[FaultError]) -> None:
        with pytest.raises(kind) as caught:
            go(Desk(main=[outcome]), once)
        assert caught.value.fault is outcome.fault

    def test_its_notes_tell_of_the_attempts_before(self) -> None:
        profile = msgspec.structs.replace(FAST, retry=RetryPolicy(attempts=2, base_s=0.0))
        with pytest.raises(DisconnectedError) as caught:
            go(Desk(profile, main=[REFUSED, RESET]), once)
        assert caught.value.__notes__ == ["attempt 1: tcp.refused (connect)"]

    def test_it_says_why_the_breaker_is_open_and_until_when(self) -> None:
        profile = msgspec.structs.replace(FAST, breaker=BreakerPolicy(streak=1, open_s=30.0))

        async def story(caller: Caller) -> None:
            with pytest.raises(ConnectionFailedError):
                await caller.call(TARGET)
            await caller.call(TARGET)

        desk = Desk(profile, main=[REFUSED])
        with pytest.raises(NotSentError) as caught:
            go(desk, story)
        error = caught.value
        assert (error.reason, error.retry_at_s, error.fault.kind) == ("breaker", 31.0, "tcp.refused")
        assert isinstance(error.__cause__, ConnectionFailedError)
        assert desk.asked == ["main"]

    def test_it_raises_the_targets_own_error_with_those_of_the_alternates(self) -> None:
        with pytest.raises(ConnectionFailedError) as caught:
            go(Desk(safe(), main=[REFUSED], b=[RESET], c=[RESET]), lambda caller: caller.call(BOTH))
        assert caught.value.__notes__ == ["b:80: tcp.reset (wait)", "c:80: tcp.reset (wait)"]


class TestFallback:
    def test_it_takes_the_answer_of_the_call(self) -> None:
        desk = Desk(safe(), main=[NEW])
        assert (go(desk, once), desk.used) == (Answer(NEW), [])

    def test_it_fails_fast_where_it_is_told_to(self) -> None:
        desk = Desk(FAST, default=SPARE, main=[OLD, REFUSED], b=[ELSEWHERE], c=[ELSEWHERE])
        with pytest.raises(ConnectionFailedError):
            go(desk, then(1.0, BOTH))
        assert (desk.used, desk.asked) == ([], ["main", "main"])

    def test_it_asks_nobody_while_the_last_answer_is_fresh(self) -> None:
        desk = Desk(safe(fresh_s=10.0), main=[OLD, NEW])
        assert go(desk, then(10.0)) == Answer(OLD, "fresh_cache", 10.0)
        assert (desk.asked, desk.used) == (["main"], [("fresh_cache", 10.0, "")])

    def test_it_asks_again_once_it_is_not(self) -> None:
        assert go(Desk(safe(fresh_s=10.0), main=[OLD, NEW]), then(10.5)) == Answer(NEW)

    def test_an_answer_of_earlier_stands_in_before_anybody_else_is_asked(self) -> None:
        desk = Desk(safe(stale_s=60.0), main=[OLD, REFUSED], b=[ELSEWHERE], c=[ELSEWHERE])
        assert go(desk, then(29.0, BOTH)) == Answer(OLD, "stale_cache", 30.0)
        assert (desk.asked, desk.used) == (["main", "main"], [("stale_cache", 30.0, "")])

    def test_one_that_is_too_old_does_not(self) -> None:
        desk = Desk(safe(stale_s=60.0), main=[OLD, REFUSED], b=[RESET], c=[ELSEWHERE])
        assert go(desk, then(59.5, BOTH)) == Answer(at("c:80"), "alternate", 0.0, "c:80")
        assert (desk.asked, desk.used) == (["main", "main", "b", "c"], [("alternate", 0.0, "c:80")])

    def test_it_keeps_what_an_alternate_answered(self) -> None:
        desk = Desk(safe(stale_s=60.0), main=[REFUSED], b=[ELSEWHERE], c=[RESET])
        assert go(desk, then(1.0, BOTH)) == Answer(at("b:80"), "stale_cache", 2.0)

    def test_it_goes_on_with_a_default_at_last(self) -> None:
        desk = Desk(safe(has_default=True), SPARE, main=[REFUSED], b=[RESET], c=[RESET])
        assert go(desk, lambda caller: caller.call(BOTH)) == Answer(SPARE, "default")
        assert (desk.asked, desk.used) == (["main", "b", "c"], [("default", 0.0, "")])

    def test_it_does_not_take_a_default_for_an_answer_later(self) -> None:
        desk = Desk(safe(has_default=True, fresh_s=9.0, stale_s=60.0), SPARE, main=[REFUSED])
        assert go(desk, then(1.0)).source == "default"

    def test_without_a_default_there_is_none(self) -> None:
        with pytest.raises(ConnectionFailedError):
            go(Desk(safe(has_default=True), main=[REFUSED]), once)


def test_its_limits_follow_what_the_host_takes() -> None:
    desk = Desk(
        msgspec.structs.replace(FAST, adaptive=AdaptivePolicy(is_on=True)), main=[Outcome(PhaseTimes(wait=1000.0))]
    )

    async def story(caller: Caller) -> None:
        for _ in range(31):
            await caller.call(TARGET)

    go(desk, story)
    assert (desk.limits[0].wait_s, desk.limits[-1].wait_s) == (10.0, 1.5)


@pytest.mark.parametrize("stop_s", [0.0, 0.5, 1.5, 2.5])
def test_it_stops_at_any_await(stop_s: float) -> None:
    desk = Desk(safe(has_default=True), SPARE, main=[REFUSED], b=[RESET], c=[RESET])

    async def story(caller: Caller) -> None:
        supervisor = Supervisor(lambda _name, _error: None)
        task = supervisor.start(caller.call(BOTH), name="call")
        await asyncio.sleep(stop_s)
        task.cancel()
        await asyncio.wait([task])
        assert task.cancelled()
        assert supervisor.names == ()

    go(desk, story)
    assert desk.used == []
