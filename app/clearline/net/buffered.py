"""A stream that is read in lines and exact sizes, and hands on what came too early."""

from clearline.net.evidence import Evidence, NetworkError
from clearline.net.network import Stream
from clearline.net.timing import Limit

LONGEST_LINE = 8192
_FIRST_BYTES = 64


class BufferedStream:
    """Implements Stream over another one. `first_bytes` are those read since it was made: the peer's new language."""

    def __init__(self, stream: Stream) -> None:
        self._stream = stream
        self._ahead = b""
        self.first_bytes = b""

    @property
    def bytes_in(self) -> int:
        """Bytes read from the wire."""
        return self._stream.bytes_in

    @property
    def bytes_out(self) -> int:
        """Bytes given to the wire."""
        return self._stream.bytes_out

    @property
    def read_at_ns(self) -> int:
        """When the bytes of the latest read came in."""
        return self._stream.read_at_ns

    async def read(self, limit: Limit) -> bytes:
        """What has come, at least one byte; nothing once the peer closed its side."""
        data, self._ahead = self._ahead, b""
        data = data or await self._stream.read(limit)
        if len(self.first_bytes) < _FIRST_BYTES:
            self.first_bytes = (self.first_bytes + data[:_FIRST_BYTES])[:_FIRST_BYTES]
        return data

    async def exactly(self, size: int, limit: Limit) -> bytes:
        """That many bytes. Raises NetworkError, also where the peer closes before."""
        data = b""
        while len(data) < size:
            data += await self._more(limit)
        self.give_back(data[size:])
        return data[:size]

    async def line(self, limit: Limit) -> bytes:
        """A line without its end, or LONGEST_LINE bytes without one. Raises NetworkError."""
        data = b""
        while b"\n" not in data and len(data) < LONGEST_LINE:
            data += await self._more(limit)
        line, _, rest = data.partition(b"\n") if b"\n" in data else (data[:LONGEST_LINE], b"", data[LONGEST_LINE:])
        self.give_back(rest)
        return line.removesuffix(b"\r")

    def give_back(self, data: bytes) -> None:
        """These bytes were read too early: the next read gets them."""
        self._ahead = data + self._ahead

    def begin_anew(self) -> None:
        """What comes from now on is another language: its first bytes count."""
        self.first_bytes = b""

    async def write(self, data: bytes, limit: Limit) -> None:
        """Give all of it to the kernel."""
        await self._stream.write(data, limit)

    def close(self) -> None:
        """Let go of the connection at once."""
        self._stream.close()

    async def _more(self, limit: Limit) -> bytes:
        data = await self.read(limit)
        if not data:
            raise NetworkError(Evidence(is_eof=True, first_bytes=self.first_bytes))
        return data
