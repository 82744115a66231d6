"""A target with one long connection: beats, deaths, reconnecting, sleep; on virtual time with scripted peers."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from itertools import pairwise

import msgspec
import pytest

from clearline.domain.command import ApplyPlan, CheckNow, StartSession
from clearline.domain.event import (
    AttemptEnded,
    BackoffStarted,
    BreakerChanged,
    BreakerState,
    CheckEnded,
    CheckMissed,
    Event,
    LivenessChanged,
    ReplyCameLate,
    Result,
)
from clearline.domain.liveness import Heartbeat, KeepAlive, Liveness
from clearline.domain.phase import Phase
from clearline.domain.plan import Plan
from clearline.domain.profile import (
    BackoffKind,
    BreakerMode,
    BreakerPolicy,
    BudgetPolicy,
    Jitter,
    Profile,
    RetryPolicy,
    Timeouts,
)
from clearline.domain.target import Target
from clearline.engine.engine import Engine
from support.scripted_line import (
    ABORTED,
    FIN,
    REFUSED,
    RESET,
    Peer,
    ScriptedConnection,
    ScriptedNetwork,
    pong,
    pong_then,
    silent,
)
from support.virtual_time import VirtualClock, VirtualLoop, run

BEAT = Heartbeat(
    interval_s=5, timeout_s=2, misses_to_suspect=1, misses_to_dead=3, reconnect_base_s=1, reconnect_cap_s=16
)
PROFILE = Profile(
    "line",
    timeouts=Timeouts(attempt_s=15, total_s=60),
    retry=RetryPolicy(attempts=3, backoff=BackoffKind.EXPONENTIAL, jitter=Jitter.NONE),
    breaker=BreakerPolicy(streak=5, open_s=20),
    budget=BudgetPolicy(is_on=False),
    heartbeat=BEAT,
    keepalive=KeepAlive(idle_s=60, interval_s=10, count=3),
)
LINE = Target(id="line", address="beat://127.0.0.1:7000", profile="line")


class Chance:
    """Chance that moves nothing."""

    def random(self) -> float:
        return 0.5


class Stage:
    """An engine with scripted peers, and what it told."""

    def __init__(self, *peers: Peer | OSError, target: Target = LINE, profile: Profile = PROFILE) -> None:
        self.network = ScriptedNetwork(*(peers or (pong(),)))
        self.plan = Plan((target,), (profile,), interval_s=1.0)
        self.events: list[Event] = []
        self.defects: list[tuple[str, BaseException]] = []
        self.slept_s = 0.0
        self.engine = Engine(
            VirtualClock(),
            Chance(),
            self.network,
            self,
            None,
            report_defect=lambda name, error: self.defects.append((name, error)),
            slept_s=lambda: self.slept_s,
        )

    def emit(self, events: Sequence[Event]) -> None:
        self.events.extend(events)

    def of(self, kind: type) -> list:
        return [event for event in self.events if isinstance(event, kind)]

    @property
    def changes(self) -> list[tuple[Liveness, str]]:
        return [(change.after, change.reason) for change in self.of(LivenessChanged)]

    @property
    def kinds(self) -> list[str]:
        faults = [event.outcome.fault for event in self.of(AttemptEnded)]
        return [fault.kind if fault else "" for fault in faults]

    def apply(self, target: Target | None = None, profile: Profile | None = None) -> None:
        self.plan = Plan((target,) if target else (), (profile or self.plan.profiles[0],), interval_s=1.0)
        self.engine.apply(ApplyPlan(plan=self.plan))

    def sleep_through(self, seconds: float) -> None:
        """The machine sleeps for so long."""
        loop = asyncio.get_running_loop()
        assert isinstance(loop, VirtualLoop)
        loop.virtual_s += seconds
        self.slept_s += seconds


def play(
    seconds: float,
    *peers: Peer | OSError,
    story: Callable[[Stage], Awaitable[None]] | None = None,
    **options: object,
) -> Stage:
    """Run an engine for so long, or through a story and then for so long."""

    async def whole() -> Stage:
        stage = Stage(*peers, **options)
        await stage.engine.start(StartSession(session_id="s", path="", wall_s=1e9, plan=stage.plan))
        if story:
            await story(stage)
        await asyncio.sleep(seconds)
        await stage.engine.stop()
        assert stage.defects == []
        assert stage.network.open == [], "the connection is closed with the session"
        return stage

    return run(whole())


# --- beats


def test_it_holds_one_connection_and_beats_on_it_at_its_pace() -> None:
    stage = play(20.5)
    (connection,) = stage.network.connections
    assert [line for _, line in connection.sent] == [b"PING 1\n", b"PING 2\n", b"PING 3\n", b"PING 4\n", b"PING 5\n"]
    assert [round(at, 1) for at, _ in connection.sent] == [0.0, 5.0, 10.0, 15.0, 20.0]


def test_it_records_each_beat_as_one_attempt_of_one_check() -> None:
    stage = play(11)
    checks = stage.of(CheckEnded)
    assert [(check.check, check.result, check.attempts) for check in checks] == [
        (number, Result.OK, 1) for number in range(3)
    ]
    assert [event.check for event in stage.of(AttemptEnded)] == [0, 1, 2]
    assert all(check.late_s < 0.01 for check in checks)


def test_it_times_connecting_once_and_then_the_round_trip_alone() -> None:
    first, second = (event.outcome.phases for event in play(6).of(AttemptEnded))
    assert [phase for phase, _ in first.reached()] == [Phase.CONNECT, Phase.SEND, Phase.WAIT]
    assert [phase for phase, _ in second.reached()] == [Phase.SEND, Phase.WAIT]


def test_it_counts_the_bytes_of_each_beat() -> None:
    outcomes = [event.outcome for event in play(6).of(AttemptEnded)]
    assert [(outcome.bytes_out, outcome.bytes_in) for outcome in outcomes] == [(7, 7), (7, 7)]
    assert {outcome.address for outcome in outcomes} == {"127.0.0.1:7000"}


def test_it_has_the_kernel_watch_too_and_shows_what_it_could_set() -> None:
    stage = play(6)
    first, second = (event.outcome for event in stage.of(AttemptEnded))
    assert stage.network.connections[0].kept == [PROFILE.keepalive]
    assert first.detail["keep_alive"] == {"keep_alive": {"state": "set", "value": 1}}
    assert "keep_alive" not in second.detail


def test_it_sends_and_expects_what_the_target_says() -> None:
    def redis(connection: ScriptedConnection, data: bytes) -> None:
        connection.say(b"+PONG\r\n" if data == b"ping\r\n" else b"-ERR\r\n")

    target = msgspec.structs.replace(LINE, payload="ping\r\n", expect_text="+PONG")
    assert play(11, redis, target=target).kinds == ["", "", ""]


def test_it_takes_its_own_pace_where_the_target_has_one() -> None:
    assert len(play(4.5, target=msgspec.structs.replace(LINE, interval_s=1.0)).of(CheckEnded)) == 5


def test_it_beats_now_when_a_person_asks() -> None:
    async def story(stage: Stage) -> None:
        await asyncio.sleep(1)
        stage.engine.apply(CheckNow(targets=("line",)))

    stage = play(1, story=story)
    assert [round(check.started_s, 1) for check in stage.of(CheckEnded)] == [0.0, 1.0]


# --- suspect and dead


def test_it_goes_through_suspect_to_dead_in_silence_and_makes_a_new_connection() -> None:
    stage = play(14, pong_then(1, None), pong())
    assert [(round(change.at_s, 1), change.after, change.reason) for change in stage.of(LivenessChanged)][:4] == [
        (0.0, Liveness.ALIVE, "connected"),
        (7.0, Liveness.SUSPECT, "silence"),
        (11.0, Liveness.DEAD, "silence"),
        (12.0, Liveness.ALIVE, "connected"),
    ]
    assert stage.kinds == ["", "tcp.stalled", ""]
    assert [check.result for check in stage.of(CheckEnded)] == [Result.OK, Result.OK]


def test_it_asks_again_as_often_as_may_be_missed() -> None:
    stage = play(11.5, pong_then(1, None), pong())
    assert [round(at) for at, _ in stage.network.connections[0].sent] == [0, 5, 7, 9]


def test_it_says_how_long_the_dead_was_silent() -> None:
    stage = play(12, pong_then(1, None), pong())
    (fault,) = [event.outcome.fault for event in stage.of(AttemptEnded) if event.outcome.fault]
    assert fault.phase is Phase.WAIT
    assert fault.evidence["beat"]["misses"] == 3
    assert round(fault.evidence["beat"]["silent_s"]) == BEAT.silence_s
    assert fault.evidence["deadline"]["value_s"] == 6


@pytest.mark.parametrize(
    ("end", "kind", "reason"),
    [(FIN, "tcp.closed", "closed"), (RESET, "tcp.reset", "reset"), (ABORTED, "tcp.aborted", "aborted")],
)
def test_it_tells_at_once_how_a_connection_ended_between_two_beats(
    end: bytes | OSError, kind: str, reason: str
) -> None:
    stage = play(3, pong_then(2, end, 1.0), pong(), target=msgspec.structs.replace(LINE, interval_s=1.5))
    assert (Liveness.DEAD, reason) in stage.changes
    died = next(event for event in stage.of(AttemptEnded) if event.outcome.fault)
    assert (died.outcome.fault.kind, round(died.at_s, 1)) == (kind, 2.5)
    assert died.outcome.fault.evidence["beat"]["is_idle"] is True


def test_it_hears_what_came_before_a_reset() -> None:
    def last_words(connection: ScriptedConnection, data: bytes) -> None:
        connection.say(data.replace(b"PING", b"PONG"))
        connection.say(RESET)

    stage = play(0.5, last_words, pong())
    assert stage.kinds[:2] == ["", "tcp.reset"]


def test_it_takes_a_late_answer_as_late_and_not_as_lost() -> None:
    stage = play(4, pong(2.5))
    (late,) = stage.of(ReplyCameLate)
    assert (late.target, late.check, late.attempt, round(late.after_ms)) == ("line", 0, 1, 2500)
    assert stage.kinds == [""]
    assert stage.changes[:3] == [
        (Liveness.ALIVE, "connected"),
        (Liveness.SUSPECT, "silence"),
        (Liveness.ALIVE, "heard"),
    ]
    detail = stage.of(AttemptEnded)[0].outcome.detail["beat"]
    assert (detail["misses"], detail["is_late"], round(detail["round_trip_ms"])) == (1, True, 2500)


def test_it_finds_the_beat_that_an_answer_is_for_when_one_is_left_out() -> None:
    def skips_the_second(connection: ScriptedConnection, data: bytes) -> None:
        if data != b"PING 2\n":
            connection.say(data.replace(b"PING", b"PONG"), 0.005)

    stage = play(18, skips_the_second)
    assert stage.of(ReplyCameLate) == []
    assert [event.outcome.detail.get("beat", {}).get("misses", 0) for event in stage.of(AttemptEnded)] == [0, 1, 0, 0]


def test_it_tells_a_peer_that_answers_something_else_and_keeps_its_connection() -> None:
    def parrot(connection: ScriptedConnection, data: bytes) -> None:
        connection.say(data, 0.005)

    stage = play(11, parrot)
    assert stage.kinds == ["app.unexpected_reply", "app.unexpected_reply"]
    assert len(stage.network.connections) == 1
    assert stage.changes == [(Liveness.ALIVE, "connected"), (Liveness.UNKNOWN, "stopped")]
    faults = [event.outcome.fault for event in stage.of(AttemptEnded)]
    assert [fault.evidence["first_bytes"] for fault in faults] == ["PING 1\\n", "PING 2\\n"]


def test_it_comes_back_into_step_where_answers_have_no_number_and_one_is_left_out() -> None:
    asked = 0

    def skips_the_second(connection: ScriptedConnection, _data: bytes) -> None:
        nonlocal asked
        asked += 1
        if asked != 2:
            connection.say(b"PONG\n", 0.005)

    target = msgspec.structs.replace(LINE, payload="PING", expect_text="PONG")
    assert len(play(40, skips_the_second, target=target).of(ReplyCameLate)) == 1


def test_it_does_not_take_the_answer_to_an_older_beat_for_this_ones() -> None:
    def answers_the_first_with_the_second(connection: ScriptedConnection, data: bytes) -> None:
        if data == b"PING 1\n":
            connection.say(b"what?\n", 0.1)
        else:
            connection.say(b"PONG 1\n", 0.05)
            connection.say(b"PONG 2\n", 1.0)

    first, second = play(10, answers_the_first_with_the_second).of(AttemptEnded)
    assert first.outcome.fault.kind == "app.unexpected_reply"
    assert second.outcome.fault is None
    assert second.at_s - second.started_s == pytest.approx(1.0, abs=0.01)


def test_it_does_not_take_a_greeting_for_an_answer() -> None:
    def greets(connection: ScriptedConnection, data: bytes) -> None:
        connection.say(b"hello, PONG is what I say\n")
        connection.say(data.replace(b"PING", b"PONG"), 0.5)

    assert play(1, greets).kinds == [""]


def test_it_puts_an_answer_together_that_comes_in_parts() -> None:
    def drips(connection: ScriptedConnection, data: bytes) -> None:
        connection.say(b"PO", 0.1)
        connection.say(b"NG 1\n", 0.2)

    assert play(1, drips).kinds == [""]


def test_it_ends_an_attempt_at_the_limit_of_its_profile_too() -> None:
    # The budget of an attempt runs on the machine's own clock, so a limit that is over at once stands for it.
    profile = msgspec.structs.replace(PROFILE, timeouts=Timeouts(attempt_s=0.05, total_s=0.05, connect_s=0.05))

    async def story(stage: Stage) -> None:
        await asyncio.sleep(0)

    stage = play(1, silent, profile=profile, story=story)
    assert stage.kinds[0] == "local.stalled"


# --- reconnecting


def test_it_reconnects_within_the_check_that_found_it_dead_after_a_pause() -> None:
    stage = play(1.5, pong_then(2, RESET), pong(), target=msgspec.structs.replace(LINE, interval_s=0.5))
    died = next(event for event in stage.of(AttemptEnded) if event.outcome.fault)
    (wait,) = stage.of(BackoffStarted)
    assert (wait.check, wait.attempt, wait.until_s - wait.at_s) == (died.check, 2, pytest.approx(1.0))


def test_it_waits_ever_longer_for_connections_that_die_young() -> None:
    profile = msgspec.structs.replace(PROFILE, breaker=BreakerPolicy(mode=BreakerMode.OBSERVE))
    stage = play(100, *[pong_then(1, RESET) for _ in range(6)], pong(), profile=profile)
    waits = [round(event.until_s - event.at_s, 1) for event in stage.of(BackoffStarted)]
    assert waits[:5] == [2, 4, 8, 16, 16]


def test_it_forgives_early_deaths_once_a_connection_lives() -> None:
    profile = msgspec.structs.replace(PROFILE, breaker=BreakerPolicy(mode=BreakerMode.OBSERVE))
    stage = play(60, pong_then(1, RESET), pong_then(1, RESET), pong_then(3, RESET), pong(), profile=profile)
    waits = [round(event.until_s - event.at_s, 1) for event in stage.of(BackoffStarted)]
    assert waits == [2, 4, 1]


def test_it_waits_ever_longer_while_nothing_takes_a_connection() -> None:
    patient = msgspec.structs.replace(PROFILE, retry=RetryPolicy(attempts=1, jitter=Jitter.NONE))
    calm = msgspec.structs.replace(patient, breaker=BreakerPolicy(mode=BreakerMode.OBSERVE))
    stage = play(60, REFUSED, profile=calm)
    gaps = [round(after - before) for before, after in pairwise(stage.network.tried_s)]
    assert gaps == [5, 5, 5, 8, 16, 16]


def test_it_begins_at_its_pace_again_once_it_is_back() -> None:
    patient = msgspec.structs.replace(PROFILE, retry=RetryPolicy(attempts=1, jitter=Jitter.NONE))
    stage = play(41, REFUSED, REFUSED, pong(), profile=patient)
    ok = [round(check.started_s) for check in stage.of(CheckEnded) if check.result is Result.OK]
    assert ok == [10, 15, 20, 25, 30, 35, 40]


def test_it_is_patient_anew_after_each_time_it_was_back() -> None:
    once = msgspec.structs.replace(
        PROFILE,
        retry=RetryPolicy(attempts=1, jitter=Jitter.NONE),
        breaker=BreakerPolicy(mode=BreakerMode.OBSERVE),
    )
    stage = play(80, *[REFUSED] * 4, pong_then(3, RESET), REFUSED, pong(), profile=once)
    gaps = [round(after - before) for before, after in pairwise(stage.network.tried_s)]
    assert gaps == [5, 5, 5, 8, 15, 5]


def test_it_lets_the_breaker_keep_it_from_connecting_and_then_test_recovery() -> None:
    profile = msgspec.structs.replace(PROFILE, breaker=BreakerPolicy(streak=3, open_s=20, successes_to_close=2))
    stage = play(60, *[REFUSED] * 3, pong(), profile=profile)
    assert [change.after for change in stage.of(BreakerChanged)] == [
        BreakerState.OPEN,
        BreakerState.HALF_OPEN,
        BreakerState.HALF_OPEN,
        BreakerState.CLOSED,
    ]
    results = [check.result for check in stage.of(CheckEnded)]
    assert results[0] is Result.FAILED
    assert Result.REFUSED in results
    assert results[-1] is Result.OK


def test_it_sends_no_beat_while_the_breaker_is_isolated_but_hears_the_end() -> None:
    isolated = msgspec.structs.replace(PROFILE, breaker=BreakerPolicy(mode=BreakerMode.ISOLATED))

    async def story(stage: Stage) -> None:
        await asyncio.sleep(1)
        stage.apply(LINE, isolated)
        await asyncio.sleep(11)
        stage.network.connections[0].say(FIN)

    stage = play(1, story=story)
    assert len(stage.network.connections[0].sent) == 1
    assert [check.result for check in stage.of(CheckEnded)][1:3] == [Result.REFUSED, Result.REFUSED]
    assert (Liveness.DEAD, "closed") in stage.changes


def test_it_waits_as_long_where_the_retry_budget_is_used_up() -> None:
    poor = msgspec.structs.replace(
        PROFILE, budget=BudgetPolicy(capacity=1, ratio=0), breaker=BreakerPolicy(mode=BreakerMode.OBSERVE)
    )
    stage = play(60, pong_then(1, RESET), *[pong_then(1, RESET) for _ in range(2)], pong(), profile=poor)
    assert "budget" in {check.gave_up for check in stage.of(CheckEnded)}
    assert stage.kinds[-1] == ""


# --- the machine sleeps, the clock is set


def test_it_beats_at_once_after_a_sleep_and_holds_it_against_nobody() -> None:
    async def story(stage: Stage) -> None:
        await asyncio.sleep(1)
        stage.sleep_through(3)

    stage = play(0.5, story=story)
    assert [round(at) for at, _ in stage.network.connections[0].sent] == [0, 4]
    assert stage.changes == [(Liveness.ALIVE, "connected"), (Liveness.UNKNOWN, "stopped")]


def test_it_voids_a_beat_that_the_machine_slept_through_and_sends_another() -> None:
    def slow(connection: ScriptedConnection, data: bytes) -> None:
        connection.say(data.replace(b"PING", b"PONG"), 1.0)

    async def story(stage: Stage) -> None:
        await asyncio.sleep(0.5)
        stage.sleep_through(3600)
        # What was said before the sleep never arrives: the peer has given up long ago.
        stage.network.connections[0]._waiting.clear()

    stage = play(2, slow, story=story)
    first = stage.of(AttemptEnded)[0]
    assert first.is_disturbed
    assert (Liveness.SUSPECT, "silence") not in stage.changes


# --- the plan changes, the session ends


def test_it_closes_the_connection_while_it_is_paused() -> None:
    async def story(stage: Stage) -> None:
        await asyncio.sleep(1)
        stage.apply(msgspec.structs.replace(LINE, is_paused=True))
        await asyncio.sleep(60)
        assert stage.network.open == []
        stage.apply(LINE)

    stage = play(2, story=story)
    assert len(stage.network.connections) == 2
    assert stage.changes[:3] == [
        (Liveness.ALIVE, "connected"),
        (Liveness.UNKNOWN, "stopped"),
        (Liveness.ALIVE, "connected"),
    ]


def test_it_closes_the_connection_of_a_target_that_is_removed() -> None:
    async def story(stage: Stage) -> None:
        await asyncio.sleep(1)
        stage.apply()
        await asyncio.sleep(0.1)
        assert stage.network.open == []

    assert len(play(20, story=story).of(CheckEnded)) == 1


def test_it_keeps_the_connection_when_only_the_pace_changes() -> None:
    async def story(stage: Stage) -> None:
        await asyncio.sleep(1)
        stage.apply(msgspec.structs.replace(LINE, interval_s=2.0))

    stage = play(8, story=story)
    assert len(stage.network.connections) == 1
    times = [at for at, _ in stage.network.connections[0].sent][1:]
    assert [round(after - before) for before, after in pairwise(times)] == [2, 2, 2]


def test_it_makes_a_new_connection_for_another_heartbeat() -> None:
    async def story(stage: Stage) -> None:
        await asyncio.sleep(1)
        stage.apply(msgspec.structs.replace(LINE, payload="PING {n} please"))

    stage = play(2, story=story)
    assert [connection.sent[0][1] for connection in stage.network.connections] == [b"PING 1\n", b"PING 1 please\n"]


def test_it_numbers_checks_on_through_everything() -> None:
    async def story(stage: Stage) -> None:
        await asyncio.sleep(6)
        stage.apply(msgspec.structs.replace(LINE, is_paused=True))
        await asyncio.sleep(6)
        stage.apply(LINE)

    numbers = [check.check for check in play(20, pong_then(2, RESET), pong(), story=story).of(CheckEnded)]
    assert numbers == list(range(len(numbers)))


def test_it_misses_nothing_as_it_has_no_slots() -> None:
    assert play(120, pong_then(3, None), silent).of(CheckMissed) == []


@pytest.mark.parametrize("step", range(40))
def test_it_leaves_no_connection_when_stopped_at_any_time(step: int) -> None:
    """Through connecting, beating, resting, missing, dying and waiting to reconnect: `play` looks for what is left."""
    stage = play(step * 0.37, pong_then(1, None), REFUSED, pong_then(1, RESET), pong())
    # A session that was stopped is told to its end, and nothing after it.
    assert len(stage.of(CheckEnded)) == len({event.check for event in stage.of(CheckEnded)})


@pytest.mark.parametrize("offset", [0.0, 0.0005, 0.001, 0.002, 0.006])
def test_it_leaves_no_connection_when_stopped_at_any_await_of_the_first_beat(offset: float) -> None:
    stage = play(offset, pong())
    assert all(check.gave_up in ("", "stopped") for check in stage.of(CheckEnded))
