"""The graphs of a report: latency and failures of one target, and all targets by failing layer."""

from collections.abc import Callable, Sequence

from clearline.domain.fault import Layer
from clearline.domain.scale import round_moments, value_ticks
from clearline.domain.statistics import percentile
from clearline.host.texts import Texts
from clearline.report.colours import colour, of_layer
from clearline.report.facts import COLUMNS, Column, Facts, TargetFacts
from clearline.report.span import Span
from clearline.report.svg import Svg
from clearline.report.visible import Moments, visible

WIDTH = 760.0
_LEFT, _RIGHT, _BOTTOM = 52.0, 6.0, 20.0
_HEIGHT = 168.0
_LANE = 14.0
_ROW = 18.0
_NAME = 170.0


def latency_picture(facts: TargetFacts, all_facts: Facts, texts: Texts, moments: Moments) -> str:
    """Latency over time with its range, failures in a row of their own by layer, outages shaded, markers as lines."""
    span = all_facts.span
    title = texts.say("report.graph_of", target=visible(facts.target.label))
    svg = Svg(WIDTH, _HEIGHT, title)
    left, right, bottom = _LEFT, WIDTH - _RIGHT, _HEIGHT - _BOTTOM - _LANE - 4
    top = 8.0
    wide = right - left

    def x_of(at_s: float) -> float:
        return left + min(max((at_s - span.from_s) / max(span.length_s, 1e-9), 0.0), 1.0) * wide

    for outage in facts.outages:
        end_s = span.to_s if outage.to_s is None else outage.to_s
        width = max(2.0, x_of(end_s) - x_of(outage.from_s))
        svg.rect(x_of(outage.from_s), top, width, bottom - top, colour("failure_band"))
    top_ms = _top(facts.columns)
    for value in value_ticks(top_ms, 4):
        y = bottom - value / top_ms * (bottom - top)
        svg.line((left, y), (right, y), colour("plot_grid"))
        figure = texts.number(value, 0 if value == int(value) else 1)
        svg.text(left - 6, y + 4, figure, colour("plot_axis"), anchor="end")
    svg.text(4, top + 6, "ms", colour("plot_axis"))
    column = wide / COLUMNS
    for run in _runs(facts.columns):
        points = [(left + (place + 0.5) * column, facts.columns[place]) for place in run]
        high = [(x, _y(each.high, top_ms, top, bottom)) for x, each in points]
        low = [(x, _y(each.low, top_ms, top, bottom)) for x, each in points]
        svg.area([*high, *reversed(low)], colour("plot_region"))
        svg.path([(x, _y(each.mean, top_ms, top, bottom)) for x, each in points], colour("phase_connect"))
    lane = bottom + 4
    svg.rect(left, lane, wide, _LANE, colour("heat_missing"))
    for place, each in enumerate(facts.columns):
        if each.failed:
            tip = texts.layer(each.layer) if each.layer else ""
            svg.rect(left + place * column, lane, max(1.5, column), _LANE, of_layer(each.layer), tip=tip)
    for marker in all_facts.markers:
        x = x_of(marker.at_s)
        svg.line((x, top), (x, lane + _LANE), colour("marker"), dash="3 2")
    time_scale(svg, all_facts.span, moments, (left, wide), _HEIGHT - 5, colour)
    return svg.done()


def layers_picture(shown: Sequence[TargetFacts], all_facts: Facts, texts: Texts, moments: Moments) -> str:
    """A row per target: where it broke, when; the letter of the layer stands where there is room."""
    height = len(shown) * _ROW + 24.0
    svg = Svg(WIDTH, height, texts.say("report.graph_of_all"))
    left, wide = _NAME, WIDTH - _NAME - _RIGHT
    column = wide / COLUMNS
    for row, facts in enumerate(shown):
        y = row * _ROW
        svg.text(left - 8, y + 12, visible(facts.target.label, 24), colour("text"), anchor="end")
        for first, last, state in _stretches(facts.columns):
            x, width = left + first * column, (last - first + 1) * column
            svg.rect(x, y + 2, width, _ROW - 4, _colour_of(state))
            if isinstance(state, Layer) and width > 12:
                svg.text(x + width / 2, y + 13, state.letter, colour("text_on_layer"), size=10, anchor="middle")
    time_scale(svg, all_facts.span, moments, (left, wide), height - 5, colour)
    return svg.done()


def _colour_of(state: Layer | str) -> str:
    return of_layer(state) if isinstance(state, Layer) else colour("heat_up" if state == "up" else "heat_missing")


def _stretches(columns: Sequence[Column]) -> list[tuple[int, int, Layer | str]]:
    """First and last column of each stretch with one state; a gap between two of the same is part of them."""
    found: list[tuple[int, int, Layer | str]] = []
    for place, each in enumerate(columns):
        if not each.failed and not each.count:
            continue
        state: Layer | str = (each.layer or Layer.ANSWER) if each.failed else "up"
        if found and found[-1][2] == state:
            found[-1] = (found[-1][0], place, state)
        elif found:
            found.append((found[-1][1] + 1, place, state))
        else:
            found.append((place, place, state))
    return found


def _runs(columns: Sequence[Column]) -> list[list[int]]:
    """Places of columns with a latency, broken where something failed in between."""
    runs: list[list[int]] = [[]]
    for place, each in enumerate(columns):
        if each.failed and not each.count:
            runs.append([])
        elif each.count:
            runs[-1].append(place)
    return [run for run in runs if run]


def _top(columns: Sequence[Column]) -> float:
    """The top of the scale: one spike must not flatten the rest."""
    means = sorted(each.mean for each in columns if each.mean is not None)
    return max(percentile(means, 0.98) * 1.35, 0.5) if means else 1.0


def _y(value: float | None, top_ms: float, top: float, bottom: float) -> float:
    return bottom - min(1.0, (value or 0.0) / top_ms) * (bottom - top)


def time_scale(
    svg: Svg, span: Span, moments: Moments, place: tuple[float, float], y: float, colour: Callable[[str], str]
) -> None:
    """Round local times below a graph; `place` is its left edge and its width."""
    left, wide = place
    if span.length_s <= 0:
        return
    ticks, step_s = round_moments(span.from_s, span.to_s, moments.shift_s(span.from_s), max(2, int(wide / 110)))
    for at_s in ticks:
        x = left + (at_s - span.from_s) / span.length_s * wide
        told = moments.day(at_s) if step_s >= 86400 else moments.clock(at_s, has_seconds=step_s < 60)
        svg.text(min(max(x, left + 14), left + wide - 24), y, told, colour("plot_axis"), anchor="middle")
