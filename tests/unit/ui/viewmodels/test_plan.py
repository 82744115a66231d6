"""Editing the plan: nothing unusable gets in, everything can be taken back."""

import msgspec
import pytest

from clearline.domain.plan import Plan
from clearline.domain.problem import InputError
from clearline.ui.viewmodels.plan import PlanModel
from support.window_events import INTRANET, OLD, PLAN, PRINTER, SHOP


@pytest.fixture
def plans() -> PlanModel:
    return PlanModel(PLAN)


def _ids(plans: PlanModel) -> list[str]:
    return [target.id for target in plans.plan.targets]


def test_it_adds_what_was_typed(plans: PlanModel) -> None:
    target = plans.add("mail.example:993")

    assert plans.plan.targets[-1] is target
    assert target.address == "tcp://mail.example:993"


def test_it_adds_no_address_twice(plans: PlanModel) -> None:
    again = plans.add("intranet.example")

    assert again == INTRANET
    assert len(plans.plan.targets) == len(PLAN.targets)


def test_it_changes_nothing_when_the_address_is_wrong(plans: PlanModel) -> None:
    with pytest.raises(InputError, match="address"):
        plans.add("two words")

    assert plans.plan is PLAN


def test_it_keeps_the_id_when_everything_else_is_edited(plans: PlanModel) -> None:
    plans.edit(msgspec.structs.replace(INTRANET, address="tcp://other.example:80", name="Other"))

    assert plans.plan.target(INTRANET.id) == msgspec.structs.replace(
        INTRANET, address="tcp://other.example:80", name="Other"
    )


@pytest.mark.parametrize(
    "wrong", [{"address": "tcp://x"}, {"interval_s": 0.01}, {"profile": "none"}, {"via": "a name"}]
)
def test_it_refuses_an_edit_that_could_not_be_run(plans: PlanModel, wrong: dict[str, object]) -> None:
    with pytest.raises(InputError):
        plans.edit(msgspec.structs.replace(INTRANET, **wrong))

    assert plans.plan is PLAN


def test_it_takes_changes_back_one_by_one(plans: PlanModel) -> None:
    plans.remove([SHOP.id])
    plans.set_paused([INTRANET.id], True)

    plans.undo()
    assert SHOP.id not in _ids(plans)
    plans.undo()

    assert plans.plan == PLAN
    assert not plans.can_undo


def test_it_pauses_all_and_lets_all_go_on(plans: PlanModel) -> None:
    plans.toggle_paused(())
    assert all(target.is_paused for target in plans.plan.targets)

    plans.toggle_paused(())

    assert not any(target.is_paused for target in plans.plan.targets)


def test_it_pauses_the_rest_where_only_some_are_paused(plans: PlanModel) -> None:
    plans.toggle_paused((OLD.id, SHOP.id))

    assert [target.id for target in plans.plan.targets if target.is_paused] == [SHOP.id, OLD.id]


def test_it_moves_targets_before_another_and_into_its_group(plans: PlanModel) -> None:
    plans.move([SHOP.id, OLD.id], "Head office", INTRANET.id)

    assert _ids(plans) == [SHOP.id, OLD.id, INTRANET.id, PRINTER.id]
    assert {target.group for target in plans.plan.targets[:3]} == {"Head office"}


def test_it_moves_targets_to_the_end_of_a_group(plans: PlanModel) -> None:
    plans.move([OLD.id], "Head office")

    assert _ids(plans) == [INTRANET.id, OLD.id, PRINTER.id, SHOP.id]


def test_it_leaves_the_order_alone_when_something_is_moved_before_itself(plans: PlanModel) -> None:
    plans.move([SHOP.id, OLD.id], "Suppliers", OLD.id)

    assert plans.plan is PLAN


def test_it_tells_of_each_change_once_and_of_none_where_nothing_changed(plans: PlanModel) -> None:
    heard: list[Plan] = []
    plans.plan_changed.connect(heard.append)

    plans.remove([SHOP.id])
    plans.remove([SHOP.id])

    assert heard == [plans.plan]


def test_it_makes_a_change_again_that_was_taken_back(plans: PlanModel) -> None:
    plans.remove([SHOP.id])
    plans.undo()
    assert plans.can_redo

    plans.redo()

    assert SHOP.id not in _ids(plans)
    assert not plans.can_redo


def test_it_makes_nothing_again_after_another_change(plans: PlanModel) -> None:
    plans.remove([SHOP.id])
    plans.undo()
    plans.set_paused([PRINTER.id], is_paused=True)

    plans.redo()

    assert SHOP.id in _ids(plans)


def test_it_changes_several_targets_in_one_step(plans: PlanModel) -> None:
    plans.change_several([SHOP.id, PRINTER.id], lambda target: msgspec.structs.replace(target, group="Moved"))
    assert [target.group for target in plans.plan.targets].count("Moved") == 2

    plans.undo()

    assert plans.plan is PLAN
