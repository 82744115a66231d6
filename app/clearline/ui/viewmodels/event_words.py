"""What an event says in the list of events, in the language in force; asked again when that changes."""

from PySide6.QtCore import QCoreApplication

from clearline.domain.event import (
    AnyEvent,
    AttemptEnded,
    BreakerChanged,
    BreakerState,
    BudgetChanged,
    CheckEnded,
    CommandRefused,
    FallbackUsed,
    Health,
    LabFaultChanged,
    LivenessChanged,
    MarkerDropped,
    NetworkChanged,
    SessionStarted,
    TesterDisturbed,
    VerdictChanged,
)
from clearline.domain.problem import Problem
from clearline.host.verdict_texts import VerdictWords
from clearline.lab.words import fault_words
from clearline.ui.viewmodels.words import Words

translate = QCoreApplication.translate


def event_words(event: AnyEvent, words: Words) -> str:
    """One line, without the time and whom it is about; empty for events that the list does not tell."""
    texts = words.texts
    match event:
        case CheckEnded():
            return translate("Events", "answers again")
        case AttemptEnded() if event.outcome.fault is not None:
            title = texts.fault(event.outcome.fault.kind).title
            return title[:1].lower() + title[1:] if title[1:2].islower() else title
        case BreakerChanged():
            return _breaker_words(event, words)
        case LivenessChanged():
            silent = words.span(event.silent_s)
            reason = texts.say(f"liveness_change.{event.reason}", silent=silent, misses=event.misses)
            state = texts.say(f"liveness.{event.after}")
            return translate("Events", "{state}: {reason}").format(state=state, reason=reason)
        case MarkerDropped():
            return translate("Events", "marker: {text}").format(text=event.text)
        case LabFaultChanged() if event.fault:
            fault = fault_words(event.fault, event.options, texts)
            return translate("Events", "the lab breaks it: {fault}").format(fault=fault)
        case LabFaultChanged():
            return translate("Events", "the lab mends it")
        case TesterDisturbed(health=Health.CLOCK_STEPPED):
            span = words.span(abs(event.lag_ms) / 1000)
            if event.lag_ms < 0:
                text = translate("Events", "the clock was set back by {span}; nothing is lost, times go on as before")
            else:
                text = translate("Events", "the clock was set ahead by {span}; nothing is lost, times go on as before")
            return translate("Events", "this computer: {text}").format(text=text.format(span=span))
        case TesterDisturbed():
            text = translate("Events", "{state} for {span}").format(
                state=texts.state(event.health.value), span=words.span(event.at_s - event.from_s)
            )
            return translate("Events", "this computer: {text}").format(text=text)
        case NetworkChanged():
            return texts.network(event.changes)
        case CommandRefused():
            return texts.problem(Problem(event.code, event.values))
        case FallbackUsed():
            source = texts.say(f"fallback.{event.source}", age=words.span(event.age_s), place=event.place)
            return translate("Events", "goes on with {source}").format(source=source)
        case VerdictChanged():
            title = VerdictWords(texts).verdict(event.verdict).title
            return translate("Events", "diagnosis: {title}").format(title=title)
        case BudgetChanged():
            return texts.say("budget.denied")
        case SessionStarted() if event.is_resumed:
            return translate("Events", "the probe engine runs again")
        case SessionStarted():
            return translate("Events", "session started")
        case _:
            return ""


def _breaker_words(event: BreakerChanged, words: Words) -> str:
    reason = words.texts.change(event.reason)
    match event.after:
        case BreakerState.OPEN:
            span = words.span(float(round((event.until_s or event.at_s) - event.at_s)))
            return translate("Events", "open for {span}: {reason}").format(span=span, reason=reason)
        case BreakerState.HALF_OPEN if event.successes:
            told = translate("Events", "half-open: {successes} of {needed} succeeded")
            return told.format(successes=event.successes, needed=event.needed)
        case BreakerState.HALF_OPEN:
            return translate("Events", "half-open: testing recovery")
        case BreakerState.CLOSED:
            return translate("Events", "closed: {reason}").format(reason=reason)
        case _:
            return translate("Events", "isolated: {reason}").format(reason=reason)
