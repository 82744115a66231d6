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
NARROW = 520.0
"""In less width the names stand above their lanes: beside them they would leave the lanes half of it."""
_LANE, _GAP, _HEAD, _NAME = 15.0, 3.0, 20.0, 15.0
_LEFT, _RIGHT, _NARROW_RIGHT = 150.0, 70.0, 40.0
_LEGEND, _LEGEND_LINE = 10.0, 16.0
_LETTER = 6.5
"""Rough width of a letter."""
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
    is_narrow = width < NARROW
    left, right = (0.0, _NARROW_RIGHT) if is_narrow else (_LEFT, _RIGHT)
    above = _NAME if is_narrow else 0.0
    each = above + _LANE + _GAP
    tall = _HEAD + len(names) * each + 8
    legend = _legend(texts, left, width)
    # The legend stands first: long lists of targets scroll.
    head = _LEGEND + _LEGEND_LINE * (1 + max(line for _, line, _, _ in legend))
    svg = Svg(width, head + len(groups) * tall + 28, texts.say("whatif.title"))
    wide = width - left - right
    for x, line, cell, word in legend:
        y = 4 + line * _LEGEND_LINE
        svg.rect(x, y, 10, 10, colour(_TOKENS[cell]))
        svg.text(x + 14, y + 9, word, colour("text_muted"))
    svg.text(width - 4, 13, texts.say("whatif.errors_short"), colour("text_muted"), anchor="end")
    for row, lane in enumerate(groups):
        y = head + row * tall
        label = lane.target.label if lane.target is not None else ""
        svg.text(0, y + 14, visible(label, 60), colour("text"), size=12)
        for place, (name, strip) in enumerate(zip(names, lane.strips, strict=True)):
            top = y + _HEAD + place * each + above
            at = (0.0, top - 4) if is_narrow else (left - 8, top + 11)
            shown_name = visible(name, 40 if is_narrow else 20)
            svg.text(*at, shown_name, colour("text_muted"), anchor="start" if is_narrow else "end")
            svg.rect(left, top, wide, _LANE, colour("heat_missing"))
            _draw(svg, strip, (left, top), wide, colour)
            errors = lane.courses[place].visible_errors
            token = "text_down" if errors else "text_up"
            svg.text(width - 4, top + 11, texts.number(errors), colour(token), anchor="end")
    bottom = head + len(groups) * tall
    time_scale(svg, span, Moments(span.wall_s), (left, wide), bottom + 10, colour)
    return svg.done()


def _legend(texts: Texts, left: float, width: float) -> list[tuple[float, int, Cell, str]]:
    """Left edge, line, cell and word of each colour; as many lines as it takes beside the heading of the errors."""
    room = width - 8 - _LETTER * len(texts.say("whatif.errors_short"))
    found: list[tuple[float, int, Cell, str]] = []
    x, line = left, 0
    for cell in (Cell.OK, Cell.FAILED, Cell.REFUSED):
        word = texts.say(f"state.{cell.name.lower()}")
        wide = 34 + _LETTER * len(word)
        if x > left and x + wide > room:
            x, line = left, line + 1
        found.append((x, line, cell, word))
        x += wide
    return found


def _draw(
    svg: Svg, strip: Sequence[Cell], corner: tuple[float, float], wide: float, colour: Callable[[str], str]
) -> None:
    left, top = corner
    cell = wide / STRIP_CELLS
    last = 0
    state = Cell.NOTHING
    # A stretch without a check belongs to the check before it.
    for place, now in enumerate((*strip, Cell.NOTHING)):
        if place < STRIP_CELLS and now in (Cell.NOTHING, state):
            continue
        if state is not Cell.NOTHING:
            svg.rect(left + last * cell, top, (place - last) * cell, _LANE, colour(_TOKENS[state]))
        last, state = place, now
