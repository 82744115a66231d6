"""The part of the settings that says which hosts a diagnosis may contact besides the targets, and lets it be less."""

from collections.abc import Callable

from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QButtonGroup, QFormLayout, QLineEdit, QRadioButton, QVBoxLayout, QWidget

from clearline.domain.problem import InputError
from clearline.domain.verdict import LOAD_MB
from clearline.ui.viewmodels.outside import MOST_CONTROLS, REST_S, OutsideModel
from clearline.ui.viewmodels.profile import NumberSpec
from clearline.ui.viewmodels.tips import plain_tip
from clearline.ui.viewmodels.words import Words
from clearline.ui.widgets.labels import Label, set_problem
from clearline.ui.widgets.number_field import NumberBox


class OutsideSettings(QWidget):
    """Shows an OutsideModel: the choice, the whole list, the company's own targets that are known to be good, and
    what a load test may do."""

    def __init__(self, model: OutsideModel, words: Words, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._words = words
        self.heading = Label(bold=True)
        self.company, self.listed = QRadioButton(), QRadioButton()
        self._group = QButtonGroup(self)
        self._told = {box: Label("muted", wrap=True) for box in (self.company, self.listed)}
        self.hosts = Label(wrap=True)
        self.hosts.setContentsMargins(0, 5, 0, 0)  # On one line with its name, which stands as beside a field.
        self._list_name, self._controls_name = Label(), Label()
        self.controls = QLineEdit()
        self._controls_name.setBuddy(self.controls)
        low, high = LOAD_MB
        self._load_name = Label()
        self.load = NumberBox(NumberSpec("load_mb", low, high, "MB", is_whole=True), "")
        self._load_name.setBuddy(self.load)
        self._rest_name = Label()
        self.rest = NumberBox(NumberSpec("idle_s", *REST_S, "s", is_whole=True), " s")
        self._rest_name.setBuddy(self.rest)
        self.upload, self._upload_name = QLineEdit(), Label()
        self._upload_name.setBuddy(self.upload)
        fields: tuple[QWidget, ...] = (self.controls, self.load, self.upload, self.rest)
        self._problems = {field: Label("problem", wrap=True) for field in fields}
        for problem in self._problems.values():
            problem.hide()
        self._controls_told, self._upload_told = Label("muted", wrap=True), Label("muted", wrap=True)
        self._offline, self._fixed = Label("muted", wrap=True), Label("muted", wrap=True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(self.heading)
        for box in (self.company, self.listed):
            self._group.addButton(box)
            column.addWidget(box)
            self._told[box].setContentsMargins(22, 0, 0, 4)
            column.addWidget(self._told[box])
        form = QFormLayout()
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        form.addRow(self._list_name, self.hosts)
        form.addRow(self._controls_name, self.controls)
        form.addRow("", self._problems[self.controls])
        form.addRow("", self._controls_told)
        form.addRow(self._load_name, self.load)
        form.addRow("", self._problems[self.load])
        form.addRow(self._upload_name, self.upload)
        form.addRow("", self._problems[self.upload])
        form.addRow("", self._upload_told)
        form.addRow(self._rest_name, self.rest)
        form.addRow("", self._problems[self.rest])
        column.addLayout(form)
        for label in (self._offline, self._fixed):
            column.addWidget(label)
        self.load.show_number(model.load_mb)
        self.load.changed_to.connect(self._load_chosen)
        self.rest.show_number(model.idle_s)
        self.rest.changed_to.connect(self._rest_chosen)
        self.controls.setText(model.begun_controls or ", ".join(model.controls))
        self.controls.textEdited.connect(model.controls_typed)
        self.upload.setText(model.begun_upload or model.upload)
        self.upload.textEdited.connect(model.upload_typed)
        self._group.buttonClicked.connect(self._chosen)
        self.controls.editingFinished.connect(self._controls_typed)
        self.upload.editingFinished.connect(self._upload_typed)
        model.changed.connect(self._show)
        self._set_texts()

    def changeEvent(self, event: QEvent) -> None:
        """Speak another language."""
        if event.type() == QEvent.Type.LanguageChange:
            self._set_texts()
        super().changeEvent(event)

    def _chosen(self) -> None:
        self._model.choose(is_listed=self.listed.isChecked())

    def _controls_typed(self) -> None:
        if self._is_kept(self.controls, self._model.set_controls):
            self.controls.setText(", ".join(self._model.controls))

    def _upload_typed(self) -> None:
        if self._is_kept(self.upload, self._model.set_upload):
            self.upload.setText(self._model.upload)

    def _is_kept(self, field: QLineEdit, keep: Callable[[str], None]) -> bool:
        problem = self._problems[field]
        try:
            keep(field.text())
        except InputError as error:
            problem.say(self._words.texts.problem(error.problems[0]))
            problem.show()
            set_problem(field, True)
            return False
        problem.hide()
        set_problem(field, False)
        return True

    def _load_chosen(self, _field: str, load_mb: float) -> None:
        low, high = LOAD_MB
        told = self.tr("From {low} to {high} MB.").format(low=f"{low:g}", high=f"{high:g}")
        if self._is_within(self.load, told):
            self._model.set_load_mb(load_mb)

    def _rest_chosen(self, _field: str, idle_s: float) -> None:
        low, high = map(self._words.span, REST_S)
        if self._is_within(self.rest, self.tr("From {low} to {high}.").format(low=low, high=high)):
            self._model.set_idle_s(idle_s)

    def _is_within(self, box: NumberBox, told: str) -> bool:
        """Is its number one that it may be? Else it says so."""
        is_right = box.spec.low <= box.value() <= box.spec.high
        box.mark("" if is_right else told)
        self._problems[box].say(told)
        self._problems[box].setVisible(not is_right)
        return is_right

    def _show(self) -> None:
        """What is in force, and the whole list, whether or not it may be contacted."""
        model = self._model
        (self.listed if model.in_force.is_allowed else self.company).setChecked(True)
        for box in (self.company, self.listed):
            box.setEnabled(not model.is_fixed)
        listed = model.could_be
        hosts = (*listed.points, *(page.partition("#")[0] for page in listed.portals), *listed.resolvers)
        self.hosts.say(
            "\n".join(hosts) if listed.is_allowed else self.tr("none: the administrator allows no other host")
        )
        self._fixed.setVisible(model.is_fixed)

    def _set_texts(self) -> None:
        self.heading.say(self.tr("Hosts that a diagnosis may contact"))
        self.company.setText(self.tr("Only our company’s hosts"))
        self.listed.setText(self.tr("Those on the list too"))
        self._told[self.company].say(
            self.tr(
                "Your targets (through another network adapter too, where the one in use does not reach them), this "
                "network’s gateway, DNS servers and proxy, and your own addresses below. While targets are "
                "watched, gateway and DNS server are asked twice a minute whether they answer, and more often "
                "while a target fails."
            )
        )
        self._told[self.listed].say(
            self.tr(
                "They tell whether the internet can be reached and whether a sign-in page is in the way. While "
                "targets are watched, the first two are asked every five minutes, and up to four times a minute "
                "while targets fail. Their owners learn that this computer is on."
            )
        )
        for box, told in self._told.items():
            box.setToolTip(plain_tip(told.text()))
            box.setAccessibleDescription(told.text())
        self._list_name.say(self.tr("The list"))
        self._controls_name.say(self.tr("Known good targets"))
        self._load_name.say(self.tr("A load test moves at most"))
        self.load.count_in(self.tr(" MB"))
        self.load.setAccessibleName(self.tr("Megabytes that a load test may move at most"))
        self.load.setToolTip(
            self.tr("Each way, for 8 s at most; read from the target or a known good one. Asked about each time.")
        )
        self._upload_name.say(self.tr("A load test sends to"))
        self.upload.setAccessibleName(self.tr("Address of your company that a load test sends to"))
        self.upload.setPlaceholderText(self.tr("https://intranet.example/upload"))
        self._upload_told.say(
            self.tr("An address of your own that takes as much again and throws it away. Without one, nothing is sent.")
        )
        self._rest_name.say(self.tr("A rest test waits at most"))
        self.rest.setAccessibleName(self.tr("Seconds that a rest test may wait at most"))
        self.rest.setToolTip(
            self.tr(
                "Connections to the target rest at the same time, for 15, 30, 60, 120, 300 and 600 s up to this; "
                "asked about each time."
            )
        )
        self.controls.setAccessibleName(self.tr("Known good targets of your company"))
        self.controls.setPlaceholderText(self.tr("tcp://server.example:443"))
        self._controls_told.say(
            self.tr(
                "Up to {count} targets of your own that should always work: a diagnosis compares with them."
            ).format(count=self._words.texts.number(MOST_CONTROLS))
        )
        self._offline.say(
            self.tr(
                "Without the internet, or without permission, a diagnosis does all its other steps, says which one "
                "was not tested, and is less sure where that matters. Nothing else is ever contacted."
            )
        )
        self._fixed.say(self.tr("Your administrator decided this."))
        self._show()
