"""Deletes session files that outlived the rules, and nothing else in their folder."""

import logging
from collections.abc import Collection
from pathlib import Path

from clearline.domain.keeping import Keeping, KeptFile, outlived
from clearline.store.schema import SUFFIX

_log = logging.getLogger(__name__)
_LIVELY_S = 3600.0
"""A file that was written to this lately may be recorded right now, by another window too."""


def clean_up(folder: Path, keeping: Keeping, now_s: float, held: Collection[str] = ()) -> list[str]:
    """Delete what the rules say; the names of the files that are gone. `held` are names that must stay."""
    gone = []
    for file in outlived(_files(folder, now_s, held), keeping, now_s):
        path = Path(file.path)
        try:
            path.unlink()
            for ending in ("-wal", "-shm"):
                path.with_name(path.name + ending).unlink(missing_ok=True)
        except OSError as error:
            _log.warning("%s could not be cleaned up: %s", path.name, error)
            continue
        _log.info("%s was cleaned up by the rules", path.name)
        gone.append(path.name)
    return gone


def _files(folder: Path, now_s: float, held: Collection[str]) -> list[KeptFile]:
    found = []
    for path in folder.glob(f"*{SUFFIX}"):
        try:
            told = path.stat()
        except OSError:
            continue  # Removed meanwhile.
        written_s = told.st_mtime
        for ending in ("-wal",):
            log = path.with_name(path.name + ending)
            if log.exists():
                written_s = max(written_s, log.stat().st_mtime)
        is_held = path.name in held or now_s - written_s < _LIVELY_S
        found.append(KeptFile(str(path), told.st_size, written_s, is_held))
    return found
