"""The log of a session: what is told of each event, never a secret, never too much."""

import json
from pathlib import Path
from typing import Any

import pytest

from clearline.domain.event import (
    AttemptEnded,
    BreakerChanged,
    BreakerState,
    BudgetChanged,
    CheckEnded,
    CheckMissed,
    EngineReported,
    MarkerDropped,
    PlanApplied,
    Result,
    SessionStarted,
)
from clearline.domain.fault import Fault
from clearline.domain.outcome import Outcome
from clearline.domain.phase import Phase, PhaseTimes
from clearline.domain.plan import Plan
from clearline.domain.target import Target
from clearline.host import event_log
from clearline.host.event_log import EventLog, log_name

WALL_S = 1_790_000_000.0
REFUSED = Fault("tcp.refused", Phase.CONNECT, {"os_error": {"name": "ECONNREFUSED", "errno": 111}})


def _attempt(number: int = 1, fault: Fault | None = REFUSED, at_s: float = 5.25, target: str = "a") -> AttemptEnded:
    outcome = Outcome(PhaseTimes(resolve=1.0, connect=0.3), fault, address="192.0.2.7:443")
    return AttemptEnded(at_s=at_s, target=target, check=4, attempt=number, started_s=5.0, outcome=outcome)


def _check(result: Result, at_s: float = 6.0) -> CheckEnded:
    kind = "" if result is Result.OK else "tcp.refused"
    return CheckEnded(
        at_s=at_s,
        target="a",
        check=4,
        due_s=5.0,
        started_s=5.0,
        result=result,
        attempts=2,
        kind=kind,
        gave_up="attempts",
    )


def _written(folder: Path, *events: Any, session_id: str = "abc") -> list[dict[str, Any]]:
    log = EventLog(session_id, WALL_S, folder)
    log.emit(events)
    assert log.close(5.0)
    return [json.loads(line) for line in (folder / log_name(session_id)).read_text().splitlines()]


def test_it_tells_a_failed_attempt_with_target_fault_durations_and_session(tmp_path: Path) -> None:
    plan = PlanApplied(at_s=0.0, plan=Plan(targets=(Target(id="a", address="tcp://h:1", name="Printer"),)))
    _, line = _written(tmp_path, plan, _attempt())
    assert (line["session"], line["target"], line["attempt"], line["fault"]) == ("abc", "Printer", 1, "tcp.refused")
    assert line["took_ms"] == 250.0
    assert line["phases_ms"] == {"resolve": 1.0, "connect": 0.3}
    assert (line["level"], line["event"], line["at_s"]) == ("warning", "attempt_failed", 5.25)
    assert line["timestamp"].startswith("2026-09-21T")


def test_it_leaves_successes_that_are_no_news_to_the_session_file(tmp_path: Path) -> None:
    assert _written(tmp_path, _attempt(fault=None), _check(Result.OK)) == []


def test_it_tells_a_success_that_took_a_retry(tmp_path: Path) -> None:
    assert [line["event"] for line in _written(tmp_path, _attempt(2, fault=None))] == ["attempt_succeeded"]


def test_it_tells_when_a_target_answers_again_once(tmp_path: Path) -> None:
    lines = _written(tmp_path, _check(Result.FAILED), _check(Result.OK, 7.0), _check(Result.OK, 8.0))
    assert [line["event"] for line in lines] == ["check_ended", "target_recovered"]


def test_it_masks_secrets_at_any_depth(tmp_path: Path) -> None:
    secret = "https://ann:hunter2@example.com/?token=s3cret"
    fault = Fault("http.error.401", Phase.WAIT, {"chain": [{"url": secret}]})
    lines = _written(tmp_path, _attempt(fault=fault), MarkerDropped(at_s=6.0, text=f"tried {secret}"))
    assert len(lines) == 2
    assert not [word for word in ("hunter2", "s3cret") if word in json.dumps(lines)]


@pytest.mark.parametrize(
    ("event", "level", "name"),
    [
        (SessionStarted(at_s=0.0, session_id="abc", wall_s=WALL_S, path=""), "info", "session_started"),
        (CheckMissed(at_s=1.0, target="a", check=1, due_s=1.0, reason="outstanding"), "warning", "check_missed"),
        (CheckMissed(at_s=1.0, target="a", check=1, due_s=1.0, reason="retry_after"), "info", "check_missed"),
        (
            BreakerChanged(
                at_s=1.0, key="tcp://h:1", before=BreakerState.CLOSED, after=BreakerState.OPEN, reason="streak"
            ),
            "error",
            "breaker_changed",
        ),
        (BudgetChanged(at_s=1.0, key="k", tokens=0.0, capacity=10.0, reason="denied"), "warning", "budget_changed"),
        (_check(Result.REFUSED), "warning", "check_ended"),
        (_check(Result.VOID), "info", "check_ended"),
    ],
)
def test_it_weighs_each_event(tmp_path: Path, event: Any, level: str, name: str) -> None:
    (line,) = _written(tmp_path, event)
    assert (line["level"], line["event"]) == (level, name)


def test_it_tells_trouble_with_the_recording_once(tmp_path: Path) -> None:
    reports = [
        EngineReported(
            at_s=float(second),
            checks_per_s=1,
            loop_lag_ms=0,
            outstanding=0,
            recording="x",
            recording_problem="disk_full",
        )
        for second in range(3)
    ]
    assert [line["problem"] for line in _written(tmp_path, *reports)] == ["disk_full"]


def test_it_writes_so_many_lines_a_second_and_says_how_many_it_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(event_log, "MOST_LINES_PER_S", 3)
    lines = _written(tmp_path, *(_attempt(at_s=5.2) for _ in range(10)), _attempt(at_s=6.1))
    assert [line["event"] for line in lines] == [*["attempt_failed"] * 3, "lines_left_out", "attempt_failed"]
    assert lines[3]["count"] == 7


def test_it_drops_what_a_hanging_disk_does_not_take(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(event_log, "CAPACITY", -1)
    lines = _written(tmp_path, _attempt(), _attempt())
    assert [(line["event"], line["count"]) for line in lines] == [("lines_left_out", 2)]


def test_it_moves_a_full_file_aside_and_keeps_so_many(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(event_log, "LARGEST_BYTES", 1000)
    _written(tmp_path, *(_attempt(at_s=float(second)) for second in range(40)))
    files = sorted(path.name for path in tmp_path.iterdir())
    assert files == ["session-abc.jsonl", "session-abc.jsonl.1", "session-abc.jsonl.2"]
    assert all(path.stat().st_size <= 1000 for path in tmp_path.iterdir())


def test_it_goes_on_in_the_file_of_a_session_that_is_resumed(tmp_path: Path) -> None:
    _written(tmp_path, _attempt())
    assert len(_written(tmp_path, _attempt())) == 2


def test_it_removes_the_logs_of_old_sessions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(event_log, "KEPT_SESSIONS", 1)
    for number in range(8):
        (tmp_path / f"session-old{number}.jsonl").write_text("")
    _written(tmp_path, _attempt())
    assert len(list(tmp_path.glob("session-old*"))) == event_log.KEPT_FILES


def test_it_says_why_nothing_is_written_and_goes_on(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    log = EventLog("abc", WALL_S, tmp_path / "file")
    log.emit([_attempt()])
    assert log.close(5.0)
    assert log.path is None
    assert log.problem


def test_it_tells_the_first_check_that_a_breaker_refuses(tmp_path: Path) -> None:
    refused = [_check(Result.REFUSED, 6.0 + second) for second in range(3)]
    lines = _written(tmp_path, *refused, _check(Result.FAILED, 10.0), *refused)
    assert [line["result"] for line in lines] == ["refused", "failed", "refused"]


def test_it_names_a_breaker_after_its_target(tmp_path: Path) -> None:
    target = Target(id="a", address="tcp://h:1", name="Printer")
    change = BreakerChanged(
        at_s=1.0, key=target.breaker_key, before=BreakerState.CLOSED, after=BreakerState.OPEN, reason="streak"
    )
    _, line = _written(tmp_path, PlanApplied(at_s=0.0, plan=Plan(targets=(target,))), change)
    assert (line["target"], line["after"]) == ("Printer", "open")
