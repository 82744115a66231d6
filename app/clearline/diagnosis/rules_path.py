"""Rules about proxies and the way to the target: who refused, who is silent, which family and which address."""

from clearline.diagnosis.clues import NO_IPV4, NO_IPV6
from clearline.diagnosis.rule import Rule
from clearline.domain.fault import Whose
from clearline.domain.verdict import Confidence, Step, Trial

_LIKELY, _POSSIBLE = Confidence.LIKELY, Confidence.POSSIBLE
_SILENT = "target.kind = tcp.timed_out | udp.no_reply"

_REFUSED_ON_THE_WAY = (
    "tcp.refused.by_firewall | tcp.admin_prohibited | udp.admin_prohibited | udp.port_unreachable"
    " | icmp.admin_prohibited | icmp.unreachable.port"
)

_PASSED = ("proxy.is_used", "not target.is_tls")

PROXY: tuple[Rule, ...] = (
    Rule(
        "proxy_name_wrong",
        Step.PROXY,
        Whose.PROXY,
        ("target.kind = proxy.resolve_failed",),
        ("direct.ok", "name.own_count > 0", "link.is_up"),
    ),
    Rule(
        "proxy_not_running",
        Step.PROXY,
        Whose.PROXY,
        ("target.kind = proxy.connect_failed.refused",),
        ("direct.ok", "proxy.kind = tcp.refused"),
    ),
    Rule(
        "proxy_down",
        Step.PROXY,
        Whose.PROXY,
        ("target.kind ~ proxy.connect_failed",),
        ("direct.ok", "control.ok", "gateway.is_alive"),
        confidence=_LIKELY,
    ),
    Rule("proxy_login", Step.PROXY, Whose.PROXY, ("target.kind = proxy.auth_required",), ("proxy.is_reached",)),
    Rule(
        "proxy_denies",
        Step.PROXY,
        Whose.PROXY,
        ("target.kind = proxy.denied | proxy.socks.not_allowed",),
        ("proxy.is_reached",),
    ),
    Rule("proxy_certificate", Step.PROXY, Whose.PROXY, ("target.kind = proxy.cert_invalid",), ("proxy.is_reached",)),
    Rule("proxy_wrong_kind", Step.PROXY, Whose.ME, ("target.kind = proxy.protocol",), ("proxy.is_reached",)),
    Rule(
        "service_down",
        Step.CONNECT,
        Whose.SERVER,
        ("target.kind = proxy.socks.refused",),
        ("direct.kind = tcp.refused", "proxy.is_reached"),
    ),
    Rule(
        "proxy_cannot_reach",
        Step.PROXY,
        Whose.PROXY,
        ("target.kind ~ proxy.upstream | proxy.socks | proxy.timed_out | proxy.closed", "direct.ok"),
        ("proxy.is_reached",),
    ),
    Rule(
        "server_not_proxy",
        Step.CONNECT,
        Whose.SERVER,
        ("target.kind ~ proxy.upstream | proxy.socks | proxy.timed_out | proxy.closed", "direct.ok = False"),
        ("direct.kind = tcp.refused", "target.proxy_error", "direct.spoken_by = router"),
        unless=("direct.kind = local.no_route | local.permission_denied",),
        confidence=_LIKELY,
    ),
    Rule(
        "proxy_cannot_reach",
        Step.PROXY,
        Whose.PROXY,
        ("target.kind ~ proxy.upstream | proxy.socks | proxy.timed_out | proxy.closed",),
        ("direct.ok",),
        confidence=_LIKELY,
        offers=(Trial.PROXY,),
    ),
    # What a proxy passes without a tunnel it answers for itself where it reaches nobody.
    Rule(
        "server_not_proxy",
        Step.CONNECT,
        Whose.SERVER,
        (*_PASSED, "target.kind = http.error.502 | http.error.503 | http.error.504", "direct.kind = tcp.refused"),
        ("direct.spoken_by = target", "direct.step = connect"),
        confidence=_LIKELY,
    ),
    Rule(
        "proxy_cannot_reach",
        Step.PROXY,
        Whose.PROXY,
        (*_PASSED, "target.kind = http.error.502 | http.error.504", "direct.ok"),
        ("proxy.is_reached",),
    ),
    Rule(
        "proxy_cannot_reach",
        Step.PROXY,
        Whose.PROXY,
        (*_PASSED, "target.kind = http.error.502 | http.error.504", "direct.step != http", "direct.ok = False"),
        ("proxy.is_reached",),
        confidence=_POSSIBLE,
    ),
    Rule(
        "proxy_spoils",
        Step.PROXY,
        Whose.PROXY,
        ("proxy.is_used", "target.ok = False", "direct.ok"),
        ("proxy.is_reached",),
        confidence=_LIKELY,
    ),
    Rule(
        "direct_blocked",
        Step.CONNECT,
        Whose.PATH,
        ("not proxy.is_used", "target.step = connect", "proxied.ok"),
        ("proxy.is_reached",),
    ),
)

CONNECT: tuple[Rule, ...] = (
    Rule(
        "ipv6_broken",
        Step.CONNECT,
        Whose.LAN,
        ("families.v6_ok = False", "families.v4_ok"),
        (
            "ports.any_answer",
            "families.v6_kind = tcp.timed_out | tcp.address_unreachable.net",
            "ping.ok",
        ),
        unless=(NO_IPV6,),
        confidence=_LIKELY,
    ),
    Rule(
        "ipv4_broken",
        Step.CONNECT,
        Whose.LAN,
        ("families.v4_ok = False", "families.v6_ok"),
        ("ports.any_answer", "families.v4_kind = tcp.timed_out | tcp.address_unreachable.net"),
        unless=(NO_IPV4,),
        confidence=_LIKELY,
    ),
    Rule(
        "some_addresses",
        Step.CONNECT,
        Whose.SERVER,
        ("families.is_partial", "target.ok = False"),
        ("families.ok_count > 0",),
    ),
    Rule(
        "service_down",
        Step.CONNECT,
        Whose.SERVER,
        ("target.kind = tcp.refused | udp.port_unreachable | icmp.unreachable.port",),
        ("target.spoken_by = target", "ports.any_answer", "ping.ok", "families.all_refused", "target.is_loopback"),
        unless=("target.spoken_by = router",),
        offers=(Trial.PORTS,),
    ),
    Rule(
        "firewall_rejects",
        Step.CONNECT,
        Whose.PATH,
        (
            f"target.kind = {_REFUSED_ON_THE_WAY}",
            "target.spoken_by = router",
        ),
        ("target.offender",),
    ),
    Rule(
        "host_off",
        Step.CONNECT,
        Whose.PATH,
        (
            "target.kind = tcp.address_unreachable.host | udp.unreachable.host | icmp.unreachable.host",
            "target.spoken_by = router",
        ),
        ("target.offender",),
    ),
    Rule(
        "no_such_network",
        Step.CONNECT,
        Whose.PATH,
        (
            "target.kind = tcp.address_unreachable.net | udp.unreachable.net | icmp.unreachable.net",
            "target.spoken_by = router",
        ),
        ("target.offender",),
    ),
    Rule(
        "routing_loop",
        Step.CONNECT,
        Whose.PATH,
        ("target.kind = tcp.ttl_exceeded | udp.ttl_exceeded | icmp.ttl_exceeded | path.loop",),
        ("target.offender", "target.spoken_by = router"),
    ),
    Rule(
        "queue_full",
        Step.CONNECT,
        Whose.SERVER,
        (_SILENT, "again.ok"),
        ("ports.any_answer", "ping.ok", "again.lost_requests > 0"),
        confidence=_LIKELY,
    ),
    Rule(
        "udp_ignored",
        Step.CONNECT,
        Whose.SERVER,
        ("target.kind = udp.no_reply | udp.unexpected_reply",),
        ("ping.ok", "ports.any_answer"),
        confidence=_LIKELY,
        unless=("target.is_on_link = False", "gateway.is_dead"),
    ),
    Rule(
        "port_dropped",
        Step.CONNECT,
        Whose.PATH,
        (_SILENT, "ports.any_answer"),
        ("ping.ok", "ports.answers > 0"),
        confidence=_LIKELY,
    ),
    Rule(
        "host_filtered",
        Step.CONNECT,
        Whose.PATH,
        (_SILENT, "ping.ok"),
        ("ports.any_answer = False",),
        confidence=_LIKELY,
        offers=(Trial.PORTS,),
    ),
    Rule(
        "way_ends",
        Step.CONNECT,
        Whose.PATH,
        ("target.kind = path.dead_after_hop",),
        ("control.ok", "gateway.is_alive"),
        confidence=_LIKELY,
    ),
    Rule(
        "small_packets_only",
        Step.CONNECT,
        Whose.PATH,
        ("target.kind = tcp.mtu_black_hole | udp.message_too_big | icmp.message_too_big",),
        ("target.address",),
    ),
    Rule(
        "only_this_host",
        Step.CONNECT,
        Whose.SERVER,
        (_SILENT, "neighbours.any_answer"),
        ("ports.any_answer = False",),
        confidence=_LIKELY,
    ),
    Rule(
        "host_silent",
        Step.CONNECT,
        Whose.PATH,
        (_SILENT, "ports.any_answer = False"),
        ("control.ok", "internet.is_reached"),
        confidence=_LIKELY,
        offers=(Trial.CONTROL, Trial.NEIGHBOURS, Trial.INTERFACES, Trial.COLLEAGUE),
    ),
    Rule(
        "host_silent",
        Step.CONNECT,
        Whose.PATH,
        ("target.kind = icmp.no_reply",),
        ("control.ok",),
        confidence=_POSSIBLE,
        offers=(Trial.PORTS, Trial.CONTROL),
        unless=("ports.any_answer",),
    ),
    Rule("ping_unanswered", Step.CONNECT, Whose.NOBODY, ("target.kind = icmp.no_reply", "ports.any_answer")),
)

RULES: tuple[Rule, ...] = (*PROXY, *CONNECT)
