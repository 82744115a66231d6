"""Runs a diagnosis: every rung as soon as what it needs is known, trials where they tell something, and a verdict."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from clearline.diagnosis.clues import all_met
from clearline.diagnosis.course import Course, Found, found
from clearline.diagnosis.judge import judge, was_made
from clearline.diagnosis.keeper import VerdictKeeper
from clearline.diagnosis.quality import facts_of_history, facts_of_repeats
from clearline.diagnosis.steps_here import look_at_address, look_at_gateway, look_at_link, look_at_self
from clearline.diagnosis.steps_names import look_at_names
from clearline.diagnosis.steps_way import (
    look_at_application,
    look_at_connection,
    look_at_encryption,
    look_at_http,
    look_at_proxy,
    look_outside,
    make_attempt,
)
from clearline.diagnosis.trials import PLANS, Plan
from clearline.domain.event import DiagnosisEnded, DiagnosisStarted, Event, StepChanged, VerdictChanged
from clearline.domain.ports import Clock
from clearline.domain.verdict import NEEDS_CONSENT, Depth, Saying, Step, StepResult, StepState, Trial

CACHE_S = 15.0
_END_S = 0.2
"""Kept back of the whole time for telling the end."""
_REPEATS, _APART_S = 10, 0.2

Tell = Callable[[Event], None]


@dataclass(frozen=True, slots=True)
class Rung:
    """One step, what must be known before it, and whether it says the same for every target."""

    step: Step
    look: Callable[[Course], Awaitable[Found]]
    needs: tuple[Step, ...] = ()
    limit_s: float = 4.5
    is_shared: bool = False


class Surroundings:
    """What the target-independent steps found, kept for some seconds: many targets are asked about in a row."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._kept: dict[Step, tuple[float, Found]] = {}

    def known(self, step: Step) -> Found | None:
        """What a step found lately; None where it must look again."""
        at_s, kept = self._kept.get(step, (float("-inf"), None))
        return kept if self._clock.now() - at_s < CACHE_S else None

    def keep(self, step: Step, what: Found) -> None:
        """Remember this."""
        self._kept[step] = (self._clock.now(), what)

    def forget(self) -> None:
        """The network of this machine changed."""
        self._kept.clear()


async def compare(course: Course, note: Callable[[], None]) -> Found:
    """All trials that the facts ask for, and again those that their results ask for."""
    await course.is_late.wait()
    made: list[Plan] = []
    told: dict[str, Any] = {}
    running: set[asyncio.Task[None]] = set()

    async def make(plan: Plan) -> None:
        fresh = await plan.make(course)
        told.update(fresh)
        course.facts.update(fresh)
        note()

    async with asyncio.TaskGroup() as tasks:
        running.add(tasks.create_task(_attempted(course)))
        while True:
            for plan in PLANS:
                is_asked = plan not in made and not was_made(plan.trial, course.facts)
                is_fine = plan.trial not in NEEDS_CONSENT or course.may(plan.trial)
                if is_asked and is_fine and any(all_met(when, course.facts) for when in plan.when):
                    made.append(plan)
                    running.add(tasks.create_task(make(plan)))
            if not running:
                break
            done, running = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
    if not made:
        return found(StepState.SKIPPED, "compare.none")
    names = ", ".join(plan.trial.value for plan in made)
    return Found(StepState.OK, Saying("step.compare.ok", {"count": len(made), "trials": names}), told)


async def _attempted(course: Course) -> None:
    await course.attempted.wait()


async def look_at_quality(course: Course) -> Found:
    """Repeated attempts in a full diagnosis; else what the one attempt and the session's earlier ones tell."""
    await course.attempted.wait()
    outcome = course.outcome
    assert outcome is not None  # noqa: S101 (the event is set after it)
    outcomes = [outcome]
    if course.policy.depth is Depth.FULL and outcome.ok:
        for _ in range(_REPEATS - 1):
            await asyncio.sleep(_APART_S)
            outcomes.append(await course.attempt(course.target, 4.0))
    told = facts_of_repeats(outcomes, course.policy.thresholds) | facts_of_history(course.earlier)
    if not outcome.ok:
        return Found(StepState.NOT_REACHED, Saying("step.not_reached"), told)
    bad = next((name for name in _BAD if told.get(name)), "")
    values: dict[str, str | int | float] = {
        "count": len(outcomes),
        "ms": told.get("quality.p50_ms", round(outcome.phases.total_ms, 1)),
        "loss": told.get("quality.loss", 0.0),
    }
    code = _BAD.get(bad, "quality.ok" if len(outcomes) > 1 else "quality.once")
    return Found(StepState.NOTE if bad else StepState.OK, Saying(f"step.{code}", values), told)


_BAD = {
    "quality.is_lossy": "quality.lossy",
    "history.is_flapping": "quality.flapping",
    "quality.is_jittery": "quality.jittery",
    "quality.slow_phase": "quality.slow",
}


class Ladder:
    """One diagnosis from its start to its end. `tell` gets its events, in order."""

    def __init__(self, diagnosis: str, course: Course, surroundings: Surroundings, tell: Tell) -> None:
        self._diagnosis = diagnosis
        self._course = course
        self._surroundings = surroundings
        self._tell_event = tell
        self._keeper = VerdictKeeper()
        self._rungs = self._make_rungs()
        self._done = {rung.step: asyncio.Event() for rung in self._rungs}
        self._began_ms: dict[Step, float] = {}
        self._is_told: set[Step] = set()
        course.say = self._say

    def _make_rungs(self) -> tuple[Rung, ...]:
        async def looked(course: Course) -> Found:
            return await compare(course, self._judge)

        full_s = self._course.policy.limit_s
        # Figures taken while the line is busy on purpose would be nobody's.
        quiet = (Step.COMPARE,) if self._course.may(Trial.LOAD) else ()
        return (
            Rung(Step.SELF, look_at_self, is_shared=True),
            Rung(Step.LINK, look_at_link, limit_s=3.0, is_shared=True),
            Rung(Step.ADDRESS, look_at_address, (Step.LINK,)),
            Rung(Step.GATEWAY, look_at_gateway, (Step.LINK,), limit_s=5.0, is_shared=True),
            Rung(Step.NAME, look_at_names, limit_s=full_s),
            Rung(Step.INTERNET, look_outside, is_shared=True),
            Rung(Step.PROXY, look_at_proxy, limit_s=full_s),
            Rung(Step.CONNECT, look_at_connection, limit_s=full_s),
            Rung(Step.COMPARE, looked, limit_s=full_s),
            Rung(Step.TLS, look_at_encryption, limit_s=full_s),
            Rung(Step.HTTP, look_at_http, limit_s=full_s),
            Rung(Step.APPLICATION, look_at_application, limit_s=full_s),
            Rung(Step.QUALITY, look_at_quality, quiet, limit_s=full_s),
        )

    async def run(self) -> None:
        """Climb. Ends within the limit of its policy; a cancellation goes through and is told."""
        course = self._course
        steps = tuple(rung.step for rung in self._rungs)
        self._tell(
            DiagnosisStarted(
                at_s=course.clock.now(),
                diagnosis=self._diagnosis,
                target=course.target.masked,
                policy=course.policy.masked,
                steps=steps,
            )
        )
        reason = "failed"
        try:
            try:
                async with asyncio.timeout(course.policy.limit_s - _END_S), asyncio.TaskGroup() as tasks:
                    tasks.create_task(make_attempt(course))
                    tasks.create_task(self._tell_lateness())
                    for rung in self._rungs:
                        tasks.create_task(self._climb(rung))
            except TimeoutError:
                self._give_up()
            reason = "done"
        except asyncio.CancelledError:
            reason = "stopped"
            raise
        finally:
            self._judge(is_final=reason == "done")
            self._tell(DiagnosisEnded(at_s=course.clock.now(), diagnosis=self._diagnosis, reason=reason))

    async def _tell_lateness(self) -> None:
        """Say soon what is waited for."""
        await self._course.is_late.wait()
        self._judge()
        await self._course.attempted.wait()
        self._judge()

    async def _climb(self, rung: Rung) -> None:
        for step in rung.needs:
            await self._done[step].wait()
        began_ms = self._began_ms[rung.step] = self._course.elapsed_ms
        self._say(rung.step)
        what = self._surroundings.known(rung.step) if rung.is_shared else None
        if what is None:
            try:
                async with asyncio.timeout(rung.limit_s):
                    what = await rung.look(self._course)
                if rung.is_shared:
                    self._surroundings.keep(rung.step, what)
            except TimeoutError:
                what = found(StepState.UNTESTED, "no_time")
        self._finish(rung.step, what, began_ms)

    def _say(self, step: Step, saying: Saying | None = None) -> None:
        """A step runs, and may say how far it is."""
        self._tell_step(StepResult(step, StepState.RUNNING, saying, round(self._began_ms[step], 1)))

    def _finish(self, step: Step, what: Found, began_ms: float) -> None:
        course = self._course
        course.facts.update(what.facts)
        began = began_ms if what.began_ms is None else what.began_ms
        took = course.elapsed_ms - began_ms if what.took_ms is None else what.took_ms
        self._is_told.add(step)
        self._done[step].set()
        self._tell_step(StepResult(step, what.state, what.said, round(began, 1), round(took, 1), what.facts))
        self._judge()

    def _give_up(self) -> None:
        """Time is over: whatever has not ended was not tested."""
        for rung in self._rungs:
            if rung.step not in self._is_told:
                self._finish(rung.step, found(StepState.UNTESTED, "no_time"), self._course.elapsed_ms)

    def _judge(self, *, is_final: bool = False) -> None:
        verdict = self._keeper.offer(judge(self._course.facts), is_final=is_final)
        if verdict is not None:
            self._tell(
                VerdictChanged(
                    at_s=self._course.clock.now(), diagnosis=self._diagnosis, verdict=verdict, is_final=is_final
                )
            )

    def _tell_step(self, result: StepResult) -> None:
        self._tell(StepChanged(at_s=self._course.clock.now(), diagnosis=self._diagnosis, result=result))

    def _tell(self, event: Event) -> None:
        self._tell_event(event)
