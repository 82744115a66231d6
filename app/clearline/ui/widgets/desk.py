"""The three columns of one session: targets, graphs, explanation and controls; with the line of addresses above."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QPushButton,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from clearline.domain.profile import Profile
from clearline.ui.stage import Stage
from clearline.ui.viewmodels.diagnosis import Diagnosis
from clearline.ui.viewmodels.diagnosis_words import diagnosis_page, vantage_lines
from clearline.ui.viewmodels.explain import explain, explain_all
from clearline.ui.viewmodels.session import Source
from clearline.ui.viewmodels.theme import Theme
from clearline.ui.viewmodels.together import TogetherModel, together_in_words
from clearline.ui.viewmodels.words import Words
from clearline.ui.widgets.address_bar import AddressBar
from clearline.ui.widgets.banner import Banner
from clearline.ui.widgets.control_panel import ControlPanel
from clearline.ui.widgets.diagnosis_panel import DiagnosisPanel
from clearline.ui.widgets.empty_state import EmptyState
from clearline.ui.widgets.events_panel import EventsPanel
from clearline.ui.widgets.evidence_panel import EvidencePanel
from clearline.ui.widgets.explain_panel import ExplainPanel
from clearline.ui.widgets.figures_panel import FiguresPanel
from clearline.ui.widgets.labels import Panel, rule
from clearline.ui.widgets.side_panel import SidePanel
from clearline.ui.widgets.span_panel import SpanPanel
from clearline.ui.widgets.target_header import TargetHeader
from clearline.ui.widgets.target_list import TargetListPanel
from clearline.ui.widgets.time_span_bar import TimeSpanBar
from clearline.ui.widgets.together_card import TogetherCard
from clearline.ui.widgets.top_bar import TopBar
from clearline.ui.widgets.window_keys import WindowKeys

if TYPE_CHECKING:
    from clearline.ui.widgets.lab_panel import LabPanel

COLUMN_WIDTHS = (420, 680, 320)
ENOUGH_FOR_GRAPHS = 560
ALL_EVERY_FRAMES = 6
"""All targets are summed up twice a second, one target with every frame."""


@dataclass(frozen=True, slots=True)
class Graphs:
    """What the plots package draws; handed in after the window is up."""

    target: QWidget
    show_target: Callable[[str, str], None]
    """Shows a target by its id, with the breaker of this key."""
    all_targets: QWidget
    show_only: Callable[[Sequence[str]], None]
    """Shows these targets by their ids; all of them where there is none."""
    told: Callable[[bool], tuple[str, list[str], list[list[str]]]]
    """What the graphs of the target (True) or of all targets say now: summary, headings and rows of their table."""
    preview: QWidget
    show_profile: Callable[[Profile], None]


class Desk(QWidget):
    """Shows one stage. Reads its models on the time axis's frames, and only while it is visible."""

    together_diagnose_asked = Signal(str)
    """The id of a target that stands for those that fail together."""
    report_asked = Signal(str, float, object)
    """Of an outage: its target's id, when it began and ended; None while it lasts."""

    def __init__(self, stage: Stage, theme: Theme, words: Words, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.stage = stage
        self._words = words
        self._graphs: Graphs | None = None
        self._frames = 0
        self.address = AddressBar(stage.plans, words)
        self.pause = QPushButton()
        self.spans = TimeSpanBar(stage.axis)
        self.share = QPushButton()
        self.banner = Banner()
        self.strain = Banner()
        self.targets = TargetListPanel(stage.targets, stage.session, stage.selection, theme, words)
        self.header = TargetHeader(theme, words)
        self.empty = EmptyState()
        self.explain = ExplainPanel(theme)
        self.diagnosis = DiagnosisPanel(theme)
        self._together_model = TogetherModel(stage.session, stage.diagnoses)
        self.together = TogetherCard(theme)
        self.evidence = EvidencePanel(words)
        self.controls = ControlPanel(stage.profile, words)
        self.figures = FiguresPanel(stage.figures)
        self.span = SpanPanel(stage.span)
        self.lab: LabPanel | None = None
        self.events = EventsPanel(stage.events, theme)
        self.side = SidePanel(self.events)
        self._explain_button = self.side.add_part(self.explain, self.evidence, rule(), self.controls)
        self._diagnosis_button = self.side.add_part(self.diagnosis)
        self._figures_button = self.side.add_part(self.figures)
        self._span_button = self.side.add_part(self.span)
        self._lab_button: QPushButton | None = None
        self.middle = Panel()
        self._graph_place = QStackedWidget()
        # Words first, graphs in a turn of their own: both at once would hold up what is typed meanwhile.
        self._graph_turn = QTimer(self)
        self._graph_turn.setSingleShot(True)
        self._graph_turn.setInterval(0)
        self._graph_turn.timeout.connect(self.show_graph)
        self._middle_stack = QStackedWidget()
        self._columns = QSplitter(Qt.Orientation.Horizontal)
        self._place()
        self._keys = WindowKeys(self)
        self._connect()
        self._set_texts()
        self.show_selection()

    def place_graphs(self, graphs: Graphs) -> None:
        """Show these graphs from now on."""
        self._graphs = graphs
        self._graph_place.addWidget(graphs.target)
        self._graph_place.addWidget(graphs.all_targets)
        self.controls.place_preview(graphs.preview)
        self._order_graphs()
        self._preview_profile()
        self.show_selection()

    def place_lab(self, panel: "LabPanel") -> None:
        """The practice lab runs here: its panel is one click away, what it teaches to read stays in view."""
        self.lab = panel
        self._lab_button = self.side.add_part(panel)
        self._set_texts()
        self._fit_side()
        self.show_selection()

    def show_selection(self) -> None:
        """One target, or all of them, or how to begin."""
        state = self.stage.session.state(self.stage.selection.only)
        self._middle_stack.setCurrentIndex(1 if self.stage.session.states else 0)
        self.events.only_of(state.target.id if state else None)
        self.figures.show_target(state.target.id if state else None, state.target.label if state else "")
        if self.lab is not None:
            self.lab.show_target(state.target.id if state else None)
        self._set_pause_text()
        self._frames = 0
        self.draw_frame()
        self._graph_turn.start()

    def show_graph(self) -> None:
        """Bring the graphs to what is selected now, as `show_selection` has it done a moment later."""
        self._graph_turn.stop()
        if self._graphs is None:
            return
        state = self.stage.session.state(self.stage.selection.only)
        self._graph_place.setCurrentWidget(self._graphs.target if state else self._graphs.all_targets)
        if state:
            self._graphs.show_target(state.target.id, state.target.breaker_key)
        else:
            self._graphs.show_only(self.stage.selection.ids)

    def show_lab(self) -> None:
        """Bring the lab's panel on screen, where the lab runs."""
        if self._lab_button is not None:
            self._lab_button.click()

    @property
    def shown_diagnosis(self) -> Diagnosis | None:
        """Of the selected target; where none is selected, of the address that was diagnosed without adding it."""
        selection, diagnoses = self.stage.selection, self.stage.diagnoses
        return diagnoses.of(selection.only) if selection.only or not selection.ids else None

    def show_diagnosis(self) -> None:
        """Bring the diagnosis on screen."""
        self._diagnosis_button.click()

    def show_figures(self) -> None:
        """Bring the figures on screen."""
        self._figures_button.click()

    def show_history(self) -> None:
        """Bring loss, outages and latency of the time on screen."""
        self._span_button.click()

    def sheet(self) -> tuple[str, str, QWidget, list[str], list[list[str]]] | None:
        """For paper: a title, the summary, what to draw, headings and rows; None where there is nothing to print."""
        if self._graphs is None or not self.stage.session.states:
            return None
        self.show_graph()
        state = self.stage.session.state(self.stage.selection.only)
        summary, columns, rows = self._graphs.told(state is not None)
        title = state.target.label if state else self.tr("All targets")
        return title, summary, self.middle, columns, rows

    def draw_frame(self) -> None:
        """Put what is known now into words."""
        if not self.isVisible():
            return
        session, axis = self.stage.session, self.stage.axis
        state = session.state(self.stage.selection.only)
        if state is not None:
            self.header.show_target(state, axis.now_s)
            self.explain.show_explanation(explain(state, self._words, axis.now_s, session.wall_s))
        elif self._frames % ALL_EVERY_FRAMES == 0:
            chosen = [one for target_id in self.stage.selection.ids if (one := session.state(target_id)) is not None]
            self.header.show_all(session, chosen)
            self.explain.show_explanation(explain_all(session, self._words, chosen))
        self._draw_diagnosis()
        if self._frames % ALL_EVERY_FRAMES == 0:
            together = self._together_model.look(axis.now_s)
            self.together.show_text(together_in_words(together, self._words, session.wall_s) if together else None)
            self.evidence.show_target(state)
            self.figures.draw()
            if self.lab is not None:
                self.lab.draw_time()
        self._frames += 1

    def _draw_diagnosis(self) -> None:
        if not self.diagnosis.isVisible():
            return
        stage, words = self.stage, self._words
        state, shown = stage.session.state(stage.selection.only), self.shown_diagnosis
        page = None
        if shown is not None:
            back_s = state.recovered_s if state is not None else None
            page = diagnosis_page(shown, words, stage.axis.now_s, stage.session.wall_s, back_s)
        can_begin = state is not None or (shown is not None and stage.is_live)
        is_now = stage.is_live and stage.axis.is_live
        self.diagnosis.show_page(page, state.target.label if state else "", can_begin=can_begin, is_now=is_now)
        self.diagnosis.show_there(vantage_lines(stage.diagnoses, words))

    def changeEvent(self, event: QEvent) -> None:
        """Speak another language."""
        if event.type() == QEvent.Type.LanguageChange:
            self._set_texts()
        super().changeEvent(event)

    def _order_graphs(self) -> None:
        """Let Tab reach the graphs before the right column: what comes into a window late comes last."""
        widths = self._columns.sizes() if self.isVisible() else list(COLUMN_WIDTHS)
        self.side.setParent(None)
        self._columns.addWidget(self.side)
        self._columns.setSizes(widths)

    def _fit_side(self) -> None:
        """Its buttons in one line, where the graphs can spare the room."""
        targets, middle, side = self._columns.sizes()
        lacking = self.side.wanted_width - side
        if lacking > 0 and middle - lacking >= ENOUGH_FOR_GRAPHS:
            self._columns.setSizes([targets, middle - lacking, side + lacking])

    def _place(self) -> None:
        self.top = TopBar(self.address, self.pause, self.spans, self.share)
        columns = self._columns
        columns.setChildrenCollapsible(False)
        columns.setHandleWidth(6)
        for widget in (self.targets, self._middle(), self.side):
            columns.addWidget(widget)
        columns.setSizes(list(COLUMN_WIDTHS))
        for column, stretch in enumerate((0, 1, 0)):
            columns.setStretchFactor(column, stretch)
        page = QVBoxLayout(self)
        page.setContentsMargins(12, 6, 12, 0)
        page.setSpacing(8)
        page.addWidget(self.top)
        page.addWidget(self.banner)
        page.addWidget(self.strain)
        page.addWidget(columns, 1)

    def _middle(self) -> QWidget:
        shown = QWidget()
        column = QVBoxLayout(shown)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.header)
        column.addWidget(self.together)
        column.addWidget(self._graph_place, 1)
        self._middle_stack.addWidget(self.empty)
        self._middle_stack.addWidget(shown)
        outer = QVBoxLayout(self.middle)
        outer.setContentsMargins(12, 8, 12, 8)
        outer.addWidget(self._middle_stack)
        self.middle.setMinimumWidth(380)
        return self.middle

    def _show_strain(self) -> None:
        """Latencies prove nothing while this computer is too busy to measure them."""
        if sentence := self.stage.strain.sentence:
            self.strain.show_text(sentence, "")
        else:
            self.strain.hide()

    def _connect(self) -> None:
        stage = self.stage
        stage.selection.changed.connect(self.show_selection)
        stage.session.plan_used.connect(self.show_selection)
        stage.axis.frame.connect(self.draw_frame)
        stage.profile.changed.connect(self._preview_profile)
        stage.strain.changed.connect(self._show_strain)
        self.side.changed.connect(self.figures.draw)
        self.side.changed.connect(self.draw_frame)
        self.together.diagnose_asked.connect(self.together_diagnose_asked)
        self.address.added.connect(self._added)
        self.controls.profile_chosen.connect(self._profile_chosen)
        self.explain.target_chosen.connect(self.go_to)
        self.events.moment_chosen.connect(self.go_to_moment)
        self.span.moment_chosen.connect(self.go_to_outage)
        self.span.report_asked.connect(self.report_asked)
        if stage.source is Source.FILE:
            self.controls.setEnabled(False)
            self.address.setEnabled(False)
            self.spans.live.hide()
            self.figures.reset_button.hide()

    def go_to(self, target_id: str) -> None:
        """Show this target."""
        self.stage.selection.select([target_id])

    def go_to_moment(self, target_id: str, at_s: float) -> None:
        """Show this target, where there is one, at this moment."""
        if self.stage.session.state(target_id):
            self.stage.selection.select([target_id])
        self.stage.axis.show_moment(at_s)

    def go_to_outage(self, target_id: str, from_s: float, to_s: float) -> None:
        """Show this target around an outage of it."""
        self.stage.selection.select([target_id])
        self.stage.jump.show(from_s, to_s)

    def _added(self, target_id: str) -> None:
        self.stage.selection.select([target_id])

    def _profile_chosen(self, name: str) -> None:
        self.stage.plans.set_profile_of(self.stage.selection.ids, name)
        self.stage.profile.show(name)

    def _preview_profile(self) -> None:
        if self._graphs is not None:
            self._graphs.show_profile(self.stage.profile.draft)

    def _set_pause_text(self) -> None:
        targets = self.stage.plans.plan.targets
        is_paused = bool(targets) and all(target.is_paused for target in targets)
        self.pause.setText(self.tr("Go on") if is_paused else self.tr("Pause all"))
        self.pause.setEnabled(bool(targets) and self.stage.is_live)

    def _set_texts(self) -> None:
        self._set_pause_text()
        said = [
            (self._explain_button, self.tr("Explain"), self.tr("What is wrong, and how we connect")),
            (self._diagnosis_button, self.tr("Diagnosis"), self.tr("Every step from this computer to the target")),
            (self._figures_button, self.tr("Figures"), self.tr("Counts, errors and percentiles, to reset and export")),
            (self._span_button, self.tr("History"), self.tr("Loss, outages and latency of the time on screen")),
        ]
        if self._lab_button is not None:
            said.append(
                (self._lab_button, self.tr("Practice lab"), self.tr("The scenario, and faults to make by hand"))
            )
        for button, text, tip in said:
            button.setText(text)
            button.setToolTip(tip)
        self.share.setText(self.tr("Share…"))
        self.share.setToolTip(self.tr("A report of the selected targets, to look at before it leaves (Ctrl+E)"))
        self.pause.setToolTip(self.tr("Pause all targets, or go on (Space pauses the selected ones)"))
