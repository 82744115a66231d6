"""How much time the graphs show, and whether they follow now."""

from PySide6.QtCore import QEvent, QSignalBlocker
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QPushButton, QWidget

from clearline.ui.viewmodels.time_axis import Span, TimeAxis


class TimeSpanBar(QWidget):
    """1 min, 5 min, 1 h, session, and Live."""

    def __init__(self, axis: TimeAxis, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._axis = axis
        self._spans = QButtonGroup(self)
        self._buttons: dict[Span, QPushButton] = {}
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        for number, span in enumerate(Span):
            button = QPushButton()
            button.setCheckable(True)
            self._spans.addButton(button, number)
            self._buttons[span] = button
            row.addWidget(button)
        row.addSpacing(6)
        self.live = QPushButton()
        self.live.setCheckable(True)
        row.addWidget(self.live)
        self._spans.idClicked.connect(self._chosen)
        self.live.clicked.connect(self._live_clicked)
        axis.span_changed.connect(self.follow)
        axis.live_changed.connect(self.follow)
        self._set_texts()
        self.follow()

    def follow(self) -> None:
        """Show what the axis does."""
        self._spans.setExclusive(False)
        for span, button in self._buttons.items():
            with QSignalBlocker(button):
                button.setChecked(span is self._axis.span)
        self._spans.setExclusive(self._axis.span is not None)
        self.live.setChecked(self._axis.is_live)
        self.live.setText(self.tr("● Live") if self._axis.is_live else self.tr("○ Live"))

    def changeEvent(self, event: QEvent) -> None:
        """Speak another language."""
        if event.type() == QEvent.Type.LanguageChange:
            self._set_texts()
        super().changeEvent(event)

    def _chosen(self, number: int) -> None:
        self._axis.set_span(list(Span)[number])
        self.follow()

    def _live_clicked(self) -> None:
        self._axis.return_to_live()
        self.follow()

    def _set_texts(self) -> None:
        said = {
            Span.MINUTE: (self.tr("1 min"), self.tr("Show one minute")),
            Span.FIVE_MINUTES: (self.tr("5 min"), self.tr("Show five minutes")),
            Span.HOUR: (self.tr("1 h"), self.tr("Show one hour")),
            Span.SESSION: (self.tr("Session"), self.tr("Show the whole session")),
        }
        for span, (text, tip) in said.items():
            self._buttons[span].setText(text)
            self._buttons[span].setToolTip(tip)
            self._buttons[span].setAccessibleName(tip)
        self.live.setToolTip(self.tr("Follow the present moment (L)"))
        self.live.setAccessibleName(self.tr("Live"))
        self.follow()
