"""The cable of a long connection is pulled: nobody reports that, so beats and the kernel's keep-alive must find it."""

import asyncio
import contextlib
import socket
import threading
from collections.abc import Iterator

import pytest

from clearline.domain.event import AttemptEnded, LivenessChanged
from clearline.domain.liveness import Heartbeat, KeepAlive, Liveness
from support.live_line import LiveLine, lived
from support.misbehaving import on_network
from support.namespaces import Namespaces, join_by_veth, why_not

PORT = 7000
ADDRESS = f"beat://10.77.0.2:{PORT}"
CABLE = "client1"
QUICK = Heartbeat(interval_s=0.2, timeout_s=0.3, misses_to_dead=3, reconnect_base_s=0.1, reconnect_cap_s=0.5)
PATIENT = Heartbeat(interval_s=60, timeout_s=60)
KERNEL = KeepAlive(idle_s=1, interval_s=1, count=2)


def _answer(connection: socket.socket) -> None:
    with connection, contextlib.suppress(OSError):
        while data := connection.recv(4096):
            connection.sendall(data.replace(b"PING", b"PONG"))


def _serve(listener: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while True:
            connection, _ = listener.accept()
            threading.Thread(target=_answer, args=(connection,), daemon=True).start()


@pytest.fixture
def cabled() -> Iterator[Namespaces]:
    """A client and a server that answers heartbeats, with a cable between them."""
    if reason := why_not():
        pytest.skip(reason)
    with Namespaces("client", "server") as spaces:
        join_by_veth(spaces, "client", "server", "10.77.0")
        listener = spaces.inside("server", lambda: socket.create_server(("10.77.0.2", PORT)))
        threading.Thread(target=_serve, args=(listener,), daemon=True).start()
        yield spaces
        with contextlib.suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        listener.close()


def pulled(spaces: Namespaces, heartbeat: Heartbeat, keep_alive: KeepAlive, *, is_put_back: bool = False) -> LiveLine:
    """What a session tells when the cable is pulled after the first beat."""

    async def story(line: LiveLine) -> None:
        await line.until(lambda line: line.kinds)
        spaces.ip(f"-n {{server}} link set {CABLE} down")
        await line.until(lambda line: line.faults)
        if is_put_back:
            spaces.ip(f"-n {{server}} link set {CABLE} up")
            await line.until(lambda line: line.kinds[-1] == "")

    def watch() -> LiveLine:
        found: LiveLine = asyncio.run(on_network(lambda network: lived(network, ADDRESS, heartbeat, story, keep_alive)))
        return found

    return spaces.inside("client", watch)


def test_it_finds_the_pulled_cable_by_its_beats_and_comes_back_with_it(cabled: Namespaces) -> None:
    line = pulled(cabled, QUICK, KeepAlive(), is_put_back=True)
    assert line.faults[0] == "tcp.stalled"
    died = next(change for change in line.of(LivenessChanged) if change.after is Liveness.DEAD)
    assert QUICK.silence_s - 0.01 <= died.silent_s < QUICK.silence_s + 2
    assert line.kinds[-1] == ""


def test_it_hears_of_it_from_the_kernel_where_beats_are_rare(cabled: Namespaces) -> None:
    line = pulled(cabled, PATIENT, KERNEL)
    assert line.faults == ["tcp.aborted"]
    assert (Liveness.DEAD, "aborted") in line.changes
    evidence = line.of(AttemptEnded)[-1].outcome.fault.evidence
    assert evidence["beat"]["is_idle"]
    assert evidence["beat"]["silent_s"] < KERNEL.silence_s + 3


def test_it_hears_from_the_kernel_that_what_was_sent_was_never_acknowledged(cabled: Namespaces) -> None:
    """Keep-alive works only while idle: with a beat in flight it is the user timeout that ends it."""
    line = pulled(
        cabled, Heartbeat(interval_s=0.5, timeout_s=60), KeepAlive(idle_s=60, interval_s=60, user_timeout_s=1.5)
    )
    assert line.faults == ["tcp.aborted"]
    assert not line.of(AttemptEnded)[-1].outcome.fault.evidence["beat"]["is_idle"]
