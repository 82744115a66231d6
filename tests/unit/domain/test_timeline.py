"""Loss by time, not by checks: slow failures hide no outage, and nobody is billed for what we did not see."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clearline.domain.event import CheckEnded, CheckMissed, Health, NetworkChange, NetworkChanged, ReplyCameLate, Result
from clearline.domain.event import TesterDisturbed as Disturbed  # pytest would collect it by its own name
from clearline.domain.outages import Excluded, Why, away_spans, lost_network_spans
from clearline.domain.timeline import Timeline
from support.scheduled_checks import TARGET, scheduled

Counted = CheckEnded | CheckMissed | ReplyCameLate


def timeline(until_s: float, *downs: tuple[float, float], **how: float) -> Timeline:
    found = Timeline(TARGET, how.get("every_s", 1.0))
    for event in scheduled(until_s, downs, **how):
        if isinstance(event, Counted):
            found.add(event)
    return found


def loss(found: Timeline, to_s: float, *more: list[Excluded]) -> float:
    up_s, lost_s, _ = found.weigh(to_s, *more)
    return lost_s / (up_s + lost_s)


@pytest.mark.parametrize("fails_after_s", [0.01, 2.0, 5.0, 7.5])
@pytest.mark.parametrize("every_s", [0.5, 1.0])
def test_it_reports_10_percent_for_60_s_in_10_minutes_however_slow_failures_are(
    fails_after_s: float, every_s: float
) -> None:
    found = timeline(600, (240, 300), fails_after_s=fails_after_s, every_s=every_s)
    (outage,) = found.outages()
    assert outage.length_s(600) == pytest.approx(60, abs=max(1.0, fails_after_s))
    assert loss(found, 600) == pytest.approx(0.1, abs=max(0.002, fails_after_s / 600))


def test_it_reports_60_s_within_a_second_with_usual_time_limits() -> None:
    found = timeline(600, (240, 300), fails_after_s=2.0)
    (outage,) = found.outages()
    counted = found.checks["failed"] / sum(found.checks.values())
    assert (outage.from_s, outage.to_s, outage.kind, outage.check) == (240, 300, "tcp.timed_out", 240)
    assert loss(found, 600) == pytest.approx(0.1, abs=1e-9)
    assert counted < 0.06


def test_it_bills_no_night_asleep_to_anybody() -> None:
    night = Disturbed(at_s=30_000.0, health=Health.ASLEEP, from_s=100.0)
    found = Timeline(TARGET)
    for event in scheduled(30_100, [(98, 30_001)]):
        if isinstance(event, Counted) and not 100 <= event.due_s < 30_000:
            found.add(event)
    away = away_spans([night])
    (outage,) = found.outages(away)
    up_s, lost_s, excluded = found.weigh(30_100, away)
    assert outage.length_s(30_100) == pytest.approx(4.0, abs=1.0)
    assert (up_s + lost_s, lost_s) == (pytest.approx(200, abs=3), pytest.approx(4, abs=2))
    assert Excluded(100.0, 30_000.0, Why.ASLEEP) in excluded


def test_an_outage_ends_where_the_looking_ended() -> None:
    found = Timeline(TARGET)
    for event in scheduled(1000, [(90, 100)]):
        if isinstance(event, Counted) and not 100 <= event.due_s < 900:
            found.add(event)
    (outage,) = found.outages([Excluded(101.0, 900.0, Why.ASLEEP)])
    assert (outage.from_s, outage.to_s) == (90, 101.0)


@pytest.mark.parametrize(
    ("kept", "why"),
    [
        (lambda event: not 100 <= event.due_s < 200, Why.UNMEASURED),
        (lambda event: True, Why.PAUSED),
    ],
)
def test_it_tells_what_it_left_out(kept, why: Why) -> None:
    found = Timeline(TARGET)
    if why is Why.PAUSED:
        found.pace(100.0, 1.0, is_paused=True)
        found.pace(200.0, 1.0)
    for event in scheduled(300):
        if isinstance(event, Counted) and kept(event):
            found.add(event)
    up_s, lost_s, excluded = found.weigh(300.0)
    (span,) = excluded
    assert (span.why, lost_s) == (why, 0.0)
    assert (up_s, span.to_s) == (pytest.approx(200, abs=3), 200)


def test_failures_without_a_way_out_are_our_own_and_successes_still_count() -> None:
    changes = [
        NetworkChanged(at_s=at_s, from_s=at_s - 2, changes=(NetworkChange("gateway", "IPv4", *routes),))
        for at_s, routes in ((102.0, ("192.0.2.1 (eth0)", "")), (162.0, ("", "192.0.2.1 (eth0)")))
    ]
    lost = lost_network_spans(changes, 300.0)
    found = timeline(300, (100, 130), (200, 210), fails_after_s=0.5)
    up_s, lost_s, excluded = found.weigh(300.0, [], lost)
    assert (up_s, lost_s) == (260.0, 10.0)
    assert excluded == [Excluded(100.0, 130.0, Why.NETWORK_LOST)]


def test_a_late_answer_is_no_loss_whenever_it_comes() -> None:
    found = timeline(100, (50, 60), fails_after_s=1.0)
    for check in range(50, 55):
        found.add(ReplyCameLate(at_s=99.0, target=TARGET, check=check, attempt=1, after_ms=1500.0))
    assert loss(found, 100) == pytest.approx(0.05, abs=1e-9)


def test_slots_put_off_as_the_peer_asked_are_lost() -> None:
    found = Timeline(TARGET)
    for event in scheduled(100):
        if isinstance(event, CheckEnded):
            is_asked = 40 <= event.due_s < 60
            missed = CheckMissed(
                at_s=event.due_s, target=TARGET, check=event.check, due_s=event.due_s, reason="retry_after"
            )
            found.add(missed if is_asked else event)
    (outage,) = found.outages()
    assert (outage.from_s, outage.to_s, outage.held) == (40, 60, 20)
    assert loss(found, 100) == pytest.approx(0.2, abs=1e-9)


def test_one_lost_check_is_no_outage() -> None:
    assert timeline(100, (50, 51), fails_after_s=0.5).outages() == []


def test_it_names_the_cause_that_most_checks_saw_and_the_first_of_them() -> None:
    found = Timeline(TARGET)
    kinds = ["dns.timed_out", "tcp.refused", "tcp.refused", "", "tcp.refused"]
    for event in scheduled(20, [(5, 10)], fails_after_s=0.5):
        if isinstance(event, CheckEnded) and event.result is Result.FAILED:
            kind = kinds[event.check - 5]
            result = Result.FAILED if kind else Result.REFUSED
            found.add(
                CheckEnded(
                    at_s=event.at_s,
                    target=TARGET,
                    check=event.check,
                    due_s=event.due_s,
                    started_s=event.started_s,
                    result=result,
                    attempts=int(bool(kind)),
                    kind=kind,
                )
            )
        elif isinstance(event, CheckEnded):
            found.add(event)
    (outage,) = found.outages()
    assert (outage.kind, outage.check, outage.checks, outage.held) == ("tcp.refused", 6, 5, 1)


@given(
    st.lists(st.tuples(st.integers(0, 290), st.integers(1, 40)), max_size=4),
    st.sampled_from([0.5, 1.0, 3.0]),
    st.integers(0, 200),
    st.integers(50, 100),
)
def test_up_lost_and_left_out_are_all_of_the_time(
    downs: list[tuple[int, int]], fails_after_s: float, from_s: int, length_s: int
) -> None:
    found = Timeline(TARGET, 1.0, from_s, from_s + length_s)
    for event in scheduled(300, [(begin, begin + lasts) for begin, lasts in downs], fails_after_s=fails_after_s):
        if isinstance(event, Counted):
            found.add(event)
    away = [Excluded(100.0, 120.0, Why.BUSY)]
    up_s, lost_s, excluded = found.weigh(float(from_s + length_s), away)
    assert up_s + lost_s + sum(span.to_s - span.from_s for span in excluded) == pytest.approx(length_s)


@pytest.mark.parametrize("order", [1, -1])
def test_it_joins_what_overlaps(order: int) -> None:
    told = [Disturbed(at_s=5.0, health=Health.ASLEEP, from_s=1.0), Disturbed(at_s=8.0, health=Health.BUSY, from_s=4.0)]
    assert away_spans(told[::order]) == [Excluded(1.0, 5.0, Why.ASLEEP), Excluded(5.0, 8.0, Why.BUSY)]


def test_it_tells_how_much_of_an_outage_was_not_tested() -> None:
    found = Timeline(TARGET)
    for event in scheduled(100, [(40, 90)], fails_after_s=0.5):
        if isinstance(event, CheckEnded):
            is_held = 50 <= event.due_s < 90
            found.add(msgspec.structs.replace(event, result=Result.REFUSED, attempts=0) if is_held else event)
    (outage,) = found.outages()
    assert (outage.from_s, outage.to_s, outage.sent_s) == (40, 90, 49.5)
    assert outage.unsure_s == pytest.approx(40.5)


def test_a_success_that_began_late_ends_an_outage_when_it_began() -> None:
    found = Timeline(TARGET)
    for event in scheduled(100, [(40, 90)], fails_after_s=0.5):
        if isinstance(event, CheckEnded) and 86 <= event.due_s < 90:
            late_s = 90 - event.due_s + event.due_s % 1
            event = msgspec.structs.replace(
                event, result=Result.OK, kind="", started_s=event.due_s + late_s, at_s=event.due_s + late_s + 0.1
            )
        if isinstance(event, CheckEnded):
            found.add(event)
    (outage,) = found.outages()
    assert (outage.from_s, outage.to_s) == (40, 90)
