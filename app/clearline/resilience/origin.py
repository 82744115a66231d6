"""What is kept of each host from one check to the next, besides its breaker: its retry tokens and time limits."""

from clearline.domain.profile import BudgetPolicy
from clearline.resilience.adaptive_timeout import AdaptiveLimits
from clearline.resilience.budget import RetryBudget


class Origin:
    """What is known of one host (Target.origin)."""

    __slots__ = ("budget", "limits")

    def __init__(self, key: str, budget: BudgetPolicy) -> None:
        self.budget = RetryBudget(key, budget)
        self.limits = AdaptiveLimits()


class OriginRegistry:
    """The hosts by key, never more than `capacity`: the least recently used makes room."""

    def __init__(self, capacity: int = 20_000) -> None:
        self._capacity = capacity
        self._origins: dict[str, Origin] = {}

    def __len__(self) -> int:
        return len(self._origins)

    def get(self, key: str, budget: BudgetPolicy) -> Origin:
        """What is known of this host; begun by this policy where nothing was."""
        origin = self._origins.pop(key, None)
        if origin is None:
            while len(self._origins) >= self._capacity:
                del self._origins[next(iter(self._origins))]
            origin = Origin(key, budget)
        self._origins[key] = origin
        return origin

    def keep_only(self, keys: set[str]) -> None:
        """Forget the hosts that no target has."""
        self._origins = {key: origin for key, origin in self._origins.items() if key in keys}
