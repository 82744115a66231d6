"""The visible span of the selected target in figures: loss and outages by time, what was left out, latencies."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication, QObject, Signal

from clearline.domain.outages import WORTH_SAYING_S, Excluded, Outage, Why
from clearline.domain.span_statistics import SpanStatistics
from clearline.ui.viewmodels.figures import FigureGroup, FigureRow
from clearline.ui.viewmodels.words import NONE, Words

translate = QCoreApplication.translate


@dataclass(frozen=True, slots=True)
class OutageLine:
    """One outage in words."""

    target_id: str
    from_s: float
    to_s: float
    when: str
    """`14:02:10 to 14:03:10`."""
    length: str
    cause: str
    unsent: str
    """How long at its end nothing was sent; empty where that is not worth saying."""
    hint: str


class SpanModel(QObject):
    """What was read of a span last."""

    changed = Signal()

    def __init__(self, words: Words, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._words = words
        self._found: SpanStatistics | None = None
        self._wall_s = 0.0
        self.label = ""
        self.is_reading = False
        self.note = ""
        """Why there is nothing to show."""

    @property
    def statistics(self) -> SpanStatistics | None:
        """The figures themselves."""
        return self._found

    def begin(self, label: str) -> None:
        """These figures are being read."""
        self.label, self.is_reading, self.note = label, True, ""
        self.changed.emit()

    def show(self, found: SpanStatistics, label: str, wall_s: float) -> None:
        """These are the figures from now on."""
        self._found, self._wall_s = found, wall_s
        self.label, self.is_reading, self.note = label, False, ""
        self.changed.emit()

    def show_nothing(self, note: str) -> None:
        """There are none, and this is why."""
        self._found, self.is_reading, self.note = None, False, note
        self.changed.emit()

    def when(self) -> str:
        """From when to when, and how long."""
        if self._found is None:
            return ""
        said = translate("Span", "{begin} to {end}, {span}")
        length_s = self._found.to_s - self._found.from_s
        return said.format(
            begin=self._clock(self._found.from_s),
            end=self._clock(self._found.to_s),
            span=self._words.span(float(round(length_s))),
        )

    def groups(self) -> tuple[FigureGroup, ...]:
        """All figures in words; none before something was read."""
        found = self._found
        return () if found is None else (self._time(found), self._slots(found), self._latency(found))

    def outages(self) -> list[OutageLine]:
        """The outages of the span, the latest first."""
        found = self._found
        return [] if found is None else [self._line(outage, found.to_s) for outage in reversed(found.outages)]

    def _time(self, found: SpanStatistics) -> FigureGroup:
        words = self._words
        low, high = words.percent(found.loss_low), words.percent(found.loss_high)
        weighed = translate(
            "Span",
            "Share of the measured time without success: each check stands until the next one was due, so slow "
            "failures do not hide an outage. 95% sure: {low} to {high}.",
        )
        rows = [
            FigureRow(
                translate("Span", "Loss by time"),
                (words.percent(found.loss),),
                weighed.format(low=low, high=high) if found.loss is not None else self._nothing(),
                "down" if found.loss else "",
            ),
            FigureRow(translate("Span", "95% sure"), (f"{low} – {high}" if found.loss is not None else NONE,)),
            FigureRow(
                translate("Span", "Down in outages"),
                (words.span(round(found.outage_s, 1)),),
                translate("Span", "Two checks in a row without success, or more, until the first that succeeded"),
            ),
            FigureRow(translate("Span", "Measured"), (words.span(round(found.measured_s, 1)),)),
            *self._left_out(found.excluded),
        ]
        return FigureGroup(translate("Span", "Time"), tuple(rows))

    def _left_out(self, excluded: Sequence[Excluded]) -> list[FigureRow]:
        spent: Counter[Why] = Counter()
        for span in excluded:
            spent[span.why] += span.to_s - span.from_s  # type: ignore[assignment] # seconds
        return [
            FigureRow(
                self._why(why),
                (self._words.span(round(spent[why], 1)),),
                translate("Span", "Counts in no figure: it says nothing about the target"),
            )
            for why in Why
            if spent[why] >= 0.05
        ]

    def _slots(self, found: SpanStatistics) -> FigureGroup:
        words, number = self._words, self._words.texts.number
        rows = [
            FigureRow(translate("Span", "Made"), (number(sum(found.checks.values())),)),
            FigureRow(
                translate("Span", "Without success"),
                (number(found.checks.get("failed", 0) + found.checks.get("refused", 0)),),
            ),
            FigureRow(
                translate("Span", "Good at the first attempt"),
                (words.percent(found.first_attempt_success),),
                translate("Span", "What retries hide"),
            ),
            FigureRow(
                translate("Span", "Begun late"),
                (number(found.late_starts),),
                translate("Span", "More than half an interval after they were due"),
            ),
            FigureRow(
                translate("Span", "Slots missed"),
                (number(sum(found.missed.values())),),
                translate("Span", "Due, but not made: the check before was still under way, or the tester was away"),
            ),
            FigureRow(translate("Span", "Answered late"), (number(found.late_replies),)),
        ]
        return FigureGroup(translate("Span", "Checks"), tuple(rows))

    def _latency(self, found: SpanStatistics) -> FigureGroup:
        words, latency = self._words, found.latency
        few = translate("Span", "Too few successes to tell")
        named = (
            (translate("Span", "Median"), latency.p50),
            (translate("Span", "95th percentile"), latency.p95),
            (translate("Span", "99th percentile"), latency.p99),
            (translate("Span", "Longest"), latency.high),
            (translate("Span", "Jitter"), latency.jitter),
        )
        rows = [FigureRow(name, (words.latency(value),), few if value is None else "") for name, value in named]
        return FigureGroup(translate("Span", "Latency"), tuple(rows))

    def _line(self, outage: Outage, now_s: float) -> OutageLine:
        words = self._words
        end_s = now_s if outage.to_s is None else outage.to_s
        when = translate("Span", "{begin} to {end}") if outage.to_s is not None else translate("Span", "since {begin}")
        length = words.span(round(outage.length_s(now_s), 1))
        text = words.texts.fault(outage.kind or "unknown")
        count = outage.checks
        checks = self.tr("{0} checks without success", "", count).format(words.texts.number(count))
        proof = translate("Span", "Evidence: check {0}").format(words.texts.number(outage.check))
        said = [f"{text.title} ({outage.kind})", text.meaning, checks, proof]
        unsent = ""
        if outage.unsure_s >= WORTH_SAYING_S:
            unsure = words.span(float(round(outage.unsure_s)))
            unsent = translate("Span", "the last {unsure} not tested").format(unsure=unsure)
            why = translate(
                "Span", "Nothing was sent in its last {unsure}: the breaker was open, or the target asked to wait."
            )
            said.append(why.format(unsure=unsure))
        cause = text.title
        if outage.layer is not None:
            cause = translate("Span", "{layer}: {fault}").format(layer=words.texts.layer(outage.layer), fault=cause)
        begin, end = self._clock(outage.from_s), self._clock(end_s)
        told = (when.format(begin=begin, end=end), length, cause, unsent, "\n".join(said))
        return OutageLine(outage.target, outage.from_s, end_s, *told)

    def _why(self, why: Why) -> str:
        match why:
            case Why.ASLEEP:
                return translate("Span", "Left out: computer asleep")
            case Why.BUSY:
                return translate("Span", "Left out: computer busy")
            case Why.NOT_RUNNING:
                return translate("Span", "Left out: engine not running")
            case Why.NETWORK_LOST:
                return translate("Span", "Left out: own network or internet access lost")
            case Why.PAUSED:
                return translate("Span", "Left out: paused")
            case Why.VOID:
                return translate("Span", "Left out: checks that prove nothing")
            case Why.UNMEASURED:
                return translate("Span", "Left out: not measured")

    def _nothing(self) -> str:
        return translate("Span", "Nothing was measured in this time")

    def _clock(self, at_s: float) -> str:
        return self._words.clock_time(self._wall_s + at_s)
