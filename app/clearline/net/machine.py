"""This machine's place in the network: adapters, addresses, gateways, name servers, proxies."""

import ipaddress
import os
import platform
import socket
import struct
import sys
import urllib.request
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import psutil  # type: ignore[import-untyped] # it brings no types, and its stubs are one more package to keep

from clearline.domain.target import mask_secrets
from clearline.net.evidence import OsError
from clearline.net.machine_routes import Gateway, parse_linux_v4, parse_linux_v6, parse_macos, parse_windows
from clearline.net.machine_state import Adapter, Machine, is_vpn_name
from clearline.net.network import literal_address
from clearline.net.os_errors import error_name
from clearline.net.pac_settings import PacSettings
from clearline.net.resolver import read_name_servers
from clearline.net.system_tools import output_of

_USUAL_MTU = 1500
_PROXY_NAMES = ("http", "https", "ftp", "all", "no")


def look_around(pac: PacSettings, environ: Mapping[str, str] | None = None) -> Machine:
    """Take a snapshot. Blocks for some milliseconds, on macOS and Windows for some tens: call it in a thread."""
    return Machine(
        adapters=tuple(sorted(_adapters())),
        gateways=tuple(_gateways()),
        name_servers=tuple(address.shown for address in read_name_servers()),
        proxies=tuple(sorted(_proxies(pac, os.environ if environ is None else environ).items())),
        host=socket.gethostname(),
        system=platform.platform(terse=True),
    )


def source_address(ip: str) -> str:
    """Our own address that packets to `ip` would bear; empty where there is no route. Sends nothing."""
    family = socket.AF_INET6 if ":" in ip else socket.AF_INET
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as sock:
            sock.connect((ip, 9))
            return str(sock.getsockname()[0])
    except OSError:
        return ""


def _has_source(ip: str) -> bool:
    """May packets to `ip` bear any address of ours? An IPv6 address that is still checked, or another machine's as
    well, may not be used (RFC 4862 section 5.4). Sends nothing."""
    address = literal_address(ip, 9)
    if address is None:
        return True
    try:
        with socket.socket(address.family, socket.SOCK_DGRAM) as sock:
            # With a port of its own it cannot fail for want of one.
            sock.bind(("", 0))
            sock.connect(address.sockaddr)
    except OSError as error:
        return error_name(OsError.of(error)) != "EADDRNOTAVAIL"
    return True


def link_state(ip: str) -> str:
    """Why this machine may have no way to `ip`, or no address to send from: `no_link`, `no_address`, `no_family` (none
    of that kind), `no_source` (none that may be used), or `on_link` where no route is needed.

    Empty where nothing of that is so.
    """
    known = psutil.net_if_addrs().items()
    others = {name: entries for name, entries in known if not _is_loopback(entries) and name != "lo" and _is_up(name)}
    own = [
        entry for entries in others.values() for entry in entries if entry.family in (socket.AF_INET, socket.AF_INET6)
    ]
    if not _has_source(ip):
        family = socket.AF_INET6 if ":" in ip else socket.AF_INET
        return "no_source" if any(entry.family == family for entry in own) else "no_family"
    if not others:
        return "no_link"
    if all(ipaddress.ip_address(entry.address.partition("%")[0]).is_link_local for entry in own):
        return "no_address"
    there = ipaddress.ip_address(ip.partition("%")[0])
    return "on_link" if any(there in net for entry in own if (net := _net(entry)) is not None) else ""


if sys.platform == "linux":
    import fcntl

    # linux/sockios.h: SIOCGIFFLAGS; linux/if.h: IFF_UP, IFF_RUNNING.
    _GET_FLAGS, _UP_AND_RUNNING = 0x8913, 0x41

    def _is_up(name: str) -> bool:
        """Of the calling thread's namespace, where psutil tells of the process's."""
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
            try:
                told = fcntl.ioctl(sock.fileno(), _GET_FLAGS, struct.pack("16sH22x", name.encode()[:15], 0))
            except OSError:
                return False
        return bool(struct.unpack_from("H", told, 16)[0] & _UP_AND_RUNNING == _UP_AND_RUNNING)

else:

    def _is_up(name: str) -> bool:
        figures = psutil.net_if_stats().get(name)
        return figures is not None and bool(figures.isup)


def _net(entry: Any) -> ipaddress.IPv4Network | ipaddress.IPv6Network | None:
    try:
        bits = ipaddress.ip_address(entry.netmask.partition("%")[0])
        size = int(bits).bit_count()
        return ipaddress.ip_network(f"{entry.address.partition('%')[0]}/{size}", strict=False)
    except (ValueError, AttributeError):
        return None


def _is_loopback(entries: list[Any]) -> bool:
    return any(entry.address.startswith("127.") or entry.address == "::1" for entry in entries)


def link_mtu(ip: str) -> int:
    """The longest packet, in bytes, of the adapter that packets to `ip` leave by; 1500 where it is not known."""
    own = source_address(ip)
    figures = psutil.net_if_stats()
    for name, entries in psutil.net_if_addrs().items():
        if own and name in figures and any(entry.address.partition("%")[0] == own for entry in entries):
            return int(figures[name].mtu) or _USUAL_MTU
    return _USUAL_MTU


def _adapters() -> Iterator[Adapter]:
    figures = psutil.net_if_stats()
    for name, entries in psutil.net_if_addrs().items():
        told = figures.get(name)
        if told is None or not told.isup:
            continue
        ips = sorted(
            {
                entry.address.partition("%")[0]
                for entry in entries
                if entry.family in (socket.AF_INET, socket.AF_INET6)
                and not entry.address.lower().startswith(("fe80:", "127."))
                and entry.address != "::1"
            }
        )
        if ips or not _is_loopback(entries):
            # macOS keeps several utun up for itself; without an address they carry nobody's packets.
            is_vpn = is_vpn_name(name) and bool(ips)
            yield Adapter(name, tuple(ips), told.mtu, is_vpn)


def _gateways() -> list[Gateway]:
    system: str = sys.platform
    if system == "darwin":
        return [
            gateway
            for family, option in ((4, "-inet"), (6, "-inet6"))
            for gateway in parse_macos(output_of("/sbin/route", "-n", "get", option, "default"), family)
        ]
    if system == "win32":
        return parse_windows(output_of("route", "print"))
    # Of the calling thread: a process may have threads in several network namespaces.
    folder = Path("/proc/thread-self/net")
    return [*parse_linux_v4(_text(folder / "route")), *parse_linux_v6(_text(folder / "ipv6_route"))]


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="ascii", errors="replace")
    except OSError:
        # A kernel without that family has no such file.
        return ""


def _proxies(pac: PacSettings, environ: Mapping[str, str]) -> dict[str, str]:
    system = urllib.request.getproxies() if environ is os.environ else {}
    own = {
        name: value
        for name in _PROXY_NAMES
        if (value := environ.get(f"{name}_proxy") or environ.get(f"{name.upper()}_PROXY"))
    }
    script = pac.read(environ)
    found = {scheme: mask_secrets(url) for scheme, url in (system | own).items()}
    found |= {"pac": mask_secrets(script.url)} if script.url else {}
    return found | ({"wpad": "on"} if script.is_search_on else {})
