"""The net under a probe that does not keep its time limit."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from clearline.resilience.time_net import TimeNet

SOON_S, LATE_S = 0.01, 30.0


async def hang() -> None:
    await asyncio.sleep(LATE_S)


async def swallow() -> None:
    try:
        await asyncio.sleep(LATE_S)
    except asyncio.CancelledError:
        return


async def fail() -> None:
    try:
        await asyncio.sleep(LATE_S)
    except asyncio.CancelledError:
        raise ValueError("ours") from None


async def time_out() -> None:
    try:
        await asyncio.sleep(LATE_S)
    except asyncio.CancelledError:
        raise TimeoutError from None


def under_net(probe: Callable[[], Awaitable[None]], seconds: float) -> tuple[bool, int]:
    """Was it the net, and how many cancellations are left on the task?"""

    async def run() -> tuple[bool, int]:
        task = asyncio.current_task()
        assert task is not None
        net = TimeNet(seconds)
        try:
            await probe()
        except BaseException as error:  # noqa: BLE001 - what it was is the question
            return net.has_caught(error), task.cancelling()
        return net.take_down(), task.cancelling()

    return asyncio.run(run())


@pytest.mark.parametrize(
    ("probe", "seconds", "is_caught"),
    [(hang, SOON_S, True), (swallow, SOON_S, True), (time_out, SOON_S, True), (fail, SOON_S, False)],
)
def test_it_ends_what_takes_too_long_and_leaves_no_cancellation(
    probe: Callable[[], Awaitable[None]], seconds: float, is_caught: bool
) -> None:
    assert under_net(probe, seconds) == (is_caught, 0)


def test_what_ends_in_time_is_let_be() -> None:
    async def run() -> bool:
        net = TimeNet(SOON_S)
        await asyncio.sleep(0)
        was_caught = net.take_down()
        await asyncio.sleep(3 * SOON_S)
        return was_caught

    assert asyncio.run(run()) is False


@pytest.mark.parametrize("is_fallen_too", [False, True])
def test_a_cancellation_of_somebody_else_goes_through(is_fallen_too: bool) -> None:
    caught: list[bool] = []

    async def watched() -> None:
        net = TimeNet(0.0 if is_fallen_too else LATE_S)
        try:
            await hang()
        except asyncio.CancelledError as error:
            caught.append(net.has_caught(error))
            raise

    async def run() -> bool:
        task = asyncio.get_running_loop().create_task(watched())
        await asyncio.sleep(0)
        # The net, where it falls at once, falls in the same turn of the loop.
        asyncio.get_running_loop().call_soon(task.cancel)
        await asyncio.wait([task])
        return task.cancelled()

    assert asyncio.run(run()) is True
    assert caught == [False]


def test_an_earlier_cancellation_that_was_taken_is_not_counted_again() -> None:
    found: list[bool] = []

    async def watched() -> None:
        try:
            await hang()
        except asyncio.CancelledError:
            # Clean up with a limit, though somebody wants the task to end.
            net = TimeNet(SOON_S)
            try:
                await hang()
            except asyncio.CancelledError as error:
                found.append(net.has_caught(error))

    async def run() -> int:
        task = asyncio.get_running_loop().create_task(watched())
        await asyncio.sleep(0)
        task.cancel()
        await asyncio.wait([task])
        return task.cancelling()

    assert asyncio.run(run()) == 1
    assert found == [True]
