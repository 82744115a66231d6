"""Where things are kept on this machine."""

import os
import warnings
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


@pytest.fixture
def account(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Somebody's home folder; the system's temporary folder is another one of the test."""
    monkeypatch.delenv("CLEARLINE_HOME", raising=False)
    for name in ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    (tmp_path / "tmp").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "tmp"))
    return tmp_path / "home"


def test_a_portable_build_keeps_everything_beside_itself(
    tmp_path: Path, account: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.frozen", True, raising=False)
    monkeypatch.setattr("sys.executable", str(tmp_path / "stick" / "clearline"))
    assert paths.portable_home() is None
    (tmp_path / "stick" / "data").mkdir(parents=True)
    assert paths.config_dir() == tmp_path / "stick" / "data" / "config"
    assert paths.makeshift_home() is None
    assert not account.exists()


def test_a_system_without_a_place_for_sockets_is_nothing_to_warn_of(
    tmp_path: Path, account: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def warned(*_: object, **__: object) -> Path:
        warnings.warn("XDG_RUNTIME_DIR is not set, falling back", stacklevel=2)
        return tmp_path / "instead"

    monkeypatch.setattr("platformdirs.user_runtime_path", warned)
    assert paths.runtime_dir() == tmp_path / "instead"
    assert not account.exists()


@pytest.mark.skipif(not hasattr(os, "getuid"), reason="accounts of POSIX")
@pytest.mark.parametrize("home", ["", "a file"])
def test_an_account_without_a_home_gets_a_folder_of_its_own_alone(
    account: Path, monkeypatch: pytest.MonkeyPatch, home: str
) -> None:
    if home:
        account.write_text("")  # no folder can be made below it
    else:
        monkeypatch.setattr("os.path.expanduser", lambda path: path)  # neither HOME nor an entry in passwd
    folder = paths.makeshift_home()
    assert folder is not None
    assert folder.parent == account.parent / "tmp"
    assert folder.stat().st_mode & 0o777 == 0o700
    assert paths.config_dir().parent == folder


@pytest.mark.skipif(not hasattr(os, "getuid"), reason="accounts of POSIX")
def test_a_folder_that_others_can_open_is_not_taken(account: Path) -> None:
    account.write_text("")
    (account.parent / "tmp" / f"clearline-{os.getuid()}").mkdir(mode=0o755)
    with pytest.raises(PermissionError):
        paths.sessions_dir()
