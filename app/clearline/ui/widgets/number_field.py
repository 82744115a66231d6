"""A number with its unit, as a label, a field and, where it is wrong, a sentence under it."""

from PySide6.QtCore import QLocale, QSignalBlocker, QSize, Signal
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QAbstractSpinBox, QDoubleSpinBox, QWidget

from clearline.ui.viewmodels.profile import NumberSpec
from clearline.ui.widgets.labels import set_problem


class NumberBox(QDoubleSpinBox):
    """Takes any number typed, also one out of range, so that a sentence can say what is wrong; steps stay inside."""

    changed_to = Signal(str, float)
    """The field of the profile and its new number."""

    def __init__(self, spec: NumberSpec, suffix: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.spec = spec
        self.setDecimals(0 if spec.is_whole else 3)
        self.setRange(0.0, spec.high * 100)
        self.setStepType(QAbstractSpinBox.StepType.AdaptiveDecimalStepType)
        self.setSingleStep(1.0 if spec.is_whole else 0.1)
        self.setSuffix(suffix)
        # The style sheet's padding does not reach the text of a spin box.
        self.lineEdit().setTextMargins(5, 0, 0, 0)
        self.valueChanged.connect(self._tell)

    def show_number(self, value: float) -> None:
        """Show what the profile holds, without telling it back; what is being typed is left alone."""
        if value != self.value():
            with QSignalBlocker(self):
                self.setValue(value)

    def count_in(self, suffix: str) -> None:
        """Show this unit behind the number; the same one leaves what is being typed alone."""
        if suffix != self.suffix():
            self.setSuffix(suffix)

    def mark(self, sentence: str) -> None:
        """Say what is wrong with it; empty when nothing is."""
        set_problem(self, bool(sentence))
        self.setAccessibleDescription(sentence)

    def textFromValue(self, value: float) -> str:
        """As many decimals as it needs."""
        locale = QLocale(self.locale())
        locale.setNumberOptions(QLocale.NumberOption.OmitGroupSeparator)
        text = locale.toString(value, "f", self.decimals())
        point = locale.decimalPoint()
        return text.rstrip("0").removesuffix(point) if point in text else text

    def sizeHint(self) -> QSize:
        """Room for usual numbers: by itself it would ask for room for the largest one."""
        hint = super().sizeHint()
        advance = self.fontMetrics().horizontalAdvance
        return QSize(max(advance("00000.00 s"), advance(f"000{self.suffix()}")) + 34, hint.height())

    def minimumSizeHint(self) -> QSize:
        """As much."""
        return self.sizeHint()

    def stepBy(self, steps: int) -> None:
        """One step, kept inside the range."""
        super().stepBy(steps)
        self.setValue(min(max(self.value(), self.spec.low), self.spec.high))

    def wheelEvent(self, event: QWheelEvent) -> None:
        """The wheel scrolls the panel; it turns a number only where the cursor is in it."""
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()

    def _tell(self, value: float) -> None:
        self.changed_to.emit(self.spec.field, value)
