"""What the policies cost: a successful check through the whole pipeline, beside a bare asyncio.timeout in the same run.

Run as a script: python tests/bench/bench_policy.py
"""

import asyncio
import gc
import sys
import time
from collections.abc import Awaitable, Callable

from clearline.domain.event import Event
from clearline.domain.outcome import Outcome
from clearline.domain.phase import PhaseTimes
from clearline.domain.profile import STANDARD
from clearline.resilience.breaker import Breaker, Permit, Verdict
from clearline.resilience.pipeline import Pipeline

CALLS = 20_000
ROUNDS = 7
OUTCOME = Outcome(PhaseTimes(connect=1.0))


class RealClock:
    now = staticmethod(time.perf_counter)

    def wall(self) -> float:
        raise NotImplementedError


class Half:
    def random(self) -> float:
        return 0.5


async def probe(_number: int, _deadline_s: float) -> Outcome:
    return OUTCOME


def ignore(_event: Event) -> None:
    """Take an event and keep nothing."""


async def bare() -> None:
    async with asyncio.timeout(15):
        await probe(1, 15)


def through_pipeline() -> Callable[[], Awaitable[object]]:
    pipeline, breaker = Pipeline(RealClock(), Half()), Breaker("bench", STANDARD.breaker)
    return lambda: pipeline.run("t", 1, 0.0, STANDARD, breaker, probe, ignore)


async def microseconds(call: Callable[[], Awaitable[object]]) -> float:
    started = time.perf_counter()
    for _ in range(CALLS):
        await call()
    return (time.perf_counter() - started) / CALLS * 1e6


async def main() -> None:
    ours = through_pipeline()
    pairs = [(await microseconds(bare), await microseconds(ours)) for _ in range(ROUNDS)]
    timeout_us, ours_us = min(pair[0] for pair in pairs), min(pair[1] for pair in pairs)
    print(f"bare asyncio.timeout {timeout_us:6.2f} µs")
    print(f"whole pipeline       {ours_us:6.2f} µs  (+{ours_us - timeout_us:.2f} µs, ratio {ours_us / timeout_us:.2f})")

    breaker = Breaker("bench", STANDARD.breaker)
    started = time.perf_counter()
    for _ in range(CALLS):
        permit = breaker.admit(0.0)
        assert isinstance(permit, Permit)
        breaker.settle(permit, Verdict.OK, 0.0, 0.001)
    print(f"breaker alone        {(time.perf_counter() - started) / CALLS * 1e6:6.2f} µs")
    print(f"memory of a breaker  {breaker_bytes():6.0f} bytes")


def breaker_bytes() -> float:
    """Bytes one closed breaker takes, from what the interpreter allocates for ten thousand."""
    import tracemalloc

    count = 10_000
    kept: list[Breaker | None] = [None] * count
    gc.collect()
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    for place in range(count):
        kept[place] = breaker = Breaker("bench", STANDARD.breaker)
        permit = breaker.admit(0.0)
        assert isinstance(permit, Permit)
        breaker.settle(permit, Verdict.FAILED, 0.0, 0.001)
    return (tracemalloc.get_traced_memory()[0] - before) / count


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
