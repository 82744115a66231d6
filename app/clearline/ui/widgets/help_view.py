"""Help inside the window: how to, words, states and the keyboard map, searched while typing."""

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QLineEdit, QPushButton, QTextBrowser, QWidget

from clearline.ui.viewmodels.help import HelpModel, help_html
from clearline.ui.viewmodels.theme import Theme
from clearline.ui.widgets.labels import Label
from clearline.ui.widgets.page import Page

SEARCH_AFTER_MS = 120
WIDEST = 900


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
        # Longer lines are hard to follow.
        self.text.setMaximumWidth(WIDEST)
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

    def _opened(self) -> None:
        self.show_sections()
        self.search.setFocus()
