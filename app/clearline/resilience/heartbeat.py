"""Whether the peer of a long connection still lives: beats that it must answer, judged from the last byte read.

A pure machine: it takes the time as an argument, holds no socket, task or timer, and returns what changed as events.

    unknown ──connected──▶ alive ──misses──▶ suspect ──more misses, or the connection ends──▶ dead ──connected──▶ alive
       ▲                     ▲──────any byte────┘
       └───── we let go of it ourselves, from any state

A beat is due once nothing was read for `interval_s`. Unanswered for `timeout_s`, with no byte read meanwhile, it is a
miss, and the next one is due at once. Any byte shows life; only an answer tells how long answering takes.
"""

from math import inf
from typing import NamedTuple

from clearline.domain.event import LivenessChanged
from clearline.domain.liveness import Heartbeat, Liveness

Changes = tuple[LivenessChanged, ...]

FIGURE_EVERY = 3
"""A peer that talks all the time needs no beats, but this many intervals without one would leave us without figures."""
MOST_AWAITED = 32
"""Beats whose answers may still come; older ones are forgotten."""


class Answer(NamedTuple):
    """The answer to one beat."""

    number: int
    after_s: float
    is_late: bool
    """It came after the time limit: late, not lost."""


class Pulse:
    """The heartbeat of one target, across its connections. Times are session seconds and never step back."""

    __slots__ = (
        "_awaited",
        "_is_open",
        "_latest",
        "_latest_s",
        "due_s",
        "heard_s",
        "misses",
        "policy",
        "state",
        "target",
    )

    def __init__(self, target: str, policy: Heartbeat) -> None:
        self.target = target
        self.policy = policy
        self.state = Liveness.UNKNOWN
        self.misses = 0
        """Beats in a row without an answer, since the last byte."""
        self.heard_s = 0.0
        """When the last byte was read, or the connection made."""
        self.due_s = inf
        """When the next beat is to be sent; infinite without a connection, and while an answer may still be in time."""
        self._latest = 0
        self._latest_s = 0.0
        self._is_open = False
        """The latest beat may still be answered in time."""
        self._awaited: dict[int, float] = {}

    @property
    def is_connected(self) -> bool:
        """Is there a connection that is not known to be dead?"""
        return self.state in (Liveness.ALIVE, Liveness.SUSPECT)

    @property
    def next_s(self) -> float:
        """When a beat or `tick` is due; infinite where only the peer or a new connection can change anything."""
        return min(self.due_s, self.miss_s)

    @property
    def miss_s(self) -> float:
        """When the latest beat becomes a miss; infinite where none is out."""
        return max(self._latest_s, self.heard_s) + self.policy.timeout_s if self._is_open else inf

    @property
    def is_awaiting(self) -> bool:
        """May an answer to the latest beat still come in time?"""
        return self._is_open

    def change(self, policy: Heartbeat) -> None:
        """Go on by other rules; another pace holds from the last byte read on."""
        before, self.policy = self.policy, policy
        if before.interval_s != policy.interval_s and self.heard_s < self.due_s < inf:
            self._rest(self.heard_s)

    def connected(self, now: float) -> Changes:
        """There is a new connection; its first beat is due at once."""
        self.misses = self._latest = 0
        self._is_open = False
        self.heard_s = self._latest_s = self.due_s = now
        return self._move(Liveness.ALIVE, "connected", now)

    def sent(self, now: float) -> int:
        """A beat goes out now. Returns its number on this connection, from 1."""
        self._latest += 1
        self._latest_s = now
        self._is_open = True
        self.due_s = inf
        self._awaited[self._latest] = now
        if len(self._awaited) > MOST_AWAITED:
            del self._awaited[next(iter(self._awaited))]
        return self._latest

    def heard(self, now: float) -> Changes:
        """Bytes were read, whatever they say: the peer lives."""
        if not self.is_connected:
            return ()
        self.misses = 0
        silent_s, self.heard_s = now - self.heard_s, now
        if not self._is_open:
            self._rest(now)
        return self._move(Liveness.ALIVE, "heard", now, silent_s)

    def answered(self, now: float, number: int | None = None) -> Answer | None:
        """The answer to a beat was among the bytes of which `heard` was told.

        Without a number it answers the oldest beat that was not answered. None where nothing was asked.
        """
        if number is None:
            number = next(iter(self._awaited), None)
        sent_s = self._awaited.pop(number, None) if number is not None else None
        if number is None or sent_s is None:
            return None
        self._is_open = False
        self._rest(now)
        return Answer(number, now - sent_s, now - sent_s > self.policy.timeout_s)

    def forget(self) -> None:
        """Answers to the beats so far are no longer waited for."""
        self._awaited.clear()

    def give_up(self, now: float) -> None:
        """No answer to the latest beat is waited for any more, or none was sent as the breaker refused it: rest."""
        if self.is_connected:
            self._is_open = False
            self.due_s = now + self.policy.interval_s

    def tick(self, now: float) -> Changes:
        """Count a miss where the time for an answer is over."""
        if now < self.miss_s:
            return ()
        self._is_open = False
        self.misses += 1
        self.due_s = now
        if self.misses >= self.policy.misses_to_dead:
            self._end()
            return self._move(Liveness.DEAD, "silence", now)
        if self.misses >= self.policy.misses_to_suspect:
            return self._move(Liveness.SUSPECT, "silence", now)
        return ()

    def ended(self, now: float, reason: str) -> Changes:
        """The connection is no more: `closed`, `reset`, `aborted`, `lost`."""
        if not self.is_connected:
            return ()
        self._end()
        return self._move(Liveness.DEAD, reason, now)

    def stopped(self, now: float) -> Changes:
        """We let go of the connection ourselves: nothing is known any more."""
        self._end()
        return self._move(Liveness.UNKNOWN, "stopped", now)

    def jolted(self, now: float) -> None:
        """The clock jumped or the machine slept: silence meanwhile proves nothing. A beat is due at once."""
        if not self.is_connected:
            return
        self._is_open = False
        self._awaited.clear()
        self.misses = 0
        self.heard_s = self.due_s = now

    def _rest(self, now: float) -> None:
        interval_s = self.policy.interval_s
        self.due_s = max(now, min(now + interval_s, self._latest_s + FIGURE_EVERY * interval_s))

    def _end(self) -> None:
        self._is_open = False
        self._awaited.clear()
        self.due_s = inf

    def _move(self, after: Liveness, reason: str, now: float, silent_s: float | None = None) -> Changes:
        before, self.state = self.state, after
        if before is after:
            return ()
        return (
            LivenessChanged(
                at_s=now,
                target=self.target,
                before=before,
                after=after,
                reason=reason,
                silent_s=max(0.0, now - self.heard_s if silent_s is None else silent_s),
                misses=self.misses,
            ),
        )
