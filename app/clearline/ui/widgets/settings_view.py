"""Settings: how the window looks and moves, its language, what it says by itself, how it begins; in force at once."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QFormLayout, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from clearline.ui.viewmodels.preferences import Contrast, Preference, Preferences
from clearline.ui.viewmodels.theme import Theme, ThemeChoice
from clearline.ui.viewmodels.words import Words
from clearline.ui.widgets.labels import Label
from clearline.ui.widgets.outside_settings import OutsideSettings
from clearline.ui.widgets.page import Page

WIDTH = 560
"""Of each of two columns: longer lines are hard to follow."""
GAP = 40


class SettingsView(Page):
    """Shows Preferences, the theme and the language."""

    theme_chosen = Signal(object)
    """A ThemeChoice."""
    language_chosen = Signal(str)
    """`en` or `fr`."""

    def __init__(
        self, preferences: Preferences, theme: Theme, words: Words, *, has_tray: bool, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._preferences = preferences
        self._theme = theme
        self._words = words
        self._headings = [Label(bold=True) for _ in range(3)]
        self._names: dict[QComboBox, Label] = {}
        self.theme_box, self.contrast_box, self.language_box = QComboBox(), QComboBox(), QComboBox()
        self.boxes = {preference: QCheckBox() for preference in Preference}
        self._told = {preference: Label("muted", wrap=True) for preference in Preference}
        self._quiet = Label("muted", wrap=True)
        self.outside = OutsideSettings(preferences.outside, words)
        self._place()
        self.boxes[Preference.STAY_IN_TRAY].setEnabled(has_tray)
        self.boxes[Preference.SOUND].setEnabled(preferences.is_on(Preference.NOTIFY))
        for preference, box in self.boxes.items():
            box.setChecked(preferences.is_on(preference))
            box.setObjectName(preference.value)
            box.toggled.connect(self._toggled)
        self.theme_box.activated.connect(self._theme_activated)
        self.contrast_box.activated.connect(self._contrast_activated)
        self.language_box.activated.connect(self._language_activated)
        self.opened.connect(self._opened)
        theme.changed.connect(self._show_choices)
        self.set_texts()

    def set_texts(self) -> None:
        """Say everything in the language in force."""
        super().set_texts()
        self.title.say(self.tr("Settings"))
        for label, text in zip(
            self._headings,
            (self.tr("Appearance"), self.tr("Messages on the desktop"), self.tr("Beginning and ending")),
            strict=True,
        ):
            label.say(text)
        for box, text in (
            (self.theme_box, self.tr("Theme")),
            (self.contrast_box, self.tr("Contrast")),
            (self.language_box, self.tr("Language")),
        ):
            self._names[box].say(text)
            box.setAccessibleName(text)
        self._fill(
            self.theme_box,
            [
                (ThemeChoice.SYSTEM.value, self.tr("As the system")),
                (ThemeChoice.LIGHT.value, self.tr("Light")),
                (ThemeChoice.DARK.value, self.tr("Dark")),
            ],
        )
        self._fill(
            self.contrast_box,
            [
                (Contrast.SYSTEM.value, self.tr("As the system")),
                (Contrast.NORMAL.value, self.tr("Normal")),
                (Contrast.HIGH.value, self.tr("High")),
            ],
        )
        # Each language by its own name, whichever is spoken.
        self._fill(self.language_box, [("en", "English"), ("fr", "Français")])
        for preference, (text, sentence) in self._texts().items():
            self.boxes[preference].setText(text)
            self.boxes[preference].setToolTip(sentence)
            self.boxes[preference].setAccessibleDescription(sentence)
            self._told[preference].say(sentence)
        self._quiet.say(self.tr("Clearline looks for no updates and sends no figures."))
        self._show_choices()

    def _place(self) -> None:
        inner = QWidget()
        inner.setObjectName("scrolled")
        inner.setMaximumWidth(2 * WIDTH + GAP)
        columns = QHBoxLayout(inner)
        columns.setContentsMargins(0, 0, 12, 0)
        columns.setSpacing(GAP)
        column, other = QVBoxLayout(), QVBoxLayout()
        for each in (column, other):
            each.setSpacing(6)
            columns.addLayout(each, 1)
        column.addWidget(self._headings[0])
        form = QFormLayout()
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        for box in (self.theme_box, self.contrast_box, self.language_box):
            self._names[box] = Label()
            self._names[box].setBuddy(box)
            form.addRow(self._names[box], box)
        column.addLayout(form)
        self._add(column, Preference.REDUCED_MOTION)
        column.addSpacing(12)
        column.addWidget(self._headings[1])
        self._add(column, Preference.NOTIFY)
        self._add(column, Preference.SOUND)
        column.addSpacing(12)
        column.addWidget(self._headings[2])
        self._add(column, Preference.BEGIN_EMPTY)
        self._add(column, Preference.STAY_IN_TRAY)
        column.addStretch(1)
        other.addWidget(self.outside)
        other.addSpacing(12)
        other.addWidget(self._quiet)
        other.addStretch(1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(inner)
        self.column.addWidget(area, 1)

    def _add(self, column: QVBoxLayout, preference: Preference) -> None:
        column.addWidget(self.boxes[preference])
        told = self._told[preference]
        told.setContentsMargins(22, 0, 0, 4)
        column.addWidget(told)

    def _texts(self) -> dict[Preference, tuple[str, str]]:
        return {
            Preference.REDUCED_MOTION: (
                self.tr("Reduce motion"),
                self.tr("Graphs move on once a second instead of flowing, and menus open without an effect."),
            ),
            Preference.NOTIFY: (
                self.tr("Tell when targets fail or answer again"),
                self.tr("Only while another window is in front; one message for all of them, at most one a minute."),
            ),
            Preference.SOUND: (
                self.tr("With a sound"),
                self.tr("One sound a message, however many targets it is about."),
            ),
            Preference.BEGIN_EMPTY: (
                self.tr("Begin without targets"),
                self.tr("Otherwise the targets of last time are tested again as soon as the window opens."),
            ),
            Preference.STAY_IN_TRAY: (
                self.tr("Keep testing when the window is closed"),
                self.tr("The icon in the tray brings the window back. Needs a desktop that has a tray."),
            ),
        }

    def _fill(self, box: QComboBox, choices: list[tuple[str, str]]) -> None:
        if box.count() == 0:
            for value, text in choices:
                box.addItem(text, value)
        for place, (_, text) in enumerate(choices):
            box.setItemText(place, text)

    def _show_choices(self) -> None:
        for box, value in (
            (self.theme_box, self._theme.choice.value),
            (self.contrast_box, self._preferences.contrast.value),
            (self.language_box, self._words.texts.language),
        ):
            box.setCurrentIndex(max(0, box.findData(value)))

    def _opened(self) -> None:
        self._show_choices()
        self.theme_box.setFocus()

    def _toggled(self, is_on: bool) -> None:
        if isinstance(box := self.sender(), QCheckBox):
            self._preferences.turn(Preference(box.objectName()), is_on)
        self.boxes[Preference.SOUND].setEnabled(self._preferences.is_on(Preference.NOTIFY))

    def _theme_activated(self) -> None:
        self.theme_chosen.emit(ThemeChoice(str(self.theme_box.currentData())))

    def _contrast_activated(self) -> None:
        self._preferences.contrast = Contrast(str(self.contrast_box.currentData()))

    def _language_activated(self) -> None:
        self.language_chosen.emit(str(self.language_box.currentData()))
