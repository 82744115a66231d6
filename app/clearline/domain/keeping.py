"""Rules for how much of what is recorded is kept: when a new file begins, what is thinned, which files go."""

from collections.abc import Iterable

import msgspec

THIN_KEEPS = 10
"""Of old successes every so manieth attempt stays whole."""
LIMITS = {
    "split_mb": (0.0, 100_000.0),
    "thin_after_h": (0.0, 8_760.0),
    "keep_days": (0.0, 3_650.0),
    "keep_gb": (0.0, 10_000.0),
}
"""What each rule may be; 0 turns it off."""


class Keeping(msgspec.Struct, frozen=True):
    """The rules. 0 turns one off, and all are off unless somebody chose otherwise."""

    split_mb: float = 0.0
    """The session goes on in a new file once this one has so many megabytes."""
    thin_after_h: float = 0.0
    """After so many hours only one in ten successful attempts stays. Failures, checks and roll-ups always do."""
    keep_days: float = 0.0
    """Session files that were last written so many days ago are deleted."""
    keep_gb: float = 0.0
    """The oldest session files are deleted while all together have more than so many gigabytes."""


KEEP_ALL = Keeping()


class KeptFile(msgspec.Struct, frozen=True):
    """A session file as the rules see it."""

    path: str
    size_bytes: int
    written_s: float
    """UTC time of its last change."""
    is_held: bool = False
    """Never deleted by a rule: it is being recorded, shown, or somebody wrote a note to it."""


def outlived(files: Iterable[KeptFile], keeping: Keeping, now_s: float) -> list[KeptFile]:
    """The files that the rules delete, the oldest first. Never those that are held."""
    oldest_first = sorted(files, key=_written)
    left = sum(file.size_bytes for file in oldest_first)
    gone = []
    for file in oldest_first:
        is_old = keeping.keep_days > 0 and now_s - file.written_s > keeping.keep_days * 86_400
        is_too_much = keeping.keep_gb > 0 and left > keeping.keep_gb * 1e9
        if (is_old or is_too_much) and not file.is_held:
            gone.append(file)
            left -= file.size_bytes
    return gone


def _written(file: KeptFile) -> float:
    return file.written_s


def foreseen_bytes_a_day(first: tuple[float, int], last: tuple[float, int]) -> float | None:
    """At the pace between two readings of time (s) and size (bytes); None where they are too close to tell."""
    passed_s = last[0] - first[0]
    return (last[1] - first[1]) / passed_s * 86_400 if passed_s >= 30 and last[1] > first[1] else None
