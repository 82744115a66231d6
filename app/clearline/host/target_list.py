"""A list of targets, pasted or read from a file: what each line became, or why it was refused."""

import csv
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import msgspec

from clearline.domain.plan import Plan, new_target
from clearline.domain.problem import InputError, Problem
from clearline.domain.profile import Profile
from clearline.domain.tags import read_tags
from clearline.domain.target import Target

MAX_LINES = 10_000
LARGEST_CHARACTERS = 1_000_000
_HEADINGS = {
    "address": "address",
    "url": "address",
    "target": "address",
    "host": "address",
    "hostname": "address",
    "ip": "address",
    "adresse": "address",
    "hôte": "address",
    "port": "port",
    "name": "name",
    "label": "name",
    "description": "name",
    "nom": "name",
    "group": "group",
    "groupe": "group",
    "tags": "tags",
    "étiquettes": "tags",
}
"""What the columns of a table may be called, in the first line."""
_COLUMNS = ("address", "name", "group", "tags")
_COMMENT = re.compile(r"(^|\s)#.*$")
_HOSTS_LINE = re.compile(
    r"^(?P<ip>\d{1,3}(?:\.\d{1,3}){3}|[0-9a-fA-F:]*:[0-9a-fA-F:.]+)\s+(?P<names>[\w.-]+(?:\s+[\w.-]+)*)$"
)


@dataclass(frozen=True, slots=True)
class PastedLine:
    """One line: the target it became, or the problem that keeps it out. `is_known`: that target is already there."""

    number: int
    text: str
    target: Target | None = None
    problem: Problem | None = None
    is_known: bool = False
    profile: Profile | None = None
    """The profile that comes with it, where the plan has none of that name."""
    ignored: tuple[str, ...] = ()
    """What the file asked for and Clearline has nothing like."""

    @property
    def is_new(self) -> bool:
        """Will this line add a target?"""
        return self.target is not None and not self.is_known


def read_text(path: Path) -> str:
    """The text of a list; letters of an old code page are read as far as they go. Raises InputError (`import.*`)."""
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST_CHARACTERS + 1)
    except OSError as error:
        reason = error.strerror or str(error)
        raise InputError(Problem("import.unreadable", {"name": path.name, "reason": reason})) from None
    if len(content) > LARGEST_CHARACTERS:
        raise InputError(Problem("import.too_large", {"size": f"{LARGEST_CHARACTERS // 10**6} MB"}))
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def is_list(text: str) -> bool:
    """Is this more than one line with something in it?"""
    return sum(bool(line.strip()) for line in text.splitlines()) > 1


def read_list(text: str, present: Iterable[Target], group: str = "") -> list[PastedLine]:
    """Every line that says something, read as a target.

    A line is an address, `address, name, group, tags` (comma, semicolon or tab), or a line of a hosts file. A first
    line that names its columns says their order. `[group]` alone begins a group; `#` begins a comment.
    """
    taken = {target.id for target in present}
    addresses = {target.address for target in present}
    lines: list[PastedLine] = []
    columns: tuple[str, ...] = _COLUMNS
    for number, raw in enumerate(text.splitlines()[:MAX_LINES], start=1):
        content = _COMMENT.sub("", raw).strip()
        if not content:
            continue
        if heading := re.fullmatch(r"\[([^\[\]:]+)\]", content):
            group = heading[1].strip()
            continue
        if not lines and (named := _headings(content)):
            columns = named
            continue
        line = _read_line(number, content, columns, taken, addresses, group)
        if line.target is not None and line.is_new:
            taken.add(line.target.id)
            addresses.add(line.target.address)
        lines.append(line)
    return lines


def write_list(plan: Plan) -> str:
    """The targets of a plan as a table that `read_list` reads; secrets in addresses are masked."""
    lines = [",".join(_COLUMNS)]
    for target in plan.targets:
        cells = (target.shown, target.name, target.group, " ".join(target.tags))
        lines.append(",".join(_cell(cell) for cell in cells))
    return "\n".join(lines) + "\n"


def _cell(text: str) -> str:
    # A spreadsheet must not take what somebody named a target for a formula.
    plain = f"'{text}" if text[:1] in "=+-@" and text else text
    return '"' + plain.replace('"', '""') + '"' if re.search(r'[",\n]', plain) else plain


def _read_line(
    number: int, content: str, columns: tuple[str, ...], taken: set[str], addresses: set[str], group: str
) -> PastedLine:
    cells = _cells(content, columns)
    address = cells.get("address", "")
    if (port := cells.get("port")) and "://" not in address:
        address = f"{address}:{port}"
    try:
        target = new_target(address, taken, name=cells.get("name", ""), group=cells.get("group") or group)
    except InputError as error:
        return PastedLine(number, content, problem=error.problems[0])
    target = msgspec.structs.replace(target, tags=read_tags(cells.get("tags", "")))
    return PastedLine(number, content, target, is_known=target.address in addresses)


def _headings(content: str) -> tuple[str, ...]:
    """The columns that a first line names; none where it names no address."""
    named = tuple(_HEADINGS.get(cell.casefold(), "") for cell in _split(content))
    return named if "address" in named and (len(named) > 1 or content.casefold() != "host") else ()


def _cells(content: str, columns: tuple[str, ...]) -> dict[str, str]:
    if hosts := _HOSTS_LINE.match(content):
        return {"address": hosts["ip"], "name": hosts["names"].split()[0]}
    return dict(zip(columns, _split(content), strict=False))


def _split(content: str) -> list[str]:
    separator = next((one for one in ("\t", ";", ",") if one in content), None)
    if separator is None:
        return [content]
    return [
        re.sub(r"^'(?=[=+\-@])", "", cell.strip())
        for cell in next(csv.reader([content], delimiter=separator, skipinitialspace=True))
    ]
