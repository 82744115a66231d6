"""What one attempt saw, as named facts that the rules read; pure, so that recorded attempts serve like fresh ones."""

import ipaddress
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from typing import Any

from clearline.domain.fault import Fault
from clearline.domain.outcome import Outcome
from clearline.domain.phase import Phase
from clearline.domain.target import Probe, Target
from clearline.domain.verdict import Outside, Step, Thresholds

Facts = Mapping[str, Any]
"""Name, such as `connect.kind`, and a plain value. What was not found out is not in it."""

_STEP_OF = {
    Phase.RESOLVE: Step.NAME,
    Phase.CONNECT: Step.CONNECT,
    Phase.PROXY: Step.PROXY,
    Phase.TLS: Step.TLS,
    Phase.SEND: Step.HTTP,
    Phase.WAIT: Step.HTTP,
    Phase.RECEIVE: Step.HTTP,
}
_OF_WEB = frozenset({Probe.HTTP, Probe.WS})
_DATAGRAMS = frozenset({Probe.UDP, Probe.NTP, Probe.ICMP, Probe.DNS})
_RESTING = frozenset({Probe.HTTP, Probe.TCP, Probe.BEAT})
"""Those whose connections may stay idle, as far as their peers let them."""
_TUNNELLED = ("https", "wss", "tls")
_ORDER = tuple(Step)


def step_of(target: Target, fault: Fault) -> Step:
    """The rung of the ladder on which an attempt at a target failed."""
    area = fault.kind.partition(".")[0]
    if area == "dns" and target.probe is Probe.DNS:
        return Step.APPLICATION
    named = {"dns": Step.NAME, "tls": Step.TLS, "proxy": Step.PROXY, "input": Step.SELF}.get(area)
    if named is not None:
        return named
    if fault.kind in _OF_MACHINE:
        return _OF_MACHINE[fault.kind]
    step = _STEP_OF[fault.phase]
    if step is Step.CONNECT or target.probe in _DATAGRAMS:
        # A datagram's silence comes in the phase of the answer, but nothing was connected before.
        return Step.CONNECT
    return step if target.probe is Probe.HTTP or step is not Step.HTTP else Step.APPLICATION


_OF_MACHINE = {
    "local.no_link": Step.LINK,
    "local.no_address": Step.ADDRESS,
    "local.no_route": Step.GATEWAY,
    "local.family_unavailable": Step.ADDRESS,
}


def facts_of_target(target: Target) -> dict[str, Any]:
    """What is known of a target before anything is sent."""
    host = target.via or target.host
    return {
        "target.probe": target.probe.value,
        "target.scheme": target.scheme,
        "target.host": target.host,
        "target.port": target.port,
        "target.is_literal": is_literal(host.strip("[]")) or bool(target.via),
        "target.is_loopback": is_loopback(target.host),
        "target.is_web": target.probe in _OF_WEB,
        "target.is_tls": target.scheme in _TUNNELLED,
        "target.is_datagram": target.probe in _DATAGRAMS,
        "target.can_rest": target.probe in _RESTING,
    }


def load_source(target: Target, outside: Outside) -> str:
    """The web address that a load test reads from: the target's own, else a known good one's; empty without any."""
    own = (target.address,) if target.method.upper() == "GET" else ()
    webs = (address for address in (*own, *outside.control) if address.startswith(("http://", "https://")))
    return next(webs, "")


def can_load(target: Target, outside: Outside) -> bool:
    """Is there anything for a load test to read from, or to send to?"""
    return bool(load_source(target, outside) or outside.upload)


def facts_of_outcome(
    target: Target, outcome: Outcome, thresholds: Thresholds, prefix: str = "target"
) -> dict[str, Any]:
    """How an attempt ended, where and whose; and of what it learned on the way, whatever a rule asks for."""
    fault = outcome.fault
    found: dict[str, Any] = {f"{prefix}.ok": fault is None, f"{prefix}.address": outcome.address}
    if outcome.status is not None:
        found[f"{prefix}.status"] = outcome.status
    found |= {f"{prefix}.{phase.value}_ms": round(ms, 1) for phase, ms in outcome.phases.reached()}
    found |= _of_detail(outcome, thresholds, prefix)
    if fault is not None:
        found |= {
            f"{prefix}.kind": fault.kind,
            f"{prefix}.step": step_of(target, fault).value,
            f"{prefix}.whose": fault.whose.value,
        }
        found |= _of_evidence(fault.evidence, outcome, prefix)
    elif outcome.syn_retransmits:
        found[f"{prefix}.lost_requests"] = outcome.syn_retransmits
    return found


def facts_of_way(target: Target, outcome: Outcome, step: str | None) -> dict[str, Any]:
    """How far an attempt came; `step` is the rung on which it failed, None where it worked."""
    told: dict[str, Any] = {}
    is_beyond = outcome.ok or (step is not None and _ORDER.index(Step(step)) > _ORDER.index(Step.CONNECT))
    if is_beyond and step != Step.PROXY.value:
        told["connect.ok"] = True
    if target.scheme in _TUNNELLED and (outcome.ok or step in (Step.HTTP, Step.APPLICATION)):
        told["tls.ok"] = outcome.phases.tls is not None
    if ip := host_of(outcome.address):
        try:
            told["target.is_public"] = ipaddress.ip_address(ip.partition("%")[0]).is_global
        except ValueError:
            pass  # Not an address: nothing was resolved.
    return told


def _of_evidence(evidence: dict[str, Any], outcome: Outcome, prefix: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    peer = evidence.get("peer") or outcome.address.rpartition(":")[0].strip("[]")
    if icmp := evidence.get("icmp"):
        offender = icmp.get("offender", "")
        found[f"{prefix}.offender"] = offender
        found[f"{prefix}.spoken_by"] = "target" if offender in ("", peer) else "router"
    if http := evidence.get("http"):
        if (wait_s := http.get("retry_after_s")) is not None:
            found[f"{prefix}.retry_after_s"] = wait_s
        found[f"{prefix}.missing"] = http.get("missing", "")
    if tls := evidence.get("tls"):
        found |= _of_certificate(tls, prefix)
        if (trusted := tls.get("is_bundled_trusted")) is not None:
            found[f"{prefix}.is_publicly_trusted"] = trusted
        if (alert := tls.get("alert")) is not None:
            found[f"{prefix}.alert"] = alert
    if proxy := evidence.get("proxy"):
        found[f"{prefix}.proxy"] = proxy.get("address", "")
        found[f"{prefix}.proxy_status"] = proxy.get("status") or 0
        found[f"{prefix}.proxy_error"] = proxy.get("error", "")
    if dns := evidence.get("dns"):
        found[f"{prefix}.dns_server"] = dns.get("server", "")
    if service := evidence.get("service"):
        found[f"{prefix}.said"] = str(service.get("said", ""))[:120]
    if beat := evidence.get("beat"):
        found[f"{prefix}.is_idle"] = bool(beat.get("is_idle"))
        found[f"{prefix}.lived_s"] = beat.get("lived_s", 0.0)
    if tcp := evidence.get("tcp_info"):
        found[f"{prefix}.unacked"] = tcp.get("unacked", 0)
    if deadline := evidence.get("deadline"):
        found[f"{prefix}.waited_s"] = deadline.get("value_s", 0.0)
    found[f"{prefix}.has_heard"] = bool(evidence.get("bytes_in"))
    return found


def _of_detail(outcome: Outcome, thresholds: Thresholds, prefix: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    detail = outcome.detail
    tried = [each for each in detail.get("addresses", []) if isinstance(each, dict)]
    if tried:
        bad = [str(each["address"]) for each in tried if each.get("kind")]
        found[f"{prefix}.bad_addresses"] = bad
        found[f"{prefix}.has_bad_address"] = bool(bad) and len(bad) < len(tried)
    if tls := detail.get("tls"):
        found |= _of_certificate(tls, prefix)
        days = tls.get("expires_days")
        if days is not None:
            found[f"{prefix}.certificate_days"] = days
            found[f"{prefix}.expires_soon"] = days < thresholds.certificate_days
    if http := detail.get("http"):
        headers = http.get("headers", {})
        found[f"{prefix}.http_version"] = http.get("version", "")
        if date := headers.get("date"):
            found[f"{prefix}.date_s"] = _seconds(date)
        for name in ("server", "via", "x-request-id", "location"):
            if value := headers.get(name):
                found[f"{prefix}.{name.replace('-', '_')}"] = value
        found[f"{prefix}.is_cached"] = "age" in headers
    if proxy := detail.get("proxy"):
        found[f"{prefix}.proxy"] = proxy.get("address", "")
    if (dns := detail.get("dns")) and dns.get("findings"):
        found[f"{prefix}.dns_findings"] = list(dns["findings"])
    return {name: value for name, value in found.items() if value is not None}


def _of_certificate(tls: dict[str, Any], prefix: str) -> dict[str, Any]:
    names = {"issuer": "issuer", "subject": "subject", "expires_at": "expires_at", "starts_at": "starts_at"}
    found = {f"{prefix}.{name}": tls[name] for name in names if tls.get(name)}
    if tls.get("names"):
        found[f"{prefix}.names"] = list(tls["names"])[:5]
    if issuer := tls.get("issuer"):
        found[f"{prefix}.is_inspector"] = is_inspector(str(issuer))
    return found


_INSPECTORS = (
    "zscaler", "netskope", "fortinet", "fortigate", "palo alto", "blue coat", "bluecoat", "sophos", "kaspersky", "eset",
    "avast", "avg ", "bitdefender", "mcafee", "trend micro", "check point", "cisco umbrella", "websense", "forcepoint",
    "barracuda", "watchguard", "squid", "proxy ca", "inspection", "ssl proxy", "web filter",
)  # fmt: skip


def is_inspector(issuer: str) -> bool:
    """Does an issuer's name say that it opens TLS on its way: a filter of the company or an anti-virus program?"""
    lower = issuer.lower()
    return any(name in lower for name in _INSPECTORS)


def _seconds(date: str) -> float | None:
    try:
        return parsedate_to_datetime(date).timestamp()
    except (TypeError, ValueError, OverflowError):
        return None


def is_literal(host: str) -> bool:
    """Is it a number rather than a name?"""
    try:
        ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return False
    return True


def is_loopback(host: str) -> bool:
    """Is it this computer itself?"""
    if is_literal(host):
        return ipaddress.ip_address(host.partition("%")[0]).is_loopback
    return host.rstrip(".").lower().rpartition(".")[2] == "localhost"


def host_of(place: str) -> str:
    """The IP of `ip:port`, without brackets; what is a bare IP stays."""
    if place.startswith("["):
        return place[1:].partition("]")[0]
    return place.rpartition(":")[0] if place.count(":") == 1 else place
