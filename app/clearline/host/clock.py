"""The session's clock: seconds since session second 0 that count on through sleep and clock steps."""

import sys
import time

if sys.platform == "linux":

    def ticks_s() -> float:
        """Seconds that never step back and go on while the machine sleeps; its zero means nothing."""
        return time.clock_gettime(time.CLOCK_BOOTTIME)

    def suspended_s() -> float:
        """Seconds this machine has slept since it started; only differences mean something."""
        return time.clock_gettime(time.CLOCK_BOOTTIME) - time.clock_gettime(time.CLOCK_MONOTONIC)

elif sys.platform == "darwin":

    def ticks_s() -> float:
        """Seconds that never step back and go on while the machine sleeps; its zero means nothing."""
        return time.clock_gettime(time.CLOCK_MONOTONIC)

    def suspended_s() -> float:
        """Seconds this machine has slept since it started; only differences mean something."""
        return time.clock_gettime(time.CLOCK_MONOTONIC) - time.clock_gettime(time.CLOCK_UPTIME_RAW)

elif sys.platform == "win32":
    import ctypes

    def ticks_s() -> float:
        """Seconds that never step back and go on while the machine sleeps; its zero means nothing."""
        return time.perf_counter()

    def suspended_s() -> float:
        """Seconds this machine has slept since it started; only differences mean something."""
        awake = ctypes.c_ulonglong()
        # Counts 100 ns only while the machine is awake; QueryPerformanceCounter also counts sleep.
        if not ctypes.windll.kernel32.QueryUnbiasedInterruptTime(ctypes.byref(awake)):
            return 0.0
        return time.perf_counter() - awake.value / 1e7

else:

    def ticks_s() -> float:
        """Seconds that never step back; its zero means nothing."""
        return time.perf_counter()

    def suspended_s() -> float:
        """This system does not tell whether it slept."""
        return 0.0


def wall_s() -> float:
    """Seconds since 1970 UTC, as this machine believes; it may jump."""
    return time.time()  # noqa: TID251 (the one place where the Clock port reads it)


class SessionClock:
    """domain.ports.Clock of a session whose second 0 was at the UTC time `wall_start_s`.

    `floor_s` is the latest moment already recorded: a session that goes on after a crash never goes back behind
    it, even where the wall clock was set back meanwhile.
    """

    def __init__(self, wall_start_s: float, floor_s: float = 0.0) -> None:
        self._zero = ticks_s() - max(floor_s, wall_s() - wall_start_s)

    def now(self) -> float:
        """Seconds since the session began, sleep included; never steps back. Whole microseconds: few bytes on disk."""
        return round(ticks_s() - self._zero, 6)

    def wall(self) -> float:
        """Seconds since 1970 UTC, as the machine believes; it may jump."""
        return wall_s()
