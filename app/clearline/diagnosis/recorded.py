"""What was wrong at a moment that is past: the same rules, on what the session recorded around it; pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from clearline.diagnosis.facts import facts_of_outcome, facts_of_target, facts_of_way
from clearline.diagnosis.judge import judge
from clearline.diagnosis.quality import facts_of_history, facts_of_repeats
from clearline.domain.event import AttemptEnded
from clearline.domain.outcome import Outcome
from clearline.domain.phase import Phase
from clearline.domain.target import Target
from clearline.domain.verdict import Saying, Step, StepResult, StepState, Thresholds, Verdict

AROUND_S = 60.0
"""So far before and after the moment attempts count."""
REPEATS_S = 30.0
_SEEN: tuple[tuple[Step, tuple[Phase, ...]], ...] = (
    (Step.NAME, (Phase.RESOLVE,)),
    (Step.PROXY, (Phase.PROXY,)),
    (Step.CONNECT, (Phase.CONNECT,)),
    (Step.TLS, (Phase.TLS,)),
    (Step.HTTP, (Phase.SEND, Phase.WAIT, Phase.RECEIVE)),
)
_NOT_RECORDED = Saying("step.not_recorded")


@dataclass(frozen=True, slots=True)
class Past:
    """What the session knows of a moment."""

    at_s: float
    """The attempt that was judged ended then."""
    results: tuple[StepResult, ...]
    verdict: Verdict
    facts: dict[str, Any]


def judge_moment(
    target: Target,
    attempts: Sequence[AttemptEnded],
    at_s: float,
    *,
    others_ok: int = 0,
    thresholds: Thresholds = Thresholds(),  # noqa: B008 (frozen)
) -> Past | None:
    """What was wrong with a target at a session second; None where nothing was attempted around it.

    `attempts` are the target's, in order; `others_ok` is how many other hosts answered meanwhile.
    """
    near = [one for one in attempts if abs(one.at_s - at_s) <= AROUND_S and not _is_void(one)]
    if not near:
        return None
    chosen = min(near, key=lambda one: _distance(one, at_s))
    outcome = chosen.outcome
    facts: dict[str, Any] = facts_of_target(target) | facts_of_outcome(target, outcome, thresholds)
    facts |= facts_of_way(target, outcome, facts.get("target.step"))
    facts |= facts_of_history([one.outcome for one in near])
    alike = [one.outcome for one in near if abs(one.at_s - chosen.at_s) <= REPEATS_S]
    if outcome.ok:
        facts |= facts_of_repeats(alike, thresholds)
    elif len(alike) > 1:
        facts["again.ok"] = any(one.ok for one in alike)
    if others_ok:
        facts["others.ok"] = True
    verdict = judge(facts)
    if (since_s := _since(near, chosen)) is not None:
        verdict = msgspec.structs.replace(verdict, since_s=since_s)
    return Past(chosen.at_s, tuple(_results(target, outcome, facts)), verdict, facts)


def _distance(attempt: AttemptEnded, at_s: float) -> tuple[float, int]:
    """To the moment; of a check's attempts in a row the last one says how it ended."""
    away_s = 0.0 if attempt.started_s <= at_s <= attempt.at_s else abs(attempt.at_s - at_s)
    return away_s, -attempt.attempt


def _is_void(attempt: AttemptEnded) -> bool:
    fault = attempt.outcome.fault
    return attempt.is_disturbed or (fault is not None and fault.is_void)


def _since(near: Sequence[AttemptEnded], chosen: AttemptEnded) -> float | None:
    """When the run of failures that the chosen attempt is in began; None where it worked, or before what was read."""
    if chosen.outcome.ok:
        return None
    since: AttemptEnded | None = None
    for one in near:
        if one.at_s > chosen.at_s:
            break
        since = None if one.outcome.ok else since or one
    return since.started_s if since is not None and since is not near[0] else None


def _results(target: Target, outcome: Outcome, facts: dict[str, Any]) -> list[StepResult]:
    """The ladder as far as one attempt tells: what it went through, where it broke, what it did not reach."""
    broke_at = Step(facts["target.step"]) if facts.get("target.step") else None
    order = list(Step)
    told: list[StepResult] = []
    began_ms = 0.0
    for step, phases in _SEEN:
        known = [ms for phase in phases if (ms := outcome.phases.of(phase)) is not None]
        took_ms = sum(known)
        if step is broke_at:
            said = Saying("step.fault", {"kind": facts["target.kind"], "address": outcome.address or "–"})
            told.append(StepResult(step, StepState.FAILED, said, round(began_ms, 1), round(took_ms, 1), facts))
        elif broke_at is not None and order.index(step) > order.index(broke_at):
            if step is not Step.PROXY:
                told.append(StepResult(step, StepState.NOT_REACHED, Saying("step.not_reached")))
        elif known:
            said = Saying("step.took", {"ms": round(took_ms, 1)})
            told.append(StepResult(step, StepState.OK, said, round(began_ms, 1), round(took_ms, 1)))
        began_ms += took_ms
    if broke_at is not None and broke_at not in {result.step for result in told}:
        said = Saying("step.fault", {"kind": facts["target.kind"], "address": outcome.address or "–"})
        told.append(StepResult(broke_at, StepState.FAILED, said, 0.0, round(began_ms, 1), facts))
    here = (Step.SELF, Step.LINK, Step.ADDRESS, Step.GATEWAY)
    told.extend(StepResult(step, StepState.UNTESTED, _NOT_RECORDED) for step in here if step is not broke_at)
    share = facts.get("history.ok_share")
    if share is not None:
        state = StepState.NOTE if 0 < share < 1 else StepState.OK if share else StepState.FAILED
        values = {"count": facts["history.count"], "loss": round(1 - share, 3)}
        told.append(StepResult(Step.QUALITY, state, Saying("step.quality.history", values), facts=facts))
    wanted = set(_wanted(target))
    kept = (result for result in told if result.step in wanted or result.state is StepState.FAILED)
    return sorted(kept, key=lambda result: order.index(result.step))


def _wanted(target: Target) -> tuple[Step, ...]:
    steps = [Step.SELF, Step.LINK, Step.ADDRESS, Step.GATEWAY, Step.NAME, Step.PROXY, Step.CONNECT, Step.QUALITY]
    if target.scheme in ("https", "wss", "tls"):
        steps.append(Step.TLS)
    if target.probe.value in ("http", "ws", "h3"):
        steps.append(Step.HTTP)
    return tuple(steps)
