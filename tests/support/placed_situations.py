"""Situations across routers and on machines of their own, in network namespaces, with the verdict each must get."""

import contextlib
import json
import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import certifi
import msgspec

from clearline.domain.verdict import Outside, Verdict
from clearline.lab.authority import GOOD, Authority
from support.misbehaving import ThreadServer, answering
from support.namespace_services import services
from support.namespaces import Namespaces, join_by_veth, python_environment
from support.situations import HEALTHY, C, Judged, L, P, Situation
from support.tls_servers import over_tls


def placed(
    name: str, address: str, verdict: str, step: str = "", whose: str = "", confidence: str = "", **more: Any
) -> Situation:
    """A situation in a namespace."""
    return Situation(name, verdict, step, whose, confidence, address=address, **more)


SERVER, ROUTER = "10.82.0.2", "10.81.0.2"
WORLD = (
    placed("healthy across a router", f"http://{SERVER}/", HEALTHY),
    placed("healthy tcp", f"tcp://{SERVER}:80", HEALTHY),
    placed("healthy ping", f"icmp://{SERVER}", HEALTHY),
    placed("service stopped", f"tcp://{SERVER}:8080", "service_down", "connect", "server", C),
    placed("udp service stopped", f"udp://{SERVER}:99", "service_down", "connect", "server", C),
    placed("router forbids", "tcp://10.90.1.5:80", "firewall_rejects", "connect", "path", C),
    placed("router forbids udp", "udp://10.90.1.5:80", "firewall_rejects", "connect", "path", C),
    placed("host behind the router is off", "tcp://10.90.2.5:80", "host_off", "connect", "path", C),
    placed("router knows no way", "tcp://10.99.0.1:80", "no_such_network", "connect", "path", C),
    placed("packets vanish", "tcp://10.90.3.5:80", "host_silent", "connect", "path", P),
    placed(
        "packets vanish, others answer",
        "tcp://10.90.3.6:80",
        "host_silent",
        "connect",
        "path",
        L,
        outside=Outside(control=(f"tcp://{SERVER}:80",)),
    ),
    placed("the way ends somewhere", "path://10.90.3.5:80", "way_ends", "connect", "path", L),
    placed("neighbour is off", "tcp://10.81.0.77:80", "host_off_lan", "connect", "lan", C),
    placed("route forbidden here", "tcp://10.91.0.1:80", "route_forbidden", "gateway", "me", C),
    placed("firewall of this computer", "tcp://10.92.0.1:80", "local_firewall", "self", "me", C),
    placed("name server is not running", "http://shop.test/", "dns_not_there", "name", "dns", C),
)


@dataclass(frozen=True)
class Place:
    """A machine of its own: how it is set up, and what is diagnosed there."""

    name: str
    steps: tuple[str, ...]
    situations: tuple[Situation, ...]
    is_served: bool = False
    """Do services run on the machine in the server's place?"""
    may_ping: bool = True
    """Does the client's system give users echo sockets?"""
    settings: Mapping[str, int | str] = field(default_factory=dict)
    """Of the client's kernel, as `Namespaces.set` takes them."""
    taken: tuple[int, ...] = ()
    """Ports of the client that other programs hold."""
    is_overloaded: bool = False
    """Is the client so busy that its programs seldom get the processor, and files are not read in time?"""
    has_newer_page: bool = False
    """Has the client an encrypted page, from an issuer that only the program's own list of roots knows?"""


_CABLE = (
    "link add eth0 netns {client} type veth peer name far0 netns {router}",
    # Without an IPv6 address, as far as none is given.
    "-n {client} link set eth0 addrgenmode none",
    "-n {client} link set eth0 up",
    "-n {router} link set far0 up",
)
_GIVEN = ("-n {client} addr add 10.60.0.2/24 dev eth0", "-n {router} addr add 10.60.0.1/24 dev far0")
_SAME_ADDRESS = (
    "-n {router} addr add fe80::1/64 dev far0 nodad",
    "-n {router} addr add fe80::2/64 dev far0 nodad",
    "-n {client} addr add fe80::2/64 dev eth0",
)
"""The client may not use its IPv6 address: it is being checked, and then found to be the router's as well."""
_DEFAULT = ("-n {client} route add default via 10.60.0.1",)
FAR, FAR_6 = "10.62.0.5", "fd62::5"
_FAR = (
    "-n {server} addr add 10.62.0.5/32 dev lo",
    "-n {router} route add blackhole 10.62.0.0/24",
)


def _second_cable(adapter: str) -> tuple[str, ...]:
    """Another adapter of the client, whose cable leads straight to the server."""
    return (
        f"-n {{client}} link add {adapter} type veth peer name far1 netns {{server}}",
        f"-n {{client}} addr add 10.61.0.2/24 dev {adapter}",
        f"-n {{client}} link set {adapter} up",
        "-n {server} addr add 10.61.0.1/24 dev far1",
        "-n {server} link set far1 up",
    )


PLACES = (
    Place("no adapter is up", (), (placed("no adapter is up", "tcp://10.82.0.2:80", "no_link", "link", "me", C),)),
    Place(
        "no address", _CABLE, (placed("no address was given", "tcp://10.82.0.2:80", "no_address", "address", "lan", C),)
    ),
    Place(
        "no gateway",
        (*_CABLE, *_GIVEN, *_SAME_ADDRESS),
        (
            placed("no gateway is set", "tcp://10.82.0.2:80", "no_gateway", "gateway", "lan", C),
            placed("no gateway, but on the own network", "tcp://10.60.0.1:9", "service_down", "connect", "server", C),
            placed("another computer has its address", "tcp://[fe80::1%eth0]:9", "source_unusable", "self", "me", C),
        ),
    ),
    Place(
        "gateway gone",
        (*_CABLE, *_GIVEN, "-n {client} route add default via 10.60.0.9"),
        (
            placed("the gateway is gone", "tcp://10.82.0.2:80", "gateway_dead", "gateway", "lan", C),
            placed("pings are kept from users", "icmp://10.60.0.1", "not_allowed_here", "self", "me", C),
        ),
        may_ping=False,
    ),
    Place(
        "overloaded",
        (*_CABLE, *_GIVEN, *_DEFAULT),
        (
            placed("this computer is overloaded", "https://10.60.0.1/", "computer_busy", "self", "me", C),
            placed("overloaded, but told so by the peer", "tcp://10.60.0.1:9", "service_down", "connect", "server", C),
        ),
        is_overloaded=True,
    ),
    Place(
        "vpn",
        (
            *_CABLE,
            *_GIVEN,
            *_DEFAULT,
            "-n {client} link add tun0 type veth peer name tunfar",
            "-n {client} addr add 10.61.0.2/24 dev tun0",
            "-n {client} link set tun0 up",
            "-n {client} link set tunfar netns {router}",
            "-n {router} addr add 10.61.0.1/24 dev tunfar",
            "-n {router} link set tunfar up",
            "-n {client} route add 10.62.0.0/24 via 10.61.0.1",
            "-n {router} route add blackhole 10.62.0.0/24",
        ),
        (placed("the VPN leads nowhere", "tcp://10.62.0.5:80", "vpn_route", "gateway", "me", L),),
    ),
    Place(
        "Wi-Fi beside a cable that leads nowhere",
        (
            *_CABLE,
            *_GIVEN,
            *_DEFAULT,
            *_FAR,
            *_second_cable("wlan0"),
            "-n {client} route add default via 10.61.0.1 metric 600",
        ),
        (
            placed("the cable leads nowhere, Wi-Fi does", f"http://{FAR}/", "only_this_adapter", "gateway", "lan", L),
            placed("nothing leads there", "tcp://10.62.0.9:80", "host_silent", "connect", "path", P),
            placed("two adapters, and all is well", "icmp://10.60.0.1", HEALTHY),
        ),
        is_served=True,
    ),
    Place(
        "a VPN beside a cable that leads nowhere",
        (*_CABLE, *_GIVEN, *_DEFAULT, *_FAR, *_second_cable("tun0")),
        (placed("it answers through the VPN alone", f"tcp://{FAR}:80", "only_through_vpn", "gateway", "me", L),),
        is_served=True,
    ),
    Place(
        "a VPN that takes what it does not pass",
        (
            *_CABLE,
            *_GIVEN,
            *_DEFAULT,
            *_second_cable("tun0"),
            "-n {client} route add 10.62.0.0/24 via 10.61.0.9",
            # Nobody has that address: what is sent there vanishes.
            "-n {client} neigh add 10.61.0.9 lladdr 02:00:00:00:00:09 dev tun0",
            "-n {router} link add far2 type veth peer name far3 netns {server}",
            "-n {router} addr add 10.63.0.1/24 dev far2",
            "-n {router} link set far2 up",
            "-n {router} route add 10.62.0.0/24 via 10.63.0.2",
            "-n {server} addr add 10.63.0.2/24 dev far3",
            "-n {server} link set far3 up",
            "-n {server} addr add 10.62.0.5/32 dev lo",
            "-n {server} route add default via 10.63.0.1",
        ),
        (placed("the VPN takes what it does not pass", f"tcp://{FAR}:80", "vpn_route", "gateway", "me", L),),
        is_served=True,
    ),
    Place(
        "only IPv4",
        (*_CABLE, *_GIVEN, *_DEFAULT),
        (
            placed("no IPv6 address was given", f"tcp://[{FAR_6}]:80", "family_missing", "address", "me", C),
            placed(
                "no IPv6 address was given, for the web", f"http://[{FAR_6}]/", "family_missing", "address", "me", C
            ),
        ),
    ),
    Place(
        "IPv6 is off",
        (*_CABLE, *_GIVEN, *_DEFAULT),
        (
            placed("IPv6 is off", f"tcp://[{FAR_6}]:80", "family_missing", "address", "me", C),
            placed("IPv6 is off, for datagrams", f"udp://[{FAR_6}]:7", "family_missing", "address", "me", C),
            placed("IPv6 is off, on this computer itself", "tcp://[::1]:80", "family_missing", "address", "me", C),
        ),
        settings={"net_ipv6_conf_all_disable__ipv6": 1},
    ),
    Place(
        "no port is left",
        (*_CABLE, *_GIVEN, *_DEFAULT),
        (
            placed("no port is left", "tcp://10.60.0.1:80", "out_of_resources", "self", "me", C),
            placed("no port is left, and the gateway answers", "icmp://10.60.0.1", HEALTHY),
        ),
        settings={"net_ipv4_ip__local__port__range": "40000 40001"},
        taken=(40_000, 40_001),
    ),
    Place(
        "an old list of roots",
        (*_CABLE, *_GIVEN, *_DEFAULT),
        (placed("the issuer is newer than the list here", "https://127.0.0.1/", "roots_out_of_date", "tls", "me", C),),
        has_newer_page=True,
    ),
)
_AT_ONCE = 4
_DRIVER = Path(__file__).with_name("situation_driver.py")


@contextlib.contextmanager
def world() -> Iterator[Namespaces]:
    """A client, a router that refuses in every way, and a server."""
    with Namespaces("client", "router", "server") as spaces:
        join_by_veth(spaces, "client", "router", "10.81.0")
        join_by_veth(spaces, "router", "server", "10.82.0")
        spaces.ip(
            "-n {server} route add default via 10.82.0.1",
            "-n {client} route add default via 10.81.0.2",
            "-n {router} route add prohibit 10.90.1.0/24",
            "-n {router} route add unreachable 10.90.2.0/24",
            "-n {router} route add blackhole 10.90.3.0/24",
            "-n {client} route add unreachable 10.91.0.0/24",
            "-n {client} route add prohibit 10.92.0.0/24",
        )
        spaces.set("router", net_ipv4_ip__forward=1, net_ipv4_icmp__ratelimit=0)
        spaces.set("client", net_ipv4_ping__group__range="0 2147483647")
        with services(spaces):
            yield spaces


def judge_inside(
    spaces: Namespaces,
    situations: Sequence[Situation],
    name_servers: str = ROUTER,
    proxy: str = "",
    files: Mapping[str, str] | None = None,
    *,
    is_starved: bool = False,
) -> subprocess.Popen[str]:
    """Begin to diagnose these in the client's namespace, in a process of its own, on a computer set to use `proxy`.

    `files` stand in the place of the machine's own. A starved process gets the processor only now and then.
    """
    environment = python_environment() | ({"http_proxy": proxy, "no_proxy": ""} if proxy else {})
    asked = msgspec.json.encode(situations).decode()
    command = spaces.argv("client", sys.executable, str(_DRIVER), asked, name_servers, json.dumps(files or {}))
    command += ["starved"] if is_starved else []
    return subprocess.Popen(command, stdout=subprocess.PIPE, encoding="utf-8", env=environment)


def judged_inside(process: "subprocess.Popen[str]", situations: Sequence[Situation]) -> list[Judged]:
    """What it said."""
    out, _ = process.communicate(timeout=60)
    assert process.returncode == 0, out
    told = [json.loads(line) for line in out.splitlines()]
    return [
        Judged(one, msgspec.convert(each["verdict"], Verdict), each["facts"], each["first_s"], each["took_s"])
        for one, each in zip(situations, told, strict=True)
    ]


def judge_places() -> list[Judged]:
    """The world, then some machines at once: more share the processors too closely for figures of time."""
    with world() as spaces:
        found = judged_inside(judge_inside(spaces, WORLD), WORLD)
    for first in range(0, len(PLACES), _AT_ONCE):
        with contextlib.ExitStack() as stack:
            begun = [(_begin(stack, place), place) for place in PLACES[first : first + _AT_ONCE]]
            for process, place in begun:
                found += judged_inside(process, place.situations)
    return found


def _begin(stack: contextlib.ExitStack, place: Place) -> "subprocess.Popen[str]":
    spaces = stack.enter_context(Namespaces("client", "router", "server"))
    spaces.ip(*place.steps)
    # A first group above the last one is nobody, the administrator included.
    spaces.set("client", net_ipv4_ping__group__range="0 2147483647" if place.may_ping else "1 0")
    spaces.set("router", net_ipv4_ip__forward=1)
    if place.is_served:
        stack.enter_context(services(spaces))
    spaces.set("client", **place.settings)
    for port in place.taken:
        stack.enter_context(spaces.inside("client", lambda port=port: _held(port)))
    files = _newer_page(stack, spaces) if place.has_newer_page else {}
    situations = _with_slow_file(stack, place.situations) if place.is_overloaded else place.situations
    return judge_inside(spaces, situations, files=files, is_starved=place.is_overloaded)


def _with_slow_file(stack: contextlib.ExitStack, situations: Sequence[Situation]) -> list[Situation]:
    """Their roots are in a file of which nothing comes: a pipe into which nobody writes."""
    slow = Path(stack.enter_context(tempfile.TemporaryDirectory()), "roots.pem")
    os.mkfifo(slow)
    return [replace(one, changes={**one.changes, "ca_file": str(slow)}) for one in situations]


def _newer_page(stack: contextlib.ExitStack, spaces: Namespaces) -> dict[str, str]:
    """Serve it, and give the program's own list of roots as it must be there."""
    authority = Authority()
    stack.callback(authority.close)
    page = over_tls(authority.context(GOOD), answering(b"HTTP/1.1 204 No Content\r\n\r\n"))
    stack.callback(spaces.inside("client", lambda: ThreadServer(page, port=443)).close)
    return {certifi.where(): Path(authority.ca_file).read_text(encoding="ascii")}


def _held(port: int) -> socket.socket:
    sock = socket.socket()
    sock.bind(("0.0.0.0", port))
    return sock
