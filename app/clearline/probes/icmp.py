"""The ICMP echo probe: ping, without an administrator's rights."""

import secrets

from clearline.domain.phase import Phase
from clearline.net.echo import echo_request, is_echo_reply
from clearline.net.evidence import Evidence, NetworkError
from clearline.probes.attempt import Attempt

_PAYLOAD_BYTES = 48
"""56 bytes with the header's 8, as ping sends."""


async def probe_icmp(attempt: Attempt) -> None:
    """One echo request and its reply. Phases: resolve, send, wait.

    Silence proves nothing about the machine: many never answer. Where the system keeps echo sockets from this user the
    fault is `local.capability`.
    """
    addresses = await attempt.resolve()
    attempt.transport = "icmp"
    address = addresses[0]
    attempt.at(address)
    attempt.stopwatch.enter(Phase.SEND)
    if not address.is_host:
        raise NetworkError(Evidence(is_invalid_address=True, peer=address.ip))
    datagrams = attempt.network.open_echo(address)
    attempt.hold(datagrams)
    number = secrets.randbelow(1 << 16)
    payload = secrets.token_bytes(_PAYLOAD_BYTES)
    request = echo_request(address.family, number, payload)
    datagrams.send(request)
    attempt.bytes_out = len(request)
    attempt.stopwatch.enter(Phase.WAIT)
    limit = attempt.budget.limit(Phase.WAIT)
    while True:
        reply, at_ns = await datagrams.receive(limit)
        # The kernel chooses the identifier, so number and payload tell which request this answers.
        if is_echo_reply(reply, address.family, number, payload):
            break
    attempt.bytes_in = len(reply)
    attempt.stopwatch.stop(at_ns)
    attempt.note_round_trip(datagrams)
    attempt.detail["icmp"] = {"bytes": len(request)}
