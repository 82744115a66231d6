"""`clearline diagnose` as people and scripts run it; loopback only."""

import json
import re
import socket
from pathlib import Path

import pytest

from support.command_line import clearline
from support.misbehaving import ThreadServer, answering, receive_whole, server


@pytest.fixture
def closed() -> int:
    """A port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


def test_it_says_what_is_wrong_in_words_and_ends_with_1(closed: int) -> None:
    done = clearline("diagnose", f"tcp://127.0.0.1:{closed}", "--ticket")
    assert done.returncode == 1
    assert "The service is not running. Its computer is reachable." in done.stdout
    assert "Who can" not in done.stderr
    assert f"Address: 127.0.0.1:{closed}" in done.stdout


def test_it_says_that_it_works_and_ends_with_0() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        done = clearline("diagnose", f"tcp://127.0.0.1:{server.getsockname()[1]}", "--lang", "fr")
    assert (done.returncode, done.stderr) == (0, "")
    assert "Cela fonctionne." in done.stdout


def test_its_json_has_every_step_and_ends_with_the_verdict(closed: int) -> None:
    done = clearline("diagnose", f"http://u:secret@127.0.0.1:{closed}/", "--json")
    told = [json.loads(line) for line in done.stdout.splitlines()]
    assert [each["step"] for each in told if each["event"] == "step_changed"].count("connect") == 1
    last = [each for each in told if each["event"] == "verdict_changed"][-1]
    assert (last["verdict"], last["confidence"], last["whose"], last["is_final"]) == (
        "service_down", "certain", "server", True,
    )  # fmt: skip
    assert told[-1] == {**told[-1], "event": "diagnosis_ended", "reason": "done"}
    assert "secret" not in done.stdout


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("tcp://127.0.0.1:1", "tcp://127.0.0.1:2"), "one target"),
        ((), "Nothing to test was given"),
        (("tcp://127.0.0.1:1", "--control", "tcp://x"), "port"),
        (("tcp://127.0.0.1:1", "--load-to", "http://127.0.0.1:1/"), "Add --load 20"),
        (("tcp://127.0.0.1:1", "--load", "5", "--load-to", "tcp://127.0.0.1:2"), "sends to web addresses only"),
    ],
)
def test_it_says_what_to_write_instead(arguments: tuple[str, ...], sentence: str) -> None:
    done = clearline("diagnose", *arguments)
    assert done.returncode == 2
    assert sentence in done.stderr


def test_it_names_every_host_that_it_could_contact() -> None:
    assert clearline("diagnose", "--list").stdout == ""
    assert len(clearline("diagnose", "--list", "--outside").stdout.split()) == 6
    own = clearline("diagnose", "--list", "--load", "5", "--load-to", "u:secret@files.example/drop").stdout
    assert own.split() == ["https://u:•••@files.example/drop"]


def test_it_weighs_what_a_colleague_recorded_of_the_same_target(closed: int, tmp_path: Path) -> None:
    address, file = f"tcp://127.0.0.1:{closed}", tmp_path / "theirs.clearline"
    with socket.create_server(("127.0.0.1", closed)):
        assert clearline("watch", address, "--for", "1s", "--every", "0.3s", "--record", str(file)).returncode == 0
    done = clearline("diagnose", address, "--colleague", str(file))
    assert "From another computer it works." in done.stdout
    other = clearline("diagnose", "tcp://127.0.0.1:1", "--colleague", str(file))
    assert (other.returncode, "holds no attempt" in other.stderr) == (2, True)


def test_it_reports_the_ladder_the_verdict_and_the_text_for_a_ticket(closed: int, tmp_path: Path) -> None:
    out = tmp_path / "r.txt"
    done = clearline("diagnose", f"http://u:secret@127.0.0.1:{closed}/?token=secret", "--report", str(out))
    assert (done.returncode, f"Written to {out}" in done.stdout) == (1, True), done.stderr
    told = out.read_text(encoding="utf-8")
    assert "secret" not in told
    assert re.search(r"(?m)^Connect +✕ fails .*Connection refused", told)
    assert "What happens:\n  The service is not running. Its computer is reachable." in told
    assert f"Address: 127.0.0.1:{closed}" in told.partition("To paste into a ticket")[2]
    assert "No two checks" not in told


@pytest.mark.parametrize("ending", [".html", ".pdf", ".csv", ".json", ".har", ".prom", ".clearline"])
def test_it_reports_in_every_form_that_a_session_has(closed: int, tmp_path: Path, ending: str) -> None:
    out = tmp_path / f"r{ending}"
    given = ("--report", str(out), "--ticket-code", "INC-4711", "--lang", "fr")
    done = clearline("diagnose", f"http://127.0.0.1:{closed}/private-wing", "--json", *given)
    assert (done.returncode, done.stderr) == (1, "")
    assert all(json.loads(line) for line in done.stdout.splitlines())
    assert out.stat().st_size > 0
    assert b"private-wing" not in out.read_bytes()
    assert [path.name for path in tmp_path.iterdir()] == [out.name]


def test_it_reports_what_another_command_can_report_again(closed: int, tmp_path: Path) -> None:
    session, page = tmp_path / "d.clearline", tmp_path / "d.txt"
    assert clearline("diagnose", f"tcp://127.0.0.1:{closed}", "--report", str(session)).returncode == 1
    assert clearline("report", str(session), "-o", str(page)).returncode == 0
    assert "The service is not running." in page.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("--report", "r.docx"), 2, "ends in no form"),
        (("--report", "missing/r.html"), 3, "was not saved: No such file"),
        (("--report", "there.html"), 3, "exists already and was not touched"),
        (("--report", "r.html", "--ticket-code", "1"), 2, "needs 4 characters"),
        (("--redact",), 2, "Add --report"),
    ],
)
def test_it_says_what_is_wrong_with_a_report_before_it_tests(
    closed: int, tmp_path: Path, arguments: tuple[str, ...], code: int, said: str
) -> None:
    (tmp_path / "there.html").write_text("mine")
    placed = [str(tmp_path / each) if "." in each else each for each in arguments]
    done = clearline("diagnose", f"tcp://127.0.0.1:{closed}", *placed)
    assert (done.returncode, done.stdout) == (code, "")
    assert said in done.stderr
    assert (tmp_path / "there.html").read_text() == "mine"
    assert len(list(tmp_path.iterdir())) == 1


def test_it_goes_through_the_proxy_it_is_given(closed: int) -> None:
    done = clearline("diagnose", "https://shop.test/", "--proxy", f"http://127.0.0.1:{closed}")
    assert "The proxy is not running." in done.stdout


def test_it_lets_a_connection_rest_and_the_line_be_busy_where_it_is_asked_to() -> None:
    large = b"HTTP/1.1 200 OK\r\nContent-Length: 900000\r\n\r\n" + bytes(900_000)
    with server(answering(large)) as there:
        address = f"http://127.0.0.1:{there.port}/"
        done = clearline("diagnose", address, "--idle", "1s", "--load", "5", "--json")
    (told,) = [one for one in map(json.loads, done.stdout.splitlines()) if one.get("step") == "compare"]
    assert told["facts"]["reuse.is_cut"] is False
    assert 1 < told["facts"]["load.mb"] <= 5
    assert done.returncode == 0


def test_it_sends_what_it_may_and_no_more_where_it_is_told_to() -> None:
    taken: list[int] = []

    def take(connection: socket.socket, _running: ThreadServer) -> None:
        while size := receive_whole(connection)[1]:
            taken.append(size)
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")

    with server(take) as there:
        place = f"127.0.0.1:{there.port}"
        done = clearline("diagnose", f"tcp://{place}", "--load", "5", "--load-to", f"http://{place}/drop", "--json")
    (told,) = [one for one in map(json.loads, done.stdout.splitlines()) if one.get("step") == "compare"]
    assert 2_000_000 < sum(taken) <= 5_000_000
    assert told["facts"]["load.up_mb"] == round(sum(taken) / 1e6, 1)
    assert done.returncode == 0


def test_it_says_that_an_address_takes_no_uploads_even_where_that_is_said_before_the_body_is_read() -> None:
    with server(answering(b"HTTP/1.1 405 Method Not Allowed\r\nContent-Length: 0\r\n\r\n")) as there:
        place = f"127.0.0.1:{there.port}"
        done = clearline("diagnose", f"tcp://{place}", "--load", "5", "--load-to", f"http://{place}/page")
    assert "127.0.0.1 does not take what is sent to it (HTTP 405)" in done.stdout
    assert done.returncode == 0


@pytest.mark.parametrize(("option", "value"), [("--idle", "1h"), ("--load", "0"), ("--load", "9999")])
def test_it_lets_nobody_ask_for_too_much(option: str, value: str) -> None:
    done = clearline("diagnose", "http://127.0.0.1:1/", option, value)
    assert done.returncode == 2
    assert option in done.stderr
