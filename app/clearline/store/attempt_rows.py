"""The rows of attempts and checks, which are nearly all of a file: few columns, and integers wherever exact."""

from typing import Any

import msgspec

from clearline.domain.event import AttemptEnded, CheckEnded, CheckMissed, Result
from clearline.domain.fault import Fault
from clearline.domain.outcome import Outcome
from clearline.domain.phase import Phase, PhaseTimes
from clearline.store.cells import (
    MOST_S,
    TENTHS,
    Coder,
    Decoder,
    Row,
    moment,
    packed_before,
    packed_moment,
    packed_ms,
    seconds,
    unpacked_before,
    unpacked_ms,
    whole,
)

_PHASES = tuple(Phase)
_PHASE_NUMBER = {phase: number for number, phase in enumerate(_PHASES)}
_rest = msgspec.msgpack.Decoder(tuple[Any, ...])


def attempt_row(event: AttemptEnded, coder: Coder) -> Row:
    """An attempt as a row. What an ordinary success does not have is in the last cell, None where it has none of it."""
    outcome, fault, phases = event.outcome, event.outcome.fault, event.outcome.phases
    is_plain = fault is None and event.attempt == 1 and not event.is_disturbed
    rest = None
    if not (is_plain and phases.proxy is None and not outcome.syn_retransmits and outcome.retry_after_s is None):
        evidence = coder.note(fault.evidence, f"{event.target} {fault.kind}") if fault else (None, None)
        rest = msgspec.msgpack.encode(
            (
                whole(event.attempt),
                event.is_disturbed,
                packed_ms(phases.proxy),
                coder.word(fault.kind) if fault else None,
                _PHASE_NUMBER[fault.phase] if fault else None,
                fault.is_void if fault else False,
                *evidence,
                whole(outcome.syn_retransmits),
                outcome.retry_after_s,
            )
        )
    return (
        packed_moment(event.at_s),
        packed_before(event.started_s, event.at_s),
        coder.word(event.target),
        whole(event.check),
        packed_ms(phases.resolve),
        packed_ms(phases.connect),
        packed_ms(phases.tls),
        packed_ms(phases.send),
        packed_ms(phases.wait),
        packed_ms(phases.receive),
        coder.word(outcome.address) if outcome.address else None,
        packed_ms(outcome.kernel_rtt_ms),
        packed_ms(outcome.lag_ms),
        None if outcome.status is None else whole(outcome.status),
        whole(outcome.bytes_in),
        whole(outcome.bytes_out),
        *coder.note(outcome.detail, event.target),
        rest,
    )


def attempt(row: Row, decoder: Decoder) -> AttemptEnded:
    """And back."""
    at, started, target, slot, resolve, connect, tls, send, wait, receive, address, rtt, lag, *others = row
    status, bytes_in, bytes_out, detail, changes, rest = others
    number, is_disturbed, proxy, fault, syn, retry_after_s = 1, False, None, None, 0, None
    if rest is not None:
        number, is_disturbed, proxy, kind, phase, is_void, evidence, evidence_changes, syn, retry_after_s = (
            _rest.decode(rest)
        )
        if kind is not None:
            fault = Fault(decoder.word(kind), _phase(phase), decoder.note(evidence, evidence_changes), bool(is_void))
        if type(number) is not int or type(syn) is not int or not isinstance(proxy, int | float | None):
            raise ValueError("a cell of another type")
        if not isinstance(retry_after_s, int | float | None):
            raise ValueError("a cell of another type")
    # The hottest line of reopening a session: unpacked_ms for seven figures at once.
    times = [
        cell / TENTHS if type(cell) is int else cell for cell in (resolve, connect, proxy, tls, send, wait, receive)
    ]
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
        retry_after_s,
        bytes_in,
        bytes_out,
        decoder.note(detail, changes),
    )
    at_s = moment(at)
    return AttemptEnded(
        at_s=at_s,
        target=decoder.word(target),
        check=slot,
        attempt=number,
        started_s=unpacked_before(started, at_s),
        outcome=outcome,
        is_disturbed=bool(is_disturbed),
    )


def check_row(event: CheckEnded, coder: Coder) -> Row:
    """A check as a row. How it ended is one word: few of them ever differ."""
    ending = "\n".join((event.result.value, str(whole(event.attempts)), event.kind, event.gave_up))
    return (
        packed_moment(event.at_s),
        packed_before(event.due_s, event.at_s),
        packed_before(event.started_s, event.at_s),
        coder.word(event.target),
        whole(event.check),
        coder.word(ending),
    )


def check(row: Row, decoder: Decoder) -> CheckEnded:
    """And back."""
    at, due, started, target, slot, ending = row
    at_s = moment(at)
    result, attempts, kind, gave_up = decoder.word(ending).split("\n")
    return CheckEnded(
        at_s=at_s,
        target=decoder.word(target),
        check=slot,
        due_s=unpacked_before(due, at_s),
        started_s=unpacked_before(started, at_s),
        result=Result(result),
        attempts=int(attempts),
        kind=kind,
        gave_up=gave_up,
    )


def miss_row(event: CheckMissed, coder: Coder) -> Row:
    """A missed slot as a row."""
    due = packed_before(event.due_s, event.at_s)
    return event.at_s, due, coder.word(event.target), whole(event.check), coder.word(event.reason)


def miss(row: Row, decoder: Decoder) -> CheckMissed:
    """And back."""
    at_s, due, target, slot, reason = row
    return CheckMissed(
        at_s=seconds(at_s),
        target=decoder.word(target),
        check=slot,
        due_s=unpacked_before(due, at_s),
        reason=decoder.word(reason),
    )


def _phase(number: Any) -> Phase:
    if type(number) is not int or not 0 <= number < len(_PHASES):
        raise ValueError("no such phase")
    return _PHASES[number]
