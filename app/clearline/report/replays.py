"""What the recorded attempts come to under other profiles, target by target, beside what was really run."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import IntEnum

from clearline.domain.event import AttemptEnded, BreakerChanged, BreakerState, CheckEnded, Result
from clearline.domain.problem import InputError, Problem
from clearline.domain.profile import Profile
from clearline.domain.target import Target
from clearline.report.span import Span, no_progress
from clearline.resilience.whatif import Replayed, ReplayedCheck, replay_checks

MOST_ATTEMPTS = 1_000_000
"""Replayed at once; an attempt takes about a kilobyte while it is."""
_EVERY = 1_000


class Cell(IntEnum):
    """What a stretch of time held, the worst winning."""

    NOTHING = 0
    OK = 1
    REFUSED = 2
    """Not sent, as the breaker was open."""
    FAILED = 3


Strip = tuple[Cell, ...]
STRIP_CELLS = 240


@dataclass(frozen=True)
class Lane:
    """One target under one profile after the other; the first came about in reality."""

    target: Target | None
    """None for all of them together."""
    courses: tuple[Replayed, ...]
    strips: tuple[Strip, ...] = ()
    """Of each course, what a stretch of time held; none for all targets together."""


@dataclass
class _Recorded:
    events: list[AttemptEnded | CheckEnded] = field(default_factory=list)
    run: list[ReplayedCheck] = field(default_factory=list)
    checks: int = 0
    errors: int = 0
    refused: int = 0
    attempts: int = 0
    worst_s: float = 0.0
    alarms: int = 0

    def add(self, event: AttemptEnded | CheckEnded) -> None:
        self.events.append(event)
        if isinstance(event, CheckEnded) and event.result is not Result.VOID:
            is_ok = event.result is Result.OK
            self.run.append(ReplayedCheck(event.started_s, event.at_s, is_ok, event.result is Result.REFUSED))
            self.checks += 1
            self.errors += event.result is not Result.OK
            self.refused += event.result is Result.REFUSED
            self.attempts += event.attempts
            self.worst_s = max(self.worst_s, event.at_s - event.started_s)

    @property
    def as_run(self) -> Replayed:
        return Replayed(self.checks, self.errors, self.refused, self.alarms, self.attempts, self.worst_s)


def lanes(
    span: Span,
    profiles: Sequence[Profile],
    is_idempotent: Callable[[Target], bool],
    progress: Callable[[float], bool] = no_progress,
) -> list[Lane]:
    """All targets together first, then each that was checked, in the order of the plan.

    `is_idempotent`: may a target's request be repeated? `progress` says whether to go on; where it does not, nothing
    is given. Raises InputError (`whatif.too_many`).
    """
    recorded = _read(span, progress)
    found = []
    for place, (target_id, held) in enumerate(recorded.items()):
        if not progress(0.5 + place / len(recorded) / 2):
            return []
        target = span.target(target_id)
        may_repeat = is_idempotent(target)
        replayed = [replay_checks(held.events, profile, is_idempotent=may_repeat) for profile in profiles]
        strips = [_strip(span, held.run), *(_strip(span, checks) for _, checks in replayed)]
        found.append(Lane(target, (held.as_run, *(course for course, _ in replayed)), tuple(strips)))
    return [Lane(None, _summed(found)), *found] if found else []


def _read(span: Span, progress: Callable[[float], bool]) -> dict[str, _Recorded]:
    recorded = {target.id: _Recorded() for target in span.plan.targets}
    by_key: dict[str, list[str]] = {}
    for target in span.plan.targets:
        by_key.setdefault(target.breaker_key, []).append(target.id)
    count = 0
    for number, event in enumerate(span.events()):
        if number % _EVERY == 0 and not progress(min(0.5, (event.at_s - span.from_s) / max(span.length_s, 1e-9) / 2)):
            return {}
        if isinstance(event, AttemptEnded | CheckEnded):
            recorded.setdefault(event.target, _Recorded()).add(event)
            count += isinstance(event, AttemptEnded)
        elif isinstance(event, BreakerChanged) and event.after is BreakerState.OPEN is not event.before:
            for target_id in by_key.get(event.key, []):
                recorded[target_id].alarms += 1
        if count > MOST_ATTEMPTS:
            raise InputError(Problem("whatif.too_many", {"count": str(count), "most": str(MOST_ATTEMPTS)}))
    return {target_id: held for target_id, held in recorded.items() if held.checks}


def _strip(span: Span, checks: Sequence[ReplayedCheck]) -> Strip:
    cells = [Cell.NOTHING] * STRIP_CELLS
    for check in checks:
        place = int((check.begin_s - span.from_s) / max(span.length_s, 1e-9) * STRIP_CELLS)
        state = Cell.OK if check.is_ok else Cell.REFUSED if check.is_refused else Cell.FAILED
        place = min(max(place, 0), STRIP_CELLS - 1)
        cells[place] = max(cells[place], state)
    return tuple(cells)


def _summed(found: Sequence[Lane]) -> tuple[Replayed, ...]:
    return tuple(
        Replayed(
            sum(course.checks for course in column),
            sum(course.visible_errors for course in column),
            sum(course.refused for course in column),
            sum(course.alarms for course in column),
            sum(course.attempts for course in column),
            max(course.worst_wait_s for course in column),
        )
        for column in zip(*(lane.courses for lane in found), strict=True)
    )
