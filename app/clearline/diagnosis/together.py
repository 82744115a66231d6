"""Many targets that fail together, said once: since when, how far it reaches, and what it is not; pure."""

import ipaddress
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from clearline.domain.verdict import Step

SPREAD_S = 45.0
"""Targets whose failures begin within so long of each other fail together: slow paces find out late."""
FEWEST = 3
"""Two at once are chance as often as not."""
FEWEST_OF_HOST = 2
HOLDS_AFTER_S, ENDS_AFTER_S = 3.0, 8.0
"""So long must something be so before it is said, or taken back: a sentence that comes and goes helps nobody."""
_OF_PATH = (Step.SELF, Step.LINK, Step.ADDRESS, Step.GATEWAY, Step.NAME, Step.INTERNET, Step.PROXY, Step.CONNECT)


@dataclass(frozen=True, slots=True)
class Member:
    """One watched target as it is now."""

    target_id: str
    label: str
    host: str
    """Its address as a number where it is known, else its name."""
    step: Step | None = None
    """The rung that fails; None where it works."""
    kind: str = ""
    since_s: float = 0.0
    """Session second of its first failed check."""
    is_outside: bool = False
    """Is it none of the targets and not of this network, but what is asked outside?"""


class Reach(StrEnum):
    """What fails together; texts `together.<value>`."""

    OWN_NETWORK = "own_network"
    """The gateway or name server that is watched as well fails too."""
    BEHIND_GATEWAY = "behind_gateway"
    """They answer; nothing behind them does."""
    INTERNET = "internet"
    """They answer; no target does, and nothing else outside."""
    ONLY_TARGETS = "only_targets"
    """Outside places answer; no target does."""
    EVERYTHING = "everything"
    NAMES = "names"
    PROXY = "proxy"
    HOST = "host"
    NETWORK = "network"
    SAME_WAY = "same_way"


@dataclass(frozen=True, slots=True)
class Together:
    """One sentence for many failures."""

    reach: Reach
    targets: tuple[str, ...]
    """Ids of those that fail together, in the order of the plan."""
    watched: int
    """How many are watched at all."""
    since_s: float
    where: str = ""
    """The host or network; a reference that answers."""
    kind: str = ""
    """The fault that all have, where they have the same."""
    answering: int = 0
    """How many others answer meanwhile."""


def failing_together(
    members: Sequence[Member], own_side: Collection[str] = (), asked: Sequence[Member] = ()
) -> Together | None:
    """What fails together; None where nothing does.

    `own_side` are hosts of this network, such as the gateway and the name servers. They are references: one that
    answers shows that the trouble lies behind it, and none is counted among the targets. `asked` are such that are no
    targets, and what was asked outside.
    """
    outside = [one for one in asked if one.is_outside]
    near = [one for one in asked if not one.is_outside]
    own = {*own_side, *(one.host for one in near)}
    references = [*near, *(one for one in members if one.host in own)]
    others = [one for one in members if one.host not in own]
    failing = _largest_cluster([one for one in others if one.step is not None])
    if len(failing) < FEWEST_OF_HOST:
        return None
    answering = [one for one in others if one.step is None]
    hosts = {one.host for one in failing}
    kinds = {one.kind for one in failing}

    def told(reach: Reach, where: str = "") -> Together:
        kind = kinds.copy().pop() if len(kinds) == 1 else ""
        together = {one.target_id for one in failing}
        ids = tuple(one.target_id for one in others if one.target_id in together)
        since_s = min(one.since_s for one in failing)
        return Together(reach, ids, len(members), since_s, where, kind, len(answering))

    steps = {one.step for one in failing}
    if len(hosts) == 1:
        is_known_apart = any(one.host not in hosts for one in answering)
        is_whole = not any(one.host in hosts for one in answering)
        return told(Reach.HOST, hosts.pop()) if is_known_apart and is_whole else None
    if len(failing) < FEWEST:
        return None
    is_of_path = all(step in _OF_PATH for step in steps)
    is_all = is_of_path and not answering and len(failing) == len(others)
    well = [one for one in references if one.step is None]
    if is_all and well and any(one.step is not None for one in outside):
        # Behind a line that is cut no name is found and no proxy reaches anything either.
        return told(Reach.INTERNET, well[0].label)
    if steps == {Step.NAME}:
        return told(Reach.NAMES)
    if steps == {Step.PROXY}:
        return told(Reach.PROXY)
    if is_all:
        reached = [one for one in outside if one.step is None]
        if reached:
            return told(Reach.ONLY_TARGETS, reached[0].label)
        if well:
            return told(Reach.BEHIND_GATEWAY, well[0].label)
        return told(Reach.OWN_NETWORK if references else Reach.EVERYTHING)
    network = _network_of(hosts)
    if is_of_path and network and not any(_is_in(one.host, network) for one in answering):
        return told(Reach.NETWORK, network)
    is_most = 2 * len(failing) > len(others)
    return told(Reach.SAME_WAY) if len(kinds) == 1 and is_most else None


def _largest_cluster(failing: Sequence[Member]) -> list[Member]:
    """Those whose failures began close to each other; the largest such crowd, the latest where two are as large."""
    in_time = sorted(failing, key=_begin)
    best = range(0)
    end = 0
    for at, first in enumerate(in_time):
        while end < len(in_time) and in_time[end].since_s - first.since_s <= SPREAD_S:
            end += 1
        if end - at >= len(best):
            best = range(at, end)
    return in_time[best.start : best.stop]


def _begin(member: Member) -> float:
    return member.since_s


def _network_of(hosts: Collection[str]) -> str:
    """The /24 or /64 that all hosts are in; empty where there is none, or a name among them."""
    networks = {_network(host) for host in hosts}
    return networks.pop() if len(networks) == 1 else ""


@lru_cache(maxsize=4096)
def _network(host: str) -> str:
    """Asked for each of a thousand targets, twice a second."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return ""
    return str(ipaddress.ip_network(f"{address}/{24 if address.version == 4 else 64}", strict=False))


def _is_in(host: str, network: str) -> bool:
    return _network(host) == network


class TogetherKeeper:
    """Holds what is said, so that it neither flickers nor forgets when it began. Pure: asked with the time."""

    def __init__(self) -> None:
        self._shown: Together | None = None
        self._candidate: tuple[Reach, str] | None = None
        self._candidate_since_s = 0.0

    @property
    def shown(self) -> Together | None:
        """What is said now."""
        return self._shown

    def offer(self, found: Together | None, now_s: float) -> Together | None:
        """What is to be said, given what is so at `now_s`, in session seconds that never go back."""
        key, shown_key = _key(found), _key(self._shown)
        if key == shown_key:
            self._candidate = None
            if found is not None and self._shown is not None:
                self._shown = _began(found, min(found.since_s, self._shown.since_s))
            return self._shown
        if key != self._candidate or self._candidate_since_s > now_s:
            self._candidate, self._candidate_since_s = key, now_s
        # What is new must have been so for a while by its own account; a recorded session is folded in a blink.
        since_s = min(self._candidate_since_s, found.since_s) if found is not None else self._candidate_since_s
        if now_s - since_s >= (HOLDS_AFTER_S if found is not None else ENDS_AFTER_S):
            self._shown, self._candidate = found, None
        return self._shown


def _key(told: Together | None) -> tuple[Reach, str] | None:
    return None if told is None else (told.reach, told.where)


def _began(told: Together, since_s: float) -> Together:
    return Together(told.reach, told.targets, told.watched, since_s, told.where, told.kind, told.answering)
