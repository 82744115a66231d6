"""What programs on this machine get for a name: the system's resolver, in threads of its own.

A running getaddrinfo cannot be stopped. asyncio's default executor has six threads on a two-core machine and is joined
when the interpreter ends, so six hung look-ups would stop everything and then keep the program from ending. These
threads are daemons, sixteen at most, and started when needed.
"""

import asyncio
import queue
import socket
import threading
from collections.abc import Callable
from typing import Any, TypeVar

import dns.exception
import dns.resolver

from clearline.net.evidence import DnsEvidence, Evidence, NetworkError, OsError, exception_chain
from clearline.net.network import Address, literal_address
from clearline.net.timing import Limit

MAX_THREADS = 16

Result = TypeVar("Result")
_Job = tuple[Callable[[], Any], "asyncio.Future[Any]", asyncio.AbstractEventLoop]


class LookupThreads:
    """A bounded pool of daemon threads for calls that may hang. A call that is given up goes on in its thread."""

    def __init__(self, max_threads: int = MAX_THREADS) -> None:
        self._max_threads = max_threads
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._threads = 0
        self._idle = 0
        self._is_closed = False

    async def run(self, call: Callable[[], Result]) -> Result:
        """The result of a blocking call. Cancelling leaves the call to its thread and drops its result."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Result] = loop.create_future()
        with self._lock:
            if self._is_closed:
                raise RuntimeError("these threads were let go")
            self._jobs.put((call, future, loop))
            if self._idle > 0:
                self._idle -= 1
            elif self._threads < self._max_threads:
                self._threads += 1
                threading.Thread(target=self._work, name=f"lookup-{self._threads}", daemon=True).start()
        return await future

    def close(self) -> None:
        """Let the threads go, without waiting for calls that hang. Waiting callers are cancelled."""
        with self._lock:
            if self._is_closed:
                return
            self._is_closed = True
        try:
            while (job := self._jobs.get_nowait()) is not None:
                _, future, _ = job
                future.cancel()
        except queue.Empty:
            pass
        for _ in range(self._threads):
            self._jobs.put(None)

    def _work(self) -> None:
        while (job := self._jobs.get()) is not None:
            call, future, loop = job
            if future.done():
                # Whoever asked gave up while this waited behind hung look-ups.
                continue
            try:
                result, error = call(), None
            except BaseException as caught:  # noqa: BLE001 - it is handed to whoever waits
                result, error = None, caught
            del job, call
            try:
                loop.call_soon_threadsafe(_settle, future, result, error)
            except RuntimeError:
                # The loop closed while the look-up hung: nobody waits any more.
                return
            del future, result, error
            with self._lock:
                # A job that waits in the queue was counted for nobody: this thread takes it next.
                if self._jobs.empty():
                    self._idle += 1


def _settle(future: "asyncio.Future[Any]", result: Any, error: BaseException | None) -> None:
    if future.done():
        return
    if error is not None:
        future.set_exception(error)
    else:
        future.set_result(result)


async def resolve_name(threads: LookupThreads, host: str, port: int, limit: Limit) -> tuple[Address, ...]:
    """The addresses of a name in the system's order, no one twice. Raises NetworkError."""
    try:
        async with asyncio.timeout(limit.left_s):
            found = await threads.run(lambda: socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
    except TimeoutError as error:
        raise NetworkError(Evidence(transport="dns", deadline=limit.deadline)) from error
    except socket.gaierror as error:
        dns_seen = DnsEvidence(eai=error.errno, server="system")
        chain = exception_chain(error)
        raise NetworkError(Evidence(transport="dns", dns=dns_seen, chain=chain)) from error
    except UnicodeError as error:
        raise NetworkError(Evidence(transport="dns", dns=DnsEvidence(is_bad_name=True))) from error
    except OSError as error:
        raise NetworkError(Evidence(transport="dns", os_error=OsError.of(error))) from error
    addresses = dict.fromkeys(Address(family, sockaddr) for family, _, _, _, sockaddr in found)
    if not addresses:
        raise NetworkError(Evidence(transport="dns", dns=DnsEvidence(rcode=0, server="system")))
    return tuple(addresses)


def read_name_servers() -> tuple[Address, ...]:
    """The name servers in resolv.conf or Windows' registry; empty without any. Blocks."""
    try:
        resolver = dns.resolver.Resolver()
    except (dns.exception.DNSException, OSError):
        return ()
    found = (literal_address(str(server), resolver.port) for server in resolver.nameservers)
    return tuple(address for address in found if address is not None)
