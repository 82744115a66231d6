"""How the program starts itself again."""

import sys

import pytest

from clearline.host.own_program import own_argv


def test_it_is_a_module_of_this_python() -> None:
    assert own_argv("--engine") == [sys.executable, "-m", "clearline", "--engine"]


@pytest.mark.parametrize(
    ("system", "executable", "started"),
    [
        ("linux", "/opt/clearline/clearline", "/opt/clearline/clearline"),
        ("win32", "/x/Clearline.exe", "/x/clearline.exe"),
    ],
)
def test_it_is_the_executable_with_pipes_in_a_frozen_build(
    monkeypatch: pytest.MonkeyPatch, system: str, executable: str, started: str
) -> None:
    monkeypatch.setattr("sys.frozen", True, raising=False)
    monkeypatch.setattr("sys.platform", system)
    monkeypatch.setattr("sys.executable", executable)
    assert own_argv("lab", "tour") == [started, "lab", "tour"]
