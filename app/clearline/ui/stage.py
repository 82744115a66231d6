"""All that belongs to one session on screen: its plan, its models, its time axis and, where it is live, its engine."""

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from PySide6.QtCore import QObject

from clearline.domain.event import AnyEvent
from clearline.domain.plan import Plan
from clearline.engine.process.client import EngineClient
from clearline.ui.event_pump import EventPump
from clearline.ui.history_pager import HistoryPager
from clearline.ui.live_session import LiveSession, MakeClient
from clearline.ui.viewmodels.diagnosis import DiagnosisModel
from clearline.ui.viewmodels.events import EventListModel
from clearline.ui.viewmodels.figures import FiguresModel
from clearline.ui.viewmodels.outage_jump import OutageJump
from clearline.ui.viewmodels.plan import PlanModel
from clearline.ui.viewmodels.profile import ProfileModel
from clearline.ui.viewmodels.selection import Selection
from clearline.ui.viewmodels.series import SeriesStore
from clearline.ui.viewmodels.session import SessionModel, Source
from clearline.ui.viewmodels.span import SpanModel
from clearline.ui.viewmodels.strain import StrainModel
from clearline.ui.viewmodels.targets import TargetListModel
from clearline.ui.viewmodels.time_axis import SHORTEST_S, SHORTEST_SESSION_S, TimeAxis
from clearline.ui.viewmodels.words import Words


class Feed(Protocol):
    """What reads files for a stage while somebody looks."""

    def close(self) -> None:
        """Read nothing more."""
        ...


class Stage(QObject):
    """The models of one session, fed by one pump."""

    def __init__(
        self,
        source: Source,
        words: Words,
        *,
        folder: Path | None = None,
        make_client: MakeClient = EngineClient,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.source = source
        self.path = ""
        """The session file that is shown; empty where the session is live."""
        self.damaged = 0
        """Rows of the file that could not be read."""
        self.pager: HistoryPager | None = None
        """Of a large recorded session: reads what is looked at."""
        self.feed: Feed | None = None
        """Reads the figures of the visible span."""
        self.plans = PlanModel(parent=self)
        self.session = SessionModel(source, self)
        self.series = SeriesStore()
        self.series.is_live = source is not Source.FILE
        self.events = EventListModel(words, self)
        self.diagnoses = DiagnosisModel(self)
        self.figures = FiguresModel(self.session, words, self)
        self.targets = TargetListModel(self.session, words, self)
        self.profile = ProfileModel(self.plans, self)
        self.selection = Selection(self)
        self.span = SpanModel(words, self)
        is_growing = source is not Source.FILE
        self.axis = TimeAxis(self, shortest_session_s=SHORTEST_SESSION_S if is_growing else SHORTEST_S)
        self.jump = OutageJump(self.series, self.axis, self.selection, self)
        self.strain = StrainModel(words, self)
        folds = (self.session.fold, self.series.fold, self._fold_events, self.figures.fold, self.diagnoses.fold)
        self.pump = EventPump((*folds, self.strain.fold) if source is not Source.FILE else folds, self)
        self.live: LiveSession | None = None
        if source is not Source.FILE:
            self.live = LiveSession(self.pump, folder, make_client, self)
            self.plans.plan_changed.connect(self.live.apply)
        self.plans.plan_changed.connect(self._plan_changed)
        if source is not Source.FILE:
            self.targets.dropped.connect(self.plans.move)
        self.selection.changed.connect(self._selection_changed)
        self.axis.run(self.series.live_now)

    @property
    def is_live(self) -> bool:
        """Is something being measured here?"""
        return self.live is not None

    @property
    def chosen(self) -> tuple[str, ...]:
        """The selected targets; all of them where none is."""
        return self.selection.ids or tuple(self.session.states)

    def close(self) -> None:
        """Draw and fold nothing more."""
        self.axis.halt()
        self.pump.stop()
        self.targets.stop()
        if self.pager is not None:
            self.pager.close()
        if self.feed is not None:
            self.feed.close()

    def _fold_events(self, events: Sequence[AnyEvent]) -> None:
        self.events.fold(events, self.session)

    def _plan_changed(self, plan: Plan) -> None:
        self.session.use_plan(plan)
        self.selection.keep([target.id for target in plan.targets])

    def _selection_changed(self) -> None:
        if state := self.session.state(self.selection.only):
            self.profile.show(state.target.profile)
