"""The session's clock."""

import pytest

from clearline.host import clock
from clearline.host.clock import SessionClock


class Machine:
    """Stands where the machine's clocks are."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.ticks_s, self.wall_s = 5000.0, 1_000_000.0
        monkeypatch.setattr(clock, "ticks_s", lambda: self.ticks_s)
        monkeypatch.setattr(clock, "wall_s", lambda: self.wall_s)


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> Machine:
    """A machine whose clocks a test moves."""
    return Machine(monkeypatch)


def test_it_counts_from_the_moment_the_session_began(machine: Machine) -> None:
    session = SessionClock(999_990.0)
    machine.ticks_s += 2.5
    assert session.now() == 12.5


def test_it_does_not_follow_a_clock_that_is_set(machine: Machine) -> None:
    session = SessionClock(1_000_000.0)
    machine.wall_s -= 3600
    machine.ticks_s += 1.0
    assert session.now() == 1.0
    assert session.wall() == 996_400.0


def test_it_never_goes_back_behind_what_was_recorded_before_a_crash(machine: Machine) -> None:
    session = SessionClock(1_000_000.0 + 3600, floor_s=42.0)
    assert session.now() == 42.0


def test_it_reads_real_clocks_that_run_forward() -> None:
    session = SessionClock(clock.wall_s())
    first, second = session.now(), session.now()
    assert 0 <= first <= second < 60
    assert clock.suspended_s() >= -0.001
