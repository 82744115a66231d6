"""Paints one row of the target list: shape, name, address, sparkline with loss ticks, last figure, loss."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPen, QPolygonF, QStaticText
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from clearline.domain.tags import show_tags
from clearline.ui.icons import paint_status
from clearline.ui.viewmodels.status import Status
from clearline.ui.viewmodels.target_state import SPARK_CHECKS, TargetState
from clearline.ui.viewmodels.targets import ROW_ROLE, Row, last_figure
from clearline.ui.viewmodels.theme import Theme
from clearline.ui.viewmodels.words import Words
from clearline.ui.widgets.labels import scaled

AnyIndex = QModelIndex | QPersistentModelIndex

MARGIN = 10
GAP = 8
SPARK_WIDTH = 72
NARROWEST_SPARK = 40
ROOM_FOR_NAMES = 185
SMALL = 0.86
WIDEST_FIGURE = "9 SYN perdus"
"""A test holds every short word for a fault, in every language, to the room this takes."""
USUAL_FIGURE = "00 000 ms"
"""What a narrow list keeps room for."""
LEAST_FOR_NAMES = 150
"""With the margins: a narrower list cuts figures."""
LOSS_SHOWN_RED = 0.01
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
MOST_LINES = 4_000
"""Names and addresses whose layout is kept: a row is drawn with every check, and they stay the same."""


@dataclass(frozen=True, slots=True)
class RowColumns:
    """Where the parts of a row are, from left to right; shared with the column headings."""

    shape_x: int
    name_x: int
    name_width: int
    spark_x: int
    spark_width: int
    last_right: int
    last_width: int
    loss_right: int
    loss_width: int


def row_columns(width: int, metrics: QFontMetrics) -> RowColumns:
    """Columns for a row of this width. The sparkline gives way first, and goes where it would be too narrow."""
    loss = metrics.horizontalAdvance("100 %") + 4
    last = metrics.horizontalAdvance(WIDEST_FIGURE) + 6
    # In a narrow list names come first: what a figure is cut to still begins with its number or word.
    last = max(metrics.horizontalAdvance(USUAL_FIGURE) + 6, min(last, width - loss - LEAST_FOR_NAMES))
    loss_right = width - MARGIN
    last_right = loss_right - loss - GAP
    spark_right = last_right - last - GAP
    spare = min(SPARK_WIDTH, width - loss - last - ROOM_FOR_NAMES)
    spark = spare if spare >= NARROWEST_SPARK else 0
    name_x = MARGIN + 22
    name = max(40, spark_right - (spark + GAP if spark else 0) - name_x)
    return RowColumns(MARGIN + 6, name_x, name, spark_right - spark, spark, last_right, last, loss_right, loss)


class RowLayout:
    """What rows of one width and font have in common: their columns, and their lines of text laid out once."""

    def __init__(self, width: int, font: QFont) -> None:
        self.width, self.font = width, QFont(font)
        self.small = scaled(font, SMALL)
        self._metrics = {False: QFontMetrics(self.font), True: QFontMetrics(self.small)}
        self.columns = row_columns(width, self._metrics[False])
        self._lines: dict[tuple[str, bool], QStaticText] = {}

    def is_for(self, width: int, font: QFont) -> bool:
        """Does it still fit?"""
        return width == self.width and font == self.font

    def line(self, text: str, *, is_small: bool) -> QStaticText:
        """A name, or an address below it, cut to its column."""
        key = (text, is_small)
        found = self._lines.get(key)
        if found is None:
            if len(self._lines) >= MOST_LINES:
                self._lines.clear()
            one_line = " ".join(text.splitlines())
            cut = self._metrics[is_small].elidedText(one_line, Qt.TextElideMode.ElideRight, self.columns.name_width)
            found = self._lines[key] = QStaticText(cut)
            # It may come from the network.
            found.setTextFormat(Qt.TextFormat.PlainText)
        return found


class TargetDelegate(QStyledItemDelegate):
    """Draws rows from the target's state; keeps nothing but how texts are laid out."""

    def __init__(self, theme: Theme, words: Words, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._words = words
        self._layout: RowLayout | None = None

    def sizeHint(self, option: QStyleOptionViewItem, index: AnyIndex) -> QSize:
        """Two lines of text for a target, one for a heading."""
        height = option.fontMetrics.height()
        row = index.data(ROW_ROLE)
        is_heading = isinstance(row, Row) and row.state is None
        return QSize(120, height + 14 if is_heading else round(height * (1 + SMALL)) + 11)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: AnyIndex) -> None:
        """Draw a heading or a target."""
        row = index.data(ROW_ROLE)
        if not isinstance(row, Row):
            return
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_ground(painter, option)
        if row.state is None:
            self._paint_heading(painter, option, row.group)
        else:
            self._paint_target(painter, option, row.state)
        painter.restore()

    def _paint_ground(self, painter: QPainter, option: QStyleOptionViewItem) -> None:
        flags = option.state
        if flags & QStyle.StateFlag.State_Selected:
            ground = "selection"
        elif flags & QStyle.StateFlag.State_MouseOver:
            ground = "hover"
        else:
            return
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.color(ground))
        painter.drawRoundedRect(QRectF(option.rect).adjusted(2, 1, -2, -1), 5, 5)

    def _paint_heading(self, painter: QPainter, option: QStyleOptionViewItem, group: str) -> None:
        painter.setFont(scaled(option.font, 1.0, bold=True))
        painter.setPen(self._theme.color("text_muted"))
        place = option.rect.adjusted(MARGIN, 6, -MARGIN, 0)
        text = painter.fontMetrics().elidedText(group, Qt.TextElideMode.ElideRight, place.width())
        painter.drawText(place, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, text)

    def _paint_target(self, painter: QPainter, option: QStyleOptionViewItem, state: TargetState) -> None:
        rect = option.rect
        layout = self._layout
        if layout is None or not layout.is_for(rect.width(), option.font):
            layout = self._layout = RowLayout(rect.width(), option.font)
        columns, status = layout.columns, state.status
        middle = rect.top() + rect.height() / 2
        shape = QPointF(rect.left() + columns.shape_x, middle)
        paint_status(painter, status, shape, self._theme.color(status.color_token))
        self._paint_names(painter, option, state, layout)
        if columns.spark_width:
            spark = QRectF(rect.left() + columns.spark_x, rect.top() + 8, columns.spark_width, rect.height() - 16)
            self._paint_spark(painter, spark, state)
        self._paint_figures(painter, option, state, columns)

    def _paint_names(
        self, painter: QPainter, option: QStyleOptionViewItem, state: TargetState, layout: RowLayout
    ) -> None:
        rect, target = option.rect, state.target
        height = option.fontMetrics.height()
        left = rect.left() + layout.columns.name_x
        top = rect.top() + (rect.height() - round(height * (1 + SMALL))) // 2
        painter.setFont(layout.font)
        painter.setPen(self._theme.color("text"))
        painter.drawStaticText(left, top, layout.line(target.label, is_small=False))
        painter.setFont(layout.small)
        painter.setPen(self._theme.color("text_muted"))
        shown = "  ".join(filter(None, (target.shown.removesuffix("/"), show_tags(target.tags))))
        painter.drawStaticText(left, top + height, layout.line(shown, is_small=True))

    def _paint_figures(
        self, painter: QPainter, option: QStyleOptionViewItem, state: TargetState, columns: RowColumns
    ) -> None:
        rect = option.rect
        painter.setFont(option.font)
        fault = state.fault_now
        painter.setPen(self._theme.color("text_down" if fault else "text"))
        last = QRect(
            rect.left() + columns.last_right - columns.last_width, rect.top(), columns.last_width, rect.height()
        )
        text = option.fontMetrics.elidedText(last_figure(state, self._words), Qt.TextElideMode.ElideRight, last.width())
        painter.drawText(last, RIGHT, text)
        share = state.statistics.loss
        if share is None:
            return
        painter.setPen(self._theme.color("text_down" if share >= LOSS_SHOWN_RED else "text_muted"))
        loss = QRect(
            rect.left() + columns.loss_right - columns.loss_width, rect.top(), columns.loss_width, rect.height()
        )
        painter.drawText(loss, RIGHT, self._words.percent(share))

    def _paint_spark(self, painter: QPainter, place: QRectF, state: TargetState) -> None:
        """The latest checks, newest at the right; failures as ticks under the line."""
        values = list(state.spark)
        finite = [value for value in values if not math.isnan(value)]
        down = QPen(self._theme.color("down"), 1.5)
        down.setCapStyle(Qt.PenCapStyle.FlatCap)
        if values and not finite:
            painter.setPen(QPen(self._theme.color("down"), 3))
            painter.drawLine(QPointF(place.left(), place.center().y()), QPointF(place.right(), place.center().y()))
            return
        if not finite:
            return
        step = place.width() / (SPARK_CHECKS - 1)
        begin = place.right() - step * (len(values) - 1)
        high = max(finite)
        # Never magnify noise: the line spans its own range, at least half of its highest value.
        low = min(*finite, high * 0.5)
        scale = (place.height() - 7) / max(high - low, 1e-9)
        bottom = place.bottom() - 6
        status = state.status if state.status in (Status.UP, Status.SLOW, Status.HALF_OPEN) else Status.UP
        # A line of one pixel: Qt takes ten times as long for one that is a little wider.
        painter.setPen(QPen(self._theme.color("paused" if state.target.is_paused else status.color_token), 1.0))
        points = [QPointF(begin + at * step, bottom - (value - low) * scale) for at, value in enumerate(values)]
        for piece in _pieces(values, points):
            if len(piece) == 1:
                painter.drawPoint(piece[0])
            else:
                painter.drawPolyline(QPolygonF(piece))
        if len(finite) == len(values):
            return
        painter.setPen(down)
        for at, value in enumerate(values):
            if math.isnan(value):
                x = begin + at * step
                painter.drawLine(QPointF(x, place.bottom() - 4), QPointF(x, place.bottom() + 1))


def _pieces(values: list[float], points: list[QPointF]) -> Iterator[list[QPointF]]:
    """The points between failures."""
    begin = 0
    for end in (*(at for at, value in enumerate(values) if math.isnan(value)), len(values)):
        if end > begin:
            yield points[begin:end]
        begin = end + 1
