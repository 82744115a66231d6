"""The engine client on the window's own loop."""

import asyncio
import os
import signal
import sys

import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
qasync = pytest.importorskip("qasync")

import support.engine_child as child_program  # noqa: E402 (after the platform is chosen)
from clearline.domain.command import StartSession  # noqa: E402
from clearline.domain.event import CheckEnded  # noqa: E402
from clearline.domain.plan import Plan, new_target  # noqa: E402
from clearline.engine.process.client import EngineClient, EngineState, EngineStatus  # noqa: E402
from clearline.host.clock import wall_s  # noqa: E402

pytestmark = pytest.mark.qt


def test_it_starts_restarts_and_stops_an_engine_on_the_qasync_loop(qapp) -> None:
    ended = asyncio.Queue()
    states: list[EngineState] = []
    plan = Plan(targets=(new_target("127.0.0.1:9"),), interval_s=0.1)

    def hear(events) -> None:
        for event in events:
            if isinstance(event, CheckEnded):
                ended.put_nowait(event)

    async def checks(count: int) -> None:
        async with asyncio.timeout(20):
            for _ in range(count):
                await ended.get()

    async def story() -> None:
        client = EngineClient([sys.executable, child_program.__file__], hear, states.append)
        await client.start(StartSession(session_id="s", path="", wall_s=wall_s(), plan=plan))
        await checks(3)
        os.kill(client.pid, signal.SIGKILL)
        await checks(5)
        await client.stop()

    loop = qasync.QEventLoop(qapp)
    try:
        loop.run_until_complete(story())
    finally:
        asyncio.set_event_loop(None)
        loop.close()
    assert [state.status for state in states] == [
        EngineStatus.STARTING,
        EngineStatus.RUNNING,
        EngineStatus.RESTARTING,
        EngineStatus.STARTING,
        EngineStatus.RUNNING,
        EngineStatus.STOPPED,
    ]
