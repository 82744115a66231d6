"""Connections that rest: cut, closed properly, kept, or never kept; over web connections and bare ones."""

import asyncio
from typing import Any

import msgspec
import pytest

from clearline.domain.event import DiagnosisEnded, StepChanged
from clearline.domain.fault import Fault
from clearline.domain.liveness import KeepAlive
from clearline.domain.outcome import Outcome
from clearline.domain.phase import Phase, PhaseTimes
from clearline.domain.target import Target
from clearline.domain.verdict import Confidence, Depth, DiagnosisPolicy, Saying, Step, StepState, Trial
from clearline.net.evidence import Deadline, Evidence, NetworkError, OsError
from support.scripted_ladder import GATEWAY, TARGET_IP, ScriptedMachine, Told, diagnosed, fault, ladder, ok
from support.virtual_time import VirtualClock, run

ADDRESS = f"https://{TARGET_IP}/"
BARE = f"tcp://{TARGET_IP}:9100"
LONG = DiagnosisPolicy(Depth.FULL, consents=(Trial.REUSE,), idle_s=600.0)
SHORT = msgspec.structs.replace(LONG, idle_s=12.0)
MOST_OPEN = 7
PLACES = [(10, 15, None), (20, 30, 15), (45, 60, 30), (59.99, 60, 30), (90, 120, 60), (200, 300, 120), (450, 600, 300)]
"""After which rest connections are cut; the shortest rest that finds it, and the longest that does not."""


def now() -> float:
    return VirtualClock().now()


class Way:
    """Forgets connections that rest longer than `limit_s`; how that shows is `how`. At `breaks_at_s` it forgets all, or
    the one that was made as `breaks` alone."""

    def __init__(
        self,
        limit_s: float = 1e9,
        how: str = "silent",
        *,
        breaks_at_s: float = 1e9,
        breaks: int | None = None,
        most_uses: int = 1000,
        counts_empty: bool = True,
    ) -> None:
        self.limit_s, self.how, self.most_uses, self.counts_empty = limit_s, how, most_uses, counts_empty
        self.breaks_at_s, self.breaks = breaks_at_s, breaks
        self.open = self.most_open = self.made = 0

    def is_forgotten(self, number: int, used_s: float) -> bool:
        is_broken = self.breaks in (None, number) and used_s < self.breaks_at_s <= now()
        return is_broken or now() - used_s > self.limit_s

    def opened(self) -> int:
        self.open, self.made = self.open + 1, self.made + 1
        self.most_open = max(self.most_open, self.open)
        return self.made


class Keeping:
    """Attempts that keep one web connection, in the place of probes.keeping."""

    def __init__(self, way: Way) -> None:
        self._way = way
        self._used_s: float | None = None
        self._uses = 0

    def __enter__(self) -> Any:
        self._number = self._way.opened()
        return self.ask

    def __exit__(self, *_: object) -> None:
        self._way.open -= 1

    async def ask(self, _target: Target, *_: Any) -> Outcome:
        connection, kind, took_ms, evidence = self._meet()
        await asyncio.sleep(took_ms / 1000)
        self._used_s, self._uses = now(), self._uses + 1
        status = 503 if kind == "http.error.503" else None if kind else 200
        told = Fault(kind, Phase.WAIT, evidence) if kind else None
        detail = {"connection": connection}
        return Outcome(PhaseTimes(wait=took_ms), told, f"{TARGET_IP}:443", status=status, detail=detail)

    def _meet(self) -> tuple[dict[str, Any], str, float, dict[str, Any]]:
        way, fresh, kept = self._way, {"is_reused": False, "found_closed": 0}, {"is_reused": True}
        if self._used_s is None or way.how == "never kept":
            # Not all are there at the same moment.
            return fresh, "", 30.0 * self._number, {}
        if self._uses >= way.most_uses:
            return {**fresh, "found_closed": 1}, "", 30.0, {}
        if way.how == "breaks at once":
            return kept, "tcp.reset", 4.0, {}
        if not way.is_forgotten(self._number, self._used_s):
            return kept, "", 4.0, {}
        unheard = {"tcp_info": {"unacked": 3}}
        return {
            "closed": ({**fresh, "found_closed": 1}, "", 30.0, {}),
            "closed as asked": (kept, "http.response.invalid.empty", 4.0, {}),
            "reset": ({**fresh, "found_closed": 1, "found_reset": 1}, "", 30.0, {}),
            "reset as asked": (kept, "tcp.reset", 4.0, {}),
            "silent": (kept, "http.timed_out", 4000.0, unheard),
            "heard, and silent": (kept, "http.timed_out", 4000.0, {"tcp_info": {"unacked": 0}}),
            "refuses": (kept, "http.error.503", 4.0, {}),
        }[way.how]


class BareConnection:
    """What a bare connection shows of the way when it is read."""

    def __init__(self, way: Way) -> None:
        self._way, self._used_s = way, now()
        self._number = way.opened()
        self.asked: list[KeepAlive] = []
        self.greeting = b"220 ready\r\n"

    def keep_alive(self, wanted: KeepAlive) -> dict[str, Any]:
        self.asked.append(wanted)
        return {}

    async def read(self, _limit: Any) -> bytes:
        greeting, self.greeting = self.greeting, b""
        if greeting:
            return greeting
        if not self._way.is_forgotten(self._number, self._used_s):
            await asyncio.sleep(5)
            self._used_s = now() if self._way.counts_empty else self._used_s
            raise NetworkError(Evidence(deadline=Deadline(5.0, "own")))
        if self._way.how == "closed":
            return b""
        number = {"silent": 110, "reset": 104}[self._way.how]
        raise NetworkError(Evidence(os_error=OsError(number, None, "linux")))

    def close(self) -> None:
        self._way.open -= 1


class BareMachine(ScriptedMachine):
    """Connections over a way."""

    def __init__(self, way: Way) -> None:
        super().__init__()
        self.way = way
        self.connections: list[BareConnection] = []
        self.begun = 0

    async def connect(self, _address: Any, _limit: Any) -> BareConnection:
        self.begun += 1
        await asyncio.sleep(0.03 * self.begun)
        self.connections.append(BareConnection(self.way))
        return self.connections[-1]


WELL = {f"icmp://{GATEWAY}": ok, ADDRESS: ok, "tcp://": ok}


def rested(way: Way, policy: DiagnosisPolicy = LONG, address: str = ADDRESS, **more: Any) -> Told:
    """A diagnosis over this way; whatever else is asked works."""
    machine = BareMachine(way)
    told = diagnosed(
        more.pop("answers", WELL),
        address=address,
        policy=policy,
        machine=machine,
        keep=lambda _ask, _count: Keeping(way),
        **more,
    )
    assert way.open == 0, "all connections are closed"
    assert way.most_open <= MOST_OPEN
    return told


def facts(told: Told) -> dict[str, Any]:
    """Of the trial, without its times and the names of its faults."""
    found = told.step(Step.COMPARE).facts
    return {
        name.removeprefix("reuse."): value
        for name, value in found.items()
        if name.startswith("reuse.") and not name.endswith(("_ms", ".kind", ".is_kept"))
    }


def end_s(told: Told) -> float:
    last = told.events[-1]
    assert isinstance(last, DiagnosisEnded)
    return last.at_s


def said(told: Told) -> list[str]:
    return [saying.code for saying in (*told.verdict.notes, *told.verdict.ruled_out)]


@pytest.mark.parametrize("address", [ADDRESS, BARE])
@pytest.mark.parametrize(("limit_s", "idle_s", "lives_s"), PLACES)
@pytest.mark.parametrize(
    ("how", "confidence"), [("silent", Confidence.CERTAIN), ("reset", Confidence.LIKELY), ("closed", None)]
)
def test_it_finds_between_which_rests_connections_end(
    address: str, limit_s: float, idle_s: float, lives_s: float | None, how: str, confidence: Confidence | None
) -> None:
    told = rested(Way(limit_s, how), address=address)
    found = facts(told)
    assert (found["idle_s"], found.get("lives_s")) == (idle_s, lives_s)
    assert (found["is_cut"], found["is_closed"], found["is_lost"]) == (how != "closed", how == "closed", False)
    assert end_s(told) < idle_s + 20, "longer rests are given up"
    is_repeated = idle_s < LONG.idle_s
    if confidence is None:
        assert told.verdict.code == "works"
        assert "note.closed_when_idle" in said(told)
        assert ("note.open_when_idle" in said(told)) is (lives_s is not None)
    elif lives_s is None:
        assert (told.verdict.code, told.verdict.confidence) == ("idle_is_cut", Confidence.LIKELY)
    else:
        wanted = confidence if is_repeated else Confidence.LIKELY
        assert (told.verdict.code, told.verdict.confidence) == ("idle_limit", wanted)
        assert {"idle_s": idle_s, "lives_s": lives_s}.items() <= told.verdict.values.items()
        assert "note.cut_when_idle" in said(told)


@pytest.mark.parametrize("address", [ADDRESS, BARE])
def test_it_says_what_lives_through_all_rests(address: str) -> None:
    told = rested(Way(), address=address)
    assert facts(told) == {"is_cut": False, "is_closed": False, "is_lost": False, "idle_s": 600, "lives_s": 600}
    assert told.verdict.code == "works"
    assert "ruled_out.idle_cut" in said(told)
    assert 600 < end_s(told) <= LONG.limit_s


@pytest.mark.parametrize("address", [ADDRESS, BARE])
def test_a_single_rest_is_compared_with_no_shorter_one(address: str) -> None:
    way = Way(11.0)
    told = rested(way, SHORT, address)
    assert facts(told) == {"is_cut": True, "is_closed": False, "is_lost": False, "idle_s": 12}
    assert (told.verdict.code, told.verdict.confidence) == ("idle_is_cut", Confidence.LIKELY)
    assert way.most_open == 1


@pytest.mark.parametrize(
    ("how", "code", "told"),
    [
        ("silent", "idle_limit", "note.reuse_cost"),
        ("reset as asked", "idle_limit", "note.reuse_cost"),
        ("closed as asked", "works", "note.closed_when_idle"),
        ("refuses", "works", "ruled_out.idle_cut"),
        ("never kept", "works", "note.never_kept"),
        ("breaks at once", "reuse_breaks", ""),
    ],
)
def test_it_tells_how_a_web_connection_ends(how: str, code: str, told: str) -> None:
    found = rested(Way(45.0, how))
    assert (found.verdict.code, found.verdict.is_fault) == (code, False)
    assert not told or told in said(found)


def test_it_tells_what_a_fresh_connection_costs() -> None:
    found = rested(Way()).step(Step.COMPARE).facts
    assert (found["reuse.cold_ms"], found["reuse.warm_ms"]) == (30.0, 4.0)


@pytest.mark.parametrize(
    "way",
    [
        Way(45.0, "heard, and silent"),
        Way(45.0, "silent", most_uses=5),
    ],
    ids=["the peer confirms what it is sent", "the connection in use is ended properly"],
)
def test_it_is_certain_only_where_nothing_else_explains_it(way: Way) -> None:
    told = rested(way)
    assert (told.verdict.code, told.verdict.confidence) == ("idle_limit", Confidence.LIKELY)


@pytest.mark.parametrize(
    ("address", "second", "is_alone", "how"),
    [
        (ADDRESS, 3, True, "silent"),
        (ADDRESS, 3, True, "reset"),
        (ADDRESS, 3, False, "silent"),
        (ADDRESS, 3, False, "reset"),
        (BARE, 2, True, "silent"),
        (BARE, 2, True, "reset"),
        (BARE, 2, False, "silent"),
    ],
)
def test_it_blames_no_rest_where_all_connections_or_one_alone_were_lost(
    address: str, second: int, is_alone: bool, how: str
) -> None:
    """As where the way is made anew, or where one of several machines behind an address dies."""
    told = rested(Way(how=how, breaks_at_s=26.0, breaks=second if is_alone else None), address=address)
    assert facts(told) == {"is_cut": False, "is_closed": False, "is_lost": True, "lives_s": 15}
    assert told.verdict.code == "works"
    assert "note.lost_meanwhile" in said(told)
    assert "ruled_out.idle_cut" not in said(told)


def test_a_peer_that_resets_what_is_idle_need_not_count_empty_packets() -> None:
    told = rested(Way(45.0, "reset", counts_empty=False), address=BARE)
    assert (told.verdict.code, told.verdict.confidence) == ("idle_limit", Confidence.LIKELY)
    assert {"idle_s": 60, "lives_s": 30}.items() <= facts(told).items()


@pytest.mark.parametrize("address", [ADDRESS, BARE])
def test_it_blames_no_rest_where_a_fresh_connection_fails_too(address: str) -> None:
    def works_at_first(target: Target) -> Outcome:
        return (ok if now() < 30 else fault("tcp.refused"))(target)

    others = {begin: answer for begin, answer in WELL.items() if begin != address}
    told = rested(Way(45.0), address=address, answers={address: works_at_first, **others})
    assert (facts(told)["is_cut"], facts(told)["is_lost"]) == (False, True)
    assert "ruled_out.idle_cut" not in said(told)


def test_it_ends_in_time_where_even_the_longest_rest_is_silent() -> None:
    told = rested(Way(450.0))
    assert told.step(Step.COMPARE).state is StepState.OK
    assert end_s(told) <= LONG.limit_s


@pytest.mark.parametrize(
    ("idle_s", "rests_s"), [(1, (1,)), (15, (15,)), (50, (15, 30, 50)), (600, (15, 30, 60, 120, 300, 600))]
)
def test_the_rests_are_the_usual_ones_below_the_wanted_one_and_that(idle_s: float, rests_s: tuple[float, ...]) -> None:
    assert msgspec.structs.replace(LONG, idle_s=idle_s).rests_s == rests_s


@pytest.mark.parametrize(("consents", "limit_s"), [((), 30), ((Trial.LOAD,), 30), ((Trial.REUSE,), 650)])
def test_a_rest_that_was_asked_for_comes_on_top(consents: tuple[Trial, ...], limit_s: float) -> None:
    assert msgspec.structs.replace(LONG, consents=consents).limit_s == limit_s


def test_it_tells_how_far_it_is_while_connections_rest() -> None:
    told = rested(Way(), msgspec.structs.replace(LONG, idle_s=120.0))
    steps = [event.result for event in told.events if isinstance(event, StepChanged)]
    running = [one.said for one in steps if one.step is Step.COMPARE and one.said and one.state is StepState.RUNNING]
    assert running[:2] == [Saying("step.compare.resting", {"rested_s": s, "idle_s": 120.0}) for s in (0, 2)]
    assert [one.values["rested_s"] for one in running] == sorted(one.values["rested_s"] for one in running)
    assert 60 <= len(running) <= 65
    assert told.states(Step.COMPARE)[-1] is StepState.OK


@pytest.mark.parametrize("address", [ADDRESS, BARE])
@pytest.mark.parametrize("at_s", [0.02, 0.07, 7.6, 15.5, 17.0, 100.0, 602.0])
def test_it_can_be_stopped_at_any_moment(address: str, at_s: float) -> None:
    way, told = Way(450.0), Told()

    async def story() -> None:
        climb = ladder(
            WELL, told, VirtualClock(), address=address, policy=LONG, machine=BareMachine(way),
            keep=lambda _ask, _count: Keeping(way),
        )  # fmt: skip
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(at_s):
                await climb.run()

    run(story())
    assert way.open == 0
    assert isinstance(told.events[-1], DiagnosisEnded)
    assert (told.events[-1].reason, end_s(told)) == ("stopped", pytest.approx(at_s))


def test_nothing_rests_where_nobody_agreed() -> None:
    way = Way()
    told = rested(way, DiagnosisPolicy(Depth.FULL))
    assert (told.step(Step.COMPARE).state.value, way.made) == ("skipped", 0)


def test_it_holds_no_connection_to_a_proxy_that_is_asked_for_nothing() -> None:
    way = Way()
    told = rested(way, address=BARE, proxy="http://192.0.2.3:3128")
    assert "reuse.is_cut" not in told.step(Step.COMPARE).facts
    assert way.made == 0


def test_one_lost_packet_ends_no_bare_connection() -> None:
    """Linux counts the time until it gives up from what it heard last, which was before the rest."""
    machine = BareMachine(Way())

    diagnosed(WELL, address=BARE, policy=SHORT, machine=machine)

    (rest,) = machine.connections
    assert [asked.is_on for asked in rest.asked] == [True, False]
    assert rest.asked[0].user_timeout_s == pytest.approx(12 + rest.asked[0].silence_s)
