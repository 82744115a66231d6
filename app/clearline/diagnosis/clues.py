"""A clue: one condition on the facts, written as in `connect.kind = tcp.refused`."""

import re
from dataclasses import dataclass
from functools import cache
from typing import Any

from clearline.diagnosis.facts import Facts

_CLUE = re.compile(r"(?P<not>not )?(?P<fact>[a-z0-9_.]+)(?: (?P<sign>=|!=|~|<|>) (?P<values>.+))?")
LOST = (
    "target.kind ~ tcp.timed_out | udp.no_reply | icmp.no_reply | tcp.address_unreachable | udp.unreachable"
    " | icmp.unreachable.host | icmp.unreachable.net | tcp.admin_prohibited | udp.admin_prohibited"
    " | icmp.admin_prohibited | local.no_route | local.neighbor_unreachable"
)
"""Nothing came back from the target itself: another way may lead to it."""
NO_IPV6, NO_IPV4 = (f"families.v{family}_kind = local.no_route | local.family_unavailable" for family in (6, 4))
"""This computer does not have it, as many do: nothing is broken."""


@dataclass(frozen=True, slots=True)
class Clue:
    """`fact` (it is true), `not fact` (it is known and false), `fact = a | b`, `fact != a` (known and another),
    `fact ~ tcp.refused` (that kind or one below it), `fact > 3`. A fact that was not found out meets no clue."""

    fact: str
    sign: str
    values: tuple[str, ...]

    def is_met(self, facts: Facts) -> bool:
        """Do the facts say so?"""
        value = facts.get(self.fact)
        if value is None:
            return False
        match self.sign:
            case "":
                return bool(value)
            case "not":
                return not value
            case "=":
                return any(_same(value, wanted) for wanted in self.values)
            case "!=":
                return not any(_same(value, wanted) for wanted in self.values)
            case "~":
                return any(value == wanted or str(value).startswith(f"{wanted}.") for wanted in self.values)
            case "<":
                return float(value) < float(self.values[0])
            case _:
                return float(value) > float(self.values[0])


def _same(value: Any, wanted: str) -> bool:
    if isinstance(value, list | tuple):
        return wanted in value
    return str(value) == wanted


@cache
def clue(text: str) -> Clue:
    """The clue that a text stands for. Raises ValueError for what is none."""
    found = _CLUE.fullmatch(text)
    if found is None or (found["not"] and found["sign"]):
        raise ValueError(f"no clue: {text}")
    values = tuple(part.strip() for part in (found["values"] or "").split("|")) if found["sign"] else ()
    if found["sign"] in ("<", ">"):
        float(values[0])
    return Clue(found["fact"], found["sign"] or ("not" if found["not"] else ""), values)


def all_met(clues: tuple[str, ...], facts: Facts) -> bool:
    """Are all of these met?"""
    return all(clue(text).is_met(facts) for text in clues)


def any_met(clues: tuple[str, ...], facts: Facts) -> bool:
    """Is any of these met? None is where there are none."""
    return any(clue(text).is_met(facts) for text in clues)
