"""What the lab's name server answers: the records it was given, or the fault it is told to make. RFC 1035, 2308."""

import dns.edns
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
_EMPTY = frozenset({*_RCODES, "rcode", "no_data"})
"""Faults whose answer has no record."""
_ONLY_UDP = frozenset({"truncated", "truncated_tcp_silent", "truncated_tcp_reset", "truncated_tcp_well"})
_PRIVATE = {"A": "192.168.1.1", "AAAA": "fd00::1"}
_ANYWHERE = {"A": "203.0.113.7", "AAAA": "2001:db8::7"}
"""Addresses for documents (RFC 5737, RFC 3849): they lead nowhere."""
_ELSEWHERE = dns.name.from_text("elsewhere.practice.example")


class Zone:
    """Answers from a small zone: name to texts of records such as `A 10.1.2.3`. Other names do not exist."""

    def __init__(self, records: dict[str, tuple[str, ...]]) -> None:
        self._records = {dns.name.from_text(name): texts for name, texts in records.items()}

    def answer(self, data: bytes, fault: LabFault | None, *, is_stream: bool = False) -> bytes | None:
        """The answer's bytes; None for what is not a DNS query."""
        try:
            query = dns.message.from_wire(data)
        except dns.exception.DNSException:
            return None
        if query.flags & dns.flags.QR or not query.question:
            return None
        kind = fault.kind if fault is not None else ""
        if kind == "malformed":
            # A right id, then a header that promises records which do not come.
            return data[:2] + b"\x81\x80\x00\x01\x00\x05\x00\x00\x00\x00" + data[12:14]
        answer = dns.message.make_response(query, recursion_available=True)
        answer.flags |= dns.flags.AA
        if kind in _ONLY_UDP and not is_stream:
            answer.flags |= dns.flags.TC
            return answer.to_wire()
        if kind == "wrong_id":
            answer.id = query.id ^ 0x5555
        elif kind == "wrong_question":
            answer.question[0].name = _ELSEWHERE
        _set_rcode(answer, query, fault)
        if kind not in _EMPTY and answer.rcode() == dns.rcode.NOERROR:
            self._fill(answer, kind)
        return answer.to_wire()

    def _fill(self, answer: dns.message.Message, fault: str) -> None:
        question = answer.question[0]
        texts = self._records.get(question.name)
        kind = dns.rdatatype.to_text(question.rdtype)
        if fault == "only_alias":
            answer.answer.append(dns.rrset.from_text(question.name, TTL_S, "IN", "CNAME", _ELSEWHERE.to_text()))
        elif (instead := {"private_answer": _PRIVATE, "wildcard": _ANYWHERE}.get(fault, {}).get(kind)) is not None:
            answer.answer.append(dns.rrset.from_text(question.name, TTL_S, "IN", kind, instead))
        elif texts is None:
            answer.set_rcode(dns.rcode.NXDOMAIN)
        elif values := [value for name, _, value in (text.partition(" ") for text in texts) if name == kind]:
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


def _set_rcode(answer: dns.message.Message, query: dns.message.Message, fault: LabFault | None) -> None:
    kind = fault.kind if fault is not None else ""
    if kind in _RCODES:
        answer.set_rcode(_RCODES[kind])
    elif kind == "no_edns" and query.edns >= 0:
        # Servers older than EDNS take its record for a mistake (RFC 6891 section 7).
        answer.use_edns(False)
        answer.set_rcode(dns.rcode.FORMERR)
    elif kind == "rcode" and fault is not None:
        ede = int(fault.option("ede"))
        if ede >= 0 and query.edns >= 0:
            answer.use_edns(0, options=[dns.edns.EDEOption(dns.edns.EDECode.make(ede), "practice")])
        answer.set_rcode(dns.rcode.Rcode.make(int(fault.option("code"))))
