"""Runs a plan: starts each check when it is due, watches its own health, and tells everything as events."""

import asyncio
import heapq
import itertools
from collections.abc import Callable, Coroutine, Iterable, Sequence
from typing import Any

from clearline.domain.command import (
    ApplyPlan,
    CheckNow,
    Command,
    Diagnose,
    DropMarker,
    NoteLabFault,
    Progress,
    ResetBreaker,
    StartSession,
    StopDiagnosis,
    WatchOutside,
)
from clearline.domain.event import (
    BreakerChanged,
    BreakerState,
    CheckEnded,
    CheckMissed,
    CommandRefused,
    EngineReported,
    Event,
    Health,
    NetworkChanged,
    PlanApplied,
    TesterDisturbed,
)
from clearline.domain.plan import Plan, validate_plan
from clearline.domain.ports import Clock, EventSink, Random
from clearline.domain.problem import Problem
from clearline.domain.profile import Profile
from clearline.domain.target import Target
from clearline.domain.verdict import validate_outside
from clearline.engine.checks import Checks
from clearline.engine.diagnosing import Diagnoser
from clearline.engine.health import TICK_S, HealthWatch
from clearline.engine.late_replies import LateReplies
from clearline.engine.long_run import LongRun
from clearline.engine.network_watch import Look, NetworkWatch
from clearline.engine.own_side import OwnSideWatch
from clearline.engine.probe_call import Ask, ProbeCall
from clearline.engine.recording import Recorder, fares
from clearline.engine.schedule import MOST_MISSED, MOST_OUTSTANDING, Slot, offsets
from clearline.engine.spares import alternates
from clearline.engine.target_run import TargetRun
from clearline.host.clock import suspended_s
from clearline.net.network import Network
from clearline.resilience.supervisor import Report, Supervisor

REPORT_S = 1.0
VITAL_TASKS = ("schedule", "health")
"""Names of the tasks without which nothing is measured."""


class Engine:
    """Owns one session's targets, breakers and tasks. Everything happens on the loop that `start` is called on.

    `report_defect` hears of tasks that broke: a check that did is lost, but one of VITAL_TASKS ends the measuring, so
    the owner must end the session. `recorder` is only asked how it fares.
    """

    def __init__(
        self,
        clock: Clock,
        random: Random,
        network: Network,
        sink: EventSink,
        probe: ProbeCall,
        *,
        recorder: Recorder | None = None,
        report_defect: Report,
        slept_s: Callable[[], float] = suspended_s,
        look_around: Look | None = None,
    ) -> None:
        self._clock = clock
        self._random = random
        self._network = network
        self._sink = sink
        self._recorder = recorder
        self._slept_s = slept_s
        self._health = HealthWatch(clock.now(), clock.wall(), slept_s())
        self._surroundings = NetworkWatch(look_around, clock, self._tell) if look_around else None
        self._own_side = (
            OwnSideWatch(lambda: surroundings.seen, probe, network, clock, self._tell)
            if (surroundings := self._surroundings)
            else None
        )
        self._open_keys: set[str] = set()
        self._supervisor = Supervisor(report_defect)
        late = LateReplies(self._supervisor, clock, sink)
        self._checks = Checks(probe, network, clock, random, was_disturbed=self._was_disturbed, late=late.listen)
        self._diagnoser = Diagnoser(network, clock, probe, self._supervisor, self._tell)
        self._runs: dict[str, TargetRun] = {}
        self._due: list[tuple[float, int, str]] = []
        self._serials = itertools.count(1)
        self._wake = asyncio.Event()
        self._ended_checks = 0
        self._reported_s = clock.now()
        self._is_stopped = False

    async def start(self, session: StartSession) -> None:
        """Begin the session, or go on with one, and run its plan."""
        now_s = self._reported_s = self._clock.now()
        self._health = HealthWatch(now_s, self._clock.wall(), self._slept_s())
        self._checks.session_id = session.session_id
        self._tell(session.at(now_s))
        if session.is_resumed:
            self._tell(TesterDisturbed(at_s=now_s, health=Health.NOT_RUNNING, from_s=session.lost_s))
        self._take_plan(session.plan, session.progress, now_s)
        for name, work in zip(VITAL_TASKS, (self._keep_schedule(), self._keep_health()), strict=True):
            _ = self._supervisor.start(work, name=name)
        if self._surroundings:
            _ = self._supervisor.start(self._surroundings.keep(), name="network")
        if self._own_side:
            self._own_side.watch_outside(session.points)
            _ = self._supervisor.start(self._own_side.keep(), name="own side")

    def apply(self, command: Command) -> None:
        """Do what a command says, or say as CommandRefused why not. Ignored after the stop."""
        if self._is_stopped:
            return
        match command:
            case ApplyPlan(plan=plan):
                self._take_plan(plan, {}, self._clock.now())
            case WatchOutside(points=points):
                if self._own_side:
                    self._own_side.watch_outside(points)
            case CheckNow(targets=targets):
                for target_id in targets:
                    self._check_now(target_id)
            case DropMarker() | NoteLabFault():
                self._tell(command.at(self._clock.now()))
            case ResetBreaker(key=key):
                if breaker := self._checks.breakers.find(key):
                    self._tell(*breaker.close(self._clock.now()))
                else:
                    self._refuse("engine.no_breaker", key=key)
            case Diagnose(policy=policy) if problems := validate_outside(policy.outside):
                self._refuse_all(problems)
            case Diagnose() | StopDiagnosis():
                self._diagnoser.apply(command)
            case _:
                self._refuse("engine.unexpected_command", command=type(command).__name__)

    async def stop(self, timeout_s: float = 1.0) -> None:
        """Stop everything and wait for the ends; nothing is emitted afterwards. Idempotent."""
        self._is_stopped = True
        await self._supervisor.stop(timeout_s)
        self._checks.close()

    # --- the plan

    def _take_plan(self, plan: Plan, progress: dict[str, Progress], now_s: float) -> None:
        if problems := validate_plan(plan):
            self._refuse_all(problems)
            return
        self._tell(PlanApplied(at_s=now_s, plan=plan))
        wanted = {target.id: target for target in plan.targets}
        for target_id in self._runs.keys() - wanted.keys():
            self._runs.pop(target_id).stop()
        changed = [run for target_id, run in self._runs.items() if run.change(wanted[target_id], plan)]
        intervals_s = [plan.interval_of(run.target) for run in changed]
        for run, interval_s, delay_s in zip(changed, intervals_s, offsets(intervals_s), strict=True):
            run.schedule.restart(now_s + delay_s, interval_s)
            self._enter(run)
        new = [target for target in plan.targets if target.id not in self._runs]
        delays_s = offsets([plan.interval_of(target) for target in new])
        for target, delay_s in zip(new, delays_s, strict=True):
            first = self._missed_meanwhile(target, plan, progress.get(target.id), now_s)
            run = TargetRun(target, plan, now_s + delay_s, self._random, first)
            self._runs[target.id] = run
            self._enter(run)
        self._set_policies(now_s)
        self._wake.set()

    def _set_policies(self, now_s: float) -> None:
        """Known breakers go on by the new rules with all they know; those that nothing asks any more are forgotten."""
        keys, origins = set(), set()
        for run in self._runs.values():
            origins.add(run.target.origin)
            for target in (run.target, *alternates(run.target)):
                keys.add(target.breaker_key)
                breaker = self._checks.breakers.find(target.breaker_key)
                if breaker is not None and breaker.policy != run.profile.breaker:
                    self._tell(*breaker.set_policy(run.profile.breaker, now_s))
        self._checks.origins.keep_only(origins)
        self._tell(*self._checks.breakers.keep_only(keys, now_s))
        self._open_keys &= keys

    def _missed_meanwhile(self, target: Target, plan: Plan, last: Progress | None, now_s: float) -> int:
        """The number a target goes on with after a crash; the slots that fell due meanwhile are told as missed."""
        if last is None:
            return 0
        interval_s = plan.interval_of(target)
        behind = 0 if target.is_paused else max(0, int((now_s - last.due_s) / interval_s))
        for step in range(1, min(behind, MOST_MISSED) + 1):
            due_s = last.due_s + step * interval_s
            self._miss(target.id, Slot(last.check + step, due_s), Health.NOT_RUNNING)
        # One more than what is known of: the last check may have ended unheard.
        return last.check + behind + 2

    # --- the schedule

    def _enter(self, run: TargetRun) -> None:
        """Put the target's next slot into the heap; an older entry of it is void. A long connection has no slots."""
        run.entry = next(self._serials)
        if run.is_long:
            self._keep_line(run)
        elif not run.target.is_paused:
            heapq.heappush(self._due, (run.schedule.slot.due_s, run.entry, run.target.id))

    def _keep_line(self, run: TargetRun) -> None:
        """Have the target's long connection kept, or none while it is paused."""
        if run.target.is_paused:
            run.stop()
        elif run.line is not None:
            run.line.hurry()
        else:
            line = LongRun(run, self._network, self._clock, self._random, self._tell, self._check)
            run.line = line
            run.keeper = self._supervisor.start(line.keep(), name=f"connection of {run.target.id}")

    async def _keep_schedule(self) -> None:
        while True:
            self._start_due()
            self._wake.clear()
            delay_s = self._due[0][0] - self._clock.now() if self._due else None
            try:
                async with asyncio.timeout(delay_s):
                    await self._wake.wait()
            except TimeoutError:
                continue

    def _start_due(self) -> None:
        now_s = self._clock.now()
        if self._health.is_late(now_s):
            # The reading that explains a stall must come before the slots that fell into it are judged.
            self._read_clocks()
        while self._due and self._due[0][0] <= now_s:
            _, entry, target_id = heapq.heappop(self._due)
            run = self._runs.get(target_id)
            if run is None or run.entry != entry:
                continue
            for missed in run.schedule.miss(now_s):
                self._miss(target_id, missed, self._health.disturbance(missed.due_s, now_s) or Health.BUSY)
            if (slot := run.schedule.slot).due_s <= now_s:
                run.schedule.advance()
                if run.is_full:
                    self._miss(target_id, slot, "outstanding")
                elif run.is_to_be_left_alone(now_s):
                    self._miss(target_id, slot, "retry_after")
                else:
                    self._begin(run, slot)
            self._enter(run)

    def _miss(self, target_id: str, slot: Slot, reason: str) -> None:
        now_s = self._clock.now()
        self._tell(CheckMissed(at_s=now_s, target=target_id, check=slot.number, due_s=slot.due_s, reason=reason))

    def _check_now(self, target_id: str) -> None:
        run = self._runs.get(target_id)
        if run is None:
            self._refuse("engine.no_target", target=target_id)
        elif run.is_long and run.line is not None:
            run.line.hurry(is_to_beat=True)
        elif len(run.checks) >= MOST_OUTSTANDING:
            self._refuse("engine.target_busy", target=run.target.label, count=str(len(run.checks)))
        else:
            self._begin(run, Slot(run.schedule.take_number(), self._clock.now()), is_wanted=True)

    def _begin(self, run: TargetRun, slot: Slot, *, is_wanted: bool = False) -> None:
        check = self._check(run, slot, run.profile, is_wanted=is_wanted)
        task = self._supervisor.start(check, name=f"check {slot.number} of {run.target.id}")
        run.checks.add(task)
        task.add_done_callback(run.checks.discard)

    def _check(
        self, run: TargetRun, slot: Slot, profile: Profile, ask: Ask | None = None, *, is_wanted: bool = False
    ) -> Coroutine[Any, Any, CheckEnded]:
        """A whole check of a target. `ask` makes its attempts in another way than by one probe each."""
        target = run.target
        origin = self._checks.origins.get(target.origin, profile.budget)

        def tell(event: Event) -> None:
            self._tell(event)
            self._tell(*run.hear(event, profile, origin))

        return self._checks.run(
            target,
            profile,
            slot.number,
            slot.due_s,
            tell,
            ask=ask,
            answered_s=run.answered_s,
            is_wanted=is_wanted,
        )

    # --- health

    async def _keep_health(self) -> None:
        while True:
            await asyncio.sleep(TICK_S)
            self._read_clocks()
            now_s = self._clock.now()
            if now_s - self._reported_s >= REPORT_S - TICK_S / 2:
                self._report(now_s)

    def _read_clocks(self) -> None:
        found = self._health.sample(self._clock.now(), self._clock.wall(), self._slept_s())
        self._tell(*found)
        for run in self._runs.values() if found else ():
            if run.line is not None:
                run.line.hear(found)

    def _was_disturbed(self, from_s: float, to_s: float) -> bool:
        if self._health.is_late(to_s):
            self._read_clocks()
        is_moving = self._surroundings is not None and self._surroundings.was_changing(from_s, to_s)
        return is_moving or self._health.disturbance(from_s, to_s) is not None

    def _report(self, now_s: float) -> None:
        for key in tuple(self._open_keys):
            # A breaker whose target is paused is asked by nobody, but its open time ends all the same.
            if breaker := self._checks.breakers.find(key):
                self._tell(*breaker.tick(now_s))
        self._tell(
            EngineReported(
                at_s=now_s,
                checks_per_s=self._ended_checks / (now_s - self._reported_s),
                loop_lag_ms=self._health.take_lag_ms(),
                outstanding=sum(len(run.checks) for run in self._runs.values()),
                **fares(self._recorder),
            )
        )
        self._ended_checks = 0
        self._reported_s = now_s

    # --- events

    def _refuse_all(self, problems: Sequence[Problem]) -> None:
        for problem in problems:
            self._refuse(problem.code, **problem.values)

    def _refuse(self, code: str, **values: str) -> None:
        self._tell(CommandRefused(at_s=self._clock.now(), code=code, values=values))

    def _tell(self, *events: Event) -> None:
        if events:
            self._note(events)
            self._sink.emit(events)

    def _note(self, events: Iterable[Event]) -> None:
        for event in events:
            self._diagnoser.hear(event)
            if self._own_side:
                self._own_side.hear(event)
            if isinstance(event, CheckEnded):
                self._ended_checks += 1
            elif isinstance(event, BreakerChanged):
                keep = self._open_keys.add if event.after is BreakerState.OPEN else self._open_keys.discard
                keep(event.key)
            elif isinstance(event, NetworkChanged) and event.is_of_machine:
                # Kept connections may lead over an adapter or a VPN that is gone.
                self._checks.close()
