"""What a scenario is made of: the records that its TOML file is read into."""

from typing import Literal

import msgspec

from clearline.domain.profile import Profile
from clearline.lab.faults import LabFault
from clearline.lab.latency import Latency
from clearline.lab.timeline import Stretch, Timeline

Words = str | dict[str, str]
"""A text for people: one for all languages, or a table by language."""


class Record(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Read from a scenario."""


class HttpServer(Record, frozen=True, tag="http", tag_field="kind"):
    """Plain HTTP."""

    latency: Latency = Latency(median_ms=20)
    body: str = "All is well.\n"


class HttpsServer(Record, frozen=True, tag="https", tag_field="kind"):
    """HTTP over TLS, with a certificate that `ca_file` trusts."""

    latency: Latency = Latency(median_ms=20)
    handshake: Latency = Latency(median_ms=8)
    body: str = "All is well.\n"
    http2: bool = False
    """Offer HTTP/2 as well. Faults that only HTTP/1.1 can have are made with that."""


class TlsServer(Record, frozen=True, tag="tls", tag_field="kind"):
    """TLS and then a greeting, as mail servers do."""

    latency: Latency = Latency()
    handshake: Latency = Latency(median_ms=15)
    greeting: str = ""


class TcpServer(Record, frozen=True, tag="tcp", tag_field="kind"):
    """TCP and then a greeting. The kernel shakes hands at once: latency delays the greeting, never the connection."""

    latency: Latency = Latency()
    greeting: str = ""


class UdpServer(Record, frozen=True, tag="udp", tag_field="kind"):
    """Sends every datagram back."""

    latency: Latency = Latency(median_ms=9)


class DnsServer(Record, frozen=True, tag="dns", tag_field="kind"):
    """A name server with a zone of its own; the target asks for `ask`."""

    records: dict[str, tuple[str, ...]]
    """Name to records, each as `A 10.1.2.3`."""
    ask: str
    latency: Latency = Latency(median_ms=4)
    record_type: str = "A"


class BeatServer(Record, frozen=True, tag="beat", tag_field="kind"):
    """Answers each line `PING …` with `PONG …`, on connections that stay open."""

    latency: Latency = Latency(median_ms=5)
    greeting: str = ""


class ProxyServer(Record, frozen=True, tag="proxy", tag_field="kind"):
    """A proxy for HTTP CONNECT and SOCKS5 that leads to this machine only."""

    latency: Latency = Latency(median_ms=3)


class WebSocketServer(Record, frozen=True, tag="ws", tag_field="kind"):
    """Echoes what it is told and answers pings."""

    latency: Latency = Latency(median_ms=10)


class BannerServer(Record, frozen=True, tag="banner", tag_field="kind"):
    """Greets, and has a reply to some words, as mail and file servers do."""

    latency: Latency = Latency(median_ms=10)
    greeting: str = "220 practice.example ready\r\n"
    replies: dict[str, str] = {}
    """First word of a line, in any case, to what is answered, line ends included."""
    service: str = ""
    """What the greeting must be one of, a name of domain.target.SERVICES; any will do where it is empty."""


class NtpServer(Record, frozen=True, tag="ntp", tag_field="kind"):
    """Tells this machine's own time."""

    latency: Latency = Latency(median_ms=2)


Server = (
    HttpServer
    | HttpsServer
    | TlsServer
    | TcpServer
    | UdpServer
    | DnsServer
    | BeatServer
    | ProxyServer
    | WebSocketServer
    | BannerServer
    | NtpServer
)


class TimedFault(Record, frozen=True):
    """A fault with its time, in seconds from the beginning of a turn."""

    from_s: float
    to_s: float
    fault: LabFault


class TargetTimeline(Record, frozen=True):
    """Faults that come and go."""

    faults: tuple[TimedFault, ...]
    repeat_s: float | None = None
    jitter_s: float = 0.0


class LabTarget(Record, frozen=True):
    """One server and the target that tests it."""

    id: str
    name: Words
    server: Server
    group: Words = ""
    profile: str = "standard"
    interval_s: float | None = None
    path: str = "/"
    family: Literal[4, 6] = 4
    """6 listens on ::1; left out where the machine has none."""
    is_paused: bool = False
    expect_text: str = ""
    through: str = ""
    """Id of a proxy above in this scenario that leads there; empty goes straight."""
    through_scheme: Literal["http", "socks5", "socks5h"] = "http"
    fault: LabFault | None = None
    """On whenever the timeline has none."""
    timeline: TargetTimeline | None = None


class Crowd(Record, frozen=True):
    """Many healthy targets on a few ports, for seeing and measuring what many targets cost."""

    id: str
    name: Words
    servers: tuple[Server, ...]
    count: int = 100
    ports: int = 8
    group: Words = ""
    profile: str = "standard"
    interval_s: float | None = None


class LabProfile(Record, frozen=True):
    """A profile of the scenario: a built-in one with some fields changed."""

    name: str
    based_on: str = "standard"
    change: dict[str, int | float | bool | str] = {}
    """Dotted field of domain.profile.Profile to value: `"reuse.is_on" = true`."""


class Scenario(msgspec.Struct, frozen=True):
    """A scenario that was read and found good."""

    name: str
    title: Words
    lesson: dict[str, str]
    seed: int
    duration_s: float
    """How long one showing takes: what the window draws. The faults go on for as long as the lab runs."""
    interval_s: float
    profiles: tuple[Profile, ...]
    targets: tuple[LabTarget, ...]
    crowds: tuple[Crowd, ...]


def in_language(words: Words, language: str) -> str:
    """A text in a language, or in English, or in any there is."""
    if isinstance(words, str):
        return words
    return words.get(language) or words.get("en") or next(iter(words.values()), "")


def timeline_of(target: LabTarget, seed: int) -> Timeline:
    """When which fault of a target is on, under a seed."""
    timeline = target.timeline
    if timeline is None:
        return Timeline(())
    pattern = tuple(Stretch(timed.from_s, timed.to_s, timed.fault) for timed in timeline.faults)
    return Timeline(pattern, timeline.repeat_s, timeline.jitter_s, f"{seed}/{target.id}")


def server_kind(server: Server) -> str:
    """`http`, `tcp`, …"""
    return str(server.__struct_config__.tag)
