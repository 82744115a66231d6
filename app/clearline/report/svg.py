"""Draws small pictures as SVG: no script, no style sheet, nothing loaded; every text escaped."""

from collections.abc import Iterable, Sequence
from html import escape

Point = tuple[float, float]
FONT = "DejaVu Sans, Segoe UI, Helvetica, Arial, sans-serif"


class Svg:
    """A picture of so many pixels; shapes lie over those added before."""

    def __init__(self, width: float, height: float, title: str) -> None:
        """`title` is what a screen reader says of it."""
        self._width, self._height = width, height
        self._title = escape(title)
        self._shapes: list[str] = []

    def rect(self, x: float, y: float, width: float, height: float, fill: str, *, tip: str = "") -> None:
        """A filled rectangle; `tip` shows where the pointer rests on it."""
        told = f"<title>{escape(tip)}</title>" if tip else ""
        self._add(
            f'<rect x="{_n(x)}" y="{_n(y)}" width="{_n(width)}" height="{_n(height)}" fill="{fill}">{told}</rect>'
        )

    def line(self, start: Point, end: Point, stroke: str, width: float = 1.0, dash: str = "") -> None:
        """A straight line."""
        dashed = f' stroke-dasharray="{dash}"' if dash else ""
        self._add(
            f'<line x1="{_n(start[0])}" y1="{_n(start[1])}" x2="{_n(end[0])}" y2="{_n(end[1])}" '
            f'stroke="{stroke}" stroke-width="{_n(width)}"{dashed}/>'
        )

    def path(self, points: Sequence[Point], stroke: str, width: float = 1.5) -> None:
        """A line through points; a single one is a dot."""
        if len(points) == 1:
            (x, y) = points[0]
            self._add(f'<circle cx="{_n(x)}" cy="{_n(y)}" r="{_n(width)}" fill="{stroke}"/>')
        elif points:
            self._add(
                f'<polyline points="{_points(points)}" fill="none" stroke="{stroke}" '
                f'stroke-width="{_n(width)}" stroke-linejoin="round"/>'
            )

    def area(self, points: Sequence[Point], fill: str) -> None:
        """A filled outline."""
        if len(points) > 2:
            self._add(f'<polygon points="{_points(points)}" fill="{fill}"/>')

    def text(
        self,
        x: float,
        y: float,
        text: str,
        fill: str,
        *,
        size: float = 11,
        anchor: str = "start",
        weight: str = "normal",
    ) -> None:
        """A text whose base line begins, ends (`end`) or is centred (`middle`) at a point."""
        self._add(
            f'<text x="{_n(x)}" y="{_n(y)}" fill="{fill}" font-family="{FONT}" font-size="{_n(size)}" '
            f'text-anchor="{anchor}">{escape(text)}</text>'
        )

    def done(self) -> str:
        """The picture as an element of a page."""
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_n(self._width)} {_n(self._height)}" '
            f'width="{_n(self._width)}" height="{_n(self._height)}" role="img" aria-label="{self._title}">'
            f"{''.join(self._shapes)}</svg>"
        )

    def _add(self, shape: str) -> None:
        self._shapes.append(shape)


def _n(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")


def _points(points: Iterable[Point]) -> str:
    return " ".join(f"{_n(x)},{_n(y)}" for x, y in points)
