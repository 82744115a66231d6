"""Auto-configuration scripts of this session: fetched, kept for a minute, and run for one address after the other."""

import ssl
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from urllib.request import url2pathname

from clearline.host import resources
from clearline.net.evidence import Evidence, NetworkError, OsError, exception_chain
from clearline.net.machine import source_address
from clearline.net.pac import PacWorker, evaluate
from clearline.net.plain_get import MAX_BYTES, fetch
from clearline.net.resolver import LookupThreads
from clearline.net.timing import Limit, limit_in

if TYPE_CHECKING:
    from clearline.net.network import Network

_FRESH_S = 60.0
_NAME_S = 1.0
_MAX_KEPT = 8
# RFC 5737 and RFC 3849: nothing is sent to them; the route there is the one to everywhere.
_ELSEWHERE = ("192.0.2.1", "2001:db8::1")
Context = Callable[[], Awaitable[ssl.SSLContext]]


class PacScripts:
    """Close it to end the process that runs them."""

    def __init__(self, network: "Network", threads: LookupThreads) -> None:
        self._network = network
        self._threads = threads
        self._worker = PacWorker()
        self._kept: dict[str, tuple[float, str]] = {}
        self._helpers = ""

    async def run(self, script_url: str, url: str, host: str, context: Context, limit: Limit) -> str:
        """What the script at `script_url` answers for a URL. Raises PacError; NetworkError without the script."""
        request = {
            "helpers": await self._read_helpers(),
            "script": await self._script(script_url, context, limit),
            "url": url,
            "host": host,
            "mine": [ip for place in _ELSEWHERE if (ip := source_address(place))],
        }

        async def run(request: dict[str, Any], wall_s: float) -> dict[str, Any]:
            return await self._threads.run(lambda: self._worker.ask(request, wall_s))

        return await evaluate(run, self._resolve, request, limit)

    def close(self) -> None:
        """End the process."""
        self._worker.close()

    async def _resolve(self, name: str) -> list[str]:
        try:
            found = await self._network.resolve(name, 0, limit_in(_NAME_S))
        except NetworkError:
            # A script asks in order to know whether a name exists.
            return []
        return [address.ip for address in found]

    async def _script(self, url: str, context: Context, limit: Limit) -> str:
        until_s, text = self._kept.get(url, (0.0, ""))
        if time.perf_counter() < until_s:
            return text
        if urlsplit(url).scheme == "file":
            body = await self._threads.run(lambda: _read(url))
        else:
            body = await fetch(self._network, url, context, limit)
        text = body.decode("utf-8", "replace")
        while len(self._kept) >= _MAX_KEPT:
            self._kept.pop(next(iter(self._kept)))
        self._kept[url] = (time.perf_counter() + _FRESH_S, text)
        return text

    async def _read_helpers(self) -> str:
        if not self._helpers:
            self._helpers = await self._threads.run(lambda: resources.path("pac_helpers.js").read_text("utf-8"))
        return self._helpers


def _read(url: str) -> bytes:
    try:
        with Path(url2pathname(urlsplit(url).path)).open("rb") as file:
            return file.read(MAX_BYTES)
    except OSError as error:
        raise NetworkError(Evidence(os_error=OsError.of(error), chain=exception_chain(error))) from error
