"""Whom a diagnosis may contact: nobody outside until somebody chose it, and never against the administrator."""

import pytest

from clearline.domain.problem import InputError
from clearline.host.policy import Policy
from clearline.ui.viewmodels.outside import OutsideModel


def model(policy: Policy | None = None, **kept: str) -> OutsideModel:
    return OutsideModel(lambda name: kept.get(name, ""), kept.__setitem__, policy)


def test_nothing_outside_is_contacted_until_somebody_allows_it() -> None:
    outside = model()
    assert outside.in_force.hosts() == ()

    outside.choose(is_listed=True)

    assert "tcp://1.1.1.1:443" in outside.in_force.hosts()


def test_the_list_is_shown_whether_or_not_it_may_be_contacted() -> None:
    assert model().could_be.hosts() == model(outside="listed").in_force.hosts()


def test_the_companys_own_targets_are_compared_with_in_either_case() -> None:
    outside = model()
    outside.set_controls("server.example:443, https://intranet.example")
    assert outside.in_force.hosts() == ("tcp://server.example:443", "https://intranet.example/")


def test_it_refuses_what_is_no_address() -> None:
    with pytest.raises(InputError):
        model().set_controls("tcp://nothing")


def test_what_was_spoiled_by_hand_is_contacted_by_nobody() -> None:
    assert model(controls="tcp://nothing").in_force.hosts() == ()


@pytest.mark.parametrize("policy", [Policy(locked={"outside": "company"}), Policy(outside_hosts=())])
def test_the_administrator_decides(policy: Policy) -> None:
    outside = model(policy, outside="listed")
    outside.choose(is_listed=True)
    assert outside.is_fixed
    assert not outside.in_force.is_allowed


@pytest.mark.parametrize(
    ("kept", "load_mb"),
    [("", 20.0), ("35", 35.0), ("1", 5.0), ("9999", 500.0), ("much", 20.0), ("nan", 20.0), ("inf", 500.0)],
)
def test_it_keeps_how_much_a_load_test_may_move_within_its_range(kept: str, load_mb: float) -> None:
    assert model(load_mb=kept).load_mb == load_mb


def test_what_a_load_test_may_move_is_kept() -> None:
    outside = model()
    outside.set_load_mb(64)
    assert outside.load_mb == 64


@pytest.mark.parametrize(
    ("kept", "idle_s"), [("", 15.0), ("120", 120.0), ("1", 15.0), ("3600", 600.0), ("long", 15.0), ("nan", 15.0)]
)
def test_it_keeps_how_long_a_rest_test_may_wait_within_its_range(kept: str, idle_s: float) -> None:
    assert model(idle_s=kept).idle_s == idle_s


def test_how_long_a_rest_test_may_wait_is_kept() -> None:
    outside = model()
    outside.set_idle_s(300)
    assert (outside.idle_s, outside.load_mb) == (300, 20)


def test_a_load_test_sends_to_the_companys_own_address_in_either_case_and_to_none_until_one_is_named() -> None:
    assert model().in_force.upload == ""
    for kept in ({}, {"outside": "listed"}):
        outside = model(**kept)
        outside.set_upload(" files.example/drop ")
        assert outside.in_force.upload == "https://files.example/drop"
        outside.set_upload("")
        assert outside.in_force.upload == ""


@pytest.mark.parametrize("typed", ["tcp://files.example:9", "https://"])
def test_it_sends_to_nothing_that_is_no_web_address(typed: str) -> None:
    outside = model()
    with pytest.raises(InputError):
        outside.set_upload(typed)
    assert model(load_to=typed).in_force.upload == ""
