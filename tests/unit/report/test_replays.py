"""Recorded attempts under other profiles, beside what was really run."""

import xml.etree.ElementTree as ET
from pathlib import Path

import msgspec
import pytest

from clearline.domain.event import AnyEvent, PlanApplied
from clearline.domain.fault import Fault
from clearline.domain.outcome import Outcome
from clearline.domain.phase import Phase, PhaseTimes
from clearline.domain.plan import Plan
from clearline.domain.problem import InputError
from clearline.domain.profile import STANDARD, BreakerPolicy, Profile, RetryPolicy
from clearline.domain.target import Target
from clearline.host.texts import LANGUAGES, Language, Texts
from clearline.report import replays
from clearline.report.replays import Lane, lanes
from clearline.report.replays_picture import lanes_picture
from clearline.report.span import span_of
from clearline.store.reader import SessionReader
from support.planted import checked
from support.report_session import recorded

SHOP = Target(id="shop", address="https://shop.example/")
MAIL = Target(id="mail", address="tcp://mail.example:993")
ONCE = Profile("once", retry=RetryPolicy(attempts=1), breaker=BreakerPolicy(streak=0, failure_ratio=2.0))


@pytest.fixture
def session(tmp_path: Path) -> Path:
    """A second apart; the shop refuses from check 20 to 29, its profile tries three times and never trips."""
    events: list[AnyEvent] = [PlanApplied(at_s=0.0, plan=Plan((SHOP, MAIL)))]
    for number in range(60):
        is_down = 20 <= number < 30
        fault = Fault("tcp.refused", Phase.CONNECT, {}) if is_down else None
        outcome = Outcome(PhaseTimes(connect=5.0, wait=None if fault else 20.0), fault)
        made = checked(SHOP.id, number, float(number), outcome)
        if is_down:
            again = msgspec.structs.replace(made[0], attempt=2, started_s=number + 0.3, at_s=number + 0.305)
            made = [made[0], again, msgspec.structs.replace(made[1], attempts=2, at_s=number + 0.305)]
        events += made
        events += checked(MAIL.id, number, number + 0.5, Outcome(PhaseTimes(connect=10.0)))
    return recorded(tmp_path / "s.clearline", events)


def found(session: Path, *profiles: Profile) -> list[Lane]:
    with SessionReader(session) as reader:
        return lanes(span_of(reader), profiles, lambda target: True)


def test_it_counts_what_was_really_run(session: Path) -> None:
    _, shop, mail = found(session, ONCE)
    run = shop.courses[0]
    assert (run.checks, run.visible_errors, run.attempts, run.alarms, run.refused) == (60, 10, 70, 0, 0)
    assert run.worst_wait_s == pytest.approx(0.305)
    assert (mail.courses[0].visible_errors, mail.courses[0].attempts) == (0, 60)


def test_it_replays_each_profile_beside_it(session: Path) -> None:
    _, shop, _ = found(session, ONCE, STANDARD)
    _, once, standard = shop.courses
    assert (once.visible_errors, once.attempts, once.alarms) == (10, 60, 0)
    assert standard.alarms >= 1
    assert standard.refused > 0


def test_it_sums_up_all_targets(session: Path) -> None:
    whole, shop, mail = found(session, ONCE)
    assert whole.target is None
    for total, one, other in zip(whole.courses, shop.courses, mail.courses, strict=True):
        assert total.checks == one.checks + other.checks == 120
        assert total.visible_errors == one.visible_errors + other.visible_errors
        assert total.worst_wait_s == max(one.worst_wait_s, other.worst_wait_s)


def test_it_stops_when_nobody_wants_it(session: Path) -> None:
    with SessionReader(session) as reader:
        assert lanes(span_of(reader), [ONCE], lambda target: True, lambda share: False) == []


def test_it_refuses_more_than_fits_into_memory(session: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replays, "MOST_ATTEMPTS", 50)
    with pytest.raises(InputError) as caught:
        found(session, ONCE)
    assert caught.value.problems[0].code == "whatif.too_many"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("width", [300.0, 440.0, 519.0, 520.0, 760.0])
def test_it_fits_its_lanes_into_any_width(session: Path, language: Language, width: float) -> None:
    with SessionReader(session) as reader:
        span = span_of(reader)
    texts, names = Texts(language), ["tel quel", "Vérification rapide", "W" * 40]
    drawn = lanes_picture(found(session, ONCE, STANDARD), names, span, texts, lambda token: f"#{token}", width)
    shapes = ET.fromstring(drawn)  # drawn here
    boxes = [_box(each) for each in shapes if each.tag.endswith(("rect", "text"))]
    assert not [(left, right) for left, _, right, _ in boxes if left < -0.5 or right > width + 0.5]
    texts_of = [_box(each) for each in shapes if each.tag.endswith("text")]
    lanes_of = [_box(each) for each in shapes if each.get("fill") == "#heat_missing"]
    assert min(right - left for left, _, right, _ in lanes_of) >= width * 0.5
    assert not [(a, b) for a in texts_of for b in (*texts_of, *lanes_of) if a is not b and _meet(a, b)]


def _box(shape: ET.Element) -> tuple[float, float, float, float]:
    """Left, top, right and bottom; a text by the rough width of its letters."""
    x, y = float(shape.get("x", "0")), float(shape.get("y", "0"))
    if shape.tag.endswith("rect"):
        return x, y, x + float(shape.get("width", "0")), y + float(shape.get("height", "0"))
    wide = 6.5 * len(shape.text or "")
    left = {"end": x - wide, "middle": x - wide / 2}.get(shape.get("text-anchor", ""), x)
    return left, y - 8.0, left + wide, y


def _meet(first: tuple[float, float, float, float], second: tuple[float, float, float, float]) -> bool:
    return first[0] < second[2] and second[0] < first[2] and first[1] < second[3] and second[1] < first[3]
