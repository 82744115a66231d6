"""Time limits for calls that make calls: no child may be given more time than its parent has left."""

import msgspec

from clearline.domain.phase import Phase
from clearline.domain.profile import Profile
from clearline.resilience.preview import preview
from clearline.resilience.timeouts import phase_limit

MARGIN = 0.2
"""Share of what is left that the caller keeps for its own work."""


class Call(msgspec.Struct, frozen=True):
    """A service and those it calls one after the other. `limit_s` is the most it is ever given; None sets no limit."""

    name: str
    calls: tuple["Call", ...] = ()
    limit_s: float | None = None


class Allotted(msgspec.Struct, frozen=True):
    """The same tree with the seconds each call gets: `budget_s` for all it does, `own_s` of it for its own work."""

    name: str
    budget_s: float
    own_s: float
    calls: tuple["Allotted", ...] = ()
    limit_s: float | None = None
    """Its own limit, where that and not the parent's time set the budget."""

    @property
    def longest_s(self) -> float:
        """The longest it can take where every call uses all of its time; never more than the budget."""
        return self.own_s + sum(call.longest_s for call in self.calls)


def share(left_s: float, calls_left: int, margin: float = MARGIN) -> float:
    """Seconds for the next of `calls_left` calls, when `left_s` are left: asked anew before each, an early end of one
    gives its time to the others. 0 where nothing is left. Raises ValueError for no calls or a margin beyond [0, 1)."""
    if calls_left < 1 or not 0 <= margin < 1:
        raise ValueError(f"{calls_left} calls, margin {margin}")
    return max(0.0, left_s) * (1 - margin) / calls_left


def allot(call: Call, left_s: float, margin: float = MARGIN) -> Allotted:
    """Divide the time that is left over a whole tree; what a limited call does not need goes to the others."""
    budget_s = max(0.0, left_s)
    is_limited = call.limit_s is not None and call.limit_s < budget_s
    if call.limit_s is not None:
        budget_s = min(budget_s, call.limit_s)
    given = []
    rest_s = budget_s * (1 - margin)
    # The most limited first: what it leaves over is shared by those after it.
    places = sorted(range(len(call.calls)), key=lambda place: _most_s(call.calls[place]))
    for done, place in enumerate(places):
        child = allot(call.calls[place], share(rest_s, len(places) - done, 0.0), margin)
        rest_s -= child.budget_s
        given.append((place, child))
    children = tuple(child for _, child in sorted(given, key=lambda pair: pair[0]))
    own_s = budget_s - sum(child.budget_s for child in children)
    return Allotted(call.name, budget_s, own_s, children, call.limit_s if is_limited else None)


def _most_s(call: Call) -> float:
    return float("inf") if call.limit_s is None else call.limit_s


class BudgetLine(msgspec.Struct, frozen=True):
    """A line of the tree: how deep it stands, what it is about, which one of several, and the most it may take."""

    depth: int
    what: str
    """`check`, `attempt`, `pause`, a value of Phase, `own` (the service's own work) or `call` (one behind it)."""
    seconds: float
    number: int = 0


def budget_lines(profile: Profile) -> tuple[BudgetLine, ...]:
    """The time of a check by this profile as a tree, in order: its attempts and pauses at worst, the phases of the
    first attempt, and what a service that answers within `wait` may give the calls that it makes itself."""
    timeouts, policy = profile.timeouts, profile.cascade
    lines = [BudgetLine(0, "check", timeouts.total_s)]
    attempts = 0
    for step in preview(profile).steps:
        seconds = step.to_s - step.from_s
        if step.kind == "wait":
            lines.append(BudgetLine(1, "pause", seconds))
            continue
        attempts += 1
        lines.append(BudgetLine(1, "attempt", seconds, attempts))
        if attempts > 1:
            continue
        for phase in Phase:
            most_s = phase_limit(timeouts, phase, 0.0, seconds)
            lines.append(BudgetLine(2, phase.value, most_s))
            if phase is Phase.WAIT and policy.calls:
                service = allot(Call("own", (Call("call"),) * policy.calls), most_s, policy.margin)
                lines.append(BudgetLine(3, "own", service.own_s))
                lines += [
                    BudgetLine(3, "call", call.budget_s, number) for number, call in enumerate(service.calls, start=1)
                ]
    return tuple(lines)
