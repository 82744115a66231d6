"""What happened at one moment, in words: for the crosshair and for screen readers."""

import numpy as np

from clearline.domain.event import Result
from clearline.domain.fault import Layer
from clearline.ui.plots.evidence_words import evidence_lines
from clearline.ui.plots.ticks import clock_text
from clearline.ui.viewmodels.series import SeriesStore, TargetSeries
from clearline.ui.viewmodels.series_slice import PHASES, SeriesSlice
from clearline.ui.viewmodels.series_state import RESULTS, WAITED, State
from clearline.ui.viewmodels.words import Words, translate

SEPARATOR = " · "


def nearest_attempt(part: SeriesSlice, at_s: float) -> int | None:
    """The attempt that was under way, else the nearest one in time; None without any."""
    begins, ends = part.attempts["started_s"], part.attempts["ended_s"]
    if not len(begins):
        return None
    return int(np.argmin(np.maximum(np.maximum(begins - at_s, at_s - ends), 0.0)))


def took_words(part: SeriesSlice, place: int, words: Words) -> str:
    """How long an attempt took; for a success that lost connection requests, how many: it has no latency."""
    value = float(part.attempts["total_ms"][place])
    return words.latency_or_lost(None if value != value else value, int(part.attempts["syn_lost"][place]))


def moment_lines(
    store: SeriesStore, series: TargetSeries, part: SeriesSlice, at_s: float, hints: list[str], words: Words
) -> list[str]:
    """The time and what happened then, most important first; at most three short lines, `hints` the last."""
    clock = clock_text(at_s, store.wall_s, 1.0)
    if (lines := _stretch_lines(store, part, at_s, words)) is not None:
        return [*lines, *_joined(hints)]
    place = nearest_attempt(part, at_s)
    reach = max(1.5 * series.interval_s, 0.01 * (part.to_s - part.from_s))
    if place is None or _distance(part, place, at_s) > reach:
        if _is_held(part, at_s, reach):
            return [SEPARATOR.join([clock, held_words(store, series, at_s)])]
        return [SEPARATOR.join([clock, translate("Plots", "nothing measured")]), *_joined(hints)]
    attempts = part.attempts
    if _is_held(part, at_s, min(reach, _distance(part, place, at_s))):
        return [SEPARATOR.join([clock, held_words(store, series, at_s)])]
    total = took_words(part, place, words)
    if attempts["ok"][place]:
        what = total
    else:
        kind = store.kind(attempts["kind"][place])
        layer = State(int(attempts["state"][place])).layer or Layer.CONNECT
        what = translate("Plots", "{0} after {1}").format(words.fault(kind, layer), total)
    number = int(attempts["attempt"][place])
    profile = store.plan.profile(series.target.profile) if series.target is not None else None
    if profile is not None and number <= profile.retry.attempts:
        tries = translate("Plots", "attempt {0} of {1}").format(number, profile.retry.attempts)
    else:
        tries = translate("Plots", "attempt {0}").format(number)
    moment = clock_text(float(attempts["started_s"][place]), store.wall_s, 1.0)
    lines = [SEPARATOR.join([moment, what, tries]), *_joined([_phases(part, place, words)])]
    if not attempts["ok"][place]:
        outcome = series.outcomes.get((int(attempts["check"][place]), number))
        lines += evidence_lines(outcome, words) if outcome is not None else []
    return [*lines, *_joined(hints)]


def held_words(store: SeriesStore, series: TargetSeries, at_s: float) -> str:
    """Why nothing was sent at a moment: the peer had asked for a pause, or the breaker was open."""
    if (asked := series.asked_at(at_s)) is not None:
        until = clock_text(asked.until_s, store.wall_s)
        return translate("Plots", "not sent: waits as asked until {0}").format(until)
    return translate("Plots", "not sent: breaker open")


def stretch_words(part: SeriesSlice, place: int, words: Words) -> str:
    """How many checks a roll-up holds and how many of them failed."""
    old = part.stretches
    failed = int(old["failed"][place] + old["refused"][place])
    count = words.texts.number(int(old["ok"][place]) + failed)
    return translate("Plots", "failed checks: {0} of {1}").format(words.texts.number(failed), count)


def _stretch_lines(store: SeriesStore, part: SeriesSlice, at_s: float, words: Words) -> list[str] | None:
    """What is known of a time that only roll-ups are kept of; None where single attempts are."""
    old = part.stretches
    inside = np.flatnonzero((old["start_s"] <= at_s) & (at_s < old["start_s"] + old["span_s"]))
    if not len(inside):
        return None
    place = int(inside[0])
    begin, span = float(old["start_s"][place]), float(old["span_s"][place])
    first = SEPARATOR.join([clock_text(begin, store.wall_s, 1.0), words.span(span), stretch_words(part, place, words)])
    count = int(old["count"][place])
    if not count:
        return [first]
    mean, low, high = float(old["sum"][place]) / count, float(old["low"][place]), float(old["high"][place])
    figures = (words.latency(mean), words.latency(low), words.latency(high))
    return [first, translate("Plots", "mean {0}, from {1} to {2}").format(*figures)]


def _phases(part: SeriesSlice, place: int, words: Words) -> str:
    """`connect 12 ms · answer 6 ms`: only where there is more than one."""
    said = []
    for name in PHASES:
        value = float(part.attempts[name][place])
        if value >= 0.05:
            said.append(f"{phase_word(name, words)} {words.latency(value)}")
    return SEPARATOR.join(said) if len(said) > 1 else ""


def phase_word(name: str, words: Words) -> str:
    """A phase of the stacked graph as a word."""
    return words.texts.say("layer.answer") if name == "answer" else words.texts.say(f"phase.{name}")


def _distance(part: SeriesSlice, place: int, at_s: float) -> float:
    begin, end = float(part.attempts["started_s"][place]), float(part.attempts["ended_s"][place])
    return 0.0 if begin <= at_s <= end else min(abs(begin - at_s), abs(end - at_s))


def _is_held(part: SeriesSlice, at_s: float, reach_s: float) -> bool:
    """Was a slot near this moment refused by the breaker, or put off as the peer asked?"""
    held = part.checks["due_s"][np.isin(part.checks["result"], (RESULTS.index(Result.REFUSED), WAITED))]
    return bool(len(held)) and float(abs(held - at_s).min()) <= reach_s


def _joined(parts: list[str]) -> list[str]:
    said = SEPARATOR.join(part for part in parts if part)
    return [said] if said else []
