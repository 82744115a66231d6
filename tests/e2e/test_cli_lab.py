"""`clearline lab` as people and other programs run it."""

import json
import signal
import subprocess
from pathlib import Path

import pytest

from clearline.host import plan_file
from support.command_line import clearline, start


def test_it_lists_the_scenarios() -> None:
    done = clearline("lab", "--list")
    assert done.returncode == 0
    assert any(line.startswith("tour ") for line in done.stdout.splitlines())


def test_it_tells_its_plan_first_and_ends_with_its_input(tmp_path: Path) -> None:
    with start("lab", "quiet", "--json", home=tmp_path, stdin=subprocess.PIPE) as running:
        first = json.loads(running.stdout.readline())
        running.stdin.close()
        assert running.wait(20) == 0
    assert first["event"] == "lab_started"
    assert first["plan"]["targets"]


def test_it_ends_after_its_time_without_an_input(tmp_path: Path) -> None:
    done = clearline("lab", "quiet", "--json", "--for", "500ms", home=tmp_path)
    assert done.returncode == 0
    assert json.loads(done.stdout.splitlines()[0])["event"] == "lab_started"


def test_it_writes_a_plan_that_can_be_loaded(tmp_path: Path) -> None:
    path = tmp_path / "plan.toml"
    done = clearline("lab", "quiet", "--for", "500ms", "--plan-out", str(path))
    assert done.returncode == 0
    assert len(plan_file.load(path).targets) >= 1
    assert str(path) in done.stdout


def test_it_says_why_it_cannot_write_the_plan(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    done = clearline("lab", "quiet", "--for", "500ms", "--plan-out", str(tmp_path / "file" / "plan.toml"))
    assert done.returncode == 3
    assert done.stderr.strip()
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 0)])
def test_it_ends_clean_at_a_signal(number: signal.Signals, code: int) -> None:
    with start("lab", "quiet") as running:
        running.stdout.readline()
        running.send_signal(number)
        _, errors = running.communicate(timeout=20)
    assert running.returncode == code
    assert errors == ""
