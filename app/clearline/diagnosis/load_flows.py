"""What keeps a line busy: answers that are read, or bodies that are sent, over some connections and within limits."""

import asyncio
import base64
import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import msgspec

from clearline.diagnosis.course import Ask, Course
from clearline.diagnosis.responsiveness import RoundTrips
from clearline.domain.outcome import Outcome
from clearline.domain.target import Target

FLOWS = 4
_LEAST_S = 0.1
_ANSWER_BYTES = 1_100_000
"""What one answer may bring: probes.http_exchange reads 1 MiB of it, and its encryption comes on top."""
_CUT_SHARE = 1.5
"""Of an answer that was cut off more was under way than was read."""
FIRST_BODY, LARGEST_BODY = 64_000, 1_000_000
"""Bytes. Many a server takes no more than 1 MiB at once."""
_SOON_S = 1.0
"""A body that was through sooner is doubled: slow lines see whole answers, and fast ones are kept busy. With 0.25 s a
queue of 400 ms at 6 Mbit/s held 80 ms, with 1 s 167: connections must grow while their bodies last."""
_COVER_BYTES, _COVER_SHARE = 4_000, 1.01
"""A handshake and the head of a request, and what encryption adds."""
_FAILURES = 3
_TOO_MUCH = (429, 503)
_TAKEN = tuple(range(200, 300))
_APART_S, _APART_AT_ONCE = 0.6, 3
_APART_BYTES, _APART_SHARE, _APART_FREE = 20_000, 0.05, 8
"""A request on a connection of its own may take so much; behind the first few all are a twentieth of what is moved."""


@dataclass(slots=True)
class Allowance:
    """The bytes that may be moved. What is under way is promised until it is known what it came to."""

    most: float
    moved: float = 0.0
    promised: float = 0.0

    def has_room(self, size: float) -> bool:
        """Are so many left?"""
        return self.moved + self.promised + size <= self.most

    @contextmanager
    def promise(self, size: float) -> Iterator[None]:
        """Keep room for so many."""
        self.promised += size
        try:
            yield
        finally:
            self.promised -= size


class Flows:
    """What reading and sending have in common: when they end, and the requests that are made beside them."""

    def __init__(self, course: Course, target: Target, busy_s: float) -> None:
        self.allowance = Allowance(course.policy.load_mb * 1e6)
        self.trips = RoundTrips()
        self.passed_bytes = 0.0
        """Known to have come through; reckoned for what was cut off."""
        self.trouble: dict[str, Any] = {}
        """What keeps it from being a test: facts."""
        self._course = course
        self._target = target
        self._small = msgspec.structs.replace(
            target, method="HEAD", body="", expect_status=(), expect_text="", follow=False
        )
        self._began_s = self._passed_at_s = course.clock.now()
        self._until_s = self._began_s + busy_s
        self._failures = 0
        self._apart = self._apart_bytes = 0

    async def begin(self, ask: Ask) -> bool:
        """May they run? `ask` keeps its connections."""
        return True

    async def run(self, ask: Ask) -> None:
        """One flow, until time, bytes or luck end."""
        raise NotImplementedError

    async def ask_apart(self) -> None:
        """Requests over connections of their own, until it is cancelled: what others meet on a busy line."""
        async with asyncio.TaskGroup() as tasks:
            for number in range(_APART_AT_ONCE):
                tasks.create_task(self._ask_apart(_APART_S * (1 + number / _APART_AT_ONCE)))

    @property
    def moved_mb(self) -> float:
        """What was moved on the whole, in millions of bytes."""
        return round(self.allowance.moved / 1e6, 1)

    @property
    def rate_mbit(self) -> float:
        """Millions of bits a second that passed."""
        took_s = self._passed_at_s - self._began_s
        return round(self.passed_bytes * 8 / took_s / 1e6, 1) if took_s else 0.0

    @property
    def _left_s(self) -> float:
        return self._until_s - self._course.clock.now()

    def _has_room(self, size: float) -> bool:
        return self._left_s > _LEAST_S and self._failures < _FAILURES and self.allowance.has_room(size)

    def _pass(self, size: float) -> None:
        self.passed_bytes += size
        self._passed_at_s = self._course.clock.now()

    def _note_failure(self, outcome: Outcome, *, is_last: bool) -> None:
        """A server that says no is left alone at once, another trouble may pass; what the end of time cuts is none."""
        if not is_last and self._left_s <= _LEAST_S:
            return
        self._failures = _FAILURES if is_last else self._failures + 1
        if self._failures >= _FAILURES and not self.trouble:
            kind = outcome.fault.kind if outcome.fault is not None else ""
            self.trouble = {"status": outcome.status} if _is_no(outcome) else {"kind": kind}

    async def _ask_apart(self, after_s: float) -> None:
        await asyncio.sleep(after_s)
        while True:
            is_little = self._apart < _APART_FREE or self._apart_bytes < _APART_SHARE * self.allowance.moved
            if is_little and self._has_room(_APART_BYTES):
                self._apart += 1
                with self.allowance.promise(_APART_BYTES):
                    outcome = await self._course.attempt(self._small, self._left_s)
                moved = outcome.bytes_in + outcome.bytes_out
                self._apart_bytes += moved
                self.allowance.moved += moved
                self.trips.note_apart(outcome)
                if outcome.status in _TOO_MUCH:
                    self._note_failure(outcome, is_last=True)
            await asyncio.sleep(_APART_S)


class Reader(Flows):
    """Reads answers."""

    answers = 0

    async def run(self, ask: Ask) -> None:
        """An answer after the other."""
        size = _ANSWER_BYTES * _CUT_SHARE
        while self._has_room(size):
            with self.allowance.promise(size):
                outcome = await self._course.attempt(self._target, self._left_s, ask=ask)
            self.answers += 1
            is_cut = bool(outcome.detail.get("http", {}).get("is_cut")) or not outcome.ok
            came = outcome.bytes_in * (_CUT_SHARE if is_cut else 1.0)
            self.allowance.moved += came
            self._pass(came)
            self.trips.note_loaded(outcome)
            if not outcome.ok:
                self._note_failure(outcome, is_last=outcome.status in _TOO_MUCH)


class Sender(Flows):
    """Sends letters and digits by chance, which no compression on the way makes much smaller."""

    def __init__(self, course: Course, target: Target, busy_s: float) -> None:
        headers = ("Content-Type: application/octet-stream",)
        posted = msgspec.structs.replace(target, method="POST", headers=headers, expect_status=_TAKEN, follow=False)
        super().__init__(course, posted, busy_s)
        self._size = FIRST_BODY
        self._is_asking = False
        self._text = base64.b64encode(random.Random().randbytes(LARGEST_BODY * 3 // 4)).decode("ascii")  # noqa: S311

    async def begin(self, ask: Ask) -> bool:
        """Send a first small body alone: is it taken at all?"""
        outcome = await self._post(FIRST_BODY, ask)
        if not outcome.ok:
            self._note_failure(outcome, is_last=True)
        return outcome.ok

    async def run(self, ask: Ask) -> None:
        """A body after the other, each once the one before it was answered."""
        while self._has_room(_covered(self._size)):
            size, began_s = self._size, self._course.clock.now()
            outcome = await self._post(size, ask)
            if outcome.ok:
                if self._course.clock.now() - began_s < _SOON_S:
                    self._size = max(self._size, min(2 * size, LARGEST_BODY))
                await self._ask_on(ask)
            else:
                self._note_failure(outcome, is_last=_is_no(outcome))

    async def _post(self, size: int, ask: Ask) -> Outcome:
        left_s = self._left_s
        body = msgspec.structs.replace(self._target, body=self._text[:size])
        with self.allowance.promise(_covered(size)):
            outcome = await self._course.attempt(body, left_s, ask=ask, send_s=left_s, wait_s=left_s)
        # Of a body that was cut off: what the system took goes out all the same.
        self.allowance.moved += outcome.bytes_out
        if outcome.ok:
            self._pass(size)
        elif self._left_s <= _LEAST_S:
            # Between nothing and all of it came through.
            self._pass(outcome.bytes_out / 2)
        return outcome

    async def _ask_on(self, ask: Ask) -> None:
        """A small request on a busy connection, one at a time: the wait after a body is the time it takes to leave."""
        if self._is_asking or not self._has_room(_APART_BYTES):
            return
        self._is_asking = True
        try:
            with self.allowance.promise(_APART_BYTES):
                outcome = await self._course.attempt(self._small, self._left_s, ask=ask)
        finally:
            self._is_asking = False
        self.allowance.moved += outcome.bytes_out
        self.trips.note_loaded(outcome)


def _is_no(outcome: Outcome) -> bool:
    return outcome.status is not None and outcome.status not in _TAKEN


def _covered(size: int) -> float:
    return size * _COVER_SHARE + _COVER_BYTES
