"""One check with a retry budget, an Idempotency-Key, a stale connection, spares: one story each, in virtual time."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from clearline.domain.event import (
    AttemptEnded,
    BackoffStarted,
    BreakerChanged,
    BudgetChanged,
    CheckEnded,
    Event,
    FallbackUsed,
    Result,
)
from clearline.domain.fault import Fault
from clearline.domain.outcome import Outcome
from clearline.domain.phase import Phase, PhaseTimes
from clearline.domain.profile import (
    BreakerPolicy,
    BudgetPolicy,
    FallbackMode,
    FallbackPolicy,
    Jitter,
    Profile,
    RetryPolicy,
    Timeouts,
)
from clearline.resilience.breaker import Breaker, Verdict
from clearline.resilience.budget import RetryBudget
from clearline.resilience.pipeline import Pipeline, Spare
from clearline.resilience.supervisor import Supervisor
from support.scripted_random import ScriptedRandom
from support.virtual_time import VirtualClock, run

OK = Outcome(PhaseTimes(connect=1.0))
REFUSED = Outcome(PhaseTimes(connect=1.0), Fault("tcp.refused", Phase.CONNECT))
RESET = Outcome(PhaseTimes(connect=1.0), Fault("tcp.reset", Phase.WAIT))
STALE = Outcome(PhaseTimes(connect=1.0), Fault("tcp.reset", Phase.WAIT, {"is_reused": True}))
BUDGET = BudgetPolicy(ratio=0.5, capacity=2.0)
Attempt = Callable[[int, float], Awaitable[Outcome]]


def profile(**parts: Any) -> Profile:
    return Profile(
        "p",
        timeouts=Timeouts(attempt_s=5.0, total_s=parts.pop("total_s", 20.0)),
        retry=parts.pop("retry", RetryPolicy(attempts=3, base_s=1.0, jitter=Jitter.NONE)),
        breaker=parts.pop("breaker", BreakerPolicy(streak=9, failure_ratio=2.0)),
        **parts,
    )


def safe(**fields: Any) -> FallbackPolicy:
    return FallbackPolicy(FallbackMode.SAFE, **fields)


class Check:
    """A check whose attempts each take half a second and end as scripted; the last one again and again."""

    def __init__(self, *outcomes: Outcome, using: Profile | None = None, **options: Any) -> None:
        self.outcomes = outcomes
        self.profile = using or profile()
        self.breaker = Breaker("k", self.profile.breaker)
        self.options = options
        self.events: list[Event] = []
        self.asked: list[str] = []

    def at(self, place: str, *outcomes: Outcome) -> Attempt:
        async def attempt(_number: int, _deadline_s: float) -> Outcome:
            self.asked.append(place)
            await asyncio.sleep(0.5)
            return outcomes[min(self.asked.count(place), len(outcomes)) - 1]

        return attempt

    def spare(self, place: str, *outcomes: Outcome) -> Spare:
        return Spare(place, Breaker(place, self.profile.breaker), self.at(place, *outcomes))

    async def run(self) -> CheckEnded:
        pipeline = Pipeline(VirtualClock(), ScriptedRandom(then=0.5))
        main = self.at("main", *self.outcomes)
        return await pipeline.run("t", 7, 0.0, self.profile, self.breaker, main, self.events.append, **self.options)

    def go(self) -> "Check":
        run(self.run())
        return self

    def of(self, kind: type[Event]) -> list[Any]:
        return [event for event in self.events if isinstance(event, kind)]

    @property
    def ended(self) -> CheckEnded:
        (ended,) = self.of(CheckEnded)
        assert ended is self.events[-1]
        return ended


class TestBudget:
    def test_it_pays_for_each_retry_and_none_for_the_first_attempt(self) -> None:
        budget = RetryBudget("k", BUDGET)
        check = Check(REFUSED, using=profile(budget=BUDGET), budget=budget).go()
        assert (check.ended.attempts, check.ended.gave_up, budget.tokens) == (3, "attempts", 0.0)
        assert [event.tokens for event in check.of(BudgetChanged)] == [1.0, 0.0]

    def test_it_gives_up_before_it_waits_where_no_token_is_left(self) -> None:
        budget = RetryBudget("k", BUDGET)
        budget.tokens = 1.5
        check = Check(REFUSED, using=profile(budget=BUDGET), budget=budget).go()
        assert (check.ended.attempts, check.ended.gave_up, check.ended.at_s) == (2, "budget", 2.0)
        assert check.ended.result is Result.FAILED
        assert [event.reason for event in check.of(BudgetChanged)] == ["spent", "denied"]

    def test_it_earns_from_a_success_also_on_a_later_attempt(self) -> None:
        budget = RetryBudget("k", BUDGET)
        Check(REFUSED, OK, using=profile(budget=BUDGET), budget=budget).go()
        assert budget.tokens == 1.5

    def test_it_spends_nothing_where_no_retry_follows(self) -> None:
        budget = RetryBudget("k", BUDGET)
        Check(RESET, using=profile(budget=BUDGET), budget=budget, is_idempotent=False).go()
        assert budget.tokens == 2.0

    def test_it_is_not_asked_where_the_profile_has_it_off(self) -> None:
        budget = RetryBudget("k", BUDGET)
        budget.tokens = 0.0
        check = Check(REFUSED, using=profile(budget=BudgetPolicy(is_on=False)), budget=budget).go()
        assert (check.ended.attempts, budget.tokens) == (3, 0.0)


class TestStaleConnection:
    def test_it_tries_at_once_on_a_fresh_one_and_does_not_count_it(self) -> None:
        budget = RetryBudget("k", BUDGET)
        check = Check(STALE, REFUSED, using=profile(budget=BUDGET), budget=budget).go()
        assert [(e.attempt, e.started_s) for e in check.of(AttemptEnded)] == [(1, 0.0), (2, 0.5), (3, 2.0), (4, 4.5)]
        assert (check.ended.gave_up, budget.tokens) == ("attempts", 0.0)

    def test_it_does_so_once_a_check(self) -> None:
        check = Check(STALE).go()
        assert [e.started_s for e in check.of(AttemptEnded)] == [0.0, 0.5, 2.0, 4.5]

    def test_it_does_so_also_where_only_one_attempt_is_allowed(self) -> None:
        check = Check(STALE, OK, using=profile(retry=RetryPolicy(attempts=1))).go()
        assert (check.ended.result, check.ended.attempts) == (Result.OK, 2)

    def test_it_repeats_nothing_that_must_not_be(self) -> None:
        check = Check(STALE, OK, is_idempotent=False).go()
        assert (check.ended.attempts, check.ended.gave_up) == (1, "not_retryable")

    def test_it_repeats_what_carries_a_key(self) -> None:
        check = Check(STALE, OK, is_idempotent=False, has_key=True).go()
        assert check.ended.result is Result.OK

    def test_it_says_nothing_of_the_peer_to_the_breaker(self) -> None:
        check = Check(STALE, OK, using=profile(breaker=BreakerPolicy(streak=1))).go()
        assert check.ended.result is Result.OK
        assert check.of(BreakerChanged) == []

    def test_it_tells_of_the_retry_that_waits_for_nothing(self) -> None:
        check = Check(STALE, OK).go()
        assert [type(event) for event in check.events] == [AttemptEnded, BackoffStarted, AttemptEnded, CheckEnded]
        (told,) = check.of(BackoffStarted)
        assert (told.attempt, told.at_s, told.until_s, told.reason) == (2, 0.5, 0.5, "stale_connection")

    def test_it_does_not_begin_what_has_no_time_left(self) -> None:
        check = Check(STALE, OK, using=profile(total_s=5.0))

        async def slow(_number: int, _deadline_s: float) -> Outcome:
            await asyncio.sleep(4.97)
            return STALE

        check.at = lambda _place, *_outcomes: slow  # type: ignore[method-assign]
        assert check.go().ended.gave_up == "deadline"


class TestKey:
    def test_it_repeats_an_unsafe_request_that_carries_a_key(self) -> None:
        check = Check(RESET, OK, is_idempotent=False, has_key=True).go()
        assert (check.ended.result, check.ended.attempts) == (Result.OK, 2)


class TestSpares:
    def test_it_leaves_them_alone_where_the_main_one_answers(self) -> None:
        check = Check(OK, using=profile(fallback=safe()))
        check.options["spares"] = (check.spare("b", OK),)
        assert check.go().asked == ["main"]

    @pytest.mark.parametrize(("key", "asked"), [(False, ["main"]), (True, ["main", "main", "main", "b"])])
    def test_it_sends_them_nothing_that_the_main_one_may_have_done_already(self, key: bool, asked: list[str]) -> None:
        check = Check(RESET, using=profile(fallback=safe()), is_idempotent=False, has_key=key)
        check.options["spares"] = (check.spare("b", OK),)
        assert check.go().asked == asked

    def test_it_asks_no_further_spare_either(self) -> None:
        check = Check(REFUSED, using=profile(fallback=safe()), is_idempotent=False)
        check.options["spares"] = (check.spare("b", RESET), check.spare("c", OK))
        assert check.go().asked == ["main", "main", "main", "b"]

    def test_it_leaves_them_alone_where_it_is_to_fail_fast(self) -> None:
        check = Check(REFUSED)
        check.options["spares"] = (check.spare("b", OK),)
        assert check.go().asked == ["main"] * 3

    def test_it_asks_them_in_order_once_each_and_says_which_answered(self) -> None:
        check = Check(REFUSED, using=profile(fallback=safe()))
        check.options["spares"] = (check.spare("b", RESET), check.spare("c", OK), check.spare("d", OK))
        check.go()
        assert check.asked == ["main", "main", "main", "b", "c"]
        assert (check.ended.result, check.ended.attempts, check.ended.kind) == (Result.OK, 5, "")
        (used,) = check.of(FallbackUsed)
        assert (used.target, used.check, used.source, used.place) == ("t", 7, "alternate", "c")
        assert check.events[-2] is used

    def test_it_fails_as_the_main_one_did_where_all_fail(self) -> None:
        check = Check(REFUSED, using=profile(fallback=safe()))
        check.options["spares"] = (check.spare("b", RESET),)
        check.go()
        assert (check.ended.result, check.ended.kind, check.ended.gave_up) == (
            Result.FAILED,
            "tcp.refused",
            "attempts",
        )

    def test_it_asks_them_at_once_while_the_main_ones_breaker_is_open(self) -> None:
        check = Check(REFUSED, using=profile(fallback=safe()))
        check.breaker.isolate(0.0)
        check.options["spares"] = (check.spare("b", OK),)
        check.go()
        assert (check.asked, check.ended.result, check.ended.at_s) == (["b"], Result.OK, 0.5)

    def test_it_failed_and_was_not_refused_where_only_a_spare_was_asked(self) -> None:
        check = Check(REFUSED, using=profile(fallback=safe()))
        check.breaker.isolate(0.0)
        check.options["spares"] = (check.spare("b", RESET),)
        check.go()
        assert (check.ended.result, check.ended.kind, check.ended.attempts) == (Result.FAILED, "tcp.reset", 1)

    def test_it_is_refused_where_no_breaker_admits(self) -> None:
        check = Check(OK, using=profile(fallback=safe()))
        spare = check.spare("b", OK)
        check.breaker.isolate(0.0)
        spare.breaker.isolate(0.0)
        check.options["spares"] = (spare,)
        check.go()
        assert (check.ended.result, check.ended.attempts, check.asked) == (Result.REFUSED, 0, [])

    def test_it_blames_the_spare_and_not_the_main_one(self) -> None:
        check = Check(REFUSED, using=profile(fallback=safe(), breaker=BreakerPolicy(streak=4, failure_ratio=2.0)))
        spare = check.spare("b", RESET)
        check.options["spares"] = (spare,)
        check.go()
        assert check.breaker.settle(check.breaker.admit(9.0), Verdict.FAILED, 9.0, 0.1) != ()  # type: ignore[arg-type]
        for _ in range(2):
            assert spare.breaker.settle(spare.breaker.admit(9.0), Verdict.FAILED, 9.0, 0.1) == ()  # type: ignore[arg-type]

    def test_it_tells_how_the_spares_breaker_moves(self) -> None:
        check = Check(REFUSED, using=profile(fallback=safe()))
        spare = Spare("b", Breaker("b", BreakerPolicy(streak=1, open_s=1.0)), check.at("b", OK))
        spare.breaker.settle(spare.breaker.admit(0.0), Verdict.FAILED, 0.0, 0.1)  # type: ignore[arg-type]
        check.options["spares"] = (spare,)
        check.go()
        assert [(event.key, event.reason) for event in check.of(BreakerChanged)] == [("b", "timer"), ("b", "probe_ok")]

    def test_it_does_not_begin_them_without_time_left(self) -> None:
        check = Check(REFUSED, using=profile(fallback=safe(), total_s=5.02))
        check.options["spares"] = (check.spare("b", REFUSED), check.spare("c", OK))
        check.go()
        assert (check.asked[-1], check.ended.at_s) == ("b", 5.0)

    @pytest.mark.parametrize("stop_s", [0.25, 1.0, 4.75, 5.25])
    def test_it_stops_at_any_moment_and_gives_every_permit_back(self, stop_s: float) -> None:
        check = Check(REFUSED, using=profile(fallback=safe()))
        spares = (check.spare("b", REFUSED), check.spare("c", REFUSED))
        for spare in spares:
            spare.breaker.isolate(0.0)
            spare.breaker.close(0.0)
        check.options["spares"] = spares

        async def story() -> None:
            supervisor = Supervisor(lambda _name, error: None)
            task = supervisor.start(check.run(), name="check")
            await asyncio.sleep(stop_s)
            task.cancel()
            await asyncio.wait([task])
            assert task.cancelled()
            assert supervisor.names == ()

        run(story())
        assert (check.ended.result, check.ended.gave_up) == (Result.VOID, "stopped")
        assert len(check.of(AttemptEnded)) == len(check.asked) == check.ended.attempts


class TestFresh:
    def fresh(self, answered_s: float | None, **options: Any) -> Check:
        using = profile(fallback=safe(fresh_s=60.0))
        return Check(OK, using=using, answered_s=answered_s, **options).go()

    def test_an_answer_that_is_still_fresh_saves_the_check(self) -> None:
        check = self.fresh(-30.0)
        assert check.asked == []
        (used, ended) = check.events
        assert isinstance(used, FallbackUsed)
        assert (used.source, used.age_s, used.at_s) == ("fresh_cache", 30.0, 0.0)
        assert ended is check.ended
        assert (check.ended.result, check.ended.gave_up, check.ended.attempts) == (Result.VOID, "fresh_cache", 0)

    def test_it_returns_the_check_that_was_saved(self) -> None:
        check = Check(OK, using=profile(fallback=safe(fresh_s=60.0)), answered_s=-30.0)
        assert run(check.run()) is check.ended

    @pytest.mark.parametrize(("answered_s", "options"), [(None, {}), (-60.5, {}), (-30.0, {"is_wanted": True})])
    def test_it_asks_without_one_and_where_a_person_wants_to_know(self, answered_s: Any, options: Any) -> None:
        check = self.fresh(answered_s, **options)
        assert (check.asked, check.ended.result) == (["main"], Result.OK)
        assert check.of(FallbackUsed) == []


class TestStandIns:
    def test_an_answer_of_earlier_stands_in_but_the_check_failed(self) -> None:
        check = Check(REFUSED, using=profile(fallback=safe(stale_s=60.0)), answered_s=-30.0).go()
        (used,) = check.of(FallbackUsed)
        assert (used.source, used.age_s, used.at_s) == ("stale_cache", 34.5, 4.5)
        assert check.ended.result is Result.FAILED

    def test_one_that_is_too_old_does_not(self) -> None:
        check = Check(REFUSED, using=profile(fallback=safe(stale_s=60.0)), answered_s=-60.0).go()
        assert check.of(FallbackUsed) == []

    def test_a_default_does_where_nothing_else_is_left(self) -> None:
        check = Check(REFUSED, using=profile(fallback=safe(has_default=True))).go()
        assert [used.source for used in check.of(FallbackUsed)] == ["default"]

    def test_nothing_does_for_a_check_that_counts_for_nothing(self) -> None:
        check = Check(REFUSED, using=profile(fallback=safe(has_default=True), retry=RetryPolicy(attempts=1)))

        async def disturbed() -> CheckEnded:
            pipeline = Pipeline(VirtualClock(), ScriptedRandom(then=0.5), was_disturbed=lambda _from, _to: True)
            main = check.at("main", REFUSED)
            return await pipeline.run("t", 7, 0.0, check.profile, check.breaker, main, check.events.append)

        assert run(disturbed()).result is Result.VOID
        assert check.of(FallbackUsed) == []
