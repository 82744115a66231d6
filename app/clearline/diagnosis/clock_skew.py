"""Is this computer's clock right? What servers that answer fresh say of the time, as facts."""

from typing import Any

from clearline.diagnosis.course import Course
from clearline.domain.outcome import Outcome


def skew_of(course: Course, who: str, *outcomes: Outcome) -> dict[str, Any]:
    """Our clock against those of servers that answered fresh, each with the half round trip taken off."""
    skews = course.facts.setdefault("clock.each", {})
    for number, outcome in enumerate(outcomes):
        told = course.facts_of(outcome, "one")
        if "one.date_s" in told and not told.get("one.is_cached"):
            skews[f"{who}{number}"] = round(course.clock.wall() - told["one.date_s"], 1)
    if not skews:
        return {}
    values = sorted(skews.values(), key=abs)
    middle = values[(len(values) - 1) // 2]
    limit_s = course.policy.thresholds.clock_skew_s
    return {"clock.skew_s": middle, "clock.hosts": len(values), "clock.is_wrong": abs(middle) > limit_s}
