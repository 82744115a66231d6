"""Long connections and late answers as people and scripts see them in the terminal."""

import contextlib
import json
import socket
import threading
from pathlib import Path

from clearline.domain.event import AttemptEnded, LivenessChanged, ReplyCameLate
from clearline.domain.liveness import Liveness
from clearline.store.reader import SessionReader
from support.command_line import clearline
from support.misbehaving import ThreadServer, datagram_server, free_port, server


def answers_three(connection: socket.socket, _: ThreadServer) -> None:
    """Answers three beats and then hangs up."""
    for _number in range(3):
        if not (line := connection.recv(100)):
            return
        connection.sendall(line.replace(b"PING", b"PONG"))


def hello(connection: socket.socket, _: ThreadServer) -> None:
    if connection.recv(100) == b"HELLO\n":
        connection.sendall(b"HI THERE\n")


def plan(folder: Path, text: str) -> str:
    path = folder / "plan.toml"
    path.write_text(text, encoding="utf-8")
    return str(path)


def test_it_watches_a_long_connection_and_records_its_beats_and_its_end(tmp_path: Path) -> None:
    record = tmp_path / "session.clearline"
    with server(answers_three) as running:
        text = f'[[target]]\nid = "line"\naddress = "beat://127.0.0.1:{running.port}"\ninterval_s = 0.2\n'
        done = clearline("watch", "--plan", plan(tmp_path, text), "--for", "1.5s", "--record", str(record), "--json")
    told = [json.loads(line) for line in done.stdout.splitlines()]
    with contextlib.closing(SessionReader(record)) as reader:
        events = list(reader.events())
    attempts = [event for event in events if isinstance(event, AttemptEnded)]
    changes = [event for event in events if isinstance(event, LivenessChanged)]
    assert [event.outcome.fault.kind if event.outcome.fault else "" for event in attempts][:4] == [
        "",
        "",
        "",
        "tcp.closed",
    ]
    assert [(change.after, change.reason) for change in changes][:2] == [
        (Liveness.ALIVE, "connected"),
        (Liveness.DEAD, "closed"),
    ]
    assert [line["reason"] for line in told if line["event"] == "liveness_changed"][:2] == ["connected", "closed"]


def test_it_checks_a_heartbeat_once_with_the_words_of_the_profile(tmp_path: Path) -> None:
    text = (
        '[[target]]\naddress = "beat://127.0.0.1:{port}"\nprofile = "chat"\n'
        '[[profile]]\nname = "chat"\n[profile.heartbeat]\nsend = "HELLO"\nexpect = "HI"\n'
    )
    with server(hello) as running:
        done = clearline("check", "--plan", plan(tmp_path, text.format(port=running.port)))
    assert done.returncode == 0, done.stdout + done.stderr


def test_it_says_that_nothing_takes_the_connection() -> None:
    done = clearline("check", f"beat://127.0.0.1:{free_port()}")
    assert done.returncode == 1
    assert "tcp.refused" in done.stdout


def test_it_records_an_answer_that_comes_late(tmp_path: Path) -> None:
    record = tmp_path / "session.clearline"

    def slow(data: bytes) -> list[bytes]:
        threading.Event().wait(0.7)
        return [data]

    text = (
        '[[target]]\nid = "echo"\naddress = "udp://127.0.0.1:{port}"\nprofile = "once"\ninterval_s = 2\n'
        '[[profile]]\nname = "once"\n[profile.timeouts]\nwait_s = 0.5\n[profile.retry]\nattempts = 1\n'
    )
    with datagram_server(slow) as port:
        path = plan(tmp_path, text.format(port=port))
        done = clearline("watch", "--plan", path, "--for", "2s", "--record", str(record), "--json")
    with contextlib.closing(SessionReader(record)) as reader:
        late = next((event for event in reader.events() if isinstance(event, ReplyCameLate)), None)
    assert late is not None, done.stdout + done.stderr
    assert (late.target, late.check, late.attempt) == ("echo", 0, 1)
    assert late.after_ms >= 700
