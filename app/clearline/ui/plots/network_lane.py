"""When this machine's network was changed: cable, Wi-Fi, VPN, addresses, gateway, DNS servers, proxy."""

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter

from clearline.ui.plots.lane import LaneItem, Shown
from clearline.ui.viewmodels.words import translate

LEAST_PX = 3.0


class NetworkItem(LaneItem):
    """The network lane: a thin line, and a bar where a change lies between two looks at the network."""

    def headings(self) -> list[tuple[float, str]]:
        """Its name."""
        return [(self.height / 2, translate("Plots", "Network"))]

    def draw(self, painter: QPainter, shown: Shown) -> None:
        """Bars, each with what changed beside it where there is room before the next."""
        middle = round(self.height / 2) - 0.5
        painter.setPen(self.theme.pen("heat_up"))
        painter.drawLine(QPointF(self.x_of(0.0), middle), QPointF(self.x_of(shown.now_s), middle))
        metrics = self.metrics()
        ends = [self.x_of(span.from_s) for span in shown.network[1:]] + [self.width]
        for span, end in zip(shown.network, ends, strict=True):
            left = self.x_of(span.from_s)
            bar = QRectF(left, 1.0, max(LEAST_PX, self.x_of(span.to_s) - left), self.height - 2.0)
            painter.fillRect(bar, self.theme.tint("half_open", 0.6))
            words = self.words.texts.network(span.changes)
            if metrics.horizontalAdvance(words) + 8.0 <= end - bar.right():
                painter.setPen(self.theme.color("text"))
                ground = QRectF(bar.right() + 3.0, 0.0, metrics.horizontalAdvance(words) + 4.0, self.height)
                painter.fillRect(ground, self.theme.color("plot_background"))
                painter.drawText(QPointF(bar.right() + 5.0, middle + metrics.ascent() / 2 - 1.0), words)

    def hint(self, at_s: float) -> str:
        """`network: gateway 192.0.2.1 → 192.0.2.9`."""
        if self.shown is None:
            return ""
        reach_s = LEAST_PX / max(1.0, self.width) * (self.shown.to_s - self.shown.from_s)
        found = next(
            (span for span in self.shown.network if span.from_s - reach_s <= at_s <= span.to_s + reach_s), None
        )
        if found is None:
            return ""
        return translate("Plots", "network: {0}").format(self.words.texts.network(found.changes))
