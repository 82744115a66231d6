"""How many retries a host may be asked: earned by its successes, so that retries never multiply an outage.

Never refilled by time: a host that only fails gets one attempt a check once the tokens are used up. Layers of retries
multiply (3 × 4 attempts are 64 over three layers); a budget bounds what all of them together add.
"""

import math

from clearline.domain.event import BudgetChanged
from clearline.domain.profile import BudgetPolicy

Told = tuple[BudgetChanged, ...]

_DIGITS = 9
"""Ten tenths are a whole token, whatever floating point says."""


class RetryBudget:
    """The tokens of one host. A pure machine: retries ≤ capacity + ratio × successes, whatever happens."""

    __slots__ = ("key", "tokens")

    def __init__(self, key: str, policy: BudgetPolicy) -> None:
        self.key = key
        self.tokens = policy.capacity

    def earn(self, policy: BudgetPolicy, now: float) -> Told:
        """A success earns a part of a token."""
        if self.tokens == policy.capacity:
            return ()
        return self._set(round(self.tokens + policy.ratio, _DIGITS), policy, now, "earned")

    def spend(self, policy: BudgetPolicy, now: float) -> tuple[bool, Told]:
        """Pay for a retry. False where no whole token is left; what there is stays."""
        if self.tokens < 1:
            return False, (self._event(policy, now, "denied"),)
        return True, self._set(round(self.tokens - 1, _DIGITS), policy, now, "spent")

    def _set(self, tokens: float, policy: BudgetPolicy, now: float, reason: str) -> Told:
        before, self.tokens = self.tokens, min(tokens, policy.capacity)
        return () if math.floor(before) == math.floor(self.tokens) else (self._event(policy, now, reason),)

    def _event(self, policy: BudgetPolicy, now: float, reason: str) -> BudgetChanged:
        return BudgetChanged(at_s=now, key=self.key, tokens=self.tokens, capacity=policy.capacity, reason=reason)
