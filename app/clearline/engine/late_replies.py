"""Answers that come after their attempt was given up: late, not lost."""

from clearline.domain.event import ReplyCameLate
from clearline.domain.ports import Clock, EventSink
from clearline.probes.udp import Unanswered
from clearline.resilience.supervisor import StoppedError, Supervisor

MOST = 256
"""Sockets kept open for late answers at a time, over all targets; beyond that an answer is not heard."""


class LateReplies:
    """Listens on where attempts gave up, each for as long again as it had waited."""

    def __init__(self, supervisor: Supervisor, clock: Clock, sink: EventSink) -> None:
        self._supervisor = supervisor
        self._clock = clock
        self._sink = sink
        self._open = 0

    def listen(self, target: str, check: int, attempt: int, unanswered: Unanswered) -> None:
        """Hear whether the answer to this attempt still comes."""
        if self._open >= MOST:
            unanswered.close()
            return
        try:
            task = self._supervisor.start(
                self._hear(target, check, attempt, unanswered), name=f"late reply {check} of {target}"
            )
        except StoppedError:
            unanswered.close()
            return
        self._open += 1
        # Not in the coroutine: one that is cancelled before it began would close nothing.
        task.add_done_callback(lambda _task: self._close(unanswered))

    def _close(self, unanswered: Unanswered) -> None:
        self._open -= 1
        unanswered.close()

    async def _hear(self, target: str, check: int, attempt: int, unanswered: Unanswered) -> None:
        if (after_ms := await unanswered.listen()) is not None:
            now_s = self._clock.now()
            self._sink.emit([ReplyCameLate(at_s=now_s, target=target, check=check, attempt=attempt, after_ms=after_ms)])
