"""What went wrong inside Clearline, to be read, copied or kept; beside the window, never in its way."""

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QFontDatabase, QGuiApplication
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QPlainTextEdit, QPushButton, QVBoxLayout, QWidget

from clearline.ui.widgets.labels import Label

translate = QCoreApplication.translate


class ReportDialog(QDialog):
    """Shows a report whose secrets are masked already. Not modal; deletes itself when closed."""

    def __init__(self, report: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setModal(False)
        self.setWindowTitle(translate("ReportDialog", "What went wrong inside Clearline"))
        lead = Label(wrap=True)
        lead.say(
            translate(
                "ReportDialog",
                "Clearline goes on, and what was recorded is safe. If it happens again, hand this report to whoever "
                "looks after Clearline. Passwords and tokens in addresses are masked.",
            )
        )
        self.text = QPlainTextEdit(report)
        self.text.setReadOnly(True)
        self.text.setAccessibleName(translate("ReportDialog", "Report"))
        self.text.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.text.setTabChangesFocus(True)
        self.copy = QPushButton(translate("ReportDialog", "Copy the report"))
        self.copy.setToolTip(self.copy.text())
        self.copy.setProperty("primary", True)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        close = buttons.button(QDialogButtonBox.StandardButton.Close)
        close.setText(translate("ReportDialog", "Close"))
        close.setToolTip(close.text())
        buttons.addButton(self.copy, QDialogButtonBox.ButtonRole.ActionRole)
        buttons.rejected.connect(self._close)
        self.copy.clicked.connect(self.copy_report)
        column = QVBoxLayout(self)
        column.addWidget(lead)
        column.addWidget(self.text, 1)
        column.addWidget(buttons)
        self.resize(720, 460)

    def _close(self) -> None:
        self.close()

    def copy_report(self) -> None:
        """Put the report on the clipboard."""
        QGuiApplication.clipboard().setText(self.text.toPlainText())
