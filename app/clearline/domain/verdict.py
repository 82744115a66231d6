"""What several probes together mean: the steps of the ladder, what each found, and the verdict in plain words."""

from collections.abc import Callable
from enum import StrEnum
from typing import Any

import msgspec

from clearline.domain.fault import Whose
from clearline.domain.problem import InputError, Problem
from clearline.domain.target import Target, mask_secrets, parse_address, parse_endpoint


class Step(StrEnum):
    """A rung of the ladder, in the order a connection is made; what is shown of a diagnosis."""

    SELF = "self"
    LINK = "link"
    ADDRESS = "address"
    GATEWAY = "gateway"
    NAME = "name"
    INTERNET = "internet"
    PROXY = "proxy"
    CONNECT = "connect"
    COMPARE = "compare"
    """Differential tests: the same thing asked in another way."""
    TLS = "tls"
    HTTP = "http"
    APPLICATION = "application"
    QUALITY = "quality"


class StepState(StrEnum):
    """How far a step is, and how it ended."""

    RUNNING = "running"
    OK = "ok"
    NOTE = "note"
    """Not as it should be, but not what breaks the connection."""
    FAILED = "failed"
    SKIPPED = "skipped"
    """Has no part in this connection."""
    NOT_REACHED = "not_reached"
    """Something before it failed."""
    UNTESTED = "untested"
    """Could not be tested: not allowed, not possible here, or no time was left."""


class Saying(msgspec.Struct, frozen=True):
    """A sentence: a code of the text catalogue and what fills it."""

    code: str
    values: dict[str, str | int | float] = {}


class StepResult(msgspec.Struct, frozen=True):
    """What one step found. Milliseconds since the diagnosis began."""

    step: Step
    state: StepState
    said: Saying | None = None
    """Codes `step.*`; while it runs, how far it is, or None."""
    began_ms: float = 0.0
    took_ms: float = 0.0
    facts: dict[str, Any] = {}
    """Plain values, masked: what the rules read, and what is handed over as proof."""


class Confidence(StrEnum):
    """How sure a verdict is."""

    CERTAIN = "certain"
    """The protocol said so, and the alternative was excluded."""
    LIKELY = "likely"
    POSSIBLE = "possible"

    @property
    def rank(self) -> int:
        """Greater is surer."""
        return {"certain": 3, "likely": 2, "possible": 1}[self.value]

    @property
    def lowered(self) -> "Confidence":
        """One less, never below possible."""
        return Confidence.LIKELY if self is Confidence.CERTAIN else Confidence.POSSIBLE


class Trial(StrEnum):
    """A differential test: the same thing tried in two ways, so that the difference tells."""

    FAMILIES = "families"
    """Every address by itself, IPv4 beside IPv6."""
    BY_ADDRESS = "by_address"
    """The name's address without the name lookup."""
    RESOLVERS = "resolvers"
    """This machine's resolver, its name servers asked directly, and outside ones."""
    PROXY = "proxy"
    """Straight and through the proxy."""
    PORTS = "ports"
    """Other ports of the same host."""
    NEIGHBOURS = "neighbours"
    """Hosts beside the target; touches machines that nobody named."""
    CONTROL = "control"
    """A target of the company's own that is known to be good."""
    PING = "ping"
    SIZES = "sizes"
    """Small and large packets."""
    SNI = "sni"
    """Another name asked for in TLS."""
    TRUST = "trust"
    """The same without looking at the certificate."""
    HTTP1 = "http1"
    """HTTP/1.1 instead of HTTP/2."""
    REUSE = "reuse"
    """Connections that stayed idle, each for a while of its own, instead of fresh ones."""
    INTERFACES = "interfaces"
    """Another network adapter of this machine."""
    LOAD = "load"
    """Latency while the line is busy, with what comes in and what goes out; moves some megabytes."""
    BASELINE = "baseline"
    """This session's earlier attempts."""
    COLLEAGUE = "colleague"
    """A session recorded on another computer."""
    BROWSER = "browser"
    """The same request as a browser would word it."""


NEEDS_CONSENT = frozenset({Trial.NEIGHBOURS, Trial.LOAD, Trial.REUSE})
"""Touch hosts that nobody named, move data, or take minutes: only when a person asked for them."""


class Depth(StrEnum):
    """How long a diagnosis may take."""

    QUICK = "quick"
    """6 s at most."""
    FULL = "full"
    """30 s at most: repeated attempts, packet sizes."""


LIMIT_S = {Depth.QUICK: 6.0, Depth.FULL: 30.0}
"""Without a rest that a person asked for: DiagnosisPolicy.limit_s."""
_AFTER_REST_S = 20.0
"""To see what became of the connections that rested."""


WORKS, UNCLEAR, PENDING = "works", "unclear", "pending"
"""Verdicts that raise no alarm: nothing is wrong; what is wrong cannot be told; not known yet."""


class Verdict(msgspec.Struct, frozen=True):
    """What is wrong, where, whose it is and how sure that is. Texts: `verdict.<code>`."""

    code: str
    confidence: Confidence
    whose: Whose = Whose.NOBODY
    fails_first: Step | None = None
    works_last: Step | None = None
    is_fault: bool = True
    """The target does not work; else it works, but not well, or only a note is to be made."""
    kind: str = ""
    """Kind of the fault that the target's own attempt saw; empty where it succeeded."""
    values: dict[str, str | int | float] = {}
    ruled_out: tuple[Saying, ...] = ()
    notes: tuple[Saying, ...] = ()
    missing: tuple[Trial, ...] = ()
    """Tests that would make it surer, and were not made."""
    since_s: float | None = None
    """Session second from which on it holds, where a running session tells."""

    @property
    def is_finding(self) -> bool:
        """Does it say that something is wrong, and what?"""
        return self.code not in (WORKS, UNCLEAR, PENDING)


MOST_WATCHED = 2
"""Points outside that are asked while targets are watched."""


class Outside(msgspec.Struct, frozen=True):
    """The hosts besides the target that diagnosing may contact: the one list, and it is off until somebody allows it.

    Contacting them tells their owners that this machine is on. `control` is the company's own and needs no permission.
    """

    is_allowed: bool = False
    control: tuple[str, ...] = ()
    """Addresses of targets of the company's own that are known to be good."""
    points: tuple[str, ...] = ("tcp://1.1.1.1:443", "tcp://9.9.9.9:443")
    """Two independent places that take a connection, without a name lookup."""
    portals: tuple[str, ...] = (
        "http://detectportal.firefox.com/success.txt#success",
        "http://captive.apple.com/hotspot-detect.html#Success",
    )
    """Plain-HTTP pages with a known text after `#`: a network that wants a sign-in answers something else."""
    resolvers: tuple[str, ...] = ("1.1.1.1:53", "9.9.9.9:53")
    """Name servers to compare with."""
    upload: str = ""
    """Address of the company's own that takes and throws away what is sent to it, http or https; empty without one."""

    @property
    def watched(self) -> tuple[str, ...]:
        """The points that are asked now and then while targets are watched; none unless that is allowed."""
        return self.points[:MOST_WATCHED] if self.is_allowed else ()

    def hosts(self) -> tuple[str, ...]:
        """Everything on the list that would be contacted as it is set, to be shown: secrets are masked."""
        own = (*self.control, *filter(None, (self.upload,)))
        listed = self.points + self.portals + self.resolvers if self.is_allowed else ()
        return tuple(map(mask_secrets, (*own, *listed)))

    @property
    def masked(self) -> "Outside":
        """The list with every secret of the company's own addresses masked: what is recorded."""
        control = tuple(map(mask_secrets, self.control))
        return msgspec.structs.replace(self, control=control, upload=mask_secrets(self.upload))

    def only(self, may_contact: Callable[[str], bool]) -> "Outside":
        """The list without the hosts that somebody else forbids; a company's own addresses stay. They are valid: see
        validate_outside."""
        return msgspec.structs.replace(
            self,
            points=tuple(point for point in self.points if may_contact(_host(point))),
            portals=tuple(page for page in self.portals if may_contact(_host(page.partition("#")[0]))),
            resolvers=tuple(server for server in self.resolvers if may_contact(parse_endpoint(server)[0])),
        )


def _host(address: str) -> str:
    return Target("outside", parse_address(address)).host.strip("[]")


class Thresholds(msgspec.Struct, frozen=True):
    """From where on a figure is worth a word; design judgement, so editable."""

    busy_lag_ms: float = 20.0
    gateway_slow_ms: float = 30.0
    load_rise_ms: float = 60.0
    """What waiting may take longer while the line is busy: the end of grade C."""
    gateway_loss: float = 0.4
    dns_slow_ms: float = 200.0
    wait_slow_ms: float = 1000.0
    path_slow_ms: float = 300.0
    loss: float = 0.02
    """Lower end of the Wilson interval."""
    jitter_ms: float = 30.0
    certificate_days: int = 7
    clock_skew_s: float = 300.0


class DiagnosisPolicy(msgspec.Struct, frozen=True):
    """What a diagnosis may do, and how it judges."""

    depth: Depth = Depth.QUICK
    outside: Outside = Outside()
    consents: tuple[Trial, ...] = ()
    """Trials of NEEDS_CONSENT that a person agreed to."""
    thresholds: Thresholds = Thresholds()
    idle_s: float = 15.0
    """The longest rest of Trial.REUSE."""
    rest_steps_s: tuple[float, ...] = (15.0, 30.0, 60.0, 120.0, 300.0, 600.0)
    """Those shorter than `idle_s` are tried beside it."""
    load_mb: float = 20.0
    """What Trial.LOAD may move at most each way, in millions of bytes."""

    @property
    def masked(self) -> "DiagnosisPolicy":
        """The policy without secrets: what is recorded."""
        return msgspec.structs.replace(self, outside=self.outside.masked)

    @property
    def rests_s(self) -> tuple[float, ...]:
        """How long each connection of Trial.REUSE rests; the shortest first."""
        return (*(rest_s for rest_s in self.rest_steps_s if rest_s < self.idle_s), self.idle_s)

    @property
    def limit_s(self) -> float:
        """How long the diagnosis may take: a rest that a person asked for comes on top of the depth's limit."""
        return LIMIT_S[self.depth] + (self.idle_s + _AFTER_REST_S if Trial.REUSE in self.consents else 0.0)


IDLE_S, LOAD_MB = (1.0, 600.0), (5.0, 500.0)
"""Ranges of `idle_s` and `load_mb`."""


def parse_upload(text: str) -> str:
    """The normalised address that a load test may send to; empty where none was typed.

    Raises InputError for what is no web address.
    """
    if not text.strip():
        return ""
    address = parse_address(text)
    if not address.startswith(("http://", "https://")):
        raise InputError(Problem("address.upload", {"typed": mask_secrets(text.strip())}, field="address"))
    return address


def validate_outside(outside: Outside) -> tuple[Problem, ...]:
    """What is wrong with the addresses of the list; empty where nothing is."""
    checks: list[tuple[Callable[[str], object], str]] = [
        *((parse_address, address) for address in (*outside.control, *outside.points)),
        *((parse_address, portal.partition("#")[0]) for portal in outside.portals),
        *((parse_endpoint, server) for server in outside.resolvers),
        (parse_upload, outside.upload),
    ]
    found: list[Problem] = []
    for check, address in checks:
        try:
            check(address)
        except InputError as error:
            found.extend(error.problems)
    return tuple(found)
