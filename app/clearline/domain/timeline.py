"""How much of a span a target was up, weighted by time: each slot of the schedule stands until the next one."""

import math
from array import array
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence

from clearline.domain.event import CheckEnded, CheckMissed, Health, ReplyCameLate, Result
from clearline.domain.outages import RETRY_AFTER, Excluded, Outage, OutageFold, Why, begins, joined, trimmed

OK, LOST, VOID = range(3)
GAP_INTERVALS = 2.5
"""A reading stands no longer than so many intervals after its check ended: what follows was not measured."""
_OUR_OWN = frozenset(health.value for health in Health)


class Timeline:
    """The checks of one target. Slots that passed while a check was under way are part of that check's time.

    Loss by time does not sink while a slow failure holds up the checks that would have failed too.
    """

    def __init__(self, target: str, interval_s: float = 1.0, from_s: float = 0.0, to_s: float = math.inf) -> None:
        """Counts what fell due from `from_s` until `to_s`; what lies around it only completes outages and readings."""
        self.target = target
        self.from_s, self.to_s = from_s, to_s
        self._paces: list[tuple[float, float]] = [(0.0, interval_s)]
        self._due = array("d")
        self._ended = array("d")
        self._state = array("b")
        self._number = array("q")
        self._is_ordered = True
        self._late: set[int] = set()
        self._pauses: list[tuple[float, float | None]] = []
        self._fold = OutageFold(target)
        self.checks: Counter[str] = Counter()
        """By result."""
        self.missed: Counter[str] = Counter()
        """By reason."""
        self.late_starts = 0
        """Checks that began more than half an interval after they were due."""
        self.late_replies = 0
        self.first_attempt_ok = 0

    def pace(self, at_s: float, interval_s: float, *, is_paused: bool = False) -> None:
        """From this moment on checks are due this often, or not at all."""
        self._paces.append((at_s, interval_s))
        was_paused = bool(self._pauses) and self._pauses[-1][1] is None
        if is_paused and not was_paused:
            self._pauses.append((at_s, None))
        elif was_paused and not is_paused:
            self._pauses[-1] = (self._pauses[-1][0], at_s)

    def add(self, event: CheckEnded | CheckMissed | ReplyCameLate) -> None:
        """Take an event of this target, in the order in which they happened."""
        if isinstance(event, ReplyCameLate):
            self.late_replies += self.from_s <= event.at_s < self.to_s
            self._late.add(event.check)
            return
        self._fold.add(event)
        is_counted = self.from_s <= event.due_s < self.to_s
        if isinstance(event, CheckMissed):
            self.missed[event.reason] += is_counted
            if event.reason == RETRY_AFTER:
                self._reading(event.due_s, event.at_s, LOST, event.check)
            elif event.reason in _OUR_OWN:
                self._reading(event.due_s, event.at_s, VOID, event.check)
            return
        if is_counted:
            self.checks[event.result.value] += 1
            self.late_starts += event.late_s > self.interval_at(event.due_s) / 2
            self.first_attempt_ok += event.result is Result.OK and event.attempts == 1
        state = OK if event.result is Result.OK else VOID if event.result is Result.VOID else LOST
        self._reading(max(event.due_s, event.started_s), event.at_s, state, event.check)

    @property
    def first_due_s(self) -> float:
        """When the first check that is known was due."""
        return min(self._due, default=math.inf)

    def interval_at(self, at_s: float) -> float:
        """Seconds between two slots at a moment."""
        place = bisect_right(self._paces, (at_s, math.inf)) - 1
        return self._paces[max(0, place)][1]

    def outages(self, away: Sequence[Excluded] = ()) -> list[Outage]:
        """Every outage, less what the tester was away, in order."""
        return trimmed(self._fold.outages, away)

    def weigh(
        self, end_s: float, away: Sequence[Excluded] = (), lost_network: Sequence[Excluded] = ()
    ) -> tuple[float, float, list[Excluded]]:
        """Seconds up, seconds lost, and what was left out, from `from_s` to `end_s`.

        `away`: the tester was asleep, busy or gone. `lost_network`: failures meanwhile are this machine's own. Both
        in order and without overlaps.
        """
        from_s, to_s = self.from_s, end_s
        pauses = [Excluded(begin, to_s if end is None else end, Why.PAUSED) for begin, end in self._pauses]
        left_out = _within(joined([*away, *pauses]), from_s, to_s)
        spent = [0.0, 0.0]
        told: list[Excluded] = list(left_out)
        place = 0
        lost_place = 0
        for begin_s, stop_s, state in self._segments(from_s, to_s):
            while place < len(left_out) and left_out[place].to_s <= begin_s:
                place += 1
            pieces = _without(begin_s, stop_s, left_out, place)
            while lost_place < len(lost_network) and lost_network[lost_place].to_s <= begin_s:
                lost_place += 1
            is_own = state == LOST and lost_place < len(lost_network) and lost_network[lost_place].from_s < stop_s
            for piece_from_s, piece_to_s in pieces:
                if state in (OK, LOST) and not is_own:
                    spent[state] += piece_to_s - piece_from_s
                else:
                    why = Why.NETWORK_LOST if is_own else Why.VOID if state == VOID else Why.UNMEASURED
                    told.append(Excluded(piece_from_s, piece_to_s, why))
        return spent[OK], spent[LOST], _joined_neighbours(told)

    def _reading(self, due_s: float, ended_s: float, state: int, number: int) -> None:
        if self._due and due_s < self._due[-1]:
            self._is_ordered = False
        self._due.append(due_s)
        self._ended.append(ended_s)
        self._state.append(state)
        self._number.append(number)

    def _segments(self, from_s: float, to_s: float) -> Iterator[tuple[float, float, int]]:
        """Stretches of one state from `from_s` to `to_s`, without a gap between them; -1: nothing was measured."""
        due, ended, state, number = self._due, self._ended, self._state, self._number
        order: Sequence[int] = range(len(due))
        if not self._is_ordered:
            # Checks may overlap: they come in the order in which they ended.
            order = sorted(order, key=due.__getitem__)
        reached_s = from_s
        for place, row in enumerate(order):
            next_s = due[order[place + 1]] if place + 1 < len(order) else math.inf
            if next_s <= from_s:
                continue
            begin_s = max(due[row], reached_s)
            if begin_s >= to_s:
                break
            interval_s = self.interval_at(due[row])
            stands_s = ended[row] + GAP_INTERVALS * interval_s
            if next_s == math.inf:
                stands_s = max(ended[row], due[row] + interval_s)
            end_s = min(next_s, stands_s, to_s)
            if end_s <= begin_s:
                continue
            if begin_s > reached_s:
                yield reached_s, begin_s, -1
            is_late = state[row] == LOST and number[row] in self._late
            yield begin_s, end_s, OK if is_late else state[row]
            reached_s = end_s
        if reached_s < to_s:
            yield reached_s, to_s, -1


def _within(spans: Sequence[Excluded], from_s: float, to_s: float) -> list[Excluded]:
    return [
        Excluded(max(span.from_s, from_s), min(span.to_s, to_s), span.why)
        for span in spans
        if span.to_s > from_s and span.from_s < to_s
    ]


def _without(from_s: float, to_s: float, spans: Sequence[Excluded], place: int) -> list[tuple[float, float]]:
    """The parts of a stretch that no span covers; `spans` from `place` on, in order."""
    parts = []
    while place < len(spans) and spans[place].from_s < to_s:
        if spans[place].from_s > from_s:
            parts.append((from_s, spans[place].from_s))
        from_s = max(from_s, spans[place].to_s)
        place += 1
    if from_s < to_s:
        parts.append((from_s, to_s))
    return parts


def _joined_neighbours(spans: list[Excluded]) -> list[Excluded]:
    found: list[Excluded] = []
    for span in sorted(spans, key=begins):
        if found and found[-1].why is span.why and span.from_s - found[-1].to_s < 1e-6:
            found[-1] = Excluded(found[-1].from_s, max(found[-1].to_s, span.to_s), span.why)
        else:
            found.append(span)
    return found
