"""A session at one glance: how the checks of all targets together ended, in a few dozen equal stretches of its time."""

import math
from dataclasses import dataclass, field
from itertools import islice

from clearline.domain.event import AttemptEnded, CheckEnded, Result
from clearline.domain.fault import Layer
from clearline.domain.rollup import RESOLUTIONS_S, stretch_start
from clearline.store.reader import SessionReader

MOST_CELLS = 120
_MOST_EVENTS = 20_000
"""Read of what the roll-ups do not hold yet: ten seconds, unless the recorder died or the file is hostile."""


@dataclass(slots=True)
class Cell:
    """Checks of one stretch."""

    ok: int = 0
    refused: int = 0
    failed: dict[Layer, int] = field(default_factory=dict)
    """By the layer that broke."""

    def fail(self, layer: Layer | None, count: int) -> None:
        """Count failed checks; without a known layer, as ones that never connected."""
        self.failed[layer or Layer.CONNECT] = self.failed.get(layer or Layer.CONNECT, 0) + count


def outline(reader: SessionReader, begin_s: float, end_s: float) -> list[Cell]:
    """The stretches from `begin_s` to `end_s`, none shorter than the shortest roll-up; empty for an empty session."""
    shortest_s = RESOLUTIONS_S[0]
    from_s = stretch_start(begin_s, shortest_s)
    if end_s <= begin_s:
        return []
    cell_s = max(shortest_s, (end_s - from_s) / MOST_CELLS)
    cells = [Cell() for _ in range(min(MOST_CELLS, math.ceil((end_s - from_s) / cell_s)))]
    for place, layer, ok, failed, refused in reader.rollup_counts(from_s, cell_s):
        if 0 <= place < len(cells):
            cells[place].ok += ok
            cells[place].refused += refused
            if failed > 0:
                cells[place].fail(layer, failed)
    tail_s = reader.rolled_until_s(shortest_s)
    layers: dict[str, Layer] = {}
    for attempt in islice(reader.stream(AttemptEnded, tail_s), _MOST_EVENTS):
        if attempt.outcome.fault is not None and not attempt.is_disturbed:
            layers[attempt.target] = attempt.outcome.fault.layer
    for check in islice(reader.stream(CheckEnded, tail_s), _MOST_EVENTS):
        cell = cells[max(0, min(len(cells) - 1, int((check.at_s - from_s) / cell_s)))]
        if check.result is Result.OK:
            cell.ok += 1
        elif check.result is Result.REFUSED:
            cell.refused += 1
        elif check.result is Result.FAILED:
            cell.fail(layers.get(check.target), 1)
    return cells
