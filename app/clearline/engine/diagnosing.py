"""The diagnoses of a session: started and stopped by command, told as events, fed with what the session has seen."""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from clearline.diagnosis.course import Course
from clearline.diagnosis.ladder import Ladder, Surroundings
from clearline.domain.command import Diagnose, StopDiagnosis
from clearline.domain.event import AttemptEnded, Event, NetworkChanged, PlanApplied, TesterDisturbed
from clearline.domain.outcome import Outcome
from clearline.domain.ports import Clock
from clearline.domain.target import Target
from clearline.engine.probe_call import ProbeCall
from clearline.net.network import Network
from clearline.probes.keeping import keeping
from clearline.resilience.supervisor import Supervisor

KEPT_OUTCOMES = 300
"""Of each target: enough to see a rhythm in its failures (probing.md, 3.5)."""
_AWAY_S = 30.0


class Diagnoser:
    """Runs diagnoses beside the checks. Everything happens on the engine's loop."""

    def __init__(
        self,
        network: Network,
        clock: Clock,
        probe: ProbeCall,
        supervisor: Supervisor,
        tell: Callable[[Event], None],
    ) -> None:
        self._network = network
        self._clock = clock
        self._probe = probe
        self._supervisor = supervisor
        self._tell = tell
        self._surroundings = Surroundings(clock)
        self._running: dict[str, asyncio.Task[None]] = {}
        self._outcomes: dict[str, deque[Outcome]] = {}
        self._away_s = float("-inf")

    def hear(self, event: Event) -> None:
        """What the session sees feeds the next diagnosis."""
        match event:
            case AttemptEnded() if not event.is_disturbed:
                kept = self._outcomes.setdefault(event.target, deque(maxlen=KEPT_OUTCOMES))
                kept.append(event.outcome)
            case PlanApplied():
                self._keep_only(event.plan.targets)
            case NetworkChanged():
                self._surroundings.forget()
            case TesterDisturbed():
                self._away_s = event.at_s
                self._surroundings.forget()

    def apply(self, command: Diagnose | StopDiagnosis) -> None:
        """Begin one, or stop it where it is; nothing happens where it has ended."""
        if (task := self._running.get(command.diagnosis)) is not None:
            task.cancel()
        if isinstance(command, Diagnose):
            self._start(command)

    def _start(self, command: Diagnose) -> None:
        was_away = self._clock.now() - self._away_s < _AWAY_S
        known: dict[str, Any] = {"self.was_away": True} if was_away else {}
        earlier = tuple(self._outcomes.get(command.target.id, ()))
        course = Course(
            command.target, command.policy, self._network, self._clock, self._probe, keeping, known, earlier
        )
        ladder = Ladder(command.diagnosis, course, self._surroundings, self._tell)
        task = self._supervisor.start(ladder.run(), name=f"diagnosis {command.diagnosis}")
        self._running[command.diagnosis] = task
        task.add_done_callback(partial(self._forget, command.diagnosis))

    def _keep_only(self, targets: Sequence[Target]) -> None:
        """Forget what was seen of others."""
        self._outcomes = {target.id: kept for target in targets if (kept := self._outcomes.get(target.id))}

    def _forget(self, diagnosis: str, task: "asyncio.Task[None]") -> None:
        if self._running.get(diagnosis) is task:
            del self._running[diagnosis]
