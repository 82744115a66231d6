"""What the commands about evidence ask of the desk on screen: which file, which time; and what they say of trouble."""

from pathlib import Path

from clearline.domain.problem import Problem
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


def times(desk: Desk) -> dict[ReportTime, tuple[float, float]]:
    """What a report can be about, the most likely first."""
    stage = desk.stage
    found: dict[ReportTime, tuple[float, float]] = {}
    outages = [outage for target_id in stage.chosen for outage in stage.series.series(target_id).outages]
    if outages:
        latest = max(outages, key=lambda outage: outage.from_s)
        end_s = latest.to_s if latest.to_s is not None else stage.axis.now_s
        found[ReportTime.OUTAGE] = max(0.0, latest.from_s - AROUND_S), end_s + AROUND_S
    found[ReportTime.GRAPHS] = max(0.0, stage.axis.from_s), stage.axis.to_s
    found[ReportTime.SESSION] = 0.0, 1e12
    return found


def unreadable(path: str, error: OSError) -> Problem:
    """A session that cannot be read."""
    return Problem("session.unreadable", {"name": Path(path).name, "reason": error.strerror or str(error)})


def not_saved(out: Path, error: OSError) -> Problem:
    """A report that cannot be written."""
    return Problem("report.not_saved", {"name": out.name, "reason": error.strerror or str(error)})
