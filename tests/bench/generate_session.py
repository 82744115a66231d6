"""Makes a session file of any size in seconds, and tells what it costs: bytes an attempt, events a second.

Usage: `python tests/bench/generate_session.py FILE --attempts 1000000 --targets 20`. The figures are made up but shaped
like real ones: a daily wave, a jitter, 1 % of the checks failing and one outage in which everything fails.
"""

import argparse
import math
import random
import sys
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from clearline.domain.event import AnyEvent, AttemptEnded, CheckEnded, PlanApplied, Result, SessionStarted
from clearline.domain.fault import Fault
from clearline.domain.outcome import Outcome
from clearline.domain.phase import Phase, PhaseTimes
from clearline.domain.plan import Plan, new_target
from clearline.store.reader import SessionReader
from clearline.store.recording import Recording
from clearline.store.secrets import SecretMask

WALL_S = 1_790_000_000.0
BATCH = 5_000
REFUSED = Fault("tcp.refused", Phase.CONNECT, {"os_error": {"name": "ECONNREFUSED", "errno": 111}})
DETAIL = {
    "tls": {"version": "TLSv1.3", "cipher": "TLS_AES_128_GCM_SHA256", "alpn": "http/1.1"},
    "http": {"version": "1.1"},
}


def generated(attempts: int, targets: int, interval_s: float, seed: int, decimals: int) -> Iterator[AnyEvent]:
    """A session of HTTPS checks; times in milliseconds have so many decimals, as probes round them to 4."""
    chance = random.Random(seed)
    plan = Plan(tuple(new_target(f"https://host-{number}.example.com/") for number in range(targets)))
    yield SessionStarted(at_s=0.0, session_id="generated", wall_s=WALL_S, path="")
    yield PlanApplied(at_s=0.0, plan=plan)
    outage = range(attempts // targets // 2, attempts // targets // 2 + max(1, attempts // targets // 100))
    for number in range(attempts // targets):
        for place, target in enumerate(plan.targets):
            due_s = number * interval_s + place * interval_s / targets
            started_s = round(due_s + chance.random() * 0.002, 6)
            is_failed = number in outage or chance.random() < 0.01
            latency_ms = 20 + 8 * math.sin(due_s / 86_400 * math.tau) + chance.expovariate(1 / 3)
            spread = (round(latency_ms * share, decimals) for share in (0.1, 0.2, 0.3, 0.01, 0.35, 0.04))
            resolve, connect, tls, send, wait, receive = spread
            phases = PhaseTimes(resolve, connect, None, tls, send, wait, receive)
            if is_failed:
                outcome = Outcome(PhaseTimes(resolve, connect), REFUSED, f"192.0.2.{place % 250}:443")
            else:
                rtt_ms, lag_ms = round(connect - 0.3, decimals), 0.3
                address = f"192.0.2.{place % 250}:443"
                outcome = Outcome(phases, None, address, rtt_ms, 0, lag_ms, 200, None, 5120 + number % 7, 310, DETAIL)
            at_s = round(started_s + outcome.phases.total_ms / 1e3, 6)
            yield AttemptEnded(
                at_s=at_s, target=target.id, check=number, attempt=1, started_s=started_s, outcome=outcome
            )
            yield CheckEnded(
                at_s=at_s,
                target=target.id,
                check=number,
                due_s=due_s,
                started_s=started_s,
                result=Result.FAILED if is_failed else Result.OK,
                attempts=1,
                kind=REFUSED.kind if is_failed else "",
                gave_up="attempts" if is_failed else "",
            )


def main() -> int:
    """Make the file, then read it in the ways a window does."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--attempts", type=int, default=1_000_000)
    parser.add_argument("--targets", type=int, default=20)
    parser.add_argument("--interval", type=float, default=1.0)
    parser.add_argument("--decimals", type=int, default=4, help="of a millisecond; 9 is what a clock gives unrounded")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--no-reading", action="store_true", help="make the file and nothing else")
    options = parser.parse_args()
    options.file.unlink(missing_ok=True)
    events = generated(options.attempts, options.targets, options.interval, options.seed, options.decimals)
    began_s = time.perf_counter()
    # Past the queue of SessionWriter, which would let events go at this rate.
    recording = Recording(options.file, "generated", WALL_S, SecretMask())
    count = 0
    while batch := list(islice(events, BATCH)):
        recording.write(batch)
        count += len(batch)
    recording.close()
    took_s = time.perf_counter() - began_s
    size = options.file.stat().st_size
    print(f"{count} events in {took_s:.1f} s ({count / took_s:.0f}/s), {size / 1e6:.1f} MB")
    print(f"{size / options.attempts:.1f} bytes an attempt, with its check, index and roll-ups")
    if options.no_reading:
        return 0
    with SessionReader(options.file) as reader:
        target = reader.plan.targets[0].id
        middle_s = reader.duration_s / 2
        for name, reading in (
            ("roll-ups of 300 s, whole session", lambda: reader.rollups(target, 300)),
            ("roll-ups of 10 s, 4 hours", lambda: reader.rollups(target, 10, middle_s, middle_s + 14_400)),
            ("attempts of one target, 10 minutes", lambda: reader.attempts(target, middle_s, middle_s + 600)),
            ("all events of 10 minutes", lambda: list(reader.events(middle_s, middle_s + 600))),
            ("all events", lambda: sum(1 for _ in reader.events())),
        ):
            began_s = time.perf_counter()
            found = reading()
            took_ms = (time.perf_counter() - began_s) * 1e3
            print(f"{name}: {found if isinstance(found, int) else len(found)} in {took_ms:.1f} ms")
    return 0


if __name__ == "__main__":
    sys.exit(main())
