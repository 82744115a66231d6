"""What an attempt saw, in words first: what the fault means, then the evidence and its technical names."""

from typing import Any

from clearline.domain.outcome import Outcome
from clearline.ui.viewmodels.words import Words, translate

MOST_FACTS = 6
_SHORT = {"http": "HTTP", "tls": "TLS", "dns": "DNS", "icmp": "ICMP", "mtu": "MTU"}
_TOLD = ("retry_after_s",)
"""Said in words of their own."""
LINE_CHARACTERS = 78
"""A line of the read-out is not longer: it must leave the graph legible."""


def evidence_lines(outcome: Outcome, words: Words) -> list[str]:
    """The fault's title and meaning, then the evidence and the kind, in short lines; nothing for a success."""
    fault = outcome.fault
    if fault is None:
        return []
    told = words.texts.fault(fault.kind)
    facts = [outcome.address] if outcome.address else []
    facts += _facts(fault.evidence)
    if outcome.retry_after_s is not None:
        facts.append(translate("Plots", "asks to wait {0}").format(words.span(outcome.retry_after_s)))
    if outcome.syn_retransmits:
        count = words.texts.number(outcome.syn_retransmits)
        facts.append(translate("Plots", "connection requests repeated: {0}").format(count))
    facts = list(dict.fromkeys(facts))[:MOST_FACTS]
    return [*_wrapped(f"{told.title}. {told.meaning}"), *_wrapped(" · ".join([*facts, fault.kind]))]


def _facts(evidence: dict[str, Any]) -> list[str]:
    """Plain values of the evidence; an error of the system by its name and number."""
    found = []
    for name, value in evidence.items():
        if name == "os_error" and isinstance(value, dict):
            number = value.get("winerror") or value.get("errno")
            found.append(" ".join(str(part) for part in (value.get("name"), number) if part))
        elif isinstance(value, dict):
            plain = {key: one for key, one in value.items() if isinstance(one, str | int | float) and one != ""}
            found += [f"{_SHORT.get(name, name)} {key} {one}" for key, one in plain.items() if key not in _TOLD]
        elif isinstance(value, str | int | float) and value != "":
            found.append(f"{name} {value}")
    return [fact.replace("_", " ") if not fact.isupper() else fact for fact in found if fact]


def _wrapped(text: str) -> list[str]:
    lines, line = [], ""
    for word in text.split():
        if line and len(line) + 1 + len(word) > LINE_CHARACTERS:
            lines.append(line)
            line = word
        else:
            line = f"{line} {word}" if line else word
    return [*lines, line] if line else lines
