"""The figures of a session, of each target and of all together, in words and ready for export."""

import csv
import io
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QCoreApplication, QObject

from clearline.domain.event import AnyEvent, BreakerState, Result
from clearline.domain.metrics import SAMPLES, Metrics
from clearline.domain.phase import Phase
from clearline.domain.statistics import P50_FROM, P95_FROM, P99_FROM
from clearline.ui.viewmodels.session import SessionModel
from clearline.ui.viewmodels.words import NONE, Words

translate = QCoreApplication.translate

FEW_TARGETS = 100
SAMPLES_OF_MANY = 240
"""With more targets each keeps fewer samples, still enough for a 99th percentile: 1,000 take 40 MB, not 200."""
_NEEDED = {"p50": P50_FROM, "p95": P95_FROM, "p99": P99_FROM}


@dataclass(frozen=True, slots=True)
class FigureRow:
    """A name and what is known; `tip` says what it means, or why there is nothing."""

    name: str
    values: tuple[str, ...]
    tip: str = ""
    tone: str = ""


@dataclass(frozen=True, slots=True)
class FigureGroup:
    """Figures of one kind; `heads` where they have columns."""

    title: str
    rows: tuple[FigureRow, ...]
    heads: tuple[str, ...] = ()


class FiguresModel(QObject):
    """Folds every event into the figures of all targets and of the one it is about."""

    def __init__(self, session: SessionModel, words: Words, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._words = words
        self._all = Metrics()
        self._each: dict[str, Metrics] = {}
        self._behind: dict[str, list[str]] = {}
        session.plan_used.connect(self._plan_used)

    def fold(self, events: Sequence[AnyEvent]) -> None:
        """Take a batch of events, in order."""
        for event in events:
            self._all.fold(event)
            if target := getattr(event, "target", ""):
                self._of(target).fold(event)
            else:
                for behind in self._behind.get(getattr(event, "key", ""), ()):
                    self._of(behind).fold(event)

    def metrics(self, target_id: str | None) -> Metrics:
        """The figures of one target, or of all, up to now."""
        metrics = self._of(target_id) if target_id else self._all
        metrics.until_s = max(metrics.until_s, self._session.latest_s)
        return metrics

    def reset(self) -> None:
        """Count anew from now, for all targets."""
        for metrics in (self._all, *self._each.values()):
            metrics.reset(self._session.latest_s)

    def count_from(self, at_s: float) -> None:
        """Count anew from this moment of a recorded session on."""
        self._all.reset(at_s)
        self._each.clear()

    def groups(self, target_id: str | None) -> tuple[FigureGroup, ...]:
        """All figures in words."""
        metrics = self.metrics(target_id)
        return (
            self._checks(metrics),
            self._times(metrics),
            self._attempts(metrics),
            self._errors(metrics),
            self._breaker(metrics, target_id),
        )

    def since(self, target_id: str | None) -> str:
        """From when to when the figures count."""
        metrics = self.metrics(target_id)
        begin = self._words.clock_time(self._session.wall_s + metrics.since_s)
        span = self._words.span(float(round(metrics.until_s - metrics.since_s)))
        return translate("Figures", "Since {time}, {span}").format(time=begin, span=span)

    def as_json(self, target_id: str | None) -> str:
        """Everything as JSON text."""
        return json.dumps(self._export(target_id), ensure_ascii=False, allow_nan=False, indent=2) + "\n"

    def as_csv(self, target_id: str | None) -> str:
        """Everything as CSV: a dotted name and its value a line."""
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(("figure", "value"))
        writer.writerows(_flat(self._export(target_id)))
        return text.getvalue()

    def _export(self, target_id: str | None) -> dict[str, Any]:
        started = self._session.started
        state = self._session.state(target_id)
        head = {
            "session": started.session_id if started else "",
            "session_began_s": self._session.wall_s,
            "target": state.target.label if state else "",
            "address": state.target.shown if state else "",
        }
        return {**head, **self.metrics(target_id).as_dict()}

    def _of(self, target_id: str) -> Metrics:
        metrics = self._each.get(target_id)
        if metrics is None:
            samples = SAMPLES if len(self._session.states) <= FEW_TARGETS else SAMPLES_OF_MANY
            metrics = self._each[target_id] = Metrics(self._all.since_s, samples=samples)
        return metrics

    def _plan_used(self) -> None:
        """Events of a breaker or a budget are about all targets behind it."""
        self._behind = {}
        for state in self._session.states.values():
            for key in {state.target.breaker_key, state.target.origin}:
                self._behind.setdefault(key, []).append(state.target.id)
        for gone in self._each.keys() - self._session.states.keys():
            del self._each[gone]

    def _checks(self, metrics: Metrics) -> FigureGroup:
        words, number, checks = self._words, self._words.texts.number, metrics.checks
        counted = sum(checks[result] for result in (Result.OK, Result.FAILED, Result.REFUSED))
        nothing = translate("Figures", "No check has ended yet.")
        low, high = metrics.loss_interval
        between = self.tr("95% certain between {low} and {high}, from {count} checks (Wilson)", "", counted).format(
            low=words.percent(low), high=words.percent(high), count=number(counted)
        )
        band = f"{words.percent(low)} – {words.percent(high)}" if counted else NONE
        rows = [
            FigureRow(
                translate("Figures", "Success at the first attempt"),
                (words.percent(metrics.first_attempt_rate),),
                translate("Figures", "Share of checks that needed no retry; retries hide what this shows.")
                if counted
                else nothing,
            ),
            FigureRow(
                translate("Figures", "Loss"),
                (words.percent(metrics.loss),),
                between if counted else nothing,
                "down" if metrics.loss else "",
            ),
            FigureRow(translate("Figures", "Loss is likely between"), (band,), between if counted else nothing),
            *self._pattern(metrics),
            FigureRow(translate("Figures", "Checks"), (number(counted),)),
            FigureRow(translate("Figures", "Failed"), (number(checks[Result.FAILED]),)),
            FigureRow(
                translate("Figures", "Refused by the breaker"),
                (number(checks[Result.REFUSED]),),
                translate("Figures", "Nothing was sent: the breaker was open."),
            ),
            FigureRow(
                translate("Figures", "Not made"),
                (number(sum(metrics.missed.values())),),
                "\n".join(
                    words.texts.pair(words.texts.missed(reason), number(count))
                    for reason, count in metrics.missed.items()
                ),
            ),
        ]
        return FigureGroup(translate("Figures", "Checks"), tuple(rows))

    def _pattern(self, metrics: Metrics) -> list[FigureRow]:
        """How the losses are spread, where there are any."""
        if not metrics.loss:
            return []
        texts, pattern = self._words.texts, metrics.loss_pattern.value
        word, meaning = texts.say(f"loss_pattern.{pattern}"), texts.say(f"loss_pattern_means.{pattern}")
        return [FigureRow(translate("Figures", "Losses come"), (word,), meaning)]

    def _attempts(self, metrics: Metrics) -> FigureGroup:
        number = self._words.texts.number
        rows = [
            FigureRow(translate("Figures", "Attempts"), (number(metrics.requests),)),
            FigureRow(translate("Figures", "Retries"), (number(metrics.retries),)),
            FigureRow(
                translate("Figures", "Retries denied"),
                (number(metrics.retries_denied),),
                translate("Figures", "The budget did not pay for them."),
            ),
            FigureRow(
                translate("Figures", "Timeouts"),
                (number(metrics.timeouts),),
                translate("Figures", "Attempts that ran out of time, in whatever phase."),
            ),
            FigureRow(
                translate("Figures", "Connection failures"),
                (number(metrics.connection_failures),),
                translate("Figures", "Attempts that failed before anything could be sent."),
            ),
            FigureRow(
                translate("Figures", "Waited between attempts"),
                (self._words.span(metrics.waited_s),),
            ),
        ]
        if metrics.disturbed:
            told = translate("Figures", "This computer was busy or asleep meanwhile: they are in no other figure.")
            rows.append(FigureRow(translate("Figures", "Disturbed"), (number(metrics.disturbed),), told))
        for source, count in metrics.fallbacks.items():
            told = self._words.texts.say(f"fallback.{source}", age=NONE, place=NONE)
            rows.append(FigureRow(translate("Figures", "Stood in"), (number(count),), told))
        return FigureGroup(translate("Figures", "Attempts"), tuple(rows))

    def _errors(self, metrics: Metrics) -> FigureGroup:
        texts = self._words.texts
        rows = [
            FigureRow(texts.fault(kind).title, (texts.number(count),), kind)
            for kind, count in metrics.errors.most_common()
        ]
        none = FigureRow(translate("Figures", "None"), ("",), translate("Figures", "No attempt has failed."))
        return FigureGroup(translate("Figures", "Errors by kind"), tuple(rows or [none]))

    def _breaker(self, metrics: Metrics, target_id: str | None) -> FigureGroup:
        state = self._session.state(target_id)
        keys = [state.target.breaker_key] if state else sorted(self._behind_breakers())
        spent: dict[str, float] = {}
        for key in keys:
            # A breaker that never changed was closed all the time.
            known = metrics.breaker_seconds(key) or {BreakerState.CLOSED.value: metrics.until_s - metrics.since_s}
            for name, seconds in known.items():
                spent[name] = spent.get(name, 0.0) + seconds
        whole = sum(spent.values())
        rows = [
            FigureRow(
                _capital(self._words.texts.state(name.value)),
                (
                    self._words.span(float(round(spent.get(name, 0.0)))),
                    self._words.percent(spent.get(name, 0.0) / whole) if whole else NONE,
                ),
                "" if whole else translate("Figures", "Nothing was tested yet."),
            )
            for name in BreakerState
            if name is not BreakerState.ISOLATED or spent.get(name)
        ]
        return FigureGroup(translate("Figures", "Time of the breaker"), tuple(rows))

    def _behind_breakers(self) -> set[str]:
        return {state.target.breaker_key for state in self._session.states.values()}

    def _times(self, metrics: Metrics) -> FigureGroup:
        rows = [self._phase(metrics, None, translate("Figures", "Whole attempt"))]
        rows += [
            self._phase(metrics, phase, self._words.texts.phase(phase)) for phase in Phase if metrics.samples(phase)
        ]
        heads = ("p50", "p95", "p99", translate("Figures", "count"))
        # The unit once: beside each of four columns it would leave no room for the names.
        return FigureGroup(translate("Figures", "Times of successful attempts, in ms"), tuple(rows), heads)

    def _phase(self, metrics: Metrics, phase: Phase | None, name: str) -> FigureRow:
        samples, known = metrics.samples(phase), metrics.percentiles(phase)
        number = self._words.texts.number
        lacking = [
            translate("Figures", "{name} needs {needed} successes; so far {count}.").format(
                name=one, needed=_NEEDED[one], count=number(samples)
            )
            for one, value in known.items()
            if value is None
        ]
        values = (*(self._words.milliseconds(value) for value in known.values()), number(samples))
        return FigureRow(_capital(name), values, "\n".join(lacking))


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _flat(values: dict[str, Any], before: str = "") -> Iterator[tuple[str, object]]:
    for name, value in values.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{before}{name}.")
        else:
            yield f"{before}{name}", value
