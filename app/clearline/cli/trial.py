"""A short session of the real engine process on the practice lab, for the self-test: every kind of probe once."""

import asyncio
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from clearline.domain.command import StartSession
from clearline.domain.event import AnyEvent, AttemptEnded, CheckEnded
from clearline.domain.outcome import Outcome
from clearline.domain.plan import Plan, new_target
from clearline.domain.problem import Problem
from clearline.domain.target import Probe, Target
from clearline.engine.process.client import EngineClient, EngineState, EngineStatus, engine_argv
from clearline.host.clock import ticks_s, wall_s

LAB = "quiet"
"""The scenario in which nothing breaks."""
OF_THIS_MACHINE = ("icmp://127.0.0.1", "path://127.0.0.1", "mtu://127.0.0.1", "h3://127.0.0.1:1")
"""Probes that the lab has no server for; the last asks a port that is closed."""
TOLD_OF_A_CLOSED_PORT = {Probe.H3: ("udp.port_unreachable", "h3.handshake_failed.timed_out")}
"""What proves such a probe: Linux and Windows tell of the closed port, macOS may keep silent."""
PACE_S = 0.3
TRIES_EACH = 3
"""Undisturbed, of every target of the lab, so that its graph has a line; one of those that take long."""
WITHIN_S = 30.0


@dataclass
class Trial:
    """What came of it."""

    outcomes: dict[str, Outcome] = field(default_factory=dict)
    """The latest of each target, by id."""
    by_probe: dict[Probe, Outcome] = field(default_factory=dict)
    """Of each kind of probe a success where there was one, else the latest."""
    checks: int = 0
    attempts: int = 0
    waiting: tuple[str, ...] = ()
    """Targets without enough tries when the time was over."""
    problem: Problem | None = None
    """Why the engine did not work."""
    took_s: float = 0.0
    """From the start of the process to its end."""

    def keep(self, target: Target, outcome: Outcome) -> None:
        """Note how an attempt went."""
        self.outcomes[target.id] = outcome
        known = self.by_probe.get(target.probe)
        if known is None or not known.ok:
            self.by_probe[target.probe] = outcome


async def try_engine(lab: Plan, session: Path) -> Trial:
    """Record the lab's targets and this machine's own probes into `session` until each was checked some times."""
    trial = Trial()
    own = [new_target(address) for address in OF_THIS_MACHINE]
    # At one pace: those of the lab may have a slower one of their own.
    tried = [msgspec.structs.replace(target, interval_s=PACE_S) for target in (*lab.targets, *own)]
    targets = {target.id: target for target in tried}
    missing = {**dict.fromkeys(targets, TRIES_EACH), **{target.id: 1 for target in own}}
    is_over = asyncio.Event()

    def hear(events: Sequence[AnyEvent]) -> None:
        for event in events:
            if isinstance(event, AttemptEnded):
                trial.attempts += 1
                if not event.is_disturbed:  # What was stopped, or measured while this machine was busy, proves nothing.
                    trial.keep(targets[event.target], event.outcome)
                    missing[event.target] -= 1
            elif isinstance(event, CheckEnded):
                trial.checks += 1
        if all(count <= 0 for count in missing.values()):
            is_over.set()

    def see(state: EngineState) -> None:
        # One that died once is as bad here as one that gave up.
        if state.status in (EngineStatus.RESTARTING, EngineStatus.FAILED):
            trial.problem = state.problem
            is_over.set()

    client = EngineClient(engine_argv(), hear, see)
    began_s = ticks_s()
    plan = msgspec.structs.replace(lab, targets=tuple(tried))
    await client.start(StartSession(session_id=secrets.token_hex(8), path=str(session), wall_s=wall_s(), plan=plan))
    try:
        async with asyncio.timeout(WITHIN_S):
            await is_over.wait()
    except TimeoutError:
        trial.waiting = tuple(targets[each].label for each, count in missing.items() if count > 0)
    finally:
        await client.stop()
    trial.took_s = ticks_s() - began_s
    return trial
