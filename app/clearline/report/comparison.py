"""What differs between two recorded spans: per target and phase, in loss, in faults, and in the way taken."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field

from clearline.domain.phase import Phase
from clearline.domain.problem import InputError
from clearline.domain.significance import is_loss_changed, is_shift
from clearline.domain.statistics import percentile
from clearline.domain.target import Target, parse_endpoint
from clearline.report.facts import Facts, TargetFacts

FEWEST = 8
"""Latencies of a phase on each side, below which nothing is said of it."""


@dataclass(frozen=True)
class Pair:
    """A figure of both sides; None where it is not known."""

    before: float | None
    after: float | None

    @property
    def difference(self) -> float:
        """After less before; 0 where one is not known."""
        return 0.0 if self.before is None or self.after is None else self.after - self.before


@dataclass(frozen=True)
class PhaseChange:
    """One phase of one target, in milliseconds; the whole attempt where `phase` is None."""

    phase: Phase | None
    p50: Pair
    p95: Pair
    samples: tuple[int, int]
    is_changed: bool
    """Beyond chance, and enough to matter: see domain.significance."""

    @property
    def is_known(self) -> bool:
        """Are there enough samples on both sides to say anything?"""
        return self.p50.before is not None and self.p50.after is not None


@dataclass(frozen=True)
class TargetChange:
    """One target that both sides tested."""

    target: Target
    label: str
    phases: tuple[PhaseChange, ...]
    total: PhaseChange
    loss: Pair
    is_loss_changed: bool
    new_faults: tuple[str, ...]
    gone_faults: tuple[str, ...]
    ways: tuple["Way", "Way"]

    @property
    def is_changed(self) -> bool:
        """Does anything about it differ?"""
        return self.is_loss_changed or self.total.is_changed or any(phase.is_changed for phase in self.phases)


@dataclass(frozen=True)
class Way:
    """How a target was reached: what two sides that measure differently often differ in."""

    proxies: frozenset[str] = frozenset()
    issuers: frozenset[str] = frozenset()
    """Who issued the certificates that were seen."""
    addresses: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Comparison:
    """Two spans: A is before, or there; B is after, or here."""

    targets: tuple[TargetChange, ...]
    only_a: tuple[str, ...]
    only_b: tuple[str, ...]
    lengths_s: tuple[float, float] = field(default=(0.0, 0.0))

    @property
    def changed(self) -> tuple[TargetChange, ...]:
        """Those that differ."""
        return tuple(target for target in self.targets if target.is_changed)


def compared(one: Facts, other: Facts, labels: dict[str, str] | None = None) -> Comparison:
    """Compare what both sides tested: the same id, or else the same address, or else the same name.

    `labels` are names by id, where somebody knows better ones than the plans do.
    """
    left = {facts.target.id: facts for facts in other.by_trouble}
    found: list[TargetChange] = []
    only_a = []
    for facts in one.by_trouble:
        match = _match(facts.target, left.values())
        if match is None:
            only_a.append(_label(facts.target, labels))
            continue
        left.pop(match.target.id)
        found.append(_compared(facts, match, _label(facts.target, labels)))
    order = {target.id: place for place, target in enumerate(other.span.plan.targets)}
    found.sort(key=lambda change: (not change.is_changed, -abs(_largest(change)), order.get(change.target.id, 0)))
    only_b = tuple(_label(facts.target, labels) for facts in left.values())
    return Comparison(tuple(found), tuple(only_a), only_b, (one.span.length_s, other.span.length_s))


def _match(target: Target, candidates: Collection[TargetFacts]) -> TargetFacts | None:
    for same in (_same_id, _same_address, _same_name):
        for facts in candidates:
            if same(target, facts.target):
                return facts
    return None


def _same_id(one: Target, other: Target) -> bool:
    return one.id == other.id and one.probe is other.probe if one.address and other.address else one.id == other.id


def _same_address(one: Target, other: Target) -> bool:
    return bool(one.address) and one.shown == other.shown


def _same_name(one: Target, other: Target) -> bool:
    return bool(one.name) and one.name == other.name and one.scheme == other.scheme


def _label(target: Target, labels: dict[str, str] | None) -> str:
    return (labels or {}).get(target.id) or target.label


def _compared(one: TargetFacts, other: TargetFacts, label: str) -> TargetChange:
    phases = tuple(_phases(one, other))
    bad_a, bad_b = ((facts.loss or 0.0) * facts.checks for facts in (one, other))
    return TargetChange(
        target=other.target,
        label=label,
        phases=phases,
        total=_phase(one, other, None),
        loss=Pair(one.loss, other.loss),
        is_loss_changed=is_loss_changed(bad_a, one.checks, bad_b, other.checks),
        new_faults=tuple(kind for kind in other.faults if kind not in one.faults),
        gone_faults=tuple(kind for kind in one.faults if kind not in other.faults),
        ways=(_way(one), _way(other)),
    )


def _phases(one: TargetFacts, other: TargetFacts) -> Iterator[PhaseChange]:
    for phase in Phase:
        if one.metrics.samples(phase) or other.metrics.samples(phase):
            yield _phase(one, other, phase)


def _phase(one: TargetFacts, other: TargetFacts, phase: Phase | None) -> PhaseChange:
    before, after = one.metrics.latencies(phase), other.metrics.latencies(phase)
    p50, p95 = (Pair(_percentile(before, share), _percentile(after, share)) for share in (0.5, 0.95))
    is_changed = p50.before is not None and p50.after is not None and is_shift(before, after, p50.before, p50.after)
    return PhaseChange(phase, p50, p95, (len(before), len(after)), is_changed)


def _percentile(values: Sequence[float], share: float) -> float | None:
    return percentile(sorted(values), share) if len(values) >= FEWEST else None


def _way(facts: TargetFacts) -> Way:
    return Way(
        frozenset(facts.proxies),
        frozenset(facts.issuers),
        frozenset(_host(address) for address in facts.addresses if address),
    )


def _host(address: str) -> str:
    try:
        return parse_endpoint(address)[0]
    except InputError:
        return address


def _largest(change: TargetChange) -> float:
    return max((phase.p50.difference for phase in change.phases if phase.is_changed), key=abs, default=0.0)
