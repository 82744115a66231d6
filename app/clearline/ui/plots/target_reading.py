"""What the lanes of one target show of a span of time, read from the store; and the same as two or three sentences."""

from collections.abc import Mapping

import numpy as np

from clearline.domain.fault import Layer
from clearline.domain.outages import RETRY_AFTER
from clearline.ui.plots.decimation import spaced
from clearline.ui.plots.lane import Shown
from clearline.ui.plots.limit_line import limit_hint
from clearline.ui.plots.tester_lane import MISSED_PX
from clearline.ui.plots.ticks import clock_text
from clearline.ui.viewmodels.series import SeriesStore, TargetSeries
from clearline.ui.viewmodels.series_slice import SeriesSlice, check_runs
from clearline.ui.viewmodels.time_axis import TimeAxis
from clearline.ui.viewmodels.words import Words, translate


def read_shown(
    store: SeriesStore, series: TargetSeries, breaker_key: str, axis: TimeAxis, pixel_s: float, ticks: list[float]
) -> Shown:
    """All that is on the axis now; marks of missed slots no closer than they can be drawn, a pixel being `pixel_s`."""
    part = series.slice(axis.from_s, axis.to_s)
    return Shown(
        axis.from_s,
        axis.to_s,
        axis.now_s,
        part,
        check_runs(part, axis.now_s),
        limits=store.limit_steps(breaker_key),
        asked=[one for one in series.asked if one.from_s <= axis.to_s and one.until_s >= axis.from_s],
        missed=_missed(store, part, pixel_s),
        breaker=[
            span
            for span in store.breaker_spans(breaker_key)
            if span.from_s <= axis.to_s and (span.to_s is None or span.to_s >= axis.from_s)
        ],
        lab=store.lab_spans(series.target_id),
        network=[span for span in store.network if span.from_s <= axis.to_s and span.to_s >= axis.from_s],
        tester=[span for span in store.tester if span.from_s <= axis.to_s and span.to_s >= axis.from_s],
        markers=[
            marker
            for marker in store.markers
            if axis.from_s <= marker.at_s <= axis.to_s and marker.target in ("", series.target_id)
        ],
        pauses=[
            (begin, axis.now_s if end is None else end)
            for begin, end in series.pauses
            if begin <= axis.to_s and (end is None or end >= axis.from_s)
        ],
        ticks=ticks,
        is_live=axis.is_live,
    )


def target_summary(
    store: SeriesStore,
    target_id: str,
    breaker_key: str,
    axis: TimeAxis,
    percentiles: Mapping[int, float],
    words: Words,
) -> str:
    """What the graphs of a target show now; the percentiles as they draw them, in ms by percent."""
    series = store.series(target_id)
    part = series.slice(axis.from_s, axis.to_s)
    count, failed = part.count()
    where = translate("Plots", "{0}, {1} to {2}").format(
        series.label,
        clock_text(axis.from_s, store.wall_s),
        clock_text(min(axis.to_s, axis.now_s), store.wall_s),
    )
    if not count:
        return translate("Plots", "{0}: nothing was measured.").format(where)
    said = [translate("Plots", "{0}. Checks: {1}.").format(where, words.texts.number(count))]
    if len(good := part.latencies()):
        median = words.latency(float(np.median(good)))
        said.append(translate("Plots", "Median {0}.").format(median))
    said += [
        translate("Plots", "p{0} {1}.").format(percent, words.latency(percentiles[percent]))
        for percent in (95, 99)
        if percent in percentiles
    ]
    if failed:
        layer = words.texts.layer(part.usual_failure().layer or Layer.CONNECT)
        share = words.percent(failed / count)
        said.append(translate("Plots", "{0} failed, most at: {1}.").format(share, layer))
    else:
        said.append(translate("Plots", "None failed."))
    if (span := store.breaker_at(breaker_key, axis.to_s)) is not None:
        said.append(translate("Plots", "Breaker {0}.").format(words.texts.state(span.state.value)))
    if (limit := store.limit_at(breaker_key, axis.to_s)) is not None and limit.limit_s is not None:
        text = limit_hint(limit, words)
        said.append(f"{text[:1].upper()}{text[1:]}.")
    return " ".join(said)


def _missed(store: SeriesStore, part: SeriesSlice, pixel_s: float) -> list[tuple[float, str]]:
    """Slots in which the tester made no check; what the peer asked for is shown as such, not here."""
    misses = part.misses
    kinds = {int(number): store.kind(number) for number in np.unique(misses["reason"])}
    own = np.array([kinds[int(number)] != RETRY_AFTER for number in misses["reason"]], dtype=bool)
    due_s, reasons = misses["due_s"][own], misses["reason"][own]
    order = np.argsort(due_s, kind="stable")
    return [
        (float(due_s[order[row]]), kinds[int(reasons[order[row]])])
        for row in spaced(due_s[order] / pixel_s, 2 * MISSED_PX + 2.0)
    ]
