"""Recorded attempts under other profiles, beside what was really run."""

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
from clearline.report import replays
from clearline.report.replays import Lane, lanes
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
