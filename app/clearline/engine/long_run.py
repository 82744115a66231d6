"""One target with a long connection while it is being run: beats instead of slots, and reconnecting with patience."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable

import msgspec

from clearline.domain.event import CheckEnded, Event, Health, Result, TesterDisturbed
from clearline.domain.outcome import Outcome
from clearline.domain.ports import Clock, Random
from clearline.domain.profile import Profile, RetryPolicy, Timeouts
from clearline.engine.probe_call import Ask
from clearline.engine.schedule import Slot
from clearline.engine.target_run import TargetRun
from clearline.net.network import Network
from clearline.probes.beat import BeatLine
from clearline.resilience import backoff

MOST_DOUBLINGS = 20
"""Beyond every cap a person can set."""
JOLTS = (Health.ASLEEP, Health.CLOCK_STEPPED)
"""After these nothing that was waited for proves anything."""

Check = Callable[[TargetRun, Slot, Profile, Ask], Awaitable[CheckEnded]]
"""Runs one check of a target under a profile, its attempts made by an Ask."""


class LongRun:
    """Each beat is one check with one attempt; one that finds the connection dead makes a new one by retrying.

    So breaker, back-off and deadlines hold for reconnecting as they do for every other attempt.
    """

    def __init__(
        self,
        run: TargetRun,
        network: Network,
        clock: Clock,
        random: Random,
        tell: Callable[[Event], None],
        check: Check,
    ) -> None:
        self._run = run
        self._clock = clock
        self._random = random
        self._check = check
        self._line = BeatLine(run.target, network, clock, tell)
        self._wake = asyncio.Event()
        self._next_s = run.schedule.slot.due_s
        self._failures = 0
        self._delay_s = 0.0

    async def keep(self) -> None:
        """Beat until cancelled. The connection is closed then."""
        try:
            while True:
                self._follow()
                due_s = await self._until_due()
                await self._beat(Slot(self._run.schedule.take_number(), due_s))
        finally:
            self._line.close()

    def hurry(self, *, is_to_beat: bool = False) -> None:
        """Look again at what is due, by the latest plan; `is_to_beat`: a person wants a beat now."""
        if is_to_beat:
            self._next_s = self._line.pulse.due_s = self._clock.now()
        self._follow()
        self._wake.set()
        self._line.hurry()

    def hear(self, found: Iterable[TesterDisturbed]) -> None:
        """After a sleep or a clock step: beat at once."""
        if any(event.health in JOLTS for event in found):
            self._line.jolt()
            self._wake.set()

    def _follow(self) -> None:
        profile = self._run.profile
        pace_s = self._run.schedule.interval_s
        self._line.follow(msgspec.structs.replace(profile.heartbeat, interval_s=pace_s), profile.keepalive)

    async def _until_due(self) -> float:
        """Wait for the next beat; gives when it was due."""
        if self._line.is_open:
            await self._line.rest()
            return min(self._line.pulse.due_s, self._clock.now())
        while (left_s := self._next_s - self._clock.now()) > 0:
            self._wake.clear()
            try:
                async with asyncio.timeout(left_s):
                    await self._wake.wait()
            except TimeoutError:
                continue
        return self._next_s

    async def _beat(self, slot: Slot) -> None:
        profile = self._patient(self._run.profile)

        def attempt(timeouts: Timeouts, number: int, deadline_s: float) -> Awaitable[Outcome]:
            return self._line.attempt(slot.number, number, timeouts, deadline_s)

        ended = await self._check(self._run, slot, profile, attempt)
        now_s = self._clock.now()
        if self._line.is_open:
            self._failures = 0
            if ended.result is Result.REFUSED:
                self._line.pulse.give_up(now_s)
            return
        self._failures += 1
        self._delay_s = backoff.delay(profile.retry, self._failures, self._delay_s, self._random.random())
        self._next_s = max(slot.due_s + self._run.schedule.interval_s, now_s + self._delay_s)

    def _patient(self, profile: Profile) -> Profile:
        """The profile with the pauses of reconnecting; they grow while connections die young."""
        beat = profile.heartbeat
        grown_s = beat.reconnect_base_s * 2.0 ** min(self._line.young_deaths, MOST_DOUBLINGS)
        retry: RetryPolicy = msgspec.structs.replace(profile.retry, base_s=grown_s, cap_s=beat.reconnect_cap_s)
        return msgspec.structs.replace(profile, retry=retry)
