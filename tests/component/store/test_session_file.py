"""A session as it is written and read back: the same events, the same figures, no secret."""

import base64
import hashlib
import math
import os
import random
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clearline.domain.event import AnyEvent, AttemptEnded, CheckEnded, CheckMissed, EngineReported, PlanApplied
from clearline.domain.fault import Fault
from clearline.domain.outcome import Outcome
from clearline.domain.phase import Phase, PhaseTimes
from clearline.domain.plan import Plan, new_target
from clearline.store import schema
from clearline.store.notes import NOTE_LIMIT
from clearline.store.reader import SessionReader
from clearline.store.rollup import folded
from clearline.store.rows import TABLES_OF
from clearline.store.writer import SessionWriter
from support.older_sessions import record_as
from support.recorded_events import SESSION, TARGET, WALL_S, attempt, check, checks, one_of_each


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "night.clearline"


@pytest.fixture
def writer(path: Path) -> Iterator[SessionWriter]:
    opened = SessionWriter(path, SESSION, WALL_S, batch_s=0, retry_s=0.01)
    yield opened
    opened.close()


def recorded(path: Path, *batches: list[AnyEvent]) -> None:
    writer = SessionWriter(path, SESSION, WALL_S, batch_s=0)
    for batch in batches:
        writer.emit(batch)
    assert writer.close()
    assert writer.problem == ""


def read(path: Path) -> list[AnyEvent]:
    with SessionReader(path) as reader:
        events = list(reader.events())
        assert reader.damaged == 0
    return events


def test_it_gives_back_every_kind_of_event_as_it_was(path: Path) -> None:
    recorded(path, one_of_each(str(path)))
    assert read(path) == one_of_each(str(path))


def test_it_gives_events_back_in_the_order_in_which_they_came(path: Path) -> None:
    events = list(checks(300, ("a", "b", "c"))) + one_of_each(str(path))
    random.Random(1).shuffle(events)
    recorded(path, *(events[start : start + 100] for start in range(0, len(events), 100)))
    assert read(path) == events


FIGURE = (
    st.none() | st.floats(min_value=0, max_value=1e6, allow_nan=False) | st.integers(0, 10**9).map(lambda n: n / 1e3)
)
PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
MAPPING = st.dictionaries(st.text(max_size=8), PLAIN, max_size=3)
FAULTS = st.none() | st.builds(
    Fault, st.sampled_from(["tcp.refused", "http.error.418", "dns.timed_out"]), st.sampled_from(Phase), MAPPING
)
OUTCOMES = st.builds(
    Outcome,
    st.builds(PhaseTimes, *[FIGURE] * 7),
    FAULTS,
    st.sampled_from(["", "192.0.2.1:80", "[2001:db8::1]:443"]),
    FIGURE,
    st.integers(0, 5),
    FIGURE,
    st.none() | st.integers(0, 999),
    st.none() | st.floats(0, 1e5),
    st.integers(0, 2**40),
    st.integers(0, 2**40),
    MAPPING,
)
MOMENT = st.floats(min_value=0, max_value=1e6, allow_nan=False)
ATTEMPTS = st.builds(
    AttemptEnded,
    at_s=MOMENT,
    target=st.sampled_from(["a", "b"]),
    check=st.integers(0, 2**40),
    attempt=st.integers(1, 2000),
    started_s=MOMENT,
    outcome=OUTCOMES,
    is_disturbed=st.booleans(),
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(ATTEMPTS, max_size=8))
def test_it_gives_back_whatever_an_attempt_holds(tmp_path: Path, events: list[AnyEvent]) -> None:
    place = Path(str(tmp_path / "any.clearline"))
    place.unlink(missing_ok=True)
    recorded(place, events)
    assert read(place) == events


def test_it_keeps_no_engine_report_but_of_trouble(path: Path) -> None:
    calm = EngineReported(at_s=1.0, checks_per_s=1, loop_lag_ms=0, outstanding=0, recording=str(path))
    trouble = msgspec.structs.replace(calm, recording_problem="record.locked")
    recorded(path, [calm, trouble])
    assert read(path) == [trouble]


def test_it_tells_what_the_session_is(path: Path) -> None:
    recorded(path, one_of_each(str(path)), list(checks(5)))
    with SessionReader(path) as reader:
        assert (reader.meta.session_id, reader.meta.wall_s) == (SESSION, WALL_S)
        assert reader.duration_s == 12.0
        assert (reader.counts["attempts"], reader.counts["markers"]) == (7, 1)


def test_it_tells_the_latest_plan(path: Path) -> None:
    plans = [Plan((new_target(name),)) for name in ("a.example", "b.example")]
    recorded(path, [PlanApplied(at_s=float(number), plan=plan) for number, plan in enumerate(plans)])
    with SessionReader(path) as reader:
        assert reader.plan == plans[1]


def test_it_tells_an_empty_session_from_a_broken_one(path: Path) -> None:
    recorded(path)
    with SessionReader(path) as reader:
        assert (list(reader.events()), reader.plan, reader.duration_s) == ([], Plan(), 0.0)
        assert reader.rollups(TARGET, 10) == []


@pytest.mark.parametrize(
    ("from_s", "to_s"), [(0, math.inf), (10, 20), (9.99, 31.5), (-math.inf, 5), (95, 1e12), (7, 7), (500, 600)]
)
def test_it_reads_any_stretch_of_time(path: Path, from_s: float, to_s: float) -> None:
    events = list(checks(100, ("a", "b")))
    recorded(path, events)
    with SessionReader(path) as reader:
        inside = [event for event in events if from_s <= event.at_s < to_s]
        assert list(reader.events(from_s, to_s)) == inside
        assert reader.attempts("b", from_s, to_s) == [
            event for event in inside if isinstance(event, AttemptEnded) and event.target == "b"
        ]


def test_it_reads_no_more_attempts_than_asked_for(path: Path) -> None:
    recorded(path, list(checks(100)))
    with SessionReader(path) as reader:
        assert [event.check for event in reader.attempts(TARGET, 10, limit=3)] == [10, 11, 12]
        assert reader.attempts("unknown") == []


@pytest.mark.parametrize("span", [10, 300])
@pytest.mark.parametrize(("from_s", "to_s"), [(0.0, math.inf), (295.0, 605.0), (611.0, 612.0)])
def test_its_roll_ups_are_those_of_its_events(path: Path, span: int, from_s: float, to_s: float) -> None:
    events = [*checks(1000, ("a", "b")), CheckMissed(at_s=3.0, target="b", check=5000, due_s=2.5, reason="asleep")]
    recorded(path, *(events[start : start + 40] for start in range(0, len(events), 40)))
    counted = [event for event in events if isinstance(event, AttemptEnded | CheckEnded | CheckMissed)]
    stretches = folded((event for event in counted if event.target == "b"), span)
    expected = [stretches[start] for start in sorted(stretches) if start + span > from_s and start < to_s]
    with SessionReader(path) as reader:
        found = reader.rollups("b", span, from_s, to_s)
    for part in (*found, *expected):
        part.latency_sum_ms = round(part.latency_sum_ms, 6)
    assert found == expected


def test_it_knows_only_the_roll_ups_that_are_kept(path: Path) -> None:
    recorded(path)
    with SessionReader(path) as reader, pytest.raises(ValueError, match="60"):
        reader.rollups(TARGET, 60)


def test_it_goes_on_with_a_session(path: Path) -> None:
    events = list(checks(700))
    for start in range(0, len(events), 333):
        recorded(path, events[start : start + 333])
    counted = [event for event in events if isinstance(event, AttemptEnded | CheckEnded)]
    assert read(path) == events
    with SessionReader(path) as reader:
        found = reader.rollups(TARGET, 300)
    assert [part.ok + part.failed for part in found] == [
        part.ok + part.failed for part in folded(counted, 300).values()
    ]


def test_its_roll_ups_are_right_however_often_it_was_continued(path: Path) -> None:
    events = list(checks(1500))
    for start in range(0, len(events), 900):
        batch = events[start : start + 900]
        recorded(path, *(batch[place : place + 20] for place in range(0, len(batch), 20)))
    with SessionReader(path) as reader:
        found = [[part.ok + part.failed for part in reader.rollups(TARGET, span)] for span in (10, 300)]
    assert found == [[10] * 150, [300] * 5]


def test_a_reader_from_before_the_first_event_sees_all_that_follow(path: Path, writer: SessionWriter) -> None:
    assert writer.flush(10)
    with SessionReader(path) as reader:
        for start in range(0, 4000, 200):
            writer.emit(list(checks(2000))[start : start + 200])
            assert writer.flush(10)
        assert writer.close()
        assert len(list(reader.events())) == 4000
        assert reader.damaged == 0


def test_it_is_one_file_once_it_is_closed(path: Path) -> None:
    recorded(path, list(checks(100)))
    assert [entry.name for entry in path.parent.iterdir()] == [path.name]


def test_it_can_be_read_while_it_is_written(path: Path, writer: SessionWriter) -> None:
    events = list(checks(200))
    writer.emit(events[:100])
    assert writer.flush(10)
    with SessionReader(path) as reader:
        stream = reader.events()
        first = [next(stream) for _ in range(50)]
        writer.emit(events[100:])
        assert writer.flush(10)
        assert [*first, *stream] == events[:100]
        assert list(reader.events()) == events


def test_it_is_whole_although_somebody_still_reads(path: Path) -> None:
    writer = SessionWriter(path, SESSION, WALL_S, batch_s=0)
    writer.emit(list(checks(100)))
    assert writer.flush(10)
    with SessionReader(path) as reader:
        next(iter(reader.events()))
        assert writer.close()
        shutil.copyfile(path, path.with_name("copy.clearline"))
    assert len(read(path.with_name("copy.clearline"))) == 200


def test_a_copy_without_its_log_can_be_read(path: Path, writer: SessionWriter) -> None:
    recorded(path.with_name("x.clearline"))
    writer.emit(list(checks(100)))
    assert writer.flush(10)
    copy = shutil.copyfile(path, path.with_name("copy.clearline"))
    with SessionReader(Path(copy)) as reader:
        assert reader.meta.session_id == SESSION
        assert len(list(reader.events())) <= 200


_AS_NOBODY = """
import os, sys
from pathlib import Path
from clearline.store import schema
from clearline.store.reader import SessionReader
if os.geteuid() == 0:
    os.setgid(65534); os.setuid(65534)
with SessionReader(Path(sys.argv[1])) as reader:
    print(len(list(reader.events())), reader.damaged)
"""


@pytest.mark.skipif(os.name != "posix", reason="permissions of POSIX")
@pytest.mark.parametrize("is_written", [False, True])
def test_it_can_be_read_in_a_folder_where_nothing_may_be_written(
    path: Path, writer: SessionWriter, is_written: bool
) -> None:
    writer.emit(list(checks(100)))
    assert writer.flush(10)
    place = path.parent / "shared"
    place.mkdir()
    for ending in ("", "-wal"):
        shutil.copyfile(f"{path}{ending}", place / f"copy{ending}")
    if not is_written:
        recorded(place / "copy")
    for entry in (*place.iterdir(), place):
        entry.chmod(0o555)
    folders = [folder for folder in place.parents if folder.stat().st_uid == os.getuid() and "pytest" in str(folder)]
    modes = [folder.stat().st_mode for folder in folders]
    try:
        for folder in folders:
            folder.chmod(0o755)
        done = subprocess.run(
            [sys.executable, "-c", _AS_NOBODY, str(place / "copy")],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    finally:
        for folder, mode in zip(folders, modes, strict=True):
            folder.chmod(mode)
        place.chmod(0o755)
    assert (done.stdout.strip(), done.stderr) == ("200 0", "")


def test_it_stores_the_same_detail_once(path: Path) -> None:
    detail = {"tls": {"version": "TLSv1.3", "cipher": "x" * 500}}
    recorded(path, [attempt(number, number + 1.0, detail=dict(detail)) for number in range(3000)])
    assert path.stat().st_size < 3000 * 120
    assert {event.outcome.detail["tls"]["version"] for event in read(path)} == {"TLSv1.3"}


def test_it_stores_only_what_changed_in_a_detail(path: Path) -> None:
    headers = [["server", "nginx/1.25"], ["content-type", "text/html; charset=utf-8"], ["x", "y" * 400]]
    events = [
        attempt(
            number,
            number + 1.0,
            detail={
                "addresses": [{"address": "192.0.2.7:443", "ms": number / 7, "kind": ""}],
                "http": {"version": "1.1", "headers": [["date", f"Mon, 23 Nov 2026 15:{number % 60:02}:00"], *headers]},
            },
        )
        for number in range(3000)
    ]
    recorded(path, events)
    assert read(path) == events
    assert path.stat().st_size < 3000 * 160


def test_it_cuts_evidence_that_is_too_long(path: Path) -> None:
    evidence: dict[str, Any] = {"body": "x" * 10**6, "list": list(range(10**5)), "short": 1}
    recorded(path, [attempt(0, 1.0, fault=Fault("unknown", Phase.WAIT, evidence))])
    kept = read(path)[0].outcome.fault.evidence
    assert (kept["short"], kept["is_cut"]) == (1, True)
    assert path.stat().st_size < 160_000
    assert len(msgspec.msgpack.encode(kept)) <= NOTE_LIMIT


def test_it_mends_evidence_that_cannot_be_stored(path: Path) -> None:
    loop: list[Any] = []
    loop.append(loop)
    evidence: dict[str, Any] = {"text": "a\udcffb", "big": 2**80, "at": Path("x"), "kept": 7, "loop": loop, "n": {1: 2}}
    recorded(path, [attempt(0, 1.0, fault=Fault("unknown", Phase.WAIT, evidence))])
    kept = read(path)[0].outcome.fault.evidence
    assert (kept["text"], kept["big"], kept["at"], kept["kept"], kept["n"]) == ("a?b", str(2**80), "x", 7, {"1": 2})


def test_it_spends_few_bytes_on_a_success(path: Path) -> None:
    phases = PhaseTimes(0.25, 11.532, None, 23.118, 0.061, 31.907, 1.204)
    events: list[AnyEvent] = []
    for number in range(5000):
        outcome = Outcome(phases, None, "192.0.2.7:443", 11.2, 0, 0.332, 200, None, 5120, 310, {"tls": {"v": "1.3"}})
        at_s = number + 0.0681
        events.append(
            AttemptEnded(at_s=at_s, target="a", check=number, attempt=1, started_s=float(number), outcome=outcome)
        )
    recorded(path, events)
    assert path.stat().st_size / 5000 < 120


SECRETS = ("hunter22", "t0k3n-value", base64.b64encode(b"bob:hunter22").decode())


@pytest.mark.parametrize("is_closed", [False, True])
def test_no_secret_is_in_the_file_or_its_log(path: Path, writer: SessionWriter, is_closed: bool) -> None:
    target = new_target("https://bob:hunter22@example.com/?token=t0k3n-value", name="shop")
    evidence = {"http": {"authorization": f"Basic {SECRETS[2]}", "url": target.address}}
    writer.emit([PlanApplied(at_s=0.0, plan=Plan((target,)))])
    writer.emit(
        [attempt(0, 1.0, fault=Fault("http.error.401", Phase.WAIT, evidence), detail={"sent": [target.address]})]
    )
    assert writer.flush(10)
    if is_closed:
        assert writer.close()
    content = b"".join(entry.read_bytes() for entry in path.parent.iterdir())
    assert b"example.com" in content
    assert [secret for secret in SECRETS if secret.encode() in content] == []


def test_the_file_does_not_name_the_persons_folders(path: Path) -> None:
    recorded(path, one_of_each(str(path))[:10])
    assert str(path.parent).encode() not in path.read_bytes()


def test_it_can_be_moved_and_tells_its_new_place(path: Path) -> None:
    recorded(path, one_of_each(str(path)))
    moved = path.rename(path.with_name("moved.clearline"))
    assert read(moved)[0].path == str(moved)


@pytest.mark.parametrize(
    ("version", "digest"),
    [
        (1, "a9e28f24862f83e2"),
        (2, "2046bd529161896f"),
        (3, "042de2ee8ad9c1f7"),
        (4, "3e03e56252dcec4e"),
        (5, "081795384805d432"),
    ],
)
def test_its_definition_is_that_of_its_version(version: int, digest: str) -> None:
    """A file that people keep must open for years: change a table, and the version must change with it."""
    definition = "\n".join(" ".join(part) for part in sorted(schema.expected(version)))
    assert hashlib.sha256(definition.encode()).hexdigest()[:16] == digest


def known_to(version: int, events: list[AnyEvent]) -> list[AnyEvent]:
    return [event for event in events if TABLES_OF[type(event)][0].since <= version]


@pytest.mark.parametrize("version", range(1, schema.SCHEMA_VERSION))
def test_it_reads_a_file_of_every_older_version(path: Path, version: int, monkeypatch: pytest.MonkeyPatch) -> None:
    events = known_to(version, [*one_of_each(str(path)), *checks(250)])
    record_as(version, path, events, monkeypatch)
    assert read(path) == events
    with SessionReader(path) as reader:
        assert (reader.meta.schema_version, reader.damaged, reader.duration_s) == (version, 0, 249.02)
        assert sum(part.ok + part.failed for part in reader.rollups(TARGET, 10)) == 250


@pytest.mark.parametrize("version", range(1, schema.SCHEMA_VERSION))
def test_it_continues_a_file_of_every_older_version(path: Path, version: int, monkeypatch: pytest.MonkeyPatch) -> None:
    events = known_to(version, [*checks(250), *one_of_each(str(path))])
    record_as(version, path, events, monkeypatch)
    later = [*checks(120), *one_of_each(str(path))]
    recorded(path, later)
    assert read(path) == events + later
    with SessionReader(path) as reader:
        assert reader.meta.schema_version == schema.SCHEMA_VERSION
        assert reader.attempts(TARGET, limit=9999) == [
            event for event in events + later if isinstance(event, AttemptEnded) and event.target == TARGET
        ]


def test_checks_keep_the_case_of_late_and_early_starts(path: Path) -> None:
    events = [msgspec.structs.replace(check(0, 5.0), due_s=due_s, started_s=4.0) for due_s in (3.0, 4.0, 5.5)]
    recorded(path, events)
    assert [event.late_s for event in read(path) if isinstance(event, CheckEnded)] == [1.0, 0.0, 0.0]
