"""What the terminal says of long connections and late answers."""

import io

from click.testing import CliRunner
from rich.console import Console

from clearline.cli import records
from clearline.cli.beat_words import keep_alive_lines, liveness_words
from clearline.cli.live_view import LiveView
from clearline.domain.event import CheckEnded, LivenessChanged, PlanApplied, ReplyCameLate, Result
from clearline.domain.liveness import Liveness
from clearline.domain.outcome import Outcome
from clearline.domain.phase import PhaseTimes
from clearline.domain.plan import Plan
from clearline.domain.target import Target
from clearline.host.texts import Texts

LINE = Target(id="line", address="beat://chat.test:7000", name="chat")
SUSPECT = LivenessChanged(
    at_s=7.0,
    target="line",
    before=Liveness.ALIVE,
    after=Liveness.SUSPECT,
    reason="silence",
    silent_s=7.0,
    misses=1,
)
LATE = ReplyCameLate(at_s=3.0, target="line", check=4, attempt=1, after_ms=2500.1234)


def test_it_says_what_became_of_a_connection_and_why() -> None:
    assert liveness_words(SUSPECT, Texts("en")) == "suspect: no answer for 7 s, 1 missed"
    assert liveness_words(SUSPECT, Texts("fr")).startswith("suspecte")


def test_it_writes_a_line_for_each_change() -> None:
    runner = CliRunner()
    view = LiveView(Texts("en"), Console(file=io.StringIO(), width=120, color_system=None))
    with runner.isolation() as (out, *_):
        view.emit([PlanApplied(at_s=0.0, plan=Plan(targets=(LINE,))), SUSPECT])
        written = out.getvalue().decode()
    assert written.split() == ["7", "s", "chat", "suspect:", "no", "answer", "for", "7", "s,", "1", "missed"]


def test_it_shows_no_loss_for_a_check_that_was_answered_late() -> None:
    out = io.StringIO()
    view = LiveView(Texts("en"), Console(file=out, width=120, color_system=None))
    failed = CheckEnded(
        at_s=2.0,
        target="line",
        check=4,
        due_s=0.0,
        started_s=0.0,
        result=Result.FAILED,
        attempts=1,
        kind="udp.no_reply",
    )
    view.start()
    view.emit([PlanApplied(at_s=0.0, plan=Plan(targets=(LINE,))), failed, LATE])
    view.finish()
    assert "0%" in out.getvalue().split()


def test_it_writes_changes_and_late_answers_as_records() -> None:
    assert records.liveness_record(SUSPECT, 1e9) == {
        "event": "liveness_changed",
        "id": "line",
        "at_s": 7.0,
        "at": records.utc(1e9 + 7),
        "before": "alive",
        "after": "suspect",
        "reason": "silence",
        "silent_s": 7.0,
        "misses": 1,
    }
    assert records.late_record(LATE, 1e9)["after_ms"] == 2500.123


def test_it_says_what_the_kernel_watches_and_what_it_cannot() -> None:
    told = {
        "keep_alive": {"state": "set", "value": 1},
        "idle_s": {"state": "set", "value": 10},
        "interval_s": {"state": "unsupported"},
        "count": {"state": "set", "value": 3},
        "user_timeout_s": {"state": "refused", "error": "Protocol not available"},
    }
    (line,) = keep_alive_lines(Outcome(PhaseTimes(), detail={"keep_alive": told}), Texts("en"))
    assert line.split("system: ")[1].split("; ") == [
        "silence before keep-alive 10 s",
        "pause between keep-alives not supported here",
        "keep-alives without answer 3",
        "unacknowledged data at most refused by the system",
    ]


def test_it_says_that_the_kernel_watches_nothing() -> None:
    off = {"keep_alive": {"state": "set", "value": 0}}
    assert len(list(keep_alive_lines(Outcome(PhaseTimes(), detail={"keep_alive": off}), Texts("en")))) == 1
    assert list(keep_alive_lines(Outcome(PhaseTimes()), Texts("en"))) == []
