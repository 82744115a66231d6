"""The TCP probe against real sockets on loopback."""

import select
import socket
import sys
import threading

import pytest

from clearline.domain.phase import Phase
from clearline.net import sockets
from support.misbehaving import (
    ThreadServer,
    free_port,
    limits,
    probe,
    reached,
    reset,
    server,
    silent,
)

ON_LINUX = pytest.mark.skipif(sys.platform != "linux", reason="reads the kernel's own figures")


def test_it_succeeds_where_something_listens() -> None:
    with server(silent) as running:
        outcome = probe(f"tcp://127.0.0.1:{running.port}")

    assert outcome.ok
    assert reached(outcome) == [Phase.CONNECT]
    assert outcome.address == f"127.0.0.1:{running.port}"
    assert outcome.detail["local_ip"] == "127.0.0.1"


@ON_LINUX
def test_it_tells_the_kernels_round_trip_and_its_own_share() -> None:
    with server(silent) as running:
        outcome = probe(f"tcp://127.0.0.1:{running.port}")

    assert outcome.kernel_rtt_ms is not None
    assert outcome.lag_ms is not None
    assert outcome.phases.connect is not None
    assert outcome.phases.connect == pytest.approx(outcome.kernel_rtt_ms + outcome.lag_ms, abs=0.01) or (
        outcome.lag_ms == 0
    )
    assert outcome.syn_retransmits == 0


def test_it_tells_where_nothing_listens() -> None:
    outcome = probe(f"tcp://127.0.0.1:{free_port()}")

    assert outcome.fault is not None
    assert (outcome.fault.kind, outcome.fault.phase) == ("tcp.refused", Phase.CONNECT)
    assert reached(outcome) == [Phase.CONNECT]
    assert outcome.fault.evidence["os_error"]["name"] == "ECONNREFUSED"


def test_it_counts_a_service_that_hangs_up_at_once_as_connected() -> None:
    def slam(connection: socket.socket, _: ThreadServer) -> None:
        reset(connection)

    with server(slam) as running:
        outcome = probe(f"tcp://127.0.0.1:{running.port}")

    assert outcome.ok


@ON_LINUX
@pytest.mark.parametrize(
    ("scheme", "kind", "phase"),
    [("tcp", "", None), ("tls", "tls.reset", Phase.TLS), ("http", "tcp.reset", Phase.WAIT)],
)
def test_a_reset_right_behind_the_handshake_is_no_failed_connect(
    scheme: str, kind: str, phase: Phase | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def slam(connection: socket.socket, _: ThreadServer) -> None:
        reset(connection)

    def is_reset_first(sock: socket.socket) -> bool:
        poll = select.poll()
        poll.register(sock, 0)
        return bool(poll.poll(5_000))

    monkeypatch.setattr(sockets, "_is_settled", is_reset_first)
    with server(slam) as running:
        outcome = probe(f"{scheme}://127.0.0.1:{running.port}")

    assert outcome.phases.connect is not None
    assert (outcome.fault.kind, outcome.fault.phase) == (kind, phase) if outcome.fault else kind == ""


@pytest.fixture
def black_hole() -> object:
    """A listener whose accept queue is full: Linux drops further SYNs, like a firewall that says nothing."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen(0)
    fillers = []
    for _ in range(4):
        filler = socket.socket()
        filler.setblocking(False)
        filler.connect_ex(listener.getsockname())
        fillers.append(filler)
    yield listener.getsockname()[1]
    for sock in (*fillers, listener):
        sock.close()


@ON_LINUX
def test_it_times_out_where_packets_vanish(black_hole: int) -> None:
    outcome = probe(f"tcp://127.0.0.1:{black_hole}", timeouts=limits(connect_s=0.3))

    assert outcome.fault is not None
    assert outcome.fault.kind == "tcp.timed_out"
    assert outcome.fault.evidence["deadline"] == {"phase": "connect", "value_s": 0.3, "by": "connect"}
    assert outcome.phases.connect is not None
    assert outcome.phases.connect >= 299
    assert not outcome.fault.is_void


@ON_LINUX
def test_it_is_void_where_the_checks_total_cut_it_short(black_hole: int) -> None:
    outcome = probe(f"tcp://127.0.0.1:{black_hole}", deadline_s=0.2)

    assert outcome.fault is not None
    assert outcome.fault.kind == "tcp.timed_out"
    assert outcome.fault.evidence["deadline"]["by"] == "total"
    assert outcome.fault.is_void


@ON_LINUX
def test_it_counts_where_the_attempts_own_limit_ended_it(black_hole: int) -> None:
    outcome = probe(f"tcp://127.0.0.1:{black_hole}", timeouts=limits(attempt_s=0.2))

    assert outcome.fault is not None
    assert outcome.fault.evidence["deadline"]["by"] == "attempt"
    assert not outcome.fault.is_void


@ON_LINUX
def test_it_reports_a_lost_connection_request() -> None:
    """The accept queue empties while the first SYN is lost: the kernel's retransmit gets through a second later."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen(0)
    filler = socket.create_connection(listener.getsockname())
    drained: list[socket.socket] = []

    def drain() -> None:
        drained.append(listener.accept()[0])

    timer = threading.Timer(0.3, drain)
    timer.start()
    outcome = probe(f"tcp://127.0.0.1:{listener.getsockname()[1]}", timeouts=limits(connect_s=4))
    timer.join()
    for sock in (*drained, filler, listener):
        sock.close()

    assert outcome.ok
    assert outcome.syn_retransmits >= 1
    assert outcome.lag_ms is None


def test_it_tries_the_next_address_and_keeps_what_each_said() -> None:
    with server(silent) as running:
        outcome = probe(f"tcp://localhost:{running.port}")

    assert outcome.ok
    assert outcome.detail["addresses"][-1]["kind"] == ""
    assert outcome.detail["addresses"][-1]["address"] == outcome.address
    assert reached(outcome) == [Phase.RESOLVE, Phase.CONNECT]


def test_it_connects_to_another_address_than_the_names() -> None:
    with server(silent) as running:
        outcome = probe("tcp://name.invalid:443", via=f"127.0.0.1:{running.port}")

    assert outcome.ok
    assert reached(outcome) == [Phase.CONNECT]


def test_it_tells_a_name_that_does_not_resolve() -> None:
    outcome = probe("tcp://nothing.invalid:80")

    assert outcome.fault is not None
    assert outcome.fault.phase is Phase.RESOLVE
    assert outcome.fault.kind in ("dns.name_not_resolved.nxdomain", "dns.failed")
    assert reached(outcome) == [Phase.RESOLVE]
    assert outcome.address == ""


@ON_LINUX
def test_it_refuses_addresses_that_nothing_can_be_sent_to() -> None:
    outcome = probe("tcp://name.invalid:80", via="0.0.0.0:80")

    assert outcome.fault is not None
    assert outcome.fault.kind == "tcp.address_invalid"
