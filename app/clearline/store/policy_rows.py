"""The rows of how the client behaved: waits, breakers, adapted time limits, budgets, what stood in."""

import msgspec

from clearline.domain.event import (
    BackoffStarted,
    BreakerChanged,
    BreakerState,
    BudgetChanged,
    FallbackUsed,
    TimeoutAdapted,
)
from clearline.domain.phase import Phase
from clearline.store.cells import Coder, Decoder, Row, seconds, whole

_PHASES = tuple(Phase)
_PHASE_NUMBER = {phase: number for number, phase in enumerate(_PHASES)}
_figures = msgspec.msgpack.Decoder(dict[str, float])


def backoff_row(event: BackoffStarted, coder: Coder) -> Row:
    """A wait as a row."""
    target, reason = coder.word(event.target), coder.word(event.reason)
    return event.at_s, target, whole(event.check), whole(event.attempt), event.until_s, reason


def backoff(row: Row, decoder: Decoder) -> BackoffStarted:
    """And back."""
    at_s, target, slot, number, until, reason = row
    return BackoffStarted(
        at_s=seconds(at_s),
        target=decoder.word(target),
        check=slot,
        attempt=number,
        until_s=seconds(until),
        reason=decoder.word(reason),
    )


def breaker_row(event: BreakerChanged, coder: Coder) -> Row:
    """A breaker's change as a row."""
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


def breaker(row: Row, decoder: Decoder) -> BreakerChanged:
    """And back."""
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


def limit_row(event: TimeoutAdapted, coder: Coder) -> Row:
    """An adapted time limit as a row."""
    key, why, values = coder.word(event.key), coder.word(event.why), msgspec.msgpack.encode(event.values)
    return event.at_s, key, _PHASE_NUMBER[event.phase], event.before_s, event.after_s, why, values


def limit(row: Row, decoder: Decoder) -> TimeoutAdapted:
    """And back."""
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


def budget_row(event: BudgetChanged, coder: Coder) -> Row:
    """A retry budget as a row."""
    return event.at_s, coder.word(event.key), event.tokens, event.capacity, coder.word(event.reason)


def budget(row: Row, decoder: Decoder) -> BudgetChanged:
    """And back."""
    at_s, key, tokens, capacity, reason = row
    return BudgetChanged(
        at_s=seconds(at_s),
        key=decoder.word(key),
        tokens=seconds(tokens),
        capacity=seconds(capacity),
        reason=decoder.word(reason),
    )


def fallback_row(event: FallbackUsed, coder: Coder) -> Row:
    """What stood in as a row."""
    target, source, place = coder.word(event.target), coder.word(event.source), coder.word(event.place)
    return event.at_s, target, whole(event.check), source, event.age_s, place


def fallback(row: Row, decoder: Decoder) -> FallbackUsed:
    """And back."""
    at_s, target, slot, source, age, place = row
    return FallbackUsed(
        at_s=seconds(at_s),
        target=decoder.word(target),
        check=slot,
        source=decoder.word(source),
        age_s=seconds(age),
        place=decoder.word(place),
    )
