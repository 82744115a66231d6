"""The lines of `clearline watch --json`."""

import json
from typing import Any

import pytest

from clearline.cli.watch import JsonView
from clearline.domain.event import (
    AttemptEnded,
    BreakerChanged,
    BreakerState,
    CheckEnded,
    EngineReported,
    NetworkChange,
    NetworkChanged,
    PlanApplied,
    Result,
)
from clearline.domain.fault import Fault
from clearline.domain.outcome import Outcome
from clearline.domain.phase import Phase, PhaseTimes
from clearline.domain.plan import Plan
from clearline.domain.target import Target
from clearline.host.texts import Texts

ANSWERED = Outcome(PhaseTimes(connect=5.0))
WEB, MAIL = (Target(id=name, address=f"tcp://{name}.example:443", name=name) for name in ("web", "mail"))


def lines(capsys: pytest.CaptureFixture[str], *events: Any) -> list[dict[str, Any]]:
    view = JsonView(Plan(targets=(WEB, MAIL)), 0.0, Texts("en"))
    view.start()
    view.emit(events)
    view.finish()
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_it_ends_with_the_figures_of_each_target(capsys: pytest.CaptureFixture[str]) -> None:
    told = lines(
        capsys,
        AttemptEnded(
            at_s=1.0, target="web", check=0, attempt=1, started_s=0.0, outcome=Outcome(PhaseTimes(connect=5.0))
        ),
        CheckEnded(at_s=1.0, target="web", check=0, due_s=0.0, started_s=0.0, result=Result.OK, attempts=1),
        BreakerChanged(
            at_s=3.0, key=WEB.breaker_key, before=BreakerState.CLOSED, after=BreakerState.OPEN, reason="streak"
        ),
    )
    assert [line["event"] for line in told] == ["attempt_ended", "breaker_changed", "figures", "figures"]
    web, mail = told[2:]
    assert (web["id"], web["requests"], web["first_attempt_success"]) == ("web", 1, 1.0)
    assert web["breaker_seconds"] == {WEB.breaker_key: {"closed": 3.0, "open": 0.0}}
    assert web["latency_ms"]["connect"]["samples"] == 1
    assert (mail["id"], mail["requests"], mail["breaker_seconds"]) == ("mail", 0, {})


def test_it_writes_once_that_many_fail_together(capsys: pytest.CaptureFixture[str]) -> None:
    targets = (WEB, MAIL, Target(id="shop", address="tcp://shop.example:443", name="shop"))
    failed = Outcome(PhaseTimes(connect=5.0), Fault("tcp.timed_out", Phase.CONNECT))
    events: list[Any] = [PlanApplied(at_s=0.0, plan=Plan(targets=targets))]
    for target in targets:
        events += [
            AttemptEnded(at_s=9.0, target=target.id, check=0, attempt=1, started_s=8.0, outcome=failed),
            CheckEnded(at_s=9.0, target=target.id, check=0, due_s=8.0, started_s=8.0, result=Result.FAILED, attempts=1),
        ]
    events += [
        EngineReported(at_s=at_s, checks_per_s=3.0, loop_lag_ms=0.1, outstanding=0, recording="")
        for at_s in range(9, 20)
    ]

    (told,) = [line for line in lines(capsys, *events) if line["event"] == "fails_together"]

    assert (told["reach"], told["since_s"], told["ids"]) == ("everything", 8.0, ["web", "mail", "shop"])
    assert told["since"] == "1970-01-01T00:00:08.000Z"
    assert told["title"] == "Everything fails."


@pytest.mark.parametrize(("of", "tag"), [("gateway", "own_side"), ("outside", "outside_silent")])
def test_it_tags_attempts_that_fail_while_others_are_silent(
    of: str, tag: str, capsys: pytest.CaptureFixture[str]
) -> None:
    failed = Outcome(PhaseTimes(connect=5.0), Fault("tcp.timed_out", Phase.CONNECT))
    silent, there = (
        NetworkChanged(at_s=2.0, from_s=1.0, changes=(NetworkChange(what, "10.0.0.1", "", ""),))
        for what in (f"{of}_silent", f"{of}_there")
    )

    def attempt(at_s: float, outcome: Outcome = failed) -> AttemptEnded:
        return AttemptEnded(at_s=at_s, target="web", check=0, attempt=1, started_s=at_s, outcome=outcome)

    told = lines(capsys, attempt(1.0), silent, attempt(3.0), attempt(4.0, ANSWERED), there, attempt(5.0))

    tags = [{"own_side", "outside_silent"} & line.keys() for line in told if line["event"] == "attempt_ended"]
    assert tags == [set(), {tag}, set(), set()]
