"""Which probe tests which target; the one way to run an attempt."""

from collections.abc import Awaitable, Callable
from functools import partial

from clearline.domain.outcome import Outcome
from clearline.domain.ports import Clock
from clearline.domain.profile import Timeouts
from clearline.domain.target import Probe, Target
from clearline.net.network import Network
from clearline.probes.attempt import Attempt, conduct
from clearline.probes.banner import probe_banner
from clearline.probes.beat import probe_beat
from clearline.probes.dns import probe_dns
from clearline.probes.http import probe_http
from clearline.probes.http3 import probe_http3
from clearline.probes.icmp import probe_icmp
from clearline.probes.kept import Reuse
from clearline.probes.mtu import probe_mtu
from clearline.probes.ntp import probe_ntp
from clearline.probes.path import probe_path
from clearline.probes.tcp import probe_tcp
from clearline.probes.tls import probe_tls
from clearline.probes.udp import Late, probe_udp
from clearline.probes.websocket import probe_websocket

PROBES: dict[Probe, Callable[[Attempt], Awaitable[None]]] = {
    Probe.TCP: probe_tcp,
    Probe.TLS: probe_tls,
    Probe.HTTP: probe_http,
    Probe.H3: probe_http3,
    Probe.DNS: probe_dns,
    Probe.UDP: probe_udp,
    Probe.BEAT: probe_beat,
    Probe.BANNER: probe_banner,
    Probe.WS: probe_websocket,
    Probe.NTP: probe_ntp,
    Probe.ICMP: probe_icmp,
    Probe.PATH: probe_path,
    Probe.MTU: probe_mtu,
}


async def run(
    target: Target,
    timeouts: Timeouts,
    deadline_s: float,
    network: Network,
    clock: Clock,
    *,
    idempotency_key: str = "",
    late: Late | None = None,
    reuse: Reuse | None = None,
) -> Outcome:
    """One attempt at a target, over at `deadline_s` (seconds of this clock) at the latest.

    HTTP sends `idempotency_key` where there is one, and keeps connections where `reuse` gives leave. `late` gets the
    socket of a UDP request that had no answer in time.

    Network trouble never raises: it is the outcome's fault, beside every phase that was reached. A cancellation goes
    through. Either way nothing stays open.
    """
    attempt = Attempt(target, timeouts, deadline_s, network, clock, idempotency_key)
    if late is not None and target.probe is Probe.UDP:
        return await conduct(attempt, partial(probe_udp, late=late))
    if reuse is not None and target.probe is Probe.HTTP:
        return await conduct(attempt, partial(probe_http, reuse=reuse))
    return await conduct(attempt, PROBES[target.probe])
