"""Asks this network's gateway and name server now and then, and places outside where somebody allowed that: whether
they answer tells where a trouble of many lies."""

import asyncio
import contextlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from clearline.diagnosis.course import bracketed
from clearline.diagnosis.facts import host_of, is_loopback
from clearline.domain.event import CheckEnded, Event, NetworkChange, NetworkChanged, PlanApplied, Result
from clearline.domain.fault import Fault
from clearline.domain.ports import Clock
from clearline.domain.profile import Timeouts
from clearline.domain.proxy import NONE
from clearline.domain.target import Target
from clearline.engine.probe_call import ProbeCall
from clearline.net.machine_state import Machine
from clearline.net.network import Network

QUIET_EVERY_S, CLOSELY_EVERY_S = 30.0, 3.0
"""While all is well, and while a target fails: a packet each."""
OUTSIDE_EVERY_S, OUTSIDE_SOME_FAIL_S, OUTSIDE_ALL_FAIL_S = 300.0, 60.0, 15.0
"""Places outside belong to others: a connection each, while all is well, while a target fails, and while all do."""
SILENCES = 2
"""In a row: one lost packet is no silence."""
OUTSIDE = "outside"
_LIMIT_S = 1.5
_LIMITS = Timeouts(connect_s=_LIMIT_S, wait_s=_LIMIT_S, attempt_s=_LIMIT_S, total_s=_LIMIT_S)
_SILENT = (
    "icmp.no_reply", "icmp.unreachable", "tcp.timed_out", "tcp.address_unreachable", "dns.timed_out", "dns.unreachable",
    "local.no_route", "local.no_link", "local.no_address", "local.neighbor_unreachable",
)  # fmt: skip


@dataclass(slots=True)
class _Reference:
    role: str
    """`gateway`, `name_server` or `outside`."""
    host: str
    address: str
    answered_s: float | None = None
    """When it answered last. One that never did is none: many gateways answer no pings."""
    asked_s: float | None = None
    """When it was asked last; None where it is to be asked at once."""
    silences: int = 0
    told: str = ""
    """`there` or `silent`, as it was told last."""

    @property
    def is_silent(self) -> bool:
        """Did it answer once, and does no more?"""
        return self.answered_s is not None and self.silences >= SILENCES

    def answers(self, fault: Fault | None) -> bool:
        """Is this how an attempt ends that came as far as to it? A router that refuses is of no place outside."""
        if fault is None:
            return True
        return fault.kind == "tcp.refused" if self.role == OUTSIDE else not fault.kind.startswith(_SILENT)


class OwnSideWatch:
    """Nothing is asked where every target is on this computer. `seen` gives the machine as it was seen last.

    Silence is told only where every target fails: what works proves that the way there is well. Of the places outside
    one that answers is enough, so they are told of as one.
    """

    def __init__(
        self,
        seen: Callable[[], Machine],
        probe: ProbeCall,
        network: Network,
        clock: Clock,
        tell: Callable[[NetworkChanged], None],
    ) -> None:
        self._seen = seen
        self._probe = probe
        self._network = network
        self._clock = clock
        self._tell = tell
        self._known: dict[str, _Reference] = {}
        self._outside: dict[str, _Reference] = {}
        self._all_outside = _Reference(OUTSIDE, "", "")
        """What was told of them."""
        self._hurried_s = -OUTSIDE_SOME_FAIL_S
        self._far: set[str] = set()
        self._failing: set[str] = set()
        self._worked_s = 0.0
        """When any of the others worked last."""
        self._wake = asyncio.Event()

    def watch_outside(self, points: Sequence[str]) -> None:
        """Ask these addresses too from now on, and no others outside: somebody allowed it. None ends it."""
        if tuple(points) != tuple(self._outside):
            self._begin_outside(points)

    def _begin_outside(self, points: Iterable[str]) -> None:
        self._doubt_outside()
        self._outside = {point: _Reference(OUTSIDE, Target("own", point).host, point) for point in points}
        self._all_outside = _Reference(OUTSIDE, ", ".join(one.host for one in self._outside.values()), "")
        self._wake.set()

    def hear(self, event: Event) -> None:
        """What the targets do decides how closely the own side is watched."""
        match event:
            case NetworkChanged() if any(change.what in ("gateway", "name_servers") for change in event.changes):
                # What answered over the way that was may be kept from us on the new one.
                self._begin_outside(self._outside)
            case PlanApplied():
                watched = (target for target in event.plan.targets if not target.is_paused)
                self._far = {target.id for target in watched if not is_loopback(_asked(target))}
                self._failing &= self._far
                self._wake.set()
            case CheckEnded() if event.target in self._far and event.result is not Result.VOID:
                if event.result is Result.OK:
                    self._failing.discard(event.target)
                    self._worked_s = event.at_s
                    self._take_back()
                    if self._all_outside.told == "silent":
                        self._doubt_outside()
                elif event.target not in self._failing:
                    self._failing.add(event.target)
                    if self._failing >= self._far:
                        self._hurry_outside(event.at_s)
                    self._wake.set()
            case _:
                pass

    async def keep(self) -> None:
        """Ask until cancelled."""
        while True:
            self._wake.clear()
            if self._far:
                await self._ask_all()
            with contextlib.suppress(TimeoutError):
                # At first the machine was not seen yet.
                is_close = self._failing or (self._far and not self._known)
                async with asyncio.timeout(CLOSELY_EVERY_S if is_close else QUIET_EVERY_S):
                    await self._wake.wait()

    async def _ask_all(self) -> None:
        wanted = references(self._seen())
        self._known = {one.host: self._known.get(one.host, one) for one in wanted}
        now_s = self._clock.now()
        due = [one for one in self._outside.values() if one.asked_s is None or now_s - one.asked_s >= self._pace(one)]
        async with asyncio.TaskGroup() as tasks:
            for reference in (*self._known.values(), *due):
                tasks.create_task(self._ask(reference))
        if due:
            self._tell_of_outside()

    def _pace(self, one: _Reference) -> float:
        if not self._failing and self._all_outside.told != "silent":
            return OUTSIDE_EVERY_S
        if self._failing < self._far:
            return OUTSIDE_SOME_FAIL_S
        return CLOSELY_EVERY_S if 0 < one.silences < SILENCES else OUTSIDE_ALL_FAIL_S

    async def _ask(self, reference: _Reference) -> None:
        target = Target("own", reference.address, proxy=NONE)
        began_s = reference.asked_s = self._clock.now()
        outcome = await self._probe(target, _LIMITS, began_s + _LIMIT_S, self._network, self._clock)
        fault = outcome.fault
        if fault is not None and (fault.is_void or fault.kind == "local.capability"):
            return
        last_s = reference.answered_s
        if reference.answers(fault):
            reference.silences, reference.answered_s = 0, began_s
        else:
            reference.silences += 1
        if reference.role != OUTSIDE:
            self._tell_of(reference, last_s)

    def _tell_of(self, reference: _Reference, last_s: float | None) -> None:
        if reference.is_silent and self._failing >= self._far:
            whole = self._all_outside
            if reference.role == "gateway" and whole.answered_s is not None and not whole.silences:
                return  # What lies behind it answers.
            self._say(reference, "silent", max(reference.answered_s or 0.0, self._worked_s))
        # That they answer is worth a word only where something else fails.
        elif not reference.silences and (reference.told == "silent" or len(self._failing) > 1):
            self._say(reference, "there", (reference.answered_s or 0.0) if last_s is None else last_s)

    def _tell_of_outside(self) -> None:
        known = [one for one in self._outside.values() if one.answered_s is not None]
        if not known:
            return
        whole = self._all_outside
        last_s = whole.answered_s
        whole.answered_s = max(one.answered_s or 0.0 for one in known)
        whole.silences = min(one.silences for one in known)
        if not whole.silences:
            self._take_back()
        elif whole.told == "there":
            # Nobody may go on saying that the internet works.
            self._doubt_outside()
        self._tell_of(whole, last_s)

    def _take_back(self) -> None:
        """Something behind the gateway works."""
        now_s = self._clock.now()
        for reference in self._known.values():
            if reference.told == "silent" and reference.role == "gateway":
                self._say(reference, "there", now_s)

    def _hurry_outside(self, now_s: float) -> None:
        """Ask at once, but not each time that targets come and go."""
        if now_s - self._hurried_s >= OUTSIDE_SOME_FAIL_S:
            self._hurried_s = now_s
            for one in self._outside.values():
                one.asked_s = None

    def _doubt_outside(self) -> None:
        """Whether anything outside answers is open again."""
        whole = self._all_outside
        if whole.told:
            self._say(whole, "unknown", self._clock.now())
            whole.told = ""

    def _say(self, reference: _Reference, what: str, from_s: float) -> None:
        if what != reference.told:
            reference.told = what
            changes = (NetworkChange(f"{reference.role}_{what}", reference.host, "", ""),)
            self._tell(NetworkChanged(at_s=self._clock.now(), from_s=from_s, changes=changes))


def _asked(target: Target) -> str:
    """The host that its packets go to: a name that is asked about is not the one that is asked."""
    place = target.server or target.via
    return host_of(place) if place else target.host


def references(machine: Machine) -> list[_Reference]:
    """Whom to ask, and how: the first gateway by an echo, the first name server by a question that it answers itself.

    A name server on this computer tells nothing of the network. RFC 6761 section 6.3 keeps `localhost` at it.
    """
    gateways = [f"{each.ip}%{each.adapter}" if each.ip.startswith("fe80") else each.ip for each in machine.gateways]
    found = [_Reference("gateway", ip, f"icmp://{bracketed(ip)}") for ip in gateways[:1] if ip]
    servers = [server for server in machine.name_servers if not is_loopback(host_of(server))]
    found += [
        _Reference("name_server", ip, f"dns://localhost?server={server}")
        for server in servers[:1]
        if (ip := host_of(server)) not in gateways[:1]
    ]
    return found
