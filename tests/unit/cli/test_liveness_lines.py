"""What the terminal says of long connections and late answers."""

import io

from click.testing import CliRunner
from rich.console import Console

from clearline.cli import records
from clearline.cli.live_view import LiveView
from clearline.cli.words import liveness_words
from clearline.domain.event import CheckEnded, LivenessChanged, PlanApplied, ReplyCameLate, Result
from clearline.domain.liveness import Liveness
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
