"""The ladder in virtual time: what is told when, what is asked of whom, and that it always ends."""

import asyncio
from itertools import pairwise

import msgspec
import pytest

from clearline.diagnosis.judge import judge
from clearline.diagnosis.ladder import CACHE_S, Surroundings
from clearline.domain.event import DiagnosisEnded, DiagnosisStarted, StepChanged
from clearline.domain.verdict import (
    PENDING,
    WORKS,
    Confidence,
    Depth,
    DiagnosisPolicy,
    Outside,
    Step,
    StepState,
    Trial,
)
from clearline.host.policy import Policy
from clearline.net.machine_state import Machine
from clearline.resilience.supervisor import Supervisor
from support.scripted_ladder import GATEWAY, TARGET_IP, ScriptedMachine, Told, diagnosed, fault, ladder, ok, silent
from support.virtual_time import VirtualClock, run

ALIVE = {f"icmp://{GATEWAY}": ok}
WELL = {**ALIVE, "https://": ok}
REFUSED = {**ALIVE, "https://": fault("tcp.refused"), "icmp://": ok, "tcp://": fault("tcp.refused")}
OWN = f"tcp://{TARGET_IP}:"


def unheard(name: str, error: BaseException) -> None:
    raise AssertionError(name) from error


def end_s(told: Told) -> float:
    last = told.events[-1]
    assert isinstance(last, DiagnosisEnded)
    return last.at_s


def test_it_tells_each_step_as_it_runs_and_as_it_ended() -> None:
    told = diagnosed(WELL)
    assert isinstance(told.events[0], DiagnosisStarted)
    steps = told.events[0].steps
    assert steps == tuple(Step)
    for step in steps:
        states = told.states(step)
        assert states[0] is StepState.RUNNING
        assert len(states) == 2
        assert states[1] is not StepState.RUNNING
    assert told.verdict.code == WORKS
    assert end_s(told) < 1.0


def test_it_says_what_broke_where_and_whose_that_is() -> None:
    told = diagnosed(REFUSED)
    assert (told.verdict.code, told.verdict.confidence) == ("service_down", Confidence.CERTAIN)
    assert (told.verdict.works_last, told.verdict.fails_first) == (Step.GATEWAY, Step.CONNECT)
    assert told.step(Step.CONNECT).state is StepState.FAILED
    assert told.step(Step.TLS).state is StepState.NOT_REACHED


@pytest.mark.parametrize("depth", Depth)
@pytest.mark.parametrize("address", ["https://198.51.100.7/", "https://shop.example/", "udp://198.51.100.7:9"])
def test_it_ends_in_time_when_nothing_answers_at_all(depth: Depth, address: str) -> None:
    policy = DiagnosisPolicy(depth, consents=tuple(Trial))
    told = diagnosed({}, address=address, policy=policy)
    assert end_s(told) <= policy.limit_s
    assert told.verdict.confidence is not Confidence.CERTAIN


def test_it_has_a_sentence_after_a_second_whatever_happens() -> None:
    first_s, first = diagnosed({}).verdicts[0]
    assert (first.code, first_s <= 1.5) == (PENDING, True)


def test_it_asks_nobody_but_the_target_and_this_network() -> None:
    told = diagnosed(REFUSED)
    assert {address for address in told.addresses if TARGET_IP not in address and GATEWAY not in address} == set()


def test_it_asks_outside_hosts_of_the_list_only_where_that_is_allowed() -> None:
    outside = Outside(points=("tcp://203.0.113.1:443",), portals=("http://portal.example/#yes",), resolvers=())
    asked = {"tcp://203.0.113.1:443", "http://portal.example/"}
    told = diagnosed(WELL, policy=DiagnosisPolicy(outside=outside))
    assert asked & set(told.addresses) == set()
    assert told.step(Step.INTERNET).state is StepState.UNTESTED
    allowed = DiagnosisPolicy(outside=msgspec.structs.replace(outside, is_allowed=True))
    told = diagnosed({**WELL, "tcp://203.0.113.1": ok, "http://portal": ok}, policy=allowed)
    assert asked <= set(told.addresses)
    assert told.step(Step.INTERNET).state is StepState.OK


@pytest.mark.parametrize(
    ("permitted", "asked", "state"),
    [
        (("203.0.113.1",), {"tcp://203.0.113.1:443"}, StepState.OK),
        (("portal.example",), {"http://portal.example/"}, StepState.OK),
        ((), set(), StepState.UNTESTED),
    ],
)
def test_it_asks_no_outside_host_that_the_administrator_has_not_permitted(
    permitted: tuple[str, ...], asked: set[str], state: StepState, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("clearline.diagnosis.course.fixed_policy", lambda: Policy(outside_hosts=permitted))
    outside = Outside(True, ("tcp://192.0.2.99:443",), ("tcp://203.0.113.1:443",), ("http://portal.example/#yes",))
    outside = msgspec.structs.replace(outside, resolvers=("203.0.113.53:53",))
    answers = {**WELL, "tcp://203.0.113.1": ok, "http://portal": ok, "dns://": ok}
    told = diagnosed(answers, address="https://shop.example/", policy=DiagnosisPolicy(outside=outside))
    beyond = {address for address in told.addresses if "203.0.113." in address or "portal" in address}
    assert beyond == asked
    assert told.step(Step.INTERNET).state is state


def test_it_names_no_slowness_that_may_be_this_computer_s_own() -> None:
    slow = {"target.ok": True, "name.is_slow": True, "name.own_is_slow": True, "quality.slow_phase": "resolve"}
    assert judge({**slow, "self.is_busy": False}).code == "names_slow"
    assert judge({**slow, "self.is_busy": True}).code == WORKS


def test_it_knocks_at_other_ports_one_a_second_and_no_more_than_six() -> None:
    told = diagnosed(ALIVE)
    knocks = [at_s for at_s, address in told.asked if address.startswith(OWN)]
    assert 2 <= len(knocks) <= 6
    assert min(later - earlier for earlier, later in pairwise(knocks)) >= 1.0


def test_it_stops_knocking_once_a_port_has_answered() -> None:
    told = diagnosed({**ALIVE, "https://": silent, f"{OWN}80": fault("tcp.refused")})
    assert [address for address in told.addresses if address.startswith(OWN)] == [f"{OWN}80"]
    assert told.verdict.code == "port_dropped"


@pytest.mark.parametrize(("consents", "count"), [((), 0), ((Trial.NEIGHBOURS,), 3)])
def test_it_touches_neighbours_only_where_a_person_agreed(consents: tuple[Trial, ...], count: int) -> None:
    told = diagnosed(ALIVE, policy=DiagnosisPolicy(Depth.FULL, consents=consents))
    beside = {address for address in told.addresses if "198.51.100." in address and TARGET_IP not in address}
    assert len(beside) == count


def test_it_asks_control_targets_when_the_target_fails() -> None:
    policy = DiagnosisPolicy(outside=Outside(control=("tcp://192.0.2.99:443",)))
    assert "tcp://192.0.2.99:443" not in diagnosed(WELL, policy=policy).addresses
    told = diagnosed({**ALIVE, "tcp://192.0.2.99:443": ok}, policy=policy)
    assert "tcp://192.0.2.99:443" in told.addresses
    assert "ruled_out.control" in [saying.code for saying in told.verdict.ruled_out]


def test_it_looks_at_this_network_again_only_after_a_quarter_of_a_minute() -> None:
    machine, told, clock = ScriptedMachine(), Told(), VirtualClock()

    async def story() -> None:
        surroundings = Surroundings(clock)
        for pause_s in (0.0, CACHE_S - 2.0, CACHE_S):
            await asyncio.sleep(pause_s)
            await ladder(WELL, told, clock, machine=machine, surroundings=surroundings).run()

    run(story())
    assert machine.looks == 2


def test_it_can_be_stopped_at_any_moment_and_says_so() -> None:
    for moment_s in (0.0, 0.05, 0.5, 1.2, 3.0):
        told = Told()

        async def story(told: Told = told, moment_s: float = moment_s) -> None:
            task = Supervisor(unheard).start(ladder({}, told, VirtualClock()).run(), name="diagnosis")
            await asyncio.sleep(moment_s)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            assert asyncio.all_tasks() == {asyncio.current_task()}

        run(story())
        if told.events:
            assert told.events[-1].reason == "stopped"


def test_a_defect_of_a_step_ends_it_and_is_heard_of() -> None:
    class Broken(ScriptedMachine):
        async def look_around(self) -> Machine:
            raise LookupError("no such thing")

    told = Told()

    async def story() -> None:
        with pytest.raises(ExceptionGroup, match="unhandled"):
            await ladder(WELL, told, VirtualClock(), machine=Broken()).run()

    run(story())
    assert told.events[-1].reason == "failed"


def test_no_step_is_told_after_the_end() -> None:
    told = diagnosed({})
    ended = told.events.index(next(event for event in told.events if isinstance(event, DiagnosisEnded)))
    assert ended == len(told.events) - 1
    assert {event.result.step for event in told.events if isinstance(event, StepChanged)} == set(Step)
