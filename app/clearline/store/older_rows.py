"""The rows of attempts and checks in files of the versions 1 and 2; still read, no longer written."""

from clearline.domain.event import AttemptEnded, CheckEnded, Result
from clearline.domain.fault import Fault
from clearline.domain.outcome import Outcome
from clearline.domain.phase import Phase, PhaseTimes
from clearline.store.cells import (
    MOST_S,
    TENTHS,
    Decoder,
    Row,
    seconds,
    unpacked_before,
    unpacked_ms,
)

_PHASES = tuple(Phase)


def older_attempt(row: Row, decoder: Decoder) -> AttemptEnded:
    """An attempt of a row."""
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


def older_check(row: Row, decoder: Decoder) -> CheckEnded:
    """A check of a row."""
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
