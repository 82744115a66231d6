"""Lines out to whoever started the lab and lines in from there, so that neither ever stops the lab."""

import asyncio
import os
import select
import sys
import threading
from collections.abc import Callable, Hashable
from typing import Any, TextIO

LONGEST_LINE = 65536
_RETRY_S = 0.25


class LineWriter:
    """Writes lines, and keeps what cannot be written yet.

    A reader that stopped reading must not stop the lab: while its pipe is full, a line waits, and is replaced by a
    later one about the same thing. So what a slow reader reads in the end is how things are.
    """

    def __init__(self, stdout: TextIO, on_gone: Callable[[], None]) -> None:
        self._stdout = stdout
        self._on_gone = on_gone
        self._waiting: dict[Hashable, str] = {}
        self._timer: asyncio.TimerHandle | None = None

    def write(self, line: str) -> None:
        """Write now, whatever waits: for the first line."""
        try:
            self._stdout.write(line + "\n")
            self._stdout.flush()
        except (OSError, ValueError):
            self._on_gone()

    def tell(self, about: Hashable, line: str) -> None:
        """Write as soon as there is room. Takes the place of a line about the same thing that still waits."""
        self._waiting.pop(about, None)
        self._waiting[about] = line
        self._write_waiting()

    def close(self) -> None:
        """Write what can be written, forget the rest."""
        self._write_waiting()
        self._waiting.clear()
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _write_waiting(self) -> None:
        while self._waiting and _has_room(self._stdout):
            self.write(self._waiting.pop(next(iter(self._waiting))))
        if self._waiting and self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(_RETRY_S, self._retry)

    def _retry(self) -> None:
        self._timer = None
        self._write_waiting()


def _has_room(stdout: TextIO) -> bool:
    """Can a line be written without waiting? POSIX calls a pipe writable from PIPE_BUF (4,096) free bytes on.

    On Windows only sockets can be asked; there the answer is yes.
    """
    if sys.platform == "win32":
        return True
    # What is no descriptor itself passes lines on to standard output, as the terminal command does.
    for stream in (stdout, sys.stdout):
        try:
            descriptor = stream.fileno()
        except (OSError, ValueError):
            continue
        poll = select.poll()
        poll.register(descriptor, select.POLLOUT)
        return bool(poll.poll(0))
    return True


def read_lines(
    loop: asyncio.AbstractEventLoop, fd: int, on_line: Callable[[bytes], None], on_end: Callable[[], None]
) -> None:
    """Read a descriptor in a thread: the only way that serves pipes, files and terminals on every system.

    A daemon that reads with os.read holds no lock, so the process may end while it waits.
    """

    def post(act: Callable[..., None], *values: Any) -> bool:
        try:
            loop.call_soon_threadsafe(act, *values)
        except RuntimeError:
            return False  # the loop has been closed: the lab is over
        return True

    def read() -> None:
        unread = b""
        while True:
            try:
                data = os.read(fd, LONGEST_LINE)
            except OSError:
                data = b""
            *lines, unread = (unread + data).split(b"\n")
            for line in lines:
                if line.strip() and not post(on_line, line):
                    return
            if not data or len(unread) > LONGEST_LINE:
                post(on_end)
                return

    threading.Thread(target=read, name="lab commands", daemon=True).start()
