"""The window's presence on the desktop: an icon in the tray where there is one, and messages, quiet unless asked."""

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QIcon, QPainter, QPixmap
from PySide6.QtWidgets import QApplication, QMenu, QSystemTrayIcon, QWidget

from clearline.ui.icons import app_icon, paint_status
from clearline.ui.viewmodels.preferences import Preference, Preferences
from clearline.ui.viewmodels.session import SessionModel
from clearline.ui.viewmodels.status import Status
from clearline.ui.viewmodels.theme import Theme

ICON_PX = 64
SHOWN_MS = 8_000


class Notifier(QObject):
    """Shows the worst state of the live session in the tray. Without a tray a message makes the task bar blink."""

    show_asked = Signal()
    pause_asked = Signal()
    quit_asked = Signal()

    def __init__(
        self,
        window: QWidget,
        session: SessionModel,
        theme: Theme,
        preferences: Preferences,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._window = window
        self._session = session
        self._theme = theme
        self._preferences = preferences
        self._shown: Status | None = None
        self.icon: QSystemTrayIcon | None = None
        self._menu = QMenu(window)
        self._show = self._menu.addAction("")
        self._pause = self._menu.addAction("")
        self._menu.addSeparator()
        self._quit = self._menu.addAction("")
        self._show.triggered.connect(self.show_asked)
        self._pause.triggered.connect(self.pause_asked)
        self._quit.triggered.connect(self.quit_asked)
        if QSystemTrayIcon.isSystemTrayAvailable():
            self.icon = QSystemTrayIcon(app_icon(), self)
            self.icon.setContextMenu(self._menu)
            self.icon.activated.connect(self._activated)
            self.icon.messageClicked.connect(self.show_asked)
            self.icon.show()
        session.targets_changed.connect(self.refresh)
        session.plan_used.connect(self.refresh)
        self.set_texts()

    @property
    def has_tray(self) -> bool:
        """Is there an icon that can bring the window back?"""
        return self.icon is not None

    def is_wanted(self) -> bool:
        """Does anybody want a message now?"""
        return self._preferences.is_on(Preference.NOTIFY) and not self._window.isActiveWindow()

    def tell(self, title: str, text: str) -> None:
        """Show one message; with it one sound, where that was asked for."""
        if self.icon is not None:
            self.icon.showMessage(title, text, app_icon(), SHOWN_MS)
        else:
            QApplication.alert(self._window, 0)
        if self._preferences.is_on(Preference.SOUND):
            QApplication.beep()

    def refresh(self) -> None:
        """Draw the worst state into the icon."""
        if self.icon is None:
            return
        order = (Status.DOWN, Status.HALF_OPEN, Status.SLOW, Status.UP)
        counts = self._session.counts()
        worst = next((status for status in order if counts[status]), None)
        if worst is self._shown:
            return
        self._shown = worst
        self.icon.setIcon(self.picture(worst))
        self.set_texts()

    def picture(self, worst: Status | None) -> QIcon:
        """The application's icon with the shape of a state in its corner."""
        pixmap = app_icon().pixmap(ICON_PX, ICON_PX)
        if worst is None:
            return QIcon(pixmap)
        painter = QPainter(pixmap)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        centre = QPixmap(pixmap).rect().bottomRight().toPointF()
        centre -= (pixmap.rect().bottomRight() / 4).toPointF()
        painter.setBrush(self._theme.color("surface"))
        painter.drawEllipse(centre, ICON_PX / 4, ICON_PX / 4)
        paint_status(painter, worst, centre, self._theme.color(worst.color_token), ICON_PX * 0.38)
        painter.end()
        return QIcon(pixmap)

    def set_texts(self) -> None:
        """Words in the language in force."""
        self._show.setText(self.tr("Show the window"))
        self._pause.setText(self.tr("Pause all, or go on"))
        self._quit.setText(self.tr("Quit"))
        if self.icon is not None:
            self.icon.setToolTip("\n".join(filter(None, ("Clearline", self._shown.meaning if self._shown else ""))))

    def close(self) -> None:
        """Leave the tray."""
        if self.icon is not None:
            self.icon.hide()

    def _activated(self, reason: QSystemTrayIcon.ActivationReason) -> None:
        if reason is QSystemTrayIcon.ActivationReason.Trigger:
            self.show_asked.emit()
