"""Over a list: when many targets fail together it is said once, with what they share and since when; pure."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from clearline.domain.fault import Fault, Whose
from clearline.domain.verdict import APART, Confidence, Step, Verdict

FEWEST = 3
"""Targets of different hosts that must share a cause; two are a coincidence."""
EVERYTHING = 0.9
"""Share of all targets from which on it is everything."""
TOGETHER_S = 30.0
"""Failures that began farther apart have causes of their own. Paces up to ten seconds, and time limits, fit in."""
HOLD_S = 3.0
"""So long a cause must be gone, or another one true, before what is shown changes."""


@dataclass
class Standing:
    """How a target stands."""

    host: str
    fault: Fault | None = None
    since_s: float | None = None
    """When its unbroken failing began; None while it works."""

    def note(self, at_s: float, fault: Fault | None) -> None:
        """Another attempt of it ended."""
        self.fault = fault
        self.since_s = None if fault is None else at_s if self.since_s is None else self.since_s


@dataclass
class SharedCauses:
    """Folds the ends of attempts; `verdict` tells what is common to those that fail, without flicker."""

    standings: dict[str, Standing] = field(default_factory=dict)
    _shown: Verdict | None = None
    _other: Verdict | None = None
    _other_since_s: float = 0.0

    def note(self, target: str, host: str, at_s: float, fault: Fault | None) -> None:
        """An attempt ended. What proves nothing about the peer is left out by the caller."""
        self.standings.setdefault(target, Standing(host)).note(at_s, fault)

    def keep_only(self, targets: Iterable[str]) -> None:
        """Targets that are no longer watched."""
        kept = set(targets)
        self.standings = {name: one for name, one in self.standings.items() if name in kept}

    def change(self, now_s: float) -> Verdict | None:
        """The verdict over the list where it is another one than was told last; its code is `apart` at the end."""
        found = shared_cause(self.standings)
        if _same(found, self._shown):
            self._other = None
            return None
        if self._other is None or not _same(found, self._other):
            self._other, self._other_since_s = found or _APART, now_s
        if now_s - self._other_since_s < (HOLD_S if self._shown else 0.0):
            return None
        self._shown, self._other = found, None
        return found or _APART


_APART = Verdict(APART, Confidence.CERTAIN, is_fault=False)


def _same(one: Verdict | None, other: Verdict | None) -> bool:
    if one is None or other is None:
        return (one is None or one.code == APART) and (other is None or other.code == APART)
    return one.code == other.code and one.values.get("shared") == other.values.get("shared")


def shared_cause(standings: dict[str, Standing]) -> Verdict | None:
    """What those that fail have in common; None where each has a cause of its own, or too few fail."""
    failing = {name: one for name, one in standings.items() if one.fault is not None}
    for code, step, whose, read in _SHARED:
        groups: dict[str, list[str]] = {}
        for name, one in failing.items():
            assert one.fault is not None  # noqa: S101 (only those are here)
            if shared := read(one.fault):
                groups.setdefault(shared, []).append(name)
        for shared, names in groups.items():
            if _is_many(standings, names):
                return _verdict(code, step, whose, Confidence.LIKELY, shared, names, standings)
    if _is_many(standings, list(failing)) and len(failing) >= EVERYTHING * len(standings):
        return _verdict("all_fail", Step.GATEWAY, Whose.LAN, Confidence.POSSIBLE, "", list(failing), standings)
    return None


def _is_many(standings: dict[str, Standing], names: list[str]) -> bool:
    """Different hosts, and they began together."""
    began = sorted(since for name in names if (since := standings[name].since_s) is not None)
    return len({standings[name].host for name in names}) >= FEWEST and began[-1] - began[0] <= TOGETHER_S


def _verdict(
    code: str,
    step: Step,
    whose: Whose,
    confidence: Confidence,
    shared: str,
    names: list[str],
    standings: dict[str, Standing],
) -> Verdict:
    since = [since for name in names if (since := standings[name].since_s) is not None]
    values: dict[str, str | int | float] = {"shared": shared, "count": len(names), "total": len(standings)}
    return Verdict(code, confidence, whose, step, values=values, since_s=min(since))


def _of_machine(fault: Fault) -> str:
    return "here" if fault.kind in _HERE else ""


_HERE = ("local.no_link", "local.no_address", "local.no_route", "local.neighbor_unreachable", "local.permission_denied")


def _of_names(fault: Fault) -> str:
    broken = ("dns.timed_out", "dns.unreachable", "dns.unreachable.port", "dns.failed", "dns.not_configured")
    return str(_part(fault, "dns").get("server") or "system") if fault.kind in broken else ""


def _of_proxy(fault: Fault) -> str:
    return str(_part(fault, "proxy").get("address", "")) if fault.kind.startswith("proxy.") else ""


def _of_router(fault: Fault) -> str:
    offender = str(_part(fault, "icmp").get("offender", ""))
    return "" if offender == fault.evidence.get("peer", "") else offender


def _part(fault: Fault, name: str) -> dict[str, Any]:
    part = fault.evidence.get(name)
    return part if isinstance(part, dict) else {}


_SHARED = (
    ("all_here", Step.GATEWAY, Whose.LAN, _of_machine),
    ("all_names", Step.NAME, Whose.DNS, _of_names),
    ("all_proxied", Step.PROXY, Whose.PROXY, _of_proxy),
    ("all_behind_router", Step.CONNECT, Whose.PATH, _of_router),
)
"""Code, layer, owner, and what a fault tells of what it may share with others; the nearest to us first."""
