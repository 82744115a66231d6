"""The diagnoses of a span: what each step found, and what they came to last for each target."""

from typing import Any

import msgspec

from clearline.domain.event import AnyEvent, DiagnosisEnded, DiagnosisStarted, StepChanged, VerdictChanged
from clearline.domain.target import Target
from clearline.domain.verdict import DiagnosisPolicy, Step, StepResult, StepState, Verdict

_MOST = 500


class Diagnosed(msgspec.Struct):
    """One diagnosis. `verdict` is None until its last one was told; times are seconds of the session."""

    target: Target
    policy: DiagnosisPolicy
    at_s: float
    results: dict[Step, StepResult] = {}
    verdict: Verdict | None = None
    ended_s: float | None = None

    @property
    def is_fault(self) -> bool:
        """Does its target not work?"""
        return self.verdict is not None and self.verdict.is_fault

    @property
    def facts(self) -> dict[str, Any]:
        """What all steps found."""
        return {name: value for result in self.ladder for name, value in result.facts.items()}

    @property
    def ladder(self) -> list[StepResult]:
        """What was found on each rung that was looked at, from this computer on."""
        ended = (self.results[step] for step in Step if step in self.results)
        return [result for result in ended if result.state is not StepState.RUNNING]


class Diagnoses:
    """Folds events. Of a target the latest diagnosis that came to its end counts."""

    def __init__(self) -> None:
        self._named: dict[str, Diagnosed] = {}
        self._of: dict[str, Diagnosed] = {}

    def add(self, event: AnyEvent) -> None:
        """Fold one event; what belongs to no diagnosis that was seen to begin says nothing."""
        match event:
            case DiagnosisStarted() if len(self._named) < _MOST:
                self._named[event.diagnosis] = Diagnosed(event.target, event.policy, event.at_s)
            case StepChanged() if (known := self._named.get(event.diagnosis)) is not None:
                known.results[event.result.step] = event.result
            case VerdictChanged() if event.is_final and (known := self._named.get(event.diagnosis)) is not None:
                known.verdict = event.verdict
                self._of[known.target.id] = known
            case DiagnosisEnded() if (known := self._named.get(event.diagnosis)) is not None:
                known.ended_s = event.at_s
            case _:
                pass

    def of(self, target_id: str) -> Diagnosed | None:
        """What a target's latest diagnosis found."""
        return self._of.get(target_id)

    @property
    def all(self) -> list[Diagnosed]:
        """The latest of each target, in the order in which they were made."""
        return sorted(self._of.values(), key=_begin)


def _begin(diagnosed: Diagnosed) -> float:
    return diagnosed.at_s
