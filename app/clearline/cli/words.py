"""What commands write for people: a shape and a word for each state, phases in order, meaning and next step."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime

from clearline.cli.beat_words import keep_alive_lines
from clearline.cli.check import Checked
from clearline.cli.path_words import path_lines
from clearline.cli.ways import way_lines
from clearline.domain.event import FallbackUsed
from clearline.domain.outcome import Outcome
from clearline.domain.target import Target
from clearline.host.texts import Texts
from clearline.lab.words import fault_words

SHAPES = {"up": "●", "slow": "▲", "half_open": "◐", "down": "✕", "paused": "○", "unknown": "?"}
COLOURS = {"up": "green", "slow": "yellow", "half_open": "blue", "down": "red", "paused": "bright_black"}


def state_words(state: str, texts: Texts) -> str:
    """`● up`: a state is never told by colour alone."""
    return f"{SHAPES[state]} {texts.state(state)}"


def checked_lines(checked: Checked, texts: Texts) -> Iterator[str]:
    """One line for a success; for a failure also what it means, what to do and who can do it."""
    outcome, target = checked.outcome, checked.target
    state = state_words("up" if checked.is_ok else "down", texts)
    if outcome is None:
        yield f"{state}  {target.shown}  {texts.say('cli.not_sent')}"
        yield from _went_on(checked.used, texts)
        return
    parts = [state, target.shown, phases_words(outcome, texts)]
    if not target.verify and target.scheme in ("https", "tls"):
        parts.append(texts.say("cli.unverified"))
    if checked.ended.attempts > 1:
        parts.append(texts.say("cli.attempts", count=checked.ended.attempts))
    yield "  ".join(parts)
    if outcome.fault is not None:
        yield from fault_lines(outcome, texts)
    yield from _went_on(checked.used, texts)
    yield from keep_alive_lines(outcome, texts)
    yield from path_lines(outcome, texts)
    yield from way_lines(outcome, texts)


def _went_on(used: FallbackUsed | None, texts: Texts) -> Iterator[str]:
    if used is not None:
        yield f"    {stand_in_words(used, texts)}"


def stand_in_words(event: FallbackUsed, texts: Texts) -> str:
    """`Goes on with an answer from the cache, 12 s old.`"""
    source = texts.say(f"fallback.{event.source}", age=texts.duration(event.age_s), place=event.place)
    return texts.say("cli.went_on", source=source)


def fault_lines(outcome: Outcome, texts: Texts) -> Iterator[str]:
    """What a fault means, what to do next, who can mend it and its technical name."""
    fault = outcome.fault
    if fault is None:
        return
    told = texts.fault(fault.kind)
    yield f"    {told.title}. {told.meaning}"
    yield f"    {texts.say('cli.to_do', action=told.action)}"
    yield f"    {texts.say('cli.mend', whose=told.whose, kind=fault.kind)}"


def phases_words(outcome: Outcome, texts: Texts) -> str:
    """`23 ms: connect 3 ms, encryption 12 ms, wait 8 ms`, or where it broke: `✕ encryption after 12 ms`."""
    fault = outcome.fault
    steps = []
    for phase, ms in outcome.phases.reached():
        words = f"{texts.phase(phase)} {texts.latency(ms)}"
        steps.append(f"{SHAPES['down']} {words}" if fault is not None and fault.phase is phase else words)
    if fault is not None and outcome.phases.of(fault.phase) is None:
        steps.append(f"{SHAPES['down']} {texts.phase(fault.phase)}")
    listed = ", ".join(steps)
    if fault is not None:
        return texts.say("cli.failed_at", layer=texts.layer(fault.layer), phases=listed)
    if outcome.syn_retransmits:
        listed = f"{listed}; {texts.say('path.syn_short', count=outcome.syn_retransmits)}"
    return texts.pair(texts.latency(outcome.phases.total_ms), listed) if listed else ""


def lab_words(label: str, at_s: float, fault: str, options: Mapping[str, float], texts: Texts) -> str:
    """What the practice lab did: `27 s: the lab breaks Label printer: refused.`; an empty fault mends."""
    at = texts.duration(at_s)
    if not fault:
        return texts.say("cli.lab_mended", at=at, target=label)
    return texts.say("cli.lab_broken", at=at, target=label, fault=fault_words(fault, options, texts))


def clock_time(wall_s: float) -> str:
    """A moment as this computer's clock shows it."""
    return f"{datetime.fromtimestamp(wall_s, UTC).astimezone():%H:%M:%S}"


def insecure_warning(targets: tuple[Target, ...], texts: Texts) -> str:
    """Which targets are tested without looking at their certificates; empty where none is."""
    names = ", ".join(target.label for target in targets if not target.verify)
    return texts.say("cli.insecure", targets=names) if names else ""
