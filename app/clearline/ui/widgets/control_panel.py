"""How we connect: the profile and its numbers, in force at once, with a preview of the worst case."""

from PySide6.QtCore import QEvent, QPoint, Qt, QTimer, Signal
from PySide6.QtWidgets import QCheckBox, QGridLayout, QScrollArea, QToolButton, QVBoxLayout, QWidget

from clearline.domain.profile import LIMITS, BackoffKind, BreakerMode, FallbackMode, Jitter
from clearline.ui.viewmodels.profile import ProfileModel, spec_of
from clearline.ui.viewmodels.words import Words
from clearline.ui.widgets.choice_box import ChoiceBox
from clearline.ui.widgets.labels import Label
from clearline.ui.widgets.number_field import NumberBox

LIMITS_FIRST = ("timeouts.connect_s", "timeouts.wait_s", "timeouts.total_s")
FIRST = (*LIMITS_FIRST, "retry.attempts", "breaker.streak", "breaker.open_s")
"""The numbers that are always shown; the others are one click away."""


AREAS = ("timeouts", "retry", "breaker", "budget", "adaptive", "fallback", "cascade", "reuse", "keepalive", "heartbeat")
FLAGS = (
    "budget.is_on",
    "adaptive.is_on",
    "retry.obey_retry_after",
    "retry.has_idempotency_key",
    "fallback.has_default",
    "reuse.is_on",
    "keepalive.is_on",
)
"""What can be turned on and off."""


class FlagBox(QCheckBox):
    """Something that is on or off."""

    switched = Signal(str, bool)
    """The field of the profile, and whether it is on now."""

    def __init__(self, field: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._field = field
        self.clicked.connect(self._tell)

    def show_state(self, is_on: bool) -> None:
        """Show what the profile holds."""
        self.setChecked(is_on)

    def _tell(self, is_on: bool) -> None:
        self.switched.emit(self._field, is_on)


class ControlPanel(QWidget):
    """Shows the draft of a ProfileModel and tells it what is changed."""

    profile_chosen = Signal(object)
    """The name of the profile to connect by."""

    def __init__(self, profile: ProfileModel, words: Words, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._profile = profile
        self._words = words
        self._row = 0
        self._heading = Label(bold=True)
        self._worst = Label(wrap=True)
        self._typical = Label("muted", wrap=True)
        self._names: dict[str, Label] = {}
        self._headings: dict[str, Label] = {}
        self._sentences: dict[str, Label] = {}
        self._boxes: dict[str, NumberBox] = {}
        self._rest = QWidget()
        self._rest.hide()
        self.name = ChoiceBox()
        self.backoff = ChoiceBox()
        self.jitter = ChoiceBox()
        self.mode = ChoiceBox(self._rest)
        self.fallback = ChoiceBox(self._rest)
        self._flags: dict[str, FlagBox] = {}
        self.more = QToolButton()
        self.more.setCheckable(True)
        self.more.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._preview_place = QVBoxLayout()
        self._place()
        self.name.chosen.connect(self.profile_chosen)
        self.backoff.chosen.connect(profile.set_backoff)
        self.jitter.chosen.connect(profile.set_jitter)
        self.mode.chosen.connect(profile.set_mode)
        self.fallback.chosen.connect(profile.set_fallback)
        self.more.toggled.connect(self._show_rest)
        profile.changed.connect(self.refresh)
        profile.names_changed.connect(self._offer_names)
        self._set_texts()
        self._show_arrow()

    def place_preview(self, plot: QWidget) -> None:
        """Show the retry preview here."""
        self._preview_place.addWidget(plot)
        # What comes late comes last for Tab, unless it is said.
        before: QWidget = self._boxes[FIRST[-1]]
        for part in plot.findChildren(QWidget):
            if part.focusPolicy() & Qt.FocusPolicy.TabFocus and part.focusProxy() is None:
                QWidget.setTabOrder(before, part)
                before = part

    def refresh(self) -> None:
        """Show the draft, what is wrong with it, and what it comes to."""
        draft, problems = self._profile.draft, self._profile.problems
        self.name.show_value(draft.name)
        self.backoff.show_value(draft.retry.backoff)
        self.jitter.show_value(draft.retry.jitter)
        self.mode.show_value(draft.breaker.mode)
        self.fallback.show_value(draft.fallback.mode)
        for field, flag in self._flags.items():
            flag.show_state(self._profile.flag(field))
        for field, box in self._boxes.items():
            box.show_number(self._profile.number(field))
            problem = problems.get(field)
            sentence = self._words.texts.problem(problem) if problem else ""
            box.mark(sentence)
            self._sentences[field].say(sentence)
            self._sentences[field].setVisible(bool(sentence))
        streak = round(self._profile.number("breaker.streak"))
        self._boxes["breaker.streak"].count_in(self.tr(" failures", "", streak))
        if any(field in LIMITS and field not in FIRST for field in problems):
            self.more.setChecked(True)
        self._show_preview()

    def changeEvent(self, event: QEvent) -> None:
        """Speak another language."""
        if event.type() == QEvent.Type.LanguageChange:
            self._set_texts()
        super().changeEvent(event)

    def _place(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(self._heading)
        column.addWidget(self._worst)
        grid = _grid()
        self._add_row(grid, "profile", self.name)
        for field in LIMITS_FIRST:
            self._add_number(grid, field)
        self._add_row(grid, "backoff", self.backoff)
        self._add_row(grid, "jitter", self.jitter)
        for field in FIRST[len(LIMITS_FIRST) :]:
            self._add_number(grid, field)
        column.addLayout(grid)
        column.addLayout(self._preview_place)
        column.addWidget(self._typical)
        column.addWidget(self.more, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self._rest)

    def _place_rest(self) -> None:
        """All other settings, by what they are about: a hundred widgets, made when they are asked for first."""
        grid = _grid()
        grid.setColumnStretch(0, 1)
        grid.setColumnStretch(1, 0)
        for area in AREAS:
            heading = Label("muted", bold=True)
            heading.setContentsMargins(0, 8, 0, 0)
            self._headings[area] = heading
            grid.addWidget(heading, self._row, 0, 1, 2)
            self._row += 1
            if area == "breaker":
                self._add_row(grid, "mode", self.mode)
            if area == "fallback":
                self._add_row(grid, "fallback", self.fallback)
            for field in FLAGS:
                if field.partition(".")[0] == area:
                    flag = self._flags[field] = FlagBox(field)
                    grid.addWidget(flag, self._row, 0, 1, 2)
                    flag.switched.connect(self._profile.set_flag)
                    self._row += 1
            self._add_numbers(grid, area)
        self._rest.setLayout(grid)

    def _add_numbers(self, grid: QGridLayout, area: str) -> None:
        for field in LIMITS:
            if field.partition(".")[0] == area and field not in FIRST:
                self._add_number(grid, field)

    def _add_row(self, grid: QGridLayout, name: str, field: QWidget) -> None:
        # The other settings have long names: they wrap instead of pushing the fields out of the panel.
        label = Label(wrap=name not in FIRST and name in LIMITS)
        label.setBuddy(field)
        self._names[name] = label
        grid.addWidget(label, self._row, 0)
        grid.addWidget(field, self._row, 1)
        self._row += 1

    def _add_number(self, grid: QGridLayout, field: str) -> None:
        spec = spec_of(field)
        box = NumberBox(spec, f" {spec.unit}" if spec.unit else "")
        box.changed_to.connect(self._profile.set_number)
        self._boxes[field] = box
        self._add_row(grid, field, box)
        sentence = Label("problem", wrap=True)
        sentence.hide()
        self._sentences[field] = sentence
        grid.addWidget(sentence, self._row, 0, 1, 2)
        self._row += 1

    def _show_preview(self) -> None:
        if self._profile.problems:
            self._worst.say(self.tr("Mend what is marked; until then the settings before stay in force."))
            self._typical.hide()
            return
        preview = self._profile.preview
        worst = self._words.span(preview.worst_case_s)
        self._worst.say(self.tr("Worst case {span} before the user sees an error.").format(span=worst))
        typical = self._words.span(preview.typical_s)
        text = self.tr("If all attempts fail at once: {span}.").format(span=typical)
        self._typical.say(text)
        self._typical.show()

    def _bring_rest(self) -> None:
        area: QWidget | None = self
        while area is not None and not isinstance(area, QScrollArea):
            area = area.parentWidget()
        if isinstance(area, QScrollArea) and (scrolled := area.widget()) is not None and self.more.isChecked():
            area.verticalScrollBar().setValue(self.more.mapTo(scrolled, QPoint(0, 0)).y())

    def _show_rest(self, is_shown: bool) -> None:
        if is_shown and not self._headings:
            self._place_rest()
            self._set_texts()
        self._rest.setVisible(is_shown)
        if is_shown:
            # Once it is laid out: below what is on screen nobody would see that anything opened.
            QTimer.singleShot(0, self, self._bring_rest)
        self._show_arrow()

    def _show_arrow(self) -> None:
        is_down = self.more.isChecked()
        self.more.setArrowType(Qt.ArrowType.DownArrow if is_down else Qt.ArrowType.RightArrow)

    def _offer_names(self) -> None:
        self.name.offer([(name, self._words.profile(name)) for name in self._profile.names])
        self.name.show_value(self._profile.draft.name)

    def _set_texts(self) -> None:
        self._heading.say(self.tr("How we connect"))
        self.more.setText(self.tr("All settings"))
        self.more.setToolTip(self.tr("Show the other limits, pauses and breaker settings of this profile"))
        self._offer_names()
        self.backoff.offer([(kind, self._words.backoff(kind)) for kind in BackoffKind])
        self.jitter.offer([(kind, self._words.jitter(kind)) for kind in Jitter])
        self.mode.offer(
            [
                (BreakerMode.AUTOMATIC, self.tr("Automatic")),
                (BreakerMode.OBSERVE, self.tr("Observe only")),
                (BreakerMode.ISOLATED, self.tr("Isolated")),
            ]
        )
        self.fallback.offer([(FallbackMode.FAST, self.tr("Fail fast")), (FallbackMode.SAFE, self.tr("Fail safe"))])
        if self._headings:
            self._name_rest()
        own = {
            "profile": self.tr("Profile"),
            "backoff": self.tr("Back-off"),
            "jitter": self.tr("Jitter"),
            "mode": self.tr("Breaker"),
            "fallback": self.tr("When all fails"),
            "timeouts.connect_s": self.tr("Connect timeout"),
            "timeouts.wait_s": self.tr("Answer timeout"),
            "timeouts.total_s": self.tr("Whole check"),
            "retry.attempts": self.tr("Attempts"),
            "breaker.streak": self.tr("Open after"),
            "breaker.open_s": self.tr("Try again after"),
        }
        for name, label in self._names.items():
            text = own.get(name) or self._words.texts.field(name)
            text = text[:1].upper() + text[1:]
            label.say(text)
            buddy = label.buddy()
            buddy.setAccessibleName(text)
            buddy.setToolTip(self._tip(name) if name in self._boxes else text)
        modes = [self._words.texts.say(f"fallback_mode.{mode.value}") for mode in FallbackMode]
        self.fallback.setToolTip("\n".join(modes))
        self.refresh()

    def _name_rest(self) -> None:
        for area, text in {
            "timeouts": self.tr("Time limits"),
            "retry": self.tr("Retries"),
            "breaker": self.tr("Circuit breaker"),
            "budget": self.tr("Retry budget"),
            "adaptive": self.tr("Adaptive limits"),
            "fallback": self.tr("Fallback"),
            "cascade": self.tr("Services behind the target"),
            "reuse": self.tr("Kept connections"),
            "keepalive": self.tr("TCP keep-alive"),
            "heartbeat": self.tr("Heartbeat of long connections"),
        }.items():
            self._headings[area].say(text)
        for field, text in {
            "budget.is_on": self.tr("Limit retries to a budget"),
            "adaptive.is_on": self.tr("Let limits follow what the host takes"),
            "retry.obey_retry_after": self.tr("Wait as long as the server asks"),
            "retry.has_idempotency_key": self.tr("Send an idempotency key"),
            "fallback.has_default": self.tr("Go on with a default value"),
            "reuse.is_on": self.tr("Keep web connections open"),
            "keepalive.is_on": self.tr("Use TCP keep-alive"),
        }.items():
            self._flags[field].setText(text)
            self._flags[field].setToolTip(text)

    def _tip(self, field: str) -> str:
        spec = spec_of(field)
        texts = self._words.texts
        low, high = f"{spec.low:g}", f"{spec.high:g} {spec.unit}".strip()
        return self.tr("{name}: {low} to {high}").format(name=texts.field(field).capitalize(), low=low, high=high)


def _grid() -> QGridLayout:
    grid = QGridLayout()
    grid.setContentsMargins(0, 0, 0, 0)
    grid.setHorizontalSpacing(8)
    grid.setVerticalSpacing(4)
    grid.setColumnStretch(0, 0)
    grid.setColumnStretch(1, 1)
    return grid
