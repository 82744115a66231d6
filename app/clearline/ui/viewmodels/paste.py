"""A pasted list of targets: what each line became, or why it was refused."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from clearline.domain.plan import new_target
from clearline.domain.problem import InputError, Problem
from clearline.domain.target import Target

MAX_LINES = 10_000
_COMMENT = re.compile(r"(^|\s)#.*$")
_HOSTS_LINE = re.compile(
    r"^(?P<ip>\d{1,3}(?:\.\d{1,3}){3}|[0-9a-fA-F:]*:[0-9a-fA-F:.]+)\s+(?P<names>[\w.-]+(?:\s+[\w.-]+)*)$"
)


@dataclass(frozen=True, slots=True)
class PastedLine:
    """One line: the target it became, or the problem that keeps it out. `is_known`: that address is already there."""

    number: int
    text: str
    target: Target | None = None
    problem: Problem | None = None
    is_known: bool = False

    @property
    def is_new(self) -> bool:
        """Will this line add a target?"""
        return self.target is not None and not self.is_known


def is_list(text: str) -> bool:
    """Is this more than one line with something in it?"""
    return sum(bool(line.strip()) for line in text.splitlines()) > 1


def read_list(text: str, present: Iterable[Target], group: str = "") -> list[PastedLine]:
    """Every line that says something, read as a target.

    A line is an address, `address, name, group` (comma, semicolon or tab), or a line of a hosts file; `[group]` alone
    begins a group; `#` begins a comment.
    """
    taken = {target.id for target in present}
    addresses = {target.address for target in present}
    lines: list[PastedLine] = []
    for number, raw in enumerate(text.splitlines()[:MAX_LINES], start=1):
        content = _COMMENT.sub("", raw).strip()
        if not content:
            continue
        if heading := re.fullmatch(r"\[([^\[\]:]+)\]", content):
            group = heading[1].strip()
            continue
        line = _read_line(number, content, taken, addresses, group)
        if line.target is not None and line.is_new:
            taken.add(line.target.id)
            addresses.add(line.target.address)
        lines.append(line)
    return lines


def _read_line(number: int, content: str, taken: set[str], addresses: set[str], group: str) -> PastedLine:
    address, name, own_group = _columns(content)
    try:
        target = new_target(address, taken, name=name, group=own_group or group)
    except InputError as error:
        return PastedLine(number, content, problem=error.problems[0])
    return PastedLine(number, content, target, is_known=target.address in addresses)


def _columns(content: str) -> tuple[str, str, str]:
    for separator in ("\t", ";", ","):
        if separator in content:
            address, name, group, *_ = [*(part.strip().strip('"') for part in content.split(separator)), "", ""]
            return address, name, group
    if hosts := _HOSTS_LINE.match(content):
        return hosts["ip"], hosts["names"].split()[0], ""
    return content, "", ""
