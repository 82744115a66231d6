"""`clearline compare` and `clearline whatif` as people and scripts run them."""

import json
from pathlib import Path

import pytest

from support.command_line import clearline
from support.planted import planted_events
from support.report_session import made, recorded


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return recorded(tmp_path_factory.mktemp("session") / "acme.clearline", planted_events())


def test_it_compares_with_a_session_that_was_redacted_for_the_ticket(session: Path, tmp_path: Path) -> None:
    theirs = made(session, tmp_path / "theirs.clearline", ticket="INC-4711")
    without = clearline("compare", str(session), str(theirs))
    assert without.returncode == 2
    assert "--ticket CODE" in without.stderr
    done = clearline("compare", str(session), str(theirs), "--ticket", "INC-4711", "--json")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert [target["name"] for target in told["targets"]] == ["Payroll of Jane Doe", "Namen in Jülich"]
    assert not any(target["is_changed"] for target in told["targets"])


def test_it_compares_before_and_after_a_marker(session: Path, tmp_path: Path) -> None:
    out = tmp_path / "c.html"
    done = clearline("compare", str(session), "--at", "20s", "-o", str(out), "--lang", "fr")
    assert done.returncode == 0, done.stderr
    assert "avant" in out.read_text(encoding="utf-8")
    wrong = clearline("compare", str(session), "--at", "the flood")
    assert wrong.returncode == 2
    assert "Jane Doe called from" in wrong.stderr


def test_it_needs_two_sides(session: Path) -> None:
    done = clearline("compare", str(session))
    assert (done.returncode, "only one side" in done.stderr) == (2, True)


def test_it_replays_under_another_policy(session: Path) -> None:
    done = clearline("whatif", str(session), "--profile", "quick check", "--set", "retry.attempts=5", "--json")
    assert done.returncode == 0, done.stderr
    lanes = [json.loads(line) for line in done.stdout.splitlines()]
    assert [lane["name"] for lane in lanes] == [None, "Payroll of Jane Doe", "Namen in Jülich"]
    run, other = lanes[1]["courses"]
    assert (run["profile"], other["profile"]) == ("as run", "quick check, retry.attempts 5")
    assert run["visible_errors"] == 20
    people = clearline("whatif", str(session), "--profile", "quick check")
    assert "Errors a user would have seen" in people.stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--profile", "nowhere"), "no profile “nowhere”"),
        (("--set", "retry.attempts"), "is no setting"),
        (("--set", "retry.attempts=0"), "cannot be used"),
    ],
)
def test_it_says_what_is_wrong_with_a_policy(session: Path, arguments: tuple[str, ...], said: str) -> None:
    done = clearline("whatif", str(session), *arguments)
    assert done.returncode == 2
    assert said in done.stderr
