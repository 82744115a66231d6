"""The diagnoses of a session as the window sees them: each folded from its events, the latest of a target on top."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from PySide6.QtCore import QObject, Signal

from clearline.diagnosis.recorded import Past
from clearline.diagnosis.vantage import Compared, Sighting, compare, same_target, with_colleague
from clearline.domain.event import AnyEvent, DiagnosisEnded, DiagnosisStarted, StepChanged, VerdictChanged
from clearline.domain.target import Target
from clearline.domain.verdict import DiagnosisPolicy, Step, StepResult, Verdict

FREE = "address:"
"""Begins the name of a diagnosis of an address that is no target of the plan."""


def new_name(target: Target, *, is_free: bool) -> str:
    """A name that no other diagnosis has: one that is stopped may still tell its end when the next has begun."""
    return f"{FREE if is_free else ''}{target.id}:{uuid.uuid4().hex[:8]}"


@dataclass(slots=True)
class Diagnosis:
    """One diagnosis: its ladder so far and what it means. Times are session seconds."""

    name: str
    target: Target
    policy: DiagnosisPolicy
    started_s: float
    steps: tuple[Step, ...]
    results: dict[Step, StepResult] = field(default_factory=dict)
    told: Verdict | None = None
    ended_s: float | None = None
    reason: str = ""
    """Why it ended: `done`, `stopped`, `failed`; empty while it runs."""
    is_past: bool = False
    """Judged from what was recorded; nothing was tested for it."""
    there: Sighting | None = None
    """How another computer saw this target."""

    @property
    def is_free(self) -> bool:
        """Was an address diagnosed without adding it to the plan?"""
        return self.name.startswith(FREE)

    @property
    def is_running(self) -> bool:
        """Do more steps follow?"""
        return not self.reason

    @property
    def verdict(self) -> Verdict | None:
        """What is known so far, with the other computer's view."""
        if self.told is None or self.there is None:
            return self.told
        return with_colleague(self.told, self.there)

    @property
    def facts(self) -> dict[str, Any]:
        """What all steps found."""
        return {name: value for step in self.steps if (r := self.results.get(step)) for name, value in r.facts.items()}


class DiagnosisModel(QObject):
    """Folds diagnosis events; `changed` carries the name of the diagnosis, nothing where any may have changed."""

    changed = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._named: dict[str, Diagnosis] = {}
        self._latest: dict[str, Diagnosis] = {}
        """By the id of the target, the latest last."""
        self.vantage_name = ""
        """The file of another computer that everything is compared with; empty where there is none."""
        self.vantage_at_s = 0.0
        self.compared: tuple[Compared, ...] = ()
        self._there: tuple[Sighting, ...] = ()
        self.own_side: set[str] = set()
        """Gateways and name servers of this network, as diagnoses found them."""

    def fold(self, events: Sequence[AnyEvent]) -> None:
        """Take a batch of events, in order."""
        names: dict[str, None] = {}
        for event in events:
            if isinstance(event, DiagnosisStarted | StepChanged | VerdictChanged | DiagnosisEnded):
                self._fold(event)
                names[event.diagnosis] = None
        for name in names:
            self.changed.emit(name)

    def of(self, target_id: str | None) -> Diagnosis | None:
        """The latest diagnosis of a target; without one, that of the address that was diagnosed last."""
        if target_id:
            return self._latest.get(target_id)
        free = [one for one in self._latest.values() if one.is_free]
        return free[-1] if free else None

    def show_past(self, target: Target, past: Past) -> None:
        """Show what was wrong at a moment, judged from what was recorded."""
        made = Diagnosis(
            f"past:{target.id}", target, DiagnosisPolicy(), past.at_s, tuple(one.step for one in past.results)
        )
        made.results = {one.step: one for one in past.results}
        made.told, made.ended_s, made.reason, made.is_past = past.verdict, past.at_s, "done", True
        self._put(made)
        self.changed.emit(made.name)

    def use_vantage(self, name: str, at_s: float, there: Sequence[Sighting], here: Sequence[Sighting]) -> None:
        """Another computer saw this: kept until another file is chosen, and held against every diagnosis."""
        self.vantage_name, self.vantage_at_s = name, at_s
        self._there, self.compared = tuple(there), compare(here, there)
        for known in self._latest.values():
            known.there = self._seen_there(known.target)
        self.changed.emit("")

    def _fold(self, event: DiagnosisStarted | StepChanged | VerdictChanged | DiagnosisEnded) -> None:
        if isinstance(event, DiagnosisStarted):
            self._put(Diagnosis(event.diagnosis, event.target, event.policy, event.at_s, event.steps))
            return
        known = self._named.get(event.diagnosis)
        if known is None:
            return
        if isinstance(event, StepChanged):
            known.results[event.result.step] = event.result
            self._learn(event.result)
        elif isinstance(event, VerdictChanged):
            known.told = event.verdict
        else:
            known.ended_s, known.reason = event.at_s, event.reason

    def _seen_there(self, target: Target) -> Sighting | None:
        return next((one for one in self._there if same_target(one.address, target.shown)), None)

    def _put(self, diagnosis: Diagnosis) -> None:
        diagnosis.there = self._seen_there(diagnosis.target)
        if (before := self._latest.pop(diagnosis.target.id, None)) is not None:
            self._named.pop(before.name, None)
        self._latest[diagnosis.target.id] = self._named[diagnosis.name] = diagnosis

    def _learn(self, result: StepResult) -> None:
        for name in ("gateway.ip", "name.server"):
            if isinstance(value := result.facts.get(name), str) and value:
                self.own_side.add(value)
