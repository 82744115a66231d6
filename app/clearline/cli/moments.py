"""Moments of a recorded session as people type them."""

import math
import re
from datetime import UTC, datetime, timedelta

from clearline.domain.problem import InputError, Problem

_UNITS_S = {"ms": 0.001, "s": 1.0, "m": 60.0, "min": 60.0, "h": 3600.0}
_SPAN = re.compile(r"(\d+(?:\.\d+)?)(ms|s|min|m|h)")
_CLOCK = re.compile(r"(\d{1,2}):(\d\d)(?::(\d\d(?:\.\d+)?))?")


def moment_s(typed: str | None, wall_s: float, otherwise_s: float) -> float:
    """Seconds of the session of `90s` or `5m` (after its begin), `14:05` (local) or `2026-11-26T13:05:03Z`.

    A time of day is that of the session's first day, or of the next where the session began later than that.
    Raises InputError (`report.moment`).
    """
    if typed is None:
        return otherwise_s
    text = typed.strip()
    span = _SPAN.fullmatch(text)
    began = datetime.fromtimestamp(wall_s, UTC).astimezone()
    try:
        if span:
            moment = began + timedelta(seconds=float(span[1]) * _UNITS_S[span[2]])
        elif match := _CLOCK.fullmatch(text):
            seconds = float(match[3] or 0)
            moment = began.replace(hour=int(match[1]), minute=int(match[2]), second=0, microsecond=0)
            moment += timedelta(seconds=seconds)
            # Not to the second: 14:05 is meant where the session began at 14:05:30.
            moment += timedelta(days=moment < began - timedelta(minutes=1))
        else:
            moment = datetime.fromisoformat(text)
            moment = moment if moment.tzinfo else moment.astimezone()
        found = moment.timestamp() - wall_s
    except (ValueError, OverflowError, OSError):
        found = math.nan
    if not math.isfinite(found):
        raise InputError(Problem("report.moment", {"typed": typed}))
    return found
