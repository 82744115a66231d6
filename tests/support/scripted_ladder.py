"""A diagnosis without a network: every attempt is answered from a script, in virtual time."""

import asyncio
import copy
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from typing import Any

import msgspec

from clearline.diagnosis.course import Course, Keep
from clearline.diagnosis.ladder import Ladder, Surroundings
from clearline.domain.event import Event, StepChanged, VerdictChanged
from clearline.domain.fault import Fault
from clearline.domain.outcome import Outcome
from clearline.domain.phase import Phase, PhaseTimes
from clearline.domain.plan import new_target
from clearline.domain.target import Target
from clearline.domain.verdict import DiagnosisPolicy, Step, StepResult, StepState, Verdict
from clearline.net.machine_routes import Gateway
from clearline.net.machine_state import Adapter, Machine
from clearline.net.name_settings import NameSettings
from clearline.net.network import Address, Source, literal_address
from support.virtual_time import VirtualClock

GATEWAY, SERVER, TARGET_IP = "192.0.2.1", "192.0.2.53", "198.51.100.7"
MACHINE = Machine((Adapter("eth0", ("192.0.2.10",), 1500, is_vpn=False),), (Gateway(4, GATEWAY, "eth0"),))
Answer = Callable[[Target], Outcome | None]
"""What an attempt comes to; None is silence until its time is over."""


def ok(target: Target, **more: Any) -> Outcome:
    """It worked, as much of it as there is."""
    phases = PhaseTimes(connect=2.0, wait=5.0)
    return Outcome(phases, None, f"{TARGET_IP}:{target.port}", status=200, **more)


def fault(kind: str, phase: Phase = Phase.CONNECT, **evidence: Any) -> Callable[[Target], Outcome]:
    """It failed like that."""

    def answer(target: Target) -> Outcome:
        place = target.via or f"{TARGET_IP}:{target.port}"
        return Outcome(PhaseTimes(connect=1.0), Fault(kind, phase, evidence), place, status=evidence.get("status"))

    return answer


def silent(_target: Target) -> None:
    """Nothing comes back."""


class ScriptedMachine:
    """What the steps ask of a Network besides attempts."""

    def __init__(self, machine: Machine = MACHINE, servers: tuple[str, ...] = (SERVER,), proxy: str = "") -> None:
        self.machine, self.proxy = machine, proxy
        self.looks = 0
        self.source: Source | None = None
        self._servers = servers

    def leaving_by(self, source: Source) -> "ScriptedMachine":
        tied = copy.copy(self)
        tied.source = source
        return tied

    async def look_around(self) -> Machine:
        self.looks += 1
        return self.machine

    async def name_servers(self) -> tuple[Address, ...]:
        return tuple(address for ip in self._servers if (address := literal_address(ip, 53)))

    async def name_settings(self) -> NameSettings:
        return NameSettings()

    async def system_proxy(self, scheme: str, host: str, port: int) -> str:
        return self.proxy


class Told:
    """The events of a diagnosis, and when each attempt was made at which address."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.asked: list[tuple[float, str]] = []

    @property
    def verdicts(self) -> list[tuple[float, Verdict]]:
        return [(event.at_s, event.verdict) for event in self.events if isinstance(event, VerdictChanged)]

    @property
    def verdict(self) -> Verdict:
        return self.verdicts[-1][1]

    @property
    def addresses(self) -> list[str]:
        return [address for _, address in self.asked]

    def step(self, step: Step) -> StepResult:
        """How it ended."""
        return next(
            event.result
            for event in reversed(self.events)
            if isinstance(event, StepChanged) and event.result.step is step
        )

    def states(self, step: Step) -> list[StepState]:
        """What was told of it."""
        return [
            event.result.state for event in self.events if isinstance(event, StepChanged) and event.result.step is step
        ]


def ladder(
    answers: dict[str, Answer],
    told: Told,
    clock: VirtualClock,
    *,
    address: str = f"https://{TARGET_IP}/",
    policy: DiagnosisPolicy | None = None,
    machine: ScriptedMachine | None = None,
    surroundings: Surroundings | None = None,
    keep: Keep = lambda ask, _count: nullcontext(ask),
    earlier: Sequence[Outcome] = (),
    **changes: Any,
) -> Ladder:
    """A diagnosis whose attempts are answered by the first of `answers` that begins the address; the rest is silent.

    An attempt tied to another adapter is written `wlan0: https://…`.
    """
    target = msgspec.structs.replace(new_target(address), **changes)

    async def ask(asked: Target, timeouts: Any, deadline_s: float, network: Any, own_clock: Any) -> Outcome:
        shown = f"{asked.shown} via {asked.via}" if asked.via else asked.shown
        if network.source is not None:
            shown = f"{network.source.adapter}: {shown}"
        told.asked.append((clock.now(), shown))
        answer = next((reply for begin, reply in answers.items() if shown.startswith(begin)), silent)
        outcome = answer(asked)
        if outcome is None:
            waited_s = min(deadline_s - clock.now(), timeouts.connect_s)
            await asyncio.sleep(waited_s)
            phase = Phase.WAIT if asked.probe.value in ("icmp", "udp", "dns") else Phase.CONNECT
            kind = {"icmp": "icmp.no_reply", "udp": "udp.no_reply", "dns": "dns.timed_out"}.get(asked.probe.value)
            limit = {"deadline": {"phase": phase.value, "value_s": waited_s, "by": "connect"}}
            times = PhaseTimes(connect=waited_s * 1000)
            return Outcome(times, Fault(kind or "tcp.timed_out", phase, limit), f"{TARGET_IP}:{asked.port}")
        await asyncio.sleep(outcome.phases.total_ms / 1000)
        return outcome

    network: Any = machine or ScriptedMachine()
    course = Course(target, policy or DiagnosisPolicy(), network, clock, ask, keep, earlier=earlier)
    return Ladder("d", course, surroundings or Surroundings(clock), told.events.append)


def diagnosed(answers: dict[str, Answer], **more: Any) -> Told:
    """A whole diagnosis, in virtual time."""
    from support.virtual_time import run

    told = Told()

    async def story() -> None:
        await ladder(answers, told, VirtualClock(), **more).run()

    run(story())
    return told
