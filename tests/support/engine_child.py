"""An engine process with a scripted probe and a recorder of JSON lines: run as a program, started by tests.

Arguments: `die` ends it with exit code 7 once the session has begun; `deaf` never reads its input;
`babble` writes foreign bytes instead of frames; `stubborn` ignores the end of its input.
"""

import asyncio
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import msgspec

from clearline.domain.command import StartSession
from clearline.domain.event import Event
from clearline.domain.outcome import Outcome
from clearline.domain.phase import PhaseTimes
from clearline.engine.process import host
from clearline.net.machine_state import Machine


class LinesRecorder:
    """Appends each event as a line of JSON."""

    problem = ""
    size_bytes = 0

    def __init__(self, path: str) -> None:
        self._file = Path(path).open("ab", buffering=0)  # noqa: SIM115 (close closes it)

    def emit(self, events: Sequence[Event]) -> None:
        for event in events:
            self._file.write(msgspec.json.encode(event) + b"\n")

    def close(self, timeout_s: float) -> bool:
        self._file.close()
        return True


def make_recorder(session: StartSession) -> LinesRecorder | None:
    if "die" in sys.argv:
        os._exit(7)
    return LinesRecorder(session.path) if session.path else None


async def probe(target, timeouts, deadline_s, network, clock) -> Outcome:
    started_s = clock.now()
    await asyncio.sleep(0.005)
    return Outcome(PhaseTimes(connect=(clock.now() - started_s) * 1000), address=f"127.0.0.1:{target.port}")


class StillNetwork:
    """Nothing about this machine changes, and the scripted probe asks for nothing else."""

    async def look_around(self) -> Machine:
        return Machine()


def report_defect(name: str, error: BaseException) -> None:
    sys.stderr.write(f"{name}: {error!r}\n")


if __name__ == "__main__":
    if "babble" in sys.argv:
        os.write(1, b"Fatal: something printed here\n")
    if "deaf" in sys.argv or "babble" in sys.argv or "stubborn" in sys.argv:
        while True:
            time.sleep(60)  # noqa: TID251 (the deaf process under test)
    sys.exit(
        host.serve(
            os.dup(0), os.dup(1), make_recorder, network=StillNetwork(), probe=probe, report_defect=report_defect
        )
    )
