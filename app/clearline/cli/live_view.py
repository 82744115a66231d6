"""The live table of `clearline watch`: a row a target, in a terminal or as plain lines where there is none."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import click
from rich.console import Console
from rich.live import Live
from rich.table import Table
from rich.text import Text

from clearline.cli.beat_words import liveness_words
from clearline.cli.words import COLOURS, clock_time, lab_words, stand_in_words, state_words
from clearline.diagnosis.watched import TogetherText, Watched, together_text
from clearline.domain.event import (
    AttemptEnded,
    BreakerChanged,
    BreakerState,
    CheckEnded,
    EngineReported,
    Event,
    FallbackUsed,
    LabFaultChanged,
    LivenessChanged,
    NetworkChanged,
    PlanApplied,
    ReplyCameLate,
    Result,
    TesterDisturbed,
)
from clearline.domain.fault import layer_of
from clearline.domain.outcome import Outcome
from clearline.domain.statistics import Statistics
from clearline.domain.strain import StrainWatch
from clearline.domain.target import Target
from clearline.host.texts import Texts

REFRESHES_PER_S = 4
LABEL_WIDTH = 28
OTHER_WIDTH = LABEL_WIDTH + 40
"""Of all columns but the last; figures are never cut."""


@dataclass
class Row:
    """What is known of one target."""

    target: Target
    statistics: Statistics = field(default_factory=Statistics)
    outcome: Outcome | None = None
    used: FallbackUsed | None = None
    """What stood in for its latest check; None where nothing did."""
    state: str = "unknown"
    shown_state: str = "unknown"
    is_broken: bool = False
    """Does the practice lab make a fault here?"""


class LiveView:
    """Folds events into rows; shows them live in a terminal, else writes a line for each change of state."""

    def __init__(self, texts: Texts, console: Console, *, heading: str = "", wall_s: float = 0.0) -> None:
        self._texts = texts
        self._wall_s = wall_s
        self._console = console
        self._heading = heading
        self._rows: dict[str, Row] = {}
        self._breakers: dict[str, BreakerState] = {}
        self._status = ""
        self._strain = StrainWatch()
        self._watched = Watched()
        self._together: TogetherText | None = None
        """What many targets that fail have in common, while that is so."""
        self._live: Live | None = None
        self._is_over = False
        self._moments = 0
        self._moments_s = 0.0

    def start(self) -> None:
        """Begin to show."""
        if self._console.is_terminal:
            self._live = Live(
                get_renderable=self._picture, console=self._console, refresh_per_second=REFRESHES_PER_S, screen=False
            )
            self._live.start()
        elif self._heading:
            self._console.print(self._heading)

    def finish(self) -> None:
        """Stop showing; the last table stays."""
        self._is_over = True
        if self._live is not None:
            self._live.stop()
            self._live = None
        else:
            self._console.print(self._table())
        if self._moments:
            span = self._texts.duration(self._moments_s)
            click.echo(self._texts.say("cli.busy_moments", count=self._moments, span=span))

    def emit(self, events: Sequence[Event]) -> None:
        """Fold events."""
        for event in events:
            self._watched.fold(event)
            if self._strain.fold(event) and self._live is None:
                told = self._texts.say("strain.begins" if self._strain.is_strained else "strain.ends")
                click.echo(f"{self._texts.duration(event.at_s):>8}  {told}")
            match event:
                case PlanApplied(plan=plan):
                    self._rows = {target.id: self._rows.get(target.id) or Row(target) for target in plan.targets}
                    for known in self._rows.values():
                        if known.target.is_paused:
                            known.state = "paused"
                case AttemptEnded(outcome=outcome) if event.target in self._rows:
                    if outcome.fault is None or not outcome.fault.is_void:
                        self._rows[event.target].outcome = outcome
                case BreakerChanged():
                    self._breakers[event.key] = event.after
                case FallbackUsed() if event.target in self._rows:
                    self._tell_stand_in(event, self._rows[event.target])
                case CheckEnded() if event.target in self._rows:
                    self._fold_check(self._rows[event.target], event)
                case ReplyCameLate() if event.target in self._rows:
                    self._rows[event.target].statistics.add_late(event.check)
                case LivenessChanged() if self._live is None and event.target in self._rows:
                    label = self._rows[event.target].target.label
                    click.echo(
                        f"{self._texts.duration(event.at_s):>8}  {label}  {liveness_words(event, self._texts)}".rstrip()
                    )
                case LabFaultChanged() if self._live is None and event.target in self._rows:
                    self._tell_lab(event, self._rows[event.target])
                case EngineReported():
                    self._status = self._status_words(event)
                    self._tell_together(event.at_s)
                case NetworkChanged() if self._live is None:
                    click.echo(f"{self._texts.duration(event.at_s):>8}  {self._texts.network(event.changes)}")
                case TesterDisturbed():
                    self._tell_disturbance(event)

    def _tell_lab(self, event: LabFaultChanged, row: Row) -> None:
        """What the practice lab did, before what comes of it; that a server is well from the beginning is no news."""
        if event.fault or row.is_broken:
            click.echo(lab_words(row.target.label, event.at_s, event.fault, event.options, self._texts))
        row.is_broken = bool(event.fault)

    def _tell_disturbance(self, event: TesterDisturbed) -> None:
        """A busy moment alone is no news; all of them are told at the end."""
        span_s = event.at_s - event.from_s
        if event.is_moment:
            self._moments += 1
            self._moments_s += span_s
        elif self._live is None:
            texts = self._texts
            health, span = texts.state(event.health.value), texts.duration(span_s)
            click.echo(texts.say("cli.disturbed", at=texts.duration(event.at_s), health=health, span=span))

    def know_own_side(self, hosts: Iterable[str]) -> None:
        """Which hosts are of this network itself."""
        self._watched.know_own_side(hosts)

    def _tell_together(self, at_s: float) -> None:
        """A line where many begin to fail together, and one where that is over."""
        found, before = self._watched.look(at_s), self._together
        since = clock_time(self._wall_s + found.since_s) if found else ""
        self._together = now = together_text(found, self._texts, since) if found else None
        if self._live is None and (now.title if now else "") != (before.title if before else ""):
            said = f"{now.title} {now.meaning} {now.action}" if now else ""
            told = said or self._texts.say("together.over", title=before.title if before else "")
            click.echo(f"{self._texts.duration(at_s):>8}  {told}")

    def _tell_stand_in(self, event: FallbackUsed, row: Row) -> None:
        """What stands in for the target's answer; a line only where it was something else before, or nothing."""
        before, row.used = row.used, event
        if self._live is None and (before is None or (before.source, before.place) != (event.source, event.place)):
            words = stand_in_words(event, self._texts)
            click.echo(f"{self._texts.duration(event.at_s):>8}  {row.target.label}  {words}")

    def _fold_check(self, row: Row, event: CheckEnded) -> None:
        if row.used is not None and row.used.check != event.check:
            row.used = None
        if event.result is Result.VOID:
            return
        if event.result is Result.OK and row.outcome is not None:
            row.statistics.add_success(row.outcome.latency_ms, first_try=event.attempts == 1)
        else:
            row.statistics.add_failure(event.check)
        if self._breakers.get(row.target.breaker_key) is BreakerState.HALF_OPEN:
            row.state = "half_open"
        else:
            row.state = "up" if event.result is Result.OK else "down"
        if self._live is None and row.state != row.shown_state:
            row.shown_state = row.state
            words = (state_words(row.state, self._texts), row.target.label, self._trouble(row))
            click.echo(f"{self._texts.duration(event.at_s):>8}  {'  '.join(words)}".rstrip())

    def _picture(self) -> Table:
        table = self._table()
        strain = f"▲ {self._texts.say('strain.begins')}\n" if self._strain.is_strained else ""
        together = f"✕ {self._together.title} {self._together.meaning}\n" if self._together else ""
        table.caption = strain + together + self._status
        return table

    def _table(self) -> Table:
        say = self._texts.say
        table = Table(title=self._heading or None, title_justify="left", caption_justify="left", box=None)
        table.add_column(say("cli.column_state"), no_wrap=True)
        table.add_column(say("cli.column_target"), no_wrap=True)
        for code in ("cli.column_last", "cli.column_median", "cli.column_loss"):
            table.add_column(say(code), justify="right", no_wrap=True)
        table.add_column(say("cli.column_trouble"), no_wrap=True)
        # A live table higher than the terminal could not be redrawn: worst first, the rest is counted.
        rows = list(self._rows.values())
        room = len(rows) if self._is_over else max(5, self._console.height - 6)
        if len(rows) > room:
            rows.sort(key=lambda row: row.state == "up")
        for row in rows[:room]:
            table.add_row(*self._cells(row))
        if len(rows) > room:
            table.add_row("", say("cli.more_targets", count=len(rows) - room), "", "", "", "")
        return table

    def _cells(self, row: Row) -> tuple[Text | str, ...]:
        statistics, texts = row.statistics, self._texts
        last_ms, median_ms, loss = statistics.last_ms, statistics.latency(0.5), statistics.loss
        return (
            Text(state_words(row.state, texts), style=COLOURS.get(row.state, "")),
            Text(_fitted(row.target.label, LABEL_WIDTH)),
            _syn_lost(row, texts) if last_ms is None else texts.latency(last_ms),
            "" if median_ms is None else texts.latency(median_ms),
            "" if loss is None else texts.percent(loss),
            Text(_fitted(self._trouble(row), max(20, self._console.width - OTHER_WIDTH))),
        )

    def _trouble(self, row: Row) -> str:
        """The failing layer and the fault in words while the target is not up, and what stands in for its answer."""
        fault = row.outcome.fault if row.outcome else None
        parts = []
        if fault is not None and row.state != "up":
            layer = self._texts.layer(layer_of(fault.kind, fault.phase))
            parts.append(self._texts.pair(layer, self._texts.fault(fault.kind).title))
        if parts and self._watched.references.is_silent:
            parts.append(self._texts.say("together.own_side"))
        elif parts and self._watched.references.is_outside_silent:
            parts.append(self._texts.say("together.outside"))
        if row.used is not None and (self._live is not None or self._is_over):
            parts.append(stand_in_words(row.used, self._texts))
        return ". ".join(parts)

    def _status_words(self, event: EngineReported) -> str:
        texts = self._texts
        words = texts.say("cli.status", rate=texts.number(event.checks_per_s, 1), lag=texts.latency(event.loop_lag_ms))
        if event.recording_problem:
            return f"{words} {texts.say(event.recording_problem)}"
        if event.recording:
            size = texts.number(event.recording_bytes / 1e6, 1)
            return f"{words} {texts.say('cli.recording', file=event.recording, size=size)}"
        return words


def _syn_lost(row: Row, texts: Texts) -> str:
    """What stands in for a figure where connection requests were lost; empty where none was."""
    outcome = row.outcome
    if outcome is None or outcome.fault is not None or not outcome.syn_retransmits:
        return ""
    return texts.say("path.syn_short", count=outcome.syn_retransmits)


def _fitted(text: str, width: int) -> str:
    return text if len(text) <= width else f"{text[: width - 1]}…"
