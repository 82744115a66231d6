"""How the targets of a session stand, folded from its events: what fails together, since when, and what that is."""

import pytest

from clearline.diagnosis.together import ENDS_AFTER_S, HOLDS_AFTER_S, Reach, Together
from clearline.diagnosis.watched import Watched, own_side, together_text
from clearline.domain.event import (
    AttemptEnded,
    CheckEnded,
    Event,
    NetworkChange,
    NetworkChanged,
    PlanApplied,
    Result,
)
from clearline.domain.fault import Fault
from clearline.domain.outcome import Outcome
from clearline.domain.phase import Phase, PhaseTimes
from clearline.domain.plan import Plan, new_target
from clearline.domain.target import Target
from clearline.host.texts import LANGUAGES, Texts
from clearline.net.machine_routes import Gateway
from clearline.net.machine_state import Machine

FAR = tuple(new_target(f"tcp://{ip}:443") for ip in ("198.51.100.7", "203.0.113.9", "192.0.2.77"))
GATEWAY = new_target("icmp://10.0.0.1")
SILENT, VOID = Fault("tcp.timed_out", Phase.CONNECT), Fault("tcp.timed_out", Phase.CONNECT, is_void=True)
NAMELESS = Fault("dns.timed_out", Phase.RESOLVE)


def check(
    target: Target, at_s: float, fault: Fault | None = None, *, disturbed: bool = False, address: str | None = None
) -> list[Event]:
    place = f"{target.host}:443" if address is None else address
    outcome = Outcome(PhaseTimes(connect=5.0), fault, place)
    result = Result.VOID if disturbed or (fault and fault.is_void) else Result.FAILED if fault else Result.OK
    return [
        AttemptEnded(
            at_s=at_s, target=target.id, check=1, attempt=1, started_s=at_s, outcome=outcome, is_disturbed=disturbed
        ),
        CheckEnded(at_s=at_s, target=target.id, check=1, due_s=at_s, started_s=at_s, result=result, attempts=1),
    ]


def watched(*events: Event, targets: tuple[Target, ...] = (*FAR, GATEWAY)) -> Watched:
    made = Watched()
    made.know_own_side(["10.0.0.1"])
    made.fold(PlanApplied(at_s=0.0, plan=Plan(targets=targets)))
    for event in events:
        made.fold(event)
    return made


def all_fail(at_s: float = 10.0, fault: Fault = SILENT) -> list[Event]:
    return [event for number, target in enumerate(FAR) for event in check(target, at_s + number, fault)]


def seen(made: Watched, at_s: float) -> Together | None:
    made.look(at_s)
    return made.look(at_s + HOLDS_AFTER_S)


def test_it_says_that_all_behind_the_gateway_fails_and_since_when() -> None:
    told = seen(watched(*check(GATEWAY, 9.0), *all_fail()), 13.0)
    assert told is not None
    assert (told.reach, told.where, told.since_s) == (Reach.BEHIND_GATEWAY, GATEWAY.label, 10.0)
    assert told.targets == tuple(target.id for target in FAR)


def test_it_is_the_own_network_where_the_gateway_fails_too() -> None:
    told = seen(watched(*check(GATEWAY, 9.0, Fault("icmp.no_reply", Phase.WAIT)), *all_fail()), 13.0)
    assert told is not None
    assert told.reach is Reach.OWN_NETWORK


def told(what: str, at_s: float, name: str = "10.0.0.254") -> NetworkChanged:
    return NetworkChanged(at_s=at_s, from_s=at_s - 3.0, changes=(NetworkChange(what, name, "", ""),))


@pytest.mark.parametrize(
    ("changes", "reach"),
    [
        ((), Reach.EVERYTHING),
        (("gateway_there",), Reach.BEHIND_GATEWAY),
        (("gateway_silent",), Reach.OWN_NETWORK),
        (("gateway_silent", "gateway_there"), Reach.OWN_NETWORK),
        (("gateway_silent", "gateway"), Reach.EVERYTHING),
    ],
)
def test_it_takes_what_the_engine_asked_of_the_own_side(changes: tuple[str, ...], reach: Reach) -> None:
    made = watched(*all_fail(), *(told(what, 12.0) for what in changes), targets=FAR)
    found = seen(made, 13.0)
    assert found is not None
    assert (found.reach, found.watched) == (reach, 3)
    assert made.references.is_silent is (changes == ("gateway_silent",))


def of_outside(*changes: str) -> list[NetworkChanged]:
    return [told(f"outside_{what}", 12.0 + at, "1.1.1.1, 9.9.9.9") for at, what in enumerate(changes)]


@pytest.mark.parametrize(
    ("changes", "reach"),
    [
        (("there",), Reach.ONLY_TARGETS),
        (("silent",), Reach.INTERNET),
        (("silent", "there"), Reach.INTERNET),
        (("silent", "unknown"), Reach.BEHIND_GATEWAY),
        (("silent", "unknown", "there"), Reach.ONLY_TARGETS),
    ],
)
def test_it_takes_what_the_engine_asked_outside(changes: tuple[str, ...], reach: Reach) -> None:
    made = watched(*all_fail(), told("gateway_there", 12.0), *of_outside(*changes), targets=FAR)
    found = seen(made, 15.0)
    assert found is not None
    assert (found.reach, found.watched) == (reach, 3)
    assert not made.references.is_silent
    assert made.references.is_outside_silent is (changes == ("silent",))


def test_what_fails_after_outside_is_back_is_the_targets_own() -> None:
    made = watched(*all_fail(), told("gateway_there", 12.0), *of_outside("silent", "there"), targets=FAR)
    for event in all_fail(30.0):
        made.fold(event)
    found = seen(made, 35.0)
    assert found is not None
    assert found.reach is Reach.ONLY_TARGETS


def test_what_fails_after_the_gateway_is_back_lies_behind_it() -> None:
    made = watched(*all_fail(), told("gateway_silent", 12.0), told("gateway_there", 20.0), targets=FAR)
    refused = CheckEnded(
        at_s=21.0, target=FAR[0].id, check=2, due_s=21.0, started_s=21.0, result=Result.REFUSED, attempts=0
    )
    made.fold(refused)
    found = seen(made, 22.0)
    assert found is not None
    assert found.reach is Reach.OWN_NETWORK
    for event in all_fail(30.0):
        made.fold(event)
    found = seen(made, 35.0)
    assert found is not None
    assert found.reach is Reach.BEHIND_GATEWAY


def test_it_takes_a_name_that_was_not_found_for_the_name_and_not_for_an_older_address() -> None:
    before = [event for target in FAR for event in check(target, 1.0)]
    told = seen(watched(*before, *all_fail(fault=NAMELESS)), 13.0)
    assert told is not None
    assert told.reach is Reach.NAMES


@pytest.mark.parametrize(
    "events",
    [
        [],
        [event for target in FAR for event in check(target, 10.0)],
        check(FAR[0], 10.0, SILENT),
        all_fail(fault=VOID),
        [event for target in FAR for event in check(target, 10.0, SILENT, disturbed=True)],
        [*all_fail(), *(event for target in FAR for event in check(target, 14.0))],
    ],
    ids=["nothing known", "all work", "one fails", "void", "disturbed", "back again"],
)
def test_it_says_nothing_without_a_reason(events: list[Event]) -> None:
    assert seen(watched(*events), 15.0) is None


def test_it_forgets_targets_that_are_gone_or_paused() -> None:
    made = watched(*all_fail())
    made.fold(PlanApplied(at_s=12.0, plan=Plan(targets=FAR[:1])))
    assert seen(made, 13.0) is None


def test_it_ends_what_it_said_only_after_a_while() -> None:
    made = watched(*all_fail())
    assert seen(made, 13.0) is not None
    for event in (event for target in FAR for event in check(target, 20.0)):
        made.fold(event)
    assert made.look(20.0) is not None
    assert made.look(20.0 + ENDS_AFTER_S) is None


def test_the_own_side_is_gateways_and_name_servers() -> None:
    machine = Machine((), (Gateway(4, "10.0.0.1", "eth0"), Gateway(4, "", "tun0")), ("10.0.0.53:53", "[fd00::53]:53"))
    assert own_side(machine) == ("10.0.0.1", "10.0.0.53", "fd00::53")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("reach", Reach)
def test_it_has_words_for_each_reach(reach: Reach, language: str) -> None:
    told = Together(reach, ("a", "b", "c"), 4, 10.0, "10.0.0.1", "tcp.timed_out", 1)
    text = together_text(told, Texts(language), "14:02:11")  # type: ignore[arg-type]
    assert "{" not in f"{text.title}{text.meaning}{text.action}"
    assert "14:02:11" in text.meaning
    assert text.target_id == "a"
