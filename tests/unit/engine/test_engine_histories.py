"""Any history of plans, commands and stalls leaves the numbers of checks without holes and without doubles."""

import asyncio
import random
from collections import defaultdict
from collections.abc import Sequence

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from clearline.domain.command import ApplyPlan, CheckNow, ResetBreaker, StartSession
from clearline.domain.event import AttemptEnded, CheckEnded, CheckMissed, Event
from clearline.domain.event import TesterDisturbed as Disturbed  # pytest would collect it by its own name
from clearline.domain.fault import Fault
from clearline.domain.outcome import Outcome
from clearline.domain.phase import Phase, PhaseTimes
from clearline.domain.plan import Plan
from clearline.domain.profile import BreakerPolicy, Profile, RetryPolicy, Timeouts
from clearline.domain.target import Target
from clearline.engine.engine import Engine
from clearline.engine.schedule import MOST_OUTSTANDING
from support.virtual_time import VirtualClock, VirtualLoop, run

PROFILES = tuple(
    Profile(
        name,
        timeouts=Timeouts(attempt_s=total_s / 2, total_s=total_s),
        retry=RetryPolicy(attempts=2, base_s=0.1, cap_s=0.5),
        breaker=BreakerPolicy(streak=3, open_s=open_s, open_cap_s=60.0),
    )
    for name, total_s, open_s in (("patient", 8.0, 2.0), ("hasty", 1.0, 5.0))
)
NAMES = "abc"


class World:
    """Targets that answer by chance, and everything the engine said."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.clock = VirtualClock()
        self.events: list[Event] = []
        self.under_way: dict[str, int] = defaultdict(int)
        self.most_under_way = 0
        self.started_without_target: list[str] = []
        self.wanted: set[str] = set()

    def emit(self, events: Sequence[Event]) -> None:
        self.events.extend(events)

    async def probe(self, target: Target, timeouts: Timeouts, deadline_s: float, network, clock) -> Outcome:
        if target.id not in self.wanted:
            self.started_without_target.append(target.id)
        self.under_way[target.id] += 1
        self.most_under_way = max(self.most_under_way, self.under_way[target.id])
        try:
            await asyncio.sleep(min(self.chance.expovariate(2.0), deadline_s - clock.now()))
        finally:
            self.under_way[target.id] -= 1
        fault = Fault("tcp.refused", Phase.CONNECT) if self.chance.random() < 0.4 else None
        return Outcome(PhaseTimes(connect=5.0), fault)


targets = st.builds(
    lambda name, profile, pace, is_paused: Target(
        id=name, address=f"tcp://{name}.test:80", profile=profile.name, interval_s=pace, is_paused=is_paused
    ),
    st.sampled_from(NAMES),
    st.sampled_from(PROFILES),
    st.sampled_from([None, 0.1, 0.7, 3.0]),
    st.booleans(),
)
plans = st.builds(
    lambda chosen, interval_s: Plan(tuple({one.id: one for one in chosen}.values()), PROFILES, interval_s),
    st.lists(targets, max_size=3),
    st.sampled_from([0.2, 1.0]),
)
steps = st.lists(
    st.one_of(
        st.tuples(st.just("plan"), plans),
        st.tuples(st.just("now"), st.sampled_from(NAMES)),
        st.tuples(st.just("reset"), st.sampled_from(NAMES)),
        st.tuples(st.just("wait"), st.floats(0.0, 5.0)),
        st.tuples(st.just("stall"), st.floats(0.0, 1.5)),
    ),
    max_size=12,
)


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 2**32), plans, steps)
def test_it_deals_with_every_slot_exactly_once(seed: int, first: Plan, history: list) -> None:
    async def story() -> World:
        world = World(seed)
        defects: list[object] = []
        engine = Engine(
            world.clock, world.chance, None, world, world.probe,
            report_defect=lambda *defect: defects.append(defect), slept_s=lambda: 0.0,
        )  # fmt: skip
        world.wanted = {target.id for target in first.targets}
        await engine.start(StartSession(session_id="s", path="", wall_s=0.0, plan=first))
        for kind, value in history:
            if kind == "plan":
                # The engine hears of it in the same instant: nothing of an older plan may start afterwards.
                world.wanted = {target.id for target in value.targets}
                engine.apply(ApplyPlan(plan=value))
            elif kind == "now":
                engine.apply(CheckNow(targets=(value,)))
            elif kind == "reset":
                engine.apply(ResetBreaker(key=f"tcp://{value}.test:80#patient"))
            elif kind == "wait":
                await asyncio.sleep(value)
            else:
                loop = asyncio.get_running_loop()
                assert isinstance(loop, VirtualLoop)
                loop.virtual_s += value
                await asyncio.sleep(0)
        await asyncio.sleep(1.0)
        await engine.stop()
        assert defects == []
        return world

    world = run(story())
    assert world.most_under_way <= MOST_OUTSTANDING
    assert world.started_without_target == []
    assert sum(world.under_way.values()) == 0
    times = [event.at_s for event in world.events]
    assert times == sorted(times)
    for name in NAMES:
        settled = sorted(
            event.check
            for event in world.events
            if isinstance(event, CheckEnded | CheckMissed) and event.target == name
        )
        removed = {
            name for kind, plan in history if kind == "plan" for name in set(NAMES) - {t.id for t in plan.targets}
        }
        if name not in removed:
            assert len(settled) == len(set(settled)), "no number is used twice"
            assert len(settled) >= (settled[-1] + 1 if settled else 0) - len(history) - MOST_OUTSTANDING
    for event in world.events:
        if isinstance(event, AttemptEnded) and not event.is_disturbed:
            spans = [other for other in world.events if isinstance(other, Disturbed)]
            assert not any(span.from_s < event.at_s and event.started_s < span.at_s for span in spans)
        if isinstance(event, CheckEnded):
            assert msgspec.structs.asdict(event)["attempts"] <= 2
