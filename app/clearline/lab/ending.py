"""Why a lab process ends, and how it hears that it should."""

import asyncio
import signal
import sys
import threading
from collections.abc import Callable
from enum import StrEnum


class Ended(StrEnum):
    """Why the lab ended."""

    TIME = "time"
    END_OF_INPUT = "end_of_input"
    TERMINATED = "terminated"
    INTERRUPTED = "interrupted"
    NO_READER = "no_reader"
    """Nobody reads standard output any more."""


def on_signals(loop: asyncio.AbstractEventLoop, end: Callable[[Ended], None]) -> Callable[[], None]:
    """End at SIGTERM, Ctrl-C and when the terminal is closed; returns what puts the old handlers back.

    Only the main thread hears signals.
    """
    if threading.current_thread() is not threading.main_thread():
        return lambda: None
    if sys.platform == "win32":
        _stay_awake(loop)
    reasons = {signal.SIGTERM: Ended.TERMINATED, signal.SIGINT: Ended.INTERRUPTED}
    if sys.platform != "win32":
        reasons[signal.SIGHUP] = Ended.TERMINATED
    # signal.signal works on every system; the loop's own add_signal_handler does not on Windows.
    before = {
        number: signal.signal(number, lambda number, _: loop.call_soon_threadsafe(end, reasons[signal.Signals(number)]))
        for number in reasons
    }

    def restore() -> None:
        for number, handler in before.items():
            signal.signal(number, handler)

    return restore


def _stay_awake(loop: asyncio.AbstractEventLoop) -> None:
    """Python hears a Ctrl-C between two steps of its own; on Windows a waiting loop takes none (bpo-23057)."""
    loop.call_later(0.5, _stay_awake, loop)
