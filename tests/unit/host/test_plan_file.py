"""Plan files: what people write, what is wrong with it and where, and saves that are whole or not at all."""

import os
import stat
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clearline.domain.plan import Plan, new_target
from clearline.domain.problem import Problem
from clearline.domain.profile import STANDARD, BackoffKind, Profile, replace_field
from clearline.domain.target import Target
from clearline.host import plan_file
from clearline.host.plan_file import PlanFileError


def problems(text: str) -> list[tuple[str, str]]:
    """Code and line of each problem that a text has."""
    with pytest.raises(PlanFileError) as caught:
        plan_file.loads(text)
    return [(problem.code, problem.values.get("line", "")) for problem in caught.value.problems]


def a_plan() -> Plan:
    shop = msgspec.structs.replace(
        new_target("https://shop.example.com/?q=1", name="Shop"),
        group="Front",
        interval_s=2.5,
        expect_status=(200, 204),
        verify=False,
        via="192.0.2.7:8443",
    )
    slow = replace_field(Profile("slow link"), "timeouts.connect_s", 9.0)
    changed = replace_field(replace_field(STANDARD, "retry.backoff", BackoffKind.LINEAR), "breaker.streak", 7)
    return (
        Plan((shop, new_target("dns://example.com?type=MX")), interval_s=5.0).with_profile(slow).with_profile(changed)
    )


def test_it_gives_back_the_plan_that_was_saved(tmp_path: Path) -> None:
    plan_file.save(a_plan(), tmp_path / "plan.toml")
    assert plan_file.load(tmp_path / "plan.toml") == a_plan()


def test_it_needs_no_more_than_an_address() -> None:
    plan = plan_file.loads('[[target]]\naddress = "example.com"\n')
    assert [target.address for target in plan.targets] == ["https://example.com/"]


def test_it_gives_a_target_without_an_id_the_same_one_each_time() -> None:
    text = '[[target]]\naddress = "example.com"\n[[target]]\naddress = "example.com"\n'
    first, second = plan_file.loads(text), plan_file.loads(text)
    assert first == second
    assert first.targets[0].id != first.targets[1].id


def test_it_writes_only_what_differs_from_the_usual() -> None:
    text = plan_file.dumps(Plan((new_target("example.com"),)))
    assert "timeouts" not in text
    assert "interval_s = 1.0" in text
    assert "verify" not in text


def test_it_keeps_comments_and_the_order_of_keys() -> None:
    before = (
        "# The shop's own list.\nversion = 1\ninterval_s = 3.0\n\n"
        '[[target]] # front door\nname = "Shop" # do not rename\naddress = "https://example.com/"\nid = "shop"\n'
    )
    plan = plan_file.loads(before).with_targets([Target(id="shop", address="https://example.com/", name="Shop 2")])
    after = plan_file.dumps(plan, before)
    assert "# The shop's own list." in after
    assert 'name = "Shop 2" # do not rename' in after
    assert plan_file.loads(after) == plan


def test_it_keeps_the_comments_of_a_target_that_had_no_id() -> None:
    before = '[[target]]\naddress = "example.com" # the old site\nname = "Old" # as people call it\n'
    after = plan_file.dumps(plan_file.loads(before), before)
    assert "# as people call it" in after
    assert plan_file.loads(after) == plan_file.loads(before)


def test_it_takes_a_setting_out_that_is_usual_again() -> None:
    before = plan_file.dumps(a_plan())
    calm = Plan((new_target("example.com"),))
    assert plan_file.loads(plan_file.dumps(calm, before)) == calm


def test_it_keeps_an_address_as_it_was_given() -> None:
    plan = Plan((new_target("https://bob:hunter22@example.com/?token=abcdef"),))
    assert plan_file.loads(plan_file.dumps(plan)) == plan


def test_it_reads_what_windows_editors_write(tmp_path: Path) -> None:
    (tmp_path / "plan.toml").write_bytes(b'\xef\xbb\xbf[[target]]\r\naddress = "example.com"\r\n')
    assert len(plan_file.load(tmp_path / "plan.toml").targets) == 1


def test_it_names_every_mistake_with_its_line() -> None:
    text = (
        "version = 1\n"  # 1
        'interval_s = "fast"\n'
        "colour = 3\n"
        "[[target]]\n"  # 4
        'address = "tcp://example.com"\n'
        "[[target]]\n"  # 6
        'name = "nowhere"\n'
        "[[target]]\n"  # 8
        'address = "example.com"\n'
        "intervall_s = 3\n"  # 10
        'verify = "no"\n'
        "[[profile]]\n"  # 12
        'name = "slow link"\n'
        "[profile.timeouts]\n"
        "connect_s = 9999.0\n"  # 15
        "[profile.retry]\n"
        'backoff = "cubic"\n'  # 17
    )
    assert problems(text) == [
        ("plan_file.type", "2"),
        ("plan_file.unknown_key", "3"),
        ("address.needs_port", "5"),
        ("plan_file.no_address", "6"),
        ("plan_file.unknown_key", "10"),
        ("plan_file.type", "11"),
        ("profile.range", "15"),
        ("plan_file.choice", "17"),
    ]


def test_it_suggests_the_key_that_was_meant() -> None:
    with pytest.raises(PlanFileError) as caught:
        plan_file.loads('[[target]]\naddress = "example.com"\nintervall_s = 3\n')
    assert caught.value.problems[0].values["known"] == "interval_s"


def test_it_names_the_line_of_a_pace_or_a_profile_that_cannot_be() -> None:
    text = '[[target]]\naddress = "example.com"\ninterval_s = 0.001\nprofile = "none"\n'
    assert problems(text) == [("plan.interval", "3"), ("plan.no_profile", "4")]


def test_it_names_targets_and_profiles_that_stand_twice() -> None:
    target = '[[target]]\nid = "a"\naddress = "example.com"\n'
    profile = '[[profile]]\nname = "slow"\n'
    assert {code for code, _ in problems(target * 2 + profile * 2)} == {"plan.duplicate_id", "plan_file.same_name"}


def test_it_wants_a_name_for_a_profile() -> None:
    assert problems("[[profile]]\n") == [("plan_file.no_name", "1")]


@pytest.mark.parametrize(
    ("text", "line"), [("a = 1\nb = \n", "2"), ("[[target]\n", "1"), ('x = "', "1"), ("a = 1\na = 2\n", "2")]
)
def test_it_names_the_line_that_is_no_toml(text: str, line: str) -> None:
    assert problems(text) == [("plan_file.syntax", line)]


@pytest.mark.parametrize("text", ["target = 3\n", "target = [1, 2]\n", "profile = 'x'\n", "version = 'one'\n"])
def test_it_says_so_where_a_table_is_something_else(text: str) -> None:
    assert {code for code, _ in problems(text)} == {"plan_file.type"}


def test_it_refuses_a_newer_plan_with_nothing_else_to_say() -> None:
    assert problems("version = 2\nnew_thing = 1\n") == [("plan_file.newer", "")]


@given(st.text(max_size=200))
def test_it_never_fails_but_with_problems(text: str) -> None:
    try:
        found: Plan | tuple[Problem, ...] = plan_file.loads(text)
    except PlanFileError as error:
        found = error.problems
    assert isinstance(found, Plan) or found


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (lambda path: None, "plan_file.missing"),
        (lambda path: path.mkdir(), "plan_file.unreadable"),
        (lambda path: path.write_bytes(b'a = "\xff"\n'), "plan_file.encoding"),
        (lambda path: path.write_bytes(b"#" * (plan_file.LARGEST_BYTES + 1)), "plan_file.too_large"),
    ],
)
def test_it_says_why_a_file_cannot_be_read(tmp_path: Path, make: Callable[[Path], object], code: str) -> None:
    make(tmp_path / "plan.toml")
    with pytest.raises(PlanFileError) as caught:
        plan_file.load(tmp_path / "plan.toml")
    assert [problem.code for problem in caught.value.problems] == [code]


def test_it_leaves_the_old_file_and_nothing_else_where_a_save_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "plan.toml"
    plan_file.save(a_plan(), path)
    before = path.read_bytes()

    def full_disk(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full_disk)
    with pytest.raises(PlanFileError) as caught:
        plan_file.save(Plan(), path)
    assert caught.value.problems[0].code == "plan_file.not_saved"
    assert [entry.name for entry in tmp_path.iterdir()] == ["plan.toml"]
    assert path.read_bytes() == before


@pytest.mark.skipif(os.name != "posix", reason="permissions of POSIX")
def test_it_lets_only_the_owner_read_a_new_file_and_keeps_an_old_ones_mode(tmp_path: Path) -> None:
    new, old = tmp_path / "new.toml", tmp_path / "old.toml"
    old.write_text("version = 1\n")
    old.chmod(0o644)
    plan_file.save(a_plan(), new)
    plan_file.save(a_plan(), old)
    assert [stat.S_IMODE(path.stat().st_mode) for path in (new, old)] == [0o600, 0o644]


@pytest.mark.skipif(os.name != "posix", reason="Windows lets few people make links")
def test_it_saves_through_a_link(tmp_path: Path) -> None:
    (tmp_path / "real.toml").write_text("version = 1\n")
    (tmp_path / "link.toml").symlink_to(tmp_path / "real.toml")
    plan_file.save(a_plan(), tmp_path / "link.toml")
    assert (tmp_path / "link.toml").is_symlink()
    assert plan_file.load(tmp_path / "real.toml") == a_plan()


def test_it_saves_over_a_file_that_is_no_toml(tmp_path: Path) -> None:
    path = tmp_path / "plan.toml"
    path.write_text("this = is = no = toml")
    plan_file.save(a_plan(), path)
    assert plan_file.load(path) == a_plan()
