"""Tasks have names and owners, and their failures are heard of."""

import asyncio

import pytest

from clearline.resilience.supervisor import StoppedError, Supervisor
from support.virtual_time import VirtualClock, run


class Heard:
    def __init__(self) -> None:
        self.failures: list[tuple[str, BaseException]] = []

    def __call__(self, name: str, error: BaseException) -> None:
        self.failures.append((name, error))


async def for_ever() -> None:
    await asyncio.Event().wait()


async def fail() -> None:
    raise LookupError("nothing there")


def test_it_gives_the_result_of_a_task() -> None:
    async def answer() -> int:
        return 42

    async def story() -> int:
        return await Supervisor(Heard()).start(answer(), name="answer")

    assert run(story()) == 42


def test_it_reports_a_failure_with_its_name() -> None:
    heard = Heard()

    async def story() -> None:
        Supervisor(heard).start(fail(), name="poll")
        await asyncio.sleep(1)

    run(story())
    assert [(name, str(error)) for name, error in heard.failures] == [("poll", "nothing there")]


def test_it_lists_the_tasks_under_way() -> None:
    async def story() -> list[tuple[str, ...]]:
        supervisor = Supervisor(Heard())
        supervisor.start(for_ever(), name="b")
        supervisor.start(for_ever(), name="a")
        supervisor.start(asyncio.sleep(1), name="c")
        before = supervisor.names
        await asyncio.sleep(2)
        after = supervisor.names
        await supervisor.stop(1)
        return [before, after, supervisor.names]

    assert run(story()) == [("a", "b", "c"), ("a", "b"), ()]


def test_it_cancels_everything_when_stopped_and_reports_no_cancellation() -> None:
    heard = Heard()

    async def story() -> tuple[bool, tuple[str, ...]]:
        supervisor = Supervisor(heard)
        task = supervisor.start(for_ever(), name="a")
        await asyncio.sleep(0)
        return await supervisor.stop(5) == (), (str(task.cancelled()),)

    assert run(story()) == (True, ("True",))
    assert heard.failures == []


def test_it_reports_a_task_that_fails_while_it_is_cancelled() -> None:
    heard = Heard()

    async def break_in_clean_up() -> None:
        try:
            await for_ever()
        finally:
            await fail()

    async def story() -> None:
        supervisor = Supervisor(heard)
        supervisor.start(break_in_clean_up(), name="a")
        await asyncio.sleep(0)
        await supervisor.stop(5)

    run(story())
    assert [name for name, _ in heard.failures] == ["a"]


def test_it_names_the_tasks_that_hang_on_after_the_time_limit() -> None:
    clock = VirtualClock()

    async def stubborn() -> None:
        try:
            await for_ever()
        finally:
            await asyncio.sleep(100)

    async def story() -> tuple[tuple[str, ...], float, tuple[str, ...]]:
        supervisor = Supervisor(Heard())
        supervisor.start(stubborn(), name="stubborn")
        supervisor.start(for_ever(), name="willing")
        await asyncio.sleep(0)
        hanging = await supervisor.stop(3)
        return hanging, clock.now(), await supervisor.stop(1)

    hanging, at_s, later = run(story())
    assert (hanging, at_s) == (("stubborn",), 3.0)
    assert later == ()


def test_it_refuses_to_start_after_the_stop() -> None:
    async def story() -> None:
        supervisor = Supervisor(Heard())
        await supervisor.stop(1)
        supervisor.start(for_ever(), name="late")

    with pytest.raises(StoppedError, match="late"):
        run(story())


def test_it_lets_a_task_of_its_own_stop_the_others() -> None:
    async def story() -> str:
        supervisor = Supervisor(Heard())
        supervisor.start(for_ever(), name="other")

        async def stop_all() -> str:
            await supervisor.stop(1)
            return "still here"

        return await supervisor.start(stop_all(), name="stopper")

    assert run(story()) == "still here"


def test_it_leaves_no_coroutine_behind_where_no_loop_runs() -> None:
    work = for_ever()
    with pytest.raises(RuntimeError, match="running"):
        Supervisor(Heard()).start(work, name="too early")
    assert work.cr_frame is None
