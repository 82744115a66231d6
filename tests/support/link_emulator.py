"""A link with known faults: two TUN devices in two namespaces joined by one process that holds, loses and refuses.

netem is missing in many kernels; this needs /dev/net/tun and root only. The process is its own, so that its timing is
disturbed by nobody's interpreter lock. It also plays the routers on the way, with an address each.
"""

import contextlib
import fcntl
import gc
import heapq
import ipaddress
import json
import os
import random
import select
import struct
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from typing import Any

from support.namespaces import Namespaces, enter, python_environment
from support.raw_packets import TCP, flow_of, icmp_error, lowered, tcp_reset

CLIENT, SERVER = "10.70.0.2", "10.70.9.2"
CLIENT_6, SERVER_6 = "fd70::2", "fd79::2"
_DEVICE = "emu0"
_TUNSETIFF = 0x400454CA
_IFF_TUN_NO_PI = 0x1001
_SPIN_NS = 400_000


@dataclass
class Link:
    """What the link does, each way. Milliseconds, shares 0 to 1, bytes."""

    delay_ms: float = 0.0
    jitter_ms: float = 0.0
    loss: float = 0.0
    """Share of packets that is lost."""
    burst: float = 1.0
    """Mean length of a loss; above 1 losses come in bursts (Gilbert)."""
    every: int = 0
    """Periodic loss on the way to the server alone, as one rhythm: of so many packets …"""
    run: int = 1
    """… so many are lost."""
    holds_ms: float = 0.0
    """… or held so long instead, where this is above 0."""
    rate_kbit: float = 0.0
    queue_packets: int = 100
    is_narrow_out_alone: bool = False
    """The rate, and its queue, hold for what the client sends alone."""
    mtu: int = 0
    """Longer packets do not pass; 0 lets all pass."""
    is_mtu_told: bool = True
    """… and a router says so, as it should."""
    only_protocol: int = 0
    """Packets of other IP protocols are neither lost nor counted: a connection of an earlier test may still close."""
    drop_syns: int = 0
    """So many connection requests from the client are lost, the others pass."""
    hops: list[str] = field(default_factory=list)
    """Addresses of the routers on the way, IPv4."""
    silent_hops: list[str] = field(default_factory=list)
    hop_answers: dict[str, float] = field(default_factory=dict)
    """Share of expired packets that a router answers, where it limits its answers."""
    dead_after: int = 0
    """Nothing passes behind this hop."""
    loses_from: int = 0
    """`loss` holds for packets that get past this hop, 0: for all."""
    refuses: dict[str, list[int]] = field(default_factory=dict)
    """Destination: ICMP type and code that its router answers with."""
    drops: list[str] = field(default_factory=list)
    """Destinations whose packets vanish."""
    forgets_s: float = 0.0
    """A TCP connection that rests longer is forgotten: its packets vanish from then on. 0 forgets none."""
    cuts_after: int = 0
    """So many packets of a TCP connection come through from the client, IPv4 alone; then its packets vanish."""
    resets_names: list[str] = field(default_factory=list)
    """A TCP packet from the client with such a text in it never arrives: a reset comes back, IPv4 alone."""
    is_exact: bool = False
    """Never sleeps, which takes a whole processor: a packet is seen when it comes and leaves when it is due."""


class Emulator:
    """The tests' end of the process: `change` it, read its counts, close it."""

    def __init__(self, spaces: Namespaces, client: str, server: str) -> None:
        names = [spaces.name(client), spaces.name(server)]
        self._process = subprocess.Popen(
            [sys.executable, "-m", "support.link_emulator", *names],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=python_environment(),
        )
        self._read()

    def change(self, link: Link) -> dict[str, int]:
        """From now on the link is like that. Gives the counts so far and begins new ones."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(asdict(link)) + "\n")
        self._process.stdin.flush()
        return self._read()

    def close(self) -> None:
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()
        self._process.terminate()
        self._process.wait(10)

    def _read(self) -> dict[str, int]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        assert line, "the link emulator runs"
        told: dict[str, int] = json.loads(line)
        return told


@contextlib.contextmanager
def emulated_link(spaces: Namespaces, client: str = "client", server: str = "server") -> Iterator[Emulator]:
    """Two namespaces joined by an emulated link; everything that is not local goes over it."""
    emulator = Emulator(spaces, client, server)
    try:
        places = ((client, CLIENT, CLIENT_6), (server, SERVER, SERVER_6))
        for role, v4, v6 in places:
            spaces.ip(
                f"-n {{{role}}} addr add {v4}/24 dev {_DEVICE}",
                f"-n {{{role}}} addr add {v6}/64 dev {_DEVICE} nodad",
                f"-n {{{role}}} link set {_DEVICE} up",
                f"-n {{{role}}} route add default dev {_DEVICE}",
                f"-6 -n {{{role}}} route add default dev {_DEVICE}",
            )
        yield emulator
    finally:
        emulator.close()


class _Way:
    """One direction of the link."""

    def __init__(self) -> None:
        self.is_losing = False
        self.seen = 0
        self.free_at_ns = 0
        self.queued: list[int] = []


class _Router:
    """Decides what becomes of each packet: (due, way out, packet), or nothing."""

    def __init__(self) -> None:
        self.link = Link()
        self._random = random.Random(7)
        self.ways = (_Way(), _Way())
        self.counts: dict[str, int] = {}
        self._syns = 0
        self._flows: dict[frozenset[bytes], int] = {}
        """When a TCP connection was last heard of, by its two ends; 0 for one that is forgotten."""
        self._passed: dict[frozenset[bytes], int] = {}
        """Packets of a TCP connection that came through from the client."""

    def become(self, link: Link) -> dict[str, int]:
        told, self.counts = self.counts, {}
        self.link, self.ways, self._syns, self._flows, self._passed = link, (_Way(), _Way()), 0, {}, {}
        return told

    def take(self, side: int, packet: bytes, now_ns: int) -> tuple[int, int, bytes] | None:
        """What to send, where (0 to the client, 1 to the server) and when."""
        link = self.link
        version = packet[0] >> 4
        if packet[24 if version == 6 else 16] in (0xFF, 224, 239):
            # Neighbour discovery and the like: no packet of a test.
            return None
        target = str(ipaddress.ip_address(packet[16:20] if version == 4 else packet[24:40]))
        if side == 0:
            if link.hops and version == 4 and (answer := self._expired(packet, now_ns)) is not None:
                return answer
            if link.dead_after or target in link.drops:
                return self._count("dropped")
            if target in link.refuses:
                kind, code = link.refuses[target]
                return self._answer(packet, kind, code, now_ns)
            if self._is_dropped_syn(packet):
                return self._count("syns")
            if version == 4 and packet[9] == TCP:
                if any(name.encode() in packet for name in link.resets_names):
                    self._count("reset")
                    return now_ns + int(2e6 * link.delay_ms), 0, tcp_reset(packet)
                if link.cuts_after and self._is_cut(packet):
                    return self._count("cut")
        if link.mtu and len(packet) > link.mtu:
            if link.is_mtu_told:
                kind, code = (3, 4) if version == 4 else (2, 0)
                return self._answer(packet, kind, code, now_ns, link.mtu, side)
            return self._count("too_big")
        if link.forgets_s and self._is_forgotten(packet, now_ns):
            return self._count("forgotten")
        way = self.ways[side]
        if link.only_protocol and link.only_protocol != packet[9 if version == 4 else 6]:
            return now_ns, 1 - side, packet
        is_hit = self._is_lost(way)
        if is_hit and not link.holds_ms:
            return self._count("lost" if side == 0 else "lost_back")
        held_ms = link.delay_ms + (link.holds_ms if is_hit else 0.0)
        due_ns = now_ns + int(held_ms * 1e6 + self._random.uniform(0, link.jitter_ms) * 1e6)
        if link.rate_kbit and not (side and link.is_narrow_out_alone):
            way.queued = [at for at in way.queued if at > now_ns]
            if len(way.queued) >= link.queue_packets:
                return self._count("overflow")
            way.free_at_ns = max(now_ns, way.free_at_ns) + int(len(packet) * 8 / link.rate_kbit * 1e6)
            way.queued.append(way.free_at_ns)
            due_ns += way.free_at_ns - now_ns
        self._count("passed" if side == 0 else "passed_back")
        if link.hops and version == 4 and side == 0:
            packet = lowered(packet, len(link.hops))
        return due_ns, 1 - side, packet

    def _expired(self, packet: bytes, now_ns: int) -> tuple[int, int, bytes] | None:
        link, ttl = self.link, packet[8]
        reach = link.dead_after or len(link.hops)
        if ttl > reach:
            return None
        hop = link.hops[ttl - 1]
        if link.loss and link.loses_from and ttl > link.loses_from and self._random.random() < link.loss:
            return self._nothing("hop_lost")
        if hop in link.silent_hops or self._random.random() >= link.hop_answers.get(hop, 1.0):
            return self._nothing("hop_silent")
        delay_ns = int(2e6 * link.delay_ms * ttl / len(link.hops))
        return now_ns + delay_ns, 0, icmp_error(packet, hop, 11, 0)

    def _nothing(self, what: str) -> tuple[int, int, bytes]:
        self._count(what)
        return 0, -1, b""

    def _answer(
        self, packet: bytes, kind: int, code: int, now_ns: int, info: int = 0, side: int = 0
    ) -> tuple[int, int, bytes]:
        self._count("answered")
        router = self.link.hops[-1] if self.link.hops else "10.70.5.1"
        if packet[0] >> 4 == 6:
            router = "fd75::1"
        return now_ns + int(2e6 * self.link.delay_ms), side, icmp_error(packet, router, kind, code, info)

    def _is_dropped_syn(self, packet: bytes) -> bool:
        if not self.link.drop_syns:
            return False
        protocol, at = (packet[9], 4 * (packet[0] & 15)) if packet[0] >> 4 == 4 else (packet[6], 40)
        if protocol != TCP or packet[at + 13] & 0x12 != 0x02:
            return False
        self._syns += 1
        return self._syns <= self.link.drop_syns

    def _is_forgotten(self, packet: bytes, now_ns: int) -> bool:
        """As a NAT does: IPv4 alone."""
        at = 4 * (packet[0] & 15)
        if packet[0] >> 4 != 4 or packet[9] != TCP:
            return False
        flow = flow_of(packet)
        heard_ns = self._flows.get(flow, 0)
        is_new = packet[at + 13] & 0x12 == 0x02
        is_known = is_new or now_ns - heard_ns < self.link.forgets_s * 1e9
        self._flows[flow] = now_ns if is_known else 0
        return not is_known

    def _is_cut(self, packet: bytes) -> bool:
        flow = flow_of(packet)
        self._passed[flow] = self._passed.get(flow, 0) + 1
        return self._passed[flow] > self.link.cuts_after

    def _is_lost(self, way: _Way) -> bool:
        link = self.link
        way.seen += 1
        if link.every:
            return way is self.ways[0] and way.seen % link.every < link.run
        if link.burst <= 1:
            way.is_losing = self._random.random() < link.loss
        elif way.is_losing:
            way.is_losing = self._random.random() >= 1 / link.burst
        else:
            way.is_losing = self._random.random() < link.loss / (1 - link.loss) / link.burst
        return way.is_losing

    def _count(self, what: str) -> None:
        self.counts[what] = self.counts.get(what, 0) + 1


def _open_tun(namespace: str) -> int:
    enter(namespace)
    descriptor = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(descriptor, _TUNSETIFF, struct.pack("16sH22x", _DEVICE.encode(), _IFF_TUN_NO_PI))
    return descriptor


def _say(told: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(told) + "\n")
    sys.stdout.flush()


def _take_precedence(*, never_sleeps: bool) -> None:
    """Before everybody else. Of a real-time task that never sleeps the kernel takes 50 ms away each second."""
    with contextlib.suppress(OSError):
        policy, priority = (os.SCHED_OTHER, 0) if never_sleeps else (os.SCHED_FIFO, 1)
        os.sched_setscheduler(0, policy, os.sched_param(priority))
        os.setpriority(os.PRIO_PROCESS, 0, -20)


def run(client: str, server: str) -> None:
    """Join the two namespaces until standard input ends."""
    tuns = (_open_tun(client), _open_tun(server))
    _take_precedence(never_sleeps=False)
    gc.disable()
    router = _Router()
    held: list[tuple[int, int, int, bytes]] = []
    number = 0
    commands = sys.stdin.fileno()
    _say({})
    while True:
        wait_s = 1.0
        if held:
            wait_s = max(0.0, (held[0][0] - time.perf_counter_ns() - _SPIN_NS) / 1e9)
        if router.link.is_exact:
            wait_s = 0.0
        ready, _, _ = select.select([*tuns, commands], [], [], wait_s)
        if commands in ready:
            line = os.read(commands, 65_536)
            if not line:
                return
            link = Link(**json.loads(line))
            _take_precedence(never_sleeps=link.is_exact)
            _say(router.become(link))
        for side, tun in enumerate(tuns):
            while tun in ready:
                try:
                    packet = os.read(tun, 65_536)
                except BlockingIOError:
                    break
                verdict = router.take(side, packet, time.perf_counter_ns())
                if verdict is not None and verdict[1] >= 0:
                    number += 1
                    heapq.heappush(held, (verdict[0], number, verdict[1], verdict[2]))
        while held and held[0][0] <= time.perf_counter_ns():
            _, _, out, packet = heapq.heappop(held)
            with contextlib.suppress(OSError):
                # The device's queue is full, or it is being taken down.
                os.write(tuns[out], packet)


if __name__ == "__main__":
    run(*sys.argv[1:3])
