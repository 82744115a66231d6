"""The lab's faults and what can be set of them, in words."""

from collections.abc import Mapping

from clearline.host.texts import Texts
from clearline.lab.faults import CATALOGUE, option_of


def fault_words(kind: str, options: Mapping[str, float], texts: Texts) -> str:
    """A fault in a few words with what was set: `error status (status 503)`; empty for none."""
    if kind not in CATALOGUE:
        return kind  # Nothing, or what another version records.
    words = texts.say(f"lab_fault.{kind}")
    given = [
        option_words(kind, name, value, texts) for name, value in options.items() if name in CATALOGUE[kind].options
    ]
    return f"{words} ({', '.join(given)})" if given else words


def option_words(kind: str, name: str, value: float, texts: Texts) -> str:
    """`delay 300 ms`."""
    option = option_of(kind, name)
    label = texts.say(f"lab_option.{name}")
    if option.unit == "%":
        return f"{label} {texts.percent(value)}"
    unit = unit_words(option.unit, texts)
    # A number that names something, as a status does, has no separators.
    figure = f"{value:g}" if not unit else texts.number(value, 0 if float(value).is_integer() else 1)
    return " ".join(part for part in (label, figure, unit) if part)


def unit_words(unit: str, texts: Texts) -> str:
    """A unit of domain words, or what is counted, in the language of the texts."""
    return texts.say(f"lab_unit.{unit}") if unit.isalpha() and len(unit) > 2 else unit
