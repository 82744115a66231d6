"""Time limits and phase stamps of one attempt, all from the same clock."""

import asyncio
import time
from dataclasses import dataclass

from clearline.domain.phase import Phase, PhaseTimes
from clearline.domain.ports import Clock
from clearline.domain.profile import Timeouts
from clearline.net.evidence import Deadline, Evidence, NetworkError

_NS = 1_000_000_000
_CUT_SHORT_SHARE = 0.9
"""An attempt that was given less than this share of its own limit is cut short; a busy loop eats some milliseconds."""
_FROZEN = -1
_READS_IN_A_ROW = 32


@dataclass(frozen=True, slots=True)
class Limit:
    """A moment after which waiting ends, in perf_counter nanoseconds, and whose limit that is."""

    until_ns: int
    deadline: Deadline

    @property
    def left_s(self) -> float:
        """Seconds until then; 0 once it passed."""
        return max(0.0, (self.until_ns - time.perf_counter_ns()) / _NS)


def limit_in(seconds: float, by: str = "own") -> Limit:
    """A limit that many seconds from now."""
    return Limit(time.perf_counter_ns() + int(seconds * _NS), Deadline(seconds, by))


class Turns:
    """Keeps a peer that never stops talking from holding a reader past its limit, and everybody else meanwhile."""

    def __init__(self) -> None:
        self._reads = 0

    async def take(self, limit: Limit) -> None:
        """Before each read. The first one may take what came in time but is read late. Raises NetworkError."""
        self._reads += 1
        if self._reads % _READS_IN_A_ROW == 0:
            # What is there already never waits: nobody else would run.
            await asyncio.sleep(0)
        if self._reads > 1 and not limit.left_s:
            raise NetworkError(Evidence(deadline=limit.deadline))


class Budget:
    """Hands each phase `min(its own limit, what is left)` and remembers whose limit that was."""

    def __init__(self, timeouts: Timeouts, deadline_s: float, clock: Clock) -> None:
        self._timeouts = timeouts
        left_s = deadline_s - clock.now()
        self._end_ns = time.perf_counter_ns() + int(left_s * _NS)
        self._whole_s = max(0.0, left_s)
        self._whose = "total" if left_s < timeouts.attempt_s * _CUT_SHORT_SHARE else "attempt"

    @property
    def left_s(self) -> float:
        """Seconds left of the attempt."""
        return max(0.0, (self._end_ns - time.perf_counter_ns()) / _NS)

    def limit(self, phase: Phase) -> Limit:
        """The limit of a phase that begins now."""
        own_s = self._timeouts.of(phase)
        own_ns = time.perf_counter_ns() + int(own_s * _NS)
        if own_ns <= self._end_ns:
            return Limit(own_ns, Deadline(own_s, phase.value))
        return Limit(self._end_ns, Deadline(round(self._whole_s, 3), self._whose))


class Stopwatch:
    """Stamps phases one after the other without a gap, so that their sum is the attempt's total."""

    def __init__(self) -> None:
        self.phase: Phase | None = None
        self._before: Phase | None = None
        self._since_ns = 0
        self._spent_ns: dict[Phase, int] = {}

    def enter(self, phase: Phase, at_ns: int | None = None) -> None:
        """A phase begins, and the one before ends, now or at a moment that was stamped before."""
        before = self.phase
        at_ns = self.stop(at_ns)
        self._before = before
        self.phase = phase
        self._since_ns = at_ns

    def stop(self, at_ns: int | None = None) -> int:
        """The running phase ends. Stopping twice is harmless. Returns the moment."""
        at_ns = time.perf_counter_ns() if at_ns is None else at_ns
        if self.phase is not None and self._since_ns != _FROZEN:
            # A stamp taken in a callback can precede the phase it ends by the time a task takes to wake.
            spent_ns = max(0, at_ns - self._since_ns)
            self._spent_ns[self.phase] = self._spent_ns.get(self.phase, 0) + spent_ns
        self.phase = None
        return at_ns

    @property
    def since_ns(self) -> int:
        """When the running phase began, perf_counter nanoseconds."""
        return self._since_ns

    def began(self, at_ns: int) -> None:
        """The running phase really began at this later moment; the phase before, if any, took until then."""
        if self.phase is None or at_ns <= self._since_ns:
            return
        if self._before is not None:
            self._spent_ns[self._before] += at_ns - self._since_ns
        self._since_ns = at_ns

    def resume(self, phase: Phase) -> None:
        """Name the phase that a finding belongs to, after it ended and without adding to it."""
        self.phase = phase
        self._since_ns = _FROZEN

    def spent_ms(self, phase: Phase) -> float | None:
        """Milliseconds spent in a phase, the running part included; None where it was not reached."""
        is_running = phase is self.phase and self._since_ns != _FROZEN
        running_ns = time.perf_counter_ns() - self._since_ns if is_running else None
        spent_ns = self._spent_ns.get(phase)
        if spent_ns is None and running_ns is None:
            return None
        return ((spent_ns or 0) + (running_ns or 0)) / 1e6

    def times(self) -> PhaseTimes:
        """The figures so far."""
        return PhaseTimes(**{phase.value: round(ns / 1e6, 4) for phase, ns in self._spent_ns.items()})
