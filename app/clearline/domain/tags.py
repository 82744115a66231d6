"""Tags of targets as people type them: `#printer floor-2, vpn`."""

import re
from collections.abc import Iterable

LONGEST = 40


def read_tags(text: str) -> tuple[str, ...]:
    """The tags in a text, each once whatever its case, in the order given; cut to 40 characters."""
    found: dict[str, str] = {}
    for word in re.split(r"[\s,;#]+", text):
        if word:
            found.setdefault(word.casefold(), word[:LONGEST])
    return tuple(found.values())


def show_tags(tags: Iterable[str]) -> str:
    """Tags for people: `#printer #floor-2`."""
    return " ".join(f"#{tag}" for tag in tags)
