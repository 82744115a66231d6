"""Where a scale carries labels: at round values, and at round moments of the day."""

import math

TIME_STEPS_S = (
    *(0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 15.0, 30.0, 60.0, 120.0, 300.0, 600.0, 900.0, 1800.0),
    *(3600.0, 7200.0, 10800.0, 21600.0, 43200.0, 86400.0, 172800.0, 604800.0),
)


def round_moments(from_s: float, to_s: float, shift_s: float, most: int) -> tuple[list[float], float]:
    """Moments that are round once `shift_s` is added, at most `most` of them, and the step between. Seconds."""
    length = to_s - from_s
    step = next((step for step in TIME_STEPS_S if length / step <= max(1, most)), TIME_STEPS_S[-1])
    first = math.ceil((from_s + shift_s) / step - 1e-9)
    last = math.floor((to_s + shift_s) / step + 1e-9)
    return [number * step - shift_s for number in range(first, last + 1)], step


def value_ticks(top: float, most: int) -> list[float]:
    """Round values from 0 to the top, at most `most` steps."""
    rough = top / max(1, most)
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(factor * power for factor in (1.0, 2.0, 2.5, 5.0, 10.0) if factor * power >= rough * 0.999)
    return [number * step for number in range(int(top / step + 1e-6) + 1)]
