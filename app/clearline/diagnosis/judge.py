"""From facts to a verdict: the first rule that is met, what was ruled out, what is worth a note, what is missing."""

from typing import Any

import msgspec

from clearline.diagnosis import rules_answer, rules_here, rules_names, rules_path, rules_quality, rules_tls
from clearline.diagnosis.clues import all_met, any_met
from clearline.diagnosis.facts import Facts
from clearline.diagnosis.rule import Rule
from clearline.domain.fault import Whose, kind_of
from clearline.domain.verdict import PENDING, UNCLEAR, WORKS, Confidence, Saying, Step, Trial, Verdict

RULES: tuple[Rule, ...] = (
    *rules_here.RULES,
    *rules_names.RULES,
    *rules_path.RULES,
    *rules_tls.RULES,
    *rules_answer.RULES,
    *rules_quality.RULES,
)
"""In order: where two are met, the earlier one says more."""

AS_SEEN = "as_seen"
"""No rule says more than what the attempt itself saw: its fault's own words are shown."""

RULED_OUT: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("busy", ("self.is_busy = False",)),
    ("own_network", ("gateway.is_alive", "link.is_up")),
    ("names", ("name.own = ok", "target.step != name")),
    ("internet", ("internet.is_reached",)),
    ("portal", ("internet.portal = online",)),
    ("proxy", ("proxy.is_used = False", "target.is_web")),
    ("proxy_too", ("proxy.is_used", "direct.ok = False", "direct.step != name")),
    ("way_to_proxy", ("proxy.is_reached", "target.step = proxy")),
    ("firewall_refused", ("target.kind = tcp.refused", "target.spoken_by = target")),
    ("other_port", ("ports.any_answer", "target.step = connect")),
    ("one_address", ("families.count > 1", "families.ok_count < 1")),
    ("connection", ("connect.ok", "target.ok = False")),
    ("encryption", ("tls.ok", "target.ok = False")),
    ("clock", ("clock.is_wrong = False", "target.step = tls")),
    ("packet_size", ("sizes.is_black_hole = False",)),
    ("name_filter", ("sni.ok = False",)),
    ("control", ("control.ok",)),
    ("others", ("others.ok", "target.ok = False")),
    ("one_off", ("again.ok = False",)),
    (
        "idle_cut",
        ("reuse.is_cut = False", "reuse.is_closed = False", "reuse.is_lost = False", "reuse.idle_s > 0"),
    ),
    ("other_adapter", ("interfaces.ok = False", "address.is_vpn = False")),
    ("this_computer", ("colleague.ok = False",)),
)
"""Code `ruled_out.*`, and when it may be said."""

NOTES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("gateway_silent", ("gateway.is_silent", "target.ok")),
    ("gateway_silent", ("gateway.is_silent", "connect.ok")),
    ("ping_silent", ("ping.ok = False", "connect.ok")),
    ("vpn", ("address.is_vpn",)),
    ("inspected", ("target.ok", "target.is_inspector")),
    ("certificate_over", ("target.ok", "target.certificate_days < 0")),
    ("hosts_file", ("name.in_hosts_file",)),
    ("names_rewritten", ("name.random_resolves",)),
    ("portal_seen", ("internet.portal = portal", "target.ok")),
    ("busy", ("self.is_busy",)),
    ("was_away", ("self.was_away",)),
    ("smaller_packets", ("sizes.told_mtu > 0",)),
    ("works_elsewhere", ("colleague.ok", "target.ok = False")),
    ("works_by_adapter", ("interfaces.ok", "target.ok = False")),
    ("fails_elsewhere", ("colleague.ok = False", "target.ok = False")),
    ("reuse_cost", ("reuse.warm_ms > 0", "reuse.cold_ms > 0")),
    ("never_kept", ("reuse.is_kept = False", "not reuse.breaks")),
    ("cut_when_idle", ("reuse.is_cut", "reuse.lives_s > 0")),
    ("closed_when_idle", ("reuse.is_closed", "reuse.idle_s > 0")),
    ("open_when_idle", ("reuse.is_closed", "reuse.lives_s > 0")),
    ("lost_meanwhile", ("reuse.is_lost",)),
    ("load_grade", ("load.is_thin = False", "load.has_rpm = False")),
    ("load_grade_rpm", ("load.is_thin = False", "load.has_rpm")),
    ("load_thin", ("load.is_thin",)),
    ("load_short", ("load.is_short",)),
    ("load_lost", ("load.is_lost",)),
    ("load_lost", ("load.up_is_lost",)),
    ("load_refused", ("load.status",)),
    ("load_failed", ("load.kind",)),
    ("load_up_grade", ("load.up_ok", "load.up_has_rpm = False")),
    ("load_up_grade_rpm", ("load.up_ok", "load.up_has_rpm")),
    ("load_up_short", ("load.up_is_short",)),
    ("load_up_refused", ("load.up_status",)),
    ("load_up_failed", ("load.up_kind",)),
    ("outside_not_asked", ("internet.is_allowed = False", "target.ok = False")),
)
"""Code `note.*`, and when it is worth saying."""

VALUES = {
    "host": "target.host",
    "port": "target.port",
    "address": "target.address",
    "offender": "target.offender",
    "status": "target.status",
    "issuer": "target.issuer",
    "wait_s": "target.retry_after_s",
    "said": "target.said",
    "days": "target.certificate_days",
    "gateway": "gateway.ip",
    "server": "name.server",
    "proxy": "proxy.address",
    "adapter": "address.adapter",
    "other_ports": "ports.answered",
    "other_adapters": "interfaces.tried",
    "working_adapters": "interfaces.works",
    "bad": "families.bad",
    "mtu": "sizes.mtu",
    "skew_s": "clock.skew_s",
    "loss": "quality.loss",
    "idle_s": "reuse.idle_s",
    "lives_s": "reuse.lives_s",
    "period_s": "history.period_s",
    "ms": "quality.p50_ms",
    "names_ms": "name.system_ms",
    "cold_ms": "reuse.cold_ms",
    "warm_ms": "reuse.warm_ms",
    "load_mb": "load.mb",
    "rate_mbit": "load.rate_mbit",
    "rise_ms": "load.rise_ms",
    "grade": "load.grade",
    "rpm": "load.rpm",
    "responsiveness": "load.responsiveness",
    "load_status": "load.status",
    "up_host": "load.up_host",
    "up_mb": "load.up_mb",
    "up_rate_mbit": "load.up_rate_mbit",
    "up_rise_ms": "load.up_rise_ms",
    "up_grade": "load.up_grade",
    "up_rpm": "load.up_rpm",
    "up_responsiveness": "load.up_responsiveness",
    "up_status": "load.up_status",
}
"""What the texts may be filled with, and which fact that is."""


def judge(facts: Facts) -> Verdict:
    """What the facts mean. Never raises; without anything known it is `pending`."""
    rule = next((rule for rule in RULES if _applies(rule, facts)), None)
    if rule is not None:
        return _verdict(rule, facts)
    is_ok = facts.get("target.ok")
    if is_ok is None:
        return Verdict(
            PENDING, Confidence.POSSIBLE, is_fault=False, works_last=works_last(facts), values=values_of(facts)
        )
    if is_ok:
        last = works_last(facts)
        return _told(
            Verdict(WORKS, Confidence.CERTAIN, is_fault=False, works_last=last, values=values_of(facts)), facts
        )
    return _told(_as_seen(facts), facts)


def values_of(facts: Facts) -> dict[str, str | int | float]:
    """What fills the texts."""
    return {name: _shown(facts[fact]) for name, fact in VALUES.items() if facts.get(fact) is not None}


def _shown(value: Any) -> str | int | float:
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value))
    return value if isinstance(value, str | int | float) else str(value)


def _applies(rule: Rule, facts: Facts) -> bool:
    is_ok = facts.get("target.ok")
    if rule.is_fault and is_ok:
        # What works disproves every complaint of a layer below it.
        return False
    return all_met(rule.when, facts) and not any_met(rule.unless, facts)


def _verdict(rule: Rule, facts: Facts) -> Verdict:
    is_proven = not rule.excludes or any_met(rule.excludes, facts)
    confidence = rule.confidence if is_proven else rule.confidence.lowered
    if facts.get("self.is_busy") and confidence is Confidence.CERTAIN and rule.step is not Step.SELF:
        # A busy tester may have caused a silence itself; what a peer said in words stays said.
        confidence = confidence.lowered if facts.get("target.waited_s") else confidence
    return _told(
        Verdict(
            rule.code,
            confidence,
            rule.whose,
            rule.step,
            works_last(facts, before=rule.step),
            is_fault=rule.is_fault,
            kind=str(facts.get("target.kind", "")),
            values=values_of(facts),
            missing=() if is_proven else _missing(rule, facts),
        ),
        facts,
    )


def _as_seen(facts: Facts) -> Verdict:
    kind = str(facts.get("target.kind", ""))
    known = kind_of(kind)
    step = Step(facts["target.step"]) if facts.get("target.step") else None
    is_known = known.whose is not Whose.NOBODY
    return Verdict(
        AS_SEEN if is_known else UNCLEAR,
        Confidence.POSSIBLE,
        known.whose,
        step,
        works_last(facts, before=step),
        kind=kind,
        values=values_of(facts),
        missing=tuple(trial for trial in (Trial.CONTROL, Trial.COLLEAGUE) if not was_made(trial, facts)),
    )


def _missing(rule: Rule, facts: Facts) -> tuple[Trial, ...]:
    return tuple(trial for trial in rule.offers if can_be_made(trial, facts) and not was_made(trial, facts))


_NEEDS = {
    Trial.INTERFACES: "address.others",
    Trial.REUSE: "target.can_rest",
    Trial.LOAD: "load.is_possible",
}
"""What must be known before a trial is worth offering."""


def can_be_made(trial: Trial, facts: Facts) -> bool:
    """Is there what it needs?"""
    return trial not in _NEEDS or bool(facts.get(_NEEDS[trial]))


_MADE_BY = {
    Trial.RESOLVERS: "name.reference",
    Trial.PROXY: "direct.ok",
    Trial.PORTS: "ports.answers",
    Trial.NEIGHBOURS: "neighbours.answers",
    Trial.FAMILIES: "families.count",
    Trial.SIZES: "sizes.is_black_hole",
    Trial.REUSE: "reuse.is_cut",
    Trial.LOAD: "load.idle_ms",
}


def was_made(trial: Trial, facts: Facts) -> bool:
    """Is its result among the facts?"""
    return _MADE_BY.get(trial, f"{trial.value}.ok") in facts


def _told(verdict: Verdict, facts: Facts) -> Verdict:
    return msgspec.structs.replace(
        verdict,
        ruled_out=_sayings("ruled_out", RULED_OUT, facts),
        notes=_sayings("note", NOTES, facts),
    )


def _sayings(area: str, table: tuple[tuple[str, tuple[str, ...]], ...], facts: Facts) -> tuple[Saying, ...]:
    codes = dict.fromkeys(code for code, when in table if all_met(when, facts))
    return tuple(Saying(f"{area}.{code}", values_of(facts)) for code in codes)


_LADDER = tuple(Step)
_WORKED: tuple[tuple[Step, tuple[str, ...]], ...] = (
    (Step.APPLICATION, ("target.ok", "target.is_web = False", "target.is_datagram = False")),
    (Step.HTTP, ("target.ok", "target.is_web")),
    (Step.TLS, ("tls.ok",)),
    (Step.CONNECT, ("connect.ok",)),
    (Step.PROXY, ("proxy.is_reached",)),
    (Step.INTERNET, ("internet.is_reached",)),
    (Step.NAME, ("name.is_found",)),
    (Step.GATEWAY, ("gateway.is_alive",)),
    (Step.ADDRESS, ("address.is_given",)),
    (Step.LINK, ("link.is_up",)),
    (Step.SELF, ("self.is_busy = False",)),
)


def works_last(facts: Facts, before: Step | None = None) -> Step | None:
    """The highest rung that is known to work, below the one that fails first."""
    end = _LADDER.index(before) if before is not None else len(_LADDER)
    return next((step for step, when in _WORKED if _LADDER.index(step) < end and all_met(when, facts)), None)
