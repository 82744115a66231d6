"""Help inside the window: how to, words, states and the keyboard map, searched while typing."""

from PySide6.QtCore import QTimer
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLineEdit, QPushButton, QTextBrowser, QWidget

from clearline.ui.viewmodels.help import HelpModel, help_html
from clearline.ui.viewmodels.theme import Theme
from clearline.ui.widgets.labels import Label
from clearline.ui.widgets.page import Page

SEARCH_AFTER_MS = 120
WIDEST = 900
"""Longer lines are hard to follow."""


class HelpView(Page):
    """Shows the sections of a HelpModel that hold every word typed."""

    def __init__(self, model: HelpModel, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._theme = theme
        self.search = QLineEdit()
        self.search.setClearButtonEnabled(True)
        self.print_button = QPushButton()
        self._none = Label("muted", wrap=True)
        self.text = QTextBrowser()
        self.text.setOpenLinks(False)
        self.text.setFrameShape(QTextBrowser.Shape.NoFrame)
        self.text.setLineWrapMode(QTextBrowser.LineWrapMode.FixedPixelWidth)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(SEARCH_AFTER_MS)
        self._timer.timeout.connect(self.show_sections)
        self.tools.addWidget(self.search, 1)
        self.tools.addWidget(self.print_button)
        self.column.addWidget(self._none)
        self.column.addWidget(self.text, 1)
        self.search.textChanged.connect(self._timer.start)
        self.opened.connect(self._opened)
        theme.changed.connect(self.show_sections)
        self.set_texts()

    def set_texts(self) -> None:
        """Say everything in the language in force."""
        super().set_texts()
        self.title.say(self.tr("Help"))
        self.search.setPlaceholderText(self.tr("Search the help"))
        self.search.setAccessibleName(self.tr("Search the help"))
        self.search.setToolTip(self.tr("Show only what holds these words"))
        self.print_button.setText(self.tr("Print…"))
        self.print_button.setToolTip(self.tr("Print what is shown"))
        self.text.setAccessibleName(self.tr("Help text"))
        self.show_sections()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The text stays as narrow as it reads well; its scroll bar stands at the edge."""
        super().resizeEvent(event)
        self._wrap()

    def html(self) -> str:
        """What was found."""
        return self.text.toHtml()

    def show_sections(self) -> None:
        """Search again, and draw what was found."""
        sections = self._model.found(self.search.text())
        self._none.setVisible(not sections)
        self._none.say(self.tr("Nothing holds all of these words. Try fewer, or another one."))
        self.text.setVisible(bool(sections))
        self.text.setHtml(help_html(sections, self._theme))
        self._wrap()

    def _wrap(self) -> None:
        # The layout may not have reached the text yet; its own width is that of the page then.
        bar = self.text.verticalScrollBar().sizeHint().width()
        self.text.setLineWrapColumnOrWidth(min(WIDEST, self.width() - 60 - bar))

    def _opened(self) -> None:
        self.show_sections()
        self.search.setFocus()
