"""Time limits for calls that make calls: no child may be given more time than its parent has left."""

import msgspec

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
