"""What the commands about evidence ask of the desk on screen: which file, which time; and what they say of trouble."""

from collections.abc import Sequence
from pathlib import Path

from clearline.domain.problem import Problem
from clearline.ui.viewmodels.diagnosis import Diagnosis
from clearline.ui.viewmodels.report import ReportTime
from clearline.ui.widgets.desk import Desk

AROUND_S = 60.0
"""Before and after an outage that a report is about."""


def recorded_in(desk: Desk) -> str:
    """The file of the session on screen; empty where nothing is recorded."""
    stage = desk.stage
    if stage.path:
        return stage.path
    session = stage.session
    if session.report is not None and session.report.recording:
        return session.report.recording
    return session.started.path if session.started is not None else ""


def times(desk: Desk, target_ids: Sequence[str]) -> dict[ReportTime, tuple[float, float]]:
    """What a report of these targets can be about, the most likely first; none names all of them."""
    stage = desk.stage
    found: dict[ReportTime, tuple[float, float]] = {}
    outages = [outage for target_id in target_ids or stage.chosen for outage in stage.series.series(target_id).outages]
    if outages:
        latest = max(outages, key=lambda outage: outage.from_s)
        found[ReportTime.OUTAGE] = around(desk, latest.from_s, latest.to_s)
    found[ReportTime.GRAPHS] = max(0.0, stage.axis.from_s), stage.axis.to_s
    found[ReportTime.SESSION] = 0.0, 1e12
    return found


def around(desk: Desk, from_s: float, to_s: float | None) -> tuple[float, float]:
    """From a while before a stretch until a while after it; None lasts until now."""
    end_s = to_s if to_s is not None else desk.stage.axis.now_s
    return max(0.0, from_s - AROUND_S), end_s + AROUND_S


def around_diagnosis(desk: Desk, diagnosis: Diagnosis) -> tuple[float, float]:
    """A diagnosis and, where it was made in an outage of its target, that whole outage."""
    at_s, end_s = diagnosis.started_s, diagnosis.ended_s
    for outage in desk.stage.series.series(diagnosis.target.id).outages if not diagnosis.is_free else ():
        if outage.from_s <= at_s and (outage.to_s is None or at_s <= outage.to_s):
            ends = [end for end in (outage.to_s, end_s) if end is not None]
            return around(desk, outage.from_s, max(ends) if len(ends) == 2 else None)
    return around(desk, at_s, end_s)


def unreadable(path: str, error: OSError) -> Problem:
    """A session that cannot be read."""
    return Problem("session.unreadable", {"name": Path(path).name, "reason": error.strerror or str(error)})


def not_saved(out: Path, error: OSError) -> Problem:
    """A report that cannot be written."""
    return Problem("report.not_saved", {"name": out.name, "reason": error.strerror or str(error)})
