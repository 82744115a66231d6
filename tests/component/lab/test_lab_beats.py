"""Heartbeats: what a long connection sees of a service that answers, lags, stops and dies."""

import asyncio
import socket

import pytest

from clearline.domain.target import Target
from clearline.lab.faults import LabFault
from clearline.lab.lab import Lab
from support.lab_clients import dial, in_lab, one_target


def beat(sock: socket.socket, line: bytes = b"PING\n") -> bytes:
    sock.sendall(line)
    return sock.recv(100)


def test_it_answers_each_beat_with_its_own_tag_in_order() -> None:
    def look(target: Target) -> list[bytes]:
        with dial(target) as sock:
            answers = [beat(sock), beat(sock, b"ping 17\r\n")]
            sock.sendall(b"PING a\nnonsense\nPI")
            answers.append(sock.recv(100))
            return [*answers, beat(sock, b"NG b\n")]

    assert in_lab("beat", "", look) == [b"PONG\n", b"PONG 17\n", b"PONG a\n", b"PONG b\n"]


def test_it_dies_by_fin_after_so_many_answers() -> None:
    def look(target: Target) -> list[bytes]:
        with dial(target) as sock:
            return [beat(sock) for _ in range(3)]

    assert in_lab("beat", 'kind = "beat_fin", after = 2', look) == [b"PONG\n", b"PONG\n", b""]


def test_it_dies_by_reset_after_so_many_answers() -> None:
    def look(target: Target) -> bytes:
        with dial(target) as sock:
            answer = beat(sock)
            with pytest.raises(ConnectionResetError):
                beat(sock)
            return answer

    assert in_lab("beat", 'kind = "beat_reset", after = 1', look) == b"PONG\n"


@pytest.mark.parametrize("fault", ['kind = "beat_silent", after = 1', 'kind = "beat_skips", every = 2'])
def test_it_leaves_the_second_beat_unanswered(fault: str) -> None:
    def look(target: Target) -> bytes:
        with dial(target) as sock:
            answer = beat(sock)
            sock.settimeout(0.2)
            with pytest.raises(TimeoutError):
                beat(sock)
            return answer

    assert in_lab("beat", fault, look) == b"PONG\n"


def test_it_answers_late_or_wrong() -> None:
    def look(target: Target) -> bytes:
        with dial(target) as sock:
            sock.settimeout(0.1)
            with pytest.raises(TimeoutError):
                beat(sock)
            sock.settimeout(5)
            return sock.recv(100)

    assert in_lab("beat", 'kind = "beat_late", delay_ms = 200', look) == b"PONG\n"

    def look_once(target: Target) -> bytes:
        with dial(target) as sock:
            return beat(sock)

    assert in_lab("beat", 'kind = "beat_wrong"', look_once) == b"PING\n"


def test_a_fault_comes_and_goes_on_one_connection() -> None:
    async def run() -> list[bytes]:
        async with Lab(one_target("beat")) as lab:
            reader, writer = await asyncio.open_connection("127.0.0.1", lab.plan.targets[0].port)
            lines = []
            for fault, line in ((None, b"PING 1\n"), (LabFault("beat_wrong"), b"PING 2\n"), (None, b"PING 3\n")):
                lab.set_fault("it", fault)
                writer.write(line)
                lines.append(await reader.readline())
            writer.close()
            await writer.wait_closed()
            return lines

    assert asyncio.run(run()) == [b"PONG 1\n", b"PING 2\n", b"PONG 3\n"]
