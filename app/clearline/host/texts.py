"""Every sentence, word and figure for people, in English or French, read from resources/text."""

import math
import os
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal

from clearline.domain.event import NetworkChange
from clearline.domain.fault import Layer, Whose, kind_of
from clearline.domain.phase import Phase
from clearline.domain.problem import Problem
from clearline.host import resources

Language = Literal["en", "fr"]
LANGUAGES: tuple[Language, ...] = ("en", "fr")

FAULTS_FILE = "faults.toml"
# French sets a space that never breaks before these signs and inside its quotes. Written here, where it is seen,
# so that a text file may hold plain spaces: nobody can tell the two apart on a screen.
_FRENCH_SPACES = re.compile(r" (?=[:;?!][\s\"]|»)|(?<=«) ")
# `{count}` is a value; `{count|target|targets}` the form of a word that goes with that value.
_PLACEHOLDER = re.compile(r"\{(\w+)(?:\|([^|{}]*)\|([^|{}]*))?\}")
_SINGULAR: dict[Language, re.Pattern[str]] = {"en": re.compile("1"), "fr": re.compile(r"[01](,\d+)?")}
"""The figures that take the singular: in French all below two."""
_NBSP = "\u00a0"
_THIN_NBSP = "\u202f"
_MINUS = "\u2212"
_NO_FIGURE = "–"
_NUMBERS_OF_PROBLEMS = ("value", "low", "high", "other", "count")


@dataclass(frozen=True)
class FaultText:
    """A kind of fault in words. Meaning and action are sentences; causes, `whose` and `owner` are phrases."""

    title: str
    meaning: str
    causes: tuple[str, ...]
    action: str
    whose: str
    """Where it has to be mended: `the server`."""
    owner: str
    """Whom to call about it: `the server’s owner`."""


@dataclass(frozen=True)
class Catalogue:
    """All texts of one language. `doubled` names codes that two places define; a test keeps it empty."""

    sentences: Mapping[str, str]
    doubled: tuple[str, ...]
    file_of_faults: Path
    language: Language

    @cached_property
    def faults(self) -> Mapping[str, Mapping[str, Any]]:
        """The kinds of fault, a third of all words: read with the first fault, which is after the window is up."""
        return MappingProxyType(_read(self.file_of_faults, self.language))


def set_french_spaces(text: str) -> str:
    """The same text with the spaces that French never breaks; what is no French has none of them."""
    return _FRENCH_SPACES.sub(_NBSP, text)


def read_catalogue(folder: Path, language: Language = "en") -> Catalogue:
    """Merge the files of a language's folder: `faults.toml` holds kinds of fault, all others sentences by code.

    A code may be written as one quoted key or as tables: `"plan.interval" = …` is `[plan] interval = …`.
    """
    sentences: dict[str, str] = {}
    doubled: list[str] = []
    for file in sorted(folder.glob("*.toml")):
        if file.name != FAULTS_FILE:
            for code, sentence in _flatten(_read(file, language)):
                if code in sentences:
                    doubled.append(code)
                sentences.setdefault(code, sentence)
    return Catalogue(MappingProxyType(sentences), tuple(doubled), folder / FAULTS_FILE, language)


def _read(file: Path, language: Language) -> dict[str, Any]:
    text = file.read_text(encoding="utf-8")
    return tomllib.loads(set_french_spaces(text) if language == "fr" else text)


@cache
def catalogue(language: Language) -> Catalogue:
    """The texts of a language. Raises ResourceMissingError where the installation is damaged."""
    return read_catalogue(resources.path("text", language), language)


def placeholders(text: str) -> frozenset[str]:
    """The names that a text wants values for."""
    return frozenset(match[1] for match in _PLACEHOLDER.finditer(text))


def default_language(environ: Mapping[str, str] | None = None) -> Language:
    """French where the environment asks for it (LC_ALL, LC_MESSAGES, LANG, in POSIX's order), else English."""
    variables = os.environ if environ is None else environ
    wanted = next((value for name in ("LC_ALL", "LC_MESSAGES", "LANG") if (value := variables.get(name))), "")
    return "fr" if re.match(r"(?i)fr(?![a-z])", wanted) else "en"


class Texts:
    """Words in one language. No method raises for a code, kind or value it does not know: people see the code."""

    def __init__(self, language: Language = "en") -> None:
        self.language: Language = language
        self._own = catalogue(language)
        self._english = catalogue("en")

    def say(self, code: str, **values: object) -> str:
        """The sentence of a code, filled in; fractions are written, and plural forms taken, as the language does."""
        sentence = self._own.sentences.get(code) or self._english.sentences.get(code)
        filled = {name: self._written(value) for name, value in values.items()}
        if sentence is None:
            known = ", ".join(f"{name}={value}" for name, value in filled.items())
            return f"{code} ({known})" if known else code
        return _PLACEHOLDER.sub(lambda match: self._filled(match, filled), sentence)

    def problem(self, problem: Problem) -> str:
        """A problem as a sentence that says what to write instead."""
        values: dict[str, object] = {"field": self.field(problem.field), **problem.values}
        unit = problem.values.get("unit", "")
        for name in _NUMBERS_OF_PROBLEMS:
            if (figure := problem.values.get(name)) is not None:
                values[name] = " ".join(part for part in (self._figure(figure), unit) if part)
        return self.say(problem.code, **values)

    def fault(self, kind: str) -> FaultText:
        """A kind of fault in words; an unknown kind is told as the nearest known one above it, like kind_of."""
        name = kind
        while name and name not in self._english.faults:
            name = name.rpartition(".")[0]
        name = name or "unknown"
        told = self._own.faults.get(name) or self._english.faults[name]
        whose = kind_of(kind).whose
        return FaultText(
            title=told["title"],
            meaning=told["meaning"],
            causes=tuple(told["causes"]),
            action=told["action"],
            whose=self.whose(whose),
            owner=self.owner(whose),
        )

    def layer(self, layer: Layer) -> str:
        """Where a connection breaks, as a word."""
        return self.say(f"layer.{layer}")

    def network(self, changes: Iterable[NetworkChange]) -> str:
        """What changed about this computer's network: `gateway IPv4: 192.0.2.1 (eth0) → –; proxy: – → …`."""
        return "; ".join(
            self.say(
                f"network.{each.what}", name=each.name, before=each.before or _NO_FIGURE, after=each.after or _NO_FIGURE
            )
            for each in changes
        )

    def phase(self, phase: Phase) -> str:
        """A phase of an attempt, as a word."""
        return self.say(f"phase.{phase}")

    def whose(self, whose: Whose) -> str:
        """Where a fault has to be mended."""
        return self.say(f"whose.{whose}")

    def owner(self, whose: Whose) -> str:
        """Whom to call about a fault."""
        return self.say(f"owner.{whose}")

    def state(self, state: str) -> str:
        """A word for a BreakerState, a Result, a Health, or a target's up, slow, down, paused, unknown."""
        return self.say(f"state.{state}")

    def states(self, state: str, count: int) -> str:
        """How many targets are up, slow, down, half-open or paused: `2 slow`."""
        return self.say(f"states.{state}", count=count)

    def gave_up(self, reason: str) -> str:
        """Why a check made no further attempt (CheckEnded.gave_up)."""
        return self.say(f"gave_up.{reason}")

    def change(self, reason: str) -> str:
        """Why a breaker changed its state (BreakerChanged.reason)."""
        return self.say(f"change.{reason}")

    def missed(self, reason: str) -> str:
        """Why a due check was not made (CheckMissed.reason)."""
        return self.say(f"missed.{reason}")

    def backoff(self, reason: str) -> str:
        """What a check waits for before its next attempt (BackoffStarted.reason)."""
        return self.say(f"backoff.{reason}")

    def budget_line(self, what: str, number: int) -> str:
        """A line of the time budget (BudgetLine.what)."""
        is_phase = f"phase.{what}" in self._english.sentences
        return self.phase(Phase(what)) if is_phase else self.say(f"time_budget.{what}", number=number)

    def field(self, field: str) -> str:
        """The name of a profile's number from its dotted field, with or without the profile before it."""
        code = "field." + ".".join(field.split(".")[-2:])
        return self.say(code) if code in self._english.sentences else field

    def pair(self, name: str, said: str) -> str:
        """`name: said`; French never breaks the line before the colon."""
        return f"{name}{self._space if self.language == 'fr' else ''}: {said}"

    def number(self, value: float, digits: int = 0) -> str:
        """A number with so many digits after the decimal sign, thousands grouped from 10,000 on."""
        if not math.isfinite(value):
            return _NO_FIGURE
        plain = f"{abs(value):,.{digits}f}" if abs(value) >= 10_000 else f"{abs(value):.{digits}f}"
        if self.language == "fr":
            plain = plain.translate({ord(","): _THIN_NBSP, ord("."): ","})
        return (_MINUS if value < 0 and float(f"{value:.{digits}f}") != 0 else "") + plain

    def duration(self, seconds: float) -> str:
        """A span of time at a glance: 0.24 ms, 480 ms, 1.2 s, 23 s, 2 min 10 s, 1 h 5 min, 3 d 4 h."""
        if not math.isfinite(seconds):
            return _NO_FIGURE
        sign, span = (_MINUS if seconds < 0 else ""), abs(seconds)
        if span == 0:
            return self._with_unit("0", "s")
        # Limits lie where rounding would otherwise write "1000 ms" or "60 s".
        if span < 0.9995:
            ms = span * 1000
            digits = 2 if ms < 0.995 else 1 if ms < 9.95 else 0
            return sign + self._with_unit(self._short(ms, digits), "ms")
        if span < 59.5:
            return sign + self._with_unit(self._short(span, 1 if span < 9.95 else 0), "s")
        whole = round(span)
        days, hours, minutes, rest = whole // 86400, whole // 3600 % 24, whole // 60 % 60, whole % 60
        if days:
            pair = ((days, self.say("unit.day")), (hours, "h"))
        else:
            pair = ((hours, "h"), (minutes, "min")) if hours else ((minutes, "min"), (rest, "s"))
        return sign + self._space.join(self._with_unit(self.number(count), unit) for count, unit in pair if count)

    def latency(self, value_ms: float) -> str:
        """A latency, always in ms or s: `0 ms`, not `0 s`, beside others in milliseconds."""
        return self.duration(value_ms / 1000) if value_ms >= 0.005 else self._with_unit("0", "ms")

    def percent(self, share: float) -> str:
        """A share (0 to 1) in per cent; never "0" for a little, never "100" for nearly all."""
        if not math.isfinite(share):
            return _NO_FIGURE
        value = share * 100
        if 0 < value < 0.05:
            figure = f"<{self._space if self.language == 'fr' else ''}{self.number(0.1, 1)}"
        elif 99.95 <= value < 100:
            figure = f">{self._space if self.language == 'fr' else ''}{self.number(99.9, 1)}"
        else:
            figure = self._short(value, 1 if abs(value) < 9.95 or 99 <= value < 100 else 0)
        return f"{figure}{_NBSP}%" if self.language == "fr" else f"{figure}%"

    @property
    def _space(self) -> str:
        """Between a figure and its unit: French typography never breaks the line there."""
        return _NBSP if self.language == "fr" else " "

    def _with_unit(self, figure: str, unit: str) -> str:
        return f"{figure}{self._space}{unit}"

    def _short(self, value: float, digits: int) -> str:
        """A number without zeros that say nothing: 1.0 is 1."""
        exact = round(value, digits)
        while digits and round(exact, digits - 1) == exact:
            digits -= 1
        return self.number(value, digits)

    def _figure(self, text: str) -> str:
        """A number that came as text, such as `0.05`, written as the language writes it."""
        try:
            value = float(text)
        except ValueError:
            return text
        return self._short(value, 3) if math.isfinite(value) else text

    def _filled(self, match: re.Match[str], values: Mapping[str, str]) -> str:
        value = values.get(match[1], "?")
        if match[2] is None:
            return value
        return match[2] if _SINGULAR[self.language].fullmatch(value) else match[3]

    def _written(self, value: object) -> str:
        # Whole numbers stay as they are: 54321 may be a port.
        return self._short(value, 3) if isinstance(value, float) else str(value)


def _flatten(table: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    for key, value in table.items():
        if isinstance(value, Mapping):
            yield from _flatten(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", str(value)
