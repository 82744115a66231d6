"""Diagnoses situations inside a namespace, a JSON line for each: `[situation, …] 'ip …' {file: text, …} [starved]`."""

import asyncio
import contextlib
import ctypes
import os
import select
import signal
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import msgspec

_BIND = 4096
_RUNS_S, _STANDS_S = 0.06, 0.4


def ask_only(servers: str) -> None:
    """Whatever resolv.conf says, names are asked of these servers, parted by spaces."""
    lines = "".join(f"nameserver {server}\n" for server in servers.split())
    _put_over("/etc/resolv.conf", f"{lines}options timeout:1 attempts:1\n")


def _put_over(path: str, text: str) -> None:
    """This text in the place of a file, here alone: `ip netns exec` made the mounts ours."""
    with tempfile.NamedTemporaryFile("w", suffix=".conf", delete=False) as file:
        file.write(text)
    libc = ctypes.CDLL(None, use_errno=True)
    place = str(Path(path).resolve())
    if libc.mount(file.name.encode(), place.encode(), None, _BIND, None) != 0:
        raise OSError(ctypes.get_errno(), "mount")


@contextlib.contextmanager
def starved() -> Iterator[None]:
    """Until the block ends this process gets the processor only now and then, as where too much is to be done."""
    pid = os.getpid()
    ends, end = os.pipe()
    if os.fork() == 0:
        os.close(end)
        is_over = False
        while not is_over:
            os.kill(pid, signal.SIGSTOP)
            select.select([], [], [], _STANDS_S)
            os.kill(pid, signal.SIGCONT)
            is_over = bool(select.select([ends], [], [], _RUNS_S)[0])
        os._exit(0)
    try:
        yield
    finally:
        os.close(end)
        os.wait()
        os.close(ends)


async def judge_all(situations: str, *, is_starved: bool) -> None:
    from clearline.net.sockets import SystemNetwork
    from support.situations import Situation, judge_one, target_of

    network = SystemNetwork()
    try:
        with starved() if is_starved else contextlib.nullcontext():
            found = await asyncio.gather(
                *(
                    judge_one(msgspec.structs.replace(target_of(one.address), **one.changes), network, one)
                    for one in msgspec.json.decode(situations, type=list[Situation])
                )
            )
    finally:
        network.close()
    for each in found:
        told = {"verdict": each.verdict, "facts": each.facts, "first_s": each.first_s, "took_s": each.took_s}
        sys.stdout.write(msgspec.json.encode(told).decode() + "\n")


if __name__ == "__main__":
    ask_only(sys.argv[2])
    for place, text in msgspec.json.decode(sys.argv[3], type=dict[str, str]).items():
        _put_over(place, text)
    asyncio.run(judge_all(sys.argv[1], is_starved="starved" in sys.argv[4:]))
