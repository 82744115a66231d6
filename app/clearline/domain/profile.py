"""How we connect: time limits, retries and the circuit breaker; named, shared by targets, checked when built."""

import math
from enum import StrEnum

import msgspec

from clearline.domain.liveness import Heartbeat, KeepAlive
from clearline.domain.phase import Phase
from clearline.domain.problem import Problem


class BackoffKind(StrEnum):
    """How the wait between attempts grows."""

    FIXED = "fixed"
    LINEAR = "linear"
    EXPONENTIAL = "exponential"
    FIBONACCI = "fibonacci"


class Jitter(StrEnum):
    """How chance spreads a wait `v`: full U(0, v), equal v/2 + U(0, v/2), decorrelated min(cap, U(base, 3·last)).

    Source: M. Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015.
    """

    NONE = "none"
    FULL = "full"
    EQUAL = "equal"
    DECORRELATED = "decorrelated"


class Timeouts(msgspec.Struct, frozen=True):
    """Time limits in seconds, each 0.05 to 3600. Each phase gets `min(its own, what is left of attempt and total)`."""

    resolve_s: float = 5.0
    connect_s: float = 4.0
    """Per address. ICMP errors come with SYN retransmits (1.0, 2.0, 3.1 s) and Windows says refused after 2 s:
    below 4 s such answers are lost."""
    proxy_s: float = 5.0
    tls_s: float = 5.0
    send_s: float = 5.0
    wait_s: float = 10.0
    receive_s: float = 10.0
    """The longest silence between two parts of the answer."""
    attempt_s: float = 15.0
    total_s: float = 30.0
    """One check with all its attempts and waits."""

    def of(self, phase: Phase) -> float:
        """The limit of one phase, in seconds."""
        value: float = getattr(self, f"{phase.value}_s")
        return value


class RetryPolicy(msgspec.Struct, frozen=True):
    """When and how often to try again. `attempts` counts all tries: 3 means at most two retries."""

    attempts: int = 3
    backoff: BackoffKind = BackoffKind.EXPONENTIAL
    base_s: float = 0.5
    factor: float = 2.0
    cap_s: float = 30.0
    jitter: Jitter = Jitter.FULL
    statuses: tuple[int, ...] = (408, 425, 429, 500, 502, 503, 504)
    """HTTP statuses worth another try."""
    obey_retry_after: bool = True
    retry_after_cap_s: float = 120.0
    """Asked to wait longer than this, the check gives up and shows the time."""
    has_idempotency_key: bool = False
    """Send an `Idempotency-Key` with HTTP requests, the same on every attempt of a check: then each may be repeated."""


class BudgetPolicy(msgspec.Struct, frozen=True):
    """How much load retries may add to a host: each costs a token, each success earns `ratio` of one.

    Never refilled by time: a host that only fails is soon asked once a check. Layers of retries would multiply.
    """

    is_on: bool = True
    ratio: float = 0.1
    """Tokens earned by a success: in the long run retries add no more than this share."""
    capacity: float = 3.0
    """Tokens at most, and at the start. Three for a check a second: through 30 s of failures retries add a tenth."""


class AdaptivePolicy(msgspec.Struct, frozen=True):
    """Limits of name lookup, connect, TLS and answer that follow what the host really takes.

    `factor` × the `quantile` of the last 256 tries, estimated with those that were cut short (Kaplan–Meier), doubled
    for each timeout in a row, within floor and ceiling. Until 30 samples are there the profile's own limits hold.
    """

    is_on: bool = False
    quantile: float = 0.99
    factor: float = 1.5
    floor_s: float = 1.0
    ceiling_s: float = 30.0


class ReusePolicy(msgspec.Struct, frozen=True):
    """Whether web targets keep their connections from one check to the next, as programs with keep-alive do.

    A check on a kept connection looks up, connects and encrypts nothing: it shows what the service takes and says
    nothing of the way there. Source: RFC 9112, 9.3.
    """

    is_on: bool = False
    idle_s: float = 30.0
    """A connection unused for longer is closed. Many servers close theirs after 5 to 75 s."""
    per_host: int = 2
    """Unused connections kept for one host at most."""


class CascadePolicy(msgspec.Struct, frozen=True):
    """What the services behind a target may take, so that this client still waits when they are through.

    A service that is given so long to answer and makes `calls` calls of its own, one after the other, may give each
    an equal part of that, less a `margin` for its own work. It is shown, and changes nothing of what is sent.
    """

    calls: int = 2
    margin: float = 0.2
    """Share, 0 to 0.9."""


class FallbackMode(StrEnum):
    """Fail fast: say the error. Fail safe: go on with the next best there is, and say that."""

    FAST = "fail_fast"
    SAFE = "fail_safe"


class FallbackPolicy(msgspec.Struct, frozen=True):
    """What stands in for a call, in this order: fresh cache, (the call), stale cache, alternates, a default value.

    What stands in is told with its source and age and never passes for an answer: a check that a fresh one saves
    proves nothing, one that an old one or a default stands in for has failed all the same.
    """

    mode: FallbackMode = FallbackMode.FAST
    fresh_s: float = 0.0
    """An answer no older than this is used without asking at all; 0 always asks."""
    stale_s: float = 300.0
    """An answer no older than this stands in for a failed call; 0 never."""
    has_default: bool = False
    """There is a value to go on with where nothing else is left."""


class BreakerMode(StrEnum):
    """Who decides: the breaker, nobody (observe only), or a person (isolated: everything refused)."""

    AUTOMATIC = "automatic"
    OBSERVE = "observe"
    ISOLATED = "isolated"


class BreakerPolicy(msgspec.Struct, frozen=True):
    """When to stop asking a peer that fails, and how to find out that it is back."""

    mode: BreakerMode = BreakerMode.AUTOMATIC
    streak: int = 5
    """Trips after so many failures in a row; 0 turns this rule off."""
    failure_ratio: float = 0.5
    """Trips when this share of the window failed; above 1 turns this rule off."""
    window_calls: int = 20
    window_s: float = 0.0
    """Look back so many seconds instead of `window_calls` calls; 0 looks back at calls."""
    minimum_calls: int = 10
    slow_call_s: float = 0.0
    """A success slower than this counts as slow; 0 turns the rule off."""
    slow_ratio: float = 0.8
    open_s: float = 30.0
    """First open time; doubles with each re-opening up to the cap, starts again after recovery."""
    open_cap_s: float = 300.0
    half_open_calls: int = 1
    """Probe calls admitted at once while half-open."""
    successes_to_close: int = 2
    lease_s: float = 60.0
    """A probe call without a verdict gives its place back after this."""


class Profile(msgspec.Struct, frozen=True):
    """A named way to connect."""

    name: str
    timeouts: Timeouts = Timeouts()
    retry: RetryPolicy = RetryPolicy()
    breaker: BreakerPolicy = BreakerPolicy()
    budget: BudgetPolicy = BudgetPolicy()
    adaptive: AdaptivePolicy = AdaptivePolicy()
    fallback: FallbackPolicy = FallbackPolicy()
    cascade: CascadePolicy = CascadePolicy()
    reuse: ReusePolicy = ReusePolicy()
    keepalive: KeepAlive = KeepAlive()
    heartbeat: Heartbeat = Heartbeat()


STANDARD = Profile("standard")
QUICK = Profile(
    "quick check",
    timeouts=Timeouts(resolve_s=2, connect_s=4, tls_s=3, send_s=2, wait_s=2, receive_s=2, attempt_s=5, total_s=12),
    retry=RetryPolicy(attempts=2, base_s=0.25),
)
FETCH = Profile("fetch", timeouts=Timeouts(connect_s=5, wait_s=30, receive_s=30, attempt_s=60, total_s=120))
UPLOAD = Profile(
    "upload",
    timeouts=Timeouts(connect_s=5, send_s=300, wait_s=60, receive_s=30, attempt_s=400, total_s=900),
    retry=RetryPolicy(attempts=2),
    breaker=BreakerPolicy(lease_s=900),
)
BUILT_IN = (STANDARD, QUICK, FETCH, UPLOAD)


class Limit(msgspec.Struct, frozen=True):
    """The range of one control."""

    low: float
    high: float
    unit: str = "s"


LIMITS: dict[str, Limit] = {
    **{f"timeouts.{name}": Limit(0.05, 3600) for name in Timeouts.__struct_fields__},
    "retry.attempts": Limit(1, 2000, ""),
    "retry.base_s": Limit(0, 3600),
    "retry.factor": Limit(1, 10, "×"),
    "retry.cap_s": Limit(0, 86400),
    "retry.retry_after_cap_s": Limit(0, 86400),
    "breaker.streak": Limit(0, 10000, ""),
    "breaker.failure_ratio": Limit(0.01, 2, ""),
    "breaker.window_calls": Limit(1, 10000, ""),
    "breaker.window_s": Limit(0, 86400),
    "breaker.minimum_calls": Limit(1, 10000, ""),
    "breaker.slow_call_s": Limit(0, 3600),
    "breaker.slow_ratio": Limit(0.01, 1, ""),
    "breaker.open_s": Limit(0.1, 86400),
    "breaker.open_cap_s": Limit(0.1, 86400),
    "breaker.half_open_calls": Limit(1, 100, ""),
    "breaker.successes_to_close": Limit(1, 100, ""),
    "breaker.lease_s": Limit(0.1, 86400),
    "budget.ratio": Limit(0, 1, ""),
    "budget.capacity": Limit(1, 10000, ""),
    "adaptive.quantile": Limit(0.5, 0.999, ""),
    "adaptive.factor": Limit(1, 10, "×"),
    "adaptive.floor_s": Limit(0.05, 3600),
    "adaptive.ceiling_s": Limit(0.05, 3600),
    "cascade.calls": Limit(0, 20, ""),
    "cascade.margin": Limit(0, 0.9, ""),
    "reuse.idle_s": Limit(1, 3600),
    "reuse.per_host": Limit(1, 16, ""),
    "fallback.fresh_s": Limit(0, 86400),
    "fallback.stale_s": Limit(0, 604800),
    # Linux takes no more (net/ipv4/tcp.c: MAX_TCP_KEEPIDLE, MAX_TCP_KEEPCNT).
    "keepalive.idle_s": Limit(1, 32767),
    "keepalive.interval_s": Limit(1, 32767),
    "keepalive.count": Limit(1, 127, ""),
    "keepalive.user_timeout_s": Limit(0, 86400),
    "heartbeat.interval_s": Limit(0.1, 3600),
    "heartbeat.timeout_s": Limit(0.05, 3600),
    "heartbeat.misses_to_suspect": Limit(1, 100, ""),
    "heartbeat.misses_to_dead": Limit(1, 100, ""),
    "heartbeat.reconnect_base_s": Limit(0, 3600),
    "heartbeat.reconnect_cap_s": Limit(0, 86400),
}
"""Range and unit of each number of a profile, by its dotted field."""


def validate(profile: Profile) -> tuple[Problem, ...]:
    """Everything that is wrong with a profile, in the order of its fields; empty when it can be used."""
    problems = []
    for field, limit in LIMITS.items():
        value = read_field(profile, field)
        if not math.isfinite(value) or not limit.low <= value <= limit.high:
            problems.append(
                Problem(
                    "profile.range",
                    {"value": f"{value:g}", "low": f"{limit.low:g}", "high": f"{limit.high:g}", "unit": limit.unit},
                    field,
                )
            )
    timeouts, retry, breaker = profile.timeouts, profile.retry, profile.breaker
    if timeouts.total_s < timeouts.attempt_s:
        problems.append(_pair("profile.total_below_attempt", timeouts.total_s, timeouts.attempt_s, "timeouts.total_s"))
    if retry.cap_s < retry.base_s:
        problems.append(_pair("profile.cap_below_base", retry.cap_s, retry.base_s, "retry.cap_s"))
    if not breaker.window_s and breaker.minimum_calls > breaker.window_calls:
        problems.append(
            _pair("profile.minimum_above_window", breaker.minimum_calls, breaker.window_calls, "breaker.minimum_calls")
        )
    if 0 < breaker.window_s < 2 * timeouts.attempt_s:
        problems.append(
            _pair("profile.window_below_attempts", breaker.window_s, 2 * timeouts.attempt_s, "breaker.window_s")
        )
    if breaker.open_cap_s < breaker.open_s:
        problems.append(_pair("profile.open_cap_below_open", breaker.open_cap_s, breaker.open_s, "breaker.open_cap_s"))
    if breaker.lease_s < timeouts.attempt_s:
        problems.append(_pair("profile.lease_below_attempt", breaker.lease_s, timeouts.attempt_s, "breaker.lease_s"))
    adaptive, fallback = profile.adaptive, profile.fallback
    if adaptive.ceiling_s < adaptive.floor_s:
        problems.append(
            _pair("profile.ceiling_below_floor", adaptive.ceiling_s, adaptive.floor_s, "adaptive.ceiling_s")
        )
    if 0 < fallback.stale_s < fallback.fresh_s:
        problems.append(_pair("profile.stale_below_fresh", fallback.stale_s, fallback.fresh_s, "fallback.stale_s"))
    return (*problems, *_heartbeat_problems(profile.heartbeat))


def _heartbeat_problems(beat: Heartbeat) -> list[Problem]:
    problems = []
    if beat.misses_to_dead < beat.misses_to_suspect:
        problems.append(
            _pair(
                "profile.dead_before_suspect", beat.misses_to_dead, beat.misses_to_suspect, "heartbeat.misses_to_dead"
            )
        )
    if not beat.send:
        problems.append(Problem("profile.nothing_to_send", field="heartbeat.send"))
    if beat.reconnect_cap_s < beat.reconnect_base_s:
        problems.append(
            _pair(
                "profile.reconnect_cap_below_base",
                beat.reconnect_cap_s,
                beat.reconnect_base_s,
                "heartbeat.reconnect_cap_s",
            )
        )
    return problems


def read_field(profile: Profile, field: str) -> float:
    """The number at a dotted field of LIMITS."""
    part, _, name = field.partition(".")
    return float(getattr(getattr(profile, part), name))


def replace_field(profile: Profile, field: str, value: object) -> Profile:
    """A copy of the profile with one dotted field changed; not validated."""
    part, _, name = field.partition(".")
    changed = msgspec.structs.replace(getattr(profile, part), **{name: value})
    return msgspec.structs.replace(profile, **{part: changed})


def _pair(code: str, value: float, other: float, field: str) -> Problem:
    return Problem(code, {"value": f"{value:g}", "other": f"{other:g}"}, field)
