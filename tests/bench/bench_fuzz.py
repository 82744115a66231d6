"""Fuzzed peers in full: more than 100,000 cases from one seed; exits with 1 at the first crash or hang.

Run: python tests/bench/bench_fuzz.py [--share 1.0] [--seed N]
"""

import argparse
import asyncio
import resource
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from support.fuzz_cases import DEADLINE_S, GRACE_S, CrashError, Fuzzer

PROBES = {
    "http": 16_000, "tls": 8_000, "https": 4_000, "h2": 4_000, "dns": 16_000, "dot": 6_000, "udp": 3_000, "ntp": 10_000,
    "banner": 8_000, "starttls": 6_000, "ws": 7_000, "proxy": 7_000, "socks": 7_000,
}  # fmt: skip
PARSED = 3_000
"""Cases of each of the eight parsers."""
SOCKETS = 3_000


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--share", type=float, default=1.0)
    parser.add_argument("--seed", type=int, default=20_261_123)
    given = parser.parse_args()
    began_s = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        fuzzer = Fuzzer(given.seed, Path(folder))
        try:
            for probe, count in PROBES.items():
                before_s = time.perf_counter()
                asyncio.run(fuzzer.probes({probe: int(count * given.share)}))
                mib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
                took_s = time.perf_counter() - before_s
                print(f"{probe:10} {int(count * given.share):7} cases {took_s:6.1f} s, peak {mib:.0f} MiB", flush=True)
            fuzzer.parsers(int(PARSED * given.share))
            longest_s = asyncio.run(fuzzer.sockets(int(SOCKETS * given.share)))
        except CrashError as error:
            print(f"CRASH with seed {given.seed}: {error}")
            return 1
    print(f"sockets: longest attempt {longest_s:.2f} s of {DEADLINE_S} s")
    print(f"{fuzzer.cases} cases in {time.perf_counter() - began_s:.0f} s; kinds of outcome: {len(fuzzer.counted)}")
    for kind, count in fuzzer.counted.most_common():
        print(f"  {count:7} {kind}")
    return 0 if longest_s < DEADLINE_S + GRACE_S else 1


if __name__ == "__main__":
    sys.exit(main())
