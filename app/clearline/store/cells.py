"""What a table of a session file is, and how values become cells and come back."""

import math
from collections.abc import Callable
from typing import Any, Protocol

import msgspec

from clearline.domain.event import AnyEvent, Event
from clearline.domain.plan import Plan

TEXT_LIMIT = 4_000
"""Longest text of a marker or word, in characters; the rest is cut off."""
MOST_S = 1e10
TENTHS = 1e4
"""Tenths of a microsecond in a millisecond: the resolution in which probes report."""

Cell = int | float | str | bytes | None
Row = tuple[Any, ...]


class Coder(Protocol):
    """Turns texts and mappings into small numbers while writing."""

    def word(self, text: str) -> int:
        """The number of a text."""
        ...

    def note(self, content: dict[str, Any], about: str) -> tuple[int | None, bytes | None]:
        """The number of a mapping, and what differs in this one; None twice where it is empty."""
        ...

    def plan(self, plan: Plan) -> bytes:
        """A plan with its secrets masked."""
        ...


class Decoder(Protocol):
    """Turns numbers back while reading. Everything raises ValueError on what cannot be."""

    path: str

    def word(self, number: int) -> str:
        """The text with this number."""
        ...

    def note(self, number: int | None, changes: bytes | None) -> dict[str, Any]:
        """The mapping with this number and these changes."""
        ...


class Table(msgspec.Struct, frozen=True):
    """Where one kind of event is kept."""

    name: str
    event: type[Event]
    types: tuple[tuple[type, ...], ...]
    """What each column may hold."""
    encode: Callable[[Any, Coder], Row] | None
    """None: a table of an older version, which is read and no longer written."""
    decode: Callable[[Row, Decoder], AnyEvent]
    since: int = 1
    """The first version of the schema that has it."""


def whole(value: int) -> int:
    """An integer that SQLite can hold."""
    return max(-(2**62), min(int(value), 2**62))


def short(text: str) -> str:
    """A text that can be stored: of bounded length and without lone surrogates."""
    return text[:TEXT_LIMIT].encode("utf-8", "replace").decode("utf-8")


def packed_ms(value: float | None) -> int | float | None:
    """Milliseconds as whole tenths of a microsecond where that is exact (2 or 3 bytes, not 8), else as they are."""
    if value is None or not math.isfinite(value):
        return None
    tenths = round(value * TENTHS)
    return tenths if tenths / TENTHS == value else float(value)


def unpacked_ms(cell: float | None) -> float | None:
    """The milliseconds of packed_ms. Raises ValueError when out of any range."""
    if cell is None:
        return None
    value = cell / TENTHS if isinstance(cell, int) else cell
    if not -MOST_S < value < MOST_S:
        raise ValueError("milliseconds out of range")
    return value


def packed_moment(at_s: float) -> int | float:
    """A moment as whole microseconds where that is exact (6 bytes, not 8), else as seconds of the session."""
    micros = round(at_s * 1e6)
    return micros if micros / 1e6 == at_s else float(at_s)


def moment(cell: float) -> float:
    """The moment of packed_moment. Raises ValueError when out of any range."""
    return seconds(cell / 1e6 if isinstance(cell, int) else cell)


def packed_before(moment_s: float, at_s: float) -> int | float:
    """A moment as whole microseconds before `at_s` where that is exact, else as seconds of the session."""
    micros = round(at_s * 1e6)
    before = micros - round(moment_s * 1e6)
    return before if (micros - before) / 1e6 == moment_s else float(moment_s)


def unpacked_before(cell: float, at_s: float) -> float:
    """The moment of packed_before. Raises ValueError when out of any range."""
    return seconds((round(at_s * 1e6) - cell) / 1e6 if isinstance(cell, int) else cell)


def seconds(value: float) -> float:
    """A moment that can be: raises ValueError otherwise, so that a made-up file cannot stretch the time axis."""
    if not -MOST_S < value < MOST_S:
        raise ValueError("moment out of range")
    return float(value)
