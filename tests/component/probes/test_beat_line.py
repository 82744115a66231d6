"""Long connections against real servers: the lab's, and small ones that end a connection in every way there is."""

import asyncio
import os
import socket
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from clearline.domain.event import AttemptEnded, LivenessChanged, ReplyCameLate
from clearline.domain.liveness import Heartbeat, Liveness
from clearline.domain.phase import Phase
from clearline.domain.target import Probe
from clearline.lab.lab import Lab
from clearline.net.sockets import SystemNetwork
from support.lab_clients import one_target
from support.live_line import LiveLine, live, lived
from support.misbehaving import ThreadServer, free_port, limits, on_network, probe, reached, reset, server, silent

QUICK = Heartbeat(interval_s=0.1, timeout_s=0.2, misses_to_dead=3, reconnect_base_s=0.01)


def answers(count: int, then: Callable[[socket.socket], None] | None = None) -> Callable[..., None]:
    """Answers so many beats on each connection, then does something with it."""

    def handle(connection: socket.socket, running: ThreadServer) -> None:
        left = count
        unread = b""
        while data := connection.recv(4096):
            unread += data
            *lines, unread = unread.split(b"\n")
            for line in lines:
                if left:
                    connection.sendall(line.replace(b"PING", b"PONG") + b"\n")
                    left -= 1
                if not left and then is not None:
                    then(connection)
                    return

    return handle


def in_lab(fault: str, is_enough: Callable[[LiveLine], object], heartbeat: Heartbeat = QUICK) -> LiveLine:
    """What a session sees of the lab's beat server."""

    async def story(network: SystemNetwork) -> LiveLine:
        async with Lab(one_target("beat", fault), seed=1) as lab:
            (target,) = lab.plan.targets
            assert target.probe is Probe.BEAT
            return await lived(network, target.address, heartbeat, lambda line: line.until(is_enough))

    found: LiveLine = asyncio.run(on_network(story))
    return found


# --- with the lab


def test_it_beats_on_one_connection_of_the_lab() -> None:
    line = in_lab("", lambda line: len(line.kinds) >= 5)
    assert set(line.kinds) == {""}
    assert line.changes[0] == (Liveness.ALIVE, "connected")
    assert len([change for change in line.changes if change[1] == "connected"]) == 1


@pytest.mark.parametrize(
    ("fault", "kind", "reason"),
    [
        ('kind = "beat_fin", after = 1', "tcp.closed", "closed"),
        ('kind = "beat_reset", after = 1', "tcp.reset", "reset"),
        ('kind = "beat_silent", after = 1', "tcp.stalled", "silence"),
        ('kind = "beat_stops"', "tcp.stalled", "silence"),
    ],
)
def test_it_tells_end_reset_and_silence_of_the_lab_apart(fault: str, kind: str, reason: str) -> None:
    line = in_lab(fault, lambda line: line.faults)
    assert line.faults == [kind]
    assert (Liveness.DEAD, reason) in line.changes


def test_it_finds_silence_within_its_time() -> None:
    line = in_lab('kind = "beat_silent", after = 1', lambda line: line.faults)
    died = next(change for change in line.of(LivenessChanged) if change.after is Liveness.DEAD)
    assert died.silent_s >= QUICK.silence_s - 0.01
    assert died.misses == 3


def test_it_counts_late_answers_of_the_lab_as_late() -> None:
    line = in_lab('kind = "beat_late", delay_ms = 300', lambda line: line.of(ReplyCameLate))
    assert line.faults == []
    assert line.of(ReplyCameLate)[0].after_ms >= 290


def test_it_survives_an_answer_that_the_lab_leaves_out() -> None:
    line = in_lab('kind = "beat_skips", every = 2', lambda line: len(line.kinds) >= 4)
    assert line.faults == []
    assert any(event.outcome.detail.get("beat", {}).get("misses") for event in line.of(AttemptEnded))


def test_it_tells_a_wrong_answer_of_the_lab() -> None:
    line = in_lab('kind = "beat_wrong"', lambda line: line.faults)
    assert line.faults == ["app.unexpected_reply"]


# --- with servers of our own


def test_it_hears_the_last_answer_before_a_reset_that_follows_on_its_heels() -> None:
    with server(answers(1, reset)) as running:
        line = live(f"beat://127.0.0.1:{running.port}", QUICK, lambda line: line.faults)
    assert line.kinds[:2] == ["", "tcp.reset"]
    assert line.of(AttemptEnded)[1].outcome.fault.evidence["beat"]["is_idle"]


def test_it_tells_an_end_after_the_last_answer_at_once() -> None:
    patient = Heartbeat(interval_s=60, timeout_s=60)
    with server(answers(1, lambda connection: connection.close())) as running:
        line = live(f"beat://127.0.0.1:{running.port}", patient, lambda line: line.faults)
    assert line.kinds[:2] == ["", "tcp.closed"]


def test_it_makes_a_new_connection_after_each_death() -> None:
    with server(answers(2, reset)) as running:
        line = live(f"beat://127.0.0.1:{running.port}", QUICK, lambda line: len(line.faults) >= 2)
        assert running.accepted >= 2
    assert set(line.faults) == {"tcp.reset"}
    assert [after for after, _ in line.changes][:3] == [Liveness.ALIVE, Liveness.DEAD, Liveness.ALIVE]


def test_it_tells_where_nothing_listens() -> None:
    line = live(f"beat://127.0.0.1:{free_port()}", QUICK, lambda line: line.faults)
    assert line.faults[0] == "tcp.refused"
    assert line.changes == []


@pytest.mark.skipif(sys.platform != "linux", reason="asks Linux")
def test_it_shows_what_the_kernel_was_told() -> None:
    with server(answers(99)) as running:
        line = live(f"beat://127.0.0.1:{running.port}", QUICK, lambda line: line.kinds)
    told = line.of(AttemptEnded)[0].outcome.detail["keep_alive"]
    assert {option: found["state"] for option, found in told.items()} == dict.fromkeys(
        ("keep_alive", "idle_s", "interval_s", "count", "user_timeout_s"), "set"
    )
    assert told["user_timeout_s"]["value"] == 25


# --- one attempt by itself, as `clearline check` makes it


def test_it_takes_one_answered_beat_as_success() -> None:
    with server(answers(1)) as running:
        outcome = probe(f"beat://127.0.0.1:{running.port}")
    assert outcome.ok
    assert reached(outcome) == [Phase.CONNECT, Phase.SEND, Phase.WAIT]
    assert (outcome.bytes_out, outcome.bytes_in) == (7, 7)


@pytest.mark.parametrize(
    ("then", "kind"),
    [(lambda connection: connection.close(), "tcp.closed"), (reset, "tcp.reset")],
    ids=["closed", "reset"],
)
def test_it_tells_how_the_peer_hung_up_on_a_beat(then: Callable[[socket.socket], None], kind: str) -> None:
    with server(answers(0, then)) as running:
        outcome = probe(f"beat://127.0.0.1:{running.port}")
    assert outcome.fault is not None
    assert (outcome.fault.kind, outcome.fault.phase) == (kind, Phase.WAIT)


def test_it_tells_silence_within_the_limit_of_the_attempt() -> None:
    with server(silent) as running:
        outcome = probe(f"beat://127.0.0.1:{running.port}", timeouts=limits(attempt_s=0.3))
    assert outcome.fault is not None
    assert (outcome.fault.kind, outcome.fault.phase) == ("tcp.stalled", Phase.WAIT)
    if sys.platform == "linux":
        assert outcome.fault.evidence["tcp_info"]["unacked"] == 0, "it came there"


def test_it_sends_and_expects_what_the_target_says() -> None:
    def redis(connection: socket.socket, _: ThreadServer) -> None:
        connection.recv(4096)
        connection.sendall(b"+PONG\r\n")

    with server(redis) as running:
        assert probe(f"beat://127.0.0.1:{running.port}", payload="PING", expect_text="+PONG").ok


# --- nothing stays


def connected_to(port: int) -> int:
    """Sockets of this process that are connected to a port."""
    count = 0
    for place in Path("/proc/self/fd").iterdir():
        try:
            if not str(place.readlink()).startswith("socket:"):
                continue
            with socket.socket(fileno=os.dup(int(place.name))) as copy:
                count += copy.getpeername()[1:2] == (port,)
        except OSError:
            continue
    return count


@pytest.mark.skipif(sys.platform != "linux", reason="counts open sockets in /proc")
@pytest.mark.parametrize("then", [None, reset], ids=["answers", "resets"])
def test_it_leaves_no_socket_and_no_task_stopped_at_any_turn_of_the_loop(
    then: Callable[[socket.socket], None] | None,
) -> None:
    seen: set[int] = set()
    with server(answers(2, then)) as running:

        async def stopped_after(network: SystemNetwork, turns: int) -> None:
            async def story(_line: LiveLine) -> None:
                for _ in range(turns):
                    await asyncio.sleep(0)
                seen.add(connected_to(running.port))

            await lived(network, f"beat://127.0.0.1:{running.port}", Heartbeat(interval_s=0.1, timeout_s=0.05), story)
            assert connected_to(running.port) == 0
            assert len(asyncio.all_tasks()) == 1

        async def all_turns(network: SystemNetwork) -> None:
            for turns in (*range(24), *range(24, 400, 47)):
                await stopped_after(network, turns)

        asyncio.run(on_network(all_turns))
        assert seen == {0, 1}, "it was stopped without a connection and with one"


def test_it_resets_with_what_the_test_says_it_does() -> None:
    """The servers above rely on it: bytes, then RST, in this order on the wire."""
    with server(answers(1, reset)) as running, socket.create_connection(("127.0.0.1", running.port)) as sock:
        sock.settimeout(5)
        sock.sendall(b"PING 1\n")
        assert sock.recv(100) == b"PONG 1\n"
        with pytest.raises(ConnectionResetError):
            sock.recv(100)
