"""The UDP probe: send one datagram, see whether an answer or an ICMP message comes back."""

import secrets

from clearline.domain.phase import Phase
from clearline.net.evidence import Evidence, NetworkError
from clearline.probes.attempt import Attempt


async def probe_udp(attempt: Attempt) -> None:
    """An echo of our own datagram is success; with a payload of the person's any answer is.

    Phases: resolve, send, wait. Lost, dropped and ignored look the same from here: `udp.no_reply`.
    """
    addresses = await attempt.resolve()
    attempt.transport = "udp"
    address = addresses[0]
    attempt.at(address)
    payload = attempt.target.payload.encode() or f"clearline {secrets.token_hex(8)}".encode()
    attempt.stopwatch.enter(Phase.SEND)
    if not address.is_usable:
        raise NetworkError(Evidence(is_invalid_address=True, peer=address.ip))
    socket = attempt.network.open_datagrams(address)
    attempt.hold(socket)
    socket.send(payload)
    attempt.bytes_out = len(payload)
    attempt.stopwatch.enter(Phase.WAIT)
    reply, at_ns = await socket.receive(attempt.budget.limit(Phase.WAIT))
    attempt.bytes_in = len(reply)
    attempt.stopwatch.stop(at_ns)
    attempt.note_round_trip(socket)
    attempt.detail["udp"] = {"reply_bytes": len(reply), "is_echo": reply == payload}
    if reply != payload and not attempt.target.payload:
        attempt.stopwatch.resume(Phase.WAIT)
        raise NetworkError(Evidence(is_wrong_reply=True, first_bytes=reply[:64]))
