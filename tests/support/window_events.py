"""A plan and the events of its targets, as the window gets them; and an engine that only remembers what it was told."""

from collections.abc import Callable, Sequence

from clearline.domain.command import AnyCommand, StartSession
from clearline.domain.event import (
    AnyEvent,
    AttemptEnded,
    BreakerChanged,
    BreakerState,
    CheckEnded,
    Result,
    SessionStarted,
)
from clearline.domain.fault import Fault
from clearline.domain.outcome import Outcome
from clearline.domain.phase import Phase, PhaseTimes
from clearline.domain.plan import Plan
from clearline.domain.target import Target
from clearline.engine.process.client import EngineState, EngineStatus

WALL_S = 1_790_000_000.0
INTRANET = Target(id="intranet", address="https://intranet.example/", name="Intranet", group="Head office")
PRINTER = Target(id="printer", address="tcp://10.2.0.40:9100", name="Label printer", group="Suppliers")
SHOP = Target(id="shop", address="https://shop.example/", name="Shop", group="Suppliers")
OLD = Target(id="old", address="http://old.example/", name="Old portal", group="Suppliers", is_paused=True)
PLAN = Plan(targets=(INTRANET, PRINTER, SHOP, OLD))
REFUSED = Fault("tcp.refused", Phase.CONNECT, {"os_error": {"name": "ECONNREFUSED", "errno": 111}})


def started(at_s: float = 0.0) -> SessionStarted:
    """The session began."""
    return SessionStarted(at_s=at_s, session_id="s", wall_s=WALL_S, path="")


def success(target: str, number: int, latency_ms: float = 20.0, **more: object) -> list[AnyEvent]:
    """A check that succeeded at the first attempt, one second after the one before."""
    outcome = Outcome(PhaseTimes(resolve=1.0, connect=latency_ms - 1.0), address="192.0.2.7:443", kernel_rtt_ms=0.5)
    return _check(target, number, outcome, Result.OK, **more)


def failure(target: str, number: int, fault: Fault = REFUSED, **more: object) -> list[AnyEvent]:
    """A check whose only attempt failed."""
    outcome = Outcome(PhaseTimes(resolve=1.0, connect=0.3), fault, address="192.0.2.7:443")
    return _check(target, number, outcome, Result.FAILED, **more)


def breaker(
    target: Target, before: BreakerState, after: BreakerState, at_s: float, *, successes: int = 0
) -> BreakerChanged:
    """The breaker before a target changed; half-open needs two successes, open lasts 12 s."""
    until_s = at_s + 12.0 if after is BreakerState.OPEN else None
    return BreakerChanged(
        at_s=at_s,
        key=target.breaker_key,
        before=before,
        after=after,
        reason="streak",
        until_s=until_s,
        successes=successes,
        needed=2,
    )


def _check(target: str, number: int, outcome: Outcome, result: Result, is_disturbed: bool = False) -> list[AnyEvent]:
    begun_s = float(number)
    end_s = begun_s + outcome.phases.total_ms / 1000
    return [
        AttemptEnded(
            at_s=end_s,
            target=target,
            check=number,
            attempt=1,
            started_s=begun_s,
            outcome=outcome,
            is_disturbed=is_disturbed,
        ),
        CheckEnded(
            at_s=end_s,
            target=target,
            check=number,
            due_s=begun_s,
            started_s=begun_s,
            result=result,
            attempts=1,
            kind=outcome.fault.kind if outcome.fault else "",
        ),
    ]


class SilentEngine:
    """Stands in for EngineClient: starts no process, remembers every command."""

    def __init__(
        self,
        argv: Sequence[str],
        on_events: Callable[[Sequence[AnyEvent]], None],
        on_state: Callable[[EngineState], None],
    ) -> None:
        self.argv = argv
        self.on_events = on_events
        self.on_state = on_state
        self.sent: list[AnyCommand] = []
        self.is_stopped = False
        self.retries = 0

    async def start(self, session: StartSession) -> None:
        """Remember the session."""
        self.sent.append(session)
        self.on_state(EngineState(EngineStatus.RUNNING))

    def send(self, command: AnyCommand) -> None:
        """Remember a command."""
        self.sent.append(command)

    def retry(self) -> None:
        """Remember that."""
        self.retries += 1

    async def stop(self, timeout_s: float = 4.0) -> None:
        """Remember that."""
        del timeout_s
        self.is_stopped = True
