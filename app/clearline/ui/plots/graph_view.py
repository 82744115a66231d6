"""What every view of graphs over the time axis does: draws on its frames while visible, follows theme and language."""

from PySide6.QtCore import QElapsedTimer, QEvent, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QWidget

from clearline.ui.plots.legend import Legend
from clearline.ui.plots.plot_theme import PlotTheme
from clearline.ui.viewmodels.series import SeriesStore
from clearline.ui.viewmodels.theme import Theme
from clearline.ui.viewmodels.time_axis import TimeAxis
from clearline.ui.viewmodels.words import Words


class GraphView(QWidget):
    """A view calls `_follow` once its parts are there, and implements the methods below that say so."""

    summary_changed = Signal()

    def __init__(
        self,
        store: SeriesStore,
        axis: TimeAxis,
        theme: Theme,
        words: Words | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._store, self._axis = store, axis
        self._words = words if words is not None else Words(parent=self)
        self._theme = PlotTheme(theme, self)
        self._drawn: tuple[object, ...] = ()
        """What the last frame was drawn from; empty when anything must be drawn anew."""
        self._since_draw = QElapsedTimer()
        self._pages = 0
        """Of the store, as they were drawn last."""
        self.frames_drawn = 0
        """How often anything was worked out anew."""
        self.legend = Legend(self._theme)

    def draw_frame(self) -> None:
        """Draw what changed since the last frame; nothing while hidden."""
        raise NotImplementedError

    def showEvent(self, event: QShowEvent) -> None:
        """Frames are needed from now on."""
        super().showEvent(event)
        self._forget()
        if not self._axis.is_running:
            self._axis.run(self._store.live_now)

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()

    def _follow(self) -> None:
        """From now on follow theme, language and time axis."""
        self._theme.changed.connect(self._recolour)
        self._words.changed.connect(self._retranslate)
        self._axis.frame.connect(self._frame)
        self._axis.range_changed.connect(self._range_changed)
        self._axis.cursor_changed.connect(self._cursor_changed)
        self._retranslate()

    def _forget(self) -> None:
        """Draw everything with the next frame."""
        self._drawn = ()

    def _is_due(self, every_ms: int) -> bool:
        """Were new samples not drawn for this long, or did a page of a recorded session come since?"""
        if self._pages != self._store.pages:
            self._pages = self._store.pages
            return True
        return not self._since_draw.isValid() or self._since_draw.elapsed() >= every_ms

    def _frame(self) -> None:
        """Twelve times a second."""
        self.draw_frame()

    def _range_changed(self, from_s: float, to_s: float) -> None:
        """Moved by hand: do not wait for the next frame."""
        del from_s, to_s
        if not self._axis.is_live:
            self.draw_frame()

    def _cursor_changed(self) -> None:
        """Read out what is under the crosshair."""
        raise NotImplementedError

    def _recolour(self) -> None:
        """Draw in the theme in force."""
        raise NotImplementedError

    def _retranslate(self) -> None:
        """Name everything in the language in force."""
        raise NotImplementedError
