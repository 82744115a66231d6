"""Which table keeps each kind of event, and what its cells may hold."""

import msgspec

from clearline.domain.event import (
    AttemptEnded,
    BackoffStarted,
    BreakerChanged,
    BudgetChanged,
    CheckEnded,
    CheckMissed,
    CommandRefused,
    EngineReported,
    Event,
    FallbackUsed,
    LabFaultChanged,
    LivenessChanged,
    MachineSeen,
    MarkerDropped,
    NetworkChanged,
    PlanApplied,
    ReplyCameLate,
    SessionStarted,
    TesterDisturbed,
    TimeoutAdapted,
)
from clearline.domain.plan import Plan
from clearline.store import attempt_rows, diagnosis_rows, lab_rows, liveness_rows, older_rows, policy_rows, session_rows
from clearline.store.cells import Table, seconds, short
from clearline.store.session_rows import RecordingGap

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
        None,
        older_rows.older_attempt,
    ),
    Table("checks", CheckEnded, (_R, _ANY, _ANY, _I, _I, _I, _I, _I + _N, _I + _N), None, older_rows.older_check),
    Table(
        "attempts_packed",
        AttemptEnded,
        (
            *(_ANY, _ANY, _I, _I),
            *(_ANY + _N,) * 6,
            *(_I + _N, _ANY + _N, _ANY + _N, _I + _N, _I, _I, _I + _N, _B + _N, _B + _N),
        ),
        attempt_rows.attempt_row,
        attempt_rows.attempt,
        since=4,
    ),
    Table(
        "checks_packed",
        CheckEnded,
        (_ANY, _ANY, _ANY, _I, _I, _I),
        attempt_rows.check_row,
        attempt_rows.check,
        since=4,
    ),
    Table("misses", CheckMissed, (_R, _ANY, _I, _I, _I), attempt_rows.miss_row, attempt_rows.miss),
    Table("backoffs", BackoffStarted, (_R, _I, _I, _I, _R, _I), policy_rows.backoff_row, policy_rows.backoff),
    Table(
        "breakers",
        BreakerChanged,
        (_R, _I, _I, _I, _I, _R + _N, _I, _I, _I),
        policy_rows.breaker_row,
        policy_rows.breaker,
    ),
    Table(
        "starts",
        SessionStarted,
        (_R, _T, _R, _I),
        lambda event, coder: (event.at_s, short(event.session_id), event.wall_s, int(event.is_resumed)),
        session_rows.start,
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
        session_rows.disturbance,
    ),
    Table("reports", EngineReported, (_R, _R, _R, _I, _T, _I, _I), session_rows.report_row, session_rows.report),
    Table(
        "refusals",
        CommandRefused,
        (_R, _I, _B),
        lambda event, coder: (event.at_s, coder.word(event.code), msgspec.msgpack.encode(event.values)),
        lambda row, decoder: CommandRefused(
            at_s=seconds(row[0]), code=decoder.word(row[1]), values=_values.decode(row[2])
        ),
    ),
    Table("limits", TimeoutAdapted, (_R, _I, _I, _R, _R, _I, _B), policy_rows.limit_row, policy_rows.limit, since=2),
    Table("budgets", BudgetChanged, (_R, _I, _R, _R, _I), policy_rows.budget_row, policy_rows.budget, since=2),
    Table("fallbacks", FallbackUsed, (_R, _I, _I, _I, _R, _I), policy_rows.fallback_row, policy_rows.fallback, since=2),
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
            at_s=seconds(row[0]), from_s=seconds(row[1]), changes=session_rows.NETWORK.decode(row[2])
        ),
        since=2,
    ),
    Table("machines", MachineSeen, (_R, _T, _T, _B), session_rows.machine_row, session_rows.machine, since=6),
    Table("lab_faults", LabFaultChanged, (_R, _I, _I, _B, _I), lab_rows.lab_fault_row, lab_rows.lab_fault, since=3),
    *diagnosis_rows.TABLES,
    Table(
        "gaps",
        RecordingGap,
        (_R, _R, _I),
        lambda event, coder: (event.at_s, event.from_s, event.lost),
        session_rows.gap,
    ),
)
"""Every kind of event that is recorded."""

TABLE_OF: dict[type[Event], Table] = {table.event: table for table in TABLES if table.encode is not None}
"""Where each kind of event is written to."""

TABLES_OF: dict[type[Event], tuple[Table, ...]] = {
    kind: tuple(table for table in TABLES if table.event is kind) for kind in TABLE_OF
}
"""Where each kind may stand in a file; the oldest rows are in the first of them."""
