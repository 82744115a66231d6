"""How the targets of a session stand, folded from its events, so that what fails together is told once; pure."""

from collections.abc import Iterable
from dataclasses import dataclass

from clearline.diagnosis.facts import host_of, step_of
from clearline.diagnosis.together import Member, Together, TogetherKeeper, failing_together
from clearline.domain.event import AttemptEnded, CheckEnded, Event, NetworkChanged, PlanApplied, Result
from clearline.domain.fault import Fault
from clearline.domain.target import Target
from clearline.domain.verdict import Step
from clearline.host.texts import Texts
from clearline.net.machine_state import Machine


@dataclass(slots=True)
class _Standing:
    target: Target
    place: str = ""
    """The numeric address of its latest attempt."""
    fault: Fault | None = None
    """What its latest attempt that failed saw."""
    is_known: bool = False
    """Did a check of it end?"""
    failing_since_s: float | None = None

    def note_attempt(self, event: AttemptEnded) -> None:
        """One attempt ended."""
        self.place = host_of(event.outcome.address)
        fault = event.outcome.fault
        if fault is not None and not fault.is_void:
            self.fault = fault

    def note_check(self, event: CheckEnded) -> None:
        """One check ended; a void one proves nothing."""
        if event.result is Result.VOID:
            return
        if event.result is Result.REFUSED and self.failing_since_s is None:
            # The breaker is open: nothing was sent, so nothing new is known.
            return
        self.is_known = True
        if event.result is Result.OK:
            self.failing_since_s = None
        elif self.failing_since_s is None:
            self.failing_since_s = event.started_s

    def member(self) -> Member | None:
        """As `together` takes it; None where nothing is known of it now."""
        if self.target.is_paused or not self.is_known:
            return None
        fault = self.fault if self.failing_since_s is not None else None
        return member_of(self.target, self.place, fault, self.failing_since_s)


def member_of(target: Target, place: str, fault: Fault | None, failing_since_s: float | None) -> Member | None:
    """A target that works, or fails by `fault` since a session second; None where it fails and nobody knows how."""
    if failing_since_s is None:
        return Member(target.id, target.label, place or target.host)
    if fault is None:
        return None
    step = step_of(target, fault)
    # Where the name was not found, an address is an older attempt's.
    host = target.host if step is Step.NAME else place or target.host
    return Member(target.id, target.label, host, step, fault.kind, failing_since_s)


class References:
    """Gateways and name servers of this network, and places outside, as the engine asked them; folded from a session's
    events."""

    def __init__(self) -> None:
        self._known: dict[str, Member] = {}
        self._back_s: dict[str, float] = {}
        """When one that was silent answered again, until an attempt that began later fails: what a breaker still keeps
        from its target says nothing of the way."""

    @property
    def members(self) -> tuple[Member, ...]:
        """As `together` takes them: their hosts are the own side, unless they are outside."""
        return tuple(self._known.values())

    @property
    def is_silent(self) -> bool:
        """Does one of this network answer no more? Then what fails meanwhile need not be the targets' own."""
        return any(not one.is_outside for one in self._silent())

    @property
    def is_outside_silent(self) -> bool:
        """Does nothing that is asked outside answer any more?"""
        return any(one.is_outside for one in self._silent())

    def _silent(self) -> list[Member]:
        return [one for host, one in self._known.items() if one.step is not None and host not in self._back_s]

    def fold(self, event: Event) -> None:
        """Take an event, in order."""
        if isinstance(event, AttemptEnded) and event.outcome.fault is not None and not event.outcome.fault.is_void:
            for host in [host for host, back_s in self._back_s.items() if event.started_s > back_s]:
                self._there(host)
        if not isinstance(event, NetworkChanged):
            return
        for change in event.changes:
            name = change.name
            is_outside = change.what.startswith("outside_")
            if change.what.endswith("_silent"):
                step, kind = (Step.INTERNET, "tcp.timed_out") if is_outside else (Step.GATEWAY, "icmp.no_reply")
                self._known[name] = Member(f"own:{name}", name, name, step, kind, event.from_s, is_outside)
                self._back_s.pop(name, None)
            elif change.what.endswith("_there") and name in self._known:
                self._back_s[name] = event.at_s
            elif change.what.endswith("_there"):
                self._known[name] = Member(f"own:{name}", name, name, is_outside=is_outside)
            elif change.what.endswith("_unknown"):
                self._known.pop(name, None)
                self._back_s.pop(name, None)
            elif change.what in ("gateway", "name_servers"):
                self._known.clear()
                self._back_s.clear()

    def _there(self, host: str) -> None:
        is_outside = self._known[host].is_outside
        self._known[host] = Member(f"own:{host}", host, host, is_outside=is_outside)
        self._back_s.pop(host, None)


class Watched:
    """Folds a session. Ask it about once a second: what it answers neither flickers nor forgets when it began."""

    def __init__(self) -> None:
        self._standings: dict[str, _Standing] = {}
        self._keeper = TogetherKeeper()
        self._own_side: frozenset[str] = frozenset()
        self.references = References()

    def know_own_side(self, hosts: Iterable[str]) -> None:
        """Gateways and name servers of this network: a target there is a reference, see `failing_together`."""
        self._own_side = frozenset(hosts)

    def fold(self, event: Event) -> None:
        """Take an event, in order."""
        self.references.fold(event)
        match event:
            case PlanApplied():
                before = self._standings
                self._standings = {
                    target.id: before.get(target.id) or _Standing(target) for target in event.plan.targets
                }
                for target in event.plan.targets:
                    self._standings[target.id].target = target
            case AttemptEnded() if (standing := self._standings.get(event.target)) and not event.is_disturbed:
                standing.note_attempt(event)
            case CheckEnded() if standing := self._standings.get(event.target):
                standing.note_check(event)
            case _:
                pass

    def look(self, now_s: float) -> Together | None:
        """What fails together at this session second."""
        members = [member for one in self._standings.values() if (member := one.member()) is not None]
        return self._keeper.offer(failing_together(members, self._own_side, self.references.members), now_s)


def own_side(machine: Machine) -> tuple[str, ...]:
    """Gateways and name servers of this computer's network, as numbers."""
    return (*(each.ip for each in machine.gateways if each.ip), *map(host_of, machine.name_servers))


@dataclass(frozen=True, slots=True)
class TogetherText:
    """What is said of it; `target_id` is one of those that fail, to be diagnosed for all."""

    title: str
    meaning: str
    action: str
    target_id: str


def together_text(together: Together, texts: Texts, since: str) -> TogetherText:
    """The sentences, in one language; `since` is when it began, as written for people."""
    code = f"together.{together.reach.value}"
    values = {
        "failing": len(together.targets),
        "watched": together.watched,
        "answering": together.answering,
        "where": together.where,
        "since": since,
        "fault": texts.fault(together.kind).title if together.kind else "",
    }
    title, meaning, action = (texts.say(f"{code}.{part}", **values) for part in ("title", "meaning", "action"))
    return TogetherText(title, meaning, action, together.targets[0])
