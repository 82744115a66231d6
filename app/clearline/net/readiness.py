"""Waiting for a socket on the running loop, stamped in the callback: a task may wake much later."""

import asyncio
import socket
import time
from collections.abc import Callable
from typing import Any

from clearline.net.evidence import Evidence, NetworkError
from clearline.net.timing import Limit


async def wait_ready(sock: socket.socket, limit: Limit, *, is_writing: bool) -> int:
    """Wait until a socket is readable or writable, or in trouble; returns the moment its callback ran, in nanoseconds.

    Raises NetworkError with the deadline when the limit passes.
    """
    loop = asyncio.get_running_loop()
    future: asyncio.Future[int] = loop.create_future()
    descriptor = sock.fileno()
    stop: Callable[[Any], bool] = loop.remove_writer if is_writing else loop.remove_reader

    def wake() -> None:
        at_ns = time.perf_counter_ns()
        stop(descriptor)
        if not future.done():
            future.set_result(at_ns)

    def expire() -> None:
        if not future.done():
            future.set_exception(NetworkError(Evidence(deadline=limit.deadline)))

    (loop.add_writer if is_writing else loop.add_reader)(descriptor, wake)
    timer = loop.call_later(limit.left_s, expire)
    try:
        return await future
    finally:
        timer.cancel()
        stop(descriptor)
