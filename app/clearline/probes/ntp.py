"""The NTP probe: how far is this machine's clock from a time server's? (RFC 5905, client side)"""

from clearline.domain.phase import Phase
from clearline.net.evidence import Evidence, NetworkError, TimeEvidence
from clearline.net.ntp_message import TimeQuestion
from clearline.probes.attempt import Attempt

CLOCK_TOLERANCE_S = 5.0
"""Farther apart is a fault: long before Kerberos (300 s) and one-time passwords (30 s) fail."""


async def probe_ntp(attempt: Attempt) -> None:
    """One question. Phases: resolve, send, wait. `detail.ntp` has offset and round trip in milliseconds."""
    addresses = await attempt.resolve()
    attempt.transport = "udp"
    address = addresses[0]
    attempt.at(address)
    attempt.stopwatch.enter(Phase.SEND)
    if not address.is_usable:
        raise NetworkError(Evidence(is_invalid_address=True, peer=address.ip))
    datagrams = attempt.network.open_datagrams(address)
    attempt.hold(datagrams)
    question = TimeQuestion()
    sent_s = attempt.clock.wall()
    began_s = attempt.clock.now()
    datagrams.send(question.wire)
    attempt.bytes_out = len(question.wire)
    attempt.stopwatch.enter(Phase.WAIT)
    limit = attempt.budget.limit(Phase.WAIT)
    strangers = 0
    while True:
        try:
            data, at_ns = await datagrams.receive(limit)
        except NetworkError:
            if strangers:
                # Something did answer, only not this question: no loss.
                raise NetworkError(Evidence(is_wrong_reply=True)) from None
            raise
        # The wall clock may be set meanwhile; the session's own never is.
        received_s = sent_s + (attempt.clock.now() - began_s)
        attempt.bytes_in += len(data)
        answer = question.read(data)
        if answer is not None:
            break
        strangers += 1
    attempt.stopwatch.stop(at_ns)
    offset_s = answer.offset_s(sent_s, received_s)
    attempt.detail["ntp"] = {
        "stratum": answer.stratum,
        "reference": answer.reference,
        "offset_ms": round(offset_s * 1000, 3),
        "delay_ms": round(answer.delay_s(sent_s, received_s) * 1000, 3),
        "root_delay_ms": round(answer.root_delay_s * 1000, 3),
        "root_dispersion_ms": round(answer.root_dispersion_s * 1000, 3),
    }
    attempt.stopwatch.resume(Phase.WAIT)
    if answer.kiss:
        raise NetworkError(Evidence(ntp=TimeEvidence(kiss=answer.kiss)))
    if answer.is_unsynchronized:
        raise NetworkError(Evidence(ntp=TimeEvidence(is_unsynchronized=True, stratum=answer.stratum)))
    if abs(offset_s) > CLOCK_TOLERANCE_S:
        raise NetworkError(Evidence(ntp=TimeEvidence(stratum=answer.stratum, offset_s=round(offset_s, 3))))
