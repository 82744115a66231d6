"""What several targets have in common, to be changed for all of them at once; what is left alone stays as it is."""

from collections.abc import Sequence

import msgspec
from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QCheckBox, QComboBox, QFormLayout, QLineEdit, QSizePolicy, QWidget

from clearline.domain.plan import INTERVAL_RANGE_S
from clearline.domain.problem import InputError
from clearline.domain.tags import read_tags
from clearline.domain.target import Target
from clearline.ui.dialogs import Question
from clearline.ui.viewmodels.plan import PlanModel
from clearline.ui.viewmodels.profile import NumberSpec
from clearline.ui.viewmodels.words import Words
from clearline.ui.widgets.labels import Label
from clearline.ui.widgets.number_field import NumberBox

translate = QCoreApplication.translate


class BegunSeveral(msgspec.Struct, frozen=True):
    """What is ticked, with what its field holds; None where it is not."""

    ids: tuple[str, ...]
    group: str | None = None
    profile: str | None = None
    interval_s: float | None = None
    add_tags: str | None = None
    drop_tags: str | None = None


class SeveralDialog(Question):
    """A ticked line is changed for all; one step of undo takes everything back. `typed` is a BegunSeveral."""

    def __init__(
        self,
        ids: Sequence[str],
        plans: PlanModel,
        words: Words,
        parent: QWidget | None = None,
        begun: BegunSeveral | None = None,
    ) -> None:
        """`begun` is what a crash cut short of the same edit."""
        title = translate("SeveralDialog", "Edit {count} targets").format(count=len(ids))
        super().__init__(title, translate("SeveralDialog", "Save"), parent)
        self._ids = tuple(ids)
        self._plans = plans
        self._words = words
        self._form = QFormLayout()
        self._form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        self._ticks: dict[QWidget, QCheckBox] = {}
        lead = Label("muted", wrap=True)
        lead.say(translate("SeveralDialog", "Only what is ticked is changed."))
        self.group = QComboBox()
        self.group.setEditable(True)
        self.group.addItems(["", *plans.groups])
        self.profile = QComboBox()
        for profile in plans.plan.profiles:
            self.profile.addItem(words.profile(profile.name), profile.name)
        low, high = INTERVAL_RANGE_S
        self.pace = NumberBox(NumberSpec("interval_s", low, high, "s", is_whole=False), " s")
        self.pace.show_number(plans.plan.interval_s)
        self.add_tags, self.drop_tags = QLineEdit(), QLineEdit()
        self.drop_tags.setPlaceholderText(" ".join(f"#{tag}" for tag in plans.tags))
        self._row(translate("SeveralDialog", "Group"), self.group)
        self._row(translate("SeveralDialog", "Profile"), self.profile)
        self._row(translate("SeveralDialog", "Check every"), self.pace)
        self._row(translate("SeveralDialog", "Add tags"), self.add_tags)
        self._row(translate("SeveralDialog", "Remove tags"), self.drop_tags)
        self.group.editTextChanged.connect(self._group_changed)
        self.profile.activated.connect(self._profile_changed)
        self.pace.valueChanged.connect(self._pace_changed)
        self.add_tags.textEdited.connect(self._add_changed)
        self.drop_tags.textEdited.connect(self._drop_changed)
        if begun is not None:
            self._go_on(begun)
        for tick in self._ticks.values():
            tick.toggled.connect(self._tell)
        self.group.editTextChanged.connect(self._tell)
        self.profile.currentIndexChanged.connect(self._tell)
        self.pace.valueChanged.connect(self._tell)
        for line in (self.add_tags, self.drop_tags):
            line.textChanged.connect(self._tell)
        self.problem = Label("problem", wrap=True)
        self.problem.hide()
        self.column.addWidget(lead)
        self.column.addLayout(self._form)
        self.column.addWidget(self.problem)
        self.finish_layout()

    def accept(self) -> None:
        """Change all of them, or say what is wrong and stay."""
        try:
            self._plans.change_several(self._ids, self._changed)
        except InputError as error:
            self.problem.say("\n".join(self._words.texts.problem(problem) for problem in error.problems))
            self.problem.show()
            return
        super().accept()

    def tick(self, field: QWidget, is_on: bool = True) -> None:
        """Change what this field holds, or leave it."""
        self._ticks[field].setChecked(is_on)

    def _changed(self, target: Target) -> Target:
        tags = target.tags
        if self._is_on(self.add_tags):
            tags = read_tags(" ".join((*tags, self.add_tags.text())))
        if self._is_on(self.drop_tags):
            gone = {tag.casefold() for tag in read_tags(self.drop_tags.text())}
            tags = tuple(tag for tag in tags if tag.casefold() not in gone)
        return msgspec.structs.replace(
            target,
            group=self.group.currentText().strip() if self._is_on(self.group) else target.group,
            profile=str(self.profile.currentData()) if self._is_on(self.profile) else target.profile,
            interval_s=self.pace.value() if self._is_on(self.pace) else target.interval_s,
            tags=tags,
        )

    def _go_on(self, begun: BegunSeveral) -> None:
        self.group.setCurrentText(begun.group or "")
        self.profile.setCurrentIndex(max(0, self.profile.findData(begun.profile)))
        if begun.interval_s is not None:
            self.pace.show_number(begun.interval_s)
        self.add_tags.setText(begun.add_tags or "")
        self.drop_tags.setText(begun.drop_tags or "")
        fields = (self.group, self.profile, self.pace, self.add_tags, self.drop_tags)
        held = (begun.group, begun.profile, begun.interval_s, begun.add_tags, begun.drop_tags)
        for field, value in zip(fields, held, strict=True):
            self.tick(field, is_on=value is not None)

    def _tell(self) -> None:
        told = BegunSeveral(
            self._ids,
            group=self.group.currentText() if self._is_on(self.group) else None,
            profile=str(self.profile.currentData()) if self._is_on(self.profile) else None,
            interval_s=self.pace.value() if self._is_on(self.pace) else None,
            add_tags=self.add_tags.text() if self._is_on(self.add_tags) else None,
            drop_tags=self.drop_tags.text() if self._is_on(self.drop_tags) else None,
        )
        self.typed.emit("" if told == BegunSeveral(self._ids) else msgspec.json.encode(told).decode())

    def _is_on(self, field: QWidget) -> bool:
        return self._ticks[field].isChecked()

    def _row(self, label: str, field: QWidget) -> None:
        field.setAccessibleName(label)
        tick = QCheckBox(label)
        tick.setToolTip(translate("SeveralDialog", "Change this for all of them"))
        # As high as its field, so that both stand on one line.
        tick.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding)
        self._ticks[field] = tick
        field.setMinimumWidth(260)
        self._form.addRow(tick, field)

    def _group_changed(self) -> None:
        self.tick(self.group)

    def _profile_changed(self) -> None:
        self.tick(self.profile)

    def _pace_changed(self) -> None:
        self.tick(self.pace)

    def _add_changed(self) -> None:
        self.tick(self.add_tags)

    def _drop_changed(self) -> None:
        self.tick(self.drop_tags)
