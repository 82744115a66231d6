"""What the steps of one diagnosis share: its target, its tools, what is known so far, and what they may do."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any, Protocol

import msgspec

from clearline.diagnosis.facts import can_load, facts_of_outcome, facts_of_target, host_of
from clearline.domain.outcome import Outcome
from clearline.domain.ports import Clock
from clearline.domain.profile import Timeouts
from clearline.domain.target import Target, parse_address
from clearline.domain.verdict import Depth, DiagnosisPolicy, Saying, Step, StepState, Trial
from clearline.host.policy import policy as fixed_policy
from clearline.net.network import Network

QUICK_LIMITS = Timeouts(
    resolve_s=3.0,
    connect_s=3.3,
    proxy_s=3.3,
    tls_s=3.0,
    send_s=2.0,
    wait_s=3.0,
    receive_s=3.0,
    attempt_s=4.0,
    total_s=4.0,
)
"""A machine that is off is told by the system after 3.1 s (three ARP requests), a router's no after 1.0 to 3.1 s."""
FULL_LIMITS = Timeouts(
    resolve_s=6.0,
    connect_s=8.0,
    proxy_s=8.0,
    tls_s=8.0,
    send_s=5.0,
    wait_s=10.0,
    receive_s=8.0,
    attempt_s=14.0,
    total_s=14.0,
)
_LEAST_S, _END_S = 0.2, 0.4
"""Of an attempt near the end of a diagnosis: it still gets this, and leaves that for what it means."""


class Ask(Protocol):
    """Makes one attempt; see probes.registry.run."""

    def __call__(
        self, target: Target, timeouts: Timeouts, deadline_s: float, network: Network, clock: Clock, /
    ) -> Awaitable[Outcome]:
        """Never raises for network trouble."""
        ...


Keep = Callable[[Ask, int], AbstractContextManager[Ask]]
"""Makes attempts keep so many web connections among them until the block ends; see probes.keeping."""


@dataclass(frozen=True, slots=True)
class Found:
    """What a step, or a trial, came to. Its times are the step's own where they are None."""

    state: StepState
    said: Saying
    facts: dict[str, Any] = field(default_factory=dict)
    began_ms: float | None = None
    took_ms: float | None = None


def found(state: StepState, code: str, facts: dict[str, Any] | None = None, /, **values: str | float) -> Found:
    """A step's finding: `code` below `step.`."""
    return Found(state, Saying(f"step.{code}", values), facts or {})


class Course:
    """One diagnosis under way. Facts are added and never taken back."""

    def __init__(
        self,
        target: Target,
        policy: DiagnosisPolicy,
        network: Network,
        clock: Clock,
        ask: Ask,
        keep: Keep,
        known: dict[str, Any] | None = None,
        earlier: Sequence[Outcome] = (),
    ) -> None:
        self.target = target
        self.policy = msgspec.structs.replace(policy, outside=policy.outside.only(fixed_policy().may_contact))
        self.network = network
        self.clock = clock
        self.earlier = tuple(earlier)
        """Outcomes of this target's attempts in the running session, oldest first."""
        self._ask = ask
        self._keep = keep
        self.began_s = clock.now()
        self.facts: dict[str, Any] = {**facts_of_target(target), **(known or {})}
        self.facts["load.is_possible"] = can_load(target, self.policy.outside)
        self.facts |= {f"consent.{trial.value}": True for trial in policy.consents}
        if policy.outside.control:
            self.facts["control.is_set"] = True
        self.outcome: Outcome | None = None
        self.attempt_began_ms = self.attempt_ended_ms = 0.0
        self.attempted = asyncio.Event()
        """The target's own attempt ended."""
        self.is_late = asyncio.Event()
        """It ended, or has had a second."""
        self.say: Callable[[Step, Saying], None] = _to_nobody
        """Has a step that runs say how far it is."""

    @property
    def limits(self) -> Timeouts:
        """How long an attempt's phases may take here."""
        return QUICK_LIMITS if self.policy.depth is Depth.QUICK else FULL_LIMITS

    @property
    def elapsed_ms(self) -> float:
        """Since the diagnosis began."""
        return (self.clock.now() - self.began_s) * 1000

    @property
    def left_s(self) -> float:
        """Of the whole diagnosis."""
        return max(0.0, self.policy.limit_s - self.elapsed_ms / 1000)

    @property
    def host(self) -> str:
        """The target's address as a number where it is known: other tests must meet the same machine."""
        return host_of(str(self.facts.get("target.address", ""))) or host_of(self.target.via or "") or self.target.host

    def may(self, trial: Trial) -> bool:
        """Did a person agree to this trial?"""
        return trial in self.policy.consents

    async def attempt(
        self, target: Target, limit_s: float, *, network: Network | None = None, ask: Ask | None = None, **limits: float
    ) -> Outcome:
        """One attempt at any target, over after `limit_s` seconds; by `ask` of `keeping` where it is given."""
        limit_s = min(limit_s, max(_LEAST_S, self.left_s - _END_S))
        timeouts = msgspec.structs.replace(self.limits, attempt_s=limit_s, total_s=limit_s, **limits)
        return await (ask or self._ask)(
            target, timeouts, self.clock.now() + limit_s, network or self.network, self.clock
        )

    def keeping(self, count: int) -> AbstractContextManager[Ask]:
        """Until the block ends, attempts by what it gives keep up to so many web connections."""
        return self._keep(self._ask, count)

    async def attempt_address(self, address: str, limit_s: float) -> Outcome:
        """One attempt at an address as people write it, straight and without looking at certificates' names."""
        return await self.attempt(other_target(address), limit_s)

    def facts_of(self, outcome: Outcome, prefix: str, target: Target | None = None) -> dict[str, Any]:
        """The facts of an attempt under a name of its own."""
        return facts_of_outcome(target or self.target, outcome, self.policy.thresholds, prefix)


def _to_nobody(_step: Step, _saying: Saying) -> None:
    """Until a ladder hears it."""


def other_target(address: str) -> Target:
    """A target of a diagnosis' own: never through a proxy."""
    return Target("diagnosis", parse_address(address), proxy="none")


def bracketed(ip: str) -> str:
    """An IP as an address has it."""
    return f"[{ip}]" if ":" in ip else ip
