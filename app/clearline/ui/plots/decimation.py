"""Fewer points for the same picture: per pixel the extremes stay, or the worst state, and so does every gap."""

from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray


def thin(x_px: NDArray[np.float64], values: NDArray[Any]) -> NDArray[np.intp]:
    """Rows to draw, ascending: of each pixel column the first row with the least and with the greatest value.

    `x_px` never decreases. With at most two rows a column all rows stay.
    """
    count = len(x_px)
    if count < 3:
        return np.arange(count)
    columns = np.floor(x_px)
    starts = np.flatnonzero(np.concatenate(([True], columns[1:] != columns[:-1])))
    if len(starts) * 2 >= count:
        return np.arange(count)
    sizes = np.diff(np.append(starts, count))
    group = np.repeat(np.arange(len(starts)), sizes)
    keep = []
    for edge in (np.minimum.reduceat(values, starts), np.maximum.reduceat(values, starts)):
        rows = np.flatnonzero(values == edge[group])
        _, first = np.unique(group[rows], return_index=True)
        keep.append(rows[first])
    return np.unique(np.concatenate(keep))


def segments(piece: NDArray[Any]) -> list[tuple[int, int]]:
    """Ranges `low` up to `high` of rows with the same piece number: what may be joined by a line."""
    if not len(piece):
        return []
    cuts = np.flatnonzero(piece[1:] != piece[:-1]) + 1
    return list(pairwise([0, *cuts.tolist(), len(piece)]))


def spaced(x_px: NDArray[np.float64], distance_px: float) -> list[int]:
    """Rows that can each have a mark without touching the one before, from the left."""
    kept: list[int] = []
    free_from = -np.inf
    for row, x in enumerate(x_px.tolist()):
        if x >= free_from:
            kept.append(row)
            free_from = x + distance_px
    return kept


def spread(line: NDArray[np.uint8], low: NDArray[np.int64], high: NDArray[np.int64], states: NDArray[np.uint8]) -> None:
    """Enter stretches of cells into a line: each into its first cell and those before its end; the highest stays."""
    inside = (low >= 0) & (low < len(line))
    np.maximum.at(line, low[inside], states[inside])
    for place in np.flatnonzero((high - low > 1) & (high > 0) & (low < len(line))).tolist():
        cells = line[max(0, int(low[place]) + 1) : max(0, int(high[place]))]
        np.maximum(cells, states[place], out=cells)


def bars(
    left_px: NDArray[np.float64], right_px: NDArray[np.float64], states: NDArray[np.uint8], width_px: float
) -> list[tuple[float, float, int]]:
    """Left, right and state of bars to draw. More than one for two pixels are joined by pixel: the highest stays."""
    seen = (right_px >= 0.0) & (left_px <= width_px) & (states > 0)
    if int(seen.sum()) <= width_px / 2:
        return list(zip(left_px[seen].tolist(), right_px[seen].tolist(), states[seen].tolist(), strict=True))
    line = np.zeros(max(1, int(width_px) + 1), np.uint8)
    low = np.maximum(np.floor(left_px[seen]).astype(np.int64), 0)
    spread(line, low, np.floor(right_px[seen]).astype(np.int64), states[seen])
    cuts = np.flatnonzero(line[1:] != line[:-1]) + 1
    joined = pairwise([0, *cuts.tolist(), len(line)])
    return [(float(begin), float(end), int(line[begin])) for begin, end in joined if line[begin]]
