"""The controls of a profile: each number with its unit and range, checked while typing, with its retry preview."""

from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from clearline.domain.plan import Plan
from clearline.domain.problem import Problem
from clearline.domain.profile import (
    LIMITS,
    STANDARD,
    BackoffKind,
    BreakerMode,
    FallbackMode,
    Jitter,
    Profile,
    read_field,
    replace_field,
    validate,
)
from clearline.resilience.preview import Preview, preview
from clearline.ui.viewmodels.plan import PlanModel

WHOLE_NUMBERS = frozenset(
    {
        "retry.attempts",
        "breaker.streak",
        "breaker.window_calls",
        "breaker.minimum_calls",
        "breaker.half_open_calls",
        "breaker.successes_to_close",
        "cascade.calls",
        "reuse.per_host",
        "keepalive.count",
        "heartbeat.misses_to_suspect",
        "heartbeat.misses_to_dead",
    }
)
"""Fields of LIMITS that count something."""


@dataclass(frozen=True, slots=True)
class NumberSpec:
    """What a number control must know: its range, its unit, whether it counts."""

    field: str
    low: float
    high: float
    unit: str
    is_whole: bool


def spec_of(field: str) -> NumberSpec:
    """Range and unit of a dotted field. Raises KeyError for one that is no number of a profile."""
    limit = LIMITS[field]
    return NumberSpec(field, limit.low, limit.high, limit.unit, field in WHOLE_NUMBERS)


class ProfileModel(QObject):
    """The profile being edited. What can be used takes effect at once; what cannot stays a draft with its problems."""

    changed = Signal()
    """The draft, its problems or its preview changed."""
    names_changed = Signal()

    def __init__(self, plans: PlanModel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._plans = plans
        self._draft = STANDARD
        self._names: tuple[str, ...] = ()
        plans.plan_changed.connect(self._follow_plan)
        self._follow_plan(plans.plan)

    @property
    def draft(self) -> Profile:
        """The profile as its controls show it."""
        return self._draft

    @property
    def names(self) -> tuple[str, ...]:
        """The profiles of the plan."""
        return self._names

    @property
    def problems(self) -> dict[str, Problem]:
        """The first problem of each field; empty while the draft can be used."""
        return {problem.field: problem for problem in reversed(validate(self._draft))}

    @property
    def preview(self) -> Preview:
        """When the attempts and waits of the draft would happen at worst."""
        return preview(self._draft)

    def number(self, field: str) -> float:
        """The draft's number at a dotted field."""
        return read_field(self._draft, field)

    def flag(self, field: str) -> bool:
        """Is the draft's dotted field on?"""
        part, _, name = field.partition(".")
        return bool(getattr(getattr(self._draft, part), name))

    def show(self, name: str) -> None:
        """Edit this profile of the plan; an unusable draft of another one is left behind."""
        if profile := self._plans.plan.profile(name):
            self._take(profile)

    def resume(self, draft: Profile) -> None:
        """Go on with a draft that could not be used yet, where the plan still has such a profile."""
        if self._plans.plan.profile(draft.name):
            self._draft = draft
            self.changed.emit()

    def set_number(self, field: str, value: float) -> None:
        """Change a number of LIMITS."""
        self._set(field, int(value) if field in WHOLE_NUMBERS else float(value))

    def set_backoff(self, kind: BackoffKind) -> None:
        """Change how waits grow."""
        self._set("retry.backoff", kind)

    def set_jitter(self, kind: Jitter) -> None:
        """Change how chance spreads waits."""
        self._set("retry.jitter", kind)

    def set_mode(self, mode: BreakerMode) -> None:
        """Change who decides on the breaker."""
        self._set("breaker.mode", mode)

    def set_flag(self, field: str, is_on: bool) -> None:
        """Turn a dotted field on or off: budget.is_on, adaptive.is_on …"""
        self._set(field, is_on)

    def set_fallback(self, mode: FallbackMode) -> None:
        """Change what happens when a check failed for good."""
        self._set("fallback.mode", mode)

    def _set(self, field: str, value: object) -> None:
        draft = replace_field(self._draft, field, value)
        if draft == self._draft:
            return
        self._draft = draft
        if not validate(draft):
            self._plans.set_profile(draft)
        self.changed.emit()

    def _follow_plan(self, plan: Plan) -> None:
        names = tuple(profile.name for profile in plan.profiles)
        if names != self._names:
            self._names = names
            self.names_changed.emit()
        known = plan.profile(self._draft.name) or (plan.profiles[0] if plan.profiles else STANDARD)
        self._take(known)

    def _take(self, known: Profile) -> None:
        """Show this; what is half typed into it and cannot be used yet stays."""
        if known != self._draft and not (known.name == self._draft.name and validate(self._draft)):
            self._draft = known
            self.changed.emit()
