"""How one attempt ended."""

from typing import Any

import msgspec

from clearline.domain.fault import Fault
from clearline.domain.phase import PhaseTimes


class Outcome(msgspec.Struct, frozen=True, gc=False):
    """How one attempt ended, and all it learned on the way, also when it failed."""

    phases: PhaseTimes
    fault: Fault | None = None
    """None where the attempt succeeded."""
    address: str = ""
    """The numeric address that was tried last, with its port; empty where no name was resolved."""
    kernel_rtt_ms: float | None = None
    """The kernel's own round trip (TCP_INFO at connect, or TX → RX stamps); None where the system gives none."""
    syn_retransmits: int = 0
    """Lost connection requests: their waits are in `phases.connect` but are no latency of the path."""
    lag_ms: float | None = None
    """User-space figure less the kernel's: how much the measuring itself added. None without a kernel figure."""
    status: int | None = None
    """HTTP status or DNS rcode."""
    retry_after_s: float | None = None
    """The wait the peer asked for, relative to its own clock."""
    bytes_in: int = 0
    bytes_out: int = 0
    detail: dict[str, Any] = {}
    """Learned, but no figure: tls{version, cipher, alpn, expires_at}, http{version, headers}, dns{answers}…,
    local_ip (where it was sent from)."""

    @property
    def is_strained(self) -> bool:
        """Did the measuring itself add more than 1 ms and more than a tenth of the kernel's figure?"""
        return self.lag_ms is not None and self.lag_ms > max(1.0, 0.1 * (self.kernel_rtt_ms or 0.0))

    @property
    def latency_ms(self) -> float | None:
        """What counts as latency in statistics: all phases, without what a strained machine added.

        None where connection requests were lost: their repeats come after 1 s, 2 s, 4 s by the kernel's own timer, so
        the time until one got through is told (`phases.connect`) but is no figure of the path.
        """
        if self.syn_retransmits:
            return None
        return max(0.0, self.phases.total_ms - (self.lag_ms or 0.0)) if self.is_strained else self.phases.total_ms

    @property
    def ok(self) -> bool:
        """Did the attempt succeed?"""
        return self.fault is None
