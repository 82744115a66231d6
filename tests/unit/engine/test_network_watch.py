"""Changes of this machine's network, told with the stretch they lie in."""

import asyncio

from clearline.domain.event import NetworkChanged
from clearline.engine.network_watch import NetworkWatch
from clearline.net.machine_state import Adapter, Machine
from support.virtual_time import VirtualClock, run

HOME = Machine((Adapter("eth0", ("192.0.2.5",), 1500, is_vpn=False),))


def watched(*snapshots: Machine) -> tuple[NetworkWatch, list[NetworkChanged]]:
    """One look every two seconds; the last snapshot stays."""
    told: list[NetworkChanged] = []
    left = list(snapshots)

    async def look() -> Machine:
        return left.pop(0) if len(left) > 1 else left[0]

    async def story() -> NetworkWatch:
        watch = NetworkWatch(look, VirtualClock(), told.append)
        try:
            async with asyncio.timeout(11):
                await watch.keep()
        except TimeoutError:
            pass
        return watch

    return run(story()), told


def test_it_tells_a_change_once_with_when_all_was_last_as_before() -> None:
    _, told = watched(HOME, HOME, Machine())

    (event,) = told
    assert (event.from_s, event.at_s) == (2, 4)
    assert [change.what for change in event.changes] == ["adapter"]


def test_it_is_silent_while_nothing_changes() -> None:
    _, told = watched(HOME)

    assert told == []


def test_it_marks_only_what_was_under_way_meanwhile() -> None:
    watch, _ = watched(HOME, HOME, Machine())

    assert watch.was_changing(1, 2.5)
    assert watch.was_changing(3.9, 9)
    assert not watch.was_changing(0, 2)
    assert not watch.was_changing(4, 9)
