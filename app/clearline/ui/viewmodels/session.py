"""One session as the window sees it: every event folded into targets' states, engine health and recording state."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from enum import StrEnum

from PySide6.QtCore import QObject, Signal

from clearline.diagnosis.watched import References
from clearline.domain.event import (
    AnyEvent,
    AttemptEnded,
    BackoffStarted,
    BreakerChanged,
    CheckEnded,
    EngineReported,
    FallbackUsed,
    LivenessChanged,
    PlanApplied,
    ReplyCameLate,
    SessionStarted,
    TimeoutAdapted,
)
from clearline.domain.keeping import foreseen_bytes_a_day
from clearline.domain.plan import Plan
from clearline.domain.profile import STANDARD
from clearline.ui.viewmodels.status import Status
from clearline.ui.viewmodels.target_state import TargetState


class Source(StrEnum):
    """Where the events come from."""

    LIVE = "live"
    LAB = "lab"
    FILE = "file"


TargetEvent = AttemptEnded | CheckEnded | BackoffStarted | FallbackUsed | LivenessChanged | ReplyCameLate
"""What changes what is known of one target."""


class SessionModel(QObject):
    """Folds events; tells once a batch which targets changed."""

    targets_changed = Signal(object)
    """The ids of the targets that changed with this batch, as a set."""
    plan_used = Signal()
    """Targets were added, removed or edited."""
    health_changed = Signal()
    """Engine health or the recording changed."""

    def __init__(self, source: Source = Source.LIVE, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.source = source
        self.plan = Plan(profiles=())
        self.states: dict[str, TargetState] = {}
        self.started: SessionStarted | None = None
        self.references = References()
        """Gateway and name server, as the engine asked them."""
        self.report: EngineReported | None = None
        self.latest_s = 0.0
        self._first_size: EngineReported | None = None
        """The first report of this recording, from which its growth is told."""
        self._by_key: dict[str, list[TargetState]] = {}
        self._breakers: dict[str, BreakerChanged] = {}

    @property
    def wall_s(self) -> float:
        """UTC time of session second 0; 0 before the session started."""
        return self.started.wall_s if self.started else 0.0

    @property
    def foreseen_bytes_a_day(self) -> float | None:
        """What a day takes at the pace so far; None before it can be told."""
        first, last = self._first_size, self.report
        if first is None or last is None or not last.recording:
            return None
        return foreseen_bytes_a_day((first.at_s, first.recording_bytes), (last.at_s, last.recording_bytes))

    def state(self, target_id: str | None) -> TargetState | None:
        """What is known of a target; None for an id the plan does not hold."""
        return self.states.get(target_id) if target_id else None

    def use_plan(self, plan: Plan) -> None:
        """Show this plan's targets; those that stay keep what is known of them."""
        self.plan = plan
        kept: dict[str, TargetState] = {}
        by_key: dict[str, list[TargetState]] = defaultdict(list)
        for target in plan.targets:
            state = self.states.get(target.id)
            if state is None or state.target.address != target.address:
                state = TargetState(target)
            profile = plan.profile(target.profile) or STANDARD
            state.use(target, profile, plan.interval_of(target), self._breakers.get(target.breaker_key))
            kept[target.id] = state
            by_key[target.breaker_key].append(state)
        self.states, self._by_key = kept, dict(by_key)
        self.plan_used.emit()

    def fold(self, events: Sequence[AnyEvent]) -> None:
        """Take a batch of events, in order."""
        changed: set[str] = set()
        is_health_new = False
        for event in events:
            self.latest_s = max(self.latest_s, event.at_s)
            self.references.fold(event)
            if isinstance(event, TargetEvent):
                target_id = self._fold_target(event)
                # What an attempt brought is told with the end of its check.
                if target_id and not isinstance(event, AttemptEnded):
                    changed.add(target_id)
            elif isinstance(event, BreakerChanged):
                changed.update(self._fold_breaker(event))
            elif isinstance(event, TimeoutAdapted):
                changed.update(self._fold_timeout(event))
            elif isinstance(event, EngineReported):
                self.report, is_health_new = event, True
                first = self._first_size
                if first is None or first.recording != event.recording or first.recording_bytes > event.recording_bytes:
                    self._first_size = event
            elif isinstance(event, SessionStarted):
                self.started, is_health_new = event, True
            elif isinstance(event, PlanApplied) and self.source is Source.FILE:
                # Live, the plan being edited leads: an older one on its way back must not undo what was just typed.
                self.use_plan(event.plan)
        if changed:
            self.targets_changed.emit(changed)
        if is_health_new:
            self.health_changed.emit()

    def first_behind(self, breaker_key: str) -> str:
        """The id of the first target behind a breaker; empty where there is none."""
        states = self._by_key.get(breaker_key)
        return states[0].target.id if states else ""

    def counts(self) -> Counter[Status]:
        """How many targets are in which state."""
        return Counter(state.status for state in self.states.values())

    def _fold_target(self, event: TargetEvent) -> str:
        """The target's id; empty for one that is not in the plan."""
        state = self.states.get(event.target)
        if state is None:
            return ""
        if isinstance(event, AttemptEnded):
            state.fold_attempt(event)
        elif isinstance(event, CheckEnded):
            state.fold_check(event)
        elif isinstance(event, ReplyCameLate):
            state.fold_late(event)
        elif isinstance(event, FallbackUsed):
            state.used = event
        elif isinstance(event, LivenessChanged):
            state.fold_liveness(event)
        else:
            state.backoff = event
        return event.target

    def _fold_timeout(self, event: TimeoutAdapted) -> Iterable[str]:
        states = self._by_key.get(event.key, [])
        for state in states:
            state.adapted[event.phase] = event
        return [state.target.id for state in states]

    def _fold_breaker(self, event: BreakerChanged) -> Iterable[str]:
        self._breakers[event.key] = event
        states = self._by_key.get(event.key, [])
        for state in states:
            state.fold_breaker(event)
        return [state.target.id for state in states]
