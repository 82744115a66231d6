"""A second vantage: what a session recorded on another computer saw of the same target."""

from pathlib import Path
from typing import Any

from clearline.cli.sessions import opened
from clearline.diagnosis.facts import facts_of_outcome
from clearline.domain.event import AttemptEnded
from clearline.domain.problem import InputError, Problem
from clearline.domain.target import Target
from clearline.domain.verdict import Thresholds


def seen_by_colleague(path: Path, target: Target, thresholds: Thresholds) -> dict[str, Any]:
    """The facts of the last undisturbed attempt there, under `colleague.`.

    Raises InputError where that session did not test this address, and what `opened` raises.
    """
    with opened(path) as reader:
        ids = [other.id for other in reader.plan.targets if other.shown == target.shown]
        ends = [
            event for name in ids for event in reader.stream(AttemptEnded, target_id=name) if not event.is_disturbed
        ]
    if not ends:
        raise InputError(Problem("cli.colleague_unknown", {"file": str(path), "target": target.shown}))
    latest = max(ends, key=lambda event: event.at_s)
    return facts_of_outcome(target, latest.outcome, thresholds, "colleague")
