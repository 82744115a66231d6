"""One session file, two engine processes: the real engine is killed and the next one goes on."""

import asyncio
import contextlib
import os
import signal
import socket
from pathlib import Path

import pytest

from clearline.domain.command import StartSession
from clearline.domain.event import AttemptEnded, CheckEnded, CheckMissed, Health, SessionStarted
from clearline.domain.event import TesterDisturbed as Disturbed  # pytest would collect it by its own name
from clearline.domain.plan import Plan, new_target
from clearline.engine.process.client import EngineClient, engine_argv
from clearline.host.clock import wall_s
from clearline.store.reader import SessionReader

CHECKS_BEFORE, CHECKS_AFTER = 8, 5


def test_it_goes_on_in_the_same_file_and_the_file_tells_the_gap(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CLEARLINE_HOME", str(tmp_path))
    path = tmp_path / "s.clearline"

    async def story(port: int) -> list[CheckEnded]:
        told: asyncio.Queue[CheckEnded] = asyncio.Queue()
        seen: list[CheckEnded] = []

        def hear(events) -> None:
            for event in events:
                if isinstance(event, CheckEnded):
                    told.put_nowait(event)

        client = EngineClient(engine_argv(), hear, lambda state: None)
        plan = Plan(targets=(new_target(f"127.0.0.1:{port}"),), interval_s=0.1)
        await client.start(StartSession(session_id="s", path=str(path), wall_s=wall_s(), plan=plan))
        async with asyncio.timeout(40):
            while len(seen) < CHECKS_BEFORE:
                seen.append(await told.get())
            os.kill(client.pid, signal.SIGKILL)
            while sum(event.at_s > seen[CHECKS_BEFORE - 1].at_s + 0.15 for event in seen) < CHECKS_AFTER:
                seen.append(await told.get())
        await client.stop()
        return seen

    with socket.create_server(("127.0.0.1", 0), backlog=200) as server:
        seen = asyncio.run(story(server.getsockname()[1]))
    with contextlib.closing(SessionReader(path)) as reader:
        events = list(reader.events())
    assert [event.is_resumed for event in events if isinstance(event, SessionStarted)] == [False, True]
    (gap,) = [event for event in events if isinstance(event, Disturbed) and event.health is Health.NOT_RUNNING]
    missed = [event for event in events if isinstance(event, CheckMissed) and event.reason == Health.NOT_RUNNING]
    attempts = [event for event in events if isinstance(event, AttemptEnded)]
    assert missed, "slots fell due while no engine ran"
    assert all(gap.from_s < event.due_s < gap.at_s for event in missed)
    assert not [event for event in attempts if gap.from_s < event.started_s < gap.at_s - 0.001]
    numbers = [event.check for event in attempts]
    assert len(numbers) == len(set(numbers))
    assert {event.check for event in seen[CHECKS_BEFORE + 2 :]} <= {
        e.check for e in events if isinstance(e, CheckEnded)
    }
