"""Pasted lists: what each line becomes."""

import pytest

from clearline.domain.plan import Plan
from clearline.domain.target import Target
from clearline.host.target_list import PastedLine, is_list, read_list, write_list
from support.window_events import INTRANET


def _one(text: str) -> PastedLine:
    (line,) = read_list(text, ())
    return line


@pytest.mark.parametrize(
    ("text", "address", "name", "group"),
    [
        ("shop.example", "https://shop.example/", "", ""),
        ("mail.example:993", "tcp://mail.example:993", "", ""),
        ("tcp://a.example:1, Till", "tcp://a.example:1", "Till", ""),
        ("tcp://a.example:1;Till;Shop floor", "tcp://a.example:1", "Till", "Shop floor"),
        ("tcp://a.example:1\tTill\tShop floor\tmore", "tcp://a.example:1", "Till", "Shop floor"),
        ("10.0.0.7 printer printer.example", "https://10.0.0.7/", "printer", ""),
        ("shop.example  # the shop", "https://shop.example/", "", ""),
    ],
)
def test_it_reads_the_usual_kinds_of_line(text: str, address: str, name: str, group: str) -> None:
    target = _one(text).target

    assert target is not None
    assert (target.address, target.name, target.group) == (address, name, group)


def test_it_keeps_the_fragment_of_no_comment_sign_inside_a_word() -> None:
    target = _one("https://shop.example/a#b").target

    assert target is not None
    assert target.address == "https://shop.example/a"


def test_it_says_why_a_line_cannot_be_used_and_keeps_its_number() -> None:
    lines = read_list("shop.example\n\ntcp://nothing\n", ())

    assert [line.number for line in lines] == [1, 3]
    assert lines[1].problem is not None
    assert lines[1].problem.code == "address.needs_port"
    assert lines[1].target is None


def test_it_begins_a_group_with_a_heading() -> None:
    lines = read_list("[Shops]\na.example\nb.example,,Others\n", ())

    assert [line.target.group for line in lines if line.target] == ["Shops", "Others"]


def test_it_takes_an_ipv6_address_for_no_heading() -> None:
    target = _one("[2001:db8::1]:443").target

    assert target is not None
    assert target.host == "2001:db8::1"


def test_it_marks_what_is_there_already_or_twice_in_the_list() -> None:
    lines = read_list("intranet.example\nnew.example\nnew.example", [INTRANET])

    assert [line.is_known for line in lines] == [True, False, True]
    assert [line.is_new for line in lines] == [False, True, False]


def test_it_gives_every_new_target_an_id_of_its_own() -> None:
    lines = read_list("\n".join(f"h{number}.example" for number in range(300)), [INTRANET])

    assert len({line.target.id for line in lines if line.target}) == 300


@pytest.mark.parametrize(("text", "is_one"), [("a", False), ("a\n", False), ("a\nb", True), ("\n\n a \n\n", False)])
def test_it_knows_a_list_from_a_line(text: str, is_one: bool) -> None:
    assert is_list(text) is is_one


@pytest.mark.parametrize(
    "text",
    [
        "name;ip;port;group\nTill;10.0.0.7;9100;Shop",
        "Port,Host,Name,Group\n9100,10.0.0.7,Till,Shop",
        '"address","name","group"\n"tcp://10.0.0.7:9100","Till","Shop"',
    ],
)
def test_it_reads_a_table_whose_first_line_names_its_columns(text: str) -> None:
    target = _one(text).target

    assert target is not None
    assert (target.address, target.name, target.group) == ("tcp://10.0.0.7:9100", "Till", "Shop")


def test_it_reads_back_what_it_wrote_but_no_secret() -> None:
    plan = Plan(
        targets=(
            Target("a", "tcp://a.example:1", name='Till "2", left', group="Shop", tags=("floor-2", "till")),
            Target("b", "https://me:hunter2@b.example/", name="=1+1"),
        )
    )

    text = write_list(plan)
    first, second = read_list(text, ())

    assert "hunter2" not in text
    assert "'=1+1" in text
    assert first.target is not None
    assert (first.target.name, first.target.tags) == ('Till "2", left', ("floor-2", "till"))
    assert second.target is not None
    assert second.target.name == "=1+1"
