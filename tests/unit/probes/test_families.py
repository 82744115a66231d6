"""Racing addresses as RFC 8305 has it, computed from legs measured by themselves."""

import pytest

from clearline.probes.families import Families, Leg, race

SIX, SIX_B, FOUR, FOUR_B = "[2001:db8::1]:443", "[2001:db8::2]:443", "192.0.2.1:443", "192.0.2.2:443"


def leg(address: str, ms: float, kind: str = "") -> Leg:
    return Leg(address, 6 if "[" in address else 4, ms, kind)


def test_it_takes_the_preferred_family_where_that_answers_in_time() -> None:
    found = race([leg(SIX, 30), leg(FOUR, 10)])

    assert (found.winner, found.ms, found.order) == (SIX, 30, (SIX,))


def test_it_goes_on_after_a_quarter_of_a_second_of_silence() -> None:
    found = race([leg(SIX, 4000, "tcp.timed_out"), leg(FOUR, 10)])

    assert (found.winner, found.ms, found.order) == (FOUR, 260, (SIX, FOUR))


def test_it_goes_on_at_once_after_a_failure() -> None:
    found = race([leg(SIX, 5, "tcp.refused"), leg(FOUR, 10)])

    assert (found.winner, found.ms) == (FOUR, 15)


def test_it_lets_families_take_turns() -> None:
    slow = [leg(SIX, 4000, "tcp.timed_out"), leg(SIX_B, 4000, "tcp.timed_out"), leg(FOUR, 4000, "tcp.timed_out")]

    assert race([*slow, leg(FOUR_B, 10)]).order == (SIX, FOUR, SIX_B, FOUR_B)


def test_it_still_takes_the_first_where_that_answers_before_the_second() -> None:
    found = race([leg(SIX, 300), leg(FOUR, 100)])

    assert (found.winner, found.ms, found.order) == (SIX, 300, (SIX, FOUR))


def test_it_tells_when_the_last_one_failed() -> None:
    found = race([leg(SIX, 4000, "tcp.timed_out"), leg(FOUR, 4000, "tcp.timed_out")])

    assert (found.winner, found.ms) == ("", 4250)


def test_it_has_no_race_without_addresses() -> None:
    assert race([]).order == ()


@pytest.mark.parametrize(
    ("six", "four", "hidden"), [("tcp.timed_out", "", 6), ("", "tcp.refused", 4), ("", "", None), ("x", "x", None)]
)
def test_it_names_the_family_whose_failure_a_race_hides(six: str, four: str, hidden: int | None) -> None:
    legs = (leg(SIX, 1, six), leg(FOUR, 1, four))

    assert Families(legs, race(legs)).hidden == hidden
