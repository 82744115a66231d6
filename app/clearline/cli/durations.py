"""Values as people type them: spans of time (`30s`, `500ms`, `2m`, `1.5h`, or bare seconds), sizes, places."""

import math
import re
from typing import Any

import click

_UNITS_S = {"ms": 0.001, "s": 1.0, "m": 60.0, "min": 60.0, "h": 3600.0, "": 1.0}
_LAST_PORT = 65_535


class Duration(click.ParamType):  # type: ignore[type-arg] # generic only since click 8.5
    """A span within limits, in seconds."""

    name = "duration"

    def __init__(self, low_s: float, high_s: float) -> None:
        self._low_s = low_s
        self._high_s = high_s

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Seconds. Fails with a sentence that shows what to write."""
        if isinstance(value, int | float):
            return float(value)
        match = re.fullmatch(r"\s*(\d+(?:\.\d*)?|\.\d+)\s*(ms|s|min|m|h|)\s*", value)
        seconds = float(match[1]) * _UNITS_S[match[2]] if match else math.nan
        if not self._low_s <= seconds <= self._high_s:
            self.fail(
                f"{value!r} is no span from {self._low_s:g} to {self._high_s:g} s. Write for example 30s, 500ms or 2m.",
                param,
                ctx,
            )
        return seconds


class Size(click.ParamType):  # type: ignore[type-arg] # as above
    """Width and height in pixels, written `1480x920`."""

    name = "size"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[int, int]:
        """Width and height. Fails with a sentence that shows what to write."""
        if isinstance(value, tuple):
            return value
        match = re.fullmatch(r"(\d{3,4})[x×](\d{3,4})", value)
        if not match:
            self.fail(f"{value!r} is no size. Write width x height in pixels, for example 1480x920.", param, ctx)
        return int(match[1]), int(match[2])


class Place(click.ParamType):  # type: ignore[type-arg] # as above
    """Where a page is to be opened, written `127.0.0.1:9464`."""

    name = "place"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, int]:
        """Host and port. Fails with a sentence that shows what to write."""
        if isinstance(value, tuple):
            return value
        match = re.fullmatch(r"(\[[0-9a-fA-F:]+\]|[\w.-]+):(\d{1,5})", value.strip())
        if not match or int(match[2]) > _LAST_PORT:
            self.fail(f"{value!r} is no place. Write host and port, for example 127.0.0.1:9464.", param, ctx)
        return match[1].strip("[]"), int(match[2])
