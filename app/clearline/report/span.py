"""A stretch of a recorded session: all that any report is made of, read as often as it is needed."""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Protocol

from msgspec.structs import replace as replace_plan

from clearline.domain.event import AnyEvent, CommandRefused, DiagnosisStarted, MachineSeen, PlanApplied
from clearline.domain.plan import Plan
from clearline.domain.problem import InputError, Problem
from clearline.domain.target import Target
from clearline.report.redact import Redactor, redacted_mark


class Meta(Protocol):
    """What a session file says about itself."""

    @property
    def session_id(self) -> str: ...
    @property
    def wall_s(self) -> float: ...
    @property
    def app_version(self) -> str: ...


class Recorded(Protocol):
    """An open session file: store.reader.SessionReader."""

    @property
    def meta(self) -> Meta: ...
    @property
    def plan(self) -> Plan: ...
    @property
    def duration_s(self) -> float: ...
    def events(self, from_s: float = 0.0, to_s: float = math.inf) -> Iterator[AnyEvent]: ...
    def stream(self, kind: type[MachineSeen], from_s: float = 0.0, to_s: float = math.inf) -> Iterator[MachineSeen]: ...


@dataclass(frozen=True)
class Span:
    """From `from_s` to `to_s`, in seconds of the session, of some targets or of all of them."""

    session_id: str
    wall_s: float
    """UTC time of session second 0."""
    app_version: str
    """Of the Clearline that recorded it."""
    from_s: float
    to_s: float
    plan: Plan
    """As it was run last; only the targets of the span."""
    read: Callable[[], Iterator[AnyEvent]]
    machine: MachineSeen | None = None
    """The computer that recorded it, as it was at its beginning; None where an older version did."""
    is_redacted: bool = False
    wanted: frozenset[str] = frozenset()
    """Ids of its targets, in the plan or not: an address may be diagnosed without being added. Empty: all of them."""
    _known: dict[str, Target] = field(default_factory=dict, compare=False)

    def events(self) -> Iterator[AnyEvent]:
        """What happened, in order; of targets that are not in the span nothing."""
        wanted = self.wanted
        keys = {key for target in self.plan.targets for key in (target.breaker_key, target.origin)}
        diagnoses: set[str] = set()
        for event in self.read():
            if isinstance(event, DiagnosisStarted) and event.target.id in wanted:
                diagnoses.add(event.diagnosis)
            if isinstance(event, PlanApplied):
                self._known.update((target.id, target) for target in event.plan.targets)
                yield _only(event, wanted) if wanted else event
            elif not wanted or _is_of(event, wanted, keys, diagnoses):
                yield event

    def target(self, target_id: str) -> Target:
        """The target with this id; one that only has its id where no plan that was read knows it."""
        if not self._known:
            self._known.update((target.id, target) for target in self.plan.targets)
        return self._known.get(target_id) or Target(id=target_id, address="", name=target_id)

    @property
    def length_s(self) -> float:
        """Seconds from the first to the last moment."""
        return max(0.0, self.to_s - self.from_s)


def no_progress(_share: float) -> bool:
    """Nobody looks, nobody cancels."""
    return True


def span_of(
    recorded: Recorded,
    *,
    from_s: float = 0.0,
    to_s: float = math.inf,
    targets: tuple[str, ...] = (),
    redactor: Redactor | None = None,
) -> Span:
    """The stretch of an open session; `targets` are ids, none names all. What was redacted before is not again."""
    meta, plan = recorded.meta, _usable(recorded.plan)
    if targets:
        plan = plan.with_targets(target for target in plan.targets if target.id in targets)
    span = Span(
        meta.session_id,
        meta.wall_s,
        meta.app_version,
        from_s,
        min(to_s, recorded.duration_s),
        plan,
        _reading(recorded, from_s, to_s),
        _machine(recorded, from_s, to_s),
        is_redacted=bool(redacted_mark(meta.session_id)),
        wanted=frozenset(targets),
    )
    return span if redactor is None or span.is_redacted else redacted(span, redactor)


def redacted(span: Span, redactor: Redactor) -> Span:
    """The span with aliases in it."""
    plan = redactor.plan(span.plan)

    def read() -> Iterator[AnyEvent]:
        return map(redactor.event, span.read())

    return replace(
        span,
        session_id=redactor.session_id(span.session_id),
        plan=plan,
        read=read,
        machine=None if span.machine is None else redactor.event(span.machine),
        is_redacted=True,
        wanted=frozenset(map(redactor.target_id, span.wanted)),
        _known={},
    )


def halves(recorded: Recorded, at_s: float, targets: tuple[str, ...] = ()) -> list[Span]:
    """Before and after a moment. Raises InputError (`report.no_time`) where one of them would be empty."""
    duration_s = recorded.duration_s
    if not 0.0 < at_s < duration_s:
        raise InputError(Problem("report.no_time", {"from": f"{at_s:g}s", "to": f"{duration_s:.0f}s"}))
    return [
        span_of(recorded, from_s=0.0, to_s=at_s, targets=targets),
        span_of(recorded, from_s=at_s, targets=targets),
    ]


def find_targets(plan: Plan, wanted: tuple[str, ...]) -> tuple[str, ...]:
    """The ids of the targets that people mean by an id, a name or an address. Raises KeyError with what is unknown."""
    found = []
    for text in wanted:
        folded = text.casefold()
        ids = [
            target.id
            for target in plan.targets
            if folded
            in (target.id.casefold(), target.label.casefold(), target.name.casefold(), target.shown.casefold())
        ]
        if not ids:
            raise KeyError(text)
        found += ids
    return tuple(dict.fromkeys(found))


def _reading(recorded: Recorded, from_s: float, to_s: float) -> Callable[[], Iterator[AnyEvent]]:
    def read() -> Iterator[AnyEvent]:
        for event in recorded.events(from_s, to_s):
            yield replace_plan(event, plan=_usable(event.plan)) if isinstance(event, PlanApplied) else event

    return read


def _machine(recorded: Recorded, from_s: float, to_s: float) -> MachineSeen | None:
    """As it was seen last before the span, else first in it."""
    found = None
    for event in recorded.stream(MachineSeen, to_s=to_s):
        if found is not None and event.at_s > from_s:
            break
        found = event
    return found


def _is_of(event: AnyEvent, wanted: frozenset[str], keys: set[str], diagnoses: set[str]) -> bool:
    """Is it of these targets, of their breakers or diagnoses, or of nobody's?"""
    if isinstance(event, CommandRefused):
        return False
    target, key, diagnosis = (getattr(event, name, None) for name in ("target", "key", "diagnosis"))
    if isinstance(target, Target):
        return target.id in wanted
    is_of_them = (not target or target in wanted) and (key is None or key in keys)
    return is_of_them and (diagnosis is None or diagnosis in diagnoses)


def _only(event: PlanApplied, wanted: frozenset[str]) -> PlanApplied:
    """Of a span of some targets the others are no part, not even by their names."""
    plan = event.plan.with_targets(target for target in event.plan.targets if target.id in wanted)
    return replace_plan(event, plan=plan)


def _usable(plan: Plan) -> Plan:
    """The plan without targets of kinds that nobody knows: a file may say anything."""
    return plan.with_targets(target for target in plan.targets if target.is_known)


def _names(target: Target) -> tuple[str, ...]:
    return target.id, target.label, target.name, target.shown
