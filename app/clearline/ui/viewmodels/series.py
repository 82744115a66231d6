"""What the graphs draw: the event stream folded into bounded columns per target, breaker and tester."""

import time
from collections import deque
from collections.abc import Callable, Iterable

from clearline.domain.event import (
    AttemptEnded,
    BackoffStarted,
    BreakerChanged,
    BudgetChanged,
    CheckEnded,
    CheckMissed,
    Event,
    LabFaultChanged,
    MarkerDropped,
    NetworkChanged,
    PlanApplied,
    SessionStarted,
    TesterDisturbed,
    TimeoutAdapted,
)
from clearline.domain.phase import Phase
from clearline.domain.plan import Plan
from clearline.ui.viewmodels.series_spans import (
    BreakerSpan,
    BudgetLevel,
    LabSpan,
    LimitChange,
    Marker,
    NetworkSpan,
    TesterSpan,
)
from clearline.ui.viewmodels.series_target import RAW_ATTEMPTS, STRETCHES, Names, TargetSeries

__all__ = ["SeriesStore", "TargetSeries"]

ALL_ATTEMPTS = 1_000_000
"""Attempts all targets together keep one by one: about 70 MB."""
FEWEST_ATTEMPTS = 600
ALL_STRETCHES = 1_000_000
FEWEST_STRETCHES = 576
MOST_SPANS = 10_000
"""Breaker spans of one key, lab spans of one target, tester spans and markers that are kept."""
MOST_CHANGES = 2_000
"""Changes of one host's time limits, or of its retry budget, that are kept."""
FORWARD_S = 1.2
"""How far the live edge may run ahead of the last event: the engine reports once a second."""
_MET_FIRST = (Phase.WAIT, Phase.CONNECT, Phase.TLS, Phase.RESOLVE)


class SeriesStore:
    """Series of all targets, breaker spans by key, markers and tester spans of one session.

    `clock` gives seconds that never step back; only its differences are used.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self.revision = 0
        self.plan_revision = 0
        self.outside_revision = 0
        """Grows with what concerns no single target: breakers, markers, the tester, the plan."""
        self.pages = 0
        """Grows when a page of a recorded session came: what is drawn from it is drawn anew."""
        self.is_live = True
        """False for a recorded session: its end does not move."""
        self._empty()

    def _empty(self) -> None:
        self._folded_at = self._clock()
        self._live_s = 0.0
        self._names = Names()
        self.targets: dict[str, TargetSeries] = {}
        self.breakers: dict[str, deque[BreakerSpan]] = {}
        self.limits: dict[str, deque[LimitChange]] = {}
        """Adaptive time limits by Target.breaker_key."""
        self.budgets: dict[str, deque[BudgetLevel]] = {}
        """Retry tokens by Target.origin."""
        self.lab: dict[str, deque[LabSpan]] = {}
        """What the practice lab made, by target."""
        self.markers: deque[Marker] = deque(maxlen=MOST_SPANS)
        self.tester: deque[TesterSpan] = deque(maxlen=MOST_SPANS)
        self.network: deque[NetworkSpan] = deque(maxlen=MOST_SPANS)
        self.plan = Plan()
        self.wall_s: float | None = None
        """UTC time of session second 0; None before the session is known."""
        self.now_s = 0.0
        """The latest moment any event told of."""

    def fold(self, events: Iterable[Event] | Event) -> None:
        """Take events in order, as the engine or a session file tells them."""
        count = 0
        for event in (events,) if isinstance(events, Event) else events:
            self._fold(event)
            self.now_s = max(self.now_s, event.at_s)
            count += 1
        if count:
            self.revision += count
            self._folded_at = self._clock()

    def series(self, target_id: str) -> TargetSeries:
        """The series of a target, empty where nothing happened yet."""
        found = self.targets.get(target_id)
        if found is None:
            found = self.targets[target_id] = TargetSeries(target_id, self._names)
            count = len(self.targets)
            if not count & (count - 1):
                # Sharing anew for each target would be quadratic; with the plan it is done to the row.
                self._share()
        return found

    def kind(self, number: float) -> str:
        """The fault kind, or reason, behind a number of a column."""
        return self._names.text(int(number))

    def breaker_spans(self, key: str) -> list[BreakerSpan]:
        """States of a breaker, oldest first; before its first change it was closed."""
        return list(self.breakers.get(key, ()))

    def breaker_at(self, key: str, at_s: float) -> BreakerSpan | None:
        """The state of a breaker at a moment; None before the first change, when it was closed."""
        return next((span for span in reversed(self.breakers.get(key, ())) if span.from_s <= at_s), None)

    def lab_spans(self, target_id: str) -> list[LabSpan]:
        """What the practice lab made at a target, oldest first; empty where no lab was watched."""
        return list(self.lab.get(target_id, ()))

    def limit_steps(self, key: str) -> list[LimitChange]:
        """The limit that an attempt meets first as it changed, oldest first: of the answer, else of the connection."""
        changes = self.limits.get(key, ())
        phases = {change.phase for change in changes if change.limit_s is not None}
        phase = next((one for one in _MET_FIRST if one in phases), None)
        return [change for change in changes if change.phase is phase]

    def limit_at(self, key: str, at_s: float) -> LimitChange | None:
        """That limit at a moment; None where none adapted yet."""
        found = next((step for step in reversed(self.limit_steps(key)) if step.at_s <= at_s), None)
        return found if found is not None and found.limit_s is not None else None

    def budget_at(self, origin: str, at_s: float) -> BudgetLevel | None:
        """The retry tokens left at a moment; None before the first was spent."""
        return next((level for level in reversed(self.budgets.get(origin, ())) if level.at_s <= at_s), None)

    def live_now(self) -> float:
        """Now, in session seconds, running on for a moment between events; never steps back."""
        ahead = min(self._clock() - self._folded_at, FORWARD_S) if self.is_live and self.revision else 0.0
        self._live_s = max(self._live_s, self.now_s + ahead)
        return self._live_s

    def reach(self, at_s: float) -> None:
        """A recorded session goes up to this moment."""
        self.now_s = max(self.now_s, at_s)
        self.revision += 1

    def page_came(self) -> None:
        """Something of the past is known better than before."""
        self.pages += 1
        self.revision += 1

    def clear(self) -> None:
        """Forget everything, for another session."""
        self._empty()
        self.revision += 1
        self.plan_revision += 1
        self.outside_revision += 1

    def _fold(self, event: Event) -> None:
        if isinstance(event, AttemptEnded | CheckEnded | CheckMissed | BackoffStarted):
            self.series(event.target).fold(event)
            return
        if isinstance(event, SessionStarted):
            self.wall_s = event.wall_s
        elif isinstance(event, PlanApplied):
            self._plan_applied(event)
        elif isinstance(event, BreakerChanged):
            self._breaker_changed(event)
        elif isinstance(event, TimeoutAdapted):
            self._timeout_adapted(event)
        elif isinstance(event, BudgetChanged):
            levels = self.budgets.setdefault(event.key, deque(maxlen=MOST_CHANGES))
            levels.append(BudgetLevel(event.at_s, event.tokens, event.capacity, event.reason))
        elif isinstance(event, MarkerDropped):
            self.markers.append(Marker(event.at_s, event.text, event.target))
        elif isinstance(event, LabFaultChanged):
            spans = self.lab.setdefault(event.target, deque(maxlen=MOST_SPANS))
            if spans and (spans[-1].fault, spans[-1].options) == (event.fault, event.options):
                return  # Told again to an engine that was started anew.
            if spans:
                spans[-1].to_s = event.at_s
            spans.append(LabSpan(event.at_s, event.fault, event.options))
        elif isinstance(event, TesterDisturbed):
            self.tester.append(TesterSpan(event.from_s, event.at_s, event.health, event.lag_ms))
        elif isinstance(event, NetworkChanged):
            self.network.append(NetworkSpan(event.from_s, event.at_s, event.changes))
        else:
            return
        self.outside_revision += 1

    def _plan_applied(self, event: PlanApplied) -> None:
        self.plan = event.plan
        self.plan_revision += 1
        present = {target.id: target for target in event.plan.targets}
        for target in event.plan.targets:
            self.series(target.id).plan_applied(target, event.plan, event.at_s)
        for target_id, series in self.targets.items():
            if target_id not in present:
                series.plan_applied(None, event.plan, event.at_s)
        if self.targets:
            self._share()
        adaptive = {profile.name for profile in event.plan.profiles if profile.adaptive.is_on}
        for key, changes in self.limits.items():
            if key.rpartition("#")[2] not in adaptive:
                ended = {change.phase: change for change in changes}
                changes.extend(LimitChange(event.at_s, phase, None) for phase in ended if ended[phase].limit_s)

    def _timeout_adapted(self, event: TimeoutAdapted) -> None:
        changes = self.limits.setdefault(event.key, deque(maxlen=MOST_CHANGES))
        latest = next((change for change in reversed(changes) if change.phase is event.phase), None)
        if latest is None:
            # Until then the profile's own limit was in force.
            changes.append(LimitChange(0.0, event.phase, event.before_s))
        changes.append(LimitChange(event.at_s, event.phase, event.after_s, event.why, event.values))

    def _breaker_changed(self, event: BreakerChanged) -> None:
        spans = self.breakers.setdefault(event.key, deque(maxlen=MOST_SPANS))
        if not spans:
            spans.append(BreakerSpan(0.0, event.before))
        spans[-1].to_s = event.at_s
        spans.append(
            BreakerSpan(
                event.at_s,
                event.after,
                event.reason,
                until_s=event.until_s,
                successes=event.successes,
                needed=event.needed,
            )
        )

    def _share(self) -> None:
        """Divide the memory that all targets may use."""
        count = len(self.targets)
        capacity = max(FEWEST_ATTEMPTS, min(RAW_ATTEMPTS, ALL_ATTEMPTS // count))
        stretches = max(FEWEST_STRETCHES, min(STRETCHES, ALL_STRETCHES // count))
        for series in self.targets.values():
            series.limit(capacity, stretches)
