"""The virtual loop that other tests stand on."""

import asyncio

import pytest

from support.scripted_random import ScriptedRandom
from support.virtual_time import NothingIsDueError, TimeStandsStillError, VirtualClock, run


def test_it_jumps_to_the_exact_second_of_the_next_timer() -> None:
    clock = VirtualClock()
    seen: list[tuple[str, float]] = []

    async def after(name: str, seconds: float) -> None:
        await asyncio.sleep(seconds)
        seen.append((name, clock.now()))

    async def story() -> None:
        async with asyncio.TaskGroup() as group:
            for name, seconds in (("day", 90_000.1), ("moment", 0.1), ("hour", 3600.0)):
                group.create_task(after(name, seconds))

    run(story())
    assert seen == [("moment", 0.1), ("hour", 3600.0), ("day", 90_000.1)]


def test_it_keeps_session_time_apart_from_loop_time() -> None:
    async def story() -> tuple[float, float, float]:
        clock = VirtualClock(wall_start_s=1000.0)
        await asyncio.sleep(2)
        return clock.now(), clock.wall(), asyncio.get_running_loop().time()

    assert run(story(), loop_starts_at=4096) == (2.0, 1002.0, 4098.0)


def test_it_fires_timeouts() -> None:
    async def story() -> float:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(5):
                await asyncio.sleep(50)
        return VirtualClock().now()

    assert run(story()) == 5.0


def test_it_says_so_when_everything_waits_for_ever() -> None:
    async def story() -> None:
        await asyncio.Event().wait()

    with pytest.raises(NothingIsDueError):
        run(story())


def test_it_says_so_when_a_task_spins() -> None:
    async def story() -> None:
        while True:  # noqa: ASYNC110 - the mistake that is to be found
            await asyncio.sleep(0)

    with pytest.raises(TimeStandsStillError):
        run(story())


def test_it_fails_where_a_callback_failed() -> None:
    async def story() -> None:
        asyncio.get_running_loop().call_soon(lambda: 1 / 0)
        await asyncio.sleep(1)

    with pytest.raises(AssertionError, match="callback") as caught:
        run(story())
    assert isinstance(caught.value.__cause__, ZeroDivisionError)


def test_it_draws_what_was_scripted_and_then_fails() -> None:
    chance = ScriptedRandom(0.25, 0.5)
    assert [chance.random(), chance.random()] == [0.25, 0.5]
    with pytest.raises(AssertionError, match="draw number 3"):
        chance.random()
