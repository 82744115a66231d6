"""The path MTU probe: the largest packet that arrives, to the byte, and whether anybody says so."""

import asyncio
import socket
from dataclasses import dataclass
from typing import Any

from clearline.domain.phase import Phase
from clearline.net.evidence import Evidence, Icmp, MtuEvidence, NetworkError
from clearline.net.icmp_tables import ICMP_MEANING
from clearline.net.network import Address
from clearline.net.reached import Method, Reach
from clearline.net.timing import limit_in
from clearline.probes.attempt import Attempt

_SMALLEST = {socket.AF_INET: 576, socket.AF_INET6: 1280}
"""What every network takes (RFC 791, RFC 8200)."""
_TOO_LONG = 65_535
"""The longest packet that IP can write down."""
_TRIES = 3
_ERRORS_AGAIN_S = 1.1
"""After this a target that limits its ICMP answers (Linux: icmp_ratelimit) tells of a closed port again."""
_FIRST_WAIT_S = 1.0
_LEAST_WAIT_S = 0.25
_PUSHED_BYTES = 4000
_SMALL_MSS = 1200
_PUSH_S = 1.5
_NS_PER_MS = 1_000_000


@dataclass
class Ladder:
    """What is known so far: `fits` arrived and `fails` did not; bytes of whole packets."""

    device: int
    fits: int
    fails: int
    told: int | None = None
    told_by: str = ""


async def probe_mtu(attempt: Attempt) -> None:
    """Phases: resolve, and wait, which is the round trip of the smallest packet and not the time the ladder took.

    A path smaller than this machine's link is fine where routers say so. Where big packets vanish without a word, the
    fault is `tcp.mtu_black_hole`; with a port in the address TCP shows it too: 4000 bytes are not confirmed, and are
    with segments of 1200.
    """
    addresses = await attempt.resolve()
    address = addresses[0]
    attempt.at(address)
    attempt.stopwatch.enter(Phase.WAIT)
    began_ns = attempt.stopwatch.since_ns
    if not address.is_host:
        raise NetworkError(Evidence(is_invalid_address=True, peer=address.ip))
    told: dict[str, Any] = {}
    attempt.detail["mtu"] = told
    black_hole: MtuEvidence | None = None
    method, first = await _who_answers(attempt, address)
    if first is not None:
        ladder = await _climb(attempt, address, method, first)
        told |= {"method": method.value, "mtu": ladder.fits, "device_mtu": ladder.device}
        if ladder.told is not None:
            told |= {"told_mtu": ladder.told, "told_by": ladder.told_by}
        if ladder.fits < ladder.device and ladder.told is None:
            black_hole = MtuEvidence(ladder.fits, ladder.fails, method.value)
    if address.port:
        differs = await _compare_segments(attempt, address, told)
        if differs and black_hole is None and (first is None or told["mtu"] < told["device_mtu"]):
            black_hole = MtuEvidence(_SMALL_MSS, _PUSHED_BYTES, Method.TCP.value)
    if black_hole is not None:
        raise NetworkError(Evidence(mtu=black_hole))
    if first is None and "tcp" not in told:
        attempt.transport = "icmp"
        raise NetworkError(Evidence(transport="icmp", deadline=limit_in(_FIRST_WAIT_S, "wait").deadline))
    attempt.stopwatch.stop(began_ns + int((first.ms or 0.0 if first else 0.0) * _NS_PER_MS))


async def _who_answers(attempt: Attempt, address: Address) -> tuple[Method, Reach | None]:
    """The method whose smallest packet is answered, ICMP first; a closed UDP port's answer will do."""
    smallest = _SMALLEST[socket.AddressFamily(address.family)]
    trouble: NetworkError | None = None
    for method in (Method.ICMP, Method.UDP):
        try:
            found = await _any_of(attempt, address, method, smallest, _FIRST_WAIT_S)
        except NetworkError as error:
            trouble = error
            continue
        if found.is_end:
            return method, found
    if trouble is not None and not trouble.evidence.is_capability_missing:
        attempt.transport = "icmp"
        raise trouble
    return Method.ICMP, None


async def _climb(attempt: Attempt, address: Address, method: Method, first: Reach) -> Ladder:
    wait_s = max(_LEAST_WAIT_S, 4 * (first.ms or 0.0) / 1000)
    over = await _any_of(attempt, address, method, _TOO_LONG, wait_s)
    smallest = _SMALLEST[socket.AddressFamily(address.family)]
    if over.is_end:
        return Ladder(_TOO_LONG, _TOO_LONG, _TOO_LONG + 1)
    device = over.device_mtu or 1500
    ladder = Ladder(device, smallest, device + 1)
    size = device
    while ladder.fits < ladder.fails - 1 and attempt.budget.left_s > wait_s:
        found = await _proven(attempt, address, method, size, wait_s, ladder.fits)
        if found is None:
            break
        if found.is_end:
            ladder.fits = size
        else:
            ladder.fails = size
            if (icmp := found.icmp) is not None and _is_too_big(icmp) and icmp.mtu:
                ladder.told, ladder.told_by = icmp.mtu, icmp.offender
        size = _next_size(ladder)
    return ladder


async def _proven(
    attempt: Attempt, address: Address, method: Method, size: int, wait_s: float, fits: int
) -> Reach | None:
    """What became of a size, beyond doubt; None where time ran out before.

    Echo requests are always answered, so three that stay silent will do. Closed UDP ports answer rarely, so silence
    counts only where a size that fits is answered right after it.
    """
    if method is Method.ICMP:
        return await _any_of(attempt, address, method, size, wait_s)
    is_silent_before = False
    while attempt.budget.left_s > _ERRORS_AGAIN_S + 2 * wait_s:
        found = await _any_of(attempt, address, method, size, wait_s, tries=1)
        if found.ip or found.device_mtu is not None:
            return found
        control = await _any_of(attempt, address, method, fits, wait_s, tries=1)
        if control.ip and is_silent_before:
            return found
        is_silent_before = bool(control.ip)
        if not control.ip:
            await asyncio.sleep(_ERRORS_AGAIN_S)
    return None


def _next_size(ladder: Ladder) -> int:
    """What a router named, and one byte more, before halving what is left."""
    if ladder.told is not None:
        for size in (ladder.told, ladder.told + 1):
            if ladder.fits < size < ladder.fails:
                return size
    return (ladder.fits + ladder.fails) // 2


def _is_too_big(icmp: Icmp) -> bool:
    return ICMP_MEANING.get((icmp.version, icmp.type, icmp.code)) == "too_big"


async def _any_of(
    attempt: Attempt, address: Address, method: Method, size: int, wait_s: float, *, tries: int = _TRIES
) -> Reach:
    """The best of several packets of a size, sent together: one lost packet must not pass for a limit."""
    limit = limit_in(min(wait_s, attempt.budget.left_s))
    found: list[Reach] = []

    async def one() -> None:
        found.append(await attempt.network.reach(address, method, limit, size=size))

    try:
        async with asyncio.TaskGroup() as tasks:
            for _ in range(tries):
                tasks.create_task(one())
    except* NetworkError as troubles:
        raise _first(troubles) from None
    return max(found, key=lambda each: (each.is_end, each.icmp is not None, each.device_mtu is not None))


def _first(group: BaseExceptionGroup[Any]) -> NetworkError:
    error = group.exceptions[0]
    if isinstance(error, BaseExceptionGroup):
        return _first(error)
    assert isinstance(error, NetworkError)  # noqa: S101 (nothing else is caught)
    return error


async def _compare_segments(attempt: Attempt, address: Address, told: dict[str, Any]) -> bool:
    """Do large segments hang where small ones pass? Told as `tcp`."""
    try:
        usual = await attempt.network.push(address, _PUSHED_BYTES, limit_in(min(_PUSH_S, attempt.budget.left_s)))
        if usual.is_confirmed:
            told["tcp"] = {"is_usual_confirmed": True}
            return False
        limit = limit_in(min(_PUSH_S, attempt.budget.left_s))
        small = await attempt.network.push(address, _PUSHED_BYTES, limit, mss=_SMALL_MSS)
    except NetworkError as trouble:
        if not told.get("mtu"):
            attempt.stopwatch.enter(Phase.CONNECT)
            raise
        if trouble.evidence.is_capability_missing:
            # Only Linux tells what the peer's kernel confirmed; the ladder speaks for itself.
            return False
        told["tcp"] = {"is_refused": trouble.evidence.deadline is None}
        return False
    told["tcp"] = {
        "is_usual_confirmed": False,
        "is_small_confirmed": small.is_confirmed,
        "small_mss": _SMALL_MSS,
        "unacked": usual.unacked,
        "retransmits": usual.retransmits,
    }
    return small.is_confirmed
