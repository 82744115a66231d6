"""Asks how much of what is recorded is kept."""

import msgspec
from PySide6.QtWidgets import QDoubleSpinBox, QFormLayout, QWidget

from clearline.domain.keeping import LIMITS, Keeping
from clearline.ui.dialogs import Question
from clearline.ui.viewmodels.words import translate
from clearline.ui.widgets.labels import Label


class KeepingQuestion(Question):
    """Four rules, each off at 0. `typed` is empty once it is what is in force."""

    def __init__(self, keeping: Keeping, parent: QWidget | None = None, begun: Keeping | None = None) -> None:
        """`begun` is what a crash cut short."""
        super().__init__(translate("Keeping", "Recording rules"), translate("Keeping", "Use these rules"), parent)
        told = Label(wrap=True)
        told.say(
            translate(
                "Keeping",
                "Everything is kept unless you choose otherwise. Rules for files delete the oldest sessions when "
                "Clearline starts, never one that was written to within the last hour.",
            )
        )
        told.setMinimumWidth(420)
        self.column.addWidget(told)
        self._in_force = keeping
        form = QFormLayout()
        self.fields: dict[str, QDoubleSpinBox] = {}
        for name, label, suffix in (
            ("split_mb", translate("Keeping", "Begin a new file after"), translate("Keeping", " MB")),
            ("thin_after_h", translate("Keeping", "Keep one success in ten after"), translate("Keeping", " hours")),
            ("keep_days", translate("Keeping", "Delete sessions after"), translate("Keeping", " days")),
            ("keep_gb", translate("Keeping", "Keep of all sessions at most"), translate("Keeping", " GB")),
        ):
            field = QDoubleSpinBox()
            field.setRange(*LIMITS[name])
            field.setDecimals(1 if name == "keep_gb" else 0)
            field.setSpecialValueText(translate("Keeping", "never") if name != "keep_gb" else self._all())
            field.setSuffix(suffix)
            field.setValue(getattr(begun or keeping, name))
            field.setAccessibleName(label)
            field.setMinimumWidth(130)
            # The style sheet's padding does not reach the text of a spin box.
            field.lineEdit().setTextMargins(5, 0, 0, 0)
            name_label = Label()
            name_label.say(label)
            name_label.setBuddy(field)
            form.addRow(name_label, field)
            self.fields[name] = field
        for field in self.fields.values():
            field.valueChanged.connect(self._tell)
        self.fields["thin_after_h"].setToolTip(
            translate("Keeping", "Failures, checks and every graph stay as they are; only single old successes go.")
        )
        self.column.addLayout(form)
        self.finish_layout()

    @property
    def keeping(self) -> Keeping:
        """The rules that were chosen."""
        return msgspec.convert({name: field.value() for name, field in self.fields.items()}, Keeping)

    def _tell(self) -> None:
        self.typed.emit("" if self.keeping == self._in_force else msgspec.json.encode(self.keeping).decode())

    def _all(self) -> str:
        return translate("Keeping", "everything")
