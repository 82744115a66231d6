"""Everything about one target, to be edited."""

import msgspec
from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QCheckBox, QComboBox, QFormLayout, QLineEdit, QWidget

from clearline.domain.liveness import Heartbeat
from clearline.domain.plan import INTERVAL_RANGE_S
from clearline.domain.problem import InputError
from clearline.domain.proxy import SYSTEM
from clearline.domain.tags import read_tags, show_tags
from clearline.domain.target import PROXIED, Probe, Target
from clearline.ui.dialogs import Question
from clearline.ui.draft import decoded
from clearline.ui.viewmodels.plan import PlanModel
from clearline.ui.viewmodels.profile import NumberSpec
from clearline.ui.viewmodels.words import Words
from clearline.ui.widgets.labels import Label, set_problem
from clearline.ui.widgets.number_field import NumberBox

translate = QCoreApplication.translate
_ENCRYPTED = (Probe.TLS, Probe.HTTP, Probe.H3)
_SENDS = (Probe.UDP, Probe.BANNER, Probe.BEAT)
_EXPECTS = (Probe.HTTP, Probe.H3, Probe.DNS, Probe.BANNER, Probe.BEAT)


class TargetDialog(Question):
    """Everything about one target; what is wrong is said under its field and nothing is lost.

    `typed` is for `begun_edit`; empty once it is what the plan holds.
    """

    def __init__(
        self,
        target: Target,
        plans: PlanModel,
        words: Words,
        parent: QWidget | None = None,
        begun: Target | None = None,
    ) -> None:
        """`begun` is an edit of this target that a crash cut short: the fields begin with it."""
        super().__init__(translate("TargetDialog", "Edit target"), translate("TargetDialog", "Save"), parent)
        self._target = target
        self._plans = plans
        self._words = words
        held = begun or target
        self._form = QFormLayout()
        self._form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        self.address = self._line(translate("TargetDialog", "Address"), held.address)
        self.address.setMinimumWidth(360)
        self.name = self._line(translate("TargetDialog", "Name"), held.name)
        self.group = QComboBox()
        self.group.setEditable(True)
        self.group.addItems(["", *plans.groups])
        self.group.setCurrentText(held.group)
        self._row(translate("TargetDialog", "Group"), self.group)
        self.tags = self._line(translate("TargetDialog", "Tags"), show_tags(held.tags))
        self.tags.setPlaceholderText(translate("TargetDialog", "Words to find it by: #printer #floor-2"))
        self.profile = QComboBox()
        for profile in plans.plan.profiles:
            self.profile.addItem(words.profile(profile.name), profile.name)
        self.profile.setCurrentIndex(max(0, self.profile.findData(held.profile)))
        self._row(translate("TargetDialog", "Profile"), self.profile)
        low, high = INTERVAL_RANGE_S
        self.pace = NumberBox(NumberSpec("interval_s", low, high, "s", is_whole=False), " s")
        self.pace.show_number(plans.plan.interval_of(held))
        self._row(translate("TargetDialog", "Check every"), self.pace)
        self.via = self._line(translate("TargetDialog", "Connect to this address instead"), held.via or "")
        self.via.setPlaceholderText(translate("TargetDialog", "As the name says"))
        self.proxy = self._line(translate("TargetDialog", "Proxy"), "" if held.proxy == SYSTEM else held.proxy)
        self.proxy.setPlaceholderText(
            translate("TargetDialog", "As the system says; none, http://host:port or pac+http://…")
        )
        self._form.setRowVisible(self.proxy, target.probe in PROXIED)
        self.sni = self._line(translate("TargetDialog", "Name asked for in TLS"), held.sni)
        self.sni.setPlaceholderText(translate("TargetDialog", "As the address says"))
        self._form.setRowVisible(self.sni, target.probe in _ENCRYPTED)
        self.payload = self._line(translate("TargetDialog", "Text to send"), held.payload)
        self.expect = self._line(translate("TargetDialog", "Text the answer must hold"), held.expect_text)
        if target.probe is Probe.BEAT:
            profile_used = plans.plan.profile(target.profile)
            beat = profile_used.heartbeat if profile_used else Heartbeat()
            self.payload.setPlaceholderText(beat.send)
            self.expect.setPlaceholderText(beat.expect)
            numbered = translate("TargetDialog", "{n} becomes the number of the heartbeat.")
            self.payload.setToolTip(numbered)
            self.expect.setToolTip(numbered)
        self._form.setRowVisible(self.payload, target.probe in _SENDS)
        self._form.setRowVisible(self.expect, target.probe in _EXPECTS)
        self.follow = QCheckBox(translate("TargetDialog", "Follow redirects"))
        self.follow.setChecked(held.follow)
        self.follow.setVisible(target.probe is Probe.HTTP)
        self._form.addRow("", self.follow)
        self.verify = QCheckBox(translate("TargetDialog", "Check the certificate"))
        self.verify.setChecked(held.verify)
        self.verify.setVisible(target.probe in _ENCRYPTED)
        self._form.addRow("", self.verify)
        self.problem = Label("problem", wrap=True)
        self.problem.hide()
        if begun is not None:
            lead = Label("muted", wrap=True)
            lead.say(translate("TargetDialog", "Not saved yet: this was typed before Clearline ended."))
            self.column.addWidget(lead)
        self.column.addLayout(self._form)
        self.column.addWidget(self.problem)
        self.finish_layout()
        for line in (self.address, self.name, self.tags, self.via, self.proxy, self.sni, self.payload, self.expect):
            line.textChanged.connect(self._tell)
        self.group.editTextChanged.connect(self._tell)
        self.profile.currentIndexChanged.connect(self._tell)
        self.pace.valueChanged.connect(self._tell)
        self.follow.toggled.connect(self._tell)
        self.verify.toggled.connect(self._tell)

    @property
    def edited(self) -> Target:
        """The target as the fields say."""
        pace = self.pace.value()
        follows = self._target.interval_s is None and pace == self._plans.plan.interval_of(self._target)
        return msgspec.structs.replace(
            self._target,
            address=self.address.text(),
            name=self.name.text().strip(),
            group=self.group.currentText().strip(),
            tags=read_tags(self.tags.text()),
            profile=str(self.profile.currentData()),
            interval_s=None if follows else pace,
            via=self.via.text().strip() or None,
            verify=self.verify.isChecked(),
            proxy=self.proxy.text().strip() or SYSTEM,
            sni=self.sni.text().strip(),
            payload=self.payload.text(),
            expect_text=self.expect.text(),
            follow=self.follow.isChecked(),
        )

    def accept(self) -> None:
        """Save, or say what is wrong and stay."""
        try:
            self._plans.edit(self.edited)
        except InputError as error:
            self.problem.say("\n".join(self._words.texts.problem(problem) for problem in error.problems))
            self.problem.show()
            set_problem(self.address, any(problem.code.startswith("address.") for problem in error.problems))
            return
        super().accept()

    def _tell(self) -> None:
        edited = self.edited
        self.typed.emit("" if edited == self._target else msgspec.json.encode(edited).decode())

    def _line(self, label: str, text: str) -> QLineEdit:
        field = QLineEdit(text)
        self._row(label, field)
        return field

    def _row(self, label: str, field: QWidget) -> None:
        field.setAccessibleName(label)
        told = Label()
        told.say(label)
        told.setBuddy(field)
        self._form.addRow(told, field)


def begun_edit(text: str, target_id: str = "") -> Target | None:
    """The edit of this target, or of whichever it was, that the dialog told last; None for any other text."""
    begun = decoded(text, Target)
    return begun if begun is not None and target_id in ("", begun.id) else None
