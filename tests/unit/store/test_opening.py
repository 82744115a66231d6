"""Files from anywhere: each that is no proper session is refused with the right sentence."""

import os
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from clearline.store import schema
from clearline.store.opening import SessionFileError
from clearline.store.reader import SessionReader
from clearline.store.writer import SessionWriter
from support.recorded_events import SESSION, WALL_S, checks


@pytest.fixture
def session(tmp_path: Path) -> Path:
    """A closed session of a few thousand rows."""
    path = tmp_path / "night.clearline"
    writer = SessionWriter(path, SESSION, WALL_S, batch_s=0)
    writer.emit(list(checks(2000)))
    assert writer.close()
    return path


def refusal(path: Path) -> str:
    with pytest.raises(SessionFileError) as caught, SessionReader(path):
        pass
    assert caught.value.problem.values["name"] == path.name
    return caught.value.problem.code


def changed(path: Path, *statements: str) -> None:
    connection = sqlite3.connect(path)
    for statement in statements:
        connection.execute(statement)
    connection.commit()
    connection.close()


def overwritten(path: Path, start: int, content: bytes) -> None:
    with path.open("r+b") as file:
        file.seek(start)
        file.write(content)


def test_it_says_that_a_file_is_missing(tmp_path: Path) -> None:
    assert refusal(tmp_path / "gone.clearline") == "session.missing"


def test_it_says_that_a_folder_cannot_be_read(tmp_path: Path) -> None:
    assert refusal(tmp_path) == "session.unreadable"


@pytest.mark.parametrize(
    "content", [b"", b"hello", b"SQLite format 3\0", b"SQLite format 3\0" + b"\0" * 200, b"\xff" * 5000]
)
def test_it_refuses_what_is_no_session(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "x.clearline"
    path.write_bytes(content)
    assert refusal(path) == "session.not_a_session"


def test_it_refuses_a_database_of_another_program(tmp_path: Path) -> None:
    changed(tmp_path / "x.db", "CREATE TABLE meta (key, value)")
    assert refusal(tmp_path / "x.db") == "session.not_a_session"


def test_it_refuses_a_newer_version_and_names_both(session: Path) -> None:
    changed(session, f"PRAGMA user_version = {schema.SCHEMA_VERSION + 1}")
    with pytest.raises(SessionFileError) as caught, SessionReader(session):
        pass
    assert caught.value.problem.code == "session.newer"
    assert caught.value.problem.values["version"] == str(schema.SCHEMA_VERSION + 1)


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TRIGGER t AFTER INSERT ON checks BEGIN DELETE FROM attempts; END",
        "CREATE VIEW v AS SELECT randomblob(1e9)",
        "CREATE TABLE more (a)",
        "CREATE INDEX i ON checks (abs(seq))",
        "ALTER TABLE markers ADD COLUMN extra TEXT GENERATED ALWAYS AS (hex(zeroblob(100000000))) VIRTUAL",
        "DROP TABLE gaps",
    ],
)
def test_it_refuses_a_file_with_anything_but_its_own_tables(session: Path, statement: str) -> None:
    changed(session, statement)
    assert refusal(session) == "session.altered"


def test_it_refuses_a_file_without_its_own_description(session: Path) -> None:
    changed(session, "DELETE FROM meta")
    assert refusal(session) == "session.damaged"


@pytest.mark.parametrize("size", [150, 4096, 5000])
def test_it_refuses_a_file_that_was_cut_to_its_beginning(session: Path, size: int) -> None:
    os.truncate(session, size)
    assert refusal(session) in {"session.damaged", "session.altered", "session.unreadable"}


def test_it_reads_what_is_left_of_a_file_with_a_broken_middle(session: Path) -> None:
    overwritten(session, 50 * 4096, b"\xa5" * 4096 * 3)
    with SessionReader(session) as reader:
        found = list(reader.events())
    assert reader.damaged > 0
    assert 2000 < len(found) < 4000


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE checks_packed SET ending = 999999 WHERE seq % 40 = 0",
        "UPDATE checks_packed SET at = 1e300 WHERE seq % 40 = 0",
        "UPDATE checks_packed SET at = 9e999 WHERE seq % 40 = 0",
        "UPDATE checks_packed SET due = 'text' WHERE seq % 40 = 0",
        "UPDATE checks_packed SET started = NULL WHERE seq % 40 = 0",
        "UPDATE checks_packed SET target = -1 WHERE seq % 40 = 0",
    ],
)
def test_it_leaves_out_rows_that_cannot_be_and_counts_them(session: Path, statement: str) -> None:
    changed(session, statement)
    with SessionReader(session) as reader:
        found = list(reader.events())
    assert (len(found), reader.damaged) == (3900, 100)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE attempts_packed SET detail = 77777 WHERE seq = 1",
        "UPDATE attempts_packed SET rest = x'c1' WHERE seq = 1",
        "UPDATE attempts_packed SET connect = x'00' WHERE seq = 1",
        "UPDATE attempts_packed SET connect = 1e300, tls = -1e300 WHERE seq = 1",
        "INSERT INTO notes VALUES (5555, x'c1')",
    ],
)
def test_it_survives_attempts_that_cannot_be(session: Path, statement: str) -> None:
    changed(
        session,
        statement,
        "UPDATE attempts_packed SET detail = 5555 WHERE seq = 3 AND EXISTS (SELECT 1 FROM notes WHERE id = 5555)",
    )
    with SessionReader(session) as reader:
        assert len(list(reader.events())) == 3999


def test_it_does_not_count_through_made_up_numbers(session: Path) -> None:
    changed(session, f"UPDATE checks_packed SET seq = {2**61} WHERE seq = 4000")
    with SessionReader(session) as reader:
        assert len(list(reader.events())) == 4000


def test_it_reads_rows_of_two_tables_with_the_same_number(session: Path) -> None:
    changed(session, "UPDATE checks_packed SET seq = seq - 1")
    with SessionReader(session) as reader:
        assert len(list(reader.events())) == 4000


def test_it_does_not_read_a_value_without_limit(session: Path) -> None:
    changed(session, "INSERT INTO plans VALUES (9000, 1.0, zeroblob(40000000))")
    with SessionReader(session) as reader:
        assert len(list(reader.events())) == 4000
        assert reader.damaged


def test_it_cannot_write(session: Path) -> None:
    before = session.read_bytes()
    with SessionReader(session) as reader, pytest.raises(sqlite3.OperationalError):
        reader._connection.execute("DELETE FROM checks")
    assert session.read_bytes() == before


def test_it_leaves_nothing_beside_the_file(session: Path) -> None:
    with SessionReader(session) as reader:
        list(reader.events())
    assert [entry.name for entry in session.parent.iterdir()] == [session.name]


@pytest.mark.parametrize("name", ["a b#?%41.clearline", "Sitzung – Mühle.clearline", "'quoted'.clearline"])
def test_it_opens_files_of_any_name(session: Path, name: str) -> None:
    session = session.rename(session.with_name(name))
    with SessionReader(session) as reader:
        assert reader.meta.session_id == SESSION


@pytest.mark.parametrize("mess", [lambda size: range(0, size, 977), lambda size: range(100, size, 4096)])
def test_it_never_fails_but_with_a_problem(session: Path, mess: Callable[[int], range]) -> None:
    content = bytearray(session.read_bytes())
    for place in mess(len(content)):
        if place >= 100:
            content[place] ^= 0x5A
    session.write_bytes(content)
    try:
        with SessionReader(session) as reader:
            found = len(list(reader.events())) + len(reader.rollups("shop", 10))
            assert reader.duration_s >= 0
            assert reader.damaged
    except SessionFileError:
        found = 0
    assert found < 5000
