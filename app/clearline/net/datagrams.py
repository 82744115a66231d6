"""A connected datagram socket of this machine, which hears ICMP errors and stamps what it sends and receives."""

import socket
import time

from clearline.net.evidence import Evidence, Icmp, NetworkError
from clearline.net.kernel import drain_error_queue
from clearline.net.network import Address
from clearline.net.readiness import wait_ready
from clearline.net.socket_evidence import local_ip, trouble_of, with_queue
from clearline.net.timestamps import RoundTrip, StampBook, receive_stamped
from clearline.net.timing import Limit, Turns

_DATAGRAM_BYTES = 65_535


class SystemDatagrams:
    """A connected datagram socket that hears ICMP errors."""

    def __init__(self, sock: socket.socket, address: Address) -> None:
        self.address = address
        self.local_ip = local_ip(sock)
        self._socket = sock
        self._turns = Turns()
        self._stamps = StampBook()

    def send(self, data: bytes) -> None:
        """Send one datagram."""
        self._stamps.note_send(time.perf_counter_ns())
        try:
            self._socket.send(data)
        except OSError as error:
            # Also an ICMP message of an earlier datagram is told by the next call.
            raise trouble_of(self._socket, self.address, error) from error

    async def receive(self, limit: Limit) -> tuple[bytes, int]:
        """The next datagram and when it came in."""
        await self._turns.take(limit)
        at_ns = 0
        while True:
            try:
                data, kernel_ns = receive_stamped(self._socket, _DATAGRAM_BYTES)
            except (BlockingIOError, InterruptedError):
                if (icmp := self._read_queue()) is not None:
                    raise NetworkError(Evidence(icmp=icmp, peer=self.address.ip, local=self.local_ip)) from None
                try:
                    at_ns = await wait_ready(self._socket, limit, is_writing=False)
                except NetworkError as error:
                    raise with_queue(self._socket, self.address, error) from error
            except OSError as error:
                raise trouble_of(self._socket, self.address, error) from error
            else:
                at_ns = at_ns or time.perf_counter_ns()
                self._stamps.note_received(at_ns, kernel_ns)
                return data, at_ns

    @property
    def round_trip(self) -> RoundTrip | None:
        """From the latest datagram sent to the latest received after it."""
        self._read_queue()
        return self._stamps.round_trip

    def _read_queue(self) -> Icmp | None:
        """Take the stamps of what was sent, and what a router may have said."""
        queue = drain_error_queue(self._socket)
        self._stamps.note_sent(queue.sent_ns)
        return queue.icmp

    def close(self) -> None:
        """Let go of the socket at once."""
        self._socket.close()
