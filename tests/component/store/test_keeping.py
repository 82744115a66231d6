"""Split, thinned, cleaned up: only by the rules, and no failure is ever lost."""

import os
from pathlib import Path

import pytest

from clearline.domain.event import AnyEvent, AttemptEnded, CheckEnded, PlanApplied, SessionStarted
from clearline.domain.keeping import THIN_KEEPS, Keeping
from clearline.domain.plan import Plan, new_target
from clearline.store.cleanup import clean_up
from clearline.store.history import History
from clearline.store.reader import SessionReader
from clearline.store.writer import SessionWriter
from support.recorded_events import SESSION, WALL_S
from support.scheduled_checks import TARGET, scheduled

BEGINNING: list[AnyEvent] = [
    SessionStarted(at_s=0.0, session_id=SESSION, wall_s=WALL_S, path=""),
    PlanApplied(at_s=0.0, plan=Plan((new_target("tcp://shop.example:1"),))),
]


def recorded(path: Path, events: list[AnyEvent], keeping: Keeping, at_once: int = 200) -> SessionWriter:
    writer = SessionWriter(path, SESSION, WALL_S, batch_s=0, keeping=keeping)
    for place in range(0, len(events), at_once):
        writer.emit(events[place : place + at_once])
        assert writer.flush(20)
    assert writer.close()
    return writer


def read(path: Path, kind: type) -> list:
    with SessionReader(path) as reader:
        return list(reader.stream(kind))


def test_it_goes_on_in_a_new_file_and_loses_nothing(tmp_path: Path) -> None:
    path = tmp_path / "night.clearline"
    events = [*BEGINNING, *scheduled(4000)]
    writer = recorded(path, events, Keeping(split_mb=0.2))
    parts = sorted(tmp_path.glob("*.clearline"), key=lambda part: part.stat().st_mtime_ns)
    assert len(parts) >= 3
    assert parts[1].name == "night-part-2.clearline"
    assert writer.path == parts[-1]
    found = [event for part in parts for event in read(part, AttemptEnded)]
    assert found == [event for event in events if isinstance(event, AttemptEnded)]
    for part in parts:
        with SessionReader(part) as reader:
            assert reader.plan == BEGINNING[1].plan
            assert reader.meta.session_id == SESSION


def test_a_split_session_goes_on_in_its_latest_file(tmp_path: Path) -> None:
    path = tmp_path / "night.clearline"
    events = [*BEGINNING, *scheduled(4000)]
    first = recorded(path, events[:4000], Keeping(split_mb=0.2))
    size = path.stat().st_size
    second = recorded(path, events[4000:], Keeping(split_mb=0.2))
    assert path.stat().st_size == size
    assert second.path.name >= first.path.name
    parts = sorted(tmp_path.glob("*.clearline"), key=lambda part: part.stat().st_mtime_ns)
    found = [event.check for part in parts for event in read(part, CheckEnded)]
    assert found == list(range(4000))


def test_old_successes_are_thinned_and_nothing_else(tmp_path: Path) -> None:
    thinned, whole = tmp_path / "thinned.clearline", tmp_path / "whole.clearline"
    events = [*BEGINNING, *scheduled(3000, [(500, 530), (1500, 1501)], fails_after_s=0.5)]
    recorded(thinned, events, Keeping(thin_after_h=1000 / 3600), at_once=40)
    recorded(whole, events, Keeping())
    kept, all_of_them = read(thinned, AttemptEnded), read(whole, AttemptEnded)
    assert [event for event in kept if event.outcome.fault] == [event for event in all_of_them if event.outcome.fault]
    assert [event for event in kept if event.at_s > 2000] == [event for event in all_of_them if event.at_s > 2000]
    old = [event for event in kept if event.at_s < 1900 and event.outcome.ok]
    assert len(old) == pytest.approx(1900 / THIN_KEEPS, abs=5)
    assert read(thinned, CheckEnded) == read(whole, CheckEnded)
    with SessionReader(thinned) as one, SessionReader(whole) as other:
        assert one.rollups(TARGET, 10) == other.rollups(TARGET, 10)
        found, expected = History(one).statistics(TARGET), History(other).statistics(TARGET)
    assert (found.loss, found.outage_s, found.faults) == (expected.loss, expected.outage_s, expected.faults)
    assert found.latency.p50 == pytest.approx(expected.latency.p50, abs=5)


def test_a_thinned_file_takes_less(tmp_path: Path) -> None:
    thinned, whole = tmp_path / "thinned.clearline", tmp_path / "whole.clearline"
    events = [*BEGINNING, *scheduled(6000)]
    recorded(thinned, events, Keeping(thin_after_h=300 / 3600), at_once=40)
    recorded(whole, events, Keeping())
    assert thinned.stat().st_size < 0.7 * whole.stat().st_size


def test_it_deletes_what_outlived_the_rules_and_no_other_file(tmp_path: Path) -> None:
    day_s = 86_400.0
    for name, days in (("old", 40), ("noted", 40), ("new", 2), ("running", 0)):
        path = tmp_path / f"{name}.clearline"
        recorded(path, BEGINNING, Keeping())
        os.utime(path, (WALL_S - days * day_s,) * 2)
    (tmp_path / "diary.txt").write_text("mine")
    os.utime(tmp_path / "diary.txt", (1.0, 1.0))
    gone = clean_up(tmp_path, Keeping(keep_days=30), WALL_S, held={"noted.clearline"})
    assert gone == ["old.clearline"]
    left = {path.name for path in tmp_path.iterdir()}
    assert left == {"noted.clearline", "new.clearline", "running.clearline", "diary.txt"}


def test_without_rules_nothing_is_deleted(tmp_path: Path) -> None:
    path = tmp_path / "old.clearline"
    recorded(path, BEGINNING, Keeping())
    os.utime(path, (1.0, 1.0))
    assert clean_up(tmp_path, Keeping(), WALL_S) == []
    assert path.exists()
