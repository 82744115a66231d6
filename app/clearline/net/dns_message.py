"""DNS questions and answers as bytes: dnspython writes and reads them, we decide what fits."""

import struct
from dataclasses import dataclass

import dns.edns
import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdatatype
import dns.reversename

_EDNS_PAYLOAD = 1232
"""Largest answer that crosses every link unfragmented (DNS flag day 2020)."""
_MAX_ANSWERS = 20


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server replied, as plain values."""

    rcode: int
    records: tuple[str, ...]
    """Records of the type that was asked for."""
    aliases: tuple[str, ...]
    """Names the answer led through (CNAME)."""
    ttl_s: int | None
    ede: tuple[int, ...]
    ede_text: str
    is_authoritative: bool
    is_validated: bool
    is_truncated: bool


class UnreadableAnswerError(Exception):
    """A reply to our question that breaks the format."""


class Question:
    """One question with its id. Raises dns.exception.DNSException or ValueError for a name that cannot be asked."""

    def __init__(
        self, name: str, record_type: str, *, use_edns: bool = True, is_checking_disabled: bool = False
    ) -> None:
        self._type = dns.rdatatype.from_text(record_type)
        self._message = dns.message.make_query(
            _asked_name(name, record_type), self._type, use_edns=0 if use_edns else False, payload=_EDNS_PAYLOAD
        )
        if is_checking_disabled:
            # RFC 4035 section 3.2.2: the server is to hand over what it thinks is bogus.
            self._message.flags |= dns.flags.CD
        self.wire = self._message.to_wire()

    def read(self, wire: bytes) -> Answer | None:
        """The answer in a datagram; None where it answers something else (id, question), as spoofers and NATs send.

        Raises UnreadableAnswerError where the id is ours but the rest is nonsense.
        """
        if len(wire) < 12 or wire[:2] != self.wire[:2]:
            return None
        flags = struct.unpack_from("!H", wire, 2)[0]
        if flags & dns.flags.QR and flags & dns.flags.TC:
            # What was cut off need not parse; the whole answer comes by TCP.
            return Answer(flags & 0xF, (), (), None, (), "", False, False, True)
        try:
            reply = dns.message.from_wire(wire)
            is_ours = self._message.is_response(reply)
        except (dns.exception.DNSException, struct.error, ValueError) as error:
            raise UnreadableAnswerError(str(error)[:200]) from error
        return self._answer(reply) if is_ours else None

    def _answer(self, reply: dns.message.Message) -> Answer:
        records: list[str] = []
        aliases: list[str] = []
        ttl_s: int | None = None
        for rrset in reply.answer:
            if rrset.rdtype == self._type:
                records.extend(record.to_text() for record in rrset)
                ttl_s = rrset.ttl
            elif rrset.rdtype == dns.rdatatype.CNAME:
                aliases.extend(record.to_text() for record in rrset)
        ede = [option for option in reply.options if isinstance(option, dns.edns.EDEOption)]
        return Answer(
            rcode=int(reply.rcode()),
            records=tuple(records[:_MAX_ANSWERS]),
            aliases=tuple(aliases[:_MAX_ANSWERS]),
            ttl_s=ttl_s,
            ede=tuple(int(option.code) for option in ede),
            ede_text="; ".join(option.text for option in ede if option.text)[:200],
            is_authoritative=bool(reply.flags & dns.flags.AA),
            is_validated=bool(reply.flags & dns.flags.AD),
            is_truncated=False,
        )


def rcode_name(rcode: int) -> str:
    """`NXDOMAIN`, …"""
    return dns.rcode.to_text(dns.rcode.Rcode.make(rcode))


def _asked_name(name: str, record_type: str) -> dns.name.Name:
    if record_type == "PTR":
        try:
            return dns.reversename.from_address(name)
        except dns.exception.SyntaxError:
            # It is a name in in-addr.arpa already.
            pass
    return dns.name.from_text(name)
