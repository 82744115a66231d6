"""How attempts come out, as our probes record them, for ladders whose network is a script."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec

from clearline.domain.fault import Fault
from clearline.domain.outcome import Outcome
from clearline.domain.phase import Phase, PhaseTimes
from clearline.domain.proxy import NONE
from clearline.domain.target import Target
from clearline.domain.verdict import Depth, DiagnosisPolicy, Outside
from clearline.net.machine_state import Adapter, Machine
from clearline.net.name_settings import NameSettings
from support.scripted_ladder import GATEWAY, MACHINE, SERVER, TARGET_IP, Answer, ScriptedMachine, ok, silent

NAMED, PLAIN = "https://shop.example/", f"https://{TARGET_IP}/"
OWN_IP, VPN_IP, WLAN_IP, SECOND = "192.0.2.10", "10.8.0.2", "192.0.2.130", "192.0.2.54"
ROUTER = {"icmp": {"offender": "203.0.113.1", "type": 3, "code": 1}}
PROXY = {"proxy": "http://192.0.2.3:3128"}
CONTROL, ABROAD = "tcp://192.0.2.99:443", "tcp://203.0.113.9:443"
_V6 = "2001:db8::7"
RESOLVE, CONNECT, TLS, WAIT, RECEIVE = Phase.RESOLVE, Phase.CONNECT, Phase.TLS, Phase.WAIT, Phase.RECEIVE
LISTED = Outside(True, (CONTROL,), (ABROAD,), ("http://portal.example/#yes",), ("203.0.113.53:53",))
FULL = DiagnosisPolicy(Depth.FULL)


class Hosts(ScriptedMachine):
    """A machine whose hosts file has the target's name."""

    async def name_settings(self) -> NameSettings:
        return NameSettings(hosts=(("shop.example", "192.0.2.77"),))


@dataclass(frozen=True)
class Recorded:
    """What is asked about, how every attempt was answered, and what must be said of it."""

    code: str
    step: str
    answers: dict[str, Answer]
    address: str = PLAIN
    machine: Callable[[], ScriptedMachine] = ScriptedMachine
    policy: DiagnosisPolicy = field(default_factory=DiagnosisPolicy)
    source: str = OWN_IP
    """Our own address on the way to the target."""
    earlier: Sequence[Outcome] = ()
    changes: dict[str, Any] = field(default_factory=dict)


# --- how attempts come out


def seen(kind: str, phase: Phase = CONNECT, place: str = f"{TARGET_IP}:443", **evidence: Any) -> Answer:
    """It failed like that, after what a phase takes."""
    status = int(kind.rpartition(".")[2]) if kind.startswith("http.error.") else evidence.pop("status", None)
    return lambda _target: Outcome(PhaseTimes(connect=9.0), Fault(kind, phase, evidence), place, status=status)


def well(target: Target, *, connect: float = 9.0, wait: float = 20.0, syn: int = 0, **detail: Any) -> Outcome:
    """It worked."""
    times = PhaseTimes(connect=connect, wait=wait)
    return Outcome(times, None, f"{TARGET_IP}:{target.port}", status=200, syn_retransmits=syn, detail=detail)


def looked_up(target: Target, resolve: float) -> Outcome:
    """It worked once the name was found, which took so many milliseconds."""
    return msgspec.structs.replace(well(target), phases=PhaseTimes(resolve=resolve, connect=9.0, wait=9.0))


def answer(*ips: str) -> Answer:
    """A name server's answer."""
    return lambda _target: Outcome(PhaseTimes(wait=9.0), None, f"{SERVER}:53", detail={"dns": {"answers": list(ips)}})


def by_type(four: Sequence[str], six: Sequence[str]) -> Answer:
    """The answer for the type of record that was asked for."""
    return lambda target: answer(*(six if target.record_type == "AAAA" else four))(target)


def turns(*answers: Answer) -> Answer:
    """The first of these, then the next; the last one again and again."""
    left = list(answers)

    def reply(target: Target) -> Outcome | None:
        return (left.pop(0) if len(left) > 1 else left[0])(target)

    return reply


def where(is_it: Callable[[Target], bool], then: Answer, otherwise: Answer) -> Answer:
    """One answer or the other, by what was asked."""
    return lambda target: then(target) if is_it(target) else otherwise(target)


def straight(then: Answer, proxied: Answer) -> Answer:
    """Differs without the proxy."""
    return where(lambda target: target.proxy == NONE, then, proxied)


def certificate(kind: str, behind: Answer = well, **tls: Any) -> Answer:
    """A certificate that is refused; `behind` is what comes without looking at it."""
    refused = seen(kind, TLS, tls={"issuer": "Example CA", "subject": "shop.example", **tls})
    return where(lambda target: target.verify, refused, behind)


def dated(_target: Target) -> Outcome:
    """A server that tells the time, and it is long ago by our clock."""
    return well(_target, http={"headers": {"date": "Mon, 01 Jan 2001 00:00:00 GMT"}})


ALIVE: dict[str, Answer] = {f"icmp://{GATEWAY}": ok}
NO_NAME, NO_HOST = "dns.name_not_resolved.nxdomain", seen("dns.name_not_resolved.nxdomain", WAIT)
TWO = lambda: ScriptedMachine(servers=(SERVER, SECOND))  # noqa: E731 - a machine each
BARE = lambda: ScriptedMachine(Machine(MACHINE.adapters, ()))  # noqa: E731


def vpn() -> ScriptedMachine:
    """A machine whose packets go through a tunnel."""
    tunnel = Adapter("tun0", (VPN_IP,), 1400, is_vpn=True)
    return ScriptedMachine(Machine((*MACHINE.adapters, tunnel), MACHINE.gateways))


def wireless() -> ScriptedMachine:
    """A machine with two adapters."""
    return ScriptedMachine(
        Machine((*MACHINE.adapters, Adapter("wlan0", (WLAN_IP,), 1500, is_vpn=False)), MACHINE.gateways)
    )


def plain(code: str, step: str, kind: str, phase: Phase = CONNECT, address: str = PLAIN, **evidence: Any) -> Recorded:
    """One attempt said it all; the gateway is alive."""
    return Recorded(code, step, {**ALIVE, address: seen(kind, phase, **evidence)}, address)


def names(code: str, kind: str, own: Answer, target: str = NO_NAME, **more: Any) -> Recorded:
    """The name was not found: what this network's name server said when asked directly."""
    answers: dict[str, Answer] = {
        **ALIVE, NAMED: seen(target, RESOLVE, ""), "dns://clearline": more.pop("other", NO_HOST), "dns://": own,
    }  # fmt: skip
    return Recorded(code, "name", {**more.pop("before", {}), **answers}, NAMED, **more)


def question(code: str, kind: str, status: int | None = None, **evidence: Any) -> Recorded:
    """A target that is itself a question to a name server."""
    address = f"dns://shop.example?server={SERVER}:53"
    reply = seen(kind, WAIT, f"{SERVER}:53", status=status, **evidence)
    return Recorded(code, "application", {**ALIVE, "dns://clearline": NO_HOST, "dns://": reply, "icmp://": ok}, address)


def proxied(code: str, kind: str, direct: Answer = silent, step: str = "proxy", **more: Any) -> Recorded:
    """Through the proxy it failed like that."""
    knock = more.pop("knock", ok)
    answers = {**ALIVE, "tcp://192.0.2.3": knock, PLAIN: straight(direct, seen(kind, more.pop("phase", Phase.PROXY)))}
    return Recorded(code, step, answers, changes=PROXY)


def web(code: str, kind: str, phase: Phase = WAIT, step: str = "http", **evidence: Any) -> Recorded:
    """A page that failed like that each time."""
    return Recorded(code, step, {**ALIVE, PLAIN: seen(kind, phase, **evidence), "tcp://": ok})


def service(
    code: str, address: str, kind: str, phase: Phase = WAIT, step: str = "application", **more: Any
) -> Recorded:
    """A service with a protocol of its own."""
    return Recorded(code, step, {**ALIVE, address: seen(kind, phase, **more), "icmp://": ok, "tcp://": ok}, address)


def _again(count: int, pattern: Callable[[int], bool], ms: Callable[[int], float] = lambda _n: 20.0) -> list[Outcome]:
    """Earlier attempts of the session; the Nth worked where `pattern` says so."""
    lost = Fault("tcp.timed_out", CONNECT)
    return [Outcome(PhaseTimes(wait=ms(n)), None if pattern(n) else lost, f"{TARGET_IP}:443") for n in range(count)]


def spoken(kind: str, phase: Phase = CONNECT) -> dict[str, Answer]:
    """A router on the way refused."""
    return {**ALIVE, PLAIN: seen(kind, phase, **ROUTER)}
