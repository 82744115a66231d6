"""200 clients through a 30 s fault, by the real pipeline on virtual time; and 1,000 that all come back at once.

Run as a script: python tests/bench/bench_herd.py. Exits with 1 where the budget lets retries add more than its share.

Each client checks once a second, 60 s before the fault, during it and 60 s after it, up to 3 attempts each. The breaker
is off: it alone would keep most of the load away, and it is the budget that is looked at.
"""

import asyncio
import random
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import msgspec

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from clearline.domain.event import AttemptEnded, CheckEnded, Event, Result
from clearline.domain.fault import Fault
from clearline.domain.outcome import Outcome
from clearline.domain.phase import Phase, PhaseTimes
from clearline.domain.profile import STANDARD, BreakerPolicy, BudgetPolicy, Jitter, Profile, RetryPolicy
from clearline.resilience import herd
from clearline.resilience.breaker import Breaker
from clearline.resilience.budget import RetryBudget
from clearline.resilience.pipeline import Pipeline
from clearline.resilience.supervisor import Supervisor
from support.virtual_time import VirtualClock, run

CLIENTS, BEFORE_S, FAULT_S, AFTER_S = 200, 60, 30, 60
OFF = BreakerPolicy(streak=0, failure_ratio=2.0)
OK = Outcome(PhaseTimes(connect=10.0))
DOWN = Outcome(PhaseTimes(connect=10.0), Fault("tcp.refused", Phase.CONNECT))


class Crowd:
    """The clients, and what they did."""

    def __init__(self, profile: Profile) -> None:
        self.profile = profile
        self.checks = self.attempts = self.failed = 0
        self.checks_in_fault = self.attempts_in_fault = 0

    def hear(self, event: Event) -> None:
        is_in_fault = BEFORE_S <= getattr(event, "check", -1) < BEFORE_S + FAULT_S
        if isinstance(event, AttemptEnded):
            self.attempts += 1
            self.attempts_in_fault += is_in_fault
        elif isinstance(event, CheckEnded):
            self.checks += 1
            self.checks_in_fault += is_in_fault
            self.failed += event.result is not Result.OK

    async def all(self) -> None:
        supervisor = Supervisor(lambda name, error: sys.exit(f"{name}: {error!r}"))
        tasks = [supervisor.start(self.client(number), name=str(number)) for number in range(CLIENTS)]
        await asyncio.wait(tasks)

    async def client(self, number: int) -> None:
        clock = VirtualClock()
        pipeline = Pipeline(clock, random.Random(number))
        breaker = Breaker(str(number), self.profile.breaker)
        budget = RetryBudget(str(number), self.profile.budget)

        async def ask(_number: int, _deadline_s: float) -> Outcome:
            await asyncio.sleep(0.01)
            return DOWN if BEFORE_S <= clock.now() < BEFORE_S + FAULT_S else OK

        for check in range(BEFORE_S + FAULT_S + AFTER_S):
            due_s = check + number / CLIENTS
            await asyncio.sleep(due_s - clock.now())
            await pipeline.run("t", check, due_s, self.profile, breaker, ask, self.hear, budget=budget)


def through_a_fault() -> bool:
    base = msgspec.structs.replace(STANDARD, breaker=OFF, retry=RetryPolicy(attempts=3, base_s=0.1, cap_s=0.2))
    profiles: Sequence[tuple[str, Profile]] = (
        ("3 attempts, no budget", msgspec.structs.replace(base, budget=BudgetPolicy(is_on=False))),
        ("3 attempts, budget 0.1", base),
        ("3 attempts, budget 0.1, 10 tokens", msgspec.structs.replace(base, budget=BudgetPolicy(capacity=10.0))),
        ("3 attempts, budget 0.1, breaker", msgspec.structs.replace(base, breaker=STANDARD.breaker)),
    )
    print(f"{CLIENTS} clients, a check a second, a fault of {FAULT_S} s in {BEFORE_S + FAULT_S + AFTER_S} s")
    is_fine = True
    for name, profile in profiles:
        crowd = Crowd(profile)
        run(crowd.all())
        whole = crowd.attempts / crowd.checks
        within = crowd.attempts_in_fault / crowd.checks_in_fault
        print(f"  {name:40} amplification {whole:5.3f}   during the fault {within:5.3f}   checks lost {crowd.failed}")
        if profile.budget.is_on:
            # The grant at the start is no share of anything: only the usual one is small enough to vanish in a fault.
            is_usual = profile.budget == BudgetPolicy()
            is_fine &= (within if is_usual else whole) <= 1 + profile.budget.ratio + 1e-9
    return is_fine


def all_at_once() -> None:
    print("1,000 clients failed at once, 4 attempts from 1 s on: most requests in 0.1 s after the first wave")
    for jitter in Jitter:
        started = time.perf_counter()
        arrivals = herd.simulate(RetryPolicy(attempts=4, base_s=1.0, jitter=jitter))
        took_ms = (time.perf_counter() - started) * 1000
        print(f"  jitter {jitter:13} peak {herd.peak(arrivals):5}   (drawn in {took_ms:.1f} ms)")


def main() -> int:
    is_fine = through_a_fault()
    all_at_once()
    return 0 if is_fine else 1


if __name__ == "__main__":
    sys.exit(main())
