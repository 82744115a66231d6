"""The own side is asked quietly, closely while something fails, and told of only where that says something."""

import asyncio
from collections.abc import Callable

import msgspec
import pytest

from clearline.diagnosis.together import HOLDS_AFTER_S
from clearline.domain.event import CheckEnded, NetworkChange, NetworkChanged, PlanApplied, Result
from clearline.domain.fault import Fault
from clearline.domain.outages import Why, lost_network_spans
from clearline.domain.outcome import Outcome
from clearline.domain.phase import Phase, PhaseTimes
from clearline.domain.plan import Plan, new_target
from clearline.domain.target import Target
from clearline.engine.own_side import (
    CLOSELY_EVERY_S,
    OUTSIDE_ALL_FAIL_S,
    OUTSIDE_EVERY_S,
    OUTSIDE_SOME_FAIL_S,
    QUIET_EVERY_S,
    OwnSideWatch,
    references,
)
from clearline.net.machine_routes import Gateway
from clearline.net.machine_state import Machine
from support.virtual_time import VirtualClock, run

GATEWAY, SERVER = "10.0.0.1", "10.0.0.53"
MACHINE = Machine((), (Gateway(4, GATEWAY, "eth0"),), (f"{SERVER}:53",))
FAR = tuple(new_target(f"tcp://{ip}:443") for ip in ("198.51.100.7", "203.0.113.9"))
HERE = new_target("tcp://127.0.0.1:9")
LAB_NAME = new_target("dns://www.practice.example?server=127.0.0.1:5353")
LAB_SITE = msgspec.structs.replace(new_target("https://www.practice.example/"), via="127.0.0.1:8443")
OUTSIDE_HOSTS = ("192.0.2.10", "192.0.2.20")
POINTS = tuple(f"tcp://{host}:443" for host in OUTSIDE_HOSTS)
Heard = Callable[[str, float], str]
"""What asking an address at a second comes to: the kind of the fault, empty where it answers."""


class Bench:
    """The watch, what it asked when, and what it told."""

    def __init__(self, heard: Heard, *targets: Target) -> None:
        self.heard = heard
        self.targets = targets
        self.asked: list[tuple[float, str]] = []
        self.told: list[NetworkChanged] = []
        self.clock = VirtualClock()
        self.watch: OwnSideWatch
        self.points: tuple[str, ...] = ()

    @property
    def changes(self) -> list[tuple[str, str]]:
        return [(change.what, change.name) for event in self.told for change in event.changes]

    async def probe(self, target: Target, _timeouts: object, deadline_s: float, *_: object) -> Outcome:
        at_s = self.clock.now()
        self.asked.append((at_s, target.address))
        kind = self.heard(target.address, at_s)
        await asyncio.sleep(deadline_s - at_s if kind.endswith(("no_reply", "timed_out")) else 0.01)
        return Outcome(PhaseTimes(), Fault(kind, Phase.WAIT) if kind else None)

    def check(self, target: Target, result: Result) -> None:
        now_s = self.clock.now()
        self.watch.hear(
            CheckEnded(at_s=now_s, target=target.id, check=1, due_s=now_s, started_s=now_s, result=result, attempts=1)
        )

    def asked_of(self, address: str) -> list[float]:
        return [at_s for at_s, asked in self.asked if asked == address]

    def told_of_outside(self) -> list[str]:
        return [what for what, name in self.changes if name == ", ".join(OUTSIDE_HOSTS)]

    def run(self, for_s: float, *steps: tuple[float, Callable[[], None]]) -> "Bench":
        """So long; each step at its second."""

        async def story() -> None:
            self.watch = OwnSideWatch(lambda: MACHINE, self.probe, None, self.clock, self.told.append)  # type: ignore[arg-type]
            self.watch.watch_outside(self.points)
            self.watch.hear(PlanApplied(at_s=0.0, plan=Plan(targets=self.targets)))
            loop = asyncio.get_running_loop()
            for at_s, step in steps:
                loop.call_later(at_s, step)
            try:
                async with asyncio.timeout(for_s):
                    await self.watch.keep()
            except TimeoutError:
                pass

        run(story())
        return self

    def all(self, result: Result, *targets: Target) -> Callable[[], None]:
        def step() -> None:
            for target in targets or self.targets:
                self.check(target, result)

        return step


def well(_address: str, _at_s: float) -> str:
    return ""


def silent_from(second: float, until_s: float = 1e9, kind: str = "icmp.no_reply", address: str = GATEWAY) -> Heard:
    return lambda asked, at_s: kind if address in asked and second <= at_s < until_s else ""


def test_it_asks_each_twice_a_minute_while_all_is_well_and_says_nothing() -> None:
    bench = Bench(well, *FAR).run(100)
    times = [at_s for at_s, address in bench.asked if address.startswith("icmp://")]
    assert times == pytest.approx([0, QUIET_EVERY_S, 2 * QUIET_EVERY_S, 3 * QUIET_EVERY_S], abs=0.2)
    assert {address for _, address in bench.asked} == {f"icmp://{GATEWAY}", f"dns://localhost?server={SERVER}:53"}
    assert bench.told == []


@pytest.mark.parametrize(
    "targets", [(), (HERE,), (LAB_NAME, LAB_SITE)], ids=["no target", "all on this computer", "names asked of it"]
)
def test_it_asks_nobody_where_that_would_tell_nothing(targets: tuple[Target, ...]) -> None:
    bench = Bench(well, *targets)
    bench.run(100, (5, bench.all(Result.FAILED) if targets else lambda: None))
    assert bench.asked == []


def test_it_looks_closely_while_a_target_fails_and_at_once() -> None:
    bench = Bench(well, *FAR)
    bench.run(50, (10, bench.all(Result.FAILED, FAR[0])), (20, bench.all(Result.OK)))
    times = [at_s for at_s, address in bench.asked if address.startswith("icmp://")]
    close = [at_s for at_s in times if 10 <= at_s <= 20]
    assert close[0] == pytest.approx(10, abs=0.1)
    assert len(close) == int(10 / CLOSELY_EVERY_S) + 1
    assert bench.told == []


def test_it_says_that_they_are_there_once_where_many_fail() -> None:
    bench = Bench(well, *FAR)
    bench.run(60, (10, bench.all(Result.FAILED)))
    assert bench.changes == [("gateway_there", GATEWAY), ("name_server_there", SERVER)]


def test_it_says_that_the_gateway_is_silent_where_every_target_fails_and_when_it_is_back() -> None:
    bench = Bench(silent_from(10, 30), *FAR)
    bench.run(60, (10, bench.all(Result.OK)), (11, bench.all(Result.FAILED)), (33, bench.all(Result.OK)))
    gateway = [(change, event) for event in bench.told for change in event.changes if change.name == GATEWAY]
    assert [change.what for change, _ in gateway] == ["gateway_silent", "gateway_there"]
    assert gateway[0][1].from_s == 10.0
    assert 11 < gateway[0][1].at_s < 18


@pytest.mark.parametrize(
    ("heard", "failing"),
    [
        (silent_from(0), FAR),
        (silent_from(10, 12), FAR),
        (silent_from(10), FAR[:1]),
        (silent_from(10, kind="local.capability"), FAR),
        (silent_from(10, kind="dns.name_not_resolved.nxdomain", address=SERVER), FAR),
    ],
    ids=["it never answered", "one lost packet", "another target works", "not allowed here", "it answers no"],
)
def test_it_calls_nobody_silent_without_proof(heard: Heard, failing: tuple[Target, ...]) -> None:
    bench = Bench(heard, *FAR)
    bench.run(60, (5, bench.all(Result.OK)), (11, bench.all(Result.FAILED, *failing)))
    assert [what for what, _ in bench.changes if what.endswith("silent")] == []


def test_what_works_again_proves_that_the_gateway_is_there() -> None:
    bench = Bench(silent_from(10), *FAR)
    bench.run(60, (11, bench.all(Result.FAILED)), (40, bench.all(Result.OK, FAR[0])))
    assert [what for what, name in bench.changes if name == GATEWAY] == ["gateway_silent", "gateway_there"]


def test_outages_while_the_gateway_is_silent_are_the_own_network_s() -> None:
    bench = Bench(silent_from(10, 30), *FAR)
    bench.run(60, (10, bench.all(Result.OK)), (11, bench.all(Result.FAILED)), (33, bench.all(Result.OK)))
    (span,) = lost_network_spans(bench.told, 60.0)
    assert (span.from_s, span.why) == (10.0, Why.NETWORK_LOST)
    assert 30 <= span.to_s < 36


def outside_bench(heard: Heard, *targets: Target) -> Bench:
    bench = Bench(heard, *(targets or FAR))
    bench.points = POINTS
    return bench


def cut_off(second: float, until_s: float = 1e9, kind: str = "tcp.timed_out") -> Heard:
    """The two places outside answer no more from that second on."""
    return lambda asked, at_s: kind if asked in POINTS and second <= at_s < until_s else ""


def test_places_outside_are_asked_only_where_somebody_allowed_it() -> None:
    bench = Bench(well, *FAR)
    bench.run(400, (5, bench.all(Result.FAILED)))
    assert not [asked for _, asked in bench.asked if asked.startswith("tcp://")]


def test_places_outside_are_left_alone_where_every_target_is_on_this_computer() -> None:
    assert outside_bench(well, HERE).run(400).asked == []


def test_places_outside_are_asked_sparingly() -> None:
    bench = outside_bench(well)
    bench.run(
        1200, (620, bench.all(Result.FAILED, FAR[0])), (800, bench.all(Result.FAILED)), (900, bench.all(Result.OK))
    )
    for point in POINTS:
        times = bench.asked_of(point)
        assert times[:3] == pytest.approx([0, OUTSIDE_EVERY_S, 2 * OUTSIDE_EVERY_S], abs=1)
        for from_s, to_s, pace_s in ((620, 800, OUTSIDE_SOME_FAIL_S), (800, 900, OUTSIDE_ALL_FAIL_S)):
            assert 2 <= len([at_s for at_s in times if from_s < at_s <= to_s]) <= (to_s - from_s) / pace_s + 1
        assert len([at_s for at_s in times if at_s > 901]) <= 1


def test_it_says_that_outside_answers_while_many_fail() -> None:
    bench = outside_bench(well)
    bench.run(60, (10, bench.all(Result.FAILED)))
    assert bench.told_of_outside() == ["outside_there"]


def test_it_says_that_nothing_outside_answers_and_when_it_does_again() -> None:
    bench = outside_bench(cut_off(20, 40))
    bench.run(80, (19, bench.all(Result.OK)), (21, bench.all(Result.FAILED)))
    assert bench.told_of_outside() == ["outside_silent", "outside_there"]
    silent = next(event for event in bench.told if event.changes[0].what == "outside_silent")
    assert silent.from_s == 19.0
    assert silent.at_s < 28
    (span,) = lost_network_spans(bench.told, 80.0)
    assert span.from_s == 19.0
    assert 40 <= span.to_s < 60


@pytest.mark.parametrize(
    ("heard", "failing", "told"),
    [
        (cut_off(0), FAR, []),
        (cut_off(10, 12), FAR, ["outside_there"]),
        (cut_off(10), FAR[:1], []),
        (cut_off(10, kind="tcp.refused"), FAR, ["outside_there"]),
        (cut_off(10, kind="tcp.admin_prohibited"), FAR, ["outside_silent"]),
        (lambda asked, at_s: "tcp.timed_out" if asked == POINTS[0] and at_s > 10 else "", FAR, ["outside_there"]),
    ],
    ids=["never answered", "one lost packet", "another target works", "refuses", "a router forbids it", "one answers"],
)
def test_nothing_outside_answers_only_where_that_is_proven(
    heard: Heard, failing: tuple[Target, ...], told: list[str]
) -> None:
    bench = outside_bench(heard)
    bench.run(60, (5, bench.all(Result.OK)), (11, bench.all(Result.FAILED, *failing)))
    assert bench.told_of_outside() == told


def test_that_outside_answered_earlier_is_taken_back_before_anybody_says_so() -> None:
    bench = outside_bench(cut_off(100))
    fails, works = bench.all(Result.FAILED), bench.all(Result.OK)
    bench.run(140, (10, fails), (20, works), (100, fails))
    assert bench.told_of_outside() == ["outside_there", "outside_unknown", "outside_silent"]
    doubted = next(event for event in bench.told if event.changes[0].what == "outside_unknown")
    assert doubted.at_s - 100 < HOLDS_AFTER_S


def moved() -> NetworkChanged:
    return NetworkChanged(at_s=30.0, from_s=28.0, changes=(NetworkChange("gateway", "IPv4", "", GATEWAY),))


@pytest.mark.parametrize(
    "step",
    [
        lambda bench: bench.check(FAR[0], Result.OK),
        lambda bench: bench.watch.watch_outside(()),
        lambda bench: bench.watch.hear(moved()),
    ],
    ids=["a target works", "not allowed any more", "another way out"],
)
def test_that_outside_was_silent_counts_no_more(step: Callable[[Bench], None]) -> None:
    bench = outside_bench(cut_off(10))
    bench.run(60, (9, bench.all(Result.OK)), (11, bench.all(Result.FAILED)), (30, lambda: step(bench)))
    assert bench.told_of_outside() == ["outside_silent", "outside_unknown"]
    (span,) = lost_network_spans(bench.told, 60.0)
    assert span.to_s == 30.0


def test_places_outside_are_asked_at_once_where_all_fail_but_not_each_time_that_they_come_and_go() -> None:
    bench = outside_bench(well)
    fails = [(10.0 + 4 * at, bench.all(Result.FAILED)) for at in range(10)]
    works = [(12.0 + 4 * at, bench.all(Result.OK)) for at in range(10)]
    bench.run(70, *fails, *works)
    times = bench.asked_of(POINTS[0])
    assert times[:2] == pytest.approx([0, 10], abs=0.1)
    assert len(times) <= 2 + 60 / OUTSIDE_ALL_FAIL_S


def test_nobody_outside_is_asked_after_it_was_forbidden() -> None:
    bench = outside_bench(well)
    bench.run(100, (11, bench.all(Result.FAILED)), (30, lambda: bench.watch.watch_outside(())))
    assert [at_s for point in POINTS for at_s in bench.asked_of(point) if at_s > 30.1] == []


def test_a_gateway_that_answers_no_pings_any_more_is_there_while_outside_answers() -> None:
    bench = outside_bench(silent_from(10))
    bench.run(60, (9, bench.all(Result.OK)), (11, bench.all(Result.FAILED)))
    assert ("gateway_silent", GATEWAY) not in bench.changes
    assert bench.told_of_outside() == ["outside_there"]


@pytest.mark.parametrize(
    ("machine", "addresses"),
    [
        (Machine(), []),
        (Machine((), (Gateway(4, "", "tun0"),), ("127.0.0.53:53",)), []),
        (Machine((), (Gateway(4, GATEWAY, "eth0"),), (f"{GATEWAY}:53",)), [f"icmp://{GATEWAY}"]),
        (Machine((), (Gateway(6, "fe80::1", "eth0"),)), ["icmp://[fe80::1%eth0]"]),
    ],
)
def test_it_knows_whom_to_ask(machine: Machine, addresses: list[str]) -> None:
    assert [one.address for one in references(machine)] == addresses
