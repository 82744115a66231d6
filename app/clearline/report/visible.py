"""Text from anywhere, made harmless to look at: nothing in it moves other text, hides, or runs."""

import unicodedata
from datetime import UTC, datetime, tzinfo

LONGEST = 300
_PICTURES = 0x2400
_SPREADSHEET = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%")


def visible(text: object, most: int = LONGEST) -> str:
    """The text with control and direction signs shown as signs of their own, and cut to `most` characters.

    Direction overrides are how a file named `gpj.exe` is made to look like a picture (CWE-451, CVE-2021-42574).
    """
    plain = str(text)
    if len(plain) > most:
        plain = f"{plain[:most]}…"
    return plain if plain.isprintable() else "".join(map(_shown, plain))


def cell(text: object) -> str:
    """The text for a table that a spreadsheet may open: never a formula (CWE-1236)."""
    plain = visible(text, 2_000)
    return f"'{plain}" if plain.startswith(_SPREADSHEET) else plain


def _shown(sign: str) -> str:
    if sign == " " or sign.isprintable():
        return sign
    code = ord(sign)
    if code < 0x20:
        return chr(_PICTURES + code)
    if unicodedata.category(sign) == "Zs":
        return sign  # Spaces that never break a line, as French has them.
    return "␡" if code == 0x7F else f"⟨{code:04X}⟩"


class Moments:
    """Writes moments of a session, given in its seconds, as UTC and as local time of a zone."""

    def __init__(self, wall_s: float, zone: tzinfo | None = None) -> None:
        """Without a zone it is this machine's."""
        self._wall_s = wall_s
        self._zone = zone

    def iso(self, at_s: float) -> str:
        """UTC by ISO 8601 with milliseconds; empty for what is no date."""
        return "" if (moment := self._utc(at_s)) is None else f"{moment.isoformat(timespec='milliseconds')[:23]}Z"

    def utc(self, at_s: float) -> str:
        """`2026-11-26 13:05:03.123`"""
        return self.iso(at_s).replace("T", " ").removesuffix("Z")

    def local(self, at_s: float) -> str:
        """`2026-11-26 14:05:03.123`"""
        moment = self._local(at_s)
        return "" if moment is None else moment.isoformat(" ", timespec="milliseconds")[:23]

    def local_iso(self, at_s: float) -> str:
        """Local time by ISO 8601, with how far it is from UTC."""
        moment = self._local(at_s)
        return "" if moment is None else moment.isoformat(timespec="milliseconds")

    def clock(self, at_s: float, *, has_seconds: bool = True) -> str:
        """`14:05:03`, local."""
        moment = self._local(at_s)
        return "" if moment is None else f"{moment:%H:%M:%S}" if has_seconds else f"{moment:%H:%M}"

    def day(self, at_s: float) -> str:
        """`2026-11-26`, local."""
        return self.local(at_s)[:10]

    def shift_s(self, at_s: float) -> float:
        """What makes a moment of the session one of local time, for scales with round moments."""
        moment = self._local(at_s)
        offset = moment.utcoffset() if moment is not None else None
        return self._wall_s + (offset.total_seconds() if offset is not None else 0.0)

    def zone(self, at_s: float) -> str:
        """`UTC+01:00`: of local times around this moment."""
        moment = self._local(at_s)
        offset = f"{moment:%z}" if moment is not None else ""
        return f"UTC{offset[:3]}:{offset[3:5]}" if offset else "UTC"

    def _utc(self, at_s: float) -> datetime | None:
        try:
            return datetime.fromtimestamp(self._wall_s + at_s, UTC)
        except (ValueError, OverflowError, OSError):
            # A made-up file may say any second.
            return None

    def _local(self, at_s: float) -> datetime | None:
        moment = self._utc(at_s)
        try:
            return None if moment is None else moment.astimezone(self._zone)
        except (ValueError, OverflowError, OSError):
            return None
