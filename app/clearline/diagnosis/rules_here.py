"""Rules about this computer and the network it stands in: self, link, address, gateway, outside."""

from clearline.diagnosis.clues import LOST
from clearline.diagnosis.rule import Rule
from clearline.domain.fault import Whose
from clearline.domain.verdict import Confidence, Step, Trial

_LIKELY = Confidence.LIKELY

RULES: tuple[Rule, ...] = (
    Rule("no_link", Step.LINK, Whose.ME, ("not link.is_up", "not target.is_loopback"), ("target.ok = False",)),
    Rule(
        "no_address",
        Step.ADDRESS,
        Whose.LAN,
        ("link.is_up", "not address.is_given", "not target.is_loopback"),
        ("target.ok = False",),
    ),
    Rule(
        "local_firewall",
        Step.SELF,
        Whose.ME,
        ("target.kind = local.permission_denied",),
        ("address.is_given", "control.ok", "ports.is_forbidden"),
    ),
    Rule("mac_privacy", Step.SELF, Whose.ME, ("target.kind = local.privacy_blocked",), ("gateway.is_alive",)),
    Rule(
        "out_of_resources",
        Step.SELF,
        Whose.ME,
        ("target.kind = local.resources | local.ports_exhausted | local.address_in_use",),
        ("link.is_up",),
    ),
    Rule("not_allowed_here", Step.SELF, Whose.ME, ("target.kind = local.capability",), ("link.is_up",)),
    Rule("address_mistyped", Step.SELF, Whose.ME, ("target.kind = input.invalid",), ("link.is_up",)),
    # Only where the address was typed: a name's is what its name servers or the hosts file give, often to block it.
    Rule(
        "address_mistyped",
        Step.SELF,
        Whose.ME,
        ("target.kind = tcp.address_invalid", "target.is_literal"),
        ("link.is_up",),
    ),
    Rule("source_unusable", Step.SELF, Whose.ME, ("target.kind = local.bind_failed",)),
    Rule(
        "family_missing",
        Step.ADDRESS,
        Whose.ME,
        ("target.kind = local.no_route", "gateway.has_route_other"),
        ("address.is_given",),
        unless=("gateway.has_route",),
    ),
    # IPv6 is switched off, or this computer has no address of that kind at all.
    Rule("family_missing", Step.ADDRESS, Whose.ME, ("target.kind = local.family_unavailable", "address.is_given")),
    Rule(
        "vpn_route",
        Step.GATEWAY,
        Whose.ME,
        ("address.is_vpn", "target.kind = tcp.timed_out | local.no_route | tcp.address_unreachable.net | udp.no_reply"),
        ("interfaces.by_link", "control.ok", "gateway.is_alive"),
        unless=("ports.any_answer", "ping.ok"),
        confidence=_LIKELY,
        offers=(Trial.INTERFACES, Trial.CONTROL),
    ),
    Rule(
        "no_gateway",
        Step.GATEWAY,
        Whose.LAN,
        ("not gateway.has_route", "target.kind = local.no_route | dns.unreachable | dns.failed | dns.not_configured"),
        ("address.is_given",),
        unless=("gateway.has_route_other",),
    ),
    Rule(
        "route_forbidden",
        Step.GATEWAY,
        Whose.ME,
        ("target.kind = local.no_route", "gateway.has_route"),
        ("gateway.is_alive", "control.ok"),
    ),
    Rule(
        "gateway_dead",
        Step.GATEWAY,
        Whose.LAN,
        ("gateway.is_dead", "target.ok = False"),
        ("address.is_given",),
        unless=("target.is_on_link", "ports.any_answer", "control.ok", "internet.is_reached"),
    ),
    Rule(
        "only_this_adapter",
        Step.GATEWAY,
        Whose.LAN,
        (LOST, "address.is_vpn = False", "interfaces.by_link"),
        ("interfaces.is_repeated",),
        confidence=_LIKELY,
    ),
    Rule(
        "only_through_vpn",
        Step.GATEWAY,
        Whose.ME,
        (LOST, "interfaces.by_vpn_only"),
        ("interfaces.is_repeated",),
        confidence=_LIKELY,
    ),
    Rule(
        "host_off_lan",
        Step.CONNECT,
        Whose.LAN,
        ("target.kind = local.neighbor_unreachable",),
        ("gateway.is_alive", "neighbours.any_answer", "control.ok", "name.own = ok"),
        unless=("gateway.is_dead",),
        confidence=Confidence.CERTAIN,
        offers=(Trial.NEIGHBOURS,),
    ),
    Rule(
        "portal",
        Step.INTERNET,
        Whose.LAN,
        ("internet.portal = portal",),
        ("target.kind = tls.cert.name_invalid | http.content_mismatch | http.error.511", "target.ok = False"),
    ),
    Rule(
        "sign_in_wanted",
        Step.INTERNET,
        Whose.LAN,
        ("target.kind = http.error.511",),
        ("link.is_up",),
    ),
    Rule(
        "no_internet",
        Step.INTERNET,
        Whose.PATH,
        ("not internet.is_reached", "target.step = connect | name | proxy", "target.is_public"),
        ("gateway.is_alive", "name.own = timed_out"),
        unless=("control.ok", "ports.any_answer", "ping.ok"),
        confidence=_LIKELY,
        offers=(Trial.CONTROL,),
    ),
    Rule(
        "everything_fails",
        Step.GATEWAY,
        Whose.LAN,
        ("target.kind = tcp.timed_out | udp.no_reply | dns.timed_out", "not control.ok", "gateway.is_silent"),
        unless=("ports.any_answer", "ping.ok", "target.is_on_link", "internet.is_reached"),
        confidence=_LIKELY,
    ),
    Rule(
        "computer_busy",
        Step.SELF,
        Whose.ME,
        ("target.kind = local.stalled",),
        ("self.is_busy",),
        unless=("self.is_busy = False",),
    ),
)
