"""The engine's way out to the window."""

import os
from collections.abc import Sequence

from clearline.domain.event import EngineReported, Event, MarkerDropped, PlanApplied
from clearline.domain.plan import Plan
from clearline.engine.process.frames import event_decoder
from clearline.engine.process.outbox import Outbox

FLOOD = 20_000
"""Events of some 30 bytes: several times what a pipe holds."""


def report(at_s: float) -> EngineReported:
    return EngineReported(at_s=at_s, checks_per_s=1.0, loop_lag_ms=0.1, outstanding=0, recording="")


def marker(at_s: float) -> MarkerDropped:
    return MarkerDropped(at_s=at_s, text="x" * 100)


class Window:
    """The other end of the pipe."""

    def __init__(self, **options: float) -> None:
        self.reading, writing = os.pipe()
        self.outbox = Outbox(writing, **options)

    def read_all(self) -> list[Event]:
        """Read to the end of the pipe."""
        decoder = event_decoder()
        found: list[Event] = []
        while data := os.read(self.reading, 1 << 20):
            for batch in decoder.feed(data):
                found += batch
        decoder.finish()
        os.close(self.reading)
        return found


def numbers(events: Sequence[Event]) -> list[float]:
    return [event.at_s for event in events]


def test_it_sends_everything_in_order_and_closes_the_pipe() -> None:
    window = Window(batches_per_s=1000)
    for second in range(200):
        window.outbox.emit([marker(second)])
    assert window.outbox.close(5.0)
    assert numbers(window.read_all()) == list(range(200))


def test_it_takes_events_while_the_window_reads_nothing() -> None:
    window = Window(batches_per_s=1000)
    for second in range(FLOOD):
        window.outbox.emit([marker(second)])
    assert not window.outbox.close(0.05), "the pipe is full, so the farewell cannot have been written"
    assert numbers(window.read_all()) == list(range(FLOOD))


def test_it_drops_the_oldest_reports_first_when_it_is_full() -> None:
    window = Window(capacity=10, batches_per_s=0.001)
    window.outbox.emit([marker(0.0)])
    while window.outbox.waiting:
        pass
    window.outbox.emit([report(1), marker(2), report(3), *(marker(n) for n in range(4, 12))])
    window.outbox.emit([marker(12)])
    assert window.outbox.dropped == 2
    assert window.outbox.close(5.0)
    assert numbers(window.read_all()) == [0, 2, *range(4, 13)]


def test_it_drops_the_oldest_events_when_there_is_no_report_to_drop() -> None:
    window = Window(capacity=3, batches_per_s=0.001)
    window.outbox.emit([marker(0.0)])
    while window.outbox.waiting:
        pass
    window.outbox.emit([marker(n) for n in range(1, 6)])
    assert window.outbox.dropped == 2
    assert window.outbox.close(5.0)
    assert numbers(window.read_all()) == [0, 3, 4, 5]


def test_it_gives_each_plan_a_frame_of_its_own() -> None:
    window = Window(batches_per_s=0.001)
    window.outbox.emit([marker(0)])
    while window.outbox.waiting:
        pass
    plans = [PlanApplied(at_s=n, plan=Plan()) for n in (3, 4)]
    window.outbox.emit([marker(1), marker(2), *plans, marker(5)])
    assert window.outbox.close(5.0)
    decoder = event_decoder()
    frames = [numbers(batch) for batch in decoder.feed(os.read(window.reading, 1 << 20))]
    os.close(window.reading)
    assert frames == [[0], [1, 2], [3], [4], [5]]


def test_it_lives_on_when_the_window_is_gone() -> None:
    window = Window(batches_per_s=1000)
    os.close(window.reading)
    window.outbox.emit([marker(0.0)])
    assert not window.outbox.close(5.0)
    window.outbox.emit([marker(1.0)])
    assert window.outbox.is_broken
