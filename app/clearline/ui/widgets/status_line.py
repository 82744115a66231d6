"""The bottom line: whether and where this is recorded, and how the probe engine is doing, in words."""

from pathlib import Path

from PySide6.QtWidgets import QHBoxLayout, QWidget

from clearline.domain.event import EngineReported
from clearline.ui.icons import StatusShape
from clearline.ui.viewmodels.status import Status
from clearline.ui.viewmodels.theme import Theme
from clearline.ui.viewmodels.tips import plain_tip
from clearline.ui.viewmodels.words import Words
from clearline.ui.widgets.elided_label import ElidedLabel

LAG_WORTH_TELLING_MS = 20.0


class StatusLine(QWidget):
    """Recording on the left, engine on the right; each says what to do where something is wrong."""

    def __init__(self, theme: Theme, words: Words, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words = words
        self._shape = StatusShape(theme, Status.PAUSED)
        self._recording = ElidedLabel("muted")
        self._engine = ElidedLabel("muted")
        row = QHBoxLayout(self)
        row.setContentsMargins(4, 0, 4, 0)
        row.setSpacing(6)
        row.addWidget(self._shape)
        row.addWidget(self._recording)
        row.addStretch(1)
        row.addWidget(self._engine)

    def show_report(self, report: EngineReported, foreseen_bytes: float | None = None) -> None:
        """What the engine says of itself, once a second; `foreseen_bytes`: what a day of recording takes."""
        if report.recording_problem:
            self._show_recording(
                Status.DOWN,
                self.tr("Not recording: {reason}").format(reason=self._words.texts.say(report.recording_problem)),
            )
        elif report.recording:
            name, size = Path(report.recording).name, self._words.size(report.recording_bytes)
            text = self.tr("Recording   {name}   {size}").format(name=name, size=size)
            if foreseen_bytes is not None:
                day = self._words.size(round(foreseen_bytes))
                text = self.tr("{recording}, about {size} a day at this pace").format(recording=text, size=day)
            self._show_recording(Status.UP, text)
            self._recording.setToolTip(plain_tip(report.recording))
        else:
            self._show_recording(Status.PAUSED, self.tr("Not recording"))
        texts = self._words.texts
        pace = texts.number(
            report.checks_per_s, 0 if report.checks_per_s >= 9.95 or report.checks_per_s.is_integer() else 1
        )
        lag = self._words.latency(report.loop_lag_ms)
        if report.loop_lag_ms >= LAG_WORTH_TELLING_MS:
            said = self.tr(
                "Probe engine: {pace} checks/s, late by {lag}: this computer is busy, figures may be too high"
            )
        else:
            said = self.tr("Probe engine: {pace} checks/s, timing error {lag}")
        self._engine.say(said.format(pace=pace, lag=lag))
        self._engine.set_tone("slow" if report.loop_lag_ms >= LAG_WORTH_TELLING_MS else "muted")

    def show_engine(self, sentence: str, *, is_wrong: bool = False) -> None:
        """Anything else about the engine."""
        self._engine.say(sentence)
        self._engine.set_tone("down" if is_wrong else "muted")

    def show_file(self, path: str, duration_s: float) -> None:
        """A recorded session is shown."""
        span = self._words.span(duration_s)
        self._show_recording(
            Status.PAUSED, self.tr("Recorded session   {name}   {span}").format(name=Path(path).name, span=span)
        )
        self._engine.say("")

    def show_idle(self) -> None:
        """Nothing is tested, nothing is recorded."""
        self._show_recording(Status.PAUSED, self.tr("Not recording: nothing is tested yet"))
        self._engine.say("")

    def show_beginning(self) -> None:
        """Testing has begun; the engine has not yet said how it is."""
        self._show_recording(Status.PAUSED, self.tr("The recording begins"))
        self._engine.say("")

    def _show_recording(self, status: Status, text: str) -> None:
        self._shape.show_status(status)
        self._recording.say(text)
        self._recording.set_tone("down" if status is Status.DOWN else "muted")
