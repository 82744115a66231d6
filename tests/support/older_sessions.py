"""Session files as older versions of the program left them: their tables, and how they wrote attempts and checks."""

import sqlite3
from collections.abc import Sequence
from pathlib import Path

import pytest

from clearline.domain.event import AnyEvent, AttemptEnded, CheckEnded
from clearline.domain.phase import Phase
from clearline.store import recording, schema
from clearline.store.cells import Coder, Row, packed_before, packed_ms, whole
from clearline.store.recording import Recording
from clearline.store.rows import TABLE_OF, TABLES
from clearline.store.secrets import SecretMask
from support.recorded_events import SESSION, WALL_S

_PHASES = tuple(Phase)
_PHASE_NUMBER = {phase: number for number, phase in enumerate(_PHASES)}


def record_as(version: int, path: Path, events: Sequence[AnyEvent], monkeypatch: pytest.MonkeyPatch) -> None:
    """Record a session as this version of the program did. Its events must be of kinds that it knew."""
    tables = tuple(table for table in TABLES if table.since <= version)
    older = {table.event: table for table in reversed(tables) if version < 4 or table.encode is not None}
    encoders = {"attempts": _attempt_row, "checks": _check_row} if version < 4 else {}
    names = [table.name for table in tables]
    create = schema.create
    with monkeypatch.context() as patch:
        patch.setattr(schema, "create", lambda connection: create(connection, version))
        patch.setattr(recording, "TABLES", tables)
        patch.setattr(recording, "TABLE_OF", TABLE_OF | older)
        patch.setattr(recording, "_ENCODE", recording._ENCODE | encoders)
        inserts = {table.name: recording._insert(table) for table in tables if table.name in names}
        patch.setattr(recording, "_INSERT", inserts)
        if version < schema.OUTAGES_SINCE:
            patch.setattr(Recording, "_latest_outages", lambda recording: [])
            patch.setattr(Recording, "_write_outages", lambda recording: None)
        written = Recording(path, SESSION, WALL_S, SecretMask())
        for place in range(0, len(events), 100):
            written.write(events[place : place + 100])
        written.close()
    connection = sqlite3.connect(path)
    assert schema.number(connection, "user_version") == version
    connection.close()


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
