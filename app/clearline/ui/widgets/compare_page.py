"""Two recorded sessions beside each other: what changed in a sentence, medians as bars, what else differs."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLineEdit, QPushButton, QSplitter, QVBoxLayout, QWidget

from clearline.report.comparison_picture import bars_picture
from clearline.ui.viewmodels.comparing import Compared, CompareModel
from clearline.ui.viewmodels.library import SessionEntry
from clearline.ui.viewmodels.theme import Theme
from clearline.ui.viewmodels.words import Words
from clearline.ui.widgets.choice_box import ChoiceBox
from clearline.ui.widgets.labels import Label
from clearline.ui.widgets.page import Page
from clearline.ui.widgets.svg_view import SvgView, scrolled
from clearline.ui.widgets.table_view import show_table
from clearline.ui.widgets.work_bar import WorkBar

OTHER = "…"
"""Chosen to look for a session elsewhere."""
_DIVIDED = ""


class ComparePage(Page):
    """Shows a CompareModel. Sessions to choose from are handed in."""

    file_asked = Signal(str)
    """A session that is not in the list: for `a` or for `b`."""
    share_asked = Signal()

    def __init__(self, model: CompareModel, theme: Theme, words: Words, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model = model
        self._theme = theme
        self._words = words
        self._entries: dict[str, SessionEntry] = {}
        self._shown: Compared | None = None
        self.a, self.b, self.at = ChoiceBox(), ChoiceBox(), ChoiceBox()
        self.ticket = QLineEdit()
        self.ticket.setMaxLength(80)
        self.ticket.setMaximumWidth(180)
        self.ticket.setText(model.ticket)
        self.share = QPushButton()
        self.bar = WorkBar(model, words)
        self.headline = Label(factor=1.15, bold=True, wrap=True)
        self.sides = Label("muted", wrap=True)
        self.bars = SvgView()
        self.table = show_table()
        self._what, self._else = Label(bold=True), Label(bold=True)
        self.sentences, self.differences = Label(wrap=True), Label(wrap=True)
        self._place()
        self.a.chosen.connect(self._choose_a)
        self.b.chosen.connect(self._choose_b)
        self.at.chosen.connect(self._choose_at)
        self.ticket.editingFinished.connect(self._choose_ticket)
        self.ticket.textEdited.connect(model.ticket_typed)
        self.share.clicked.connect(self.share_asked)
        self.left.connect(model.cancel)
        model.changed.connect(self.show_model)
        theme.changed.connect(self._draw)
        self.set_texts()

    def offer(self, entry: SessionEntry) -> None:
        """One more session to choose from."""
        if not entry.problem:
            self._entries[entry.path] = entry
            self._fill()

    def clear(self) -> None:
        """The sessions are read anew."""
        self._entries = {path: entry for path, entry in self._entries.items() if path in (self.model.a, self.model.b)}
        self._fill()

    def show_model(self) -> None:
        """Put what the model says into the widgets."""
        model = self.model
        self._fill()
        self.at.setVisible(not model.b)
        self.ticket.setVisible(model.needs_ticket)
        self.share.setEnabled(model.compared is not None and model.work is None)
        self.bar.note(self.tr("Saved as {file}.").format(file=model.saved) if model.saved else "")
        if model.compared is not self._shown:
            self._shown = model.compared
            self._draw()

    def set_texts(self) -> None:
        """Say everything in the language in force."""
        super().set_texts()
        self.title.say(self.tr("Compare two sessions"))
        self.a.setAccessibleName(self.tr("Session A"))
        self.b.setAccessibleName(self.tr("Session B"))
        self.at.setAccessibleName(self.tr("Where A is divided"))
        self.ticket.setPlaceholderText(self.tr("Ticket code"))
        self.ticket.setAccessibleName(self.tr("Ticket code that one of them was redacted with"))
        self.share.setText(self.tr("Share this comparison…"))
        self.share.setToolTip(self.tr("Save it as a page, a PDF or a text"))
        self.table.setAccessibleName(self.tr("Medians, p95 and loss of both sessions"))
        self._what.say(self.tr("What changed"))
        self._else.say(self.tr("What else differs"))
        self.show_model()
        self._draw()

    def _place(self) -> None:
        for box, letter in ((self.a, "A"), (self.b, "B")):
            told = Label("muted")
            told.say(letter)
            told.setBuddy(box)
            self.tools.addWidget(told)
            self.tools.addWidget(box, 2)
        self.tools.addWidget(self.at, 2)
        self.tools.addWidget(self.ticket)
        self.tools.addStretch(1)
        self.tools.addWidget(self.share)
        middle = QSplitter(Qt.Orientation.Vertical)
        middle.setChildrenCollapsible(False)
        middle.addWidget(scrolled(self.bars))
        middle.addWidget(self.table)
        middle.setSizes([460, 220])
        side = QWidget()
        right = QVBoxLayout(side)
        right.setContentsMargins(8, 0, 0, 0)
        right.setSpacing(8)
        for part in (self._what, self.sentences, self._else, self.differences):
            right.addWidget(part)
        right.addStretch(1)
        parts = QSplitter(Qt.Orientation.Horizontal)
        parts.setChildrenCollapsible(False)
        parts.addWidget(middle)
        parts.addWidget(side)
        parts.setStretchFactor(0, 1)
        parts.setSizes([860, 380])
        self.column.addWidget(self.bar)
        self.column.addWidget(self.headline)
        self.column.addWidget(self.sides)
        self.column.addWidget(parts, 1)

    def _fill(self) -> None:
        model = self.model
        sessions = [(path, self._told(entry)) for path, entry in self._entries.items()]
        other = (OTHER, self.tr("Another file…"))
        self.a.offer([*([] if model.a else [(None, self.tr("Choose a session"))]), *sessions, other])
        self.a.show_value(model.a or None)
        self.b.offer([(_DIVIDED, self.tr("The same, divided in two")), *sessions, other])
        self.b.show_value(model.b)
        self.at.offer([(0.0, self.tr("Divide it at…")), *model.marks])
        self.at.show_value(model.at_s)

    def _told(self, entry: SessionEntry) -> str:
        when = self._words.date_and_time(entry.wall_s)
        return f"{when}  {self._words.span(float(round(entry.duration_s)))}  {entry.name}"

    def _choose_a(self, path: object) -> None:
        self._choose("a", path)

    def _choose_b(self, path: object) -> None:
        self._choose("b", path)

    def _choose(self, side: str, path: object) -> None:
        if path == OTHER:
            self.file_asked.emit(side)
            self._fill()
        elif isinstance(path, str):
            self.model.choose(a=path if side == "a" else None, b=path if side == "b" else None)

    def _choose_at(self, at_s: object) -> None:
        if isinstance(at_s, float):
            self.model.choose(at_s=at_s)

    def _choose_ticket(self) -> None:
        if self.ticket.text() != self.model.ticket:
            self.model.choose(ticket=self.ticket.text())

    def _draw(self) -> None:
        shown = self._shown
        for part in (self.bars, self.table, self._what, self._else):
            part.setVisible(shown is not None)
        if shown is None:
            self.headline.say(self.tr("Choose two sessions, or one and where to divide it."))
            self.sides.say("")
            return
        document = shown.document
        self.headline.say(document.headline)
        self.sides.say(document.subtitle)
        texts, colour = self._words.texts, self._theme.hex
        self.bars.show_picture(lambda width: bars_picture(shown.comparison, texts, colour, width))
        self.bars.setAccessibleName(document.headline)
        self.sentences.say("\n".join(f"•  {one}" for one in shown.sentences))
        self.differences.say("\n".join(f"•  {one}" for one in shown.differences))
        table = next((section.table for section in document.sections if section.table is not None), None)
        show_table(self.table, table)
        # Without a target in common there is nothing to draw.
        for part in (self.bars, self.table):
            part.setVisible(table is not None and bool(table.rows))
