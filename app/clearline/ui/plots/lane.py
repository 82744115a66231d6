"""One lane of the stacked graphs: a view box that moves time, one painted item inside, and a heading at its left."""

from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter
from PySide6.QtWidgets import (
    QGraphicsItem,
    QGraphicsObject,
    QStyleOptionGraphicsItem,
    QWidget,
)

from clearline.ui.plots.backend import pg
from clearline.ui.plots.decimation import bars
from clearline.ui.plots.plot_theme import PlotTheme
from clearline.ui.viewmodels.series_slice import Runs, SeriesSlice
from clearline.ui.viewmodels.series_spans import (
    Asked,
    BreakerSpan,
    LabSpan,
    LimitChange,
    Marker,
    NetworkSpan,
    TesterSpan,
)
from clearline.ui.viewmodels.series_state import FAILING, State
from clearline.ui.viewmodels.time_axis import TimeAxis
from clearline.ui.viewmodels.words import Words

WHEEL_STEP = 0.8
"""One notch of the wheel shows this share of the time, or its inverse."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What all lanes draw in one frame."""

    from_s: float
    to_s: float
    now_s: float
    part: SeriesSlice
    runs: Runs
    breaker: list[BreakerSpan] = field(default_factory=list)
    lab: list[LabSpan] = field(default_factory=list)
    tester: list[TesterSpan] = field(default_factory=list)
    network: list[NetworkSpan] = field(default_factory=list)
    markers: list[Marker] = field(default_factory=list)
    pauses: list[tuple[float, float]] = field(default_factory=list)
    limits: list[LimitChange] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)
    missed: list[tuple[float, str]] = field(default_factory=list)
    """Slots that passed without a check by the tester's own doing: when, and the reason of CheckMissed."""
    ticks: list[float] = field(default_factory=list)
    is_live: bool = True


class LaneBox(pg.ViewBox):
    """A view box whose mouse moves the shared time axis: the wheel zooms at the pointer, dragging pans."""

    shares_axis = True
    """Does it show the time axis's window? The crosshair runs through boxes that do."""

    def __init__(self, axis: TimeAxis) -> None:
        super().__init__(enableMouse=False, enableMenu=False, defaultPadding=0.0)
        self.disableAutoRange()
        self._axis = axis

    def seconds_at(self, x_px: float) -> float:
        """The moment at a place of the box, in pixels from its left edge."""
        width: float = max(1.0, self.rect().width())
        return self._axis.from_s + x_px / width * self._axis.length_s

    def wheelEvent(self, ev: Any, axis: int | None = None) -> None:
        """Zoom about the pointer; a sideways wheel pans."""
        del axis
        steps = ev.delta() / 120.0
        if ev.orientation() == Qt.Orientation.Horizontal:
            self._axis.pan_share(-0.1 * steps)
        else:
            self._axis.zoom(WHEEL_STEP**steps, self.seconds_at(ev.pos().x()))
        ev.accept()

    def mouseDragEvent(self, ev: Any, axis: int | None = None) -> None:
        """Pan."""
        del axis
        if ev.button() != Qt.MouseButton.LeftButton:
            return
        moved: QPointF = ev.pos() - ev.lastPos()
        self._axis.pan(-moved.x() * self._axis.length_s / max(1.0, self.rect().width()))
        ev.accept()

    def mouseClickEvent(self, ev: Any) -> None:
        """A double click: back to live."""
        if ev.double():
            self._axis.return_to_live()
            ev.accept()


class LaneItem(QGraphicsObject):
    """A lane's whole picture, painted in pixels of its box. Qt keeps it until `show_data` or `renew`."""

    def __init__(self, box: LaneBox, theme: PlotTheme, words: Words) -> None:
        super().__init__(box)
        self.box = box
        self.theme = theme
        self.words = words
        self.shown: Shown | None = None
        self._rect = QRectF(box.rect())
        # Below what pyqtgraph draws in the box: the navigator's region.
        self.setZValue(-1)
        self.setCacheMode(QGraphicsItem.CacheMode.DeviceCoordinateCache)
        box.sigResized.connect(self._resized)

    @property
    def width(self) -> float:
        """Pixels across."""
        return self._rect.width()

    @property
    def height(self) -> float:
        """Pixels down."""
        return self._rect.height()

    @property
    def is_vector(self) -> bool:
        """Is it drawn into a file of vectors, where nothing is kept as pixels?"""
        return self.cacheMode() == QGraphicsItem.CacheMode.NoCache

    def show_data(self, shown: Shown) -> None:
        """Draw this from now on."""
        self.shown = shown
        self.prepare(shown)
        self.update()

    def renew(self) -> None:
        """Colours, words or size changed: draw the same again."""
        if self.shown is not None:
            self.prepare(self.shown)
        self.update()

    def x_of(self, at_s: float) -> float:
        """Pixels from the left of a moment."""
        if self.shown is None:
            return 0.0
        return (at_s - self.shown.from_s) / (self.shown.to_s - self.shown.from_s) * self.width

    def state_bars(self, runs: Runs, least: State = State.NOTHING) -> list[tuple[float, float, State]]:
        """Left, right (pixels) and state of runs from `least` on; of a pixel the worst, and failing ones last."""
        if self.shown is None:
            return []
        scale = self.width / (self.shown.to_s - self.shown.from_s)
        keep = runs.state >= least
        left, right = (runs.from_s[keep] - self.shown.from_s) * scale, (runs.to_s[keep] - self.shown.from_s) * scale
        found = [(begin, end, State(state)) for begin, end, state in bars(left, right, runs.state[keep], self.width)]
        # Narrow bars are drawn wider than they are: a failure must not vanish below its neighbour.
        return sorted(found, key=lambda bar: bar[2] if bar[2] >= FAILING else State.NOTHING)

    def prepare(self, shown: Shown) -> None:
        """Work out what is drawn, once per frame with something new."""

    def draw(self, painter: QPainter, shown: Shown) -> None:
        """Draw it."""

    def headings(self) -> list[tuple[float, str]]:
        """Labels for the heading: pixels from the top to the middle of each, and its text."""
        return []

    def hint(self, at_s: float) -> str:
        """What the lane shows at a moment, in words; empty where nothing."""
        del at_s
        return ""

    def boundingRect(self) -> QRectF:
        """The whole box."""
        return self._rect

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        """Grid, then the lane's own picture."""
        del option, widget
        shown = self.shown
        if shown is None:
            return
        painter.setFont(self.scene().font())
        painter.setPen(self.theme.pen("plot_grid"))
        for tick in shown.ticks:
            x = round(self.x_of(tick)) + 0.5
            painter.drawLine(QPointF(x, 0.0), QPointF(x, self.height))
        self.draw(painter, shown)

    def metrics(self) -> QFontMetricsF:
        """Sizes of the lane's texts."""
        return QFontMetricsF(self.scene().font())

    def _resized(self) -> None:
        self.prepareGeometryChange()
        self._rect = QRectF(self.box.rect())
        self.renew()


class LaneHeading(pg.GraphicsWidget):
    """Labels left of a lane, right-aligned; all lanes' headings are equally wide so that time lines up."""

    def __init__(self, item: LaneItem, theme: PlotTheme) -> None:
        super().__init__()
        self._item = item
        self._theme = theme

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        """The labels."""
        del option, widget
        font = self.scene().font()
        painter.setFont(font)
        painter.setPen(self._theme.color("plot_axis"))
        line = QFontMetricsF(font).height()
        width, height = self.rect().width() - 7.0, self.rect().height()
        for middle, text in self._item.headings():
            top = min(max(0.0, middle - line / 2), max(0.0, height - line))
            painter.drawText(
                QRectF(0.0, top, width, line), Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, text
            )


Item_co = TypeVar("Item_co", bound=LaneItem, covariant=True)


@dataclass(frozen=True)
class Lane(Generic[Item_co]):
    """A lane and its parts."""

    box: LaneBox
    item: Item_co
    heading: LaneHeading
