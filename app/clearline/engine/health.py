"""Whether the tester itself was fit to measure: late loop, sleep, clock steps, and the samples they spoil."""

from collections import deque

from clearline.domain.event import Health, TesterDisturbed
from clearline.domain.statistics import percentile

TICK_S = 0.05
"""How often the loop is asked whether it is on time."""
BUSY_S = 0.05
"""A loop later than this spoils what was measured meanwhile."""
ASLEEP_S = 2.0
STEPPED_S = 0.5
"""Time servers slew smaller errors (at most 0.5 ms a second), so a jump like this is somebody setting the clock."""
KEPT_SPANS = 256


class HealthWatch:
    """Folds readings of the clocks into spans of disturbance. Pure: readings are arguments, in seconds."""

    def __init__(self, now_s: float, wall_s: float, slept_s: float) -> None:
        self._now_s = now_s
        self._alive_s = now_s
        self._wall_s = wall_s
        self._slept_s = slept_s
        self._lags_s: list[float] = []
        self._spans: deque[tuple[float, float, Health]] = deque(maxlen=KEPT_SPANS)

    def sample(self, now_s: float, wall_s: float, slept_s: float) -> list[TesterDisturbed]:
        """Take a reading, due TICK_S after the last; sooner is allowed. Returns what it reveals.

        `now_s` counts sleep, `slept_s` is how long the machine has slept so far.
        """
        before_s = self._alive_s
        passed_s, slept = now_s - self._now_s, slept_s - self._slept_s
        stepped_s = wall_s - self._wall_s - passed_s
        self._now_s, self._wall_s, self._slept_s = now_s, wall_s, slept_s
        self._alive_s = now_s
        lag_s = max(0.0, passed_s - TICK_S)
        self._lags_s.append(lag_s)
        found = []
        if slept > ASLEEP_S:
            found.append(self._span(Health.ASLEEP, before_s, now_s, lag_s))
        elif lag_s > BUSY_S:
            found.append(self._span(Health.BUSY, before_s, now_s, lag_s))
        # After sleep the system sets its clock from the battery-backed one, to the second: that is no step.
        if abs(stepped_s) > (ASLEEP_S if slept > ASLEEP_S else STEPPED_S):
            found.append(
                TesterDisturbed(at_s=now_s, health=Health.CLOCK_STEPPED, from_s=before_s, lag_ms=stepped_s * 1000)
            )
        return found

    def is_late(self, now_s: float) -> bool:
        """Has the reading that is due now been missed by so much that it must be taken before anything is judged?

        Where it has not, the loop has just shown that it is alive: a disturbance found later began after this.
        """
        if now_s - self._now_s > TICK_S + BUSY_S:
            return True
        self._alive_s = now_s
        return False

    def disturbance(self, from_s: float, to_s: float) -> Health | None:
        """What disturbed the tester at some time of this stretch; None where it was well."""
        for start_s, end_s, health in reversed(self._spans):
            if end_s < from_s:
                return None
            if start_s < to_s:
                return health
        return None

    def take_lag_ms(self) -> float:
        """99th percentile of the loop's lateness since the last call, in milliseconds."""
        lags = sorted(self._lags_s)
        self._lags_s.clear()
        return percentile(lags, 0.99) * 1000 if lags else 0.0

    def _span(self, health: Health, from_s: float, to_s: float, lag_s: float) -> TesterDisturbed:
        if self._spans and self._spans[-1][1] >= from_s and self._spans[-1][2] is health:
            # Back to back: one long span, so that a machine that is always busy does not push older ones out.
            from_before, _, _ = self._spans.pop()
            self._spans.append((from_before, to_s, health))
        else:
            self._spans.append((from_s, to_s, health))
        return TesterDisturbed(at_s=to_s, health=health, from_s=from_s, lag_ms=lag_s * 1000)
