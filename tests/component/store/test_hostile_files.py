"""Session files that somebody made to do harm, or that a disk made so: refused with a sentence, or shown as text."""

import random
import sqlite3
from pathlib import Path

import pytest

from clearline.domain.event import AttemptEnded, MarkerDropped, PlanApplied
from clearline.domain.plan import Plan, new_target
from clearline.domain.problem import Problem
from clearline.host.texts import Texts
from clearline.store.history import History
from clearline.store.opening import SessionFileError
from clearline.store.reader import SessionReader
from clearline.store.writer import SessionWriter
from support.recorded_events import SESSION, WALL_S, checks, one_of_each
from support.scheduled_checks import TARGET, scheduled

MUTATIONS = 300
HTML = "<img src=x onerror=alert(1)><a href='file:///etc/passwd'>x</a>"


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A small session with every kind of event and some outages."""
    path = tmp_path_factory.mktemp("original") / "s.clearline"
    writer = SessionWriter(path, SESSION, WALL_S, batch_s=0)
    writer.emit(one_of_each(str(path)))
    writer.emit([*checks(80), *scheduled(120, [(20, 40)])])
    assert writer.close()
    return path.read_bytes()


def mutated(content: bytes, chance: random.Random) -> bytes:
    """Some bytes flipped, a stretch overwritten, moved or cut off; the header mostly left alone."""
    made = bytearray(content)
    for _ in range(chance.choice([1, 1, 2, 5, 40])):
        place = chance.randrange(100 if chance.random() < 0.8 else 0, len(made))
        match chance.randrange(5):
            case 0:
                made[place] ^= 1 << chance.randrange(8)
            case 1:
                made[place] = chance.choice([0, 1, 0x7F, 0x80, 0xFF])
            case 2:
                stretch = chance.randrange(1, 600)
                made[place : place + stretch] = chance.randbytes(len(made[place : place + stretch]))
            case 3:
                origin, stretch = chance.randrange(len(made)), chance.randrange(1, 200)
                moved = made[origin : origin + stretch]
                made[place : place + len(moved)] = moved
            case 4:
                if chance.random() < 0.3:
                    del made[place:]
                    return bytes(made)
    return bytes(made)


def read_all(path: Path) -> int:
    """Everything that a window reads of a file."""
    with SessionReader(path) as reader:
        history = History(reader)
        found = sum(1 for _ in reader.events()) + len(reader.plan.targets) + len(reader.gaps) + len(reader.counts)
        found += len(reader.rollups(TARGET, 10)) + sum(map(len, reader.rollups_of_all(300).values()))
        found += len(history.outages(TARGET)) + len(history.excluded())
        history.statistics(TARGET, 0.0, 200.0)
        return found + reader.size_events


def trouble(path: Path) -> str:
    """Why the file is refused; empty where it is read as far as it goes."""
    try:
        read_all(path)
    except SessionFileError as error:
        return error.problem.code
    return ""


@pytest.mark.parametrize("block", range(10))
def test_no_mutation_does_more_than_be_refused_with_a_sentence(tmp_path: Path, original: bytes, block: int) -> None:
    texts = Texts("en")
    opened = 0
    for seed in range(block * MUTATIONS // 10, (block + 1) * MUTATIONS // 10):
        path = tmp_path / f"{seed}.clearline"
        path.write_bytes(mutated(original, random.Random(seed)))
        problem = trouble(path)
        assert not problem or len(texts.problem(Problem(problem, {"name": path.name}))) > 20
        opened += not problem
        path.unlink()
    assert opened > 0


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TRIGGER t AFTER INSERT ON meta BEGIN DELETE FROM outages; END",
        "CREATE VIEW attempts_2 AS SELECT * FROM attempts_packed",
        "CREATE VIRTUAL TABLE f USING fts5(x)",
        "CREATE TABLE notes_2 (a)",
        "CREATE INDEX i ON outages (upper(layer))",
    ],
)
def test_anything_that_could_run_is_refused(tmp_path: Path, original: bytes, statement: str) -> None:
    path = tmp_path / "x.clearline"
    path.write_bytes(original)
    connection = sqlite3.connect(path)
    try:
        connection.execute(statement)
    except sqlite3.OperationalError:
        pytest.skip("this SQLite cannot make such a thing")
    connection.commit()
    connection.close()
    with pytest.raises(SessionFileError) as caught:
        read_all(path)
    assert caught.value.problem.code == "session.altered"


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE words SET text = CAST((x'ff80' || id) AS TEXT) WHERE id % 3 = 0",
        "UPDATE markers SET text = CAST(x'c328' AS TEXT)",
        "UPDATE notes SET body = x'ff'",
        "UPDATE outages SET since = 1e300, until = -1e300",
        "UPDATE outages SET layer = 'nowhere', kind = 99999",
        "UPDATE outages SET checks = -5, held = 9223372036854775807, slot = -1",
        "UPDATE rollups SET layer = 'nowhere'",
        "UPDATE rollups SET latency_sum = 9e999, ok = -3",
        "UPDATE moments SET low = -9223372036854775807, high = 9223372036854775807",
        "UPDATE moments SET start = start * 1000000000",
        "UPDATE attempts_packed SET rest = x'dd7fffffff'",
        "UPDATE attempts_packed SET started = 9e999, at = -9e999 WHERE seq % 2 = 0",
        "UPDATE plans SET body = x'5b5b5b5b'",
        "UPDATE plans SET body = zeroblob(15000000)",
        "UPDATE meta SET value = 1e308 WHERE key LIKE 'rolled%'",
        "UPDATE disturbances SET since = -1e9",
    ],
)
def test_values_that_cannot_be_are_left_out(tmp_path: Path, original: bytes, statement: str) -> None:
    path = tmp_path / "x.clearline"
    path.write_bytes(original)
    connection = sqlite3.connect(path)
    connection.execute(statement)
    connection.commit()
    connection.close()
    assert trouble(path) in ("", "session.damaged")


def test_html_stays_text(tmp_path: Path) -> None:
    path = tmp_path / "x.clearline"
    target = new_target("https://shop.example/", name=HTML)
    writer = SessionWriter(path, SESSION, WALL_S, batch_s=0)
    writer.emit([PlanApplied(at_s=0.0, plan=Plan((target,))), MarkerDropped(at_s=1.0, text=HTML, target=HTML)])
    assert writer.close()
    with SessionReader(path) as reader:
        assert reader.plan.targets[0].label == HTML
        assert [event.text for event in reader.stream(MarkerDropped)] == [HTML]


def test_a_file_of_nothing_but_size_is_refused_at_once(tmp_path: Path) -> None:
    path = tmp_path / "x.clearline"
    with path.open("wb") as file:
        file.truncate(50_000_000_000)
    with pytest.raises(SessionFileError):
        SessionReader(path)
    path.unlink()


def test_a_session_that_claims_to_be_endless_is_read_in_pieces(tmp_path: Path, original: bytes) -> None:
    path = tmp_path / "x.clearline"
    path.write_bytes(original)
    connection = sqlite3.connect(path)
    connection.execute("UPDATE attempts_packed SET seq = seq + 4000000000000000000 WHERE seq > 100")
    connection.commit()
    connection.close()
    with SessionReader(path) as reader:
        assert sum(1 for _ in reader.stream(AttemptEnded)) > 100
