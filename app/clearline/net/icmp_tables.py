"""What ICMP messages mean, and the kind of fault that is for each transport."""

# RFC 792, RFC 1122 section 3.2.2.1, RFC 1812 section 5.2.7.1; RFC 4443.
ICMP_MEANING: dict[tuple[int, int, int], str] = {
    **{(4, 3, code): "net" for code in (0, 6, 11)},
    **{(4, 3, code): "host" for code in (1, 2, 5, 7, 8, 12)},
    (4, 3, 3): "port",
    (4, 3, 4): "too_big",
    **{(4, 3, code): "prohibited" for code in (9, 10, 13, 14, 15)},
    (4, 11, 0): "ttl",
    (4, 11, 1): "ttl",
    **{(6, 1, code): "net" for code in (0, 2)},
    **{(6, 1, code): "prohibited" for code in (1, 5, 6)},
    (6, 1, 3): "host",
    (6, 1, 4): "port",
    (6, 2, 0): "too_big",
    (6, 3, 0): "ttl",
    (6, 3, 1): "ttl",
    (6, 4, 1): "host",
}
"""(IP version, type, code): what a router or host said."""

_UDP = {
    "net": "udp.unreachable.net",
    "host": "udp.unreachable.host",
    "prohibited": "udp.admin_prohibited",
    "ttl": "udp.unreachable.net",
    "port": "udp.port_unreachable",
    "too_big": "udp.message_too_big",
}
ICMP_KINDS: dict[str, dict[str, str]] = {
    "tcp": {
        "net": "tcp.address_unreachable.net",
        "host": "tcp.address_unreachable.host",
        "prohibited": "tcp.admin_prohibited",
        "ttl": "tcp.ttl_exceeded",
    },
    "udp": _UDP,
    # QUIC is carried by UDP.
    "quic": _UDP,
    "icmp": {
        "net": "icmp.unreachable.net",
        "host": "icmp.unreachable.host",
        "prohibited": "icmp.admin_prohibited",
        "ttl": "icmp.ttl_exceeded",
        "port": "icmp.unreachable.port",
        "too_big": "icmp.message_too_big",
    },
    "dns": {
        "net": "dns.unreachable",
        "host": "dns.unreachable",
        "prohibited": "dns.unreachable",
        "ttl": "dns.unreachable",
        "port": "dns.unreachable.port",
        "too_big": "dns.protocol",
    },
}
"""Transport: what was said, as a kind of fault."""
