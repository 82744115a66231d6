"""Whether the tester was fit to measure."""

from clearline.domain.event import Health
from clearline.engine.health import HealthWatch


class Machine:
    """Clocks that a test moves."""

    def __init__(self) -> None:
        self.now_s, self.wall_s, self.slept_s = 100.0, 1e9, 50.0
        self.watch = HealthWatch(self.now_s, self.wall_s, self.slept_s)

    def after(self, seconds: float, *, slept_s: float = 0.0, stepped_s: float = 0.0) -> list:
        self.now_s += seconds
        self.wall_s += seconds + stepped_s
        self.slept_s += slept_s
        return self.watch.sample(self.now_s, self.wall_s, self.slept_s)


def test_it_finds_nothing_while_the_loop_is_on_time() -> None:
    machine = Machine()
    assert [machine.after(0.051) for _ in range(5)] == [[]] * 5


def test_it_calls_a_late_loop_busy_since_the_last_good_moment() -> None:
    (found,) = Machine().after(0.300)
    assert (found.health, found.from_s, found.at_s) == (Health.BUSY, 100.0, 100.3)
    assert round(found.lag_ms) == 250


def test_it_calls_a_gap_asleep_when_the_machine_slept() -> None:
    (found,) = Machine().after(3600.0, slept_s=3599.9)
    assert (found.health, found.from_s, found.at_s) == (Health.ASLEEP, 100.0, 3700.0)


def test_it_calls_a_long_gap_without_sleep_busy() -> None:
    (found,) = Machine().after(10.0)
    assert found.health is Health.BUSY


def test_it_notices_the_clock_being_set_in_either_direction() -> None:
    machine = Machine()
    forward, back = machine.after(0.05, stepped_s=60.0), machine.after(0.05, stepped_s=-3600.0)
    assert [(event.health, round(event.lag_ms)) for event in forward + back] == [
        (Health.CLOCK_STEPPED, 60_000),
        (Health.CLOCK_STEPPED, -3_600_000),
    ]


def test_it_takes_neither_slewing_nor_a_rounded_clock_after_sleep_for_a_step() -> None:
    machine = Machine()
    assert machine.after(0.05, stepped_s=0.01) == []
    assert [event.health for event in machine.after(600.0, slept_s=600.0, stepped_s=1.0)] == [Health.ASLEEP]


def test_it_names_what_disturbed_a_stretch_of_time() -> None:
    machine = Machine()
    machine.after(0.05)
    machine.after(0.5)
    machine.after(0.05)
    assert machine.watch.disturbance(100.06, 100.2) is Health.BUSY
    assert machine.watch.disturbance(100.54, 101.0) is Health.BUSY
    assert machine.watch.disturbance(100.0, 100.05) is None
    assert machine.watch.disturbance(100.56, 101.0) is None


def test_it_remembers_an_older_span_behind_a_newer_one() -> None:
    machine = Machine()
    machine.after(60.0, slept_s=60.0)
    machine.after(0.05)
    machine.after(0.5)
    assert machine.watch.disturbance(159.0, 160.01) is Health.ASLEEP


def test_it_keeps_a_machine_that_is_always_busy_as_one_span() -> None:
    machine = Machine()
    for _ in range(1000):
        machine.after(0.2)
    assert machine.watch.disturbance(100.0, 100.1) is Health.BUSY


def test_it_knows_when_its_own_reading_is_overdue() -> None:
    machine = Machine()
    assert not machine.watch.is_late(100.09)
    assert machine.watch.is_late(100.11)


def test_it_lets_a_disturbance_begin_no_earlier_than_the_loop_was_last_seen_alive() -> None:
    machine = Machine()
    machine.watch.is_late(100.03)
    (found,) = machine.after(0.3)
    assert (found.from_s, round(found.lag_ms)) == (100.03, 250)


def test_it_reports_the_99th_percentile_of_lateness_and_begins_anew() -> None:
    machine = Machine()
    for _ in range(19):
        machine.after(0.05)
    machine.after(0.09)
    assert 30 < machine.watch.take_lag_ms() <= 40.001
    assert machine.watch.take_lag_ms() == 0.0


def test_it_may_be_asked_sooner_than_it_is_due() -> None:
    machine = Machine()
    assert machine.after(0.001) == machine.after(0.0) == []
