"""Network namespaces for tests: made and deleted by the test, entered by one thread at a time; Linux and root only."""

import ctypes
import itertools
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

T = TypeVar("T")

_CLONE_NEWNET = 0x40000000
_FOLDER = Path("/run/netns")
LIMIT_S = 60.0


def why_not() -> str:
    """Why this machine makes no network namespaces; empty where it does."""
    if sys.platform != "linux":
        return "network namespaces are Linux's"
    if os.geteuid() != 0:
        return "making network namespaces needs root"
    if shutil.which("ip") is None:
        return "needs the command `ip`"
    name = f"clearline-try-{os.getpid()}"
    made = subprocess.run(["ip", "netns", "add", name], capture_output=True, text=True, check=False)
    subprocess.run(["ip", "netns", "del", name], capture_output=True, check=False)
    return "" if made.returncode == 0 else f"this machine makes no network namespaces: {made.stderr.strip()}"


def why_no_tun() -> str:
    """Why this machine has no TUN devices; empty where it does."""
    return why_not() or ("" if Path("/dev/net/tun").exists() else "this machine has no /dev/net/tun")


def enter(name: str) -> None:
    """Move the calling thread into a namespace; threads and sockets it makes from now on are there too."""
    libc = ctypes.CDLL(None, use_errno=True)
    descriptor = os.open(_FOLDER / name, os.O_RDONLY | os.O_CLOEXEC)
    try:
        if libc.setns(descriptor, _CLONE_NEWNET) != 0:
            raise OSError(ctypes.get_errno(), f"cannot enter {name}")
    finally:
        os.close(descriptor)


_numbers = itertools.count(1)


class Namespaces:
    """Some namespaces by role, deleted with everything in them at the end."""

    def __init__(self, *roles: str) -> None:
        self._names = {role: f"clearline-{role}-{os.getpid()}-{next(_numbers)}" for role in roles}

    def __enter__(self) -> "Namespaces":
        self.ip(*(f"netns add {{{role}}}" for role in self._names))
        for role in self._names:
            self.ip(f"-n {{{role}}} link set lo up")
        return self

    def __exit__(self, *_: object) -> None:
        for name in self._names.values():
            subprocess.run(["ip", "netns", "del", name], capture_output=True, check=False)

    def name(self, role: str) -> str:
        """What `ip netns` calls it."""
        return self._names[role]

    def ip(self, *steps: str) -> None:
        """Run `ip` with each of these lines; `{role}` stands for a namespace's name."""
        for step in steps:
            command = ["ip", *step.format(**self._names).split()]
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            if done.returncode != 0:
                raise RuntimeError(f"{' '.join(command)}: {done.stderr.strip()}")

    def set(self, role: str, **values: int | str) -> None:
        """Write kernel settings of a namespace: `net_ipv4_ip_forward=1` (an underscore in a name is doubled)."""
        for name, value in values.items():
            key = name.replace("__", "\0").replace("_", "/").replace("\0", "_")
            self.inside(role, lambda key=key, value=value: Path("/proc/sys", key).write_text(str(value)))

    def inside(self, role: str, call: Callable[[], T]) -> T:
        """Call something in a namespace and give what it gives."""
        found: list[T] = []
        failed: list[BaseException] = []

        def run() -> None:
            try:
                enter(self._names[role])
                found.append(call())
            except BaseException as error:  # noqa: BLE001 - raised again in the thread that asked
                failed.append(error)

        thread = threading.Thread(target=run, daemon=True)
        thread.start()
        thread.join(LIMIT_S)
        if failed:
            raise failed[0]
        assert found, "it ended in time"
        return found[0]

    def argv(self, role: str, *command: str) -> list[str]:
        """A command line that runs in a namespace."""
        return ["ip", "netns", "exec", self._names[role], *command]


def join_by_veth(spaces: Namespaces, left: str, right: str, prefix: str) -> None:
    """A cable between two namespaces: `{prefix}.1` on the left, `{prefix}.2` on the right."""
    here, there = f"{right[:6]}0", f"{left[:6]}1"
    spaces.ip(
        f"link add {here} netns {{{left}}} type veth peer name {there} netns {{{right}}}",
        f"-n {{{left}}} addr add {prefix}.1/24 dev {here}",
        f"-n {{{right}}} addr add {prefix}.2/24 dev {there}",
        f"-n {{{left}}} link set {here} up",
        f"-n {{{right}}} link set {there} up",
    )


def python_environment() -> dict[str, Any]:
    """The environment of a Python child that imports from tests/."""
    return {**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])}
