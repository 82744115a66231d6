"""One attempt under way: its phases, its time limits, what it holds open and what it learned."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import msgspec

from clearline.domain.fault import Fault
from clearline.domain.outcome import Outcome
from clearline.domain.phase import Phase
from clearline.domain.ports import Clock
from clearline.domain.profile import Timeouts
from clearline.domain.target import Target, parse_endpoint
from clearline.net.classify import classify
from clearline.net.evidence import Evidence, NetworkError, ProxyEvidence, exception_chain
from clearline.net.network import Address, Connection, Datagrams, Network, Stream, literal_address
from clearline.net.timestamps import RoundTrip
from clearline.net.timing import Budget, Stopwatch
from clearline.probes.lookup import look_up
from clearline.probes.secrets import Mask


class Attempt:
    """What every probe needs: resolve, connect, fail with evidence, and leave nothing open."""

    def __init__(
        self,
        target: Target,
        timeouts: Timeouts,
        deadline_s: float,
        network: Network,
        clock: Clock,
        idempotency_key: str = "",
    ) -> None:
        self.target = target
        self.idempotency_key = idempotency_key
        self.network = network
        self.clock = clock
        self.budget = Budget(timeouts, deadline_s, clock)
        self.stopwatch = Stopwatch()
        self.detail: dict[str, Any] = {}
        self.status: int | None = None
        self.retry_after_s: float | None = None
        self.bytes_in = 0
        self.bytes_out = 0
        self.transport = "tcp"
        self._round_trip: RoundTrip | None = None
        self.proxy: ProxyEvidence | None = None
        """Set while the way to a proxy, or through it, is being made: what fails then is told of the proxy."""
        self._connection: Connection | None = None
        self._is_reused = False
        self._before_in = self._before_out = 0
        self._open: list[Stream | Datagrams] = []
        self._address: Address | None = None
        self._fault: Fault | None = None
        self._lost_requests = 0

    async def resolve(self, host: str = "", port: int = 0) -> tuple[Address, ...]:
        """Where to connect to: a literal address, or what the resolver says.

        Without a host it is the target's own, or its `via`.
        """
        is_own = not host
        host, port = host or self.target.host, port or self.target.port
        if is_own and self.target.via:
            host, via_port = parse_endpoint(self.target.via)
            port = via_port or port
        if literal := literal_address(host, port):
            return (literal,)
        return await look_up(self.network, host, port, self.budget, self.stopwatch)

    async def connect(self) -> Connection:
        """A connection to the first address that takes one. The phase is not ended: the caller's next one does."""
        return await self.connect_to(await self.resolve())

    async def connect_to(self, addresses: tuple[Address, ...]) -> Connection:
        """Try the addresses in order, each with the whole limit for one address."""
        tried: list[dict[str, Any]] = []
        self.detail["addresses"] = tried
        failures: list[tuple[Fault, NetworkError]] = []
        for address in addresses:
            self._address = address
            self.stopwatch.enter(Phase.CONNECT)
            before_ms = self.stopwatch.spent_ms(Phase.CONNECT) or 0.0
            try:
                connection = await self.network.connect(address, self.budget.limit(Phase.CONNECT))
            except NetworkError as trouble:
                elapsed_ms = (self.stopwatch.spent_ms(Phase.CONNECT) or 0.0) - before_ms
                seen = replace(trouble.evidence, phase=Phase.CONNECT, elapsed_ms=elapsed_ms)
                seen = self._with_link(seen)
                fault = classify(seen)
                tried.append({"address": address.shown, "ms": round(elapsed_ms, 3), "kind": fault.kind})
                failures.append((fault, NetworkError(seen)))
                if not self.budget.left_s:
                    break
                continue
            self._open.append(connection)
            self._connection = connection
            self.detail["local_ip"] = connection.local_ip
            self.stopwatch.began(connection.began_at_ns)
            tried.append({"address": address.shown, "ms": round(_connect_ms(connection), 3), "kind": ""})
            return connection
        # A family this machine does not have says less than what the other family's peer said.
        raise next((error for fault, error in failures if not fault.kind.startswith("local.")), failures[-1][1])

    def adopt(self, connection: Connection) -> None:
        """Go on over a connection that an earlier attempt made: how that went is no figure of this one."""
        self._open.append(connection)
        self._connection, self._address, self._is_reused = connection, connection.address, True
        self.detail["local_ip"] = connection.local_ip
        self._before_in -= connection.bytes_in
        self._before_out -= connection.bytes_out

    def hold(self, opened: Stream | Datagrams) -> None:
        """Close this with the attempt."""
        self._open.append(opened)

    def let_go(self, opened: Stream | Datagrams) -> None:
        """Do not close this with the attempt: it has another owner now."""
        self._open.remove(opened)

    def note_round_trip(self, datagrams: Datagrams) -> None:
        """These datagrams' figures are the attempt's."""
        self.detail["local_ip"] = datagrams.local_ip
        self._round_trip = datagrams.round_trip

    @property
    def address(self) -> str:
        """`ip:port` of what was tried last; empty before."""
        return self._address.shown if self._address else ""

    def at(self, address: Address) -> None:
        """This address is tried now."""
        self._address = address

    def next_connection(self) -> None:
        """This exchange is over and another connection follows: close everything, keep the count of bytes."""
        self._count()
        self._before_in, self._before_out = self.bytes_in, self.bytes_out
        self._connection, self._is_reused = None, False
        self._close_all()

    def fail(self, trouble: NetworkError) -> None:
        """The attempt failed in the phase that runs."""
        phase = self.stopwatch.phase or Phase.CONNECT
        seen = trouble.evidence
        if seen.local:
            self.detail["local_ip"] = seen.local
        elapsed_ms = seen.elapsed_ms if seen.elapsed_ms is not None else self.stopwatch.spent_ms(phase)
        self.stopwatch.stop()
        self._count()
        if phase is Phase.CONNECT and seen.tcp_info is not None:
            self._lost_requests = seen.tcp_info.total_retrans
        seen = self._with_link(
            replace(
                seen,
                phase=phase,
                proxy=seen.proxy or self.proxy,
                transport=self.transport if seen.transport == "tcp" else seen.transport,
                elapsed_ms=elapsed_ms,
                bytes_in=max(self.bytes_in, seen.bytes_in),
                bytes_out=self.bytes_out,
                peer=seen.peer or (self._address.ip if self._address else ""),
                is_reused=self._is_reused,
            )
        )
        self._fault = classify(seen)

    def _with_link(self, seen: Evidence) -> Evidence:
        """Without a route or a port: is there a link at all, an address, or is the peer on the own network?"""
        if seen.link or not seen.peer or classify(seen).kind not in ("local.no_route", "local.ports_exhausted"):
            return seen
        address = self._address
        ip = address.scoped_ip if address is not None and address.ip == seen.peer else seen.peer
        return replace(seen, link=self.network.link_state(ip))

    def fail_unknown(self, error: Exception) -> None:
        """Something nobody foresaw: kept as evidence for a report."""
        self.fail(NetworkError(Evidence(chain=exception_chain(error))))

    def close(self) -> None:
        """Close everything that is open."""
        self._count()
        self._close_all()

    def _close_all(self) -> None:
        for opened in reversed(self._open):
            opened.close()
        self._open.clear()

    def outcome(self) -> Outcome:
        """How the attempt ended."""
        self.stopwatch.stop()
        connection = None if self._is_reused else self._connection
        kernel = connection.kernel if connection else None
        retransmits = kernel.total_retrans if kernel else self._lost_requests
        # The round trip of a repeated request is ambiguous (RFC 6298 section 3; 3 s seen where the path takes 20 ms).
        rtt_ms = kernel.rtt_us / 1000 if kernel and not kernel.is_coarse and not retransmits else None
        lag_ms = None
        if connection and rtt_ms is not None:
            lag_ms = round(max(0.0, _connect_ms(connection) - rtt_ms), 4)
        elif self._round_trip is not None and self._round_trip.kernel_ms is not None:
            rtt_ms = round(self._round_trip.kernel_ms, 4)
            lag_ms = round(self._round_trip.lag_ms or 0.0, 4)
        mask = Mask(self.target)
        fault = self._fault
        if fault is not None:
            fault = msgspec.structs.replace(fault, evidence=mask(fault.evidence))
        return Outcome(
            phases=self.stopwatch.times(),
            fault=fault,
            address=self._address.shown if self._address else "",
            kernel_rtt_ms=rtt_ms,
            syn_retransmits=retransmits,
            lag_ms=lag_ms,
            status=self.status,
            retry_after_s=self.retry_after_s,
            bytes_in=self.bytes_in,
            bytes_out=self.bytes_out,
            detail=mask(self.detail),
        )

    def _count(self) -> None:
        if self._connection is not None:
            self.bytes_in = self._before_in + self._connection.bytes_in
            self.bytes_out = self._before_out + self._connection.bytes_out


async def conduct(attempt: Attempt, probe: Callable[[Attempt], Awaitable[None]]) -> Outcome:
    """Run a probe to its outcome. Network trouble never raises; a cancellation goes through. Nothing stays open."""
    try:
        await probe(attempt)
    except NetworkError as trouble:
        attempt.fail(trouble)
    except Exception as error:  # noqa: BLE001 - becomes `unknown` with its chain as evidence, which asks for a report
        attempt.fail_unknown(error)
    finally:
        attempt.close()
    return attempt.outcome()


def _connect_ms(connection: Connection) -> float:
    return (connection.connected_at_ns - connection.began_at_ns) / 1e6
