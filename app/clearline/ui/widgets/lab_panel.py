"""The practice lab beside its graphs: lesson, time, restart, another scenario, and faults to make by hand."""

import re

from PySide6.QtCore import QEvent, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from clearline.ui.viewmodels.lab import FaultSection, LabModel
from clearline.ui.viewmodels.words import Words
from clearline.ui.widgets.fault_buttons import FaultButtons
from clearline.ui.widgets.fault_options import FaultOptions
from clearline.ui.widgets.labels import Label, rule

PLAIN_SPACE = re.compile(r"[ \t\r\n]+")
"""What a text file breaks its lines with; French keeps its no-break spaces."""


class LabPanel(QWidget):
    """Shows a LabModel for the selected target."""

    another_asked = Signal()

    def __init__(self, model: LabModel, words: Words, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model = self._model = model
        self._words = words
        self._target_id: str | None = None
        self._selected: str | None = None
        self._sections: tuple[FaultSection, ...] = ()
        self._title = Label(factor=1.15, bold=True, wrap=True)
        self._time = Label("muted")
        self._lesson = Label(wrap=True)
        self.restart = QPushButton()
        self.another = QPushButton()
        self._heading = Label(bold=True)
        self._applies = Label("muted", wrap=True)
        self._now = Label(wrap=True)
        self.options = FaultOptions()
        self.follow = QPushButton()
        self._problem = Label("problem", wrap=True)
        self._groups: list[FaultButtons] = []
        self._place()
        model.changed.connect(self.draw)
        self.restart.clicked.connect(model.restart)
        self.another.clicked.connect(self.another_asked)
        self.follow.clicked.connect(self._follow)
        self.options.changed_to.connect(self._set_option)
        self._set_texts()

    def show_target(self, target_id: str | None) -> None:
        """Faults are made at this target from now on."""
        self._selected = target_id
        self._target_id = self._model.target_for(target_id)
        self._build()
        self.draw()

    def draw(self) -> None:
        """Show what the lab said last, and the time."""
        model, target = self._model, self._target_id
        self.draw_time()
        fault = model.fault(target) if target else None
        kind = fault.kind if fault else ""
        for group in self._groups:
            group.show_on(kind)
        if target:
            self._applies.say(self.tr("Applies to: {target}").format(target=model.label(target)))
            word = model.fault_words(kind) if kind else ""
            if not kind:
                self._now.say(self.tr("All is well there now."))
            elif model.is_by_hand(target):
                self._now.say(self.tr("On by hand: {fault}").format(fault=word))
            else:
                self._now.say(self.tr("On by the scenario: {fault}").format(fault=word))
        elif self._selected:
            self._applies.say(self.tr("No fault can be made at this target. Choose another one."))
        else:
            self._applies.say(self.tr("Choose a target on the left; then press a fault to make it."))
        self._now.setVisible(target is not None)
        self.options.show_options(model.options(target) if target else ())
        self.follow.setVisible(target is not None and model.is_by_hand(target))
        problem = self.tr("The practice lab has stopped. Leave it and start it again.") if model.has_ended else ""
        self._problem.say(problem or model.problem)
        self._problem.setVisible(bool(self._problem.text()))
        for widget in (self.restart, self.follow, self.options, *self._groups):
            widget.setEnabled(not model.has_ended)

    def draw_time(self) -> None:
        """How far the scenario has played."""
        texts = self._words.texts
        told = self.tr("Scenario of {length}, at {time}")
        span = float(round(self._model.duration_s)), max(0.0, float(int(self._model.elapsed_s)))
        self._time.say(told.format(length=texts.duration(span[0]), time=texts.duration(span[1])))

    def changeEvent(self, event: QEvent) -> None:
        """Speak another language."""
        if event.type() == QEvent.Type.LanguageChange:
            self._set_texts()
        super().changeEvent(event)

    def _place(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        buttons = QHBoxLayout()
        buttons.addWidget(self.restart)
        buttons.addWidget(self.another)
        buttons.addStretch(1)
        for widget in (self._title, self._time, self._lesson):
            column.addWidget(widget)
        column.addLayout(buttons)
        column.addWidget(rule())
        for below in (self._heading, self._applies, self._now, self.options, self._problem, self.follow):
            column.addWidget(below)
        self._faults = QVBoxLayout()
        self._faults.setSpacing(8)
        column.addLayout(self._faults)

    def _build(self) -> None:
        sections = self._model.sections(self._target_id)
        if sections == self._sections:
            return
        self._sections = sections
        for group in self._groups:
            self._faults.removeWidget(group)
            group.hide()
            group.deleteLater()
        self._groups = [FaultButtons(section, self) for section in sections]
        for group in self._groups:
            group.toggled.connect(self._toggle)
            self._faults.addWidget(group)

    def _toggle(self, kind: str) -> None:
        if self._target_id:
            self._model.toggle(self._target_id, kind)
        # A click presses the button at once; it stays as the lab says.
        self.draw()

    def _set_option(self, name: str, value: float) -> None:
        if self._target_id:
            self._model.set_option(self._target_id, name, value)

    def _follow(self) -> None:
        if self._target_id:
            self._model.follow(self._target_id)

    def _set_texts(self) -> None:
        self._title.say(self._model.title.rstrip("."))
        self._lesson.say(PLAIN_SPACE.sub(" ", self._model.lesson).strip())
        self.restart.setText(self.tr("Restart"))
        self.restart.setToolTip(self.tr("Play the scenario from its beginning; faults made by hand go"))
        self.another.setText(self.tr("Another scenario…"))
        self.another.setToolTip(self.tr("Choose another scenario of the practice lab"))
        self._heading.say(self.tr("Make a fault"))
        self.follow.setText(self.tr("Let the scenario play on"))
        self.follow.setToolTip(self.tr("Mend what was made by hand and follow the scenario again at this target"))
        self._build()
        self.draw()
