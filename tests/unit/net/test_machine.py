"""This machine's network from recorded answers of three systems, and what differs between two snapshots."""

import sys

import msgspec
import pytest

from clearline.domain.event import NetworkChange
from clearline.net.machine import look_around, source_address
from clearline.net.machine_routes import Gateway, parse_linux_v4, parse_linux_v6, parse_macos, parse_windows
from clearline.net.machine_state import Adapter, Machine, changes, is_vpn_name
from clearline.net.pac_settings import PacSettings

LINUX = """Iface	Destination	Gateway 	Flags	RefCnt	Use	Metric	Mask		MTU	Window	IRTT
wlan0	00000000	FE01A8C0	0003	0	0	600	00000000	0	0	0
eth0	00000000	0100000A	0003	0	0	100	00000000	0	0	0
tun0	00000000	00000000	0001	0	0	50	00000000	0	0	0
eth0	0000000A	00000000	0001	0	0	100	00FFFFFF	0	0	0
"""
LINUX_6 = (
    "00000000000000000000000000000000 00 00000000000000000000000000000000 00 fe800000000000000000000000000001"
    " 00000400 00000001 00000000 00000003     eth0\n"
    "20010db8000000000000000000000000 40 00000000000000000000000000000000 00 00000000000000000000000000000000"
    " 00000100 00000001 00000000 00000001     eth0\n"
    "00000000000000000000000000000000 00 00000000000000000000000000000000 00 00000000000000000000000000000000"
    " ffffffff 00000001 00000000 00200200       lo\n"
)
MACOS = """   route to: default
destination: default
       mask: default
    gateway: 192.168.1.254
  interface: en0
      flags: <UP,GATEWAY,DONE,STATIC,PRCLONING,GLOBAL>
"""
MACOS_TUNNEL = """   route to: default
destination: default
  interface: utun4
"""
WINDOWS = """===========================================================================
Liste d'Interfaces
 12...00 15 5d 01 02 03 ......Microsoft Hyper-V Network Adapter
===========================================================================
IPv4 Table de routage
Destination réseau    Masque réseau  Adr. passerelle   Adr. interface Métrique
          0.0.0.0          0.0.0.0      192.168.1.1     192.168.1.23     25
          0.0.0.0          0.0.0.0         On-link          10.8.0.2      5
        127.0.0.0        255.0.0.0         On-link         127.0.0.1    331
IPv6 Table de routage
 If Metric Network Destination      Gateway
 12    281 ::/0                     fe80::1
  1    331 ::1/128                  On-link
"""


@pytest.mark.skipif(sys.byteorder != "little", reason="recorded on a little-endian machine")
def test_it_reads_linux_default_routes_best_first() -> None:
    assert parse_linux_v4(LINUX) == [
        Gateway(4, "", "tun0"),
        Gateway(4, "10.0.0.1", "eth0"),
        Gateway(4, "192.168.1.254", "wlan0"),
    ]


def test_it_reads_linux_ipv6_default_routes_without_the_one_that_rejects() -> None:
    assert parse_linux_v6(LINUX_6) == [Gateway(6, "fe80::1", "eth0")]


def test_it_reads_macos_routes() -> None:
    assert parse_macos(MACOS, 4) == [Gateway(4, "192.168.1.254", "en0")]
    assert parse_macos(MACOS_TUNNEL, 4) == [Gateway(4, "", "utun4")]
    assert parse_macos("route: writing to routing socket: not in table\n", 6) == []


def test_it_reads_windows_routes_in_any_language() -> None:
    assert parse_windows(WINDOWS) == [
        Gateway(4, "", "10.8.0.2"),
        Gateway(4, "192.168.1.1", "192.168.1.23"),
        Gateway(6, "fe80::1", "12"),
    ]


@pytest.mark.parametrize("name", ["tun0", "utun3", "wg0", "ppp0", "Cisco AnyConnect Virtual Miniport", "PANGP Virtual"])
def test_it_knows_tunnels_by_name(name: str) -> None:
    assert is_vpn_name(name)


@pytest.mark.parametrize("name", ["eth0", "Ethernet", "Wi-Fi", "en0", "wlp3s0", "docker0"])
def test_it_takes_no_ordinary_adapter_for_a_tunnel(name: str) -> None:
    assert not is_vpn_name(name)


ETH = Adapter("eth0", ("192.0.2.5",), 1500, is_vpn=False)
HOME = Machine((ETH,), (Gateway(4, "192.0.2.1", "eth0"),), ("192.0.2.1:53",), (("http", "http://proxy:3128"),))


def test_it_finds_no_change_where_there_is_none() -> None:
    assert changes(HOME, HOME) == ()


def test_it_finds_a_vpn_that_came_up() -> None:
    tunnel = Adapter("tun0", ("10.8.0.2",), 1400, is_vpn=True)
    later = msgspec.structs.replace(HOME, adapters=(ETH, tunnel))

    assert changes(HOME, later) == (NetworkChange("vpn", "tun0", "", "10.8.0.2"),)
    assert changes(later, HOME) == (NetworkChange("vpn", "tun0", "10.8.0.2", ""),)


def test_it_names_each_thing_that_changed() -> None:
    later = Machine(
        (Adapter("eth0", ("198.51.100.7",), 1500, is_vpn=False),),
        (Gateway(4, "198.51.100.1", "eth0"),),
        ("9.9.9.9:53",),
    )

    assert [(change.what, change.before, change.after) for change in changes(HOME, later)] == [
        ("addresses", "192.0.2.5", "198.51.100.7"),
        ("gateway", "192.0.2.1 (eth0)", "198.51.100.1 (eth0)"),
        ("name_servers", "192.0.2.1:53", "9.9.9.9:53"),
        ("proxies", "http=http://proxy:3128", ""),
    ]


def test_it_masks_the_password_of_a_proxy() -> None:
    seen = look_around(PacSettings(), {"HTTPS_PROXY": "http://me:hunter2@proxy.test:3128"})

    assert "hunter2" not in str(seen)
    assert seen.proxies[0][0] == "https"


def test_it_sees_the_same_machine_twice() -> None:
    assert look_around(PacSettings(), {}) == look_around(PacSettings(), {})


def test_it_knows_the_source_address_of_loopback() -> None:
    assert source_address("127.0.0.1") == "127.0.0.1"
