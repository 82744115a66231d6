"""What `--json` writes: one object a line, with the same names in every command."""

from datetime import UTC, datetime
from typing import Any

from clearline.diagnosis.together import Together
from clearline.diagnosis.watched import References, together_text
from clearline.domain.event import (
    AttemptEnded,
    BackoffStarted,
    BreakerChanged,
    FallbackUsed,
    LabFaultChanged,
    LivenessChanged,
    NetworkChanged,
    ReplyCameLate,
    TesterDisturbed,
)
from clearline.domain.metrics import Metrics
from clearline.domain.outcome import Outcome
from clearline.domain.phase import Phase
from clearline.domain.strain import StrainWatch
from clearline.domain.target import Target
from clearline.host.texts import Texts

DIGITS = 3


def utc(wall_s: float) -> str:
    """A moment as ISO 8601 in UTC, to the millisecond."""
    return datetime.fromtimestamp(wall_s, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def outcome_fields(target: Target, outcome: Outcome | None, texts: Texts) -> dict[str, Any]:
    """What one attempt came to; without an outcome nothing was sent, and everything measured is null."""
    fault = outcome.fault if outcome else None
    words = texts.fault(fault.kind) if fault else None
    if words:
        summary = words.meaning
    elif outcome:
        summary = texts.say("cli.answered", time=texts.latency(outcome.phases.total_ms))
    else:
        summary = texts.say("cli.not_sent")
    return {
        "ok": outcome is not None and fault is None,
        "fault": fault.kind if fault else None,
        "phase": fault.phase.value if fault else None,
        "whose": fault.whose.value if fault else None,
        "summary": summary,
        "action": words.action if words else None,
        "total_ms": round(outcome.phases.total_ms, DIGITS) if outcome else None,
        "latency_ms": _figure(outcome.latency_ms) if outcome and fault is None else None,
        "phases_ms": {phase.value: _figure(outcome.phases.of(phase) if outcome else None) for phase in Phase},
        "kernel_rtt_ms": _figure(outcome.kernel_rtt_ms) if outcome else None,
        "syn_retransmits": outcome.syn_retransmits if outcome else 0,
        "address": (outcome.address or None) if outcome else None,
        "status": outcome.status if outcome else None,
        "verify": target.verify,
        "evidence": fault.evidence if fault else {},
        "detail": outcome.detail if outcome else {},
    }


def target_fields(target: Target) -> dict[str, Any]:
    """Which target an object is about."""
    return {"target": target.shown, "id": target.id, "name": target.label, "probe": target.probe.value}


def attempt_record(target: Target, event: AttemptEnded, wall_s: float, texts: Texts) -> dict[str, Any]:
    """One attempt of `watch`."""
    return {
        "event": "attempt_ended",
        **target_fields(target),
        "check": event.check,
        "attempt": event.attempt,
        "at_s": round(event.at_s, 6),
        "started_at": utc(wall_s + event.started_s),
        **outcome_fields(target, event.outcome, texts),
        "is_disturbed": event.is_disturbed,
    }


def breaker_record(event: BreakerChanged, wall_s: float) -> dict[str, Any]:
    """One change of a circuit breaker."""
    return {
        "event": "breaker_changed",
        "key": event.key,
        "at_s": round(event.at_s, 6),
        "at": utc(wall_s + event.at_s),
        "before": event.before.value,
        "after": event.after.value,
        "reason": event.reason,
        "until_s": event.until_s,
    }


def liveness_record(event: LivenessChanged, wall_s: float) -> dict[str, Any]:
    """One change of what is known of a long connection."""
    return {
        "event": "liveness_changed",
        "id": event.target,
        "at_s": round(event.at_s, 6),
        "at": utc(wall_s + event.at_s),
        "before": event.before.value,
        "after": event.after.value,
        "reason": event.reason,
        "silent_s": round(event.silent_s, 3),
        "misses": event.misses,
    }


def late_record(event: ReplyCameLate, wall_s: float) -> dict[str, Any]:
    """One answer that came after its time limit."""
    return {
        "event": "reply_came_late",
        "id": event.target,
        "check": event.check,
        "attempt": event.attempt,
        "at_s": round(event.at_s, 6),
        "at": utc(wall_s + event.at_s),
        "after_ms": _figure(event.after_ms),
    }


def lab_record(event: LabFaultChanged, wall_s: float) -> dict[str, Any]:
    """What the practice lab did at one of its servers."""
    return {
        "event": "lab_fault_changed",
        "id": event.target,
        "at_s": round(event.at_s, 6),
        "at": utc(wall_s + event.at_s),
        "fault": event.fault or None,
        "options": event.options,
        "by": event.by,
    }


def figures_record(target: Target, figures: Metrics) -> dict[str, Any]:
    """What a target came to over the whole session: domain.metrics.Metrics.as_dict."""
    return {"event": "figures", **target_fields(target), **figures.as_dict()}


def stand_in(event: FallbackUsed) -> dict[str, Any]:
    """What stood in for a check: its source, and its age or place where it has one."""
    return {"source": event.source, "age_s": round(event.age_s, DIGITS), "place": event.place or None}


def fallback_record(event: FallbackUsed, wall_s: float) -> dict[str, Any]:
    """Something stood in for a check that failed or was saved."""
    return {
        "event": "fallback_used",
        "id": event.target,
        "check": event.check,
        "at_s": round(event.at_s, 6),
        "at": utc(wall_s + event.at_s),
        **stand_in(event),
    }


def backoff_record(event: BackoffStarted, wall_s: float) -> dict[str, Any]:
    """A wait before the next attempt; none where a kept connection was found closed."""
    return {
        "event": "backoff_started",
        "id": event.target,
        "check": event.check,
        "attempt": event.attempt,
        "at_s": round(event.at_s, 6),
        "at": utc(wall_s + event.at_s),
        "until_s": round(event.until_s, 6),
        "reason": event.reason,
    }


def disturbance_record(event: TesterDisturbed, wall_s: float) -> dict[str, Any]:
    """One span in which the tester itself was not fit to measure."""
    return {
        "event": "tester_disturbed",
        "health": event.health.value,
        "from_s": round(event.from_s, 6),
        "at_s": round(event.at_s, 6),
        "at": utc(wall_s + event.at_s),
        "lag_ms": _figure(event.lag_ms),
    }


def strain_record(strain: StrainWatch, at_s: float, wall_s: float) -> dict[str, Any]:
    """The tester became too busy to judge latencies by its samples, or calm again."""
    return {
        "event": "tester_strained",
        "at_s": round(at_s, 6),
        "at": utc(wall_s + at_s),
        "is_strained": strain.is_strained,
        "disturbed_share": round(strain.share, 3),
    }


def network_record(event: NetworkChanged, wall_s: float) -> dict[str, Any]:
    """One change of this machine's own network."""
    return {
        "event": "network_changed",
        "from_s": round(event.from_s, 6),
        "at_s": round(event.at_s, 6),
        "at": utc(wall_s + event.at_s),
        "changes": [
            {"what": each.what, "name": each.name, "before": each.before, "after": each.after} for each in event.changes
        ],
    }


def silence_tags(references: References) -> dict[str, Any]:
    """What an attempt that failed is marked with where others, which are no targets, answered no more meanwhile."""
    tags = {"own_side": references.is_silent, "outside_silent": references.is_outside_silent}
    return {name: True for name, is_so in tags.items() if is_so}


def together_record(told: Together | None, at_s: float, wall_s: float, texts: Texts) -> dict[str, Any]:
    """Many targets began to fail together, or do so no more."""
    head = {"event": "fails_together", "at_s": round(at_s, 6), "at": utc(wall_s + at_s)}
    if told is None:
        return head | {"reach": None}
    text = together_text(told, texts, utc(wall_s + told.since_s))
    return head | {
        "reach": told.reach.value,
        "since_s": round(told.since_s, 6),
        "since": utc(wall_s + told.since_s),
        "ids": list(told.targets),
        "where": told.where or None,
        "fault": told.kind or None,
        "answering": told.answering,
        "title": text.title,
        "meaning": text.meaning,
        "action": text.action,
    }


def _figure(value: float | None) -> float | None:
    return None if value is None else round(value, DIGITS)
