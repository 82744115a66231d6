"""Where the scales of graphs carry labels: round local times, powers of ten, and the texts for times."""

import math
from datetime import UTC, datetime

from PySide6.QtCore import QDate, QLocale

from clearline.domain.scale import round_moments


def time_ticks(from_s: float, to_s: float, wall_s: float | None, most: int) -> tuple[list[float], float]:
    """Moments at round local times, at most `most` of them, and the step between. Session seconds."""
    shift = 0.0 if wall_s is None else wall_s + utc_offset_s(wall_s + from_s)
    return round_moments(from_s, to_s, shift, most)


def utc_offset_s(wall_s: float) -> float:
    """How far local time is ahead of UTC at a moment."""
    offset = datetime.fromtimestamp(wall_s, UTC).astimezone().utcoffset()
    return offset.total_seconds() if offset is not None else 0.0


def clock_text(at_s: float, wall_s: float | None, step_s: float = 1.0) -> str:
    """Local time of day of a session moment, as fine as the step asks for; elapsed time where the start is unknown."""
    if wall_s is None:
        return elapsed_text(at_s)
    # A round moment comes out of the subtraction of two large numbers a little below itself.
    moment = datetime.fromtimestamp(wall_s + at_s + 0.001, UTC).astimezone()
    if step_s < 1.0:
        return f"{moment:%H:%M:%S}.{moment.microsecond // 100_000}"
    if step_s >= 86400.0:
        return QLocale().toString(QDate(moment.year, moment.month, moment.day), QLocale.FormatType.ShortFormat)
    return f"{moment:%H:%M:%S}" if step_s < 60.0 else f"{moment:%H:%M}"


def elapsed_text(at_s: float, step_s: float = 1.0) -> str:
    """Time since the session began: `2:51`, `1:02:51`; with tenths for small steps."""
    if step_s < 1.0:
        tenths = round(at_s * 10)
        return f"{tenths // 600}:{tenths // 10 % 60:02d}.{tenths % 10}"
    seconds = round(at_s)
    hours, rest = divmod(seconds, 3600)
    return f"{hours}:{rest // 60:02d}:{rest % 60:02d}" if hours else f"{rest // 60}:{rest % 60:02d}"


def log_ticks(low: float, top: float) -> list[float]:
    """Powers of ten, with twos and fives where there are few, between two positive values."""
    first, last = math.floor(math.log10(low)), math.ceil(math.log10(top))
    factors = (1.0,) if last - first > 3 else (1.0, 2.0, 5.0) if last - first > 1 else (1.0, 2.0, 3.0, 5.0, 7.0)
    found = [factor * 10.0**power for power in range(first, last + 1) for factor in factors]
    return [value for value in found if low * 0.999 <= value <= top * 1.001]
