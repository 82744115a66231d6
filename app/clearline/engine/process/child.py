"""One engine process as its parent sees it: three threads turn its pipes into calls on the parent's loop."""

import os
import queue
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from clearline.domain.command import Command
from clearline.domain.event import AnyEvent
from clearline.engine.process.frames import FrameError, encode_command, event_decoder
from clearline.host.own_program import NO_CONSOLE

READ_BYTES = 256 * 1024
UNHANDLED_BATCHES = 64
"""So many batches may wait for the parent's loop; then the pipe fills and the engine drops its oldest reports."""
LAST_WORDS_BYTES = 4000
if sys.platform == "win32":
    _FLAGS = subprocess.CREATE_NEW_PROCESS_GROUP | NO_CONSOLE
else:
    _FLAGS = NO_CONSOLE


@dataclass(frozen=True)
class ChildExit:
    """How an engine process ended."""

    code: int
    """As subprocess gives it: a negative number is a signal."""
    last_words: str
    """The end of what it wrote to standard error."""
    error: str = ""
    """What was wrong with its frames; empty where nothing was."""

    @property
    def reason(self) -> str:
        """In a few technical words, for the log and the sentence to the user."""
        if self.error:
            return self.error
        last_line = self.last_words.strip().rpartition("\n")[2]
        how = f"signal {-self.code}" if self.code < 0 else f"exit code {self.code}"
        return f"{how}: {last_line}" if last_line else how


class Child:
    """Starts a process and keeps its pipes flowing without ever blocking the caller.

    Threads, because the pipes must work the same on every loop (asyncio's, qasync's) and every system.
    `on_events` and `on_exit` are handed to `post`, which must be safe to call from a thread. Raises OSError.
    """

    def __init__(
        self,
        argv: Sequence[str],
        post: Callable[[Callable[[], None]], object],
        on_events: Callable[[list[AnyEvent]], None],
        on_exit: Callable[[ChildExit], None],
    ) -> None:
        self._post = post
        self._on_events = on_events
        self._on_exit = on_exit
        self._commands: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self._room = threading.Semaphore(UNHANDLED_BATCHES)
        self._last_words: deque[bytes] = deque(maxlen=64)
        self._deaf = threading.Event()
        self._process = subprocess.Popen(  # noqa: S603 (our own executable; no shell)
            argv,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            bufsize=0,
            # A terminal's Ctrl-C is for the parent, which ends the child in order.
            creationflags=_FLAGS,
            start_new_session=sys.platform != "win32",
        )
        self._errors = threading.Thread(target=self._read_errors, name="engine-errors", daemon=True)
        self._writer = threading.Thread(target=self._write, name="engine-commands", daemon=True)
        for thread in (
            self._errors,
            self._writer,
            threading.Thread(target=self._read, name="engine-events", daemon=True),
        ):
            thread.start()

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._process.pid

    def send(self, command: Command) -> None:
        """Queue a command; never blocks. Raises FrameError where it is too long."""
        self._commands.put(encode_command(command))

    def close(self) -> None:
        """End its input once what was sent is written: the engine stops, flushes and exits."""
        self._commands.put(None)

    def terminate(self) -> None:
        """Ask the system to end it."""
        self._process.terminate()

    def kill(self) -> None:
        """End it at once. What it sends from now on is not waited for."""
        self._deaf.set()
        self._room.release()
        self._process.kill()

    def _write(self) -> None:
        pipe = self._process.stdin
        assert pipe is not None  # noqa: S101 (Popen was given PIPE)
        try:
            while (frame := self._commands.get()) is not None:
                rest = memoryview(frame)
                while rest:
                    rest = rest[os.write(pipe.fileno(), rest) :]
        except OSError:
            pass  # It is gone; the reading thread says so.
        finally:
            pipe.close()

    def _read(self) -> None:
        pipe = self._process.stdout
        assert pipe is not None  # noqa: S101 (Popen was given PIPE)
        decoder = event_decoder()
        error = ""
        try:
            while data := os.read(pipe.fileno(), READ_BYTES):
                for events in decoder.feed(data):
                    self._deliver(events)
        except FrameError as wrong:
            error = str(wrong)
            self._process.kill()
        except OSError as wrong:
            error = str(wrong)
        code = self._process.wait()
        pipe.close()
        # A process it started may hold standard error open: its words are not worth waiting for.
        self._errors.join(0.5)
        self.close()
        self._writer.join(0.5)
        # A last frame cut short is part of the death, not a fault of its own.
        ended = ChildExit(code, b"".join(self._last_words).decode(errors="replace"), error)
        self._call(lambda: self._on_exit(ended))

    def _deliver(self, events: list[AnyEvent]) -> None:
        if self._deaf.is_set():
            return
        self._room.acquire()
        if self._deaf.is_set():
            self._room.release()
        else:
            self._call(lambda: self._handle(events))

    def _handle(self, events: list[AnyEvent]) -> None:
        self._room.release()
        self._on_events(events)

    def _call(self, callback: Callable[[], None]) -> None:
        try:
            self._post(callback)
        except RuntimeError:
            # The parent's loop is closed: it is ending, and the end of our input ends the engine.
            self._deaf.set()
            self._room.release()

    def _read_errors(self) -> None:
        pipe = self._process.stderr
        assert pipe is not None  # noqa: S101 (Popen was given PIPE)
        try:
            while data := os.read(pipe.fileno(), LAST_WORDS_BYTES):
                self._last_words.append(data)
        except OSError:
            pass  # Closed while reading: there are no more words.
        finally:
            pipe.close()
