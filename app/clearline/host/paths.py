"""Where Clearline's sessions, settings and logs are kept: beside a portable build, else where the system says."""

import os
import stat
import tempfile
import warnings
from collections.abc import Callable
from pathlib import Path

import platformdirs

from clearline.host.own_program import beside_executable

PORTABLE = "data"
"""A folder of this name beside the executable makes a build portable: everything is kept in it."""


def sessions_dir() -> Path:
    """Folder of the session files, made where missing. CLEARLINE_HOME overrides all three. Raises OSError."""
    return _folder("sessions", lambda: platformdirs.user_data_path("clearline", appauthor=False) / "sessions")


def config_dir() -> Path:
    """Folder of settings, plans and profiles, made where missing. Raises OSError."""
    return _folder("config", lambda: platformdirs.user_config_path("clearline", appauthor=False, roaming=False))


def runtime_dir() -> Path:
    """Folder of what lives only while the program runs, made for its owner alone where missing. Raises OSError."""
    folder = _folder("run", _usual_runtime_dir)
    folder.chmod(0o700)
    return folder


def logs_dir() -> Path:
    """Folder of logs and crash reports, made where missing. Raises OSError."""
    return _folder("logs", lambda: platformdirs.user_log_path("clearline", appauthor=False))


def portable_home() -> Path | None:
    """The folder that holds everything of a portable build; None where this is none."""
    beside = beside_executable()
    return beside / PORTABLE if beside is not None and (beside / PORTABLE).is_dir() else None


def makeshift_home() -> Path | None:
    """The folder within the system's temporary one that stands in where there is no usual place to write to.

    The system may empty it at the next start: say so to the person. None where it is not needed. Raises OSError.
    """
    folder = sessions_dir().parent
    return folder if folder == _makeshift_path() else None


def _folder(name: str, usual: Callable[[], Path]) -> Path:
    if given := os.environ.get("CLEARLINE_HOME"):
        return _made(Path(given) / name)
    portable = portable_home()
    try:
        return _made(portable / name if portable else usual())
    except (OSError, RuntimeError):  # platformdirs raises the latter for an account without a home.
        # Without a home folder, or with one that cannot be written to, one can still test and record.
        return _made(_makeshift() / name)


def _usual_runtime_dir() -> Path:
    with warnings.catch_warnings():
        # That the system names no such folder is told there as a warning; the one it takes instead is ours alone.
        warnings.simplefilter("ignore")
        return platformdirs.user_runtime_path("clearline", appauthor=False)


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    if not os.access(folder, os.W_OK):
        raise PermissionError(13, "not writable", str(folder))
    return folder


def _makeshift_path() -> Path:
    owner = os.getuid() if hasattr(os, "getuid") else "user"
    return Path(tempfile.gettempdir()) / f"clearline-{owner}"


def _makeshift() -> Path:
    """A folder that is ours alone: others could have made one of that name before us. Raises OSError."""
    folder = _makeshift_path()
    folder.mkdir(mode=0o700, exist_ok=True)
    seen = folder.lstat()
    is_ours = not hasattr(os, "getuid") or (seen.st_uid == os.getuid() and not stat.S_IMODE(seen.st_mode) & 0o077)
    if not stat.S_ISDIR(seen.st_mode) or not is_ours:
        raise PermissionError(13, "not a folder of this account alone", str(folder))
    return folder
