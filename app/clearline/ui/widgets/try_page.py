"""A recorded session under other policies: lanes over one another, and what they come to."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QSplitter, QWidget

from clearline.report.replays_picture import lanes_picture
from clearline.report.replays_table import lane_table
from clearline.ui.viewmodels.theme import Theme
from clearline.ui.viewmodels.trying import Tried, TryModel
from clearline.ui.viewmodels.words import Words
from clearline.ui.widgets.choice_box import ChoiceBox
from clearline.ui.widgets.labels import Label
from clearline.ui.widgets.page import Page
from clearline.ui.widgets.svg_view import SvgView, scrolled
from clearline.ui.widgets.table_view import show_table
from clearline.ui.widgets.work_bar import WorkBar


class TryPage(Page):
    """Shows a TryModel."""

    def __init__(self, model: TryModel, theme: Theme, words: Words, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model = model
        self._theme = theme
        self._words = words
        self._shown: Tried | None = None
        self.first, self.second = ChoiceBox(), ChoiceBox()
        self.bar = WorkBar(model, words)
        self.lanes = SvgView()
        self.table = show_table()
        self._lead = Label("muted")
        self._note = Label("muted", wrap=True)
        self._place()
        self.first.chosen.connect(self._choose_first)
        self.second.chosen.connect(self._choose_second)
        self.left.connect(model.cancel)
        model.changed.connect(self.show_model)
        theme.changed.connect(self._draw)
        self.set_texts()

    def show_model(self) -> None:
        """Put what the model says into the widgets."""
        profiles = [(profile.name, self._words.profile(profile.name)) for profile in self.model.profiles]
        for place, box in enumerate((self.first, self.second)):
            box.offer([*profiles, ("", self.tr("None"))])
            box.show_value(self.model.chosen[place])
        if self.model.tried is not self._shown:
            self._shown = self.model.tried
            self._draw()

    def set_texts(self) -> None:
        """Say everything in the language in force."""
        super().set_texts()
        self.title.say(self.tr("With another policy"))
        self._lead.say(self.tr("Replay what was recorded with"))
        self.first.setAccessibleName(self.tr("First other profile"))
        self.second.setAccessibleName(self.tr("Second other profile"))
        self.table.setAccessibleName(self.tr("What each policy comes to"))
        self._note.say(self._words.texts.say("whatif.note"))
        self.show_model()
        self._draw()

    def _place(self) -> None:
        self.tools.addWidget(self._lead)
        for box in (self.first, self.second):
            box.setMinimumContentsLength(18)
            self.tools.addWidget(box)
        self.tools.addStretch(2)
        parts = QSplitter(Qt.Orientation.Horizontal)
        parts.setChildrenCollapsible(False)
        parts.addWidget(scrolled(self.lanes))
        parts.addWidget(self.table)
        parts.setStretchFactor(0, 1)
        parts.setSizes([730, 510])
        self.column.addWidget(self.bar)
        self.column.addWidget(parts, 1)
        self.column.addWidget(self._note)

    def _choose_first(self, name: object) -> None:
        self.model.choose(0, str(name))

    def _choose_second(self, name: object) -> None:
        self.model.choose(1, str(name))

    def _draw(self) -> None:
        shown, texts = self._shown, self._words.texts
        self.lanes.setVisible(shown is not None)
        self.table.setVisible(shown is not None)
        if shown is None:
            return
        names = [texts.say("whatif.as_run"), *map(self._words.profile, shown.profiles)]
        colour = self._theme.hex
        self.lanes.show_picture(lambda width: lanes_picture(shown.lanes, names, shown.span, texts, colour, width))
        table = lane_table(shown.lanes[0], names, texts)
        told = [f"{row[0]}: {', '.join(row[1:])}." for row in table.rows]
        self.lanes.setAccessibleName(" ".join([", ".join(names), *told]))
        show_table(self.table, table)
