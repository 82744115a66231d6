"""The diagnosis of a target: verdict, ladder, what was ruled out, what may still be tested, another computer's view."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from clearline.domain.verdict import Trial
from clearline.ui.viewmodels.diagnosis_words import DiagnosisPage, Offer
from clearline.ui.viewmodels.theme import Theme
from clearline.ui.viewmodels.tips import plain_tip
from clearline.ui.widgets.labels import Label
from clearline.ui.widgets.ladder import LadderView
from clearline.ui.widgets.verdict_card import VerdictCard


class Lines(QWidget):
    """A heading and some sentences, each after a sign; hidden while there is none."""

    def __init__(self, sign: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._sign = sign
        self.heading = Label(bold=True)
        self.lines: list[Label] = []
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 4, 0, 0)
        self._grid.setHorizontalSpacing(7)
        self._grid.setVerticalSpacing(3)
        self._grid.setColumnStretch(1, 1)
        self._grid.addWidget(self.heading, 0, 0, 1, 2)
        self._signs: list[Label] = []
        self.hide()

    def show_lines(self, lines: Sequence[str]) -> None:
        """Show these."""
        while len(self.lines) < len(lines):
            sign, line = Label("up" if self._sign == "✓" else "muted"), Label(wrap=True)
            sign.say(self._sign)
            at = len(self.lines) + 1
            self._grid.addWidget(sign, at, 0, Qt.AlignmentFlag.AlignTop)
            self._grid.addWidget(line, at, 1)
            self._signs.append(sign)
            self.lines.append(line)
        for at, (sign, line) in enumerate(zip(self._signs, self.lines, strict=True)):
            sign.setVisible(at < len(lines))
            line.setVisible(at < len(lines))
            line.say(lines[at] if at < len(lines) else "")
        self.setVisible(bool(lines))


class OfferButton(QPushButton):
    """Says which test its click asks for."""

    asked = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.trial: Trial | None = None
        self.clicked.connect(self._clicked)

    def _clicked(self) -> None:
        if self.trial is not None:
            self.asked.emit(self.trial)


class OfferRows(QWidget):
    """Tests that were not made, each with a button; hidden while there is none."""

    asked = Signal(object)
    """The Trial that is to be made."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.heading = Label(bold=True)
        self.rows: list[tuple[Label, OfferButton]] = []
        self._word = ""
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 4, 0, 0)
        self._grid.setVerticalSpacing(5)
        self._grid.setColumnStretch(0, 1)
        self._grid.addWidget(self.heading, 0, 0, 1, 2)
        self.hide()

    def show_offers(self, offers: Sequence[Offer]) -> None:
        """Offer these."""
        while len(self.rows) < len(offers):
            label, button = Label(wrap=True), OfferButton()
            button.asked.connect(self.asked)
            at = len(self.rows) + 1
            self._grid.addWidget(label, at, 0)
            self._grid.addWidget(button, at, 1)
            self.rows.append((label, button))
        for at, (label, button) in enumerate(self.rows):
            label.setVisible(at < len(offers))
            button.setVisible(at < len(offers))
            if at < len(offers):
                label.say(offers[at].text)
                button.trial = offers[at].trial
                button.setText(self._word)
                button.setAccessibleName(f"{self._word}: {offers[at].text}")
                button.setToolTip(plain_tip(offers[at].text))
        self.setVisible(bool(offers))

    def name_button(self, word: str) -> None:
        """What each button says."""
        self._word = word
        for _, button in self.rows:
            button.setText(word)


class DiagnosisPanel(QWidget):
    """A function of a DiagnosisPage; without one it says how to begin."""

    begin_asked = Signal()
    full_asked = Signal()
    stop_asked = Signal()
    copy_asked = Signal()
    report_asked = Signal()
    trial_asked = Signal(object)
    """A Trial."""
    compare_asked = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown: DiagnosisPage | None = None
        self._is_now = True
        self._target = Label(bold=True, wrap=True)
        self._when = Label("muted", wrap=True)
        self.begin, self.stop, self.again, self.full = (QPushButton() for _ in range(4))
        self.begin.setProperty("primary", True)
        self.card = VerdictCard(theme)
        self.ladder = LadderView(theme)
        self.ruled_out, self.notes, self.there = Lines("✓"), Lines("·"), Lines("·")
        self.offers = OfferRows()
        self.compare = QPushButton()
        self._place()
        self.begin.clicked.connect(self.begin_asked)
        self.again.clicked.connect(self.begin_asked)
        self.stop.clicked.connect(self.stop_asked)
        self.full.clicked.connect(self.full_asked)
        self.compare.clicked.connect(self.compare_asked)
        self.card.copy_asked.connect(self.copy_asked)
        self.card.report_asked.connect(self.report_asked)
        self.offers.asked.connect(self.trial_asked)
        self._set_texts()
        self.show_page(None, "", can_begin=False)

    def show_page(self, page: DiagnosisPage | None, target: str, *, can_begin: bool, is_now: bool = True) -> None:
        """Show this diagnosis; None shows how to begin one of `target`, the selected target's name.

        Without `is_now` the graphs show the past: what was recorded there is judged, and nothing is tested.
        """
        if is_now != self._is_now:
            self._is_now, self._shown = is_now, None
            self._set_begin_texts()
        self.begin.setVisible(page is None and can_begin)
        for widget in (self.card, self.ladder):
            widget.setVisible(page is not None)
        self.stop.setVisible(page is not None and page.is_running)
        self.again.setVisible(page is not None and not page.is_running and can_begin)
        self.full.setVisible(page is not None and page.can_go_deeper and can_begin and is_now)
        if page is None:
            self._target.say(target)
            self._target.setVisible(bool(target))
            self._when.say(self._how_to_begin(target))
            self.ruled_out.show_lines(())
            self.notes.show_lines(())
            self.offers.show_offers(())
        elif page != self._shown:
            self._target.say(page.target)
            self._target.show()
            self._when.say(page.when)
            self.card.show_page(page)
            self.ladder.show_rows(page.rows)
            self.ruled_out.show_lines(page.ruled_out)
            self.notes.show_lines(page.notes)
            testable = [one for one in page.offers if is_now or one.trial is Trial.COLLEAGUE]
            self.offers.show_offers(testable)
        has_offer = page is not None and any(one.trial is Trial.COLLEAGUE for one in page.offers)
        self.compare.setVisible(not has_offer)
        self._shown = page

    def show_there(self, lines: Sequence[str]) -> None:
        """What another computer saw, compared; nothing without lines."""
        self.there.show_lines(lines)

    def changeEvent(self, event: QEvent) -> None:
        """Speak another language."""
        if event.type() == QEvent.Type.LanguageChange:
            self._shown = None
            self._set_texts()
        super().changeEvent(event)

    def _place(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(self._target)
        column.addWidget(self._when)
        buttons = QHBoxLayout()
        buttons.setSpacing(6)
        for button in (self.begin, self.stop, self.again, self.full):
            buttons.addWidget(button)
        buttons.addStretch(1)
        column.addWidget(self.card)
        column.addLayout(buttons)
        for widget in (self.ladder, self.ruled_out, self.notes, self.offers, self.there):
            column.addWidget(widget)
        column.addWidget(self.compare, 0, Qt.AlignmentFlag.AlignLeft)

    def _how_to_begin(self, target: str) -> str:
        if not target:
            return self.tr("Select a target, or type an address above and press Ctrl+Enter.")
        return self.tr("Not diagnosed yet. A diagnosis tests every step from this computer to the target.")

    def _set_begin_texts(self) -> None:
        if self._is_now:
            tip = self.tr("Find out what is wrong, in 6 s at most (Ctrl+D)")
            said = ((self.begin, self.tr("Diagnose"), tip), (self.again, self.tr("Again"), tip))
        else:
            told = self.tr("At the moment shown")
            tip = self.tr(
                "Judge what was recorded at the pointer or in the middle of the graphs; tests nothing (Ctrl+D)"
            )
            said = ((self.begin, told, tip), (self.again, told, tip))
        for button, text, tip in said:
            button.setText(text)
            button.setToolTip(tip)

    def _set_texts(self) -> None:
        self._set_begin_texts()
        said = (
            (self.stop, self.tr("Stop"), self.tr("Stop the diagnosis where it is")),
            (
                self.full,
                self.tr("More thoroughly"),
                self.tr("Take up to 30 s: repeated attempts and more patience"),
            ),
            (
                self.compare,
                self.tr("Compare with another computer…"),
                self.tr("Open a session or a JSON report that a colleague recorded, and see what differs"),
            ),
        )
        for button, text, tip in said:
            button.setText(text)
            button.setToolTip(tip)
        self.ruled_out.heading.say(self.tr("Ruled out"))
        self.notes.heading.say(self.tr("Good to know"))
        self.offers.heading.say(self.tr("Not tested yet"))
        self.there.heading.say(self.tr("From the other computer"))
        self.offers.name_button(self.tr("Test"))
