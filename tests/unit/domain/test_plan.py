"""Plans: targets get lasting ids, and what cannot be run is said at once."""

import msgspec
import pytest

from clearline.domain.plan import Plan, new_target, validate_plan
from clearline.domain.problem import InputError
from clearline.domain.profile import STANDARD, Profile, RetryPolicy
from clearline.domain.target import Target


def codes(plan: Plan) -> list[tuple[str, str]]:
    return [(problem.code, problem.field) for problem in validate_plan(plan)]


class TestNewTarget:
    def test_it_gives_the_same_id_to_the_same_address(self) -> None:
        assert new_target("example.com").id == new_target("https://example.com/").id

    def test_it_gives_another_id_where_one_is_taken(self) -> None:
        first = new_target("example.com")
        second = new_target("example.com", [first.id])
        third = new_target("example.com", [first.id, second.id])
        assert len({first.id, second.id, third.id}) == 3

    def test_it_keeps_name_and_group(self) -> None:
        target = new_target("example.com", name="Shop", group="Web")
        assert (target.name, target.group, target.address) == ("Shop", "Web", "https://example.com/")

    def test_it_refuses_what_is_no_address(self) -> None:
        with pytest.raises(InputError):
            new_target("tcp://")


class TestPlan:
    def test_it_finds_targets_and_profiles(self) -> None:
        target = new_target("example.com")
        plan = Plan((target,))
        assert (plan.target(target.id), plan.target("?")) == (target, None)
        assert (plan.profile("standard"), plan.profile("?")) == (STANDARD, None)

    def test_it_lets_a_target_have_a_pace_of_its_own(self) -> None:
        plan = Plan(interval_s=2.0)
        assert plan.interval_of(Target("a", "https://h/")) == 2.0
        assert plan.interval_of(Target("a", "https://h/", interval_s=0.5)) == 0.5

    def test_it_replaces_a_profile_of_the_same_name_in_its_place(self) -> None:
        changed = Profile("standard", retry=RetryPolicy(attempts=9))
        plan = Plan().with_profile(changed)
        assert [profile.name for profile in plan.profiles] == [profile.name for profile in Plan().profiles]
        assert plan.profile("standard") == changed

    def test_it_adds_a_profile_of_another_name(self) -> None:
        plan = Plan().with_profile(Profile("mine"))
        assert [profile.name for profile in plan.profiles] == [*(p.name for p in Plan().profiles), "mine"]

    def test_it_travels(self) -> None:
        plan = Plan().with_targets([new_target("example.com"), new_target("udp://h:9")])
        assert msgspec.json.decode(msgspec.json.encode(plan), type=Plan) == plan


class TestValidatePlan:
    def test_it_has_nothing_to_say_of_a_good_plan(self) -> None:
        assert codes(Plan((new_target("example.com"), new_target("10.0.0.1:22")))) == []

    def test_it_names_the_profile_and_field_of_a_problem(self) -> None:
        bad = Profile("mine", retry=RetryPolicy(attempts=0))
        assert codes(Plan(profiles=(bad,))) == [("profile.range", "profiles.mine.retry.attempts")]

    @pytest.mark.parametrize(
        ("targets", "code"),
        [
            ((Target("a", "https://h/"), Target("a", "https://i/")), "plan.duplicate_id"),
            ((Target("a", "https://h/", profile="gone"),), "plan.no_profile"),
            ((Target("a", "https://h/", interval_s=0.05),), "plan.interval"),
            ((Target("a", "https://h/", interval_s=3601.0),), "plan.interval"),
            ((Target("a", "ftp://h/"),), "address.scheme"),
        ],
    )
    def test_it_names_the_target_of_a_problem(self, targets: tuple[Target, ...], code: str) -> None:
        assert codes(Plan(targets)) == [(code, "targets.a")]

    def test_it_refuses_more_targets_than_it_can_run(self) -> None:
        targets = tuple(Target(str(number), "https://h/") for number in range(10_001))
        assert codes(Plan(targets)) == [("plan.too_many", "")]

    def test_it_repeats_no_secret(self) -> None:
        plan = Plan((Target("a", "https://me:hunter2@h/", profile="gone"),))
        assert "hunter2" not in repr(validate_plan(plan))
