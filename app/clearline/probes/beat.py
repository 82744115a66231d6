"""A long connection with heartbeats: made, beaten on, read from between beats, and known to be alive or dead."""

import asyncio
import re
from collections.abc import Callable
from dataclasses import replace
from functools import partial

import msgspec

from clearline.domain.event import Event, ReplyCameLate
from clearline.domain.liveness import NUMBER, Heartbeat, KeepAlive, Liveness
from clearline.domain.outcome import Outcome
from clearline.domain.phase import Phase
from clearline.domain.ports import Clock
from clearline.domain.profile import Profile, Timeouts
from clearline.domain.target import Target
from clearline.net.classify import classify
from clearline.net.evidence import BeatEvidence, Deadline, Evidence, NetworkError
from clearline.net.network import Address, Connection, Network
from clearline.net.timing import limit_in
from clearline.probes.attempt import Attempt, conduct
from clearline.resilience.heartbeat import Pulse

_KEPT_BYTES = 4096
"""How far back an answer that comes in parts is looked for."""
_LONGEST_READ_S = 3600.0
_YOUNG = 2
"""A connection that did not answer so many beats died young: the next one is not made at once."""
_REASONS = {"tcp.closed": "closed", "tcp.reset": "reset", "tcp.aborted": "aborted", "tcp.stalled": "silence"}


class BeatLine:
    """The long connection of one target, across its attempts. One caller at a time: `attempt` or `rest`.

    Nothing is read while neither runs, so let no time pass between them. `tell` hears of every change of liveness and
    of late answers.
    """

    def __init__(self, target: Target, network: Network, clock: Clock, tell: Callable[[Event], None]) -> None:
        self.pulse = Pulse(target.id, Heartbeat())
        self.young_deaths = 0
        """Connections in a row that died young."""
        self._target = target
        self._network = network
        self._clock = clock
        self._tell = tell
        self._keep_alive = KeepAlive()
        self._connection: Connection | None = None
        self._address: Address | None = None
        self._made_s = 0.0
        self._answers = 0
        self._ended: NetworkError | None = None
        self._unread = bytearray()
        self._is_strange = False
        self._reading: asyncio.Timeout | None = None

    @property
    def is_open(self) -> bool:
        """Is there a connection that is not known to have ended?"""
        return self._connection is not None

    def follow(self, heartbeat: Heartbeat, keep_alive: KeepAlive) -> None:
        """Go on by these rules; those of the kernel hold from the next connection on."""
        send, expect = self._target.payload or heartbeat.send, self._target.expect_text or heartbeat.expect
        self.pulse.change(msgspec.structs.replace(heartbeat, send=send, expect=expect))
        self._keep_alive = keep_alive

    async def attempt(self, check: int, number: int, timeouts: Timeouts, deadline_s: float) -> Outcome:
        """One beat, and the connection before it where there is none.

        A connection that ended between two beats is reported by the next attempt, which makes no new one.
        """
        attempt = Attempt(self._target, timeouts, deadline_s, self._network, self._clock)
        return await conduct(attempt, lambda held: self.exchange(held, check, number))

    async def rest(self) -> None:
        """Read until the next beat is due, or until the connection is no more."""
        while self._connection is not None:
            now = self._clock.now()
            if self.pulse.due_s <= now:
                return
            try:
                data = await self._read(self._connection, self.pulse.next_s)
            except NetworkError as trouble:
                self._ended = self._die(trouble, is_idle=True)
                return
            if data:
                self._take(data)
            self._change(*self.pulse.tick(self._clock.now()))
            if self.pulse.state is Liveness.DEAD:
                # The beat before was broken off, and nothing came since.
                self._ended = self._die(self._silence(), is_idle=True)

    def jolt(self) -> None:
        """The clock jumped or this machine slept: beat at once, and count nothing of what was meanwhile."""
        self.pulse.jolted(self._clock.now())
        self.hurry()

    def hurry(self) -> None:
        """Look again at what is due."""
        if self._reading is not None and not self._reading.expired():
            self._reading.reschedule(asyncio.get_running_loop().time())

    def close(self) -> None:
        """Let go of the connection ourselves: it did not die, but nothing is known any more."""
        self._drop()
        self._change(*self.pulse.stopped(self._clock.now()))

    async def exchange(self, attempt: Attempt, check: int, number: int) -> None:
        """The probe of an attempt. Phases: resolve, connect, send, wait; on an open connection the last two."""
        if self._ended is not None:
            trouble, self._ended = self._ended, None
            self._place(attempt)
            raise trouble
        if self._connection is None:
            await self._connect(attempt)
        else:
            self._place(attempt)
        connection = self._connection
        assert connection is not None  # noqa: S101 (just made)
        before = connection.bytes_in, connection.bytes_out
        try:
            await self._beat(attempt, connection, check, number)
        except NetworkError as trouble:
            # What came is no death; it only is not what was asked for.
            if trouble.evidence.beat is not None and trouble.evidence.beat.is_strange:
                raise
            raise self._die(trouble) from trouble
        finally:
            attempt.bytes_in = connection.bytes_in - before[0]
            attempt.bytes_out = connection.bytes_out - before[1]

    def _place(self, attempt: Attempt) -> None:
        if self._address is not None:
            attempt.at(self._address)
        attempt.stopwatch.enter(Phase.WAIT)

    async def _connect(self, attempt: Attempt) -> None:
        connection = await attempt.connect()
        attempt.let_go(connection)
        self._connection, self._address = connection, connection.address
        self._answers = 0
        self._unread.clear()
        self._made_s = self._clock.now()
        attempt.detail["keep_alive"] = connection.keep_alive(self._keep_alive)
        self._change(*self.pulse.connected(self._made_s))

    async def _beat(self, attempt: Attempt, connection: Connection, check: int, number: int) -> None:
        pulse, policy = self.pulse, self.pulse.policy
        attempt.stopwatch.enter(Phase.SEND)
        first, round_end_s = 0, float("inf")
        self._unread.clear()
        self._is_strange = False
        if not policy.is_numbered:
            # Else the answer to an older beat would be taken for this one's, and so on for ever.
            pulse.forget()
        while True:
            now = self._clock.now()
            if self._is_strange and now >= min(pulse.miss_s, round_end_s):
                pulse.give_up(now)
                raise self._trouble(Evidence(first_bytes=bytes(self._unread[-64:])), is_strange=True)
            self._change(*pulse.tick(now))
            if pulse.state is Liveness.DEAD:
                raise self._silence()
            if not attempt.budget.left_s:
                raise self._trouble(Evidence(deadline=attempt.budget.limit(Phase.WAIT).deadline))
            if not first or pulse.due_s <= now:
                beat = pulse.sent(now)
                if not first:
                    first, round_end_s = beat, now + policy.timeout_s * policy.misses_to_dead
                await connection.write(_line(policy.send, beat), attempt.budget.limit(Phase.SEND))
                if beat == first:
                    attempt.stopwatch.enter(Phase.WAIT)
                continue
            until_s = min(pulse.next_s, round_end_s, now + attempt.budget.left_s)
            data = await self._read(connection, until_s)
            missed = pulse.misses
            for answer, after_s, is_late in self._take(data) if data else ():
                if answer < first:
                    continue
                attempt.stopwatch.stop(connection.read_at_ns)
                self._answers += 1
                if self._answers >= _YOUNG:
                    self.young_deaths = 0
                if missed or is_late:
                    attempt.detail["beat"] = {
                        "misses": missed,
                        "is_late": is_late,
                        "round_trip_ms": round(after_s * 1000, 3),
                    }
                if is_late:
                    self._change(
                        ReplyCameLate(
                            at_s=self._clock.now(),
                            target=self._target.id,
                            check=check,
                            attempt=number,
                            after_ms=round(after_s * 1000, 3),
                        )
                    )
                return

    async def _read(self, connection: Connection, until_s: float) -> bytes | None:
        """What comes until then, None for nothing. Raises NetworkError, also where the peer closed its side."""
        limit_s = max(0.0, min(until_s - self._clock.now(), _LONGEST_READ_S))
        try:
            async with asyncio.timeout(limit_s) as self._reading:
                data = await connection.read(limit_in(2 * _LONGEST_READ_S))
        except TimeoutError:
            return None
        finally:
            self._reading = None
        if not data:
            raise NetworkError(Evidence(is_eof=True))
        return data

    def _take(self, data: bytes) -> list[tuple[int, float, bool]]:
        """Hear bytes; gives the beats they answer, each with how long that took and whether it was too long."""
        now = self._clock.now()
        self._change(*self.pulse.heard(now))
        self._unread += data
        found = []
        end = 0
        for match in _pattern(self.pulse.policy).finditer(self._unread):
            beat = int(match[1][:18]) if self.pulse.policy.is_numbered else None
            if answer := self.pulse.answered(now, beat):
                found.append((answer.number, answer.after_s, answer.is_late))
                end = match.end()
        del self._unread[:end]
        self._is_strange = bool(self._unread.strip())
        del self._unread[:-_KEPT_BYTES]
        return found

    def _silence(self) -> NetworkError:
        policy = self.pulse.policy
        return self._trouble(Evidence(deadline=Deadline(policy.timeout_s * policy.misses_to_dead, "heartbeat")))

    def _trouble(self, seen: Evidence, *, is_strange: bool = False) -> NetworkError:
        # What lies unacknowledged never came there: not the service is silent, the way is.
        figures = self._connection.kernel_now if self._connection is not None else None
        return NetworkError(replace(seen, beat=self._standing(is_strange=is_strange), tcp_info=figures))

    def _standing(self, *, is_idle: bool = False, is_strange: bool = False) -> BeatEvidence:
        now = self._clock.now()
        return BeatEvidence(
            silent_s=now - self.pulse.heard_s,
            lived_s=now - self._made_s,
            misses=self.pulse.misses,
            is_idle=is_idle,
            is_strange=is_strange,
        )

    def _die(self, trouble: NetworkError, *, is_idle: bool = False) -> NetworkError:
        """The connection is no more. Gives the trouble with how it stood."""
        seen = trouble.evidence
        if seen.beat is None:
            seen = replace(seen, phase=Phase.WAIT, beat=self._standing(is_idle=is_idle))
        reason = _REASONS.get(classify(replace(seen, phase=Phase.WAIT)).kind, "lost")
        self._drop()
        if self._answers < _YOUNG:
            self.young_deaths += 1
        self._change(*self.pulse.ended(self._clock.now(), reason))
        return NetworkError(seen)

    def _drop(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None
        self._unread.clear()

    def _change(self, *events: Event) -> None:
        for event in events:
            self._tell(event)


async def probe_beat(attempt: Attempt, heartbeat: Heartbeat | None = None, keep_alive: KeepAlive | None = None) -> None:
    """One beat on a connection of its own: does the service answer heartbeats? Phases: resolve, connect, send, wait."""
    line = BeatLine(attempt.target, attempt.network, attempt.clock, lambda _event: None)
    line.follow(heartbeat or Heartbeat(), keep_alive or KeepAlive())
    try:
        await line.exchange(attempt, 0, 1)
    finally:
        line.close()


async def beat_once(
    target: Target, profile: Profile, timeouts: Timeouts, deadline_s: float, network: Network, clock: Clock
) -> Outcome:
    """The same as an attempt of its own, with the heartbeat of a profile."""
    attempt = Attempt(target, timeouts, deadline_s, network, clock)
    return await conduct(attempt, partial(probe_beat, heartbeat=profile.heartbeat, keep_alive=profile.keepalive))


def _line(text: str, number: int) -> bytes:
    written = text.replace(NUMBER, str(number))
    return (written if written.endswith("\n") else f"{written}\n").encode()


def _pattern(policy: Heartbeat) -> "re.Pattern[bytes]":
    """What an answer looks like; its group 1 is the number. re keeps the compiled ones."""
    if not policy.expect:
        return re.compile(rb".+", re.DOTALL)
    written = re.escape(policy.expect.encode())
    number = rb"(\d+)" if policy.is_numbered else rb"\d*"
    return re.compile(written.replace(re.escape(NUMBER.encode()), number))
