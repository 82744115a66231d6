"""Ports that stay ours."""

import socket

from clearline.lab.port import ReservedPort


def test_no_two_reservations_share_a_number() -> None:
    kinds = (socket.SOCK_DGRAM,)
    # Enough for Linux to hand out one number twice, were it allowed to (a birthday among 28,000).
    held = [ReservedPort(kinds=kinds) for _ in range(400)]
    try:
        assert len({port.number for port in held}) == 400
    finally:
        for port in held:
            port.close()


def test_a_reserved_number_can_be_opened_and_closed_again_and_again() -> None:
    port = ReservedPort(kinds=(socket.SOCK_DGRAM, socket.SOCK_STREAM))
    try:
        for _ in range(3):
            with (
                port.open(4, socket.SOCK_STREAM) as listener,
                port.open(4, socket.SOCK_DGRAM) as receiver,
                socket.socket() as client,
            ):
                listener.listen(1)
                client.connect(("127.0.0.1", port.number))
                assert receiver.getsockname()[1] == port.number
    finally:
        port.close()
