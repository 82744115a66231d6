"""What a session file says of a span is what its raw events say."""

import math
import random
import statistics as plain
from itertools import pairwise
from pathlib import Path

import pytest

from clearline.domain import event as happened
from clearline.domain.event import (
    AnyEvent,
    AttemptEnded,
    BreakerChanged,
    CheckEnded,
    CheckMissed,
    Health,
    MarkerDropped,
    PlanApplied,
)
from clearline.domain.fault import Layer
from clearline.domain.outages import OutageFold, Why
from clearline.domain.phase import Phase
from clearline.domain.plan import Plan, new_target
from clearline.store.history import History
from clearline.store.reader import SessionReader
from clearline.store.writer import SessionWriter
from support.recorded_events import SESSION, WALL_S, one_of_each
from support.scheduled_checks import TARGET, scheduled


def recorded(path: Path, events: list[AnyEvent]) -> SessionReader:
    writer = SessionWriter(path, SESSION, WALL_S, batch_s=0)
    events = sorted(events, key=lambda event: event.at_s)
    for place in range(0, len(events), 500):
        writer.emit(events[place : place + 500])
    assert writer.close()
    return SessionReader(path)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "day.clearline"


def test_it_reports_a_60_s_outage_in_10_minutes(path: Path) -> None:
    with recorded(path, list(scheduled(600, [(240, 300)]))) as reader:
        history = History(reader)
        found = history.statistics(TARGET)
        (outage,) = history.outages(TARGET)
        evidence = history.evidence(outage)
    assert found.loss == pytest.approx(0.1, abs=0.002)
    assert found.outage_s == pytest.approx(60, abs=1)
    assert found.loss_low < 0.1 < found.loss_high
    assert (outage.kind, outage.layer) == ("tcp.timed_out", Layer.CONNECT)
    assert [(seen.check, seen.outcome.fault.kind) for seen in evidence] == [(240, "tcp.timed_out")]


@pytest.mark.parametrize(("from_s", "to_s"), [(0.0, math.inf), (250.0, 310.0), (100.0, 200.0), (275.0, 280.0)])
def test_its_figures_are_those_of_the_raw_events(path: Path, from_s: float, to_s: float) -> None:
    events = [*scheduled(600, [(240, 300)]), *scheduled(600, [(10, 500)], target="other")]
    inside = [event for event in events if isinstance(event, AttemptEnded) and event.target == TARGET]
    inside = [event for event in inside if from_s <= event.at_s < to_s]
    good = [event.outcome.latency_ms for event in inside if event.outcome.ok]
    checks = [event for event in events if isinstance(event, CheckEnded) and event.target == TARGET]
    checks = [event for event in checks if from_s <= event.due_s < to_s]
    with recorded(path, events) as reader:
        found = History(reader).statistics(TARGET, from_s, to_s)
    assert (found.attempts, found.latency.samples) == (len(inside), len(good))
    assert sum(found.checks.values()) == len(checks)
    assert found.faults.get("tcp.timed_out", 0) == len(inside) - len(good)
    if len(good) >= 5:
        assert found.latency.p50 == pytest.approx(plain.median(good))
        assert found.latency.mean == pytest.approx(plain.fmean(good))
        assert found.phases[Phase.CONNECT].p50 == found.latency.p50


def test_an_outage_in_the_span_begins_where_it_began(path: Path) -> None:
    with recorded(path, list(scheduled(9000, [(50, 8000)]))) as reader:
        (outage,) = History(reader).outages(TARGET, 7000, 7100)
    assert (outage.from_s, outage.to_s) == (50, 8000)


def test_it_tells_what_counts_for_nothing(path: Path) -> None:
    asleep = happened.TesterDisturbed(at_s=300.0, health=Health.ASLEEP, from_s=100.0)
    kept = [event for event in scheduled(400) if not 100 <= event.at_s < 300]
    with recorded(path, [*kept, asleep]) as reader:
        found = History(reader).statistics(TARGET)
    assert [(span.why, span.from_s, span.to_s) for span in found.excluded] == [(Why.ASLEEP, 100.0, 300.0)]
    assert (found.loss, found.measured_s) == (0.0, pytest.approx(199, abs=1.5))


@pytest.mark.parametrize("kind", [PlanApplied, BreakerChanged, MarkerDropped, AttemptEnded, happened.NetworkChanged])
def test_it_gives_each_kind_of_event_by_itself(path: Path, kind: type) -> None:
    events = one_of_each(str(path))
    with recorded(path, events) as reader:
        assert list(reader.stream(kind)) == [event for event in events if isinstance(event, kind)]
        assert list(reader.stream(kind, 0.0, 0.0)) == []


def test_a_paused_target_loses_nothing(path: Path) -> None:
    target = new_target("tcp://shop.example:1", name=TARGET)
    plan = Plan((target,), interval_s=1.0)
    paused = Plan((happened.msgspec.structs.replace(target, is_paused=True),))
    events: list[AnyEvent] = [PlanApplied(at_s=0.0, plan=plan), PlanApplied(at_s=100.0, plan=paused)]
    events += [PlanApplied(at_s=200.0, plan=plan)]
    events += [event for event in scheduled(300, target=target.id) if not 100 <= event.at_s < 200]
    with recorded(path, events) as reader:
        found = History(reader).statistics(target.id)
    assert (found.loss, [span.why for span in found.excluded]) == (0.0, [Why.PAUSED])


@pytest.mark.parametrize("seed", range(6))
def test_outages_found_while_recording_are_those_of_the_events_however_often_it_was_continued(
    path: Path, seed: int
) -> None:
    chance = random.Random(seed)
    downs = [(begin, begin + chance.randrange(1, 90)) for begin in sorted(chance.sample(range(900), 6))]
    events = list(scheduled(1000, downs, fails_after_s=chance.choice([0.3, 2.0])))
    cuts = sorted(chance.sample(range(len(events)), 4))
    direct = OutageFold(TARGET)
    for event in events:
        if isinstance(event, CheckEnded | CheckMissed):
            direct.add(event)
    for low, high in pairwise([0, *cuts, len(events)]):
        recorded(path, events[low:high]).close()
    with SessionReader(path) as reader:
        found = reader.outages(TARGET)
    told = [(outage.from_s, outage.to_s, outage.last_s, outage.kind, outage.checks) for outage in found]
    expected = [(outage.from_s, outage.to_s, outage.last_s, outage.kind, outage.checks) for outage in direct.outages]
    assert told == expected
    assert {outage.layer for outage in found} <= {Layer.CONNECT}
