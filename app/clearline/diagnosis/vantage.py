"""A second vantage: what another computer saw of the same targets, held against what is seen from here; pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import msgspec

from clearline.domain.verdict import Saying, Trial, Verdict


class Sighting(msgspec.Struct, frozen=True):
    """How a target was last seen from one computer."""

    address: str
    """As it is shown: secrets masked."""
    label: str
    ok: bool
    kind: str = ""
    """Of its fault; empty where it worked."""
    at_s: float = 0.0
    """UTC time of that attempt; 0 where it is not known."""


class Difference(StrEnum):
    """What two sightings of one target come to."""

    ONLY_THERE = "only_there"
    """Works there, not here: the trouble is on this side."""
    ONLY_HERE = "only_here"
    BOTH_FAIL = "both_fail"
    """In the same way: this computer and its network are not the cause."""
    FAIL_OTHERWISE = "fail_otherwise"
    BOTH_WORK = "both_work"


@dataclass(frozen=True, slots=True)
class Compared:
    """One target that both computers tested."""

    here: Sighting
    there: Sighting
    difference: Difference


def same_target(one: str, other: str) -> bool:
    """Are these two shown addresses the same target? The case of letters and a closing slash make no difference."""
    return _plain(one) == _plain(other)


def _plain(address: str) -> str:
    return address.strip().removesuffix("/").casefold()


def compare(here: Sequence[Sighting], there: Sequence[Sighting]) -> tuple[Compared, ...]:
    """Every target that both saw, what differs first."""
    seen = {_plain(one.address): one for one in there}
    pairs = ((one, seen[_plain(one.address)]) for one in here if _plain(one.address) in seen)
    compared = (Compared(one, other, difference(one, other)) for one, other in pairs)
    return tuple(sorted(compared, key=_order))


def difference(here: Sighting, there: Sighting) -> Difference:
    """What the two sightings come to."""
    if here.ok:
        return Difference.BOTH_WORK if there.ok else Difference.ONLY_HERE
    if there.ok:
        return Difference.ONLY_THERE
    return Difference.BOTH_FAIL if here.kind == there.kind else Difference.FAIL_OTHERWISE


def _order(compared: Compared) -> int:
    return list(Difference).index(compared.difference)


def with_colleague(verdict: Verdict, there: Sighting) -> Verdict:
    """A verdict of here that knows how it looks from another computer."""
    missing = tuple(trial for trial in verdict.missing if trial is not Trial.COLLEAGUE)
    ruled_out, notes = verdict.ruled_out, verdict.notes
    if verdict.is_fault and there.ok:
        notes = (*notes, Saying("note.works_elsewhere"))
    elif verdict.is_fault and there.kind == verdict.kind:
        ruled_out = (*ruled_out, Saying("ruled_out.this_computer"))
    elif verdict.is_fault:
        notes = (*notes, Saying("note.fails_elsewhere"))
    return msgspec.structs.replace(verdict, missing=missing, ruled_out=ruled_out, notes=notes)
