"""How well a target works: repeated attempts folded into a few facts, and what the session's earlier ones add; pure."""

import statistics
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from clearline.domain.outcome import Outcome
from clearline.domain.phase import Phase
from clearline.domain.statistics import wilson
from clearline.domain.verdict import Thresholds

FEW = 8
FLAPS = 3
"""Changes between working and failing that make it come and go."""


def facts_of_repeats(outcomes: Sequence[Outcome], thresholds: Thresholds) -> dict[str, Any]:
    """Loss, spread and the phase that dominates, of attempts made one after the other."""
    good = [outcome for outcome in outcomes if outcome.ok]
    told: dict[str, Any] = {"quality.count": len(outcomes)}
    if not outcomes:
        return told
    lost = len(outcomes) - len(good)
    low, _ = wilson(lost, len(outcomes))
    told |= {
        "quality.loss": round(lost / len(outcomes), 3),
        "quality.is_lossy": low > thresholds.loss and lost > 1,
        "quality.lost_requests": sum(outcome.syn_retransmits > 0 for outcome in outcomes),
    }
    figures = sorted(outcome.latency_ms for outcome in good if outcome.latency_ms is not None)
    if len(figures) >= FEW:
        middle = statistics.median(figures)
        high = figures[int(0.9 * (len(figures) - 1))]
        told |= {
            "quality.p50_ms": round(middle, 1),
            "quality.jitter_ms": round(high - middle, 1),
            "quality.is_jittery": high - middle > thresholds.jitter_ms and high > 2 * middle,
        }
    return told | _slow_phase(good, thresholds)


def _slow_phase(good: Sequence[Outcome], thresholds: Thresholds) -> dict[str, Any]:
    if not good:
        return {}
    typical = {
        phase: statistics.median(known)
        for phase in Phase
        if (known := [ms for outcome in good if (ms := outcome.phases.of(phase)) is not None])
    }
    connect_ms = typical.get(Phase.CONNECT, 0.0)
    told: dict[str, Any] = {"quality.is_path_quick": connect_ms < thresholds.path_slow_ms / 3}
    limits = {
        Phase.RESOLVE: thresholds.dns_slow_ms,
        Phase.CONNECT: thresholds.path_slow_ms,
        Phase.WAIT: thresholds.wait_slow_ms,
    }
    over = {phase: ms / limits[phase] for phase, ms in typical.items() if phase in limits and ms > limits[phase]}
    has_lost = any(outcome.syn_retransmits for outcome in good)
    if over and not (has_lost and len(good) == 1):
        told["quality.slow_phase"] = max(over, key=lambda phase: typical[phase]).value
        told.setdefault("quality.p50_ms", round(sum(typical.values()), 1))
    return told


def facts_of_history(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    """What earlier attempts of the session add: does it come and go, fail in a rhythm, or is it worse than it was?"""
    if not outcomes:
        return {}
    works = [outcome.ok for outcome in outcomes]
    changes = sum(one != other for one, other in pairwise(works))
    share = sum(works) / len(works)
    told: dict[str, Any] = {
        "history.count": len(works),
        "history.ok_share": round(share, 3),
        "history.worked": any(works),
        "history.is_flapping": changes >= FLAPS and 0.2 <= share <= 0.8,
    }
    gaps = _gaps(works)
    if len(gaps) >= 4 and statistics.mean(gaps) > 1 and statistics.pstdev(gaps) / statistics.mean(gaps) < 0.35:
        told |= {"history.is_periodic": True, "history.period": round(statistics.mean(gaps))}
    good = [outcome.latency_ms for outcome in outcomes if outcome.ok and outcome.latency_ms is not None]
    if len(good) >= 40:
        half = len(good) // 2
        before, now = statistics.median(good[:half]), statistics.median(good[-max(10, len(good) // 10) :])
        told["history.is_worse"] = now > 3 * before and now - before > 50
    idle = [one.fault.evidence.get("beat", {}) for one in outcomes if one.fault is not None]
    lived = [float(beat["lived_s"]) for beat in idle if beat.get("is_idle")]
    if len(lived) >= 3 and statistics.pstdev(lived) / (statistics.mean(lived) or 1) < 0.1:
        told |= {"history.is_idle_stable": True, "reuse.idle_s": round(statistics.mean(lived))}
    return told


def _gaps(works: Sequence[bool]) -> list[int]:
    """Attempts between the beginnings of failures."""
    starts = [n for n, ok in enumerate(works) if not ok and (n == 0 or works[n - 1])]
    return [later - earlier for earlier, later in pairwise(starts)]
