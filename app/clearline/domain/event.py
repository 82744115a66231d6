"""What happened: frozen, typed, in the past tense. The log, the session file and the window fold the same stream.

`at_s` is always seconds since the session began (see domain.ports.Clock). Commands go the other way: domain.command.
"""

from enum import StrEnum

import msgspec

from clearline.domain.liveness import Liveness
from clearline.domain.outcome import Outcome
from clearline.domain.phase import Phase
from clearline.domain.plan import Plan
from clearline.domain.target import Target
from clearline.domain.verdict import DiagnosisPolicy, Step, StepResult, Verdict

MOMENT_S = 1.0


class Result(StrEnum):
    """How a check ended."""

    OK = "ok"
    FAILED = "failed"
    REFUSED = "refused"
    """The breaker was open: nothing was sent."""
    VOID = "void"
    """Proves nothing: stopped, saved by a cached answer, or this machine was asleep or too busy."""


class BreakerState(StrEnum):
    """States of a circuit breaker."""

    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half_open"
    ISOLATED = "isolated"


class Health(StrEnum):
    """What disturbed the tester itself."""

    ASLEEP = "asleep"
    BUSY = "busy"
    CLOCK_STEPPED = "clock_stepped"
    NOT_RUNNING = "not_running"
    """The engine was gone: nothing was measured."""


class Event(msgspec.Struct, frozen=True, tag_field="event", kw_only=True, gc=False):
    """Something that happened. What never changes is in no cycle, so the collector need not look at it."""

    at_s: float


class SessionStarted(Event, frozen=True, tag="session_started"):
    """The engine began, or went on with, a session. `wall_s` is the UTC time of session second 0."""

    session_id: str
    wall_s: float
    path: str
    """The session file; empty where nothing is recorded."""
    is_resumed: bool = False


class PlanApplied(Event, frozen=True, tag="plan_applied"):
    """From now on this plan is run. Its addresses are masked when recorded."""

    plan: Plan


class CheckMissed(Event, frozen=True, tag="check_missed"):
    """A due slot passed without a check: the ones before were still under way, or the tester was away."""

    target: str
    check: int
    due_s: float
    reason: str
    """`outstanding`, `retry_after` (the peer asked to be left alone until later) or a value of Health."""


class AttemptEnded(Event, frozen=True, tag="attempt_ended"):
    """One try ended. `at_s` is its end."""

    target: str
    check: int
    """Number of the due slot, counted from 0 for each target over the whole session."""
    attempt: int
    """1 for the first try of the check."""
    started_s: float
    outcome: Outcome
    is_disturbed: bool = False
    """The tester was busy or asleep meanwhile, or the attempt was stopped: kept, but in no statistic."""


class BackoffStarted(Event, frozen=True, tag="backoff_started"):
    """The check waits before its next attempt."""

    target: str
    check: int
    attempt: int
    """The attempt that will follow."""
    until_s: float
    reason: str
    """`backoff`, `retry_after`, `breaker`, or `stale_connection`: the peer had closed a kept connection meanwhile, and
    a fresh one is tried at once."""


class CheckEnded(Event, frozen=True, tag="check_ended"):
    """A due slot was dealt with."""

    target: str
    check: int
    due_s: float
    started_s: float
    result: Result
    attempts: int
    kind: str = ""
    """The last fault's kind; empty where it succeeded."""
    gave_up: str = ""
    """Why no attempt followed: `attempts`, `not_retryable`, `deadline`, `breaker`, `retry_after`, `budget`, `stopped`,
    or `fresh_cache`: an answer that is still fresh saved the check."""

    @property
    def late_s(self) -> float:
        """How long after its due time the check began."""
        return max(0.0, self.started_s - self.due_s)


class BreakerChanged(Event, frozen=True, tag="breaker_changed"):
    """A circuit breaker went from one state to another."""

    key: str
    """Target.breaker_key of the targets it stands before."""
    before: BreakerState
    after: BreakerState
    reason: str
    """`streak`, `failure_ratio`, `slow_ratio`, `timer`, `probe_ok`, `recovered`, `probe_failed`, `manual`, `policy`,
    `forgotten` (nothing asks it any more; should something again, it begins closed).

    `probe_ok` is progress and no change of state: half-open before and after, with one more success."""
    until_s: float | None = None
    """While open: when it will admit a probe call."""
    failures: int = 0
    successes: int = 0
    needed: int = 0
    """Half-open: successes so far, and how many close it."""


class TimeoutAdapted(Event, frozen=True, tag="timeout_adapted"):
    """The time limit of a phase follows what a host takes. Told where it changed by a twentieth or more."""

    key: str
    """Target.breaker_key of the targets it holds for."""
    phase: Phase
    before_s: float
    after_s: float
    why: str
    """`measured`, `widened` (timeouts in a row), `unreached` (too many were cut short to tell), `too_few`, `floor`,
    `ceiling`: texts `adaptive.*`, filled with `values`."""
    values: dict[str, float] = {}
    """The figures: samples, cut, quantile (a share), quantile_s, factor, in_a_row, limit_s."""


class BudgetChanged(Event, frozen=True, tag="budget_changed"):
    """The tokens left for retries at a host reached another whole number, or a retry was denied."""

    key: str
    """Target.origin of the targets that share it."""
    tokens: float
    capacity: float
    reason: str
    """`spent`, `earned` or `denied`."""


class FallbackUsed(Event, frozen=True, tag="fallback_used"):
    """Something stood in for a check that failed or was saved. Comes before its CheckEnded."""

    target: str
    check: int
    source: str
    """`fresh_cache`, `stale_cache`, `alternate`, `default`."""
    age_s: float = 0.0
    """How old the cached answer was."""
    place: str = ""
    """The alternate that answered."""


class LivenessChanged(Event, frozen=True, tag="liveness_changed"):
    """What is known of a target's long connection changed."""

    target: str
    before: Liveness
    after: Liveness
    reason: str
    """`connected`, `silence`, `heard`, `closed` (the peer's FIN), `reset` (its RST), `aborted` (the system gave up),
    `lost` (anything else) or `stopped` (we let go of it: unknown from now on)."""
    silent_s: float = 0.0
    """Since the last byte read."""
    misses: int = 0
    """Beats in a row without any answer."""


class ReplyCameLate(Event, frozen=True, tag="reply_came_late"):
    """An answer came after its time limit. What it answers was late and not lost."""

    target: str
    check: int
    attempt: int
    after_ms: float
    """From sending to the answer."""


class MarkerDropped(Event, frozen=True, tag="marker_dropped"):
    """A person marked this moment."""

    text: str
    target: str = ""


class LabFaultChanged(Event, frozen=True, tag="lab_fault_changed"):
    """The practice lab began, changed or ended a fault at one of its servers: the cause beside the effects."""

    target: str
    fault: str
    """Its kind, one of lab.faults.CATALOGUE; empty: the server is well from now on."""
    options: dict[str, float] = {}
    """What was set, by option; the rest is as the kind has it."""
    by: str = "scenario"
    """`scenario` or `hand`."""


class TesterDisturbed(Event, frozen=True, tag="tester_disturbed"):
    """The tester itself was away or busy from `from_s` to `at_s`; samples in between say nothing about the network."""

    health: Health
    from_s: float
    lag_ms: float = 0.0

    @property
    def is_moment(self) -> bool:
        """Was it busy for less than `MOMENT_S`? One alone is no news for people."""
        return self.health is Health.BUSY and self.at_s - self.from_s < MOMENT_S


class NetworkChange(msgspec.Struct, frozen=True, array_like=True):
    """One thing about this machine's network that is different now."""

    what: str
    """`adapter` or `vpn` (up or down), `addresses`, `mtu`, `gateway`, `name_servers`, `proxies`; and of those that are
    asked while targets are watched: `gateway_silent`, `gateway_there`, `name_server_silent`, `name_server_there`,
    `outside_silent`, `outside_there`, and `outside_unknown` where that they were silent says nothing any more."""
    name: str
    """Of the adapter, `IPv4` and `IPv6` of a gateway, the addresses of those that were asked; empty else."""
    before: str
    """Addresses, masked URLs or a number, as text; empty where there was nothing."""
    after: str


class NetworkChanged(Event, frozen=True, tag="network_changed"):
    """This machine's network was changed between `from_s`, when it was last seen as before, and `at_s`.

    Attempts that were under way then are marked as disturbed, but not where only others' answers changed.
    """

    from_s: float
    changes: tuple[NetworkChange, ...]

    @property
    def is_of_machine(self) -> bool:
        """Is anything different on this machine itself?"""
        return not all(change.what.endswith(("_silent", "_there", "_unknown")) for change in self.changes)


class MachineSeen(Event, frozen=True, tag="machine_seen"):
    """The computer that measures, as it is from now on: told at the beginning and after each change of its network."""

    host: str
    """Its own name."""
    system: str
    """Operating system and processor, as a word or two."""
    network: tuple[NetworkChange, ...]
    """All there is, each as what came from nothing: `before` is empty."""


class EngineReported(Event, frozen=True, tag="engine_reported"):
    """The engine's own state, once a second."""

    checks_per_s: float
    loop_lag_ms: float
    """99th percentile of how late the loop woke, over the last second."""
    outstanding: int
    recording: str
    """Path of the session file; empty where nothing is recorded."""
    recording_bytes: int = 0
    recording_problem: str = ""
    """Why nothing more is recorded; empty while all is well."""


class CommandRefused(Event, frozen=True, tag="command_refused"):
    """The engine could not do what it was told."""

    code: str
    values: dict[str, str] = {}


class DiagnosisStarted(Event, frozen=True, tag="diagnosis_started"):
    """The ladder begins; its steps in order. Its events bear the name that whoever asked chose for it."""

    diagnosis: str
    target: Target
    """Masked."""
    policy: DiagnosisPolicy
    steps: tuple[Step, ...]


class StepChanged(Event, frozen=True, tag="step_changed"):
    """A step began (its state is `running`), says how far it is (the same), or ended."""

    diagnosis: str
    result: StepResult


class VerdictChanged(Event, frozen=True, tag="verdict_changed"):
    """What is known so far means something else now."""

    diagnosis: str
    verdict: Verdict
    is_final: bool = False


class DiagnosisEnded(Event, frozen=True, tag="diagnosis_ended"):
    """Nothing more follows."""

    diagnosis: str
    reason: str
    """`done`, `stopped` or `failed` (a defect of ours)."""


AnyEvent = (
    SessionStarted
    | PlanApplied
    | CheckMissed
    | AttemptEnded
    | BackoffStarted
    | CheckEnded
    | BreakerChanged
    | TimeoutAdapted
    | BudgetChanged
    | FallbackUsed
    | LivenessChanged
    | ReplyCameLate
    | MarkerDropped
    | LabFaultChanged
    | TesterDisturbed
    | NetworkChanged
    | MachineSeen
    | DiagnosisStarted
    | StepChanged
    | VerdictChanged
    | DiagnosisEnded
    | EngineReported
    | CommandRefused
)
"""Every event, as a decoder needs it."""
