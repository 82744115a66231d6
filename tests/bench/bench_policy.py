"""What the policies cost: a successful check through the whole pipeline beside other libraries, all in the same run.

Run as a script: python tests/bench/bench_policy.py [FOLDER]. FOLDER is the site-packages of an environment made for it
(python -m venv, then pip install tenacity stamina purgatory-circuitbreaker aiobreaker hyx); what is not found there is
left out with a sentence. None of them is a dependency of this project.

Exits with 1 where the pipeline takes more than 3 µs above a bare asyncio.timeout, a breaker more than 250 bytes, or
rejections keep memory.
"""

import asyncio
import gc
import importlib
import statistics
import sys
import time
import tracemalloc
from collections.abc import Awaitable, Callable
from typing import Any

from clearline.domain.event import Event
from clearline.domain.outcome import Outcome
from clearline.domain.phase import PhaseTimes
from clearline.domain.profile import STANDARD
from clearline.resilience.breaker import Breaker, Permit, Verdict
from clearline.resilience.budget import RetryBudget
from clearline.resilience.pipeline import Pipeline

CALLS = 10_000
ROUNDS = 9
REJECTIONS = 100_000
MOST_US, MOST_BYTES = 3.0, 250.0
BARE, OURS = "bare asyncio.timeout", "Clearline: deadline, retry, breaker, budget, timeout, 2 events"
OUTCOME = Outcome(PhaseTimes(connect=1.0))
Call = Callable[[], Awaitable[object]]


class RealClock:
    now = staticmethod(time.perf_counter)

    def wall(self) -> float:
        raise NotImplementedError


class Half:
    def random(self) -> float:
        return 0.5


async def probe(_number: int = 1, _deadline_s: float = 0.0) -> Outcome:
    return OUTCOME


def ignore(_event: Event) -> None:
    """Take an event and keep nothing."""


async def bare() -> None:
    async with asyncio.timeout(15):
        await probe(1, 15)


def through_pipeline() -> Call:
    pipeline, breaker = Pipeline(RealClock(), Half()), Breaker("bench", STANDARD.breaker)
    budget = RetryBudget("bench", STANDARD.budget)
    return lambda: pipeline.run("t", 1, 0.0, STANDARD, breaker, probe, ignore, budget=budget)


def with_tenacity() -> Call:
    tenacity: Any = importlib.import_module("tenacity")
    return tenacity.retry(stop=tenacity.stop_after_attempt(3), wait=tenacity.wait_random_exponential())(probe)


def with_stamina() -> Call:
    stamina: Any = importlib.import_module("stamina")
    return stamina.retry(on=OSError, attempts=3)(probe)


def with_purgatory() -> Call:
    factory: Any = importlib.import_module("purgatory").AsyncCircuitBreakerFactory()

    async def call() -> None:
        async with await factory.get_breaker("bench"):
            await probe()

    return call


def with_aiobreaker() -> Call:
    breaker: Any = importlib.import_module("aiobreaker").CircuitBreaker(fail_max=5)
    return lambda: breaker.call_async(probe)


def with_hyx() -> Call:
    retries: Any = importlib.import_module("hyx.retry.api")
    breakers: Any = importlib.import_module("hyx.circuitbreaker.api")
    return retries.retry(on=OSError, attempts=3)(breakers.consecutive_breaker(exceptions=OSError)(probe))


OTHERS: dict[str, Callable[[], Call]] = {
    "tenacity: retry": with_tenacity,
    "stamina: retry": with_stamina,
    "purgatory: breaker": with_purgatory,
    "aiobreaker: breaker": with_aiobreaker,
    "hyx: retry and breaker": with_hyx,
}


async def microseconds(call: Call, calls: int) -> float:
    started = time.perf_counter()
    for _ in range(calls):
        await call()
    return (time.perf_counter() - started) / calls * 1e6


async def compare() -> bool:
    ways: dict[str, Call] = {BARE: bare, OURS: through_pipeline()}
    for name, make in OTHERS.items():
        try:
            ways[name] = make()
        except ImportError as error:
            print(f"{name.partition(':')[0]} is left out: {error}")
    best = dict.fromkeys(ways, float("inf"))
    above = []
    for _ in range(ROUNDS):
        # All in turn, each round anew: a machine that is busy for a while is busy for all.
        took = {name: await microseconds(call, CALLS) for name, call in ways.items()}
        best = {name: min(best[name], took[name]) for name in ways}
        above.append(took[OURS] - took[BARE])
    for name, micros in sorted(best.items(), key=lambda pair: pair[1]):
        print(f"{micros:7.2f} µs  {micros / best[BARE]:5.2f} ×  {name}")
    # Two figures of the same thing, each hurt by another kind of noise.
    more = min(best[OURS] - best[BARE], statistics.median(above))
    print(f"Clearline takes {more:.2f} µs more than a bare asyncio.timeout, allowed {MOST_US:.1f}")
    return more <= MOST_US


async def reject() -> bool:
    """Memory after many checks that a breaker refuses, beside memory after few."""
    pipeline, breaker = Pipeline(RealClock(), Half()), Breaker("bench", STANDARD.breaker)
    breaker.isolate(0.0)
    tracemalloc.start()
    sizes = []
    for calls in (1_000, REJECTIONS - 1_000):
        for _ in range(calls):
            await pipeline.run("t", 1, 0.0, STANDARD, breaker, probe, ignore)
        gc.collect()
        sizes.append(tracemalloc.get_traced_memory()[0])
    tracemalloc.stop()
    kept = sizes[1] - sizes[0]
    print(f"{REJECTIONS:,} rejections keep {kept} bytes")
    return kept < 1_000


def breaker_alone() -> None:
    breaker = Breaker("bench", STANDARD.breaker)
    started = time.perf_counter()
    for _ in range(CALLS):
        permit = breaker.admit(0.0)
        assert isinstance(permit, Permit)
        breaker.settle(permit, Verdict.OK, 0.0, 0.001)
    print(f"breaker alone {(time.perf_counter() - started) / CALLS * 1e6:.2f} µs")


def breaker_bytes() -> float:
    """Bytes one closed breaker takes, from what the interpreter allocates for ten thousand."""
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
    size = (tracemalloc.get_traced_memory()[0] - before) / count
    tracemalloc.stop()
    return size


async def main() -> int:
    sys.path += sys.argv[1:2]
    is_quick = await compare()
    breaker_alone()
    size = breaker_bytes()
    print(f"memory of a breaker {size:.0f} bytes, allowed {MOST_BYTES:.0f}")
    is_flat = await reject()
    return 0 if is_quick and is_flat and size <= MOST_BYTES else 1


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
