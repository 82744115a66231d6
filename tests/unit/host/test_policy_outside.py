"""The administrator's word on outside hosts counts more than anybody's choice."""

from pathlib import Path

import pytest

from clearline.domain.verdict import Outside
from clearline.host.policy import Policy, read

ALL = Outside(is_allowed=True, control=("tcp://server.example:443",))


@pytest.mark.parametrize(
    ("text", "is_allowed", "points"),
    [
        ("", True, 2),
        ('[locked]\noutside = "company"', False, 2),
        ('[locked]\noutside = "listed"', True, 2),
        ("[outside]\nallowed = []", False, 0),
        ('[outside]\nallowed = ["9.9.9.9"]', True, 1),
        ("this is no policy", False, 0),
    ],
)
def test_it_narrows_the_list(tmp_path: Path, text: str, is_allowed: bool, points: int) -> None:
    path = tmp_path / "policy.toml"
    path.write_text(text, encoding="utf-8")
    policy = read(path)
    assert policy is not None

    left = policy.narrowed(ALL)

    assert (left.is_allowed, len(left.points)) == (is_allowed, points)
    assert left.control == ALL.control


def test_a_policy_allows_nothing_that_was_not_chosen() -> None:
    assert not Policy().narrowed(Outside()).is_allowed
