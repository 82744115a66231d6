"""Keep-alive as each system has it: what is set, in which unit, and what is said where something is missing."""

import socket
import sys
from types import SimpleNamespace

import pytest

from clearline.domain.liveness import KeepAlive
from clearline.net.keepalive import set_keep_alive

WANTED = KeepAlive(idle_s=60, interval_s=10, count=3)
LINUX = SimpleNamespace(TCP_KEEPIDLE=4, TCP_KEEPINTVL=5, TCP_KEEPCNT=6, TCP_USER_TIMEOUT=18)
MACOS = SimpleNamespace(TCP_KEEPALIVE=0x10, TCP_KEEPINTVL=0x101, TCP_KEEPCNT=0x102)


class Sock:
    """Keeps options like a kernel; refuses those in `refused`."""

    def __init__(self, *refused: int) -> None:
        self.options: dict[tuple[int, int], int] = {}
        self._refused = refused

    def setsockopt(self, level: int, option: int, value: int) -> None:
        if option in self._refused:
            raise OSError(92, "Protocol not available")
        self.options[level, option] = value

    def getsockopt(self, level: int, option: int) -> int:
        return self.options[level, option]

    @property
    def tcp(self) -> dict[int, int]:
        return {option: value for (level, option), value in self.options.items() if level == socket.IPPROTO_TCP}


@pytest.mark.parametrize(
    ("system", "api", "options"),
    [
        ("linux", LINUX, {4: 60, 5: 10, 6: 3, 18: 90_000}),
        ("darwin", MACOS, {0x10: 60, 0x101: 10, 0x102: 3, 0x80: 90}),
        ("win32", SimpleNamespace(), {3: 60, 17: 10, 16: 3, 5: 90}),
    ],
)
def test_it_sets_what_each_system_calls_it_in_its_own_unit(system: str, api: object, options: dict[int, int]) -> None:
    sock = Sock()
    told = set_keep_alive(sock, WANTED, system=system, api=api)
    assert sock.options[socket.SOL_SOCKET, socket.SO_KEEPALIVE] == 1
    assert sock.tcp == options
    assert {field: option["value"] for field, option in told.items()} == {
        "keep_alive": 1,
        "idle_s": 60,
        "interval_s": 10,
        "count": 3,
        "user_timeout_s": 90,
    }


def test_it_says_what_a_system_does_not_have() -> None:
    told = set_keep_alive(Sock(), WANTED, system="freebsd14", api=MACOS)
    assert {field: option["state"] for field, option in told.items()} == {
        "keep_alive": "set",
        "idle_s": "unsupported",
        "interval_s": "set",
        "count": "set",
        "user_timeout_s": "unsupported",
    }


def test_it_says_what_a_system_refuses_and_sets_the_rest() -> None:
    told = set_keep_alive(Sock(5), WANTED, system="win32", api=SimpleNamespace())
    assert told["user_timeout_s"] == {"state": "refused", "error": "Protocol not available"}
    assert told["idle_s"] == {"state": "set", "value": 60}


def test_it_rounds_up_to_what_systems_count_in() -> None:
    sock = Sock()
    set_keep_alive(sock, KeepAlive(idle_s=1.2, user_timeout_s=0.0004), system="linux", api=LINUX)
    assert (sock.tcp[4], sock.tcp[18]) == (2, 1)


def test_it_only_turns_off_what_is_off() -> None:
    sock = Sock()
    assert set_keep_alive(sock, KeepAlive(is_on=False)) == {"keep_alive": {"state": "set", "value": 0}}
    assert sock.tcp == {}


@pytest.mark.skipif(sys.platform != "linux", reason="asks Linux")
def test_it_reads_back_what_the_kernel_has() -> None:
    with socket.socket() as sock:
        told = set_keep_alive(sock, WANTED)
        assert sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE) == 60
        assert sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT) == 90_000
    assert {option["state"] for option in told.values()} == {"set"}
    assert told["user_timeout_s"]["value"] == 90


@pytest.mark.skipif(sys.platform != "linux", reason="asks Linux")
def test_it_goes_on_where_the_socket_is_gone() -> None:
    sock = socket.socket()
    sock.close()
    assert set_keep_alive(sock, WANTED)["idle_s"]["state"] == "refused"
