"""The medians of two compared spans as bars, phase by phase, a target a pair of them."""

from collections.abc import Callable

from clearline.domain.phase import Phase
from clearline.domain.scale import value_ticks
from clearline.host.texts import Texts
from clearline.report.comparison import Comparison, TargetChange
from clearline.report.svg import Svg
from clearline.report.visible import visible

WIDTH = 760.0
PAIR = 64.0
"""Height of the two bars of a target with its name above them."""
MOST = 30
_LEFT, _RIGHT, _BAR = 26.0, 70.0, 16.0
_LEGEND = 26.0
"""Height of the legend, which stands first: long lists of targets scroll."""


def bars_picture(comparison: Comparison, texts: Texts, colour: Callable[[str], str], width: float = WIDTH) -> str:
    """An SVG; `colour` gives a token of the theme in force."""
    shown = comparison.targets[:MOST]
    height = _LEGEND + len(shown) * PAIR + 28
    bottom = _LEGEND + len(shown) * PAIR
    svg = Svg(width, height, texts.say("compare.bars"))
    _legend(svg, comparison, texts, colour, 13)
    top_ms = max((_length(target, side) for target in shown for side in (0, 1)), default=0.0) or 1.0
    scale = (width - _LEFT - _RIGHT) / top_ms
    ticks = value_ticks(top_ms, 6)
    for value in ticks:
        x = _LEFT + value * scale
        svg.line((x, _LEGEND), (x, bottom), colour("plot_grid"))
        svg.text(
            x,
            bottom + 14,
            texts.number(value, 0 if value == int(value) else 1),
            colour("plot_axis"),
            anchor="middle",
        )
    svg.text(width - 4, bottom + 14, "ms", colour("plot_axis"), anchor="end")
    for row, target in enumerate(shown):
        _draw(svg, target, _LEGEND + row * PAIR, texts, colour, scale, width)
    return svg.done()


def _draw(
    svg: Svg, target: TargetChange, y: float, texts: Texts, colour: Callable[[str], str], scale: float, width: float
) -> None:
    svg.text(_LEFT, y + 13, visible(target.label, 48), colour("text"), size=12)
    told, token = texts.say("compare.no_change"), "text_muted"
    changed = [change for change in target.phases if change.is_changed and change.phase is not None]
    if changed:
        worst = max(changed, key=lambda change: abs(change.p50.difference))
        sign = "+" if worst.p50.difference > 0 else "\u2212"
        phase = texts.phase(worst.phase) if worst.phase is not None else ""
        told = f"{phase} {sign}{texts.latency(abs(worst.p50.difference))}"
        token = "text_down" if worst.p50.difference > 0 else "text_up"
    elif target.is_loss_changed:
        before, after = (texts.percent(share or 0.0) for share in (target.loss.before, target.loss.after))
        told = f"{texts.say('compare.loss')} {before} → {after}"
        token = "text_down" if target.loss.difference > 0 else "text_up"
    svg.text(width - 4, y + 13, told, colour(token), size=12, anchor="end")
    for side, letter in enumerate("AB"):
        top = y + 18 + side * (_BAR + 4)
        svg.text(4, top + 12, letter, colour("text_muted"))
        x = _LEFT
        for change in target.phases:
            ms = change.p50.after if side else change.p50.before
            if ms and change.phase is not None:
                tip = f"{texts.phase(change.phase)} {texts.latency(ms)}"
                svg.rect(x, top, max(1.0, ms * scale), _BAR, colour(f"phase_{change.phase.value}"), tip=tip)
                x += ms * scale
        length = _length(target, side)
        svg.text(x + 6, top + 12, texts.latency(length) if length else "–", colour("text_muted"))


def _legend(svg: Svg, comparison: Comparison, texts: Texts, colour: Callable[[str], str], y: float) -> None:
    used = {change.phase for target in comparison.targets for change in target.phases}
    x = _LEFT
    for phase in Phase:
        if phase in used:
            svg.rect(x, y - 9, 10, 10, colour(f"phase_{phase.value}"))
            svg.text(x + 14, y, texts.phase(phase), colour("text_muted"))
            x += 26 + 6.5 * len(texts.phase(phase))


def _length(target: TargetChange, side: int) -> float:
    return sum((change.p50.after if side else change.p50.before) or 0.0 for change in target.phases)
