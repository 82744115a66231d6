"""The table twin of one target's graphs, in words; and the same as plain figures, for other programs."""

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from clearline.domain.event import Result
from clearline.ui.plots.export import GraphData, utc_text
from clearline.ui.plots.read_out import held_words, phase_word, stretch_words, took_words
from clearline.ui.plots.ticks import clock_text
from clearline.ui.viewmodels.series import SeriesStore
from clearline.ui.viewmodels.series_slice import PHASES, SeriesSlice
from clearline.ui.viewmodels.series_state import RESULTS, WAITED, State
from clearline.ui.viewmodels.words import Words, translate

_REFUSED = RESULTS.index(Result.REFUSED)


def target_columns(words: Words) -> list[str]:
    """Headings of `target_rows`."""
    return [
        translate("Plots", "Time"),
        translate("Plots", "Attempt"),
        translate("Plots", "Result"),
        translate("Plots", "Latency"),
        *[word[:1].upper() + word[1:] for name in PHASES if (word := phase_word(name, words))],
    ]


def target_rows(
    store: SeriesStore, target_id: str, from_s: float, to_s: float, words: Words, most: int | None = None
) -> list[list[str]]:
    """Attempts, slots in which nothing was sent, and roll-ups of older ones; oldest first, the newest `most`."""
    series = store.series(target_id)
    part = series.slice(from_s, to_s)
    attempts, nothing = part.attempts, words.latency(None)
    found: list[tuple[float, list[str]]] = []
    for place in _inside(attempts["started_s"], from_s, to_s)[-most if most else 0 :].tolist():
        state = State(int(attempts["state"][place]))
        result = words.texts.state("ok")
        if state.layer is not None:
            result = words.fault(store.kind(attempts["kind"][place]), state.layer)
        times = [float(attempts[name][place]) for name in ("total_ms", *PHASES)]
        figures = [words.latency(None if value != value else value) for value in times]
        figures[0] = took_words(part, place, words)
        found.append((float(attempts["started_s"][place]), [str(int(attempts["attempt"][place])), result, *figures]))
    due_s, results = part.checks["due_s"], part.checks["result"]
    for place in _inside(due_s, from_s, to_s)[-most if most else 0 :].tolist():
        if results[place] in (_REFUSED, WAITED):
            at_s = float(due_s[place])
            said = words.texts.state("refused") if results[place] == _REFUSED else held_words(store, series, at_s)
            found.append((at_s, [nothing, said, *[nothing] * (1 + len(PHASES))]))
    found += [(at_s, cells) for at_s, cells in _old_rows(part, words) if at_s < to_s]
    found.sort(key=lambda row: row[0])
    return [[clock_text(at_s, store.wall_s), *cells] for at_s, cells in found[-most if most else 0 :]]


def target_data(store: SeriesStore, target_id: str, from_s: float, to_s: float) -> GraphData:
    """Every visible attempt and slot not sent as figures: seconds, milliseconds, names of results and kinds."""
    header = ["utc", "session_s", "target", "check", "attempt", "result", "kind", "total_ms"]
    header += [f"{name}_ms" for name in PHASES] + ["kernel_rtt_ms", "disturbed"]
    rows = list(_data_rows(store, target_id, from_s, to_s))
    return GraphData(header, sorted(rows, key=lambda row: row[1]))


def _data_rows(store: SeriesStore, target_id: str, from_s: float, to_s: float) -> Iterator[list[Any]]:
    series = store.series(target_id)
    part = series.slice(from_s, to_s)
    attempts, checks = part.attempts, part.checks
    for place in _inside(attempts["started_s"], from_s, to_s).tolist():
        at_s = float(attempts["started_s"][place])
        figures = [float(attempts[name][place]) for name in ("total_ms", *PHASES, "rtt_ms")]
        yield [
            utc_text(at_s, store.wall_s),
            round(at_s, 6),
            series.label,
            int(attempts["check"][place]),
            int(attempts["attempt"][place]),
            "ok" if attempts["ok"][place] else "failed",
            store.kind(attempts["kind"][place]),
            *["" if value != value else round(value, 4) for value in figures],
            int(attempts["disturbed"][place]),
        ]
    for place in _inside(checks["due_s"], from_s, to_s).tolist():
        result = int(checks["result"][place])
        if result in (_REFUSED, WAITED):
            at_s = float(checks["due_s"][place])
            told = "refused" if result == _REFUSED else "retry_after"
            cells = [utc_text(at_s, store.wall_s), round(at_s, 6), series.label, int(checks["check"][place]), "", told]
            yield [*cells, *[""] * (4 + len(PHASES))]


def _inside(at_s: NDArray[np.float64], from_s: float, to_s: float) -> NDArray[np.intp]:
    return np.flatnonzero((at_s >= from_s) & (at_s <= to_s))


def _old_rows(part: SeriesSlice, words: Words) -> list[tuple[float, list[str]]]:
    """What is kept of the time before the first single attempt: a row per 10 s or 5 min."""
    old = part.stretches
    nothing = [words.latency(None)] * len(PHASES)
    found = []
    for place, at_s in enumerate(old["start_s"].tolist()):
        count = int(old["count"][place])
        mean = words.latency(float(old["sum"][place]) / count if count else None)
        found.append((at_s, [words.latency(None), stretch_words(part, place, words), mean, *nothing]))
    return found
