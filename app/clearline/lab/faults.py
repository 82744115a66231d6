"""The faults the lab can make, and when: a closed vocabulary, and timelines that a seed decides."""

import math
from collections.abc import Iterator
from random import Random

import msgspec

STREAM = frozenset({"tcp", "tls", "http", "https", "beat"})
SECURE = frozenset({"tls", "https"})
WEB = frozenset({"http", "https"})
DATAGRAM = frozenset({"udp", "dns"})
NAMES = frozenset({"dns"})
BEAT = frozenset({"beat"})
DELAYABLE = SECURE | WEB | DATAGRAM
"""The kernel itself completes a TCP connection on loopback, at once: no server can delay that."""


class LabFault(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """One fault to make. Which of the options a kind takes, and their defaults, stand in CATALOGUE."""

    kind: str
    status: int | None = None
    """HTTP status of `status`."""
    retry_after_s: float | None = None
    """Retry-After header of `status`; 0 sends none."""
    delay_ms: float | None = None
    """What `delay` and `slow_first_byte` add, in milliseconds."""
    share: float | None = None
    """Share of datagrams that `loss` and `loss_bursts` swallow, 0 to 1."""
    burst: float | None = None
    """Mean length of a burst of `loss_bursts`, in datagrams, 1 or more."""
    alert: int | None = None
    """Alert number that `tls_alert` sends, RFC 8446 section 6."""

    every: float | None = None
    """`beat_skips` leaves out each so-manieth answer, 1 or more."""
    after: float | None = None
    """After so many answers `beat_fin`, `beat_reset` and `beat_silent` come, 0 or more."""

    def option(self, name: str) -> float:
        """The value of an option, or its kind's default. Raises KeyError for one the kind does not take."""
        given: float | None = getattr(self, name)
        return CATALOGUE[self.kind].options[name] if given is None else given


class FaultKind(msgspec.Struct, frozen=True):
    """What is known of a kind of fault: where the window shows it, which servers can make it, what may be set."""

    section: str
    """`connect`, `tls`, `http`, `names`, `beat` or `network`."""
    servers: frozenset[str]
    options: dict[str, float] = {}


CATALOGUE: dict[str, FaultKind] = {
    "refused": FaultKind("connect", STREAM),
    "black_hole": FaultKind("connect", STREAM),
    "reset_after_accept": FaultKind("connect", STREAM),
    "closed_after_accept": FaultKind("connect", STREAM),
    "silent_after_accept": FaultKind("connect", STREAM),
    "expired": FaultKind("tls", SECURE),
    "not_yet_valid": FaultKind("tls", SECURE),
    "wrong_name": FaultKind("tls", SECURE),
    "self_signed": FaultKind("tls", SECURE),
    "unknown_ca": FaultKind("tls", SECURE),
    "untrusted_root": FaultKind("tls", SECURE),
    "incomplete_chain": FaultKind("tls", SECURE),
    "client_cert_required": FaultKind("tls", SECURE),
    "tls_hang": FaultKind("tls", SECURE),
    "tls_closed": FaultKind("tls", SECURE),
    "tls_reset": FaultKind("tls", SECURE),
    "tls_alert": FaultKind("tls", SECURE, {"alert": 40}),
    "not_tls": FaultKind("tls", SECURE),
    "status": FaultKind("http", WEB, {"status": 503, "retry_after_s": 0}),
    "slow_first_byte": FaultKind("http", WEB, {"delay_ms": 1500}),
    "stops_halfway": FaultKind("http", WEB),
    "cut_off": FaultKind("http", WEB),
    "empty_answer": FaultKind("http", WEB),
    "garbage": FaultKind("http", WEB | {"udp"}),
    "redirect_loop": FaultKind("http", WEB),
    "wrong_text": FaultKind("http", WEB),
    "nxdomain": FaultKind("names", NAMES),
    "no_data": FaultKind("names", NAMES),
    "servfail": FaultKind("names", NAMES),
    "server_refuses": FaultKind("names", NAMES),
    "format_error": FaultKind("names", NAMES),
    "wrong_id": FaultKind("names", NAMES),
    "truncated": FaultKind("names", NAMES),
    "beat_stops": FaultKind("beat", BEAT),
    "beat_late": FaultKind("beat", BEAT, {"delay_ms": 3000}),
    "beat_skips": FaultKind("beat", BEAT, {"every": 3}),
    "beat_wrong": FaultKind("beat", BEAT),
    "beat_fin": FaultKind("beat", BEAT, {"after": 3}),
    "beat_reset": FaultKind("beat", BEAT, {"after": 3}),
    "beat_silent": FaultKind("beat", BEAT, {"after": 3}),
    "delay": FaultKind("network", DELAYABLE, {"delay_ms": 300}),
    "drop": FaultKind("network", DATAGRAM),
    "loss": FaultKind("network", DATAGRAM, {"share": 0.05}),
    "loss_bursts": FaultKind("network", DATAGRAM, {"share": 0.1, "burst": 5}),
    "port_closed": FaultKind("network", DATAGRAM),
}
"""Every kind of fault, in the order the window offers them."""


class Stretch(msgspec.Struct, frozen=True):
    """A fault is on from `from_s` up to, not including, `to_s`, in seconds since the lab began."""

    from_s: float
    to_s: float
    fault: LabFault | None


class Timeline:
    """When which fault is on. The same seed gives the same stretches, whenever and in whatever order it is asked.

    `pattern` holds stretches in order that do not overlap, in seconds within one turn. After `repeat_s` the pattern
    begins again; None runs it once. Each edge moves by up to ± `jitter_s`, differently in each turn.
    """

    def __init__(
        self, pattern: tuple[Stretch, ...], repeat_s: float | None = None, jitter_s: float = 0.0, seed: str = ""
    ) -> None:
        self._pattern = pattern
        self._repeat_s = repeat_s
        self._jitter_s = jitter_s
        self._seed = seed

    def at(self, at_s: float) -> LabFault | None:
        """The fault that is on at a moment, None while all is well."""
        for stretch in self._around(at_s):
            if stretch.from_s <= at_s < stretch.to_s:
                return stretch.fault
        return None

    def next_change(self, after_s: float) -> float | None:
        """The first moment after `after_s` when a fault begins or ends; None when nothing changes any more."""
        edges = (edge for stretch in self._around(after_s) for edge in (stretch.from_s, stretch.to_s))
        return min((edge for edge in edges if edge > after_s), default=None)

    def stretches(self, to_s: float) -> list[Stretch]:
        """What happens up to `to_s`, in order: for drawing the whole scenario before it is over."""
        turns = 1 if self._repeat_s is None else math.ceil(to_s / self._repeat_s)
        found = [stretch for turn in range(turns) for stretch in self._turn(turn)]
        return [msgspec.structs.replace(s, to_s=min(s.to_s, to_s)) for s in found if s.from_s < to_s]

    def _around(self, at_s: float) -> Iterator[Stretch]:
        turn = 0 if self._repeat_s is None else max(0, int(at_s // self._repeat_s))
        for number in range(max(0, turn - 1), turn + 2):
            yield from self._turn(number)

    def _turn(self, turn: int) -> list[Stretch]:
        if not self._pattern or (turn and self._repeat_s is None):
            return []
        begin = turn * (self._repeat_s or 0.0)
        if not self._jitter_s:
            return [Stretch(begin + s.from_s, begin + s.to_s, s.fault) for s in self._pattern]
        chance = Random(f"{self._seed}/{turn}")
        moved: list[Stretch] = []
        latest = begin
        for stretch in self._pattern:
            # Edges keep their order: a moved edge never goes before the one ahead of it or before its own turn.
            edges = [
                begin + edge + chance.uniform(-self._jitter_s, self._jitter_s)
                for edge in (stretch.from_s, stretch.to_s)
            ]
            if self._repeat_s is not None:
                edges = [min(edge, begin + self._repeat_s) for edge in edges]
            from_s = max(latest, edges[0])
            latest = max(from_s, edges[1])
            moved.append(Stretch(from_s, latest, stretch.fault))
        return moved
