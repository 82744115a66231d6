"""What the lab's name server answers: the records it was given, or the fault it is told to make. RFC 1035, 2308."""

import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdataclass
import dns.rdatatype
import dns.rrset

from clearline.lab.faults import LabFault

TTL_S = 60
_RCODES = {
    "nxdomain": dns.rcode.NXDOMAIN,
    "servfail": dns.rcode.SERVFAIL,
    "server_refuses": dns.rcode.REFUSED,
    "format_error": dns.rcode.FORMERR,
}


class NameServer:
    """Answers from a small zone: name to texts of records such as `A 10.1.2.3`. Other names do not exist."""

    def __init__(self, records: dict[str, tuple[str, ...]]) -> None:
        self._records = {dns.name.from_text(name): texts for name, texts in records.items()}

    def answer(self, data: bytes, fault: LabFault | None) -> bytes | None:
        """The answer's bytes; None for what is not a DNS query."""
        try:
            query = dns.message.from_wire(data)
        except dns.exception.DNSException:
            return None
        if query.flags & dns.flags.QR or not query.question:
            return None
        kind = fault.kind if fault is not None else ""
        answer = dns.message.make_response(query, recursion_available=True)
        answer.flags |= dns.flags.AA
        if kind in _RCODES:
            answer.set_rcode(_RCODES[kind])
        elif kind == "truncated":
            answer.flags |= dns.flags.TC
        elif kind == "wrong_id":
            answer.id = query.id ^ 0x5555
        if kind in ("", "delay", "loss", "loss_bursts", "wrong_id"):
            self._fill(answer)
        return answer.to_wire()

    def _fill(self, answer: dns.message.Message) -> None:
        question = answer.question[0]
        texts = self._records.get(question.name)
        if texts is None:
            answer.set_rcode(dns.rcode.NXDOMAIN)
            return
        kind = dns.rdatatype.to_text(question.rdtype)
        values = [value for name, _, value in (text.partition(" ") for text in texts) if name == kind]
        if values:
            answer.answer.append(dns.rrset.from_text(question.name, TTL_S, "IN", kind, *values))


def check_records(records: dict[str, tuple[str, ...]]) -> str:
    """The first record that cannot be read, empty when all can."""
    for name, texts in records.items():
        for text in texts:
            kind, _, value = text.partition(" ")
            try:
                dns.rrset.from_text(dns.name.from_text(name), TTL_S, "IN", kind, value)
            except (dns.exception.DNSException, ValueError):
                return f"{name} {text}"
    return ""
