"""Clues: conditions on facts, as the rules write them."""

import pytest

from clearline.diagnosis.clues import all_met, any_met, clue

FACTS = {"ok": True, "bad": False, "kind": "tcp.refused.by_firewall", "count": 3, "each": ["a", "b"], "empty": ""}


@pytest.mark.parametrize(
    ("text", "is_met"),
    [
        ("ok", True),
        ("bad", False),
        ("not bad", True),
        ("not ok", False),
        ("unknown", False),
        ("not unknown", False),
        ("ok = True", True),
        ("bad = False", True),
        ("kind = tcp.refused", False),
        ("kind = x | tcp.refused.by_firewall", True),
        ("kind ~ tcp.refused", True),
        ("kind ~ tcp.ref", False),
        ("kind != x", True),
        ("unknown != x", False),
        ("count > 2", True),
        ("count > 3", False),
        ("count < 4", True),
        ("each = b", True),
        ("each = c", False),
        ("empty", False),
    ],
)
def test_it_reads_the_facts(text: str, is_met: bool) -> None:
    assert clue(text).is_met(FACTS) is is_met


@pytest.mark.parametrize("text", ["", "a =", "not a = b", "a > many", "A"])
def test_it_refuses_what_is_no_clue(text: str) -> None:
    with pytest.raises(ValueError, match=r"no clue|could not convert"):
        clue(text)


def test_no_clue_at_all_is_met_by_all_and_by_none_of_them() -> None:
    assert all_met((), FACTS)
    assert not any_met((), FACTS)
