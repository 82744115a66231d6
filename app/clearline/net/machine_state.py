"""A snapshot of this machine's place in the network, and what differs between two; pure."""

import re

import msgspec

from clearline.domain.event import MachineSeen, NetworkChange
from clearline.net.machine_routes import Gateway

_VPN = re.compile(
    r"(?i)^(tun|tap|utun|ppp|wg|ipsec|zt|tailscale|nordlynx|gpd|cscotun|vpn)\d*"
    r"|vpn|wireguard|wintun|anyconnect|globalprotect|pangp|fortinet|forticlient|zscaler|openvpn|tap-windows"
)


class Adapter(msgspec.Struct, frozen=True, order=True):
    """A network adapter that is up. Its loopback is none."""

    name: str
    addresses: tuple[str, ...]
    """Numeric, without those that every adapter makes up for itself (fe80::)."""
    mtu: int
    is_vpn: bool
    """By its name: tunnels look like any adapter."""


class Machine(msgspec.Struct, frozen=True):
    """A snapshot. Two of the same state are equal."""

    adapters: tuple[Adapter, ...] = ()
    gateways: tuple[Gateway, ...] = ()
    name_servers: tuple[str, ...] = ()
    proxies: tuple[tuple[str, str], ...] = ()
    """Scheme and URL as this system's settings or environment say, masked."""
    host: str = ""
    """The computer's own name."""
    system: str = ""
    """Operating system and processor, as a word or two."""


def is_vpn_name(name: str) -> bool:
    """Does an adapter's name say that it is a tunnel?"""
    return bool(_VPN.search(name))


def changes(before: Machine, after: Machine) -> tuple[NetworkChange, ...]:
    """What is different, one entry a thing: the words of domain.event.NetworkChange."""
    found: list[NetworkChange] = []
    old, new = ({adapter.name: adapter for adapter in machine.adapters} for machine in (before, after))
    for name in sorted(old.keys() | new.keys()):
        was, now = old.get(name), new.get(name)
        if was is None or now is None:
            what = "vpn" if (was or now or _NOTHING).is_vpn else "adapter"
            found.append(NetworkChange(what, name, _shown(was), _shown(now)))
        elif was.addresses != now.addresses:
            found.append(NetworkChange("addresses", name, _shown(was), _shown(now)))
        elif was.mtu != now.mtu:
            found.append(NetworkChange("mtu", name, str(was.mtu), str(now.mtu)))
    for family in (4, 6):
        routes = [
            ", ".join(f"{each.ip or '-'} ({each.adapter})" for each in machine.gateways if each.family == family)
            for machine in (before, after)
        ]
        if routes[0] != routes[1]:
            found.append(NetworkChange("gateway", f"IPv{family}", *routes))
    if before.name_servers != after.name_servers:
        found.append(NetworkChange("name_servers", "", ", ".join(before.name_servers), ", ".join(after.name_servers)))
    if before.proxies != after.proxies:
        proxies = [", ".join(f"{scheme}={url}" for scheme, url in each.proxies) for each in (before, after)]
        found.append(NetworkChange("proxies", "", *proxies))
    return tuple(found)


def seen(machine: Machine, at_s: float) -> MachineSeen:
    """The snapshot as an event."""
    return MachineSeen(at_s=at_s, host=machine.host, system=machine.system, network=changes(Machine(), machine))


_NOTHING = Adapter("", (), 0, is_vpn=False)


def _shown(adapter: Adapter | None) -> str:
    return ", ".join(adapter.addresses) or "-" if adapter else ""
