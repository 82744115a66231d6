"""Between httpcore2 and our stream: keeps the time of send, wait and receive, and what came before a failure."""

from typing import Any

import httpcore2

from clearline.domain.phase import Phase
from clearline.net.evidence import Evidence, HttpEvidence, NetworkError
from clearline.net.network import Stream
from clearline.net.timing import Budget, Limit, Stopwatch

_MAGIC = b"HTTP/"
_FIRST_BYTES = 64


class HttpWire(httpcore2.AsyncNetworkStream):
    """The stream httpcore2 reads and writes. Time limits are ours; those it passes are not set."""

    def __init__(self, stream: Stream, stopwatch: Stopwatch, budget: Budget, *, is_h2: bool) -> None:
        self.is_h2 = is_h2
        self._stream = stream
        self.begin(stopwatch, budget)

    def begin(self, stopwatch: Stopwatch, budget: Budget) -> None:
        """A request follows, whose time and limits these are."""
        self.is_eof = False
        self.has_answer = False
        self.answered_at_ns = 0
        self.first_bytes = b""
        self.trouble: NetworkError | None = None
        """What writing ran into; httpcore2 goes on to read what the peer may have said before."""
        self._stopwatch = stopwatch
        self._budget = budget
        self._send_limit: Limit | None = None
        self._wait_limit: Limit | None = None

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Send bytes of the request."""
        if not buffer:
            return
        if self._send_limit is None:
            # Not before: what httpcore2 does until then is no time of the network (0.2 ms seen).
            self._stopwatch.enter(Phase.SEND)
            self._send_limit = self._budget.limit(Phase.SEND)
        limit = self._budget.limit(Phase.RECEIVE) if self.has_answer else self._wait_limit or self._send_limit
        try:
            await self._stream.write(buffer, limit)
        except NetworkError as trouble:
            if trouble.evidence.deadline is not None or self.is_h2:
                raise
            self.trouble = trouble
            raise httpcore2.WriteError from trouble

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Bytes of the answer; nothing once the peer closed its side."""
        if self._wait_limit is None:
            self._stopwatch.enter(Phase.WAIT)
            self._wait_limit = self._budget.limit(Phase.WAIT)
        limit = self._budget.limit(Phase.RECEIVE) if self.answered_at_ns else self._wait_limit
        try:
            data = await self._stream.read(limit)
        except NetworkError as trouble:
            raise self._read_trouble(trouble) from trouble
        if not data:
            self.is_eof = True
            return data
        if not self.is_h2:
            self.first_bytes = (self.first_bytes + data[:_FIRST_BYTES])[:_FIRST_BYTES]
            self._begin_answer()
            if self._is_foreign:
                raise NetworkError(Evidence(http=HttpEvidence(is_foreign=True), first_bytes=self.first_bytes))
        return data

    def note_answer(self) -> None:
        """The head of the answer is complete: with HTTP/2 its first byte, as servers talk before they answer."""
        self._begin_answer()
        self.has_answer = True

    @property
    def read_at_ns(self) -> int:
        """When the bytes of the latest read came in, perf_counter nanoseconds."""
        return self._stream.read_at_ns

    async def aclose(self) -> None:
        """Let go of the connection."""
        self._stream.close()

    def get_extra_info(self, info: str) -> Any:
        """Nothing: whether a kept connection can be used again, its pool finds out."""
        return None

    def _begin_answer(self) -> None:
        if not self.answered_at_ns:
            self.answered_at_ns = self._stream.read_at_ns
            self._stopwatch.enter(Phase.RECEIVE, self.answered_at_ns)

    @property
    def _is_foreign(self) -> bool:
        size = min(len(_MAGIC), len(self.first_bytes))
        return self.first_bytes[:size] != _MAGIC[:size]

    def _read_trouble(self, trouble: NetworkError) -> NetworkError:
        """A reset met while reading after writing already failed: the first one tells when it happened."""
        is_second = self.trouble is not None and trouble.evidence.tls is None
        return self.trouble if self.trouble is not None and is_second else trouble
