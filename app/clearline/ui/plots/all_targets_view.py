"""All targets at once: a heat map by failing layer, and the outages as a table."""

from collections.abc import Sequence

from PySide6.QtCore import QElapsedTimer, QEvent, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSplitter, QVBoxLayout, QWidget

from clearline.ui.plots.compare_view import CompareView
from clearline.ui.plots.export import GraphData, utc_text
from clearline.ui.plots.graph_actions import GraphActions, table_text
from clearline.ui.plots.graph_view import GraphView
from clearline.ui.plots.heat_map import HeatMap
from clearline.ui.plots.outage_table import OutageModel, OutageTable
from clearline.ui.plots.plot_theme import STATE_TOKENS
from clearline.ui.plots.read_out import held_words
from clearline.ui.plots.table_panel import TablePanel
from clearline.ui.plots.ticks import clock_text
from clearline.ui.viewmodels.series import SeriesStore
from clearline.ui.viewmodels.series_state import FAILING, WAITED, State
from clearline.ui.viewmodels.theme import Theme
from clearline.ui.viewmodels.time_axis import TimeAxis
from clearline.ui.viewmodels.words import Words, translate

DRAW_EVERY_MS = 450
"""While only new checks arrive; a moved window is drawn at once."""
TABLE_EVERY_MS = 950


class AllTargetsView(GraphView):
    """Heat map and outages of all targets, or of those that `show_targets` names."""

    picked = Signal(str, float)
    """A click: the target's id and the moment in session seconds."""

    def __init__(
        self,
        store: SeriesStore,
        axis: TimeAxis,
        theme: Theme,
        words: Words | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(store, axis, theme, words, parent)
        self._only: tuple[str, ...] = ()
        self._drawn_revision = -1
        self._table_shows: tuple[object, ...] = ()
        self._since_table = QElapsedTimer()
        self.heat = HeatMap(store, axis, self._theme)
        self.compare = CompareView(store, axis, theme, self._words)
        self.twin = TablePanel(self._read_table, is_by_time=False)
        self.outages = OutageModel(store, self._words, self)
        self.table = OutageTable(self.outages)
        self._heading = QLabel()
        self._heading.setTextFormat(Qt.TextFormat.PlainText)
        self._count = QLabel()
        self._count.setTextFormat(Qt.TextFormat.PlainText)
        self._place()
        self.heat.picked.connect(self.picked)
        self.table.picked.connect(self.picked)
        self._follow()

    def show_targets(self, target_ids: Sequence[str]) -> None:
        """Show only these, in this order; none named shows the whole plan."""
        self._only = tuple(target_ids)
        self.compare.show_targets(self._only)
        self._forget()
        self.draw_frame()

    def draw_frame(self) -> None:
        """Draw what changed since the last frame; nothing while hidden."""
        if not self.isVisible():
            return
        axis, store = self._axis, self._store
        column_s = self.heat.column_s()
        pixel_s = axis.length_s / max(1.0, self.heat.box.rect().width())
        key = (
            self._only,
            store.plan_revision,
            round(axis.length_s, 6),
            round(axis.from_s / max(pixel_s, 1e-9)) if not axis.is_live else round(axis.from_s / column_s),
            column_s,
            self.heat.view.size(),
            self.heat.bar.pageStep(),
        )
        if key == self._drawn and not (self._is_due(DRAW_EVERY_MS) and store.revision != self._drawn_revision):
            if self._is_table_due:
                # What came last may have come while it was too early for the table.
                self._show_outages(self.target_ids())
            return
        self._drawn, self._drawn_revision = key, store.revision
        self._since_draw.start()
        self.frames_drawn += 1
        ids = self.target_ids()
        self.heat.show_targets(ids, [store.series(target_id).label for target_id in ids])
        self.heat.draw()
        column = translate("Plots", "one column is {0}").format(self._words.span(column_s))
        self._show_legend(column if axis.is_live else translate("Plots", "Not live"))
        if self._is_table_due or not axis.is_live:
            self._show_outages(ids)
        self._cursor_changed()

    def target_ids(self) -> list[str]:
        """Rows, from the top: those named, else the plan's, else whatever was measured."""
        if self._only:
            return list(self._only)
        planned = [target.id for target in self._store.plan.targets]
        return planned or list(self._store.targets)

    def summary(self) -> str:
        """What the heat map shows now, in two sentences."""
        axis, store = self._axis, self._store
        ids = self.target_ids()
        where = self.tr("{0} targets, {1} to {2}.", "", len(ids)).format(
            self._words.texts.number(len(ids)),
            clock_text(axis.from_s, store.wall_s),
            clock_text(min(axis.to_s, axis.now_s), store.wall_s),
        )
        if not self.outages.seen:
            return " ".join((where, translate("Plots", "No outages.")))
        down = [self._store.series(row.target).label for row in self.outages.rows[: self.outages.running]]
        said = [where, self._count.text() + "."]
        if down:
            said.append(translate("Plots", "Down now: {0}.").format(", ".join(dict.fromkeys(down))))
        return " ".join(said)

    def columns(self) -> list[str]:
        """Headings of `rows`."""
        return [
            translate("Plots", "Target"),
            translate("Plots", "Checks"),
            translate("Plots", "Failed"),
            translate("Plots", "Worst layer"),
            translate("Plots", "Outages"),
        ]

    def rows(self) -> list[list[str]]:
        """The table twin of the heat map: each target's figures in the visible window."""
        axis, words = self._axis, self._words
        found = []
        for target_id in self.target_ids():
            series = self._store.series(target_id)
            checks = series.slice(axis.from_s, axis.to_s).checks
            seen = (checks["due_s"] >= axis.from_s) & (checks["due_s"] <= axis.to_s) & (checks["result"] != WAITED)
            states = checks["state"][seen]
            worst = State(int(states.max())) if len(states) else State.NOTHING
            failed = int((states >= FAILING).sum())
            outages = sum(
                outage.from_s <= axis.to_s and (outage.to_s is None or outage.to_s >= axis.from_s)
                for outage in series.outages
            )
            found.append(
                [
                    series.label,
                    words.texts.number(len(states)),
                    words.percent(failed / len(states) if len(states) else None),
                    words.texts.layer(worst.layer) if worst.layer is not None else words.latency(None),
                    words.texts.number(outages),
                ]
            )
        return found

    def data(self) -> GraphData:
        """The heat map as figures: a row per target and column of time, with its state."""
        grid, store = self.heat.grid, self._store
        shares = grid.shares(slice(0, len(grid.cells)))
        labels = [store.series(target_id).label for target_id in self.heat.target_ids]
        rows = []
        for label, line, line_shares in zip(labels, grid.cells, shares, strict=False):
            for column, (number, share) in enumerate(zip(line.tolist(), line_shares.tolist(), strict=True)):
                at_s, state = (grid.first + column) * grid.column_s, State(number)
                failed = round(share, 4) if state >= FAILING else 0.0
                utc = utc_text(at_s, store.wall_s)
                rows.append([utc, at_s, grid.column_s, label, state.name.lower(), failed])
        return GraphData(["utc", "session_s", "length_s", "target", "state", "failed"], rows)

    def changeEvent(self, event: QEvent) -> None:
        """Follow language and font."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange and hasattr(self, "heat"):
            self.heat.fit_font()
            self._forget()

    def _place(self) -> None:
        below = QWidget()
        column = QVBoxLayout(below)
        column.setContentsMargins(0, 4, 0, 0)
        column.setSpacing(4)
        bold = self._heading.font()
        bold.setBold(True)
        self._heading.setFont(bold)
        title = QHBoxLayout()
        title.setSpacing(10)
        title.addWidget(self._heading)
        title.addWidget(self._count, 1)
        column.addLayout(title)
        column.addWidget(self.table, 1)
        splitter = QSplitter(Qt.Orientation.Vertical)
        splitter.setChildrenCollapsible(False)
        splitter.addWidget(self.heat)
        splitter.addWidget(self.compare)
        splitter.addWidget(below)
        for place, stretch in enumerate((3, 3, 1)):
            splitter.setStretchFactor(place, stretch)
        splitter.setSizes([520, 300, 210])
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(self.legend)
        layout.addWidget(splitter, 1)
        layout.addWidget(self.twin)
        self.setFocusProxy(self.heat)
        self.actions_of_graph = GraphActions(self, self.data, self._words)
        self.table_action = self.actions_of_graph.add_toggle(table_text, "T", self._show_table)
        self.twin.closed.connect(self._hide_table)

    def _show_table(self, is_shown: bool) -> None:
        self.twin.setVisible(is_shown)
        (self.twin if is_shown else self.heat).setFocus()

    def _hide_table(self) -> None:
        self.table_action.setChecked(False)

    def _read_table(self) -> tuple[list[str], list[list[str]]]:
        return self.columns(), self.rows()

    def _forget(self) -> None:
        super()._forget()
        self._since_table.invalidate()

    @property
    def _is_table_due(self) -> bool:
        """Is there something that the table does not show yet, and was it shown long enough?"""
        if not self._since_table.isValid():
            return True
        return self._since_table.elapsed() >= TABLE_EVERY_MS and self._table_shows != self._table_key()

    def _table_key(self) -> tuple[object, ...]:
        axis, store = self._axis, self._store
        return self._only, store.plan_revision, store.revision, axis.from_s, axis.to_s, axis.now_s

    def _show_outages(self, ids: list[str]) -> None:
        axis = self._axis
        self._since_table.start()
        self._table_shows = self._table_key()
        self.outages.show(ids, axis.from_s, axis.to_s, axis.now_s)
        self.table.fit()
        number = self._words.texts.number
        if not self.outages.seen:
            self._count.setText(translate("Plots", "None in this time"))
        else:
            text = translate("Plots", "{0} in this time, {1} now")
            self._count.setText(text.format(number(self.outages.seen), number(self.outages.running)))
        tone = "down" if self.outages.running else "muted"
        if self._count.property("tone") != tone:
            self._count.setProperty("tone", tone)
            self._count.style().unpolish(self._count)
            self._count.style().polish(self._count)
        self.heat.setAccessibleDescription(self.summary())
        self.twin.refresh()
        self.summary_changed.emit()

    def _cursor_changed(self) -> None:
        at_s, heat = self._axis.cursor_s, self.heat
        row = heat.hovered_row
        if not self.isVisible() or at_s is None or not 0 <= row < len(heat.target_ids):
            heat.crosshair.vanish()
            return
        state = heat.state_at(row, at_s)
        label = self._store.series(heat.target_ids[row]).label
        parts = [clock_text(at_s, self._store.wall_s), label, self._state_word(state, heat.target_ids[row], at_s)]
        if state >= FAILING and 0.0 < (share := heat.share_at(row, at_s)) < 1.0:
            parts.append(translate("Plots", "{0} failed").format(self._words.percent(share)))
        said = " · ".join(parts)
        x = (at_s - self._axis.from_s) / self._axis.length_s * heat.box.rect().width()
        below = heat.rows.rect_of(row, 1.0).bottom() + 4.0
        at = heat.box.mapToScene(x, below)
        heat.crosshair.show_at(at.x(), [said], at.y())

    def _state_word(self, state: State, target_id: str, at_s: float) -> str:
        texts = self._words.texts
        if state.layer is not None:
            fails = translate("Plots", "fails at: {0}").format(texts.layer(state.layer))
            held = held_words(self._store, self._store.series(target_id), at_s)
            return f"{fails} · {held}" if state.is_held else fails
        match state:
            case State.UP | State.SLOW | State.PAUSED | State.VOID:
                return texts.state(state.name.lower())
            case _:
                return translate("Plots", "nothing measured")

    def _show_legend(self, note: str) -> None:
        texts = self._words.texts
        plain = [(STATE_TOKENS[state], texts.state(state.name.lower())) for state in (State.UP, State.SLOW)]
        usual = (State.NAME, State.CONNECT, State.TLS, State.ANSWER)
        rare = [state for state in (State.PROXY, State.SELF) if bool((self.heat.grid.cells == state).any())]
        layers = [
            (STATE_TOKENS[state], f"{texts.layer(state.layer)} · {state.layer.letter}")
            for state in (*usual, *rare)
            if state.layer is not None
        ]
        held = [state for state in State if state.is_held and bool((self.heat.grid.cells == state).any())]
        notes = [
            translate("Plots", "height: share that failed") if self.heat.has_parts else "",
            translate("Plots", "paler: not sent") if held else "",
            note,
        ]
        note = " · ".join(filter(None, notes))
        paused = [(STATE_TOKENS[State.PAUSED], texts.state("paused"))]
        self.legend.show_entries([*plain, *layers, *paused], note)

    def _recolour(self) -> None:
        self.heat.recolour()
        self.legend.update()

    def _retranslate(self) -> None:
        title = translate("Plots", "Heat map of all targets over time, by failing layer")
        self.setWindowTitle(title)
        self.heat.setAccessibleName(title)
        self.table.setAccessibleName(translate("Plots", "Outages"))
        self.twin.setAccessibleName(translate("Plots", "The heat map as a table"))
        self._heading.setText(translate("Plots", "Outages"))
        self.outages.retranslate()
        self._forget()
        self.draw_frame()
