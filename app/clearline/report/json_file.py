"""A span as JSON of a versioned form, whose schema comes with Clearline (resources/report/report.schema.json)."""

import json
from collections.abc import Iterable
from typing import Any, TextIO

import msgspec

from clearline import __version__
from clearline.domain.event import AttemptEnded
from clearline.domain.phase import Phase
from clearline.domain.verdict import Saying
from clearline.report.attributes import attributes, plain
from clearline.report.diagnoses import Diagnosed
from clearline.report.facts import Facts, TargetFacts
from clearline.report.span import Span
from clearline.report.visible import Moments

FORMAT = "clearline-report"
VERSION = 1
"""Raised where a reader of the version before would read something wrong; what is only added does not raise it."""


def write_json(out: TextIO, facts: Facts, moments: Moments, attempts: Iterable[AttemptEnded]) -> None:
    """One object; its attempts a line each, so that no length of a session has to fit into memory."""
    head = json.dumps(_head(facts, moments), ensure_ascii=False, allow_nan=False, indent=1)
    out.write(head.removesuffix("\n}"))
    out.write(',\n "attempts": [')
    separator = "\n  "
    for event in attempts:
        out.write(separator)
        out.write(json.dumps(_attempt(facts.span, event, moments), ensure_ascii=False, allow_nan=False))
        separator = ",\n  "
    out.write("\n ]\n}\n")


def _head(facts: Facts, moments: Moments) -> dict[str, Any]:
    span = facts.span
    return {
        "format": FORMAT,
        "version": VERSION,
        "generator": {"name": "clearline", "version": __version__},
        "session": {
            "id": span.session_id,
            "started_at": moments.iso(0.0),
            "recorded_by": span.app_version,
            "is_redacted": span.is_redacted,
        },
        "span": {
            "from": moments.iso(span.from_s),
            "to": moments.iso(span.to_s),
            "from_s": span.from_s,
            "to_s": span.to_s,
            "local_time": moments.zone(span.from_s),
        },
        "plan": json.loads(msgspec.json.encode(_masked(span))),
        "targets": [_target(each, facts, moments) for each in facts.by_trouble],
        "diagnoses": [_diagnosis(each, facts.span, moments) for each in facts.diagnoses.all],
        "machine": _machine(span, moments),
        "around": _around(facts, moments),
    }


def _masked(span: Span) -> Any:
    return span.plan.with_targets(target.masked for target in span.plan.targets)


def _target(facts: TargetFacts, whole: Facts, moments: Moments) -> dict[str, Any]:
    target, end_s = facts.target, whole.span.to_s
    return {
        "id": target.id,
        "name": target.label,
        "address": target.shown,
        "probe": target.probe.value if target.address else "",
        "loss_by_time": facts.loss,
        "figures": facts.metrics.as_dict() | {"jitter_ms": facts.jitter_ms},
        "outages": [
            {
                "from": moments.iso(outage.from_s),
                "to": None if outage.to_s is None else moments.iso(outage.to_s),
                "length_s": outage.length_s(end_s),
                "untested_s": outage.unsure_s,
                "kind": outage.kind,
                "layer": outage.layer.value if outage.layer else None,
                "checks": outage.checks,
            }
            for outage in facts.outages
        ],
        "faults": [
            {
                "kind": seen.kind,
                "layer": seen.layer.value,
                "count": seen.count,
                "first": moments.iso(seen.first_s),
                "last": moments.iso(seen.last_s),
            }
            for seen in facts.faults.values()
        ],
    }


def _diagnosis(diagnosed: Diagnosed, span: Span, moments: Moments) -> dict[str, Any]:
    def codes(sayings: Iterable[Saying]) -> list[dict[str, Any]]:
        return [{"code": saying.code, "values": plain(saying.values)} for saying in sayings]

    found = diagnosed.verdict
    told = {"target": diagnosed.target.id, "at": moments.iso(diagnosed.at_s), "depth": diagnosed.policy.depth.value}
    if found is None:
        return told | {"verdict": None, "steps": []}
    verdict: dict[str, Any] = {name: msgspec.to_builtins(getattr(found, name)) for name in _OF_VERDICT}
    verdict |= {"values": plain(found.values), "ruled_out": codes(found.ruled_out), "notes": codes(found.notes)}
    steps = [
        {
            "step": result.step.value,
            "state": result.state.value,
            "began_ms": plain(result.began_ms),
            "took_ms": plain(result.took_ms),
            "said": codes([result.said])[0] if result.said else None,
            "facts": plain(result.facts),
        }
        for result in diagnosed.ladder
    ]
    return told | {"verdict": verdict, "steps": steps}


_OF_VERDICT = ("code", "confidence", "whose", "is_fault", "kind", "fails_first", "works_last", "missing")


def _around(facts: Facts, moments: Moments) -> dict[str, Any]:
    def told(events: Iterable[Any]) -> list[dict[str, Any]]:
        return [{"at": moments.iso(event.at_s), **msgspec.to_builtins(event)} for event in events]

    return {
        "markers": told(facts.markers),
        "network_changes": told(facts.network_changes),
        "tester": told(facts.disturbances),
        "breakers": told(facts.breakers),
    }


def _machine(span: Span, moments: Moments) -> dict[str, Any] | None:
    """The computer that recorded it."""
    if (machine := span.machine) is None:
        return None
    network = [{"what": each.what, "name": each.name, "value": each.after} for each in machine.network]
    told = {"at": moments.iso(machine.at_s), "at_s": machine.at_s, "host": machine.host, "system": machine.system}
    return told | {"network": network}


def _attempt(span: Span, event: AttemptEnded, moments: Moments) -> dict[str, Any]:
    outcome, fault = event.outcome, event.outcome.fault
    target = span.target(event.target)
    return {
        "target": event.target,
        "check": event.check,
        "attempt": event.attempt,
        "started_at": moments.iso(event.started_s),
        "started_local": moments.local_iso(event.started_s),
        "started_s": event.started_s,
        "ended_s": event.at_s,
        "ok": outcome.ok,
        "fault": None
        if fault is None
        else {"kind": fault.kind, "phase": fault.phase.value, "evidence": plain(fault.evidence)},
        "phases_ms": {phase.value: outcome.phases.of(phase) for phase in Phase},
        "total_ms": outcome.phases.total_ms,
        "latency_ms": outcome.latency_ms if outcome.ok else None,
        "kernel_rtt_ms": outcome.kernel_rtt_ms,
        "syn_retransmits": outcome.syn_retransmits,
        "lag_ms": outcome.lag_ms,
        "bytes_in": outcome.bytes_in,
        "bytes_out": outcome.bytes_out,
        "is_disturbed": event.is_disturbed,
        "attributes": attributes(target, event),
        "detail": plain(outcome.detail),
    }
