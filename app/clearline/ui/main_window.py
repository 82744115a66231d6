"""The window: a menu, the desk of the session on screen, the bottom line. It places things and owns none."""

from PySide6.QtCore import QByteArray, QEvent, QMimeData, Qt, Signal
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QMainWindow, QStackedWidget, QVBoxLayout, QWidget

from clearline.ui.actions import ON_TARGETS, Act, Actions
from clearline.ui.icons import app_icon
from clearline.ui.viewmodels.theme import Theme
from clearline.ui.viewmodels.words import Words
from clearline.ui.widgets.desk import Desk
from clearline.ui.widgets.notice_bar import NoticeBar
from clearline.ui.widgets.page import Page
from clearline.ui.widgets.status_line import StatusLine

SIZE = (1480, 920)
SMALLEST = (980, 620)


class MainWindow(QMainWindow):
    """Shows one desk at a time. Closing it only asks: the application ends in order, then hides it."""

    close_asked = Signal()
    desk_changed = Signal()
    files_dropped = Signal(object)
    """Paths of files that were dropped on the window."""

    def __init__(self, theme: Theme, words: Words) -> None:
        super().__init__()
        self.setObjectName("window")
        self.setWindowIcon(app_icon())
        self.resize(*SIZE)
        self.setMinimumSize(*SMALLEST)
        self.setAcceptDrops(True)
        self.acts = Actions(self)
        self.acts.fill(self.menuBar())
        self.status = StatusLine(theme, words)
        self._desks = QStackedWidget()
        self._behind: Desk | None = None
        self.notice = NoticeBar()
        top = QVBoxLayout()
        top.setContentsMargins(12, 4, 12, 0)
        top.addWidget(self.notice)
        page = QWidget()
        page.setObjectName("window")
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 6)
        column.setSpacing(6)
        column.addLayout(top)
        column.addWidget(self._desks, 1)
        bottom = QVBoxLayout()
        bottom.setContentsMargins(12, 0, 12, 0)
        bottom.addWidget(self.status)
        column.addLayout(bottom)
        self.setCentralWidget(page)
        self._set_texts()

    @property
    def desk(self) -> Desk | None:
        """The desk on screen; None while a page covers it."""
        widget = self._desks.currentWidget()
        return widget if isinstance(widget, Desk) else None

    def add_desk(self, desk: Desk) -> None:
        """Show this desk, in front of the others."""
        self._desks.addWidget(desk)
        desk.targets.add_menu([self.acts[act] for act in ON_TARGETS])
        self.acts.work_in(desk.targets.view)
        self.acts.work_in(desk.middle)
        self.bring_up(desk)

    def bring_up(self, desk: Desk) -> None:
        """Show a desk that was added before."""
        self._behind = desk
        self._desks.setCurrentWidget(desk)
        self.acts.suit(is_live=desk.stage.is_live)
        desk.show_selection()
        self.desk_changed.emit()

    def remove_desk(self, desk: Desk) -> None:
        """Take a desk away and let go of all its widgets."""
        self._desks.removeWidget(desk)
        if self._behind is desk:
            self._behind = None
        desk.deleteLater()

    @property
    def page(self) -> Page | None:
        """The page on screen; None while a desk is."""
        widget = self._desks.currentWidget()
        return widget if isinstance(widget, Page) else None

    def show_page(self, page: Page) -> None:
        """Cover the desk with a page until it asks to go back."""
        if self._desks.indexOf(page) < 0:
            self._desks.addWidget(page)
            page.back_asked.connect(self.leave_page)
        self._desks.setCurrentWidget(page)

    def come_forward(self) -> None:
        """Show the window in front of others, wherever it was."""
        self.setWindowState(self.windowState() & ~Qt.WindowState.WindowMinimized)
        self.show()
        self.raise_()
        self.activateWindow()

    def leave_page(self) -> None:
        """Show the desk again that was on screen before."""
        if self._behind is not None:
            self.bring_up(self._behind)

    def show_choice(self, theme: Theme, words: Words) -> None:
        """Tick the theme and the language in force."""
        self.acts[Act(theme.choice.value)].setChecked(True)
        self.acts[Act(words.texts.language)].setChecked(True)

    def state_bytes(self) -> bytes:
        """Where the window is, to be opened there again."""
        return bytes(self.saveGeometry().data())

    def restore_bytes(self, state: bytes) -> None:
        """Open where it was."""
        self.restoreGeometry(QByteArray(state))

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Files of this machine may be dropped."""
        if _paths(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Tell which files were dropped."""
        event.acceptProposedAction()
        self.files_dropped.emit(_paths(event.mimeData()))

    def closeEvent(self, event: QCloseEvent) -> None:
        """Ask for the ordered end; hiding comes last."""
        event.ignore()
        self.close_asked.emit()

    def changeEvent(self, event: QEvent) -> None:
        """Speak another language."""
        if event.type() == QEvent.Type.LanguageChange:
            self._set_texts()
            self.acts.set_texts()
        super().changeEvent(event)

    def _set_texts(self) -> None:
        self.setWindowTitle(self.tr("Clearline"))


def _paths(data: QMimeData) -> list[str]:
    return [url.toLocalFile() for url in data.urls() if url.isLocalFile()]
