"""The engine on virtual time, with scripted answers."""

import asyncio
import itertools
import random
from collections.abc import Awaitable, Callable, Sequence

import msgspec

from clearline.domain.command import (
    ApplyPlan,
    CheckNow,
    Diagnose,
    DropMarker,
    NoteLabFault,
    Progress,
    ResetBreaker,
    StartSession,
    StopSession,
    WatchOutside,
)
from clearline.domain.event import (
    AttemptEnded,
    BreakerChanged,
    BreakerState,
    CheckEnded,
    CheckMissed,
    CommandRefused,
    DiagnosisStarted,
    EngineReported,
    Event,
    Health,
    LabFaultChanged,
    MarkerDropped,
    PlanApplied,
    Result,
    SessionStarted,
)
from clearline.domain.event import TesterDisturbed as Disturbed  # pytest would collect it by its own name
from clearline.domain.fault import Fault
from clearline.domain.outcome import Outcome
from clearline.domain.phase import Phase, PhaseTimes
from clearline.domain.plan import Plan
from clearline.domain.profile import BreakerPolicy, Profile, RetryPolicy, Timeouts
from clearline.domain.target import Target
from clearline.domain.verdict import DiagnosisPolicy, Outside
from clearline.engine.engine import Engine
from clearline.net.machine_state import Machine
from support.virtual_time import VirtualClock, VirtualLoop, run

ONCE = Profile(
    "once",
    timeouts=Timeouts(attempt_s=2.0, total_s=2.0, connect_s=2.0),
    retry=RetryPolicy(attempts=1),
    breaker=BreakerPolicy(streak=3, open_s=5.0),
)
OK = Outcome(PhaseTimes(connect=10.0))
REFUSED = Outcome(PhaseTimes(connect=1.0), Fault("tcp.refused", Phase.CONNECT))


class NoJitter:
    """Chance that moves no due time."""

    def random(self) -> float:
        return 0.5


class Stage:
    """An engine, what it says, and what its targets answer."""

    def __init__(self, chance: object | None = None, machine: Machine | None = None) -> None:
        self.clock = VirtualClock()
        self.events: list[Event] = []
        self.defects: list[tuple[str, BaseException]] = []
        self.slept_s = 0.0
        self.answers: dict[str, Outcome | Exception] = {}
        self.takes_s: dict[str, float] = {}
        self.cancelled: list[str] = []
        self.asked: list[str] = []

        async def look_around() -> Machine:
            assert machine is not None
            return machine

        self.engine = Engine(
            self.clock,
            chance or NoJitter(),
            None,
            self,
            self._probe,
            report_defect=lambda name, error: self.defects.append((name, error)),
            slept_s=lambda: self.slept_s,
            look_around=look_around if machine is not None else None,
        )

    def emit(self, events: Sequence[Event]) -> None:
        self.events.extend(events)

    def of(self, kind: type, target: str | None = None) -> list:
        return [e for e in self.events if isinstance(e, kind) and target in (None, getattr(e, "target", None))]

    async def start(self, plan: Plan, **fields: object) -> None:
        await self.engine.start(StartSession(session_id="s", path="", wall_s=1e9, plan=plan, **fields))

    def stall(self, seconds: float, *, asleep: bool = False) -> None:
        """The loop stands still for so long."""
        loop = asyncio.get_running_loop()
        assert isinstance(loop, VirtualLoop)
        loop.virtual_s += seconds
        self.slept_s += seconds if asleep else 0.0

    async def _probe(self, target, timeouts, deadline_s, network, clock) -> Outcome:
        self.asked.append(target.address)
        try:
            await asyncio.sleep(self.takes_s.get(target.id, 0.01))
        except asyncio.CancelledError:
            self.cancelled.append(target.id)
            raise
        answer = self.answers.get(target.id, OK)
        if isinstance(answer, Exception):
            raise answer
        return answer


def target(key: str, **fields: object) -> Target:
    return Target(id=key, address=f"tcp://{key}.test:80", profile="once", **fields)


def plan_of(*targets: Target, interval_s: float = 1.0, profile: Profile = ONCE) -> Plan:
    return Plan(targets=targets, profiles=(profile,), interval_s=interval_s)


def play(story: Callable[[Stage], Awaitable[None]], **options: object) -> Stage:
    """Run a story with an engine that is stopped at its end."""

    async def whole() -> Stage:
        stage = Stage(**options)
        await story(stage)
        await stage.engine.stop()
        return stage

    return run(whole())


def test_it_tells_the_session_and_the_plan_before_anything_else() -> None:
    async def story(stage: Stage) -> None:
        await stage.start(plan_of(target("a")))
        await asyncio.sleep(0.5)

    stage = play(story)
    assert [type(event) for event in stage.events[:2]] == [SessionStarted, PlanApplied]


def test_it_checks_at_every_due_time_to_the_exact_second() -> None:
    async def story(stage: Stage) -> None:
        await stage.start(plan_of(target("a")))
        await asyncio.sleep(3.5)

    ended = play(story).of(CheckEnded)
    assert [(event.check, event.due_s, event.started_s) for event in ended] == [(k, k, k) for k in range(4)]


def test_it_spreads_targets_and_keeps_each_on_its_own_phase() -> None:
    async def story(stage: Stage) -> None:
        await stage.start(plan_of(*(target(name) for name in "abcd")))
        await asyncio.sleep(2.9)

    stage = play(story)
    phases = [stage.of(CheckEnded, name)[0].due_s for name in "abcd"]
    assert all(later - earlier > 0.1 for earlier, later in itertools.pairwise(sorted(phases)))
    for name, phase in zip("abcd", phases, strict=True):
        assert [round(event.due_s - phase, 9) for event in stage.of(CheckEnded, name)][:2] == [0.0, 1.0]


def test_it_does_not_drift_when_every_slot_is_jittered() -> None:
    async def story(stage: Stage) -> None:
        await stage.start(plan_of(target("a")))
        await asyncio.sleep(300.5)

    ended = play(story, chance=random.Random(7)).of(CheckEnded)
    assert len(ended) == 301
    assert all(abs(event.due_s - event.check) <= 0.1 for event in ended)


def test_it_goes_on_while_a_check_is_outstanding() -> None:
    async def story(stage: Stage) -> None:
        stage.takes_s["a"] = 1.5
        await stage.start(plan_of(target("a")))
        await asyncio.sleep(3.9)

    starts = [event.started_s for event in play(story).of(AttemptEnded) if not event.is_disturbed]
    assert starts == [0.0, 1.0, 2.0]


def test_it_tells_a_slot_as_missed_when_too_many_checks_are_outstanding() -> None:
    async def story(stage: Stage) -> None:
        stage.takes_s["a"] = 1.9
        await stage.start(plan_of(target("a"), interval_s=0.5))
        await asyncio.sleep(2.2)

    stage = play(story)
    assert stage.of(CheckMissed) == []

    async def slower(stage: Stage) -> None:
        stage.takes_s["a"] = 1.9
        await stage.start(plan_of(target("a", interval_s=0.5), profile=msgspec.structs.replace(ONCE, timeouts=SHORT)))
        await asyncio.sleep(1.1)

    missed = play(slower).of(CheckMissed)
    assert [(event.check, event.reason) for event in missed] == [(2, "outstanding")]


SHORT = Timeouts(attempt_s=1.0, total_s=1.0, connect_s=1.0)


def test_it_tells_slots_that_fell_into_a_stall_as_missed_and_why() -> None:
    async def story(stage: Stage) -> None:
        await stage.start(plan_of(target("a")))
        await asyncio.sleep(1.5)
        stage.stall(3.0)
        await asyncio.sleep(1.0)

    stage = play(story)
    assert [(event.check, event.reason) for event in stage.of(CheckMissed)] == [(2, Health.BUSY), (3, Health.BUSY)]
    assert [event.check for event in stage.of(CheckEnded)] == [0, 1, 4, 5]
    assert stage.of(CheckEnded)[2].late_s == 0.5


def test_it_knows_sleep_from_a_busy_machine() -> None:
    async def story(stage: Stage) -> None:
        await stage.start(plan_of(target("a")))
        await asyncio.sleep(1.5)
        stage.stall(3600.0, asleep=True)
        await asyncio.sleep(1.0)

    stage = play(story)
    assert {event.reason for event in stage.of(CheckMissed)} == {Health.ASLEEP}
    assert len(stage.of(CheckMissed)) == 20, "a flood of missed slots helps nobody"
    assert stage.of(CheckEnded)[-1].check == 3602
    asleep = [event for event in stage.of(Disturbed) if event.health is Health.ASLEEP]
    assert [round(event.at_s - event.from_s) for event in asleep] == [3600]


def test_it_loses_nothing_when_the_clock_is_set_back() -> None:
    async def story(stage: Stage) -> None:
        await stage.start(plan_of(target("a")))
        await asyncio.sleep(1.5)
        stage.clock.set(-3600.0)
        await asyncio.sleep(2.0)

    stage = play(story)
    assert [(event.check, event.due_s) for event in stage.of(CheckEnded)] == [(k, k) for k in range(4)]
    assert stage.of(CheckMissed) == []
    assert [(event.health, round(event.lag_ms)) for event in stage.of(Disturbed)] == [
        (Health.CLOCK_STEPPED, -3_600_000)
    ]
    times = [event.at_s for event in stage.events]
    assert times == sorted(times)


def test_it_reads_its_clocks_before_it_judges_a_slot_that_comes_first_after_a_gap() -> None:
    async def story(stage: Stage) -> None:
        await stage.start(plan_of(target("a", interval_s=0.99)))
        await asyncio.sleep(1.97)  # The slot is due at 1.98, the next reading of the clocks at 2.00.
        stage.stall(60.0, asleep=True)
        await asyncio.sleep(0.1)

    assert {event.reason for event in play(story).of(CheckMissed)} == {Health.ASLEEP}


def test_it_reads_its_clocks_before_it_judges_an_attempt_that_ends_first_after_a_stall() -> None:
    async def story(stage: Stage) -> None:
        stage.takes_s["a"] = 0.31
        await stage.start(plan_of(target("a")))
        await asyncio.sleep(0.305)
        stage.stall(0.2)
        await asyncio.sleep(0.1)

    (ended,) = play(story).of(AttemptEnded)
    assert ended.is_disturbed


def test_it_marks_an_attempt_that_overlaps_a_stall() -> None:
    async def story(stage: Stage) -> None:
        stage.takes_s["a"] = 0.3
        await stage.start(plan_of(target("a")))
        await asyncio.sleep(0.1)
        stage.stall(0.15)
        await asyncio.sleep(1.5)

    ended = play(story).of(AttemptEnded)
    assert [event.is_disturbed for event in ended][:2] == [True, False]


def test_it_leaves_other_targets_alone_when_the_plan_changes() -> None:
    async def story(stage: Stage) -> None:
        await stage.start(plan_of(target("a"), target("b")))
        await asyncio.sleep(2.5)
        stage.engine.apply(ApplyPlan(plan=plan_of(target("a", name="Renamed"), target("c"))))
        await asyncio.sleep(2.0)

    stage = play(story)
    assert [event.due_s for event in stage.of(CheckEnded, "a")] == [0.0, 1.0, 2.0, 3.0, 4.0]
    assert [event.check for event in stage.of(CheckEnded, "a")] == [0, 1, 2, 3, 4]
    assert max(event.due_s for event in stage.of(CheckEnded, "b")) < 2.7
    assert [event.check for event in stage.of(CheckEnded, "c")] == [0, 1]


def test_it_stops_checks_of_a_target_that_is_taken_away_or_moved() -> None:
    async def story(stage: Stage) -> None:
        stage.takes_s = {"a": 1.9, "b": 1.9}
        await stage.start(plan_of(target("a"), target("b")))
        await asyncio.sleep(0.9)
        moved = msgspec.structs.replace(target("b"), address="tcp://elsewhere.test:80")
        stage.engine.apply(ApplyPlan(plan=plan_of(moved)))
        await asyncio.sleep(0.01)
        stage.cancelled_early = list(stage.cancelled)

    stage = play(story)
    assert sorted(stage.cancelled_early) == ["a", "b"]
    assert [event.result for event in stage.of(CheckEnded, "a")] == [Result.VOID]


def test_it_pauses_a_target_and_goes_on_with_its_numbers() -> None:
    async def story(stage: Stage) -> None:
        await stage.start(plan_of(target("a")))
        await asyncio.sleep(1.5)
        stage.engine.apply(ApplyPlan(plan=plan_of(target("a", is_paused=True))))
        await asyncio.sleep(10.0)
        stage.engine.apply(ApplyPlan(plan=plan_of(target("a"))))
        await asyncio.sleep(1.2)

    stage = play(story)
    assert [event.check for event in stage.of(CheckEnded)] == [0, 1, 2, 3]
    assert [event.due_s for event in stage.of(CheckEnded)] == [0.0, 1.0, 11.5, 12.5]
    assert stage.of(CheckMissed) == []


def test_it_does_not_start_everything_in_one_instant_when_everything_is_resumed() -> None:
    targets = [target(f"t{n}") for n in range(50)]
    paused = [msgspec.structs.replace(one, is_paused=True) for one in targets]

    async def story(stage: Stage) -> None:
        await stage.start(plan_of(*paused, interval_s=10.0))
        await asyncio.sleep(20.0)
        stage.engine.apply(ApplyPlan(plan=plan_of(*targets, interval_s=10.0)))
        await asyncio.sleep(2.0)

    starts = sorted(event.started_s for event in play(story).of(CheckEnded))
    assert len(starts) == 50
    assert all(later - earlier < 0.06 for earlier, later in itertools.pairwise(starts))
    assert starts[-1] - starts[0] > 0.9


def test_it_follows_a_new_pace_at_once() -> None:
    async def story(stage: Stage) -> None:
        await stage.start(plan_of(target("a"), interval_s=60.0))
        await asyncio.sleep(10.0)
        stage.engine.apply(ApplyPlan(plan=plan_of(target("a"), interval_s=2.0)))
        await asyncio.sleep(3.0)

    assert [event.due_s for event in play(story).of(CheckEnded)] == [0.0, 10.0, 12.0]


def test_it_gives_a_changed_profile_to_breakers_without_losing_their_state() -> None:
    stricter = msgspec.structs.replace(ONCE, breaker=BreakerPolicy(streak=3, open_s=100.0, open_cap_s=200.0))

    async def story(stage: Stage) -> None:
        stage.answers["a"] = REFUSED
        await stage.start(plan_of(target("a")))
        await asyncio.sleep(1.5)
        stage.engine.apply(ApplyPlan(plan=plan_of(target("a"), profile=stricter)))
        await asyncio.sleep(1.0)

    (opened,) = play(story).of(BreakerChanged)
    assert (opened.after, opened.failures) == (BreakerState.OPEN, 3), "two failures came before the change"
    assert opened.until_s - opened.at_s == 100.0


def test_it_refuses_a_plan_that_cannot_be_run_and_goes_on_with_the_old() -> None:
    async def story(stage: Stage) -> None:
        await stage.start(plan_of(target("a")))
        stage.engine.apply(ApplyPlan(plan=plan_of(target("b"), target("b"))))
        await asyncio.sleep(1.5)

    stage = play(story)
    assert [event.code for event in stage.of(CommandRefused)] == ["plan.duplicate_id"]
    assert len(stage.of(CheckEnded, "a")) == 2


def test_it_asks_outside_what_the_session_allows_and_follows_when_that_changes() -> None:
    first, second = "tcp://192.0.2.10:443", "tcp://192.0.2.20:443"

    async def story(stage: Stage) -> None:
        await stage.start(plan_of(target("a")), points=(first,))
        await asyncio.sleep(1.0)
        assert (first in stage.asked, second in stage.asked) == (True, False)
        stage.engine.apply(WatchOutside(points=(second,)))
        await asyncio.sleep(1.0)
        assert second in stage.asked

    play(story, machine=Machine())


def test_it_asks_nobody_outside_unless_allowed() -> None:
    async def story(stage: Stage) -> None:
        await stage.start(plan_of(target("a")))
        await asyncio.sleep(400.0)
        assert set(stage.asked) == {target("a").address}

    play(story, machine=Machine())


def test_it_checks_at_once_when_told_also_while_paused() -> None:
    async def story(stage: Stage) -> None:
        await stage.start(plan_of(target("a"), target("b", is_paused=True)))
        await asyncio.sleep(0.5)
        stage.engine.apply(CheckNow(targets=("a", "b", "gone")))
        await asyncio.sleep(1.0)

    stage = play(story)
    checks = [(event.check, round(event.due_s, 9)) for event in stage.of(CheckEnded, "a")]
    assert checks == [(0, 0.0), (1, 0.5), (2, 1.0)]
    assert [round(event.due_s, 9) for event in stage.of(CheckEnded, "b")] == [0.5]
    assert [event.code for event in stage.of(CommandRefused)] == ["engine.no_target"]


def test_it_bounds_what_a_person_can_start_by_hand() -> None:
    async def story(stage: Stage) -> None:
        stage.takes_s["a"] = 1.9
        await stage.start(plan_of(target("a", is_paused=True)))
        for _ in range(10):
            stage.engine.apply(CheckNow(targets=("a",)))
        await asyncio.sleep(0.1)

    assert [event.code for event in play(story).of(CommandRefused)] == ["engine.target_busy"] * 2


def test_it_closes_a_breaker_by_hand() -> None:
    async def story(stage: Stage) -> None:
        stage.answers["a"] = REFUSED
        await stage.start(plan_of(target("a")))
        await asyncio.sleep(2.5)
        stage.engine.apply(ResetBreaker(key=target("a").breaker_key))
        stage.engine.apply(ResetBreaker(key="tcp://nowhere:1#once"))

    stage = play(story)
    assert [(event.after, event.reason) for event in stage.of(BreakerChanged)] == [
        (BreakerState.OPEN, "streak"),
        (BreakerState.CLOSED, "manual"),
    ]
    assert [event.code for event in stage.of(CommandRefused)] == ["engine.no_breaker"]


def test_it_diagnoses_nothing_by_a_list_of_hosts_that_holds_nonsense() -> None:
    async def story(stage: Stage) -> None:
        await stage.start(plan_of(target("a")))
        outside = Outside(control=("nonsense://",), upload="tcp://files.example:1")
        stage.engine.apply(Diagnose(diagnosis="d", target=target("a"), policy=DiagnosisPolicy(outside=outside)))
        await asyncio.sleep(0.5)

    stage = play(story)
    assert [event.code for event in stage.of(CommandRefused)] == ["address.scheme", "address.upload"]
    assert not stage.of(DiagnosisStarted)


def test_it_forgets_the_breaker_of_a_target_that_was_taken_away() -> None:
    async def story(stage: Stage) -> None:
        stage.answers["a"] = REFUSED
        await stage.start(plan_of(target("a")))
        await asyncio.sleep(2.5)
        stage.engine.apply(ApplyPlan(plan=plan_of()))
        stage.answers["a"] = OK
        stage.engine.apply(ApplyPlan(plan=plan_of(target("a"))))
        await asyncio.sleep(0.5)

    assert play(story).of(CheckEnded)[-1].result is Result.OK


def test_it_tells_that_an_open_time_ended_though_nobody_asks() -> None:
    async def story(stage: Stage) -> None:
        stage.answers["a"] = REFUSED
        await stage.start(plan_of(target("a")))
        await asyncio.sleep(2.5)
        stage.engine.apply(ApplyPlan(plan=plan_of(target("a", is_paused=True))))
        await asyncio.sleep(10.0)

    assert [event.after for event in play(story).of(BreakerChanged)] == [BreakerState.OPEN, BreakerState.HALF_OPEN]


def test_it_reports_once_a_second() -> None:
    async def story(stage: Stage) -> None:
        await stage.start(plan_of(target("a"), interval_s=0.25))
        await asyncio.sleep(5.2)

    reports = play(story).of(EngineReported)
    assert [round(event.at_s) for event in reports] == [1, 2, 3, 4, 5]
    assert [round(event.checks_per_s) for event in reports[1:]] == [4] * 4


def test_it_drops_markers_with_their_words() -> None:
    async def story(stage: Stage) -> None:
        await stage.start(plan_of())
        await asyncio.sleep(2.0)
        stage.engine.apply(DropMarker(text="router restarted"))

    assert play(story).of(MarkerDropped) == [MarkerDropped(at_s=2.0, text="router restarted")]


def test_it_keeps_what_the_practice_lab_told() -> None:
    async def story(stage: Stage) -> None:
        await stage.start(plan_of())
        await asyncio.sleep(2.0)
        stage.engine.apply(NoteLabFault(target="t", fault="status", options={"status": 503.0}, by="hand"))

    told = LabFaultChanged(at_s=2.0, target="t", fault="status", options={"status": 503.0}, by="hand")
    assert play(story).of(LabFaultChanged) == [told]


def test_it_refuses_a_command_that_makes_no_sense_now() -> None:
    async def story(stage: Stage) -> None:
        await stage.start(plan_of())
        stage.engine.apply(StopSession())

    assert [event.values for event in play(story).of(CommandRefused)] == [{"command": "StopSession"}]


def test_it_goes_on_after_a_crash_with_numbers_and_a_gap() -> None:
    async def story(stage: Stage) -> None:
        await asyncio.sleep(10.0)
        progress = {"a": Progress(6, 6.0)}
        await stage.start(plan_of(target("a"), target("b")), is_resumed=True, lost_s=6.4, progress=progress)
        await asyncio.sleep(0.9)

    stage = play(story)
    (gap,) = stage.of(Disturbed)
    assert (gap.health, gap.from_s, gap.at_s) == (Health.NOT_RUNNING, 6.4, 10.0)
    assert [(event.check, event.due_s) for event in stage.of(CheckMissed)] == [(7, 7.0), (8, 8.0), (9, 9.0), (10, 10.0)]
    assert stage.of(CheckEnded, "a")[0].check == 12
    assert stage.of(CheckEnded, "b")[0].check == 0


def test_it_survives_a_defect_in_a_probe_and_reports_it() -> None:
    async def story(stage: Stage) -> None:
        stage.answers["a"] = ZeroDivisionError("ours")
        await stage.start(plan_of(target("a"), target("b")))
        await asyncio.sleep(1.9)

    stage = play(story)
    assert [type(error) for _, error in stage.defects] == [ZeroDivisionError] * 2
    assert [event.result for event in stage.of(CheckEnded, "a")] == [Result.VOID] * 2
    assert [event.result for event in stage.of(CheckEnded, "b")] == [Result.OK] * 2


def test_it_says_nothing_after_the_stop() -> None:
    async def story(stage: Stage) -> None:
        stage.takes_s["a"] = 1.5
        await stage.start(plan_of(target("a")))
        await asyncio.sleep(0.5)
        await stage.engine.stop()
        before = len(stage.events)
        stage.engine.apply(CheckNow(targets=("a",)))
        await asyncio.sleep(5.0)
        assert len(stage.events) == before

    stage = play(story)
    assert stage.of(CheckEnded)[-1].gave_up == "stopped"
    assert stage.cancelled == ["a"]


def test_it_runs_500_targets_without_missing_a_slot() -> None:
    async def story(stage: Stage) -> None:
        await stage.start(plan_of(*(target(f"t{n}") for n in range(500)), interval_s=5.0))
        await asyncio.sleep(15.0)

    stage = play(story, chance=random.Random(1))
    assert stage.of(CheckMissed) == []
    assert all(event.late_s < 0.001 for event in stage.of(CheckEnded))
    assert 1495 <= len(stage.of(CheckEnded)) <= 1505
