"""Fewer points for the same picture: per pixel column the lowest and the highest row stay, and so does every gap."""

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
