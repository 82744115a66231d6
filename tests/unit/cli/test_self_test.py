"""What the self-test makes of what it finds: needed things fail it, what a system does not allow is only told."""

import sys
from pathlib import Path
from typing import Any

import pytest

from clearline.cli import self_test
from clearline.cli.exit_codes import ExitCode
from clearline.cli.parts import Parts
from clearline.cli.self_test import Proof
from clearline.cli.trial import Trial
from clearline.domain.fault import Fault
from clearline.domain.outcome import Outcome
from clearline.domain.phase import Phase, PhaseTimes
from clearline.domain.target import Probe, Target
from clearline.host.texts import Texts
from support.command_line import clearline

ENGLISH = Texts("en")


def outcome(kind: str = "") -> Outcome:
    return Outcome(PhaseTimes(), Fault(kind, Phase.SEND) if kind else None)


def parts(*own_argv: str) -> Parts:
    unused: Any = None
    return Parts(unused, unused, unused, unused, own_argv, unused, unused)


def test_a_step_that_is_needed_fails_it_and_one_that_is_not_does_not(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    found = [Proof("one", True, "One."), Proof("two", False, "Two.", is_needed=False)]
    monkeypatch.setattr(self_test, "_proofs", lambda *_: iter(found))
    assert self_test.self_test(parts(), ENGLISH, is_json=False) is ExitCode.OK
    found.append(Proof("three", False, "Three."))
    assert self_test.self_test(parts(), ENGLISH, is_json=False) is ExitCode.FAILED
    assert "○ Two." in capsys.readouterr().out


@pytest.mark.parametrize(
    ("kind", "is_ok", "is_needed"), [("", True, True), ("local.capability", False, False), ("tcp.refused", False, True)]
)
def test_it_tells_a_probe_that_is_not_allowed_from_one_that_is_broken(kind: str, is_ok: bool, is_needed: bool) -> None:
    proof = self_test._probe(Probe.ICMP, Trial(by_probe={Probe.ICMP: outcome(kind)}), ENGLISH)
    assert (proof.is_ok, proof.is_needed) == (is_ok, is_needed)
    assert (ENGLISH.fault(kind).meaning if kind else "works") in proof.sentence


def test_a_probe_without_a_server_of_the_lab_is_proved_by_a_closed_port() -> None:
    trial = Trial(by_probe={Probe.H3: outcome("udp.port_unreachable"), Probe.UDP: outcome("udp.port_unreachable")})
    assert self_test._probe(Probe.H3, trial, ENGLISH).is_ok
    assert not self_test._probe(Probe.UDP, trial, ENGLISH).is_ok


def test_a_probe_that_was_not_tried_is_not_proved() -> None:
    assert not self_test._probe(Probe.TCP, Trial(), ENGLISH).is_ok


def test_one_success_of_a_probe_is_enough() -> None:
    trial = Trial()
    for check, kind in enumerate(("tcp.refused", "", "tcp.refused")):
        trial.keep(Target("id", "tcp://127.0.0.1:1"), outcome(kind), check)
    assert self_test._probe(Probe.TCP, trial, ENGLISH).is_ok


def test_a_session_file_that_lacks_what_was_told_fails(tmp_path: Path) -> None:
    assert not self_test._session(Trial(attempts=3), tmp_path / "absent.clearline", ENGLISH).is_ok


@pytest.mark.parametrize(
    ("program", "failing"),
    [
        ('print(\'{"window": 900, "plot": 90, "translations": 2}\')', []),
        ('print(\'{"window": 900, "plot": 0, "translations": 1}\')', ["plot", "translations"]),
        ('print(\'{"window": 1, "plot": 90, "translations": 2}\')', ["window"]),
        ("import os; os.abort()", ["window"]),
        ("raise SystemExit('libEGL is missing')", ["window"]),
    ],
)
def test_it_judges_what_was_drawn(program: str, failing: list[str]) -> None:
    found = list(self_test._window(parts(sys.executable, "-c", program), Path("session"), Trial(), ENGLISH))
    assert [proof.step for proof in found if not proof.is_ok] == failing
    if "libEGL" in program:
        assert "libEGL is missing" in found[0].sentence


@pytest.mark.parametrize(
    ("results", "is_too_busy"),
    [
        ("oooo", False),
        ("ooo~", False),
        ("oo~oo~", True),
        ("~~~~", True),
        ("xxxx", False),
        ("oo", False),
        ("o~o~o~", True),
        ("o-o-o", True),
    ],
)
def test_it_tells_a_busy_computer_from_a_blank_graph(results: str, is_too_busy: bool) -> None:
    target, trial = Target("id", "tcp://127.0.0.1:1"), Trial()
    for check, result in enumerate(results):
        if result == "~":
            trial.spoil(target)
        elif result == "-":
            trial.missed += 1
        else:
            trial.keep(target, outcome("" if result == "o" else "tcp.refused"), check)
    blank = 'print(\'{"window": 900, "plot": 0, "translations": 2}\')'
    found = list(self_test._window(parts(sys.executable, "-c", blank), Path("session"), trial, ENGLISH))

    assert [(proof.step, proof.is_too_busy) for proof in found if not proof.is_ok] == [("plot", is_too_busy)]


def test_it_asks_for_another_try_only_where_nothing_but_time_was_missing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    found = [Proof("one", False, "One.", is_too_busy=True)]
    monkeypatch.setattr(self_test, "_proofs", lambda *_: iter(found))
    assert self_test.self_test(parts(), ENGLISH, is_json=False) is ExitCode.FAILED
    assert "too busy" in capsys.readouterr().out
    found.append(Proof("two", False, "Two."))
    assert self_test.self_test(parts(), ENGLISH, is_json=False) is ExitCode.FAILED
    assert "Install Clearline again" in capsys.readouterr().out


def test_it_is_offered_in_the_help_without_its_inner_option() -> None:
    done = clearline("self-test", "--help")
    assert "Nothing leaves this computer." in " ".join(done.stdout.split())
    assert "--draw" not in done.stdout
