"""Where things are kept on this machine."""

from pathlib import Path

import pytest

from clearline.host import paths


def test_it_keeps_everything_below_clearline_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLEARLINE_HOME", str(tmp_path / "home"))
    folders = [paths.sessions_dir(), paths.config_dir(), paths.logs_dir()]
    assert all(folder.is_dir() and folder.is_relative_to(tmp_path / "home") for folder in folders)
    assert len(set(folders)) == 3


def test_it_follows_the_system_without_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CLEARLINE_HOME", raising=False)
    for name in ("HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME"):
        monkeypatch.setenv(name, str(tmp_path / name))
    assert all(
        folder.is_relative_to(tmp_path) for folder in (paths.sessions_dir(), paths.config_dir(), paths.logs_dir())
    )
