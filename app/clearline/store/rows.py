"""Each kind of event as the row of a table, and back."""

import msgspec

from clearline.domain.event import (
    AttemptEnded,
    BackoffStarted,
    BreakerChanged,
    BreakerState,
    BudgetChanged,
    CheckEnded,
    CheckMissed,
    CommandRefused,
    EngineReported,
    Event,
    FallbackUsed,
    Health,
    LabFaultChanged,
    LivenessChanged,
    MarkerDropped,
    NetworkChange,
    NetworkChanged,
    PlanApplied,
    ReplyCameLate,
    Result,
    SessionStarted,
    TesterDisturbed,
    TimeoutAdapted,
)
from clearline.domain.fault import Fault
from clearline.domain.outcome import Outcome
from clearline.domain.phase import Phase, PhaseTimes
from clearline.domain.plan import Plan
from clearline.store import lab_rows, liveness_rows
from clearline.store.cells import (
    MOST_S,
    TENTHS,
    Coder,
    Decoder,
    Row,
    Table,
    packed_before,
    packed_ms,
    seconds,
    short,
    unpacked_before,
    unpacked_ms,
    whole,
)

_PHASES = tuple(Phase)
_PHASE_NUMBER = {phase: number for number, phase in enumerate(_PHASES)}


class RecordingGap(Event, frozen=True, kw_only=True, tag="recording_gap"):
    """The recorder could not keep up from `from_s` to `at_s` and let `lost` events go. Read back as NOT_RUNNING."""

    from_s: float
    lost: int


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
    times = [cell / TENTHS if type(cell) is int else cell for cell in phases]
    if max(map(abs, filter(None, times)), default=0.0) >= MOST_S:
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


def _limit_row(event: TimeoutAdapted, coder: Coder) -> Row:
    key, why, values = coder.word(event.key), coder.word(event.why), msgspec.msgpack.encode(event.values)
    return event.at_s, key, _PHASE_NUMBER[event.phase], event.before_s, event.after_s, why, values


def _limit(row: Row, decoder: Decoder) -> TimeoutAdapted:
    at_s, key, phase, before, after, why, values = row
    if not 0 <= phase < len(_PHASES):
        raise ValueError("no such phase")
    return TimeoutAdapted(
        at_s=seconds(at_s),
        key=decoder.word(key),
        phase=_PHASES[phase],
        before_s=seconds(before),
        after_s=seconds(after),
        why=decoder.word(why),
        values=_figures.decode(values),
    )


def _budget_row(event: BudgetChanged, coder: Coder) -> Row:
    return event.at_s, coder.word(event.key), event.tokens, event.capacity, coder.word(event.reason)


def _budget(row: Row, decoder: Decoder) -> BudgetChanged:
    at_s, key, tokens, capacity, reason = row
    return BudgetChanged(
        at_s=seconds(at_s),
        key=decoder.word(key),
        tokens=seconds(tokens),
        capacity=seconds(capacity),
        reason=decoder.word(reason),
    )


def _fallback_row(event: FallbackUsed, coder: Coder) -> Row:
    target, source, place = coder.word(event.target), coder.word(event.source), coder.word(event.place)
    return event.at_s, target, whole(event.check), source, event.age_s, place


def _fallback(row: Row, decoder: Decoder) -> FallbackUsed:
    at_s, target, slot, source, age, place = row
    return FallbackUsed(
        at_s=seconds(at_s),
        target=decoder.word(target),
        check=slot,
        source=decoder.word(source),
        age_s=seconds(age),
        place=decoder.word(place),
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
_figures = msgspec.msgpack.Decoder(dict[str, float])
_changes = msgspec.msgpack.Decoder(tuple[NetworkChange, ...])

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
    Table("limits", TimeoutAdapted, (_R, _I, _I, _R, _R, _I, _B), _limit_row, _limit, since=2),
    Table("budgets", BudgetChanged, (_R, _I, _R, _R, _I), _budget_row, _budget, since=2),
    Table("fallbacks", FallbackUsed, (_R, _I, _I, _I, _R, _I), _fallback_row, _fallback, since=2),
    Table(
        "livenesses",
        LivenessChanged,
        (_R, _I, _I, _I, _I, _R, _I),
        liveness_rows.liveness_row,
        liveness_rows.liveness,
        since=2,
    ),
    Table("late_replies", ReplyCameLate, (_R, _I, _I, _I, _ANY), liveness_rows.late_row, liveness_rows.late, since=2),
    Table(
        "network_changes",
        NetworkChanged,
        (_R, _R, _B),
        lambda event, coder: (event.at_s, event.from_s, msgspec.msgpack.encode(event.changes)),
        lambda row, decoder: NetworkChanged(
            at_s=seconds(row[0]), from_s=seconds(row[1]), changes=_changes.decode(row[2])
        ),
        since=2,
    ),
    Table("lab_faults", LabFaultChanged, (_R, _I, _I, _B, _I), lab_rows.lab_fault_row, lab_rows.lab_fault, since=3),
    Table("gaps", RecordingGap, (_R, _R, _I), lambda event, coder: (event.at_s, event.from_s, event.lost), _gap),
)
"""Every kind of event that is recorded."""

TABLE_OF: dict[type[Event], Table] = {table.event: table for table in TABLES}
