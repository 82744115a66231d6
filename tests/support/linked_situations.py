"""Situations on a line that loses, delays and forbids, in network namespaces, with the verdict each must get."""

import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from clearline.domain.proxy import NONE
from clearline.domain.verdict import Outside, Trial
from support.link_emulator import SERVER, SERVER_6, Link, emulated_link
from support.link_names import ZONE
from support.middle_services import middle_services
from support.namespace_services import name_server, services
from support.namespaces import Namespaces
from support.placed_situations import judge_inside, judged_inside, placed
from support.situations import HEALTHY, LOAD, REST, C, Judged, L, P, Situation

_ICMP, _TCP, _UDP = 1, 6, 17
_ONLY_INSIDE, _NEIGHBOUR, _OFF = "10.70.9.30", "10.70.9.1", "10.70.9.3"
_AT_ONCE = 4
_LONG = f"http://{SERVER}/{'x' * 3000}"
"""Its request needs three packets."""
_KEPT = f"http://{SERVER}/kept"
_SIGN_IN = Outside(True, points=(f"tcp://{SERVER}:80",), portals=(f"http://{SERVER}/#success",), resolvers=())
"""The page that a network with a sign-in cannot leave alone has another text here."""
_NEAR_RESOLVER = Outside(True, points=(), portals=(), resolvers=(f"{SERVER}:53",))
_FAR_RESOLVER = Outside(True, points=(f"tcp://{SERVER}:80",), portals=(), resolvers=("10.70.9.54:53",))
_ASKS_NOBODY = {"/etc/nsswitch.conf": "hosts: files\n"}
"""The C library looks in the hosts file alone (nsswitch.conf(5))."""
_NEAR = Outside(control=(f"tcp://{SERVER}:9",))
_TAKES_UPLOADS = Outside(upload=f"http://{SERVER}/upload")


@dataclass(frozen=True)
class Line:
    """A state of the line, and what is diagnosed over it."""

    link: Link
    situations: tuple[Situation, ...]
    name_servers: str = SERVER
    """Parted by spaces, in the order in which they are asked."""
    zone_6: Mapping[tuple[str, str], tuple[str, ...]] | None = None
    """What the server says on its IPv6 address, where that is another name server."""
    files: Mapping[str, str] = field(default_factory=dict)
    """What some of the client's files hold; the others are the machine's."""
    settings: Mapping[str, int | str] = field(default_factory=dict)
    """Of the client's kernel, as `Namespaces.set` takes them."""
    gateway: str = ""
    """The client's way out; else it is a tunnel without any."""
    proxy: str = ""
    """What the client's settings name for the web; then the server has `middle_services`."""


LINES = (
    Line(
        Link(delay_ms=5),
        (
            placed("healthy, both families", "http://both.test/", HEALTHY),
            placed("healthy, the name has no IPv6 address", "http://four.test/", HEALTHY),
            placed("one of two addresses is dead", "http://two.test/", "some_addresses", "connect", "server", C),
            placed("sign-in page", f"https://{SERVER}:80/", "portal", "internet", "lan", C, outside=_SIGN_IN),
            placed("sign-in page, but the target works", f"http://{SERVER}/", HEALTHY, outside=_SIGN_IN),
        ),
    ),
    Line(
        Link(delay_ms=5),
        (
            placed("no such name", "http://gone.test/", "name_wrong", "name", "app", C),
            placed("no such record", "http://empty.test/", "no_such_record", "name", "dns", C),
            placed("zone is broken", "http://sick.test/", "zone_broken", "name", "dns", C),
            placed("signature is bogus", "http://bogus.test/", "dnssec_broken", "name", "dns", C),
            placed("name server refuses", "http://refused.test/", "dns_refuses", "name", "dns", C),
            placed("name is filtered", "http://blocked.test/", "name_filtered", "name", "lan", C),
            placed("what the name server says is no answer", "http://garbled.test/", "dns_garbled", "name", "dns", L),
            placed("long answers are cut off", "http://long.test/", "dns_long_answers", "name", "path", L),
            placed(
                "a long answer is cut off, asked for",
                f"dns://long.test?server={SERVER}",
                "dns_long_answers",
                "application",
                "path",
                L,
            ),
            placed("name leads nowhere on purpose", "http://sinkhole.test/", "name_filtered", "name", "lan", L),
            placed(
                "the proxy has no such name",
                f"http://{SERVER}/",
                "proxy_name_wrong",
                "proxy",
                "proxy",
                C,
                changes={"proxy": "http://nowhere.test:3128"},
            ),
        ),
    ),
    Line(
        Link(delay_ms=5),
        (placed("name server is silent", "http://both.test/", "dns_server_down", "name", "dns", L),),
        name_servers="10.70.9.53",
    ),
    Line(
        Link(delay_ms=5),
        (placed("the first name server is dead", "http://both.test/", "first_server_down", "name", "dns", C),),
        name_servers=f"10.70.9.53 {SERVER}",
    ),
    Line(
        Link(delay_ms=5, refuses={"10.70.9.53": [3, 1]}),
        (placed("no way to the name server", "http://both.test/", "dns_unreachable", "name", "path", C),),
        name_servers="10.70.9.53",
        gateway=SERVER,
    ),
    Line(
        Link(delay_ms=5),
        (
            placed("the hosts file is out of date", "tcp://four.test:80", "hosts_file", "name", "me", C),
            placed("the hosts file blocks the name", "http://secret.test/", "hosts_file", "name", "me", C),
            placed("the hosts file is out of date, and does no harm", "http://both.test/", HEALTHY),
        ),
        files={"/etc/hosts": f"10.70.9.9 four.test\n0.0.0.0 secret.test\n{SERVER} both.test\n"},
    ),
    Line(
        Link(delay_ms=5),
        (placed("programs ask no name server", "http://both.test/", "resolver_broken", "name", "me", L),),
        files=_ASKS_NOBODY,
    ),
    Line(
        Link(delay_ms=5),
        (placed("programs ask what is not known here", "http://both.test/", "names_fail", "name", "dns", P),),
        name_servers="",
        files=_ASKS_NOBODY,
    ),
    Line(
        Link(delay_ms=5),
        (
            placed("the name servers disagree", "http://inner.test/", "split_names", "name", "dns", L),
            placed("the first name server is sick, and the second helps at once", "http://sick.test/", HEALTHY),
        ),
        name_servers=f"{SERVER} {SERVER_6}",
        zone_6={("inner.test", "A"): (SERVER,), ("sick.test", "A"): (SERVER,)},
    ),
    Line(
        Link(delay_ms=5),
        (
            placed(
                "questions to any name server vanish",
                "http://both.test/",
                "dns_blocked",
                "name",
                "path",
                L,
                outside=_FAR_RESOLVER,
            ),
        ),
        name_servers="10.70.9.53",
        gateway=SERVER,
    ),
    Line(
        Link(delay_ms=5),
        (
            placed(
                "the name server is sick, another is not",
                "http://both.test/",
                "dns_server_sick",
                "name",
                "dns",
                C,
                outside=_NEAR_RESOLVER,
            ),
        ),
        name_servers=SERVER_6,
        zone_6={("*", "RCODE"): ("2",)},
    ),
    Line(
        Link(delay_ms=5),
        (placed("IPv6 is off, and the name has both", "http://both.test/", HEALTHY),),
        settings={"net_ipv6_conf_all_disable__ipv6": 1},
    ),
    Line(
        Link(delay_ms=5),
        (placed("no name server is set", "http://both.test/", "dns_not_set", "name", "me", C),),
        name_servers="",
    ),
    Line(
        Link(delay_ms=5, loss=1.0, only_protocol=_TCP),
        (placed("only pings come through", f"http://{SERVER}/", "host_filtered", "connect", "path", L),),
    ),
    Line(
        Link(delay_ms=5, loss=1.0),
        (placed("nothing comes back", f"tcp://{SERVER}:80", "everything_fails", "gateway", "lan", L, outside=_NEAR),),
        gateway=SERVER,
    ),
    Line(
        Link(delay_ms=5, drops=[_ONLY_INSIDE, _OFF], resets_names=["secret.test"]),
        (
            placed(
                "only the proxy may go out",
                f"http://{_ONLY_INSIDE}/",
                "direct_blocked",
                "connect",
                "path",
                C,
                changes={"proxy": NONE},
            ),
            placed(
                "only this host is silent",
                f"tcp://{_OFF}:80",
                "only_this_host",
                "connect",
                "server",
                L,
                consents=(Trial.NEIGHBOURS,),
            ),
            placed(
                "a filter cuts by the name in TLS",
                "https://secret.test/",
                "name_filtered_in_tls",
                "tls",
                "path",
                L,
                changes={"proxy": NONE, "verify": False},
            ),
            placed(
                "the filter lets other names through",
                "https://four.test/",
                HEALTHY,
                changes={"proxy": NONE, "verify": False},
            ),
            placed("its queue was full", f"tcp://{SERVER}:81", "queue_full", "connect", "server", L),
        ),
        proxy=f"http://{SERVER}:3128",
    ),
    Line(
        Link(delay_ms=5, cuts_after=2),
        (placed("a connection is cut on the way", f"beat://{SERVER}:9", "line_went_dead", "application", "path", L),),
    ),
    Line(
        Link(delay_ms=200), (placed("far away", f"http://{SERVER}/", "far_away", "quality", "path", P, is_full=True),)
    ),
    Line(
        Link(delay_ms=150, only_protocol=_UDP),
        (placed("name servers are slow", "http://four.test/", "names_slow", "name", "dns", L),),
    ),
    Line(
        Link(delay_ms=2, every=4, holds_ms=150, only_protocol=_ICMP),
        (placed("answers come now and then late", f"icmp://{SERVER}", "jumps", "quality", "path", L, is_full=True),),
        gateway=SERVER,
    ),
    Line(
        Link(delay_ms=5, mtu=1300, is_mtu_told=False),
        (placed("large packets vanish, asked for", f"mtu://{SERVER}:9", "small_packets_only", "connect", "path", C),),
    ),
    Line(Link(delay_ms=60, jitter_ms=5), (placed("slow within limits", f"http://{SERVER}/", HEALTHY, is_full=True),)),
    Line(Link(delay_ms=5, drop_syns=1), (placed("one lost packet", f"http://{SERVER}/", HEALTHY),)),
    Line(
        Link(delay_ms=5, loss=1.0, only_protocol=_ICMP),
        (
            placed("ping is blocked, the page works", f"http://{SERVER}/", HEALTHY),
            placed("ping is blocked", f"icmp://{SERVER}", "ping_unanswered", "connect", "nobody", C),
        ),
        gateway=SERVER,
    ),
    Line(
        Link(delay_ms=5, mtu=1300, is_mtu_told=False),
        (
            placed("large packets vanish", _LONG, "packets_too_big", "http", "path", C),
            placed("large packets vanish, none is sent", f"http://{SERVER}/", HEALTHY),
        ),
    ),
    Line(Link(delay_ms=5, mtu=1300), (placed("small packets, and told so", _LONG, HEALTHY),)),
    Line(
        Link(delay_ms=5, drops=[SERVER_6]),
        (placed("IPv6 vanishes", "http://both.test/", "ipv6_broken", "connect", "lan", L),),
    ),
    Line(
        Link(delay_ms=5, refuses={SERVER_6: [1, 0]}),
        (placed("IPv6 has no way", "http://both.test/", "ipv6_broken", "connect", "lan", L),),
    ),
    Line(
        Link(delay_ms=5, drops=[SERVER]),
        (placed("IPv4 vanishes", "http://both.test/", "ipv4_broken", "connect", "lan", L),),
        name_servers=SERVER_6,
    ),
    Line(
        Link(
            delay_ms=5,
            refuses={
                "10.70.9.21": [11, 0],
                "10.70.9.22": [3, 13],
                "fd79::21": [1, 1],
                "fd79::22": [1, 3],
                "fd79::23": [1, 0],
            },
        ),
        (
            placed("packets run in circles", "tcp://10.70.9.21:80", "routing_loop", "connect", "path", C),
            placed("router filters", "tcp://10.70.9.22:80", "firewall_rejects", "connect", "path", C),
            placed("router filters IPv6", "tcp://[fd79::21]:80", "firewall_rejects", "connect", "path", C),
            placed("IPv6 host is off", "tcp://[fd79::22]:80", "host_off", "connect", "path", C),
            placed("no way to the IPv6 network", "tcp://[fd79::23]:80", "no_such_network", "connect", "path", C),
        ),
    ),
    Line(
        Link(delay_ms=2, every=8, run=1, only_protocol=_ICMP),
        (placed("loses every eighth", f"icmp://{SERVER}", "fails_regularly", "quality", "path", L, earlier=42),),
    ),
    Line(
        Link(delay_ms=2, every=4, run=2, only_protocol=_ICMP),
        (placed("comes and goes", f"icmp://{SERVER}", "comes_and_goes", "quality", "server", L, earlier=41),),
    ),
    Line(
        Link(delay_ms=2, loss=0.25, only_protocol=_ICMP),
        (placed("loses at random", f"icmp://{SERVER}", "loses_packets", "quality", "path", P, is_full=True),),
    ),
    Line(
        Link(delay_ms=5, rate_kbit=6000, queue_packets=200),
        (
            placed(
                "the line chokes while it is busy",
                f"http://{SERVER}/large",
                "line_overloaded",
                "quality",
                "lan",
                C,
                consents=LOAD,
            ),
        ),
    ),
    Line(
        Link(delay_ms=5, rate_kbit=12_000, queue_packets=12),
        (placed("the line is busy and its queue short", f"http://{SERVER}/large", HEALTHY, consents=LOAD),),
    ),
    Line(
        Link(delay_ms=5, rate_kbit=6000, queue_packets=200, is_narrow_out_alone=True),
        (
            placed(
                "the line chokes while much is sent",
                f"tcp://{SERVER}:9",
                "line_overloaded_up",
                "quality",
                "lan",
                C,
                consents=LOAD,
                outside=_TAKES_UPLOADS,
            ),
        ),
    ),
    Line(
        Link(delay_ms=5, rate_kbit=12_000, queue_packets=12, is_narrow_out_alone=True),
        (
            placed(
                "much is sent and the queue is short",
                f"tcp://{SERVER}:9",
                HEALTHY,
                consents=LOAD,
                outside=_TAKES_UPLOADS,
            ),
        ),
    ),
    Line(
        Link(delay_ms=5, forgets_s=1.5),
        (
            placed("idle connections are forgotten", _KEPT, "idle_is_cut", "application", "path", L, consents=REST),
            placed(
                "idle connections are forgotten, nothing is asked on them",
                f"tcp://{SERVER}:9",
                "idle_is_cut",
                "application",
                "path",
                L,
                consents=REST,
            ),
            *(
                placed(
                    f"connections are forgotten between two rests{more}",
                    address,
                    "idle_limit",
                    "application",
                    "path",
                    C,
                    consents=REST,
                    idle_s=10.0,
                    rest_steps_s=(0.5, 1.0, 2.0, 4.0),
                    values={"lives_s": 1.0, "idle_s": 2.0},
                )
                for address, more in ((_KEPT, ""), (f"tcp://{SERVER}:9", ", nothing is asked on them"))
            ),
        ),
    ),
    Line(Link(delay_ms=5, forgets_s=9.0), (placed("idle connections are kept", _KEPT, HEALTHY, consents=REST),)),
    Line(
        Link(delay_ms=200),
        (placed("gateway is slow", f"tcp://{SERVER}:80", "own_network_poor", "gateway", "lan", L, is_full=True),),
        gateway=SERVER,
    ),
    Line(
        Link(delay_ms=5, rate_kbit=512, queue_packets=200, is_narrow_out_alone=True),
        (
            placed(
                "what is sent waits for seconds",
                f"tcp://{SERVER}:9",
                "line_overloaded_up",
                "quality",
                "lan",
                C,
                consents=LOAD,
                outside=_TAKES_UPLOADS,
            ),
        ),
    ),
)


@contextlib.contextmanager
def _line(line: Line) -> Iterator[Namespaces]:
    with (
        Namespaces("client", "server") as spaces,
        emulated_link(spaces) as emulator,
        services(spaces),
        middle_services(spaces) if line.proxy else contextlib.nullcontext(),
        name_server(spaces, ZONE, host="::ffff:" + SERVER if line.zone_6 else "::"),
        name_server(spaces, line.zone_6, host=SERVER_6) if line.zone_6 else contextlib.nullcontext(),
    ):
        if line.proxy:
            spaces.ip(*(f"-n {{server}} addr add {address}/32 dev lo" for address in (_ONLY_INSIDE, _NEIGHBOUR)))
        spaces.set("client", net_ipv4_ping__group__range="0 2147483647", **line.settings)
        if line.gateway:
            spaces.ip(f"-n {{client}} route replace default via {line.gateway} dev emu0 onlink")
        emulator.change(line.link)
        yield spaces


def judge_lines() -> list[Judged]:
    """Some lines at once: more share the processors too closely for figures of time."""
    found: list[Judged] = []
    for first in range(0, len(LINES), _AT_ONCE):
        with contextlib.ExitStack() as stack:
            begun = [
                (
                    judge_inside(
                        stack.enter_context(_line(one)), one.situations, one.name_servers, one.proxy, one.files
                    ),
                    one,
                )
                for one in LINES[first : first + _AT_ONCE]
            ]
            for process, one in begun:
                found += judged_inside(process, one.situations)
    return found
