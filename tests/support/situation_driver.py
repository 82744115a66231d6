"""Diagnoses situations inside a namespace, a JSON line for each: `[situation, …] 'ip …' {file: text, …}`."""

import asyncio
import ctypes
import sys
import tempfile
from pathlib import Path

import msgspec

_BIND = 4096


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


async def judge_all(situations: str) -> None:
    from clearline.net.sockets import SystemNetwork
    from support.situations import Situation, judge_one, target_of

    network = SystemNetwork()
    try:
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
    asyncio.run(judge_all(sys.argv[1]))
