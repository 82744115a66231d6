"""Peers that talk nonsense never crash a probe, never hold it past its deadline and never fill memory."""

import asyncio
import random
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from clearline.domain.profile import Timeouts
from clearline.probes.http_exchange import MAX_BODY_BYTES
from clearline.probes.registry import run
from support.fuzz_cases import DEADLINE_S, GRACE_S, Fuzzer
from support.fuzzing import React, ScriptedNetwork
from support.misbehaving import SteadyClock, target_at

SEED = 20_261_123
SLICE = {
    "http": 1200, "tls": 500, "https": 300, "h2": 300, "dns": 800, "dot": 300, "udp": 200, "ntp": 600, "banner": 500,
    "starttls": 400, "ws": 500, "proxy": 500, "socks": 500,
}  # fmt: skip
"""What fits into some seconds. All cases run in tests/bench/bench_fuzz.py."""


@pytest.fixture
def fuzzer(tmp_path: Path) -> Fuzzer:
    return Fuzzer(SEED, tmp_path)


@pytest.mark.parametrize("probe", SLICE)
def test_it_tells_every_nonsense_by_a_kind(probe: str, fuzzer: Fuzzer) -> None:
    asyncio.run(fuzzer.probes({probe: SLICE[probe]}))

    assert fuzzer.cases == SLICE[probe]
    assert len(fuzzer.counted) >= 3 or probe == "udp", "cases that all end alike test nothing"


def test_it_parses_nonsense_without_an_unforeseen_exception(fuzzer: Fuzzer) -> None:
    fuzzer.parsers(400)

    assert fuzzer.cases == 400 * 8


def test_it_is_never_held_past_its_deadline(fuzzer: Fuzzer) -> None:
    longest_s = asyncio.run(fuzzer.sockets(180))

    assert longest_s < DEADLINE_S + GRACE_S


def endless(head: bytes, part: bytes) -> Callable[[], React]:
    """A peer that never stops: 64 MiB stand for that."""
    return lambda: _Endless(head, part)


class _Endless:
    def __init__(self, head: bytes, part: bytes) -> None:
        self._said = head + part * (64 * 1024 * 1024 // len(part))

    def __call__(self, _: bytes) -> bytes:
        said, self._said = self._said, b""
        return said


@pytest.mark.parametrize(
    ("address", "head", "part"),
    [
        ("http://192.0.2.1/", b"HTTP/1.1 200 OK\r\n\r\n", b"x" * 1024),
        ("http://192.0.2.1/", b"HTTP/1.1 200 OK\r\n", b"X-Header: y\r\n"),
        ("http://192.0.2.1/", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n"),
        ("ws://192.0.2.1/", b"HTTP/1.1 200 OK\r\n", b"X-Header: y\r\n"),
        ("dns://a.test?transport=tcp&server=192.0.2.1", b"\xff\xff", b"x" * 1024),
    ],
)
def test_it_stops_reading_what_never_ends(address: str, head: bytes, part: bytes) -> None:
    async def story() -> int:
        network = ScriptedNetwork(random.Random(SEED))
        network.make_react = endless(head, part)
        clock = SteadyClock()
        try:
            outcome = await run(target_at(address), Timeouts(), clock.now() + 20, network, clock)
            assert outcome.fault is None or outcome.fault.kind != "unknown"
            return outcome.bytes_in
        finally:
            network.close()

    assert asyncio.run(story()) <= 2 * MAX_BODY_BYTES + 1_000_000


@pytest.mark.skipif(sys.platform == "win32", reason="asks the system how much memory was used at most")
def test_it_uses_no_more_memory_after_thousands_of_cases(fuzzer: Fuzzer) -> None:
    import resource

    asyncio.run(fuzzer.probes({"http": 100, "tls": 50}))
    unit = 1 if sys.platform == "darwin" else 1024
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit
    asyncio.run(fuzzer.probes({"http": 600, "tls": 150, "ws": 300}))

    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit - before < 32 * 1024 * 1024
