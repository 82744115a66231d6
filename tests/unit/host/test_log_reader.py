"""Logs read back: newest first, whatever a file holds."""

import json
import os
from pathlib import Path

import pytest

from clearline.host import log_reader
from clearline.host.log_reader import read, signature


def _line(second: int, event: str = "x", **more: object) -> str:
    return json.dumps({"timestamp": f"2026-11-23T14:00:{second:02}+00:00", "level": "info", "event": event, **more})


def test_it_reads_all_files_newest_first(tmp_path: Path) -> None:
    (tmp_path / "window.jsonl").write_text(_line(1, "first") + "\n" + _line(3, "third") + "\n")
    (tmp_path / "engine.jsonl.1").write_text(_line(2, "second") + "\n")
    assert [(entry.text, entry.source) for entry in read(tmp_path)] == [
        ("third", "window"),
        ("second", "engine"),
        ("first", "window"),
    ]


def test_it_keeps_the_order_of_lines_at_the_same_moment(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text(_line(1, "before") + "\n" + _line(1, "after") + "\n")
    assert [entry.text for entry in read(tmp_path)] == ["after", "before"]


def test_it_puts_values_into_the_line(tmp_path: Path) -> None:
    line = _line(1, "attempt_failed", target="Printer", attempt=2, fault="tcp.refused", evidence={"errno": 111})
    (tmp_path / "session-a.jsonl").write_text(line)
    (entry,) = read(tmp_path)
    assert entry.text == "attempt failed · attempt 2 · tcp.refused · evidence errno=111"
    assert (entry.target, entry.raw) == ("Printer", line)


@pytest.mark.parametrize("bad", [b"not json", b"[1]", b'{"level": "odd"}', b'{"timestamp": 5}', b"\xff\xfe", b'{"a":'])
def test_it_shows_what_it_cannot_read_as_it_is(tmp_path: Path, bad: bytes) -> None:
    (tmp_path / "a.jsonl").write_bytes(bad)
    (entry,) = read(tmp_path)
    assert (entry.level, entry.wall_s) == ("info", 0.0)


def test_it_reads_only_the_end_of_large_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = "".join(_line(second) + "\n" for second in range(60))
    (tmp_path / "a.jsonl").write_text(text)
    monkeypatch.setattr(log_reader, "MOST_BYTES", 300)
    entries = read(tmp_path)
    assert 0 < len(entries) < 6
    assert json.loads(entries[0].raw)["timestamp"].endswith("59+00:00")


def test_it_reads_so_many_lines(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text("".join(_line(second) + "\n" for second in range(20)))
    assert len(read(tmp_path, most=7)) == 7


def test_it_notices_when_a_log_has_grown(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text("x\n")
    os.utime(path, (1, 1))
    before = signature(tmp_path)
    path.write_text("x\ny\n")
    assert signature(tmp_path) != before
