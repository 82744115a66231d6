"""The practice lab that runs: its lesson, how far it has played, and which fault is on at which target."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec
from PySide6.QtCore import QObject, Signal

from clearline.domain.problem import Problem
from clearline.lab.faults import CATALOGUE, SECTIONS, LabFault, note, option_of
from clearline.lab.words import fault_words, unit_words
from clearline.ui.viewmodels.profile import NumberSpec
from clearline.ui.viewmodels.words import Words

if TYPE_CHECKING:
    from clearline.lab.process import LabEvent, LabStarted


_PERCENT = 100.0


@dataclass(frozen=True, slots=True)
class FaultChoice:
    """A fault that can be made."""

    kind: str
    words: str


@dataclass(frozen=True, slots=True)
class FaultSection:
    """Faults of one part of a connection."""

    name: str
    title: str
    choices: tuple[FaultChoice, ...]


@dataclass(frozen=True, slots=True)
class FaultOption:
    """A number that can be set of the fault that is on."""

    spec: NumberSpec
    label: str
    unit: str
    """Behind the number, in the language in force."""
    value: float


class LabModel(QObject):
    """Follows what the lab tells; asks it for changes. What is shown as on is what the lab said, not what was asked."""

    changed = Signal()
    fault_asked = Signal(str, object)
    """Target and LabFault; None mends it."""
    follow_asked = Signal(str)
    restart_asked = Signal()
    noted = Signal(object)
    """NoteLabFault: what the session records."""

    def __init__(
        self,
        started: "LabStarted",
        words: Words,
        now_s: Callable[[], float],
        parent: QObject | None = None,
    ) -> None:
        """`now_s` reads a clock."""
        super().__init__(parent)
        self._told = started.told
        self._first_told = started.banner, started.lesson
        self.duration_s = started.duration_s
        self.problem = ""
        """Why the lab did not do what was asked last; empty while it does."""
        self.has_ended = False
        self._plan = started.plan
        self._servers = started.servers
        self._words = words
        self._now_s = now_s
        self._began_s = now_s()
        self._by_hand: set[str] = set()
        self._faults: dict[str, LabFault | None] = dict(started.faults)

    @property
    def title(self) -> str:
        """The scenario's title in the language in force."""
        return self._told.get(self._words.texts.language, self._first_told)[0]

    @property
    def lesson(self) -> str:
        """What the scenario teaches, in the language in force."""
        return self._told.get(self._words.texts.language, self._first_told)[1]

    @property
    def elapsed_s(self) -> float:
        """Seconds since the scenario began to play."""
        return self._now_s() - self._began_s

    def target_for(self, selected: str | None) -> str | None:
        """Where a fault would be made: at the selected target, or at the only one there is."""
        if selected in self._servers:
            return selected
        return next(iter(self._servers)) if selected is None and len(self._servers) == 1 else None

    def label(self, target_id: str) -> str:
        """What people call a target."""
        target = self._plan.target(target_id)
        return target.label if target else target_id

    def fault(self, target_id: str) -> LabFault | None:
        """The fault that is on at a target."""
        return self._faults.get(target_id)

    def is_by_hand(self, target_id: str) -> bool:
        """Does the scenario wait at this target, because somebody made or mended a fault?"""
        return target_id in self._by_hand

    def fault_words(self, kind: str) -> str:
        """A kind of fault in a few words."""
        return fault_words(kind, {}, self._words.texts)

    def sections(self, target_id: str | None) -> tuple[FaultSection, ...]:
        """What the server of a target can make, in order; nothing without a target."""
        server = self._servers.get(target_id or "")
        sections = []
        for name in SECTIONS:
            choices = tuple(
                FaultChoice(kind, self.fault_words(kind))
                for kind, known in CATALOGUE.items()
                if known.section == name and server in known.servers
            )
            if choices:
                sections.append(FaultSection(name, self._words.texts.say(f"lab_section.{name}"), choices))
        return tuple(sections)

    def toggle(self, target_id: str, kind: str) -> None:
        """Make this fault at a target, or mend it where it is on."""
        self.problem = ""
        current = self._faults.get(target_id)
        self.fault_asked.emit(target_id, None if current is not None and current.kind == kind else LabFault(kind))

    def options(self, target_id: str) -> tuple[FaultOption, ...]:
        """What can be set of the fault that is on at a target."""
        fault = self._faults.get(target_id)
        if fault is None:
            return ()
        found = []
        for name in CATALOGUE[fault.kind].options:
            option, texts = option_of(fault.kind, name), self._words.texts
            scale = _PERCENT if option.unit == "%" else 1.0
            spec = NumberSpec(name, option.low * scale, option.high * scale, option.unit, option.is_whole)
            unit = unit_words(option.unit, texts)
            found.append(FaultOption(spec, texts.say(f"lab_option.{name}"), unit, fault.option(name) * scale))
        return tuple(found)

    def set_option(self, target_id: str, name: str, shown: float) -> None:
        """Change one number of the fault that is on, as it is shown: a share in percent."""
        fault = self._faults.get(target_id)
        option = next((one for one in self.options(target_id) if one.spec.field == name), None)
        if fault is None or option is None:
            return
        low, high = option.spec.low, option.spec.high
        self.problem = ""
        if low <= shown <= high:
            whole = option.spec.is_whole
            value = shown / _PERCENT if option.spec.unit == "%" else int(shown) if whole else shown
            self.fault_asked.emit(target_id, msgspec.structs.replace(fault, **{name: value}))
        else:
            texts = self._words.texts
            values = {"value": texts.number(shown), "low": texts.number(low), "high": texts.number(high)}
            self.problem = texts.say("lab.range", field=option.label, **values)
        self.changed.emit()

    def note_all(self) -> None:
        """Tell the session how each server is: it began, or was begun anew."""
        for target_id in self._servers:
            self.noted.emit(note(target_id, self._faults.get(target_id), self._by(target_id)))

    def follow(self, target_id: str) -> None:
        """Let the scenario play on at a target."""
        self._by_hand.discard(target_id)
        self.follow_asked.emit(target_id)
        self.changed.emit()

    def restart(self) -> None:
        """Play the scenario from its beginning."""
        self.problem = ""
        self.restart_asked.emit()

    def hear(self, event: "LabEvent") -> None:
        """The lab said something."""
        # Late: the lab brings its certificate machinery along; by now it has been imported for its first line.
        from clearline.lab.lab import FaultChanged
        from clearline.lab.process import LabRefused, LabRestarted

        match event:
            case FaultChanged():
                self._faults[event.target] = event.fault
                (self._by_hand.add if event.by == "hand" else self._by_hand.discard)(event.target)
                self.noted.emit(note(event.target, event.fault, event.by))
            case LabRestarted():
                self._began_s = self._now_s()
                self._by_hand.clear()
            case LabRefused():
                self.problem = self._words.texts.problem(Problem(event.code, event.values))
            case _:
                return
        self.changed.emit()

    def _by(self, target_id: str) -> str:
        return "hand" if target_id in self._by_hand else "scenario"

    def end(self) -> None:
        """The lab is gone without having been asked to go."""
        self.has_ended = True
        self.changed.emit()
