"""Lines to a reader that does not read."""

import asyncio
import os
import sys
from collections.abc import Iterator

import pytest

from clearline.lab.lines import LineWriter

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="a pipe cannot be asked for room on Windows")


@pytest.fixture
def full_pipe() -> Iterator[tuple[int, int]]:
    receiving, sending = os.pipe()
    os.set_blocking(sending, False)
    try:
        while True:
            os.write(sending, b"x" * 4096)
    except BlockingIOError:
        os.set_blocking(sending, True)
    yield receiving, sending
    os.close(receiving)


def drain(descriptor: int) -> None:
    os.set_blocking(descriptor, False)
    try:
        while os.read(descriptor, 65536):
            pass
    except BlockingIOError:
        os.set_blocking(descriptor, True)


def test_the_latest_line_about_each_thing_waits_until_there_is_room(full_pipe: tuple[int, int]) -> None:
    receiving, sending = full_pipe

    async def run() -> bytes:
        with os.fdopen(sending, "w") as stdout:
            lines = LineWriter(stdout, on_gone=lambda: None)
            for about, line in (("a", "a1"), ("b", "b1"), ("a", "a2"), ("a", "a3")):
                lines.tell(about, line)
            drain(receiving)
            # The writer looks again on its own.
            told = b""
            while b"a3" not in told:
                told += await asyncio.to_thread(os.read, receiving, 100)
            lines.close()
            return told

    assert asyncio.run(run()).split() == [b"b1", b"a3"]


def test_what_nobody_read_is_forgotten_at_the_end(full_pipe: tuple[int, int]) -> None:
    receiving, sending = full_pipe

    async def run() -> None:
        with os.fdopen(sending, "w") as stdout:
            lines = LineWriter(stdout, on_gone=lambda: None)
            lines.tell("a", "a1")
            lines.close()
            drain(receiving)

    asyncio.run(run())
    assert os.read(receiving, 100) == b""
