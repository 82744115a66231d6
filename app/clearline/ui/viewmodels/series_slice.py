"""Visible parts of a target's series as numpy columns, and the stretches that lanes are painted from."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from clearline.ui.viewmodels.series_state import FAILING, HELD, WAITED, State

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from clearline.ui.viewmodels.series_target import TargetSeries

PHASES = ("resolve", "connect", "proxy", "tls", "answer", "receive")
"""Parts of the stacked latency, from below; `answer` is send and wait."""
CheckStates = tuple["dict[str, NDArray[Any]]", "NDArray[np.float64]", "NDArray[np.uint8]"]
GAP_INTERVALS = 2.5
"""A silence longer than so many intervals is a gap: nothing was measured."""


@dataclass(frozen=True, slots=True)
class SeriesSlice:
    """Columns between two moments. Times in session seconds, latencies in milliseconds, NaN where unknown."""

    from_s: float
    to_s: float
    interval_s: float
    attempts: "dict[str, NDArray[Any]]"
    """started_s, ended_s, check, attempt, ok, state, kind, total_ms, the six phases, rtt_ms, disturbed, syn_lost; by
    start. `total_ms` is the latency of a success, NaN where connection requests were lost."""
    checks: "dict[str, NDArray[Any]]"
    """due_s, started_s, ended_s, check, result, state, kind, attempts; by due time."""
    misses: "dict[str, NDArray[Any]]"
    """due_s, at_s, reason."""
    backoffs: "dict[str, NDArray[Any]]"
    """from_s, until_s, check, attempt, reason."""
    stretches: "dict[str, NDArray[Any]]"
    """Roll-ups of the part before the first single attempt: start_s, ok, failed, refused, missed, attempts, low, sum,
    high, count, slow, layer, held, span_s."""

    def count(self) -> tuple[int, int]:
        """Checks between the two moments, and those of them without success; void ones and those put off left out."""
        due, states = self.checks["due_s"], self.checks["state"]
        is_check = (states >= State.UP) & (self.checks["result"] != WAITED)
        seen = (due >= self.from_s) & (due <= self.to_s) & is_check
        old = _before(self.stretches, due)
        bad = int((old["failed"] + old["refused"]).sum())
        return int(seen.sum() + old["ok"].sum()) + bad, int((states[seen] >= FAILING).sum()) + bad

    def latencies(self) -> "NDArray[np.float64]":
        """Whole latencies of the successes between the two moments, in ms."""
        attempts, at_s = self.attempts, self.attempts["started_s"]
        good = measured(attempts) & (at_s >= self.from_s) & (at_s <= self.to_s)
        found: NDArray[np.float64] = attempts["total_ms"][good].astype("float64")
        return found

    def usual_failure(self) -> State:
        """The state that failing checks had most often; NOTHING where none failed."""
        import numpy as np

        due, states = self.checks["due_s"], self.checks["state"]
        failing = states[(due >= self.from_s) & (due <= self.to_s) & (states >= FAILING)]
        old = _before(self.stretches, due)
        count = len(State)
        counts = np.bincount(failing, minlength=count)
        counts += np.bincount(stretch_states(old), old["failed"] + old["refused"], minlength=count).astype(counts.dtype)
        counts[State.ANSWER :] += counts[FAILING : State.ANSWER]
        return (
            State(int(counts[State.ANSWER :].argmax()) + State.ANSWER)
            if counts[State.ANSWER :].any()
            else State.NOTHING
        )


def measured(attempts: "dict[str, NDArray[Any]]") -> "NDArray[np.bool_]":
    """Which attempts have a latency: those that succeeded, undisturbed, and lost no connection request."""
    found: NDArray[np.bool_] = (
        (attempts["ok"] > 0) & (attempts["disturbed"] == 0) & (attempts["total_ms"] == attempts["total_ms"])
    )
    return found


def take(series: "TargetSeries", from_s: float, to_s: float) -> SeriesSlice:
    """The rows of a series that show between two moments, one more on either side for joining lines."""
    attempts, checks = series.attempts, series.checks
    found_attempts = attempts.part(max(0, attempts.first_at(from_s) - 1), min(len(attempts), attempts.after(to_s) + 1))
    found_checks = checks.part(max(0, checks.first_at(from_s) - 1), min(len(checks), checks.after(to_s) + 1))
    backoffs = series.backoffs
    return SeriesSlice(
        from_s,
        to_s,
        series.interval_s,
        _ordered(found_attempts, "started_s"),
        _ordered(found_checks, "due_s"),
        series.misses.part(series.misses.first_at(from_s), series.misses.after(to_s)),
        # The longest wait that is allowed is a day; one that began this long before the window is rare.
        backoffs.part(max(0, backoffs.first_at(from_s) - 8), backoffs.after(to_s)),
        _older(series, from_s, to_s),
    )


def take_states(series: "TargetSeries", from_s: float, to_s: float) -> "CheckStates":
    """Roll-ups, due times and states of the checks between two moments: all that a heat map reads."""
    checks = series.checks
    low, high = max(0, checks.first_at(from_s) - 1), min(len(checks), checks.after(to_s) + 1)
    found = _ordered(checks.part(low, high, ("due_s", "state")), "due_s")
    return _before(_older(series, from_s, to_s), found["due_s"]), found["due_s"], found["state"]


def _before(stretches: "dict[str, NDArray[Any]]", due_s: "NDArray[np.float64]") -> "dict[str, NDArray[Any]]":
    """Roll-ups up to the first single check: what follows is known better."""
    import numpy as np

    if not len(due_s):
        return stretches
    keep = stretches["start_s"] < due_s[0]
    found = {name: values[keep] for name, values in stretches.items()}
    found["span_s"] = np.minimum(found["span_s"], due_s[0] - found["start_s"])
    return found


def _ordered(columns: "dict[str, NDArray[Any]]", key: str) -> "dict[str, NDArray[Any]]":
    """Checks may overlap: rows come in the order they ended, and are drawn in the order they began."""
    import numpy as np

    times = columns[key]
    if len(times) < 2 or bool(np.all(times[1:] >= times[:-1])):
        return columns
    order = np.argsort(times, kind="stable")
    return {name: values[order] for name, values in columns.items()}


def _older(series: "TargetSeries", from_s: float, to_s: float) -> "dict[str, NDArray[Any]]":
    """Roll-ups for what is older than the first kept attempt: 10 s ones where there are, 5 min ones before."""
    import numpy as np

    starts = [
        columns.value(name, 0) if len(columns) else to_s
        for columns, name in ((series.attempts, "started_s"), (series.checks, "due_s"))
        if columns.dropped
    ]
    end = min(to_s, max(starts, default=from_s))
    is_needed = end > from_s
    short = series.short.part(from_s, end) if is_needed else series.short.part(0.0, -1.0)
    short["span_s"] = np.full(len(short["start_s"]), float(series.short.span_s))
    begin = float(short["start_s"][0]) if len(short["start_s"]) else end
    long = series.long.part(from_s, begin) if is_needed and begin > from_s else series.long.part(0.0, -1.0)
    long["span_s"] = np.full(len(long["start_s"]), float(series.long.span_s))
    # Where the kept 10 s stretches begin inside a 5 min one, its first part is only there.
    long["span_s"] = np.minimum(long["span_s"], begin - long["start_s"])
    return {name: np.concatenate((long[name], short[name])) for name in short}


@dataclass(frozen=True, slots=True)
class Runs:
    """Neighbouring stretches of one state, joined."""

    from_s: "NDArray[np.float64]"
    to_s: "NDArray[np.float64]"
    state: "NDArray[np.uint8]"

    def __len__(self) -> int:
        return len(self.from_s)


def stretch_states(stretches: "dict[str, NDArray[Any]]") -> "NDArray[np.uint8]":
    """The state each roll-up shows: failed if any check failed, else held, else slow if any was, else up."""
    import numpy as np

    layer = np.where(stretches["layer"] >= State.ANSWER, stretches["layer"], State.CONNECT)
    good = np.where(stretches["slow"] > 0, State.SLOW, np.where(stretches["ok"] > 0, State.UP, State.NOTHING))
    held = np.where(stretches["refused"] > 0, np.maximum(stretches["held"], layer - HELD), stretches["held"])
    return np.where(stretches["failed"] > 0, layer, np.maximum(held, good)).astype(np.uint8)


def check_runs(part: SeriesSlice, now_s: float) -> Runs:
    """Stretches of equal state: each check lasts until the next was due, unless that is too long to be the same."""
    import numpy as np

    old = _before(part.stretches, part.checks["due_s"])
    old_state = stretch_states(old)
    known = old_state > 0
    due, ended = part.checks["due_s"], part.checks["ended_s"]
    begins = np.concatenate((old["start_s"][known], due))
    if not len(begins):
        empty = np.empty(0)
        return Runs(empty, empty, np.empty(0, np.uint8))
    lasts = np.concatenate(((old["start_s"] + old["span_s"])[known], ended + GAP_INTERVALS * part.interval_s))
    states = np.concatenate((old_state[known], part.checks["state"]))
    ends = np.minimum(np.append(begins[1:], max(now_s, float(begins[-1]))), lasts)
    joins = (states[1:] == states[:-1]) & (begins[1:] - ends[:-1] < 1e-6)
    first = np.concatenate(([True], ~joins))
    last = np.concatenate((~joins, [True]))
    return Runs(begins[first], ends[last], states[first])
