"""TCP: what the lab's servers do on the wire, seen by raw sockets."""

import asyncio
import socket

import pytest

from clearline.domain.target import Target
from clearline.lab.faults import LabFault
from clearline.lab.lab import Lab
from support.lab_clients import dial, get, in_lab, one_target, read_all, say


def test_a_well_server_greets() -> None:
    def look(target: Target) -> bytes:
        with dial(target) as sock:
            return sock.recv(100)

    assert in_lab("tcp", "", look) == b"220 ready\r\n"


def test_a_refusal_is_the_systems_own() -> None:
    def look(target: Target) -> None:
        with pytest.raises(ConnectionRefusedError):
            dial(target)

    in_lab("tcp", 'kind = "refused"', look)


def test_a_reset_follows_the_accept() -> None:
    def look(target: Target) -> None:
        with dial(target) as sock, pytest.raises(ConnectionResetError):
            sock.recv(1)

    in_lab("tcp", 'kind = "reset_after_accept"', look)


def test_a_polite_end_is_fin_even_when_the_client_spoke_first() -> None:
    assert in_lab("http", 'kind = "closed_after_accept"', lambda target: say(target, get())) == b""


def test_silence_accepts_and_says_nothing() -> None:
    def look(target: Target) -> None:
        with dial(target) as sock:
            sock.settimeout(0.3)
            sock.sendall(get())
            with pytest.raises(TimeoutError):
                sock.recv(1)

    in_lab("http", 'kind = "silent_after_accept"', look)


def test_a_black_hole_answers_no_syn() -> None:
    def look(target: Target) -> None:
        for _ in range(2):
            with pytest.raises(TimeoutError):
                dial(target, 0.4)

    in_lab("tcp", 'kind = "black_hole"', look)


def test_an_ipv6_target_is_on_ipv6_loopback() -> None:
    def look(target: Target) -> tuple[str, bytes]:
        return target.host, say(target, get())

    host, answer = in_lab("http", "", look, more="family = 6")
    assert host == "::1"
    assert answer.startswith(b"HTTP/1.1 200 OK\r\n")


def test_faults_come_and_go_on_the_same_port() -> None:
    async def run() -> list[str]:
        seen = []
        async with Lab(one_target("http")) as lab:
            target = lab.plan.targets[0]
            for kind in (
                "",
                "refused",
                "",
                "black_hole",
                "",
                "reset_after_accept",
                "silent_after_accept",
                "refused",
                "",
            ):
                lab.set_fault("it", LabFault(kind) if kind else None)
                seen.append(await asyncio.to_thread(what_happens, target))
        return seen

    assert asyncio.run(run()) == [
        "answers", "refused", "answers", "no answer", "answers", "reset", "no answer", "refused", "answers",
    ]  # fmt: skip


def what_happens(target: Target) -> str:
    try:
        return "answers" if say(target, get(), 0.3) else "ends"
    except ConnectionRefusedError:
        return "refused"
    except ConnectionResetError:
        return "reset"
    except TimeoutError:
        return "no answer"


def test_a_refused_port_cannot_be_taken_by_others() -> None:
    def look(target: Target) -> None:
        with socket.socket() as stranger, pytest.raises(OSError, match="in use"):
            stranger.bind(("127.0.0.1", target.port))

    in_lab("tcp", 'kind = "refused"', look)


def test_a_service_that_stops_takes_its_connections_along() -> None:
    async def run() -> None:
        async with Lab(one_target("tcp")) as lab:
            sock = await asyncio.to_thread(dial, lab.plan.targets[0])
            with sock:
                assert await asyncio.to_thread(sock.recv, 100) == b"220 ready\r\n"
                lab.set_fault("it", LabFault("refused"))
                with pytest.raises(ConnectionResetError):
                    await asyncio.to_thread(sock.recv, 100)

    asyncio.run(run())


def test_more_connections_than_bearable_push_out_the_oldest() -> None:
    async def run() -> bytes:
        from clearline.lab import stream_server

        async with Lab(one_target("http", 'kind = "silent_after_accept"')) as lab:
            target = lab.plan.targets[0]
            socks = [await asyncio.to_thread(dial, target) for _ in range(stream_server.MOST_CONNECTIONS + 1)]
            try:
                with pytest.raises(ConnectionResetError):
                    await asyncio.to_thread(socks[0].recv, 1)
                socks[1].settimeout(0.05)
                with pytest.raises(TimeoutError):
                    await asyncio.to_thread(socks[1].recv, 1)
            finally:
                for sock in socks:
                    sock.close()
        return b""

    asyncio.run(run())


def test_a_half_closed_client_still_gets_its_answer() -> None:
    def look(target: Target) -> bytes:
        with dial(target) as sock:
            sock.sendall(get())
            sock.shutdown(socket.SHUT_WR)
            return read_all(sock)

    assert in_lab("http", "", look).endswith(b"hello")
