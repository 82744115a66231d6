"""Errors of the operating system by name, each to its kind of fault: while connecting, once open, in TLS, datagrams."""

LOCAL_OS_KINDS: dict[str, str] = {
    "ENETDOWN": "local.no_link",
    "EACCES": "local.permission_denied",
    "EPERM": "local.permission_denied",
    "EMFILE": "local.resources",
    "ENFILE": "local.resources",
    "ENOBUFS": "local.resources",
    "ENOMEM": "local.resources",
    "EADDRINUSE": "local.address_in_use",
    "EADDRNOTAVAIL": "local.ports_exhausted",
    "EAFNOSUPPORT": "local.family_unavailable",
    "EPROTONOSUPPORT": "local.family_unavailable",
    "EINVAL": "local.no_route",
    "ECANCELED": "abandoned",
}
CONNECT_OS_KINDS: dict[str, str] = {
    **LOCAL_OS_KINDS,
    "ECONNREFUSED": "tcp.refused",
    "ETIMEDOUT": "tcp.timed_out",
    "EHOSTDOWN": "local.neighbor_unreachable",
    "EHOSTUNREACH": "tcp.address_unreachable.host",
    "ENETUNREACH": "tcp.address_unreachable.net",
    "ENONET": "tcp.address_unreachable.host",
    "ENOPROTOOPT": "tcp.address_unreachable.host",
    "ECONNRESET": "tcp.reset",
    "ECONNABORTED": "tcp.aborted",
    "ENETRESET": "tcp.aborted",
    "EPROTO": "tcp.failed",
}
OPEN_OS_KINDS: dict[str, str] = {
    "ECONNRESET": "tcp.reset",
    "EPIPE": "tcp.closed",
    "ESHUTDOWN": "tcp.closed",
    **dict.fromkeys(
        ("ETIMEDOUT", "ECONNABORTED", "ENETRESET", "ENETDOWN", "EHOSTUNREACH", "ENETUNREACH", "EHOSTDOWN"),
        "tcp.aborted",
    ),
    **{name: LOCAL_OS_KINDS[name] for name in ("EACCES", "EPERM", "ENOBUFS", "ENOMEM", "ECANCELED")},
}
TLS_OS_KINDS: dict[str, str] = {
    **OPEN_OS_KINDS,
    "ECONNRESET": "tls.reset",
    "EPIPE": "tls.closed",
    "ESHUTDOWN": "tls.closed",
}
DATAGRAM_OS_KINDS: dict[str, dict[str, str]] = {
    "udp": {
        **LOCAL_OS_KINDS,
        "ECONNREFUSED": "udp.port_unreachable",
        # Windows tells an earlier datagram's ICMP port unreachable this way.
        "ECONNRESET": "udp.port_unreachable",
        "EHOSTUNREACH": "udp.unreachable.host",
        "EHOSTDOWN": "local.neighbor_unreachable",
        "ENETUNREACH": "udp.unreachable.net",
        "ENONET": "udp.unreachable.host",
        "ENOPROTOOPT": "udp.unreachable.host",
        "EMSGSIZE": "udp.message_too_big",
        "ETIMEDOUT": "udp.no_reply",
    },
    "icmp": {
        **LOCAL_OS_KINDS,
        "ECONNREFUSED": "icmp.unreachable.port",
        "EHOSTUNREACH": "icmp.unreachable.host",
        "EHOSTDOWN": "local.neighbor_unreachable",
        "ENETUNREACH": "icmp.unreachable.net",
        "EMSGSIZE": "icmp.message_too_big",
    },
    "dns": {
        **LOCAL_OS_KINDS,
        "ECONNREFUSED": "dns.unreachable.port",
        "ECONNRESET": "dns.unreachable.port",
        **dict.fromkeys(("EHOSTUNREACH", "EHOSTDOWN", "ENETUNREACH", "ENONET", "ENOPROTOOPT"), "dns.unreachable"),
        "ETIMEDOUT": "dns.timed_out",
        "EINVAL": "dns.unreachable",
    },
}
DATAGRAM_OS_KINDS["quic"] = DATAGRAM_OS_KINDS["udp"]
