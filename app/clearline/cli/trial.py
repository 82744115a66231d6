"""A short session of the real engine process on the practice lab, for the self-test: every kind of probe once."""

import asyncio
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from clearline.domain.command import StartSession
from clearline.domain.event import AnyEvent, AttemptEnded, CheckEnded, CheckMissed
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
"""Undisturbed, of every target of the lab; one of those that take long."""
LINE = 3
"""Successes in slots one after the other make a line in a graph. One target with a line is enough."""
WITHIN_S = 60.0
"""About three seconds on a quiet computer. On a busy one many an attempt counts for nothing."""


@dataclass
class Trial:
    """What came of it."""

    outcomes: dict[str, Outcome] = field(default_factory=dict)
    """The latest of each target, by id."""
    by_probe: dict[Probe, Outcome] = field(default_factory=dict)
    """Of each kind of probe a success where there was one, else the latest."""
    checks: int = 0
    attempts: int = 0
    disturbed: int = 0
    """Of the attempts those that prove nothing: stopped, or measured while this computer was busy."""
    missed: int = 0
    """Slots that passed without an attempt."""
    longest: int = 0
    """So many successes of one target came in slots one after the other."""
    waiting: tuple[str, ...] = ()
    """Targets without enough tries when the time was over."""
    problem: Problem | None = None
    """Why the engine did not work."""
    took_s: float = 0.0
    """From the start of the process to its end."""

    in_a_row: dict[str, tuple[int, int]] = field(default_factory=dict)
    """Of each target the slot of its latest attempt, and how many successes there were without a gap up to it."""

    @property
    def is_too_busy(self) -> bool:
        """Did this computer have no time to measure? Then what is missing says nothing of Clearline."""
        return self.disturbed + self.missed > 0 and (bool(self.waiting) or self.longest < LINE)

    def spoil(self, target: Target) -> None:
        """Note an attempt that proves nothing."""
        self.disturbed += 1
        self.in_a_row.pop(target.id, None)

    def keep(self, target: Target, outcome: Outcome, check: int) -> None:
        """Note how the attempt of a slot went."""
        self.outcomes[target.id] = outcome
        latest, count = self.in_a_row.get(target.id, (-1, 0))
        count = (count if check == latest + 1 else 0) + 1 if outcome.ok else 0
        self.in_a_row[target.id] = check, count
        self.longest = max(self.longest, count)
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
                if event.is_disturbed:
                    trial.spoil(targets[event.target])
                else:
                    trial.keep(targets[event.target], event.outcome, event.check)
                    missing[event.target] -= 1
            elif isinstance(event, CheckEnded):
                trial.checks += 1
            elif isinstance(event, CheckMissed):
                trial.missed += 1
        if all(count <= 0 for count in missing.values()) and trial.longest >= LINE:
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
