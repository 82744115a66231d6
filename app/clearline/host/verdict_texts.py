"""Verdicts, steps and trials in words, and the text that is handed to whoever can mend it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from clearline.domain.fault import Whose
from clearline.domain.target import Target
from clearline.domain.verdict import PENDING, WORKS, Saying, Step, StepResult, StepState, Trial, Verdict
from clearline.host.texts import Texts

SHAPES = {
    StepState.RUNNING: "…",
    StepState.OK: "●",
    StepState.NOTE: "▲",
    StepState.FAILED: "✕",
    StepState.SKIPPED: "○",
    StepState.NOT_REACHED: "○",
    StepState.UNTESTED: "?",
}
"""How a step ended, as a sign."""
_AS_SEEN = "as_seen"
_MS = ("ms", "lag_ms", "names_ms", "rise_ms", "up_rise_ms", "cold_ms", "warm_ms")
_SPANS = ("wait_s", "skew_s", "idle_s", "lives_s", "rested_s", "period_s")
_NUMBERS = ("load_mb", "rate_mbit", "up_mb", "up_rate_mbit")
_ROUGH = ("rpm", "up_rpm")
_WORDS = {"responsiveness": "responsiveness", "up_responsiveness": "responsiveness"}
"""Values that are words of ours, and the area of the catalogue that has them."""


@dataclass(frozen=True)
class VerdictText:
    """A verdict in words. The first two are sentences without jargon; empty where there is nothing to say."""

    title: str
    meaning: str
    action: str
    confidence: str
    """`certain: the other side said so itself`."""
    owner: str
    """Whom to call."""
    works_last: str
    fails_first: str
    ruled_out: tuple[str, ...]
    notes: tuple[str, ...]
    missing: tuple[str, ...]
    """Tests that would make it surer, as phrases for buttons."""


class VerdictWords:
    """Says verdicts in one language. No method raises for a code it does not know."""

    def __init__(self, texts: Texts) -> None:
        self._texts = texts

    def say(self, code: str, **values: object) -> str:
        """Any sentence of the catalogue, figures written with their units."""
        return self._texts.say(code, **self._written(values))

    def saying(self, saying: Saying) -> str:
        """A sentence with its values."""
        return self.say(saying.code, **saying.values)

    def step(self, step: Step) -> str:
        """The name of a rung: `Gateway`."""
        return self._texts.say(f"rung.{step.value}")

    def step_said(self, result: StepResult) -> str:
        """What a step found, or how far it is, as a phrase; empty where there is nothing to say."""
        said = result.said
        if said is None:
            return ""
        if said.code == "step.fault":
            title = self._texts.fault(str(said.values["kind"])).title
            return self.say("step.fault", title=title, address=said.values["address"])
        return self.saying(said)

    def trial(self, trial: Trial) -> str:
        """A test that may be made, as a phrase for a button."""
        return self._texts.say(f"trial.{trial.value}")

    def verdict(self, verdict: Verdict) -> VerdictText:
        """All of a verdict."""
        if verdict.code == _AS_SEEN:
            told = self._texts.fault(verdict.kind)
            title, meaning, action = f"{told.title}.", told.meaning, told.action
        else:
            code, values = f"verdict.{verdict.code}", verdict.values
            title, meaning = self.say(f"{code}.title", **values), self.say(f"{code}.meaning", **values)
            action = "" if verdict.code in (WORKS, PENDING) else self.say(f"{code}.action", **values)
        is_owned = verdict.whose is not Whose.NOBODY
        return VerdictText(
            title,
            meaning,
            action,
            confidence=self._texts.say(f"confidence.{verdict.confidence.value}"),
            owner=self._texts.owner(verdict.whose) if is_owned else "",
            works_last=self.step(verdict.works_last) if verdict.works_last else "",
            fails_first=self.step(verdict.fails_first) if verdict.fails_first else "",
            ruled_out=tuple(map(self.saying, verdict.ruled_out)),
            notes=tuple(map(self.saying, verdict.notes)),
            missing=tuple(map(self.trial, verdict.missing)),
        )

    def ticket(self, verdict: Verdict, target: Target, facts: Mapping[str, Any], wall_s: float) -> str:
        """What to paste into a ticket: when, from where, to what, what was seen, what was tried besides."""
        told = self.verdict(verdict)
        rows: list[tuple[str, object]] = [
            ("when", _moment(wall_s)),
            ("target", target.shown),
            ("address", facts.get("target.address")),
            ("from", _joined(facts.get("address.source"), facts.get("address.adapter"))),
            ("gateway", facts.get("gateway.ip")),
            ("name_servers", facts.get("name.each")),
            ("proxy", facts.get("proxy.address")),
            ("kind", verdict.kind),
            ("offender", facts.get("target.offender")),
            ("status", facts.get("target.status")),
            ("certificate", _joined(*(facts.get(f"target.{part}") for part in ("subject", "issuer", "expires_at")))),
            ("request_id", facts.get("target.x_request_id")),
            ("other_ports", facts.get("ports.each")),
            ("other_addresses", facts.get("families.each")),
            ("other_adapters", facts.get("interfaces.each")),
            ("confidence", told.confidence),
        ]
        lines = [told.title, told.meaning, ""]
        rows += [("ruled_out", " ".join(told.ruled_out)), ("notes", " ".join(told.notes))]
        known = ((name, value) for name, value in rows if value not in (None, "", {}, []))
        lines += [f"{self._texts.say(f'ticket.{name}')} {_plain(value)}" for name, value in known]
        return "\n".join(lines)

    def _written(self, values: Mapping[str, object]) -> dict[str, object]:
        return {name: self._figure(name, value) for name, value in values.items()}

    def _figure(self, name: str, value: object) -> object:
        if isinstance(value, int | float) and not isinstance(value, bool):
            if name in _MS:
                return self._texts.latency(float(value))
            if name in _SPANS:
                return self._texts.duration(abs(float(value)))
            if name in _NUMBERS:
                return self._texts.number(float(value), 1)
            if name in _ROUGH:
                return self._texts.number(float(f"{value:.2g}"))
            if name == "loss":
                return self._texts.percent(float(value))
        return self._texts.say(f"{_WORDS[name]}.{value}") if name in _WORDS else value


def _moment(wall_s: float) -> str:
    """Local time and UTC; empty for what is no date, as a made-up file may have it."""
    try:
        moment = datetime.fromtimestamp(wall_s, UTC)
        local = moment.astimezone()
    except (ValueError, OverflowError, OSError):
        return ""
    return f"{local:%Y-%m-%d %H:%M:%S %z} ({moment:%H:%M:%S} UTC)"


def _joined(*parts: object) -> str:
    return ", ".join(str(part) for part in parts if part)


def _plain(value: object) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {told or 'ok'}" for name, told in value.items())
    return str(value)
