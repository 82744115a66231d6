"""The policies at work in the engine, on virtual time: what lasts from one check to the next."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

import msgspec

from clearline.domain.command import ApplyPlan, CheckNow, StartSession
from clearline.domain.event import (
    AttemptEnded,
    BreakerChanged,
    BreakerState,
    BudgetChanged,
    CheckEnded,
    CheckMissed,
    Event,
    FallbackUsed,
    Result,
    TimeoutAdapted,
)
from clearline.domain.fault import Fault
from clearline.domain.outcome import Outcome
from clearline.domain.phase import Phase, PhaseTimes
from clearline.domain.plan import Plan
from clearline.domain.profile import (
    AdaptivePolicy,
    BreakerPolicy,
    BudgetPolicy,
    FallbackMode,
    FallbackPolicy,
    Profile,
    RetryPolicy,
    Timeouts,
)
from clearline.domain.target import Target
from clearline.engine.engine import Engine
from support.virtual_time import VirtualClock, run

PROFILE = Profile(
    "p",
    timeouts=Timeouts(attempt_s=4.0, total_s=8.0),
    retry=RetryPolicy(attempts=1, base_s=0.0),
    breaker=BreakerPolicy(streak=0, failure_ratio=2.0),
)
OK = Outcome(PhaseTimes(connect=10.0, wait=200.0))
REFUSED = Outcome(PhaseTimes(connect=1.0), Fault("tcp.refused", Phase.CONNECT))
BUSY = Outcome(PhaseTimes(wait=1.0), Fault("http.error.503", Phase.RECEIVE), status=503, retry_after_s=3.5)


class NoJitter:
    def random(self) -> float:
        return 0.5


class Stage:
    """An engine whose probe answers what `answer` says, at once."""

    def __init__(self, answer: Callable[[Target], Outcome]) -> None:
        self.answer = answer
        self.events: list[Event] = []
        self.asked: list[tuple[Target, Timeouts, str]] = []
        self.engine = Engine(
            VirtualClock(), NoJitter(), None, self, self._probe, report_defect=self._fail, slept_s=lambda: 0.0
        )

    def _fail(self, name: str, error: BaseException) -> None:
        raise AssertionError(name) from error

    def emit(self, events: Sequence[Event]) -> None:
        self.events.extend(events)

    def of(self, kind: type) -> list:
        return [event for event in self.events if isinstance(event, kind)]

    async def _probe(self, target, timeouts, _deadline_s, _network, _clock, *, idempotency_key="") -> Outcome:
        self.asked.append((target, timeouts, idempotency_key))
        await asyncio.sleep(0.01)
        return self.answer(target)


def plan(*targets: Target, using: Profile = PROFILE) -> Plan:
    return Plan(targets=targets, profiles=(using,), interval_s=1.0)


def target(key: str = "a", **fields: object) -> Target:
    return Target(**{"id": key, "address": f"http://{key}.test/", "profile": "p", **fields})


def play(answer: Callable[[Target], Outcome], story: Callable[[Stage], Awaitable[None]], first: Plan) -> Stage:
    async def whole() -> Stage:
        stage = Stage(answer)
        await stage.engine.start(StartSession(session_id="s", path="", wall_s=1e9, plan=first))
        await story(stage)
        await stage.engine.stop()
        return stage

    return run(whole())


async def ten_seconds(_stage: Stage) -> None:
    await asyncio.sleep(9.5)


class TestRetryAfter:
    def test_it_leaves_a_peer_alone_for_as_long_as_it_asked(self) -> None:
        stage = play(lambda _: BUSY, ten_seconds, plan(target()))
        assert [event.due_s for event in stage.of(CheckEnded)] == [0.0, 4.0, 8.0]
        missed = [(event.due_s, event.reason) for event in stage.of(CheckMissed)]
        assert missed == [(due_s, "retry_after") for due_s in (1.0, 2.0, 3.0, 5.0, 6.0, 7.0, 9.0)]

    def test_it_goes_on_where_the_profile_does_not_obey(self) -> None:
        deaf = msgspec.structs.replace(PROFILE, retry=RetryPolicy(attempts=1, obey_retry_after=False))
        stage = play(lambda _: BUSY, ten_seconds, plan(target(), using=deaf))
        assert len(stage.of(CheckEnded)) == 10

    def test_it_binds_only_the_target_that_was_told(self) -> None:
        stage = play(lambda it: BUSY if it.id == "a" else OK, ten_seconds, plan(target("a"), target("b")))
        assert {event.target for event in stage.of(CheckMissed)} == {"a"}

    def test_a_person_may_ask_all_the_same(self) -> None:
        async def story(stage: Stage) -> None:
            await asyncio.sleep(1.5)
            stage.engine.apply(CheckNow(targets=("a",)))
            await asyncio.sleep(0.1)

        assert len(play(lambda _: BUSY, story, plan(target())).of(CheckEnded)) == 2

    def test_it_is_forgotten_with_the_address_it_was_said_of(self) -> None:
        async def story(stage: Stage) -> None:
            await asyncio.sleep(0.5)
            stage.engine.apply(ApplyPlan(plan=plan(target(address="http://other.test/"))))
            await asyncio.sleep(1.0)

        assert play(lambda _: BUSY, story, plan(target())).of(CheckMissed) == []


class TestAdaptiveLimits:
    def test_it_gives_each_attempt_what_was_learned(self) -> None:
        adaptive = msgspec.structs.replace(PROFILE, adaptive=AdaptivePolicy(is_on=True, floor_s=0.1))

        async def story(_stage: Stage) -> None:
            await asyncio.sleep(35)

        stage = play(lambda _: OK, story, plan(target(), using=adaptive))
        waits = [timeouts.wait_s for _, timeouts, _ in stage.asked]
        assert waits == [10.0] * 30 + [0.30000000000000004] * (len(waits) - 30)
        assert [(event.key, event.phase, event.why) for event in stage.of(TimeoutAdapted)] == [
            ("tcp://a.test:80#p", Phase.CONNECT, "floor"),
            ("tcp://a.test:80#p", Phase.WAIT, "measured"),
        ]

    def test_it_learns_nothing_while_it_is_off(self) -> None:
        async def story(_stage: Stage) -> None:
            await asyncio.sleep(35)

        stage = play(lambda _: OK, story, plan(target()))
        assert {timeouts.wait_s for _, timeouts, _ in stage.asked} == {10.0}
        assert stage.of(TimeoutAdapted) == []


def test_targets_of_one_host_share_its_retry_budget() -> None:
    poor = msgspec.structs.replace(PROFILE, retry=RetryPolicy(attempts=2, base_s=0.0), budget=BudgetPolicy(capacity=3))
    pair = (target("a"), target("b", address="http://a.test/other"))
    stage = play(lambda _: REFUSED, ten_seconds, plan(*pair, using=poor))
    ended = stage.of(CheckEnded)
    assert sum(event.attempts - 1 for event in ended) == 3
    assert {event.gave_up for event in ended[-4:]} == {"budget"}
    assert {event.key for event in stage.of(BudgetChanged)} == {"tcp://a.test:80"}


def test_it_tells_that_it_forgets_an_open_breaker() -> None:
    fragile = msgspec.structs.replace(PROFILE, breaker=BreakerPolicy(streak=1))

    async def story(stage: Stage) -> None:
        await asyncio.sleep(0.5)
        stage.engine.apply(ApplyPlan(plan=plan(using=fragile)))
        stage.engine.apply(ApplyPlan(plan=plan(target(), using=fragile)))
        await asyncio.sleep(0.5)

    stage = play(lambda _: REFUSED, story, plan(target(), using=fragile))
    changes = [(event.before, event.after, event.reason) for event in stage.of(BreakerChanged)]
    closed, opened = BreakerState.CLOSED, BreakerState.OPEN
    assert changes == [(closed, opened, "streak"), (opened, closed, "forgotten"), (closed, opened, "streak")]


class TestAlternates:
    safe = msgspec.structs.replace(PROFILE, fallback=FallbackPolicy(FallbackMode.SAFE, stale_s=60.0))

    def test_it_asks_the_alternates_and_says_which_answered(self) -> None:
        both = target(alternates=("192.0.2.1:81", "192.0.2.2:82"))
        stage = play(
            lambda it: OK if it.via == "192.0.2.2:82" else REFUSED,
            lambda _stage: asyncio.sleep(0.5),
            plan(both, using=self.safe),
        )
        (ended,) = stage.of(CheckEnded)
        assert (ended.result, ended.attempts) == (Result.OK, 3)
        assert [event.outcome.detail.get("alternate") for event in stage.of(AttemptEnded)] == [
            None,
            "192.0.2.1:81",
            "192.0.2.2:82",
        ]
        assert [event.place for event in stage.of(FallbackUsed)] == ["192.0.2.2:82"]

    def test_it_guards_each_alternate_by_a_breaker_of_its_own(self) -> None:
        fragile = msgspec.structs.replace(self.safe, breaker=BreakerPolicy(streak=1))
        stage = play(
            lambda _: REFUSED,
            lambda _stage: asyncio.sleep(0.5),
            plan(target(alternates=("192.0.2.1:81",)), using=fragile),
        )
        assert [event.key for event in stage.of(BreakerChanged)] == ["tcp://a.test:80#p", "tcp://192.0.2.1:81#p"]

    def test_an_alternates_answer_is_none_of_the_host_itself(self) -> None:
        stage = play(
            lambda it: OK if it.via else REFUSED,
            lambda _stage: asyncio.sleep(2.5),
            plan(target(alternates=("192.0.2.1:81",)), using=self.safe),
        )
        assert {event.source for event in stage.of(FallbackUsed)} == {"alternate"}

    def test_an_answer_of_earlier_stands_in_with_its_age(self) -> None:
        answers = iter([OK])
        stage = play(lambda _: next(answers, REFUSED), ten_seconds, plan(target(), using=self.safe))
        used = stage.of(FallbackUsed)
        assert [(event.source, event.check, round(event.age_s, 6)) for event in used[:2]] == [
            ("stale_cache", 1, 1.0),
            ("stale_cache", 2, 2.0),
        ]
        assert [event.result for event in stage.of(CheckEnded)[:2]] == [Result.OK, Result.FAILED]


class TestIdempotencyKey:
    keyed = msgspec.structs.replace(PROFILE, retry=RetryPolicy(attempts=2, base_s=0.0, has_idempotency_key=True))

    def test_it_is_the_same_on_every_attempt_of_a_check_and_another_on_the_next(self) -> None:
        lost = Outcome(PhaseTimes(wait=1.0), Fault("tcp.reset", Phase.WAIT))
        stage = play(lambda _: lost, lambda _: asyncio.sleep(1.5), plan(target(method="POST"), using=self.keyed))
        keys = [key for _, _, key in stage.asked]
        assert len(keys) == 4
        assert keys[0] == keys[1] != keys[2] == keys[3]
        assert {len(key) for key in keys} == {32}

    def test_it_is_not_sent_where_the_profile_does_not_ask(self) -> None:
        stage = play(lambda _: OK, ten_seconds, plan(target(method="POST")))
        assert {key for _, _, key in stage.asked} == {""}

    def test_it_means_nothing_to_other_kinds_of_probe(self) -> None:
        stage = play(lambda _: OK, ten_seconds, plan(target(address="tcp://a.test:80"), using=self.keyed))
        assert {key for _, _, key in stage.asked} == {""}
