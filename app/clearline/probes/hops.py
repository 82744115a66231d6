"""The hops of a path from what single packets found: pure folding, no network."""

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from clearline.net.reached import Reach


class Hop(msgspec.Struct):
    """One distance from here. Milliseconds; None before any answer."""

    ttl: int
    ips: list[str] = []
    """Who answered there, in order of appearance: paths of equal length are shared out."""
    sent: int = 0
    answered: int = 0
    best_ms: float | None = None
    worst_ms: float | None = None
    sum_ms: float = 0.0
    last_ms: float | None = None
    is_end: bool = False
    refusal: tuple[int, int, int] | None = None
    """IP version, type and code, where whoever answered refused instead of only counting hops."""

    @property
    def loss(self) -> float:
        """Share of packets that nobody answered, 0 to 1."""
        return 1 - self.answered / self.sent if self.sent else 0.0

    @property
    def mean_ms(self) -> float | None:
        """Mean round trip."""
        return self.sum_ms / self.answered if self.answered else None

    def add(self, found: Reach) -> None:
        """Fold one packet's fate."""
        self.sent += 1
        if not found.ip:
            return
        self.answered += 1
        if found.ip not in self.ips:
            self.ips.append(found.ip)
        self.is_end |= found.is_end
        icmp = found.icmp
        if icmp is not None and not found.is_end and (icmp.version, icmp.type) not in ((4, 11), (6, 3)):
            self.refusal = (icmp.version, icmp.type, icmp.code)
        if found.ms is not None:
            self.last_ms = found.ms
            self.sum_ms += found.ms
            self.best_ms = found.ms if self.best_ms is None else min(self.best_ms, found.ms)
            self.worst_ms = found.ms if self.worst_ms is None else max(self.worst_ms, found.ms)

    def plain(self) -> dict[str, Any]:
        """As plain values, for the outcome's detail."""
        told: dict[str, Any] = {
            "ttl": self.ttl,
            "ip": self.ips[0] if self.ips else "",
            "sent": self.sent,
            "lost": self.sent - self.answered,
        }
        if len(self.ips) > 1:
            told["others"] = self.ips[1:]
        if self.answered:
            figures = {"last": self.last_ms, "mean": self.mean_ms, "best": self.best_ms, "worst": self.worst_ms}
            told |= {f"{name}_ms": round(ms, 3) for name, ms in figures.items() if ms is not None}
        if self.is_end:
            told["is_end"] = True
        if self.refusal:
            told["refusal"] = list(self.refusal)
        return told


def trimmed(hops: Sequence[Hop]) -> list[Hop]:
    """The path to its end, or to the hop behind the last that answered: what comes after is the same silence."""
    for index, hop in enumerate(hops):
        if hop.is_end or hop.refusal:
            return list(hops[: index + 1])
    last = max((index for index, hop in enumerate(hops) if hop.answered), default=-1)
    return list(hops[: last + 2])


def loss_begins_at(hops: Sequence[Hop]) -> int | None:
    """The first hop whose loss goes on to the end; None where nothing is lost at the end.

    Routers answer expired packets when they have time, so loss that a later hop does not share is no loss of the path.
    Half of the end's loss is enough: with few packets the shares scatter.
    """
    if not hops or not hops[-1].is_end or not hops[-1].answered or hops[-1].loss == 0:
        return None
    begins = hops[-1].ttl
    for hop in reversed(hops):
        if not hop.answered:
            # A hop that never answers says nothing either way.
            continue
        if hop.loss < hops[-1].loss / 2:
            break
        begins = hop.ttl
    return begins


def has_loop(hops: Iterable[Hop]) -> bool:
    """Do two routers take turns: each answers at several distances with the other in between?"""
    places: dict[str, list[int]] = {}
    for hop in hops:
        for ip in hop.ips:
            places.setdefault(ip, []).append(hop.ttl)
    turning = [at for at in places.values() if len(at) >= 2 and max(at) - min(at) >= 2]
    return len(turning) >= 2


def last_answer(hops: Sequence[Hop]) -> Hop | None:
    """The farthest hop that answered."""
    return next((hop for hop in reversed(hops) if hop.answered), None)
