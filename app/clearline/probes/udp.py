"""The UDP probe: send one datagram, see whether an answer or an ICMP message comes back, also when it is late."""

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass

from clearline.domain.phase import Phase
from clearline.net.evidence import Evidence, NetworkError
from clearline.net.network import Datagrams
from clearline.net.timing import Limit, limit_in
from clearline.probes.attempt import Attempt

_OWN = b"clearline "
_COPIES_S = 0.005
"""How long a network that doubles datagrams may take for the second: they come back to back."""


@dataclass(frozen=True, slots=True)
class Unanswered:
    """A datagram whose answer did not come in time, and the socket on which it still may."""

    socket: Datagrams
    payload: bytes
    is_own: bool
    sent_ns: int
    """perf_counter nanoseconds."""
    waited_s: float

    async def listen(self) -> float | None:
        """Milliseconds from sending to the answer, None where none comes for as long again as was waited."""
        limit = limit_in(self.waited_s, "late")
        try:
            _, at_ns, _ = await _reply(self.socket, self.payload, limit, is_own=self.is_own)
        except NetworkError:
            # Nothing, or something that is no answer: the attempt has told already how it ended.
            return None
        return round((at_ns - self.sent_ns) / 1e6, 3)

    def close(self) -> None:
        """Let go of the socket."""
        self.socket.close()


Late = Callable[[Unanswered], None]
"""Takes over a socket on which an answer may still come."""


async def probe_udp(attempt: Attempt, late: Late | None = None) -> None:
    """An echo of our own numbered datagram is success; with a payload of the person's any answer on its socket is.

    Phases: resolve, send, wait. Lost, dropped and ignored look the same from here: `udp.no_reply`. `late` gets the
    socket then; without it the socket is closed with the attempt.
    """
    addresses = await attempt.resolve()
    attempt.transport = "udp"
    address = addresses[0]
    attempt.at(address)
    is_own = not attempt.target.payload
    payload = _OWN + secrets.token_hex(8).encode() if is_own else attempt.target.payload.encode()
    attempt.stopwatch.enter(Phase.SEND)
    if not address.is_usable:
        raise NetworkError(Evidence(is_invalid_address=True, peer=address.ip))
    socket = attempt.network.open_datagrams(address)
    attempt.hold(socket)
    sent_ns = time.perf_counter_ns()
    socket.send(payload)
    attempt.bytes_out = len(payload)
    attempt.stopwatch.enter(Phase.WAIT)
    try:
        reply, at_ns, strays = await _reply(socket, payload, attempt.budget.limit(Phase.WAIT), is_own=is_own)
    except NetworkError as trouble:
        if late is not None and trouble.evidence.deadline is not None and trouble.evidence.icmp is None:
            attempt.let_go(socket)
            waited_s = (time.perf_counter_ns() - sent_ns) / 1e9
            late(Unanswered(socket, payload, is_own, sent_ns, waited_s))
        raise
    attempt.bytes_in = len(reply)
    attempt.stopwatch.stop(at_ns)
    attempt.note_round_trip(socket)
    told = attempt.detail["udp"] = {"reply_bytes": len(reply), "is_echo": reply == payload}
    if strays:
        told["strays"] = strays
    if reply != payload and is_own:
        attempt.stopwatch.resume(Phase.WAIT)
        raise NetworkError(Evidence(is_wrong_reply=True, first_bytes=reply[:64]))
    if duplicates := await _copies(socket, reply, limit_in(min(_COPIES_S, attempt.budget.left_s))):
        told["duplicates"] = duplicates


async def _reply(socket: Datagrams, payload: bytes, limit: Limit, *, is_own: bool) -> tuple[bytes, int, int]:
    """The first datagram that can be meant for us, when it came, and how many answers to others came before.

    The socket is connected, so what comes is from the peer; its echo of an earlier datagram of ours may still meet us
    where the system gave the port out again. Raises NetworkError.
    """
    strays = 0
    while True:
        reply, at_ns = await socket.receive(limit)
        if not (is_own and reply != payload and reply.startswith(_OWN)):
            return reply, at_ns, strays
        strays += 1


async def _copies(socket: Datagrams, reply: bytes, limit: Limit) -> int:
    """How many copies of the answer follow it."""
    copies = 0
    try:
        while True:
            again, _ = await socket.receive(limit)
            copies += again == reply
    except NetworkError:
        # The time is over, or a router had something to say after the answer: the attempt succeeded before.
        return copies
