"""The table of `clearline watch`."""

import io

import pytest
from rich.console import Console

from clearline.cli.live_view import LiveView
from clearline.domain.event import (
    AttemptEnded,
    BreakerChanged,
    BreakerState,
    CheckEnded,
    EngineReported,
    Event,
    FallbackUsed,
    Health,
    NetworkChange,
    NetworkChanged,
    PlanApplied,
    Result,
    TesterDisturbed,
)
from clearline.domain.fault import Fault
from clearline.domain.outcome import Outcome
from clearline.domain.phase import Phase, PhaseTimes
from clearline.domain.plan import Plan
from clearline.domain.target import Target
from clearline.host.texts import Texts

REFUSED = Fault("tcp.refused", Phase.CONNECT)


def target(name: str, **fields: object) -> Target:
    return Target(id=name, address=f"tcp://{name}.example:443", name=name, **fields)


def check(name: str, number: int, fault: Fault | None = None, ms: float = 12.0) -> list[Event]:
    outcome = Outcome(PhaseTimes(connect=ms), fault)
    result = Result.VOID if fault and fault.is_void else Result.FAILED if fault else Result.OK
    return [
        AttemptEnded(at_s=number, target=name, check=number, attempt=1, started_s=number, outcome=outcome),
        CheckEnded(at_s=number, target=name, check=number, due_s=number, started_s=number, result=result, attempts=1),
    ]


def table(*events: Event, targets: tuple[Target, ...] = (target("web"),), width: int = 120) -> list[str]:
    """The lines of the table after these events."""
    out = io.StringIO()
    view = LiveView(Texts("en"), Console(file=out, width=width, color_system=None))
    view.start()
    view.emit([PlanApplied(at_s=0.0, plan=Plan(targets=targets)), *events])
    view.finish()
    return out.getvalue().splitlines()[1:]


def test_it_shows_a_target_before_its_first_check() -> None:
    assert table()[0].split() == ["?", "unknown", "web"]


def test_it_shows_figures_and_a_word_for_the_state() -> None:
    events = [event for number in range(6) for event in check("web", number)]
    (row,) = table(*events)
    assert row.split() == ["●", "up", "web", "12", "ms", "12", "ms", "0%"]


def test_it_names_the_failing_layer_and_the_fault() -> None:
    (row,) = table(*check("web", 0, REFUSED))
    assert row.split()[:4] == ["✕", "down", "web", "100%"]
    assert "connection: Connection refused" in row


def used(number: int, source: str = "stale_cache", **fields: object) -> FallbackUsed:
    return FallbackUsed(at_s=number, target="web", check=number, source=source, **fields)


def test_it_says_what_stands_in_for_an_answer(capsys: pytest.CaptureFixture[str]) -> None:
    events: list[Event] = []
    for number in (1, 2):
        tried, ended = check("web", number, REFUSED)
        events += (tried, used(number, age_s=number), ended)
    (row,) = table(*events, width=200)
    assert "Connection refused. Goes on with an answer from the cache, 2 s old." in row
    lines = [line for line in capsys.readouterr().out.splitlines() if "Goes on with" in line]
    assert lines == ["     1 s  web  Goes on with an answer from the cache, 1 s old."]


def test_nothing_stands_in_once_the_target_answers() -> None:
    (row,) = table(used(1, "default"), *check("web", 1, REFUSED), *check("web", 2), width=200)
    assert "Goes on" not in row


def test_it_forgets_the_trouble_once_the_target_is_up_again() -> None:
    (row,) = table(*check("web", 0, REFUSED), *check("web", 1))
    assert "refused" not in row
    assert "50%" in row


def test_it_shows_a_breaker_that_tests_recovery() -> None:
    key = target("web").breaker_key
    half_open = BreakerChanged(
        at_s=1.0, key=key, before=BreakerState.OPEN, after=BreakerState.HALF_OPEN, reason="timer"
    )
    (row,) = table(*check("web", 0, REFUSED), half_open, *check("web", 1))
    assert row.split()[:2] == ["◐", "half-open"]


def test_it_takes_a_check_that_was_stopped_for_nothing() -> None:
    stopped = Fault("abandoned", Phase.WAIT, is_void=True)
    (row,) = table(*check("web", 0, REFUSED), *check("web", 1, stopped))
    assert "100%" in row
    assert "Connection refused" in row


def test_it_shows_a_paused_target_as_paused() -> None:
    (row,) = table(targets=(target("web", is_paused=True),))
    assert row.split() == ["○", "paused", "web"]


def test_it_never_cuts_figures_however_long_the_words_are() -> None:
    long = target("a-very-long-name-for-a-single-target-that-goes-on-and-on")
    events = [event for number in range(6) for event in check(long.id, number)] + check(long.id, 6, REFUSED)
    lines = table(*events, targets=(long,), width=80)
    assert len(lines) == 1
    assert "14%" in lines[0]
    assert len(lines[0]) <= 80


def test_it_says_that_this_computer_is_too_busy_to_measure(capsys: pytest.CaptureFixture[str]) -> None:
    spoiled = Outcome(PhaseTimes(connect=30.0), kernel_rtt_ms=1.0, lag_ms=29.0)
    samples: list[Event] = [
        AttemptEnded(at_s=1.0, target="web", check=1, attempt=1, started_s=1.0, outcome=spoiled) for _ in range(20)
    ]
    calm: list[Event] = [event for number in range(300) for event in check("web", 2)]

    table(*samples, *calm)

    told = capsys.readouterr().out
    assert told.count("too busy to measure") == 1
    assert told.count("calm enough to measure again") == 1


def test_busy_moments_are_told_once_at_the_end(capsys: pytest.CaptureFixture[str]) -> None:
    moments = [TesterDisturbed(at_s=number + 0.25, health=Health.BUSY, from_s=float(number)) for number in range(1, 5)]
    table(*moments, TesterDisturbed(at_s=20.0, health=Health.ASLEEP, from_s=8.0))
    lines = capsys.readouterr().out.splitlines()
    assert [line.partition(":")[0] for line in lines] == [
        "20 s",
        "Moments in which this computer was too busy to measure",
    ]
    assert "4, 1 s in all" in lines[1]


def report(at_s: float) -> EngineReported:
    return EngineReported(at_s=at_s, checks_per_s=3.0, loop_lag_ms=0.1, outstanding=0, recording="")


FAR = tuple(target(name) for name in ("web", "mail", "shop"))


def outage() -> list[Event]:
    failing = [event for one in FAR for event in check(one.id, 10, REFUSED)]
    working = [event for one in FAR for event in check(one.id, 30)]
    return [*failing, *map(report, range(10, 20)), *working, *map(report, range(30, 45))]


def test_it_says_once_that_all_fail_together_and_once_that_this_is_over(capsys: pytest.CaptureFixture[str]) -> None:
    table(*outage(), targets=FAR)
    told = [line for line in capsys.readouterr().out.splitlines() if "Everything fails" in line]
    assert len(told) == 2
    assert "All 3 targets fail since" in told[0]
    assert told[1].endswith("No longer so: Everything fails.")


def test_the_live_table_says_it_while_it_is_so() -> None:
    out = io.StringIO()
    view = LiveView(Texts("en"), Console(file=out, width=120, color_system=None, force_terminal=True))
    view.start()
    events = outage()
    view.emit([PlanApplied(at_s=0.0, plan=Plan(targets=FAR)), *events[:16]])
    shown = str(view._picture().caption)
    view.emit(events[16:])
    later = str(view._picture().caption)
    view.finish()
    assert "✕ Everything fails." in shown
    assert "Everything fails." not in later


@pytest.mark.parametrize(
    ("what", "tag"),
    [
        ("gateway_silent", "of this network do not answer either"),
        ("gateway_there", ""),
        ("outside_silent", "Nothing else outside answers either"),
        ("outside_there", ""),
    ],
)
def test_it_tags_what_fails_while_others_are_silent(what: str, tag: str) -> None:
    silent = NetworkChanged(at_s=9.0, from_s=5.0, changes=(NetworkChange(what, "10.0.0.1", "", ""),))
    (row,) = table(silent, *check("web", 10, REFUSED), width=300)
    tags = ("of this network do not answer either", "Nothing else outside answers either")
    assert [each for each in tags if each in row] == ([tag] if tag else [])
    (well,) = table(silent, *check("web", 10), width=300)
    assert not any(each in well for each in tags)
