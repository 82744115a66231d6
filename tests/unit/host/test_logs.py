"""The log, and what is left of a crash."""

import faulthandler
import json
import logging
from pathlib import Path

import pytest

from clearline.host.crash import CrashFile, note_defect
from clearline.host.logs import Logs, log_to_terminal, masked


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A place of its own for the log."""
    monkeypatch.setenv("CLEARLINE_HOME", str(tmp_path))
    return tmp_path


def test_it_writes_a_line_of_json_with_level_name_and_words() -> None:
    logs = Logs("engine")
    logging.getLogger("clearline.store").warning("the disk is %s", "full")
    logs.close()
    (line,) = logs.path.read_text().splitlines()
    entry = json.loads(line)
    assert (entry["event"], entry["level"], entry["logger"]) == ("the disk is full", "warning", "clearline.store")


def test_it_keeps_the_traceback_of_an_error() -> None:
    logs = Logs("engine")
    logging.getLogger("x").error("broke", exc_info=ZeroDivisionError("ours"))
    logs.close()
    assert "ZeroDivisionError: ours" in json.loads(logs.path.read_text())["exception"]


def test_it_masks_secrets_wherever_they_stand() -> None:
    logs = Logs("engine")
    logging.getLogger("x").warning("trying %s now", "https://ann:hunter2@example.com/?token=s3cret&page=2")
    logging.getLogger("x").error("broke", exc_info=ValueError("cannot use tcp://bob:swordfish@host:1"))
    logs.close()
    written = logs.path.read_text()
    assert not [secret for secret in ("hunter2", "s3cret", "swordfish") if secret in written]
    assert "page=2" in written


def test_it_leaves_other_text_as_it_is() -> None:
    assert masked("16:9 is a ratio, 1+1 https://example.com/a?b=c fine") == (
        "16:9 is a ratio, 1+1 https://example.com/a?b=c fine"
    )


def test_it_works_without_a_log_where_the_folder_cannot_be_made(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (home / "file").write_text("")
    monkeypatch.setenv("CLEARLINE_HOME", str(home / "file"))
    logs, crash_file = Logs("engine"), CrashFile("engine")
    logging.getLogger("x").warning("nobody hears this")
    logs.close()
    crash_file.close()
    assert logs.path is None
    assert note_defect(ValueError("x"), "check") is None


def test_it_may_be_closed_twice() -> None:
    logs = Logs("engine")
    logs.close()
    logs.close()
    assert logs.path.exists()


def test_it_leaves_no_crash_file_after_a_clean_end(home: Path) -> None:
    was_enabled = faulthandler.is_enabled()
    crash_file = CrashFile("engine")
    assert faulthandler.is_enabled()
    assert list((home / "logs").glob("*.crash")) == [crash_file.path]
    crash_file.close()
    if was_enabled:
        faulthandler.enable()
    assert list((home / "logs").glob("*.crash")) == []


def test_it_keeps_the_traceback_of_a_defect_in_a_file() -> None:
    path = note_defect(ZeroDivisionError("ours"), "check 3 of a")
    assert "check 3 of a" in path.read_text()
    assert "ZeroDivisionError: ours" in path.read_text()


def test_it_masks_secrets_in_the_traceback_of_a_defect() -> None:
    path = note_defect(ValueError("cannot use https://ann:hunter2@example.com/"), "check")
    assert "hunter2" not in path.read_text()


def test_the_terminal_gets_no_secret_and_no_library_steps(capsys: pytest.CaptureFixture[str]) -> None:
    root = logging.getLogger()
    before = list(root.handlers)
    log_to_terminal()
    try:
        logging.getLogger("httpcore2").debug("send_request_headers Authorization: Basic YW5uOmh1bnRlcjI=")
        logging.getLogger("clearline.net").debug("asked http://ann:hunter2@host.example/")
    finally:
        for handler in set(root.handlers) - set(before):
            root.removeHandler(handler)
        logging.getLogger("clearline").setLevel(logging.NOTSET)
    told = capsys.readouterr().err
    assert "DEBUG clearline.net: asked http://" in told
    assert "hunter2" not in told
    assert "Basic" not in told
