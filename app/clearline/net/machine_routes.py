"""Gateways as each system tells them: Linux's /proc, macOS's `route`, Windows' `route print`; pure parsing."""

import ipaddress
import re
import socket
import struct

import msgspec


class Gateway(msgspec.Struct, frozen=True, order=True):
    """Where packets go that no nearer route takes. A tunnel has a default route and no gateway address."""

    family: int
    """4 or 6."""
    ip: str
    adapter: str
    """Windows tells the adapter's own address instead of its name."""


def parse_linux_v4(text: str) -> list[Gateway]:
    """Default routes of /proc/net/route, best metric first."""
    found: list[tuple[int, Gateway]] = []
    for line in text.splitlines()[1:]:
        cells = line.split()
        if len(cells) < 8 or cells[1] != "00000000" or cells[7] != "00000000" or not int(cells[3], 16) & 1:
            continue
        # The kernel prints the address as a number of this machine's byte order.
        ip = socket.inet_ntoa(struct.pack("=I", int(cells[2], 16)))
        found.append((int(cells[6]), Gateway(4, "" if ip == "0.0.0.0" else ip, cells[0])))
    return [gateway for _, gateway in sorted(found)]


def parse_linux_v6(text: str) -> list[Gateway]:
    """Default routes of /proc/net/ipv6_route, best metric first."""
    found: list[tuple[int, Gateway]] = []
    for line in text.splitlines():
        cells = line.split()
        # The entry that rejects everything is on lo.
        if len(cells) < 10 or cells[0] != "0" * 32 or cells[1] != "00" or cells[9] == "lo" or not int(cells[8], 16) & 1:
            continue
        ip = ipaddress.IPv6Address(bytes.fromhex(cells[4]))
        found.append((int(cells[5], 16), Gateway(6, "" if ip.is_unspecified else str(ip), cells[9])))
    return [gateway for _, gateway in sorted(found)]


def parse_macos(text: str, family: int) -> list[Gateway]:
    """The answer of `route -n get [-inet6] default`."""
    told = dict(re.findall(r"^\s*(gateway|interface): (\S+)", text, re.MULTILINE))
    if "interface" not in told:
        return []
    return [Gateway(family, _numeric(told.get("gateway", "")), told["interface"])]


def parse_windows(text: str) -> list[Gateway]:
    """The answer of `route print`: its headings are in the user's language, its rows are not."""
    found: list[tuple[int, Gateway]] = []
    for line in text.splitlines():
        cells = line.split()
        if len(cells) == 5 and cells[:2] == ["0.0.0.0", "0.0.0.0"] and cells[4].isdigit():
            found.append((int(cells[4]), Gateway(4, _numeric(cells[2]), cells[3])))
        elif len(cells) >= 4 and cells[2] == "::/0" and cells[0].isdigit() and cells[1].isdigit():
            found.append((int(cells[1]), Gateway(6, _numeric(cells[3]), cells[0])))
    return [gateway for _, gateway in sorted(found)]


def _numeric(text: str) -> str:
    """The address; empty for words such as "On-link"."""
    try:
        ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return ""
    return text
