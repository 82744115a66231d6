"""The set-up command: each thing that can be wrong with a machine gets one sentence, and the next try repairs it."""

import importlib.util
import os
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[3]


@pytest.fixture
def dev(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """A copy of dev.py in a project of its own, where it can break nothing."""
    (tmp_path / "packaging" / "locks").mkdir(parents=True)
    (tmp_path / "packaging" / "dev.py").write_text((ROOT / "packaging" / "dev.py").read_text(encoding="utf-8"))
    (tmp_path / "packaging" / "locks" / "all.txt").write_text("")
    (tmp_path / "pyproject.toml").write_text("[project]\nname = 'empty'\nversion = '0'\n")
    spec = importlib.util.spec_from_file_location("dev_under_test", tmp_path / "packaging" / "dev.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    spec.loader.exec_module(module)
    monkeypatch.setattr(module, "_system_libraries", lambda: None)
    return module


class Installer:
    """Stands for pip: notes what it was asked and fails as told."""

    def __init__(self, dev: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
        self.made = 0
        self.asked: list[list[str]] = []
        self.stop: Exception | None = None
        self._dev = dev
        monkeypatch.setattr(dev, "_make_venv", self._make)
        monkeypatch.setattr(dev, "_install", self._install)

    def _make(self) -> None:
        self.made += 1
        Path(self._dev.BIN).mkdir(parents=True, exist_ok=True)
        Path(self._dev.PYTHON).touch()

    def _install(self, command: list[str]) -> None:
        self.asked.append(command)
        if self.stop:
            raise self.stop


@pytest.fixture
def pip(dev: ModuleType, monkeypatch: pytest.MonkeyPatch) -> Installer:
    return Installer(dev, monkeypatch)


def test_it_installs_once_and_only_what_the_lock_file_names(dev: ModuleType, pip: Installer) -> None:
    dev.setup([])
    dev.setup([])
    assert pip.made == 1
    assert len(pip.asked) == 2
    assert "--require-hashes" in pip.asked[0]


def test_it_starts_over_when_a_try_was_cut_short(dev: ModuleType, pip: Installer) -> None:
    pip.stop = dev.Stop("no network")
    with pytest.raises(dev.Stop):
        dev.setup([])
    pip.stop = None
    dev.setup([])
    assert pip.made == 2
    assert Path(dev.STAMP).exists()


def test_it_installs_again_into_the_same_place_when_the_lock_file_changed(dev: ModuleType, pip: Installer) -> None:
    dev.setup([])
    Path(dev.LOCK).write_text("# newer\n")
    dev.setup([])
    assert pip.made == 1
    assert len(pip.asked) == 4


def test_it_knows_a_half_made_venv_after_an_update_was_cut_short(dev: ModuleType, pip: Installer) -> None:
    dev.setup([])
    Path(dev.LOCK).write_text("# newer\n")
    pip.stop = dev.Stop("no network")
    with pytest.raises(dev.Stop):
        dev.setup([])
    assert not Path(dev.STAMP).exists()


def test_it_says_when_the_package_index_cannot_be_reached(
    dev: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    failing = [sys.executable, "-c", "import sys; sys.exit('Max retries exceeded: NewConnectionError')"]
    monkeypatch.setattr(dev, "ROOT", str(Path.cwd()))
    with pytest.raises(dev.Stop, match="cannot be reached"):
        dev._install(failing)
    assert "Max retries" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["setup", "build", "prove"])
def test_it_names_a_newer_python_that_is_there(dev: ModuleType, monkeypatch: pytest.MonkeyPatch, command: str) -> None:
    monkeypatch.setattr(dev.sys, "version_info", (3, 9, 18))
    monkeypatch.setattr(dev.shutil, "which", lambda name: "/x/" + name if name == "python3.12" else None)
    with pytest.raises(dev.Stop, match=r"needs Python 3\.11 or newer and this is 3\.9\.18\. .*python3\.12"):
        getattr(dev, command)([])


def test_it_prints_the_exact_command_where_it_may_not_install(dev: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dev.os, "geteuid", lambda: 1000)
    monkeypatch.setattr(dev.shutil, "which", lambda name: None if name == "sudo" else name)
    with pytest.raises(dev.Stop, match=r"sudo apt-get install .*libegl1"):
        dev._apt(["libegl1"], "the window")


def test_an_unknown_command_lists_the_known_ones() -> None:
    done = subprocess.run(
        [sys.executable, str(ROOT / "packaging" / "dev.py"), "fly"],
        capture_output=True,
        text=True,
        check=False,
        env=dict(os.environ, PYTHONDONTWRITEBYTECODE="1"),
    )
    assert done.returncode == 2
    assert "setup, run, test" in done.stdout


@pytest.mark.parametrize(("status", "held"), [(0, b"new"), (1, b"old")])
def test_it_never_leaves_half_a_catalogue(
    dev: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, status: int, held: bytes
) -> None:
    folder = tmp_path / "resources" / "translations"
    folder.mkdir(parents=True)
    compiled = folder / "clearline_fr.qm"
    compiled.write_bytes(b"old")

    def call(command: list[str]) -> int:
        if command[0] == "pyside6-lupdate":
            return 0
        Path(command[-1]).write_bytes(b"new")
        assert compiled.read_bytes() == b"old" or "clearline_fr" not in command[-1]
        return status

    monkeypatch.setattr(dev, "_call", call)

    assert dev.translate([]) == status
    assert compiled.read_bytes() == held
