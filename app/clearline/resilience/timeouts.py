"""Deadlines: absolute moments in session seconds, and what is left until them."""

from clearline.domain.fault import Fault
from clearline.domain.phase import Phase
from clearline.domain.profile import LIMITS, Timeouts

USEFUL_S = LIMITS["timeouts.attempt_s"].low
"""An attempt with less time than the shortest limit a person can set is not worth waiting for."""

OVERRUN_S = 0.25
"""How far a probe may overrun its deadline before it is cut. A probe keeps its deadlines itself and then reports each
phase; were the net drawn at the very deadline, it would race the probe and win half of the time."""

ROUNDING_S = 0.02
"""Timers fire up to 15.6 ms early on Windows."""


def attempt_deadline(now: float, timeouts: Timeouts, total_deadline_s: float) -> float:
    """When an attempt that starts now must end: its own limit or the check's deadline, whichever comes first."""
    return min(now + timeouts.attempt_s, total_deadline_s)


def phase_limit(timeouts: Timeouts, phase: Phase, now: float, deadline_s: float) -> float:
    """Seconds a phase may take: its own limit or what is left until the deadline, never below 0."""
    return max(0.0, min(timeouts.of(phase), deadline_s - now))


def is_worth_starting(start_s: float, deadline_s: float) -> bool:
    """Would an attempt that starts then still have useful time before the deadline?"""
    return start_s + USEFUL_S <= deadline_s


def is_out_of_time(fault: Fault, ended_s: float, deadline_s: float) -> bool:
    """Did the attempt end because this deadline passed, and not for a reason of its own?"""
    return ended_s >= deadline_s - ROUNDING_S and fault.is_timeout
