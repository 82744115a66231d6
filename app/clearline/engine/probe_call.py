"""How the engine has attempts made."""

from collections.abc import Awaitable, Callable
from typing import Protocol

from clearline.domain.outcome import Outcome
from clearline.domain.ports import Clock
from clearline.domain.profile import Timeouts
from clearline.domain.target import Target
from clearline.net.network import Network
from clearline.probes.kept import Reuse
from clearline.probes.udp import Late

Ask = Callable[[Timeouts, int, float], Awaitable[Outcome]]
"""Makes one attempt: by these time limits, with this number, until this deadline in session seconds."""


class ProbeCall(Protocol):
    """Makes one attempt at a target by an absolute deadline in session seconds; see probes.registry.run."""

    def __call__(
        self,
        target: Target,
        timeouts: Timeouts,
        deadline_s: float,
        network: Network,
        clock: Clock,
        /,
        *,
        idempotency_key: str = "",
        late: Late | None = None,
        reuse: Reuse | None = None,
    ) -> Awaitable[Outcome]:
        """Never raises for network trouble. `idempotency_key` is given only where there is one to send, `late` only
        for UDP, `reuse` only for HTTP where the profile keeps connections."""
        ...
