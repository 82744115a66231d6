"""What `watch --outside` may ask: the list, as far as the administrator allows it, and it is said who learns of it."""

import pytest

from clearline.cli.watch import allowed_points
from clearline.domain.verdict import Outside
from clearline.host.policy import Policy
from clearline.host.texts import Texts
from support.command_line import clearline

POINTS = Outside().points


@pytest.mark.parametrize(
    ("policy", "points", "told"),
    [
        (Policy(), POINTS, "1.1.1.1:443, tcp://9.9.9.9:443"),
        (Policy(outside_hosts=("9.9.9.9",)), POINTS[1:], "tcp://9.9.9.9:443. Their owners learn"),
        (Policy(outside_hosts=()), (), "allows no outside host"),
        (Policy(locked={"outside": "company"}), (), "allows no outside host"),
    ],
    ids=["no policy", "one host", "no host", "company alone"],
)
def test_it_asks_what_the_administrator_allows(
    policy: Policy,
    points: tuple[str, ...],
    told: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr("clearline.cli.watch.policy", lambda: policy)
    assert allowed_points(Texts("en")) == points
    assert told in capsys.readouterr().err


def test_the_lab_stays_on_this_computer() -> None:
    done = clearline("watch", "--lab", "tour", "--outside", "--for", "1s")
    assert (done.returncode, "on this computer alone" in done.stderr) == (2, True)
