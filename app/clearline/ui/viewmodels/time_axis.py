"""Which stretch of the session is on screen: one window in time shared by every graph, live or moved by hand."""

from collections.abc import Callable
from enum import StrEnum

from PySide6.QtCore import QObject, QTimer, Signal

FRAMES_PER_S = 12
SHORTEST_S = 1.0
"""Nothing is zoomed in further than this."""


class Span(StrEnum):
    """The spans that have a button."""

    MINUTE = "minute"
    FIVE_MINUTES = "five_minutes"
    HOUR = "hour"
    SESSION = "session"


LENGTHS_S = {Span.MINUTE: 60.0, Span.FIVE_MINUTES: 300.0, Span.HOUR: 3600.0}
SHORTEST_SESSION_S = 60.0
"""A live session that is younger fills the window from the left; a recorded one grows no more and fills it."""


class TimeAxis(QObject):
    """The visible window `from_s` to `to_s` in session seconds, and the moment under the pointer.

    While live, the right edge follows now. A session shorter than the span is shown whole, but at least
    `shortest_session_s`.
    `frame` beats 12 times a second once `run` was called: graphs draw on it, all at the same time, if anything changed.
    """

    range_changed = Signal(float, float)
    live_changed = Signal(bool)
    span_changed = Signal()
    cursor_changed = Signal()
    frame = Signal()

    def __init__(self, parent: QObject | None = None, *, shortest_session_s: float = SHORTEST_SESSION_S) -> None:
        super().__init__(parent)
        self._shortest_session_s = shortest_session_s
        self._span: Span | None = Span.FIVE_MINUTES
        self._length_s = LENGTHS_S[Span.FIVE_MINUTES]
        self._from_s, self._to_s = 0.0, self._length_s
        self._now_s = 0.0
        self._is_live = True
        self._cursor_s: float | None = None
        self._now: Callable[[], float] | None = None
        self._timer = QTimer(self)
        self._timer.setInterval(1000 // FRAMES_PER_S)
        self._timer.timeout.connect(self._beat)

    @property
    def from_s(self) -> float:
        """Left edge."""
        return self._from_s

    @property
    def to_s(self) -> float:
        """Right edge."""
        return self._to_s

    @property
    def now_s(self) -> float:
        """The present moment of the session."""
        return self._now_s

    @property
    def length_s(self) -> float:
        """How much time is on screen."""
        return self._to_s - self._from_s

    @property
    def span(self) -> Span | None:
        """The span that was chosen; None where it was zoomed by hand."""
        return self._span

    @property
    def is_live(self) -> bool:
        """Does the right edge follow now?"""
        return self._is_live

    @property
    def cursor_s(self) -> float | None:
        """The moment under the pointer; None where it is elsewhere."""
        return self._cursor_s

    @property
    def is_running(self) -> bool:
        """Does `frame` beat?"""
        return self._timer.isActive()

    def run(self, now: Callable[[], float]) -> None:
        """Follow this clock (session seconds) and beat frames. Called again, it follows the new one."""
        self._now = now
        self._timer.start()

    def calm(self, is_calm: bool) -> None:
        """Beat once a second instead of flowing: for people whom motion disturbs."""
        self._timer.setInterval(1000 if is_calm else 1000 // FRAMES_PER_S)

    def halt(self) -> None:
        """Beat no more frames."""
        self._timer.stop()

    def set_now(self, now_s: float) -> None:
        """Time went on. The window moves if live."""
        if now_s == self._now_s:
            return
        self._now_s = now_s
        if self._is_live:
            self._follow()

    def set_span(self, span: Span) -> None:
        """Show this much. A window that was moved by hand keeps its right edge."""
        self._span = span
        if span is Span.SESSION:
            self._set_live(True)
        else:
            self._length_s = LENGTHS_S[span]
        if self._is_live:
            self._follow()
        else:
            self._place(self._to_s - self._length_s, self._to_s)
        self.span_changed.emit()

    def pan(self, by_s: float) -> None:
        """Move the window; beyond now it is live again."""
        self.show(self._from_s + by_s, self._to_s + by_s)

    def pan_share(self, share: float) -> None:
        """Move the window by a share of its length: -0.25 shows a quarter earlier."""
        self.pan(share * self.length_s)

    def zoom(self, factor: float, about_s: float | None = None) -> None:
        """Show `factor` times as much (below 1 is closer), keeping the moment `about_s` in its place.

        Without a moment: about the right edge while live, else about the middle.
        """
        if about_s is None:
            about_s = self._to_s if self._is_live else (self._from_s + self._to_s) / 2
        length = max(SHORTEST_S, self.length_s * factor)
        share = (about_s - self._from_s) / self.length_s
        begin = about_s - share * length
        if begin < 0.0 and begin + length >= max(self._now_s, self._shortest_session_s):
            self.set_span(Span.SESSION)
            return
        self.show(begin, begin + length)

    def show(self, from_s: float, to_s: float) -> None:
        """Show exactly this stretch, moved into the session where it reaches beyond; at now it becomes live."""
        length = max(SHORTEST_S, to_s - from_s)
        if abs(length - self.length_s) > 1e-9 * length or self._span is Span.SESSION:
            self._length_s = length
            if self._span is not None:
                self._span = None
                self.span_changed.emit()
        is_at_end = to_s >= self._now_s and from_s + length >= self._now_s
        self._set_live(is_at_end)
        if is_at_end:
            self._follow()
            return
        begin = max(0.0, min(from_s, self._now_s - length))
        self._place(begin, begin + length)

    def show_moment(self, at_s: float) -> None:
        """Put a moment into the middle, and the cursor on it."""
        self.show(at_s - self.length_s / 2, at_s + self.length_s / 2)
        self.set_cursor(at_s)

    def return_to_live(self) -> None:
        """Follow now again."""
        self._set_live(True)
        self._follow()

    def set_cursor(self, at_s: float | None) -> None:
        """The pointer is over this moment, or over none."""
        if at_s != self._cursor_s:
            self._cursor_s = at_s
            self.cursor_changed.emit()

    def _follow(self) -> None:
        least = max(self._now_s, self._shortest_session_s)
        if self._span is Span.SESSION:
            self._place(0.0, least)
            return
        begin = max(0.0, self._now_s - self._length_s)
        self._place(begin, begin + min(self._length_s, least))

    def _place(self, from_s: float, to_s: float) -> None:
        from_s = max(0.0, from_s)
        if (from_s, to_s) != (self._from_s, self._to_s):
            self._from_s, self._to_s = from_s, to_s
            self.range_changed.emit(from_s, to_s)

    def _set_live(self, is_live: bool) -> None:
        if is_live != self._is_live:
            self._is_live = is_live
            self.live_changed.emit(is_live)

    def draw_now(self) -> None:
        """Something came that is to be seen before the next frame would be due."""
        self.frame.emit()

    def _beat(self) -> None:
        if self._now is not None:
            self.set_now(self._now())
        self.frame.emit()
