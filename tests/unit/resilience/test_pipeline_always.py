"""Whatever peers, policies and people do: what must hold for every check, on virtual time."""

import asyncio
from dataclasses import dataclass, field
from itertools import pairwise

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from clearline.domain.event import (
    AttemptEnded,
    BackoffStarted,
    BreakerChanged,
    BreakerState,
    BudgetChanged,
    CheckEnded,
    Event,
    FallbackUsed,
    Result,
)
from clearline.domain.fault import Fault, Sent
from clearline.domain.outcome import Outcome
from clearline.domain.phase import Phase, PhaseTimes
from clearline.domain.profile import (
    BackoffKind,
    BreakerPolicy,
    BudgetPolicy,
    FallbackMode,
    FallbackPolicy,
    Jitter,
    Profile,
    RetryPolicy,
    Timeouts,
)
from clearline.resilience.breaker import Breaker
from clearline.resilience.budget import RetryBudget
from clearline.resilience.pipeline import Pipeline, Spare
from clearline.resilience.supervisor import Supervisor
from clearline.resilience.timeouts import OVERRUN_S, USEFUL_S
from support.scripted_random import ScriptedRandom
from support.virtual_time import VirtualClock, run

ROUNDING_S = 1e-6
GAVE_UP = {
    Result.OK: {""},
    Result.FAILED: {"attempts", "not_retryable", "deadline", "breaker", "retry_after", "budget"},
    Result.REFUSED: {"breaker"},
    Result.VOID: {"stopped", "fresh_cache"},
}

# Multiples of 1/8 s, so that ends, deadlines and cancellations often fall on the same moment.
moments = st.integers(0, 80).map(lambda eighths: eighths / 8)

profiles = st.builds(
    Profile,
    name=st.just("p"),
    timeouts=st.builds(Timeouts, attempt_s=st.sampled_from([0.5, 2.0, 5.0]), total_s=st.sampled_from([5.0, 8.0, 30.0])),
    retry=st.builds(
        RetryPolicy,
        attempts=st.integers(1, 6),
        backoff=st.sampled_from(BackoffKind),
        base_s=st.sampled_from([0.0, 0.125, 1.0]),
        cap_s=st.sampled_from([1.0, 10.0]),
        jitter=st.sampled_from(Jitter),
        obey_retry_after=st.booleans(),
        retry_after_cap_s=st.sampled_from([2.0, 60.0]),
    ),
    breaker=st.builds(
        BreakerPolicy,
        streak=st.integers(0, 4),
        minimum_calls=st.integers(1, 8),
        open_s=st.sampled_from([0.5, 2.0, 20.0]),
        open_cap_s=st.just(40.0),
        half_open_calls=st.integers(1, 2),
        lease_s=st.just(6.0),
    ),
    budget=st.builds(
        BudgetPolicy, is_on=st.booleans(), ratio=st.sampled_from([0.0, 0.5]), capacity=st.sampled_from([1.0, 3.0])
    ),
    fallback=st.builds(
        FallbackPolicy,
        mode=st.sampled_from(FallbackMode),
        fresh_s=st.sampled_from([0.0, 0.0, 2.0]),
        stale_s=st.just(5.0),
        has_default=st.booleans(),
    ),
)
faults = st.one_of(
    st.none(),
    st.tuples(
        st.sampled_from(["tcp.refused", "tcp.timed_out", "tcp.reset", "local.resources", "dns.name_not_resolved"]),
        st.sampled_from(Phase),
        st.sampled_from([{}, {"is_reused": True}]),
    ),
    st.just(("http.error.503", Phase.WAIT, {})),
)


@dataclass(frozen=True)
class Answer:
    """How the peer treats one attempt."""

    seconds: float
    fault: tuple[str, Phase, dict[str, bool]] | None
    retry_after_s: float | None
    keeps_deadline: bool


answers = st.builds(
    Answer,
    seconds=moments,
    fault=faults,
    retry_after_s=st.one_of(st.none(), moments),
    keeps_deadline=st.sampled_from([True, True, True, False]),
)


@dataclass
class CheckLog:
    events: list[Event] = field(default_factory=list)
    probes: list[tuple[int, float]] = field(default_factory=list)
    spared: set[int] = field(default_factory=set)
    overran: bool = False


@dataclass
class Story:
    """Some checks of targets that share a breaker, each begun and perhaps stopped at some moment."""

    profile: Profile
    answers: list[Answer]
    is_idempotent: bool
    uniform: float
    begins: list[tuple[float, float | None]]
    has_key: bool
    spares: int

    def run(self) -> None:
        self.clock = VirtualClock()
        self.breaker = Breaker("k", self.profile.breaker)
        self.others = [Breaker(str(number), self.profile.breaker) for number in range(self.spares)]
        self.budget = RetryBudget("k", self.profile.budget)
        self.logs = [CheckLog() for _ in self.begins]
        self.order: list[Event] = []
        run(self._all(), loop_starts_at=4096)

    async def _all(self) -> None:
        supervisor = Supervisor(self._failed)
        tasks = []
        for number, (begin_s, stop_s) in enumerate(self.begins):
            task = supervisor.start(self._one(number, begin_s), name=str(number))
            tasks.append(task)
            if stop_s is not None:
                asyncio.get_running_loop().call_later(stop_s, task.cancel)
        await asyncio.wait(tasks)
        for task in tasks:
            if not task.cancelled():
                task.result()

    def _failed(self, name: str, error: BaseException) -> None:
        """The test takes the result of each task itself."""

    async def _one(self, number: int, begin_s: float) -> None:
        await asyncio.sleep(begin_s)
        log = self.logs[number]

        def emit(event: Event) -> None:
            log.events.append(event)
            self.order.append(event)

        async def spare(attempt_number: int, deadline_s: float) -> Outcome:
            log.spared.add(attempt_number)
            return await attempt(attempt_number, deadline_s)

        async def attempt(attempt: int, deadline_s: float) -> Outcome:
            log.probes.append((attempt, self.clock.now()))
            return await self._probe(log, self.answers[(number + attempt) % len(self.answers)], deadline_s)

        pipeline = Pipeline(self.clock, ScriptedRandom(then=self.uniform))
        await pipeline.run(
            str(number),
            number,
            begin_s,
            self.profile,
            self.breaker,
            attempt,
            emit,
            is_idempotent=self.is_idempotent,
            has_key=self.has_key,
            budget=self.budget,
            spares=[Spare(str(place), breaker, spare) for place, breaker in enumerate(self.others)],
            answered_s=0.0,
        )

    async def _probe(self, log: CheckLog, answer: Answer, deadline_s: float) -> Outcome:
        left_s = deadline_s - self.clock.now()
        if answer.keeps_deadline and answer.seconds > left_s:
            await asyncio.sleep(left_s)
            return Outcome(PhaseTimes(), Fault("tcp.timed_out", Phase.WAIT))
        log.overran |= answer.seconds > left_s
        await asyncio.sleep(answer.seconds)
        fault = Fault(*answer.fault) if answer.fault else None
        status = 503 if fault and fault.kind.startswith("http") else None
        return Outcome(PhaseTimes(), fault, status=status, retry_after_s=answer.retry_after_s)


def attempts_of(log: CheckLog) -> list[AttemptEnded]:
    return [event for event in log.events if isinstance(event, AttemptEnded)]


def check_one(story: Story, log: CheckLog) -> None:
    ended = log.events[-1]
    assert isinstance(ended, CheckEnded)
    assert sum(isinstance(event, CheckEnded) for event in log.events) == 1
    attempts = attempts_of(log)
    policy, timeouts = story.profile.retry, story.profile.timeouts

    # every attempt that began has its end, in order
    assert [(a.attempt, a.started_s) for a in attempts] == log.probes
    assert [a.attempt for a in attempts] == list(range(1, ended.attempts + 1))
    stale = sum(
        a.outcome.fault is not None and a.outcome.fault.evidence.get("is_reused") is True for a in attempts[:-1]
    )
    assert ended.attempts - len(log.spared) <= policy.attempts + min(stale, 1)
    assert len(log.spared) <= (story.spares if story.profile.fallback.mode is FallbackMode.SAFE else 0)
    used = [event for event in log.events if isinstance(event, FallbackUsed)]
    assert len(used) <= (story.profile.fallback.mode is FallbackMode.SAFE)
    for event in used:
        assert event is log.events[-2]
        assert (event.source == "alternate") == (ended.result is Result.OK)
        fresh = event.source == "fresh_cache"
        assert event.age_s <= (story.profile.fallback.fresh_s if fresh else story.profile.fallback.stale_s)
        assert fresh == (ended.gave_up == "fresh_cache")
        assert not fresh or (ended.attempts, ended.at_s) == (0, ended.started_s)
    assert (ended.result is Result.OK) == (bool(attempts) and attempts[-1].outcome.ok)
    assert ended.gave_up in GAVE_UP[ended.result]
    assert (ended.result is Result.REFUSED) <= (ended.attempts == 0)

    # it ends by its deadline
    late_s = OVERRUN_S if log.overran else 0.0
    assert ended.at_s <= ended.started_s + timeouts.total_s + late_s + ROUNDING_S
    for a in attempts:
        assert a.at_s - a.started_s <= timeouts.attempt_s + late_s + ROUNDING_S

    # nothing unsafe is repeated, nothing hopeless, nothing early
    for before, after in pairwise(attempts):
        fault = before.outcome.fault
        assert fault is not None
        assert story.is_idempotent or story.has_key or fault.sent is Sent.NO
        if after.attempt in log.spared:
            continue
        assert not fault.is_void
        asked_s = before.outcome.retry_after_s
        if policy.obey_retry_after and asked_s is not None:
            assert asked_s <= policy.retry_after_cap_s
            assert after.started_s >= before.at_s + asked_s

    # never a wait towards the deadline
    waits = [event for event in log.events if isinstance(event, BackoffStarted)]
    for wait in waits:
        is_at_once = wait.reason == "stale_connection"
        assert is_at_once == (wait.until_s == wait.at_s)
        assert wait.at_s <= wait.until_s <= ended.started_s + timeouts.total_s - USEFUL_S + ROUNDING_S

    # the times add up: attempts and waits follow each other without a gap
    at_s = ended.started_s
    waiting_until_s: float | None = None
    for event in log.events:
        if isinstance(event, AttemptEnded):
            assert waiting_until_s is None or abs(event.started_s - waiting_until_s) < ROUNDING_S
            assert abs(event.started_s - (waiting_until_s or at_s)) < ROUNDING_S
            at_s, waiting_until_s = event.at_s, None
        elif isinstance(event, BackoffStarted):
            assert abs(event.at_s - (waiting_until_s or at_s)) < ROUNDING_S
            waiting_until_s = event.until_s
    if waiting_until_s is None:
        assert ended.at_s == at_s
    elif not log.spared:
        assert ended.at_s <= waiting_until_s + ROUNDING_S
        assert ended.gave_up in {"stopped", "breaker"}


def check_breaker(story: Story) -> None:
    state = BreakerState.CLOSED
    now = 0.0
    for event in story.order:
        assert event.at_s >= now
        now = event.at_s
        if isinstance(event, BreakerChanged) and event.key == "k":
            assert event.before is state
            state = event.after
    for breaker in (story.breaker, *story.others):
        assert not breaker._leases, "a permit leaked"
    assert story.breaker.state is state


def check_budget(story: Story) -> None:
    policy = story.profile.budget
    attempts = [event for log in story.logs for event in attempts_of(log)]
    successes = sum(event.outcome.ok for event in attempts)
    spent = sum(len(attempts_of(log)) - len(log.spared) - 1 for log in story.logs if attempts_of(log))
    stale = sum(bool(event.outcome.fault and event.outcome.fault.evidence) for event in attempts)
    assert 0 <= story.budget.tokens <= policy.capacity
    if policy.is_on:
        assert spent - stale <= policy.capacity + policy.ratio * successes
    else:
        assert not any(isinstance(event, BudgetChanged) for event in story.order)


@settings(max_examples=1500)
@given(
    profile=profiles,
    answers=st.lists(answers, min_size=1, max_size=6),
    is_idempotent=st.booleans(),
    uniform=st.sampled_from([0.0, 0.5, 1.0]),
    begins=st.lists(st.tuples(moments, st.one_of(st.none(), moments)), min_size=1, max_size=4),
    has_key=st.booleans(),
    spares=st.integers(0, 2),
)
def test_it_keeps_its_word_whatever_happens(
    profile: Profile,
    answers: list[Answer],
    is_idempotent: bool,
    uniform: float,
    begins: list[tuple[float, float | None]],
    has_key: bool,
    spares: int,
) -> None:
    story = Story(profile, answers, is_idempotent, uniform, begins, has_key, spares)
    story.run()
    for log, (begin_s, stop_s) in zip(story.logs, begins, strict=True):
        if log.events or stop_s is None or stop_s > begin_s:
            check_one(story, log)
    check_breaker(story)
    check_budget(story)
    for event in story.order:
        assert msgspec.json.decode(msgspec.json.encode(event), type=type(event)) == event
