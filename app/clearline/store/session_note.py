"""What a person noted about a session: a text file beside it, so that no recorded file is ever written to for it."""

import os
from pathlib import Path

MOST_CHARACTERS = 4_000
_MOST_BYTES = 4 * MOST_CHARACTERS


def note_path(session: Path) -> Path:
    """Where the note of a session file is: `night.clearline` has `night.clearline.note.txt`."""
    return session.with_name(f"{session.name}.note.txt")


def read_note(session: Path) -> str:
    """The note, as far as it may be long; empty where there is none or it cannot be read."""
    try:
        with note_path(session).open("rb") as file:
            return file.read(_MOST_BYTES).decode("utf-8", "replace")[:MOST_CHARACTERS].replace("\0", "")
    except OSError:
        return ""


def write_note(session: Path, text: str) -> None:
    """Keep a note in place of what was there; an empty one removes it. Raises OSError, and then the old one is left."""
    path = note_path(session)
    if not text.strip():
        path.unlink(missing_ok=True)
        return
    fresh = path.with_name(f"{path.name}.new")
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        file.write(text[:MOST_CHARACTERS])
    fresh.replace(path)
