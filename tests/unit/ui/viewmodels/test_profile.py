"""Controls of a profile: in force at once where they can be, a draft with its problems where not."""

import msgspec
import pytest

from clearline.domain.profile import LIMITS, BackoffKind
from clearline.ui.viewmodels.plan import PlanModel
from clearline.ui.viewmodels.profile import ProfileModel, spec_of
from support.window_events import PLAN


@pytest.fixture
def plans() -> PlanModel:
    return PlanModel(PLAN)


@pytest.fixture
def profile(plans: PlanModel) -> ProfileModel:
    return ProfileModel(plans)


def test_it_puts_a_usable_number_into_force_at_once(plans: PlanModel, profile: ProfileModel) -> None:
    profile.set_number("timeouts.connect_s", 1.5)

    changed = plans.plan.profile("standard")
    assert changed is not None
    assert changed.timeouts.connect_s == 1.5


def test_it_keeps_an_unusable_number_as_a_draft_and_says_why(plans: PlanModel, profile: ProfileModel) -> None:
    profile.set_number("timeouts.total_s", 1.0)

    assert profile.problems["timeouts.total_s"].code == "profile.total_below_attempt"
    assert profile.number("timeouts.total_s") == 1.0
    assert plans.plan is PLAN


def test_it_puts_the_draft_into_force_once_it_is_mended(plans: PlanModel, profile: ProfileModel) -> None:
    profile.set_number("timeouts.total_s", 1.0)

    profile.set_number("timeouts.attempt_s", 0.5)

    assert profile.problems == {}
    changed = plans.plan.profile("standard")
    assert changed is not None
    assert changed.timeouts.total_s == 1.0


def test_it_says_what_is_out_of_range(profile: ProfileModel) -> None:
    profile.set_number("retry.attempts", 0)

    assert profile.problems["retry.attempts"].code == "profile.range"


def test_it_counts_in_whole_numbers(plans: PlanModel, profile: ProfileModel) -> None:
    profile.set_number("retry.attempts", 4.0)

    assert profile.draft.retry.attempts == 4
    assert isinstance(profile.draft.retry.attempts, int)


def test_it_changes_the_preview_with_the_numbers(profile: ProfileModel) -> None:
    before = profile.preview.worst_case_s

    profile.set_number("retry.attempts", 1)

    assert profile.preview.worst_case_s < before


def test_it_shows_another_profile_of_the_plan(profile: ProfileModel) -> None:
    profile.show("quick check")
    profile.set_backoff(BackoffKind.FIXED)

    assert profile.draft.name == "quick check"
    assert profile.draft.retry.backoff is BackoffKind.FIXED


def test_it_follows_a_profile_that_was_changed_back(plans: PlanModel, profile: ProfileModel) -> None:
    profile.set_number("timeouts.connect_s", 1.5)

    plans.undo()

    assert profile.number("timeouts.connect_s") == 4.0


@pytest.mark.parametrize("field", LIMITS)
def test_it_knows_range_and_unit_of_every_number(field: str) -> None:
    spec = spec_of(field)

    assert (spec.low, spec.high, spec.unit) == (LIMITS[field].low, LIMITS[field].high, LIMITS[field].unit)


def test_it_keeps_what_is_half_typed_while_targets_of_the_same_profile_are_looked_at(
    plans: PlanModel, profile: ProfileModel
) -> None:
    profile.set_number("timeouts.total_s", 1.0)

    profile.show("standard")

    assert profile.number("timeouts.total_s") == 1.0


def test_it_goes_on_with_what_was_half_typed_before(plans: PlanModel, profile: ProfileModel) -> None:
    profile.set_number("timeouts.total_s", 1.0)
    again = ProfileModel(PlanModel(PLAN))

    again.resume(profile.draft)

    assert again.problems.keys() == {"timeouts.total_s"}
    assert plans.plan is PLAN


def test_it_does_not_go_on_with_a_profile_that_the_plan_no_longer_has(profile: ProfileModel) -> None:
    before = profile.draft

    profile.resume(msgspec.structs.replace(before, name="gone"))

    assert profile.draft == before
