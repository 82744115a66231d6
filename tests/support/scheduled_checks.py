"""Checks on a fixed schedule against a target that is down at times, as an engine would record them."""

from collections.abc import Iterator, Sequence

from clearline.domain.event import AnyEvent, AttemptEnded, CheckEnded, CheckMissed, Result
from clearline.domain.fault import Fault
from clearline.domain.outcome import Outcome
from clearline.domain.phase import Phase, PhaseTimes

TARGET = "shop"


def scheduled(
    until_s: float,
    down: Sequence[tuple[float, float]] = (),
    *,
    every_s: float = 1.0,
    fails_after_s: float = 2.0,
    fault: Fault = Fault("tcp.timed_out", Phase.CONNECT),  # noqa: B008 frozen
    target: str = TARGET,
) -> Iterator[AnyEvent]:
    """One check at a time: while one waits for its time limit the slots that fall due pass without one.

    That is what makes a sampler that counts checks report 2 % where 10 % of the time were lost.
    """
    busy_until_s = 0.0
    for number in range(round(until_s / every_s)):
        due_s = number * every_s
        if due_s < busy_until_s:
            yield CheckMissed(at_s=due_s, target=target, check=number, due_s=due_s, reason="outstanding")
            continue
        is_down = any(begin <= due_s < end for begin, end in down)
        at_s = round(due_s + (fails_after_s if is_down else 0.02), 6)
        busy_until_s = at_s
        phases = PhaseTimes(connect=fails_after_s * 1e3 if is_down else 20.0 + number % 10)
        outcome = Outcome(phases, fault if is_down else None)
        yield AttemptEnded(at_s=at_s, target=target, check=number, attempt=1, started_s=due_s, outcome=outcome)
        yield CheckEnded(
            at_s=at_s,
            target=target,
            check=number,
            due_s=due_s,
            started_s=due_s,
            result=Result.FAILED if is_down else Result.OK,
            attempts=1,
            kind=fault.kind if is_down else "",
            gave_up="attempts" if is_down else "",
        )
