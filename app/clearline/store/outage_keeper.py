"""Finds outages while a session is recorded, so that nobody has to look through ten million checks for them."""

from collections.abc import Callable, Iterable
from typing import Any

from clearline.domain.event import AttemptEnded, CheckEnded, CheckMissed
from clearline.domain.fault import Layer
from clearline.domain.outages import Outage, OutageFold
from clearline.store.cells import seconds

COLUMNS = "target, since, until, last, kind, layer, checks, held, slot, sent"
_MOST_LAYERS = 10_000
"""Failed attempts whose check has not ended: more are of checks that never will."""

Counted = AttemptEnded | CheckEnded | CheckMissed


class OutageKeeper:
    """Folds what is written and hands out the outages that began, went on or ended."""

    def __init__(self, latest: Iterable[Outage]) -> None:
        """`latest`: the last outage of each target in a file that is continued."""
        self._folds: dict[str, OutageFold] = {}
        self._layers: dict[tuple[str, int], Layer] = {}
        self._changed: set[str] = set()
        self._known_s: dict[str, float] = {}
        for outage in latest:
            self._known_s[outage.target] = outage.last_s if outage.to_s is None else outage.to_s
            if outage.to_s is None:
                self._fold(outage.target).outages.append(outage)

    def add(self, event: Counted, *, is_replay: bool = False) -> None:
        """Take one event, in order. A replayed one only completes what the rows do not hold yet."""
        if is_replay and event.at_s <= self._known_s.get(event.target, -1.0):
            return
        if isinstance(event, AttemptEnded):
            if event.outcome.fault is not None and not event.is_disturbed:
                if len(self._layers) >= _MOST_LAYERS:
                    self._layers.clear()
                self._layers[event.target, event.check] = event.outcome.fault.layer
            return
        layer = self._layers.pop((event.target, event.check), None) if self._layers else None
        fold = self._fold(event.target)
        was_running = fold.running
        fold.add(event, layer)
        if was_running is not None or fold.running is not None:
            self._changed.add(event.target)

    def take_changed(self) -> list[Outage]:
        """The outages whose rows are to be written now."""
        found: list[Outage] = []
        for target in self._changed:
            outages = self._folds[target].outages
            found += outages
            # What has ended is in the file; only the one that lasts can still change.
            while outages and outages[0].to_s is not None:
                outages.popleft()
        self._changed.clear()
        return found

    def _fold(self, target: str) -> OutageFold:
        fold = self._folds.get(target)
        if fold is None:
            fold = self._folds[target] = OutageFold(target)
        return fold


def cells(outage: Outage, target: int, kind: int | None) -> tuple[Any, ...]:
    """The row of an outage."""
    layer = outage.layer.value if outage.layer else None
    times = outage.from_s, outage.to_s, outage.last_s
    return target, *times, kind, layer, outage.checks, outage.held, outage.check, outage.sent_s


def from_cells(row: tuple[Any, ...], word: Callable[[int], str]) -> Outage:
    """The outage of a row with COLUMNS. Raises ValueError or TypeError on what cannot be."""
    target, since, until, last, kind, layer, checks, held, slot, sent = row
    if not all(isinstance(value, int) for value in (checks, held, slot)):
        raise ValueError("not a count")
    name = "" if kind is None else word(kind)
    outage = Outage(word(target), seconds(since), seconds(last), None if layer is None else Layer(layer), name)
    outage.checks, outage.held, outage.check = checks, held, slot
    outage.sent_s = None if sent is None else seconds(sent)
    outage.to_s = None if until is None else seconds(until)
    if name:
        # How many checks ended with which kind is not stored: what it was so far stays what it is.
        outage.kinds[name], outage.firsts[name] = checks - held, slot
    return outage
