"""What the last attempt at a target saw, in words first, and as it was recorded."""

import datetime as dt
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QCoreApplication

from clearline.domain.outcome import Outcome
from clearline.ui.viewmodels.target_state import TargetState
from clearline.ui.viewmodels.words import Words

translate = QCoreApplication.translate

MOST_RAW = 6000
"""Characters of the recorded form that are shown: headers of a page may be long."""


@dataclass(frozen=True, slots=True)
class Fact:
    """What it is, and what was seen."""

    name: str
    told: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """Facts in words, and the recorded form as JSON."""

    facts: tuple[Fact, ...] = ()
    raw: str = ""


def evidence(state: TargetState, words: Words) -> Evidence:
    """Of the target's last attempt; nothing before the first."""
    if state.last_attempt is None:
        return Evidence()
    outcome = state.last_attempt.outcome
    facts = [*_way(outcome, words), *_tls(outcome, words), *_dns(outcome), *_keep_alive(outcome, words)]
    if (used := state.used) is not None:
        source = words.texts.say(f"fallback.{used.source}", age=words.span(used.age_s), place=used.place)
        facts.append(Fact(translate("Evidence", "Goes on with"), source))
    if late := state.statistics.late:
        facts.append(Fact(translate("Evidence", "Late answers"), words.texts.number(late)))
    kept: dict[str, Any] = {"phases_ms": {phase.value: round(ms, 3) for phase, ms in outcome.phases.reached()}}
    if outcome.fault is not None:
        kept["fault"] = {"kind": outcome.fault.kind, "evidence": outcome.fault.evidence}
    kept["detail"] = outcome.detail
    raw = json.dumps(kept, ensure_ascii=False, indent=1, default=str)
    return Evidence(tuple(facts), raw if len(raw) <= MOST_RAW else f"{raw[:MOST_RAW]}…")


def _way(outcome: Outcome, words: Words) -> Iterator[Fact]:
    if outcome.address:
        yield Fact(translate("Evidence", "Address"), outcome.address)
    if isinstance(connection := outcome.detail.get("connection"), dict):
        yield Fact(translate("Evidence", "Connection"), _connection(connection, words))
    if outcome.syn_retransmits:
        told = translate("Evidence", "{0}; the wait for the repeat is no latency of the path")
        lost = words.texts.say("path.syn_short", count=outcome.syn_retransmits)
        yield Fact(translate("Evidence", "Connection requests"), told.format(lost))
    proxy = outcome.detail.get("proxy") or (outcome.fault.evidence.get("proxy") if outcome.fault else None)
    if isinstance(proxy, dict) and proxy.get("address"):
        yield Fact(translate("Evidence", "Through the proxy"), str(proxy["address"]))
    hops = outcome.detail.get("hops") or []
    if len(hops) > 1:
        said = [_hop(hop, words) for hop in hops]
        yield Fact(translate("Evidence", "Redirects ({0})").format(len(hops) - 1), " → ".join(said))
    if outcome.status is not None and "http" in outcome.detail:
        version = str(outcome.detail["http"].get("version", ""))
        told = f"HTTP/{version}" if version[:1].isdigit() else version
        yield Fact(translate("Evidence", "Answer"), ", ".join(filter(None, (str(outcome.status), told))))


def _connection(told: dict[str, Any], words: Words) -> str:
    """Which connection was used, where the profile keeps them."""
    if told.get("is_reused"):
        text = translate("Evidence", "kept from an earlier check, unused for {0}: nothing was connected or encrypted")
        return text.format(words.span(float(told.get("idle_s", 0.0))))
    if told.get("found_closed"):
        return translate("Evidence", "a fresh one: the server had closed the kept one meanwhile")
    return translate("Evidence", "a fresh one")


def _hop(hop: dict[str, Any], words: Words) -> str:
    """`301 http://shop.example/ 12 ms`: a hop that never answered has no status."""
    parts = [str(hop.get("status", "")), str(hop.get("url", ""))]
    parts += [words.latency(hop["ms"])] if "ms" in hop else []
    return " ".join(part for part in parts if part)


def _tls(outcome: Outcome, words: Words) -> Iterator[Fact]:
    tls = outcome.detail.get("tls")
    if not isinstance(tls, dict):
        return
    said = [str(tls[name]) for name in ("version", "cipher", "alpn") if tls.get(name)]
    if said:
        yield Fact(translate("Evidence", "Encryption"), ", ".join(said))
    if verified_by := tls.get("verified_by"):
        by = {
            "nobody": translate("Evidence", "by nobody: anybody could answer here"),
            "ca_file": translate("Evidence", "by the authority file of this target"),
            "system": translate("Evidence", "by the authorities of this system"),
            "bundled": translate("Evidence", "by the authorities that came with Clearline"),
        }
        yield Fact(translate("Evidence", "Certificate checked"), by.get(str(verified_by), str(verified_by)))
    if expires_at := tls.get("expires_at"):
        when = words.date_and_time(dt.datetime.fromisoformat(str(expires_at)).timestamp())
        if (days := tls.get("expires_days")) is not None:
            when = translate("Evidence", "{0} (days left: {1})").format(when, words.texts.number(days))
        yield Fact(translate("Evidence", "Certificate ends"), when)


def _dns(outcome: Outcome) -> Iterator[Fact]:
    dns = outcome.detail.get("dns")
    if not isinstance(dns, dict):
        return
    if dns.get("server"):
        yield Fact(translate("Evidence", "Asked"), str(dns["server"]))
    if dns.get("answers"):
        yield Fact(translate("Evidence", "Answers"), ", ".join(map(str, dns["answers"])))
    words = {
        "hosts_file": translate("Evidence", "the answer stands in the hosts file of this computer"),
        "search_domain": translate("Evidence", "the name was completed by a search domain"),
        "servers_disagree": translate("Evidence", "the name servers disagree among themselves"),
        "resolver_disagrees": translate("Evidence", "the system’s answer differs from that of every name server"),
    }
    if findings := dns.get("findings"):
        told = "; ".join(words.get(finding, str(finding)) for finding in findings)
        yield Fact(translate("Evidence", "Name servers compared"), told)


def _keep_alive(outcome: Outcome, words: Words) -> Iterator[Fact]:
    told = outcome.detail.get("keep_alive")
    if not isinstance(told, dict):
        return
    texts, parts = words.texts, []
    whole = told.get("keep_alive", {})
    if not whole.get("value"):
        parts.append(texts.say("keepalive.off" if "value" in whole else f"keepalive.{whole.get('state')}"))
    for name, option in told.items():
        if name == "keep_alive":
            continue
        if option["state"] != "set":
            written = texts.say(f"keepalive.{option['state']}")
        else:
            written = words.span(option["value"]) if name.endswith("_s") else texts.number(option["value"])
        parts.append(f"{texts.field(f'keepalive.{name}')} {written}")
    yield Fact(translate("Evidence", "Keep-alive"), "; ".join(parts))
