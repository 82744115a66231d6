"""A span's web requests as HAR 1.2, for the tools that people read such with.

Source: HAR 1.2 (Jan Odvarko; W3C Web Performance draft of 2012). `connect` includes `ssl`, as there; times in ms; -1
says that a phase had no part in it.
"""

import json
from collections.abc import Iterable, Iterator
from typing import Any, TextIO
from urllib.parse import parse_qsl, urlsplit

from clearline import __version__
from clearline.domain.event import AttemptEnded
from clearline.domain.phase import Phase
from clearline.domain.problem import InputError
from clearline.domain.target import Probe, Target, parse_endpoint
from clearline.report.span import Span
from clearline.report.visible import Moments


def write_har(out: TextIO, span: Span, moments: Moments, attempts: Iterable[AttemptEnded]) -> None:
    """Every request, each redirect by itself, failed ones with status 0; of other targets than `http` nothing."""
    creator = {"name": "Clearline", "version": __version__}
    out.write(f'{{"log": {{"version": "1.2", "creator": {json.dumps(creator)}, "entries": [')
    separator = "\n"
    for entry in _entries(span, moments, attempts):
        out.write(separator)
        out.write(json.dumps(entry, ensure_ascii=False, allow_nan=False))
        separator = ",\n"
    out.write("\n]}}\n")


def _entries(span: Span, moments: Moments, attempts: Iterable[AttemptEnded]) -> Iterator[dict[str, Any]]:
    for event in attempts:
        target = span.target(event.target)
        if target.address and target.probe is Probe.HTTP:
            yield from _requests(target, event, moments)


def _requests(target: Target, event: AttemptEnded, moments: Moments) -> Iterator[dict[str, Any]]:
    """One for each hop of a trail of redirects; phases of a hop are its own."""
    hops = event.outcome.detail.get("hops")
    if not isinstance(hops, list) or not all(isinstance(hop, dict) for hop in hops) or len(hops) < 2:
        phases = {phase.value: ms for phase, ms in event.outcome.phases.reached()}
        yield _entry(target, event, moments.iso(event.started_s), target.shown, phases, is_last=True)
        return
    begun_s = event.started_s
    for place, hop in enumerate(hops):
        told = hop.get("phases")
        phases = {str(name): ms for name, ms in told.items() if _is_ms(ms)} if isinstance(told, dict) else {}
        entry = _entry(target, event, moments.iso(begun_s), str(hop.get("url", "")), phases, place == len(hops) - 1)
        if place < len(hops) - 1:
            entry["response"] |= {
                "status": _whole(hop.get("status")),
                "redirectURL": str(hops[place + 1].get("url", "")),
            }
        yield entry
        begun_s += float(entry["time"]) / 1000


def _entry(
    target: Target, event: AttemptEnded, started: str, url: str, phases: dict[str, float], is_last: bool
) -> dict[str, Any]:
    outcome, fault = event.outcome, event.outcome.fault
    http = outcome.detail.get("http") if is_last else None
    http = http if isinstance(http, dict) else {}
    timings = _timings(phases)
    entry = {
        "startedDateTime": started,
        "time": round(sum(ms for name, ms in timings.items() if name != "ssl" and ms > 0), 4),
        "request": _request(target, url, _version(http)),
        "response": _response(outcome.status if is_last else None, http),
        "cache": {},
        "timings": timings,
        "_check": event.check,
        "_attempt": event.attempt,
    }
    if place := _place(outcome.address):
        entry |= {"serverIPAddress": place[0], "connection": str(place[1] or "")}
    if fault is not None and is_last:
        entry |= {"comment": f"{fault.kind} ({fault.phase.value})", "_error": fault.kind}
    return entry


def _timings(phases: dict[str, float]) -> dict[str, float]:
    def ms(*names: Phase) -> float:
        known = [phases[name.value] for name in names if name.value in phases]
        return round(max(0.0, sum(known)), 4) if known else -1

    return {
        "blocked": -1,
        "dns": ms(Phase.RESOLVE),
        "connect": ms(Phase.CONNECT, Phase.PROXY, Phase.TLS),
        "ssl": ms(Phase.TLS),
        "send": max(0, ms(Phase.SEND)),
        "wait": max(0, ms(Phase.WAIT)),
        "receive": max(0, ms(Phase.RECEIVE)),
    }


def _request(target: Target, url: str, version: str) -> dict[str, Any]:
    try:
        query = parse_qsl(urlsplit(url).query, keep_blank_values=True)
    except ValueError:
        query = []
    return {
        "method": target.method,
        "url": url,
        "httpVersion": version,
        "cookies": [],
        "headers": [_header(line) for line in target.masked.headers],
        "queryString": [{"name": name, "value": value} for name, value in query],
        "headersSize": -1,
        "bodySize": -1 if target.body else 0,
    }


def _response(status: int | None, http: dict[str, Any]) -> dict[str, Any]:
    headers = http.get("headers")
    headers = headers if isinstance(headers, dict) else {}
    size = http.get("body_bytes")
    size = size if isinstance(size, int) else -1
    return {
        "status": status or 0,
        "statusText": "",
        "httpVersion": _version(http),
        "cookies": [],
        "headers": [{"name": str(name), "value": str(value)} for name, value in headers.items()],
        "content": {"size": max(0, size), "mimeType": str(headers.get("content-type", ""))},
        "redirectURL": str(headers.get("location", "")),
        "headersSize": -1,
        "bodySize": size,
    }


def _header(line: str) -> dict[str, str]:
    name, _, value = line.partition(":")
    return {"name": name.strip(), "value": value.strip()}


def _version(http: dict[str, Any]) -> str:
    return str(http.get("version") or "")


def _place(address: str) -> tuple[str, int | None] | None:
    try:
        return parse_endpoint(address) if address else None
    except InputError:
        return None


def _is_ms(value: Any) -> bool:
    return isinstance(value, int | float) and 0 <= value < 1e10


def _whole(value: Any) -> int:
    return value if isinstance(value, int) else 0
