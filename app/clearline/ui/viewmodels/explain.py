"""What is wrong: the latest fault's meaning, what to do, whose it is, and how far the last attempt came."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication

from clearline.domain.event import AttemptEnded, BreakerState
from clearline.domain.fault import Fault
from clearline.domain.outcome import Outcome
from clearline.domain.phase import Phase
from clearline.domain.target import Probe
from clearline.ui.viewmodels.session import SessionModel
from clearline.ui.viewmodels.status import Status
from clearline.ui.viewmodels.target_state import TargetState
from clearline.ui.viewmodels.words import Words

translate = QCoreApplication.translate

MAX_LISTED = 5


@dataclass(frozen=True, slots=True)
class Step:
    """One rung of the ladder: how far the last attempt came, and what each part took."""

    status: Status
    name: str
    detail: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A bold beginning and plain words after it; `target_id` makes it lead there."""

    bold: str
    plain: str
    target_id: str = ""


@dataclass(frozen=True, slots=True)
class Explanation:
    """What the panel shows; each part may be empty."""

    status: Status
    headline: str
    paragraphs: tuple[Paragraph, ...] = ()
    next_step: str = ""
    steps: tuple[Step, ...] = ()
    technical: str = ""


_STEPS: dict[Probe, tuple[Phase, ...]] = {
    Probe.TCP: (Phase.RESOLVE, Phase.CONNECT),
    Probe.TLS: (Phase.RESOLVE, Phase.CONNECT, Phase.TLS),
    Probe.HTTP: (Phase.RESOLVE, Phase.CONNECT, Phase.TLS, Phase.SEND, Phase.WAIT, Phase.RECEIVE),
    Probe.H3: (Phase.RESOLVE, Phase.CONNECT, Phase.TLS, Phase.SEND, Phase.WAIT, Phase.RECEIVE),
    Probe.DNS: (Phase.SEND, Phase.WAIT),
    Probe.UDP: (Phase.RESOLVE, Phase.SEND, Phase.WAIT),
    Probe.BANNER: (Phase.RESOLVE, Phase.CONNECT, Phase.WAIT),
    Probe.WS: (Phase.RESOLVE, Phase.CONNECT, Phase.SEND, Phase.WAIT, Phase.RECEIVE),
    Probe.NTP: (Phase.RESOLVE, Phase.SEND, Phase.WAIT),
    Probe.BEAT: (Phase.RESOLVE, Phase.CONNECT, Phase.SEND, Phase.WAIT),
}
"""What a probe goes through; whatever else an attempt reached is shown too."""


def explain(state: TargetState, words: Words, now_s: float, wall_s: float) -> Explanation:
    """One target in words. `now_s` is the session's time, `wall_s` the UTC time of its second 0."""
    status = state.status
    fault = state.fault_now
    steps = ladder(state, words)
    if fault is None:
        return Explanation(status, _without_fault(state, words, now_s, wall_s), steps=steps)
    told = words.texts.fault(fault.kind)
    since = _since(state, words, wall_s)
    return Explanation(
        status,
        told.title,
        paragraphs=tuple(Paragraph("", text) for text in (told.meaning, since) if text),
        next_step=translate("Explain", "Next: {action} Pass to: {whose}.").format(action=told.action, whose=told.whose),
        steps=steps,
        technical=technical(fault, state, words, now_s),
    )


def explain_all(session: SessionModel, words: Words, chosen: Sequence[TargetState] = ()) -> Explanation:
    """All targets, or the chosen ones, in words: those that fail, worst first, else that all is well."""
    states = chosen or list(session.states.values())
    failing = [state for state in states if state.status in (Status.DOWN, Status.HALF_OPEN)]
    slow = [state for state in states if state.status is Status.SLOW]
    if not failing and not slow:
        if not any(state.status is Status.UP for state in states):
            return Explanation(Status.UNKNOWN, translate("Explain", "Nothing was tested yet."))
        if chosen:
            return Explanation(Status.UP, translate("Explain", "All that are selected answer."))
        return Explanation(Status.UP, translate("Explain", "Everything that is watched answers."))
    paragraphs = [_one_of_many(state, words, session.wall_s) for state in [*failing, *slow][:MAX_LISTED]]
    if (more := len(failing) + len(slow) - MAX_LISTED) > 0:
        paragraphs.append(Paragraph("", translate("Explain", "And {count} more.").format(count=more)))
    headline = _counted(len(failing), len(slow), words)
    return Explanation(Status.DOWN if failing else Status.SLOW, headline, tuple(paragraphs))


def state_in_words(state: TargetState, words: Words, now_s: float) -> str:
    """A target's state as a short sentence: `Half-open: testing recovery, 1 of 2`."""
    match state.status:
        case Status.PAUSED:
            return translate("Explain", "Paused")
        case Status.UNKNOWN:
            return translate("Explain", "Not tested yet")
        case Status.UP:
            return translate("Explain", "Up")
        case Status.SLOW if state.is_suspect:
            return _silent(state, words)
        case Status.SLOW:
            limit = words.latency(state.slow_limit_ms)
            return translate("Explain", "Slow: takes longer than {limit}").format(limit=limit)
        case _:
            return _failing_in_words(state, words, now_s)


def ladder(state: TargetState, words: Words) -> tuple[Step, ...]:
    """The steps of the last attempt, each with its time, its fault, or that it was not reached."""
    attempt = state.last_attempt
    if attempt is None:
        return ()
    phases = attempt.outcome.phases
    planned = _STEPS[state.target.probe]
    fault = attempt.outcome.fault
    order = list(Phase)
    ended = order.index(fault.phase) if fault is not None else len(order)
    shown = [
        phase
        for phase in order
        # What was skipped before the end was not needed: no name to look up, no encryption.
        if phases.of(phase) is not None or (phase in planned and order.index(phase) >= ended)
    ]
    if state.target.scheme == "http" and phases.tls is None:
        shown = [phase for phase in shown if phase is not Phase.TLS or ended == order.index(phase)]
    return tuple(_step(phase, attempt, fault, words) for phase in shown)


def technical(fault: Fault, state: TargetState, words: Words, now_s: float) -> str:
    """The kind and its evidence in one line, for those who want it."""
    parts = [fault.kind, words.texts.phase(fault.phase)]
    error = fault.evidence.get("os_error")
    if isinstance(error, dict) and error.get("name"):
        parts.append(f"{error['name']} ({error.get('errno', '')})" if error.get("errno") else str(error["name"]))
    if state.last_failure is not None:
        if state.last_failure.outcome.address:
            parts.append(_way(state.last_failure.outcome))
        ago = words.span(max(0.0, round(now_s - state.last_failure.at_s)))
        parts.append(translate("Explain", "{span} ago").format(span=ago))
    return " · ".join(parts)


def _way(outcome: Outcome) -> str:
    """`10.0.0.5 → 192.0.2.7:443`; where nothing was connected only the latter."""
    source = outcome.detail.get("local_ip")
    return f"{source} → {outcome.address}" if source else outcome.address


def _failing_in_words(state: TargetState, words: Words, now_s: float) -> str:
    breaker = state.breaker
    if breaker is not None and breaker.after is BreakerState.HALF_OPEN:
        needed = max(1, breaker.needed or state.profile.breaker.successes_to_close)
        trial = min(needed, breaker.successes + 1)
        return translate("Explain", "Half-open: testing recovery, {trial} of {needed}").format(
            trial=trial, needed=needed
        )
    if breaker is not None and breaker.after is BreakerState.ISOLATED:
        return translate("Explain", "Isolated by hand: nothing is sent")
    if breaker is not None and breaker.after is BreakerState.OPEN:
        if breaker.until_s is None or breaker.until_s <= now_s:
            return translate("Explain", "Open: next check tests recovery")
        wait = words.span(float(round(breaker.until_s - now_s)))
        return translate("Explain", "Open: tests recovery in {wait}").format(wait=wait)
    fault = state.last_fault
    if fault is None:
        return translate("Explain", "Down")
    return translate("Explain", "Down: {fault}").format(fault=words.fault(fault.kind, fault.layer))


def _silent(state: TargetState, words: Words) -> str:
    """A long connection that may be dead: `suspect: no answer for 7 s, 1 missed`."""
    change, texts = state.liveness, words.texts
    if change is None:
        return ""
    reason = texts.say("liveness_change.silence", silent=words.span(change.silent_s), misses=change.misses)
    return texts.pair(texts.say("liveness.suspect"), reason)


def _without_fault(state: TargetState, words: Words, now_s: float, wall_s: float) -> str:
    match state.status:
        case Status.DOWN | Status.HALF_OPEN:
            return f"{_failing_in_words(state, words, now_s)}."
        case Status.PAUSED:
            return translate("Explain", "It is paused: nothing is sent.")
        case Status.UNKNOWN:
            return translate("Explain", "No check has ended yet.")
        case Status.SLOW if state.is_suspect:
            return _silent(state, words)
        case Status.SLOW:
            return translate("Explain", "It answers, but slowly: {last} now, {median} in the middle.").format(
                last=words.latency_or_lost(state.statistics.last_ms, state.syn_lost),
                median=words.latency(state.statistics.latency(0.5)),
            )
        case _:
            if state.recovered_s is None:
                return translate("Explain", "Nothing: every check of late succeeded.")
            back = words.clock_time(wall_s + state.recovered_s)
            return translate("Explain", "Nothing now. It failed before and is back since {time}.").format(time=back)


def _since(state: TargetState, words: Words, wall_s: float) -> str:
    if state.failing_since_s is None:
        return ""
    loss = words.percent(state.statistics.loss)
    begun = words.clock_time(wall_s + state.failing_since_s)
    return translate("Explain", "Failing since {time}; {loss} of the latest checks failed.").format(
        time=begun, loss=loss
    )


def _counted(failing: int, slow: int, words: Words) -> str:
    parts = []
    if failing:
        parts.append(translate("Explain", "{count} failing").format(count=failing))
    if slow:
        parts.append(words.slow_targets(slow))
    return ", ".join(parts)


def _one_of_many(state: TargetState, words: Words, wall_s: float) -> Paragraph:
    target_id = state.target.id
    name = state.target.label
    if state.status is Status.SLOW and state.is_suspect:
        return Paragraph(name, _silent(state, words), target_id)
    if state.status is Status.SLOW:
        latency = words.latency_or_lost(state.statistics.last_ms, state.syn_lost)
        plain = translate("Explain", "is slow: {latency}.").format(latency=latency)
        return Paragraph(name, plain, target_id)
    if state.last_fault is None and state.breaker_state is BreakerState.ISOLATED:
        return Paragraph(name, translate("Explain", "is isolated by hand: nothing is sent."), target_id)
    if state.last_fault is None:
        return Paragraph(name, translate("Explain", "is down."), target_id)
    title = words.texts.fault(state.last_fault.kind).title
    whose = words.texts.whose(state.last_fault.whose)
    if state.failing_since_s is None:
        plain = translate("Explain", "is being tested again. {fault}. Pass to: {whose}.")
        return Paragraph(name, plain.format(fault=title, whose=whose), target_id)
    begun = words.clock_time(wall_s + state.failing_since_s)
    plain = translate("Explain", "fails since {time}. {fault}. Pass to: {whose}.")
    return Paragraph(name, plain.format(time=begun, fault=title, whose=whose), target_id)


def _step(phase: Phase, attempt: AttemptEnded, fault: Fault | None, words: Words) -> Step:
    name = words.texts.phase(phase)
    name = name[:1].upper() + name[1:]
    taken = attempt.outcome.phases.of(phase)
    if fault is not None and fault.phase is phase:
        short = words.fault(fault.kind, fault.layer)
        detail = translate("Explain", "{fault} after {time}").format(fault=short, time=words.latency(taken or 0.0))
        return Step(Status.DOWN, name, detail)
    if taken is not None:
        return Step(Status.UP, name, words.latency(taken))
    return Step(Status.PAUSED, name, translate("Explain", "not reached"))
