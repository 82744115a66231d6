"""Replayed courses as lanes over one another: what a user would have seen, when, under each policy."""

from collections.abc import Callable, Sequence

from clearline.host.texts import Texts
from clearline.report.pictures import time_scale
from clearline.report.replays import STRIP_CELLS, Cell, Lane
from clearline.report.span import Span
from clearline.report.svg import Svg
from clearline.report.visible import Moments, visible

WIDTH = 760.0
MOST = 12
_LANE, _GAP, _HEAD = 15.0, 3.0, 20.0
_LEFT, _RIGHT = 150.0, 70.0
_LEGEND = 26.0
"""Height of the legend, which stands first: long lists of targets scroll."""
_TOKENS = {Cell.OK: "heat_up", Cell.REFUSED: "heat_paused", Cell.FAILED: "layer_connect"}


def lanes_picture(
    shown: Sequence[Lane],
    names: Sequence[str],
    span: Span,
    texts: Texts,
    colour: Callable[[str], str],
    width: float = WIDTH,
) -> str:
    """A group of lanes a target, a lane a policy; at its right end the errors that a user would have seen."""
    groups = [lane for lane in shown if lane.strips][:MOST]
    tall = _HEAD + len(names) * (_LANE + _GAP) + 8
    svg = Svg(width, _LEGEND + len(groups) * tall + 28, texts.say("whatif.title"))
    wide = width - _LEFT - _RIGHT
    _legend(svg, texts, colour, width)
    for row, lane in enumerate(groups):
        y = _LEGEND + row * tall
        label = lane.target.label if lane.target is not None else ""
        svg.text(0, y + 14, visible(label, 60), colour("text"), size=12)
        for place, (name, strip) in enumerate(zip(names, lane.strips, strict=True)):
            top = y + _HEAD + place * (_LANE + _GAP)
            svg.text(_LEFT - 8, top + 11, visible(name, 22), colour("text_muted"), anchor="end")
            svg.rect(_LEFT, top, wide, _LANE, colour("heat_missing"))
            _draw(svg, strip, top, wide, colour)
            errors = lane.courses[place].visible_errors
            token = "text_down" if errors else "text_up"
            svg.text(width - 4, top + 11, texts.number(errors), colour(token), anchor="end")
    bottom = _LEGEND + len(groups) * tall
    time_scale(svg, span, Moments(span.wall_s), (_LEFT, wide), bottom + 10, colour)
    return svg.done()


def _legend(svg: Svg, texts: Texts, colour: Callable[[str], str], width: float) -> None:
    x = _LEFT
    for cell, code in ((Cell.OK, "state.ok"), (Cell.FAILED, "state.failed"), (Cell.REFUSED, "state.refused")):
        svg.rect(x, 4, 10, 10, colour(_TOKENS[cell]))
        svg.text(x + 14, 13, texts.say(code), colour("text_muted"))
        x += 34 + 6.5 * len(texts.say(code))
    svg.text(width - 4, 13, texts.say("whatif.errors_short"), colour("text_muted"), anchor="end")


def _draw(svg: Svg, strip: Sequence[Cell], top: float, wide: float, colour: Callable[[str], str]) -> None:
    cell = wide / STRIP_CELLS
    last = 0
    state = Cell.NOTHING
    # A stretch without a check belongs to the check before it.
    for place, now in enumerate((*strip, Cell.NOTHING)):
        if place < STRIP_CELLS and now in (Cell.NOTHING, state):
            continue
        if state is not Cell.NOTHING:
            svg.rect(_LEFT + last * cell, top, (place - last) * cell, _LANE, colour(_TOKENS[state]))
        last, state = place, now
