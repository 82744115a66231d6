"""An attempt in the words of OpenTelemetry's semantic conventions, as far as those have words for it.

Source: OpenTelemetry Semantic Conventions 1.29, groups `server`, `network`, `url`, `http`, `dns`, `tls`, `error`.
What they do not name is under `clearline.`.
"""

import math
from collections.abc import Iterator
from typing import Any

from clearline.domain.event import AttemptEnded
from clearline.domain.problem import InputError
from clearline.domain.target import Probe, Target, parse_endpoint

_TRANSPORT = {Probe.UDP: "udp", Probe.NTP: "udp", Probe.DNS: "udp"}
_NOT_IP = frozenset({Probe.ICMP, Probe.PATH, Probe.MTU})


def attributes(target: Target, event: AttemptEnded) -> dict[str, Any]:
    """Only what is known: no key stands for nothing."""
    return dict(_known(target, event))


def plain(value: Any, depth: int = 12) -> Any:
    """Values of evidence as JSON can hold them, whatever a file says: no NaN, no bytes, nothing too deep."""
    if depth < 0:
        return None
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {str(name): plain(one, depth - 1) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [plain(one, depth - 1) for one in value]
    return value if isinstance(value, str | int | None) else str(value)


def _known(target: Target, event: AttemptEnded) -> Iterator[tuple[str, Any]]:
    outcome = event.outcome
    if target.address:
        yield "server.address", target.host
        if target.port:
            yield "server.port", target.port
        if target.probe not in _NOT_IP:
            yield "network.transport", _TRANSPORT.get(target.probe, "tcp")
    if place := _endpoint(outcome.address):
        yield "network.peer.address", place[0]
        if place[1] is not None:
            yield "network.peer.port", place[1]
        yield "network.type", "ipv6" if ":" in place[0] else "ipv4"
    if outcome.fault is not None:
        yield "error.type", outcome.fault.kind
    if target.address and target.probe is Probe.HTTP:
        yield from _http(target, event)
    elif target.address and target.probe is Probe.DNS:
        yield "dns.question.name", target.host
        if isinstance(answers := _table(outcome.detail, "dns").get("answers"), list):
            yield "dns.answers", [str(answer) for answer in answers]
    yield from _tls(_table(outcome.detail, "tls"))


def _http(target: Target, event: AttemptEnded) -> Iterator[tuple[str, Any]]:
    yield "url.full", target.shown
    yield "url.scheme", target.scheme
    yield "http.request.method", target.method
    if event.attempt > 1:
        yield "http.request.resend_count", event.attempt - 1
    if event.outcome.status is not None:
        yield "http.response.status_code", event.outcome.status
    http = _table(event.outcome.detail, "http")
    if version := str(http.get("version") or "").removeprefix("HTTP/"):
        yield "network.protocol.name", "http"
        yield "network.protocol.version", version
    if isinstance(size := http.get("body_bytes"), int):
        yield "http.response.body.size", size


def _tls(tls: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    if version := str(tls.get("version") or "").removeprefix("TLSv"):
        yield "tls.protocol.name", "tls"
        yield "tls.protocol.version", version
    named = {"cipher": "tls.cipher", "alpn": "tls.next_protocol", "subject": "tls.server.subject"}
    named |= {"issuer": "tls.server.issuer", "expires_at": "tls.server.not_after", "starts_at": "tls.server.not_before"}
    for ours, theirs in named.items():
        if isinstance(value := tls.get(ours), str) and value:
            yield theirs, value
    if isinstance(digest := tls.get("sha256"), str) and digest:
        yield "tls.server.hash.sha256", digest


def _endpoint(address: str) -> tuple[str, int | None] | None:
    try:
        return parse_endpoint(address) if address else None
    except InputError:
        return None


def _table(detail: dict[str, Any], area: str) -> dict[str, Any]:
    told = detail.get(area)
    return told if isinstance(told, dict) else {}
