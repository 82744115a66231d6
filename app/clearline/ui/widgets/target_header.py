"""Above the graphs: which target this is, how it is doing in words, and its figures; or all targets in one line."""

from collections import Counter
from collections.abc import Sequence

from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from clearline.domain.statistics import P50_FROM, P95_FROM
from clearline.ui.icons import StatusShape
from clearline.ui.viewmodels.explain import state_in_words
from clearline.ui.viewmodels.session import SessionModel, Source
from clearline.ui.viewmodels.status import Status
from clearline.ui.viewmodels.target_state import TargetState
from clearline.ui.viewmodels.theme import Theme
from clearline.ui.viewmodels.words import NONE, Words
from clearline.ui.widgets.elided_label import ElidedLabel
from clearline.ui.widgets.figures import Figure, FigureStrip
from clearline.ui.widgets.labels import Label

FIGURES = 8


class TargetHeader(QWidget):
    """Name, address, pace, state in words; figures only where enough samples carry them."""

    def __init__(self, theme: Theme, words: Words, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words = words
        self._name = ElidedLabel(factor=1.35, bold=True)
        self._address = ElidedLabel("muted")
        # It takes what the name and the state leave.
        self._address.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._shape = StatusShape(theme)
        self._state = Label(bold=True)
        self._figures = FigureStrip(FIGURES)
        line = QHBoxLayout()
        line.setSpacing(8)
        line.addWidget(self._name)
        line.addWidget(self._address, 1)
        line.addWidget(self._shape)
        line.addWidget(self._state)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addLayout(line)
        column.addWidget(self._figures)

    def show_target(self, state: TargetState, now_s: float) -> None:
        """Show one target as it is now, `now_s` in session time."""
        target = state.target
        self._name.say(target.label)
        pace = self.tr("every {span}").format(span=self._words.span(state.interval_s))
        self._address.say("  ·  ".join(part for part in (target.shown.removesuffix("/"), pace) if part != target.label))
        self._show_status(state.status, state_in_words(state, self._words, now_s))
        self._figures.show()
        self._figures.show_figures(self._figures_of(state))

    def show_all(self, session: SessionModel, chosen: Sequence[TargetState] = ()) -> None:
        """Show all targets in one line, or the chosen ones."""
        states = chosen or list(session.states.values())
        targets = self._words.texts.number(len(states))
        if chosen:
            name, count = self.tr("{count} selected targets", "", len(states)).format(count=targets), ""
        else:
            name = self.tr("All targets")
            count = self.tr("{count} watched", "", len(states)).format(count=targets)
        self._name.say(name)
        paces = {state.interval_s for state in states}
        pace = self.tr("every {span}").format(span=self._words.span(paces.pop())) if len(paces) == 1 else ""
        self._address.say("  ·  ".join(part for part in (count, pace) if part))
        counts = Counter(state.status for state in states)
        down, slow, testing = counts[Status.DOWN], counts[Status.SLOW], counts[Status.HALF_OPEN]
        is_over = session.source is Source.FILE
        if down or testing:
            told = self.tr("{count} failing at the end") if is_over else self.tr("{count} failing now")
            self._show_status(Status.DOWN, told.format(count=down + testing))
        elif slow:
            told = self.tr("{count} slow at the end", "", slow) if is_over else self.tr("{count} slow now", "", slow)
            self._show_status(Status.SLOW, told.format(count=slow))
        elif counts[Status.UP]:
            self._show_status(Status.UP, self.tr("All answer"))
        else:
            self._show_status(Status.UNKNOWN, self.tr("Not tested yet"))
        self._figures.hide()

    def _show_status(self, status: Status, text: str) -> None:
        self._shape.show_status(status)
        self._state.say(text)
        self._state.set_tone(status.value)
        self._state.setToolTip(status.meaning)

    def _figures_of(self, state: TargetState) -> list[Figure]:
        words, statistics = self._words, state.statistics
        loss = statistics.loss
        low, high = statistics.loss_interval
        too_few = self.tr("Needs {count} successful checks; so far {samples}.")
        few_median = too_few.format(count=P50_FROM, samples=statistics.samples)
        few_p95 = too_few.format(count=P95_FROM, samples=statistics.samples)
        median, p95 = statistics.latency(0.5), statistics.latency(0.95)
        jitter = statistics.jitter_ms if statistics.samples >= P50_FROM else None
        last = self.tr("The latest successful check, all phases together.")
        if state.syn_lost:
            last = self.tr("It answered, but connection requests were lost: their repeats are no latency of the path.")
        elif statistics.last_ms is None:
            last = self.tr("The latest check did not succeed, or none has ended yet.")
        return [
            Figure(self.tr("Last"), words.latency_or_lost(statistics.last_ms, state.syn_lost), last),
            Figure(
                self.tr("Median"), words.latency(median), few_median if median is None else self.tr("Half are faster.")
            ),
            Figure(self.tr("p95"), words.latency(p95), few_p95 if p95 is None else self.tr("19 of 20 are faster.")),
            Figure(
                self.tr("Jitter"),
                words.latency(jitter),
                few_median if jitter is None else self.tr("Mean difference of successive checks."),
            ),
            Figure(
                self.tr("Loss"),
                words.percent(loss),
                self.tr("Share of the latest checks that failed; with 95% confidence {low} to {high}.").format(
                    low=words.percent(low), high=words.percent(high)
                )
                if loss is not None
                else self.tr("No check has ended yet."),
                "down" if loss else "",
            ),
            Figure(
                self.tr("Kernel RTT"),
                words.latency(state.kernel_rtt_ms),
                self.tr("The round trip as the operating system measured it, free of this program's own delays.")
                if state.kernel_rtt_ms is not None
                else self.tr("The operating system gives no figure for this kind of test, or nothing was reached yet."),
            ),
            self._timeout(state),
            Figure(
                self.tr("Attempts"),
                words.texts.number(state.attempts) if state.attempts else NONE,
                self.tr("Attempts so far; a check has one or more."),
            ),
        ]

    def _timeout(self, state: TargetState) -> Figure:
        """The limit in force, and why where it follows what the host takes."""
        words = self._words
        if (adapted := state.timeout_now) is None:
            told = self.tr("How long one attempt may take: the limit in force.")
            return Figure(self.tr("Timeout"), words.span(state.profile.timeouts.attempt_s), told)
        figures = adapted.values
        told = words.texts.say(
            f"adaptive.{adapted.why}",
            **{
                **figures,
                "percent": figures.get("quantile", 0.0) * 100,
                "quantile": words.span(figures.get("quantile_s", 0.0)),
                "limit": words.span(figures.get("limit_s", adapted.after_s)),
            },
        )
        phase = self.tr("Adaptive limit of the step “{phase}”.").format(phase=words.texts.phase(adapted.phase))
        return Figure(self.tr("Timeout"), f"{words.span(adapted.after_s)} ~", f"{phase} {told}")
