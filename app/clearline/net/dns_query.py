"""One DNS question over an open datagram socket."""

from dataclasses import dataclass, replace

import dns.exception

from clearline.net.dns_message import Answer, Question, UnreadableAnswerError
from clearline.net.evidence import DnsEvidence, Evidence, NetworkError, exception_chain
from clearline.net.network import Address, Datagrams, Network
from clearline.net.timing import Limit


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer, when it came in (perf_counter nanoseconds), and the size of all that came."""

    answer: Answer
    at_ns: int
    bytes_in: int


async def is_fine_unchecked(network: Network, server: Address, name: str, record_type: str, limit: Limit) -> bool:
    """Does a server that failed answer once it need not check signatures? Then these are wrong. Never raises."""
    try:
        question = Question(name, record_type, is_checking_disabled=True)
        datagrams = network.open_datagrams(server)
    except (dns.exception.DNSException, ValueError, NetworkError):
        return False
    try:
        answer = (await ask(datagrams, question, limit)).answer
    except NetworkError:
        return False
    finally:
        datagrams.close()
    return answer.rcode == 0 and (answer.is_truncated or bool(answer.records))


async def ask(datagrams: Datagrams, question: Question, limit: Limit) -> Reply:
    """Send the question once and wait for its answer; what answers something else is thrown away and counted.

    Raises NetworkError with DNS evidence.
    """
    server = datagrams.address.shown
    rejected = size = 0
    try:
        datagrams.send(question.wire)
        while True:
            data, at_ns = await datagrams.receive(limit)
            size += len(data)
            answer = question.read(data)
            if answer is not None:
                return Reply(answer, at_ns, size)
            rejected += 1
    except UnreadableAnswerError as error:
        seen = DnsEvidence(server=server, is_malformed=True)
        chain = exception_chain(error)
        raise NetworkError(Evidence(transport="dns", dns=seen, bytes_in=size, chain=chain)) from error
    except NetworkError as error:
        seen = DnsEvidence(server=server, rejected=rejected)
        raise NetworkError(replace(error.evidence, transport="dns", dns=seen, bytes_in=size)) from error
