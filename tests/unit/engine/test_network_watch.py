"""Changes of this machine's network, told with the stretch they lie in."""

import asyncio

from clearline.domain.event import Event, MachineSeen, NetworkChanged
from clearline.engine.network_watch import NetworkWatch
from clearline.net.machine_state import Adapter, Machine
from support.virtual_time import VirtualClock, run

HOME = Machine((Adapter("eth0", ("192.0.2.5",), 1500, is_vpn=False),))


def watched(*snapshots: Machine) -> tuple[NetworkWatch, list[Event]]:
    """One look every two seconds; the last snapshot stays."""
    told: list[Event] = []
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

    (event,) = (each for each in told if isinstance(each, NetworkChanged))
    assert (event.from_s, event.at_s) == (2, 4)
    assert [change.what for change in event.changes] == ["adapter"]


def test_it_is_silent_while_nothing_changes() -> None:
    _, told = watched(HOME)

    assert not any(isinstance(event, NetworkChanged) for event in told)


def test_it_tells_what_the_machine_is_at_the_beginning_and_after_each_change() -> None:
    away = Machine((Adapter("wlan0", ("198.51.100.5",), 1500, is_vpn=False),), host="desk", system="Linux-6.1")
    _, told = watched(HOME, HOME, away)

    first, then = (event for event in told if isinstance(event, MachineSeen))
    assert (first.at_s, [change.after for change in first.network]) == (0, ["192.0.2.5"])
    assert (then.at_s, then.host, then.system) == (4, "desk", "Linux-6.1")
    assert [(change.before, change.after) for change in then.network] == [("", "198.51.100.5")]


def test_it_marks_only_what_was_under_way_meanwhile() -> None:
    watch, _ = watched(HOME, HOME, Machine())

    assert watch.was_changing(1, 2.5)
    assert watch.was_changing(3.9, 9)
    assert not watch.was_changing(0, 2)
    assert not watch.was_changing(4, 9)
