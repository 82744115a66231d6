"""Where this machine keeps Clearline's sessions, settings and logs."""

import os
from pathlib import Path

import platformdirs


def _folder(name: str, default: Path) -> Path:
    home = os.environ.get("CLEARLINE_HOME")
    folder = Path(home) / name if home else default
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def sessions_dir() -> Path:
    """Folder of the session files, made where missing. CLEARLINE_HOME overrides all three. Raises OSError."""
    return _folder("sessions", platformdirs.user_data_path("clearline", appauthor=False) / "sessions")


def config_dir() -> Path:
    """Folder of settings, plans and profiles, made where missing. Raises OSError."""
    return _folder("config", platformdirs.user_config_path("clearline", appauthor=False, roaming=False))


def logs_dir() -> Path:
    """Folder of logs and crash reports, made where missing. Raises OSError."""
    return _folder("logs", platformdirs.user_log_path("clearline", appauthor=False))
