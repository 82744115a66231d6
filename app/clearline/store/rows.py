"""Each kind of event as the row of a table, and back."""

import math
from collections.abc import Callable
from typing import Any, Protocol

import msgspec

from clearline.domain.event import (
    AnyEvent,
    AttemptEnded,
    BackoffStarted,
    BreakerChanged,
    BreakerState,
    CheckEnded,
    CheckMissed,
    CommandRefused,
    EngineReported,
    Event,
    Health,
    MarkerDropped,
    PlanApplied,
    Result,
    SessionStarted,
    TesterDisturbed,
)
from clearline.domain.fault import Fault
from clearline.domain.outcome import Outcome
from clearline.domain.phase import Phase, PhaseTimes
from clearline.domain.plan import Plan

TEXT_LIMIT = 4_000
"""Longest text of a marker or word, in characters; the rest is cut off."""
_MOST_S = 1e10
_TENTHS = 1e4
"""Tenths of a microsecond in a millisecond: the resolution in which probes report."""
_PHASES = tuple(Phase)
_PHASE_NUMBER = {phase: number for number, phase in enumerate(_PHASES)}

Cell = int | float | str | bytes | None
Row = tuple[Any, ...]


class RecordingGap(Event, frozen=True, kw_only=True, tag="recording_gap"):
    """The recorder could not keep up from `from_s` to `at_s` and let `lost` events go. Read back as NOT_RUNNING."""

    from_s: float
    lost: int


class Coder(Protocol):
    """Turns texts and mappings into small numbers while writing."""

    def word(self, text: str) -> int:
        """The number of a text."""
        ...

    def note(self, content: dict[str, Any], about: str) -> tuple[int | None, bytes | None]:
        """The number of a mapping, and what differs in this one; None twice where it is empty."""
        ...

    def plan(self, plan: Plan) -> bytes:
        """A plan with its secrets masked."""
        ...


class Decoder(Protocol):
    """Turns numbers back while reading. Everything raises ValueError on what cannot be."""

    path: str

    def word(self, number: int) -> str:
        """The text with this number."""
        ...

    def note(self, number: int | None, changes: bytes | None) -> dict[str, Any]:
        """The mapping with this number and these changes."""
        ...


class Table(msgspec.Struct, frozen=True):
    """Where one kind of event is kept."""

    name: str
    event: type[Event]
    types: tuple[tuple[type, ...], ...]
    """What each column may hold."""
    encode: Callable[[Any, Coder], Row]
    decode: Callable[[Row, Decoder], AnyEvent]


def whole(value: int) -> int:
    """An integer that SQLite can hold."""
    return max(-(2**62), min(int(value), 2**62))


def short(text: str) -> str:
    """A text that can be stored: of bounded length and without lone surrogates."""
    return text[:TEXT_LIMIT].encode("utf-8", "replace").decode("utf-8")


def packed_ms(value: float | None) -> int | float | None:
    """Milliseconds as whole tenths of a microsecond where that is exact (2 or 3 bytes, not 8), else as they are."""
    if value is None or not math.isfinite(value):
        return None
    tenths = round(value * _TENTHS)
    return tenths if tenths / _TENTHS == value else float(value)


def unpacked_ms(cell: float | None) -> float | None:
    """The milliseconds of packed_ms. Raises ValueError when out of any range."""
    if cell is None:
        return None
    value = cell / _TENTHS if isinstance(cell, int) else cell
    if not -_MOST_S < value < _MOST_S:
        raise ValueError("milliseconds out of range")
    return value


def packed_before(moment_s: float, at_s: float) -> int | float:
    """A moment as whole microseconds before `at_s` where that is exact, else as seconds of the session."""
    micros = round(at_s * 1e6)
    before = micros - round(moment_s * 1e6)
    return before if (micros - before) / 1e6 == moment_s else float(moment_s)


def unpacked_before(cell: float, at_s: float) -> float:
    """The moment of packed_before. Raises ValueError when out of any range."""
    return seconds((round(at_s * 1e6) - cell) / 1e6 if isinstance(cell, int) else cell)


def seconds(value: float) -> float:
    """A moment that can be: raises ValueError otherwise, so that a made-up file cannot stretch the time axis."""
    if not -_MOST_S < value < _MOST_S:
        raise ValueError("moment out of range")
    return float(value)


def _attempt_row(event: AttemptEnded, coder: Coder) -> Row:
    outcome, fault = event.outcome, event.outcome.fault
    return (
        event.at_s,
        packed_before(event.started_s, event.at_s),
        coder.word(event.target),
        whole(event.check),
        whole(event.attempt),
        int(event.is_disturbed),
        *(packed_ms(outcome.phases.of(phase)) for phase in _PHASES),
        coder.word(fault.kind) if fault else None,
        _PHASE_NUMBER[fault.phase] if fault else None,
        int(fault.is_void) if fault else None,
        *(coder.note(fault.evidence, f"{event.target} {fault.kind}") if fault else (None, None)),
        coder.word(outcome.address) if outcome.address else None,
        packed_ms(outcome.kernel_rtt_ms),
        whole(outcome.syn_retransmits),
        packed_ms(outcome.lag_ms),
        None if outcome.status is None else whole(outcome.status),
        outcome.retry_after_s,
        whole(outcome.bytes_in),
        whole(outcome.bytes_out),
        *coder.note(outcome.detail, event.target),
    )


def _attempt(row: Row, decoder: Decoder) -> AttemptEnded:
    at_s, started, target, slot, number, disturbed, *phases = row[:13]
    kind, phase, void, evidence, evidence_changes, address, rtt, syn, lag, *others = row[13:]
    status, retry_after, bytes_in, bytes_out, detail, detail_changes = others
    fault = None
    if kind is not None:
        if not 0 <= (phase or 0) < len(_PHASES):
            raise ValueError("no such phase")
        fault = Fault(decoder.word(kind), _PHASES[phase or 0], decoder.note(evidence, evidence_changes), bool(void))
    # The hottest line of reopening a session: unpacked_ms for seven figures at once.
    times = [cell / _TENTHS if type(cell) is int else cell for cell in phases]
    if max(map(abs, filter(None, times)), default=0.0) >= _MOST_S:
        raise ValueError("milliseconds out of range")
    outcome = Outcome(
        PhaseTimes(*times),
        fault,
        "" if address is None else decoder.word(address),
        unpacked_ms(rtt),
        syn,
        unpacked_ms(lag),
        status,
        retry_after,
        bytes_in,
        bytes_out,
        decoder.note(detail, detail_changes),
    )
    return AttemptEnded(
        at_s=seconds(at_s),
        target=decoder.word(target),
        check=slot,
        attempt=number,
        started_s=unpacked_before(started, at_s),
        outcome=outcome,
        is_disturbed=bool(disturbed),
    )


def _check_row(event: CheckEnded, coder: Coder) -> Row:
    return (
        event.at_s,
        packed_before(event.due_s, event.at_s),
        packed_before(event.started_s, event.at_s),
        coder.word(event.target),
        whole(event.check),
        coder.word(event.result.value),
        whole(event.attempts),
        coder.word(event.kind) if event.kind else None,
        coder.word(event.gave_up) if event.gave_up else None,
    )


def _check(row: Row, decoder: Decoder) -> CheckEnded:
    at_s, due, started, target, slot, result, attempts, kind, gave_up = row
    return CheckEnded(
        at_s=seconds(at_s),
        target=decoder.word(target),
        check=slot,
        due_s=unpacked_before(due, at_s),
        started_s=unpacked_before(started, at_s),
        result=Result(decoder.word(result)),
        attempts=attempts,
        kind="" if kind is None else decoder.word(kind),
        gave_up="" if gave_up is None else decoder.word(gave_up),
    )


def _miss_row(event: CheckMissed, coder: Coder) -> Row:
    due = packed_before(event.due_s, event.at_s)
    return event.at_s, due, coder.word(event.target), whole(event.check), coder.word(event.reason)


def _miss(row: Row, decoder: Decoder) -> CheckMissed:
    at_s, due, target, slot, reason = row
    return CheckMissed(
        at_s=seconds(at_s),
        target=decoder.word(target),
        check=slot,
        due_s=unpacked_before(due, at_s),
        reason=decoder.word(reason),
    )


def _backoff_row(event: BackoffStarted, coder: Coder) -> Row:
    target, reason = coder.word(event.target), coder.word(event.reason)
    return event.at_s, target, whole(event.check), whole(event.attempt), event.until_s, reason


def _backoff(row: Row, decoder: Decoder) -> BackoffStarted:
    at_s, target, slot, number, until, reason = row
    return BackoffStarted(
        at_s=seconds(at_s),
        target=decoder.word(target),
        check=slot,
        attempt=number,
        until_s=seconds(until),
        reason=decoder.word(reason),
    )


def _breaker_row(event: BreakerChanged, coder: Coder) -> Row:
    return (
        event.at_s,
        coder.word(event.key),
        coder.word(event.before.value),
        coder.word(event.after.value),
        coder.word(event.reason),
        event.until_s,
        whole(event.failures),
        whole(event.successes),
        whole(event.needed),
    )


def _breaker(row: Row, decoder: Decoder) -> BreakerChanged:
    at_s, key, before, after, reason, until, failures, successes, needed = row
    return BreakerChanged(
        at_s=seconds(at_s),
        key=decoder.word(key),
        before=BreakerState(decoder.word(before)),
        after=BreakerState(decoder.word(after)),
        reason=decoder.word(reason),
        until_s=None if until is None else seconds(until),
        failures=failures,
        successes=successes,
        needed=needed,
    )


def _report_row(event: EngineReported, coder: Coder) -> Row:
    figures = event.at_s, event.checks_per_s, event.loop_lag_ms, whole(event.outstanding), short(event.recording)
    return *figures, whole(event.recording_bytes), coder.word(event.recording_problem)


def _report(row: Row, decoder: Decoder) -> EngineReported:
    at_s, rate, lag, outstanding, recording, size, problem = row
    return EngineReported(
        at_s=seconds(at_s),
        checks_per_s=seconds(rate),
        loop_lag_ms=seconds(lag),
        outstanding=outstanding,
        recording=recording,
        recording_bytes=size,
        recording_problem=decoder.word(problem),
    )


def _disturbance(row: Row, decoder: Decoder) -> TesterDisturbed:
    at_s, health, since, lag = row
    return TesterDisturbed(
        at_s=seconds(at_s), health=Health(decoder.word(health)), from_s=seconds(since), lag_ms=seconds(lag)
    )


def _gap(row: Row, _decoder: Decoder) -> TesterDisturbed:
    return TesterDisturbed(at_s=seconds(row[0]), health=Health.NOT_RUNNING, from_s=seconds(row[1]))


def _start(row: Row, decoder: Decoder) -> SessionStarted:
    at_s, session_id, wall_s, resumed = row
    # The path is not stored: it names the person's folders, and it is wrong as soon as the file is moved.
    return SessionStarted(
        at_s=seconds(at_s), session_id=session_id, wall_s=seconds(wall_s), path=decoder.path, is_resumed=bool(resumed)
    )


_plan = msgspec.json.Decoder(Plan)
_values = msgspec.msgpack.Decoder(dict[str, str])

_R, _I, _T, _B = (float,), (int,), (str,), (bytes,)
_N = (type(None),)
_ANY = (int, float)

TABLES: tuple[Table, ...] = (
    Table(
        "attempts",
        AttemptEnded,
        (
            *(_R, _ANY, _I, _I, _I, _I),
            *((int, float, type(None)),) * 7,
            *(_I + _N, _I + _N, _I + _N, _I + _N, _B + _N, _I + _N, _ANY + _N, _I, _ANY + _N),
            *(_I + _N, _R + _N, _I, _I, _I + _N, _B + _N),
        ),
        _attempt_row,
        _attempt,
    ),
    Table("checks", CheckEnded, (_R, _ANY, _ANY, _I, _I, _I, _I, _I + _N, _I + _N), _check_row, _check),
    Table("misses", CheckMissed, (_R, _ANY, _I, _I, _I), _miss_row, _miss),
    Table("backoffs", BackoffStarted, (_R, _I, _I, _I, _R, _I), _backoff_row, _backoff),
    Table("breakers", BreakerChanged, (_R, _I, _I, _I, _I, _R + _N, _I, _I, _I), _breaker_row, _breaker),
    Table(
        "starts",
        SessionStarted,
        (_R, _T, _R, _I),
        lambda event, coder: (event.at_s, short(event.session_id), event.wall_s, int(event.is_resumed)),
        _start,
    ),
    Table(
        "plans",
        PlanApplied,
        (_R, _B),
        lambda event, coder: (event.at_s, coder.plan(event.plan)),
        lambda row, decoder: PlanApplied(at_s=seconds(row[0]), plan=_plan.decode(row[1])),
    ),
    Table(
        "markers",
        MarkerDropped,
        (_R, _T, _I),
        lambda event, coder: (event.at_s, short(event.text), coder.word(event.target)),
        lambda row, decoder: MarkerDropped(at_s=seconds(row[0]), text=row[1], target=decoder.word(row[2])),
    ),
    Table(
        "disturbances",
        TesterDisturbed,
        (_R, _I, _R, _R),
        lambda event, coder: (event.at_s, coder.word(event.health.value), event.from_s, event.lag_ms),
        _disturbance,
    ),
    Table("reports", EngineReported, (_R, _R, _R, _I, _T, _I, _I), _report_row, _report),
    Table(
        "refusals",
        CommandRefused,
        (_R, _I, _B),
        lambda event, coder: (event.at_s, coder.word(event.code), msgspec.msgpack.encode(event.values)),
        lambda row, decoder: CommandRefused(
            at_s=seconds(row[0]), code=decoder.word(row[1]), values=_values.decode(row[2])
        ),
    ),
    Table("gaps", RecordingGap, (_R, _R, _I), lambda event, coder: (event.at_s, event.from_s, event.lost), _gap),
)
"""Every kind of event that is recorded."""

TABLE_OF: dict[type[Event], Table] = {table.event: table for table in TABLES}
