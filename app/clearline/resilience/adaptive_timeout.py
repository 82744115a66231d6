"""Time limits that follow what a host really takes, and that say why they are what they are.

A limit cuts exactly the tries that would have raised it: of those it is only known that they would have taken longer.
Estimating from the others alone, a host that becomes slower is cut off for good. The Kaplan–Meier estimate counts a
try that was cut short for what it is; two timeouts in a row widen the limit at once, the estimate follows.
"""

from array import array
from collections.abc import Iterable, Mapping

import msgspec

from clearline.domain.event import AttemptEnded, TimeoutAdapted
from clearline.domain.fault import Blame, Fault
from clearline.domain.phase import Phase
from clearline.domain.profile import AdaptivePolicy, Timeouts

PHASES = (Phase.RESOLVE, Phase.CONNECT, Phase.TLS, Phase.WAIT)
"""How long sending and receiving take depends on the size of what is sent, not on the host."""
REMEMBERED = 256
"""Tries that are looked back at, per host and phase."""
FEWEST = 30
"""Tries below which nothing is estimated."""
_TOLD_SHARE = 0.05
_MOST_DOUBLINGS = 20


class Limit(msgspec.Struct, frozen=True):
    """A time limit in seconds, why it is that (see TimeoutAdapted.why), and the figures behind it."""

    seconds: float
    why: str
    values: Mapping[str, float] = {}


def kaplan_meier(tries: Iterable[tuple[float, bool]], share: float) -> float | None:
    """The `share` (0 to 1) quantile of durations `(seconds, was_cut)`; None where too many were cut to tell.

    Source: E. L. Kaplan, P. Meier, J. Am. Stat. Assoc. 53 (1958).
    """
    # Where both fall on one moment, the one that ended counts first: the other lasted at least as long.
    ordered = sorted(tries)
    remaining = len(ordered)
    surviving = 1.0
    for seconds, was_cut in ordered:
        if not was_cut:
            surviving *= (remaining - 1) / remaining
            # 100 tries of 1 s: 1 − 0.99 is a little more than the 0.01 that rounding leaves.
            if round(surviving - (1 - share), 12) <= 0:
                return seconds
        remaining -= 1
    return None


class PhaseLimit:
    """What is known of how long one phase takes at one host. A pure machine of 1 to 2 KiB."""

    __slots__ = ("_place", "_seconds", "in_a_row")

    def __init__(self) -> None:
        # Below zero: that try was cut short. Half the memory of a pair, and no object each.
        self._seconds = array("d")
        self._place = 0
        self.in_a_row = 0
        """Timeouts since the last answer."""

    @property
    def tries(self) -> list[tuple[float, bool]]:
        """Seconds, and whether the try was cut short."""
        return [(abs(seconds), seconds < 0) for seconds in self._seconds]

    def took(self, seconds: float) -> None:
        """A try ended by itself after so long."""
        self.in_a_row = 0
        self._remember(max(0.0, seconds))

    def cut(self, seconds: float, *, was_timeout: bool) -> None:
        """A try was cut short after so long: by this limit, or by something that says nothing of the host."""
        self.in_a_row += was_timeout
        # A try cut at the very start tells nothing, and zero has no sign.
        if seconds > 0:
            self._remember(-seconds)

    def answered(self) -> None:
        """The host answered in a way that says nothing of how long it takes, such as refusing."""
        self.in_a_row = 0

    def limit(self, policy: AdaptivePolicy, fixed_s: float) -> Limit:
        """The limit for the next try; `fixed_s` is the profile's own, which holds until enough is known."""
        tries = self.tries
        samples = len(tries)
        if samples < FEWEST:
            return Limit(fixed_s, "too_few", {"samples": samples, "limit_s": fixed_s})
        values = {
            "samples": samples,
            "cut": sum(was_cut for _, was_cut in tries),
            "quantile": policy.quantile,
            "factor": policy.factor,
            "in_a_row": self.in_a_row,
        }
        quantile_s = kaplan_meier(tries, policy.quantile)
        if quantile_s is None:
            why, wanted_s = "unreached", 2 * max(tries)[0]
        else:
            why, wanted_s = "measured", policy.factor * quantile_s
            values["quantile_s"] = quantile_s
        if self.in_a_row:
            why = "widened"
            wanted_s *= 2.0 ** min(self.in_a_row, _MOST_DOUBLINGS)
        if wanted_s >= policy.ceiling_s:
            why, wanted_s = "ceiling", policy.ceiling_s
        elif wanted_s <= policy.floor_s:
            # Whatever the reason was: below this nothing is judged.
            why = "floor" if quantile_s is not None else why
            wanted_s = policy.floor_s
        return Limit(wanted_s, why, {**values, "limit_s": wanted_s})

    def _remember(self, seconds: float) -> None:
        if len(self._seconds) < REMEMBERED:
            self._seconds.append(seconds)
            return
        self._seconds[self._place] = seconds
        self._place = (self._place + 1) % REMEMBERED


class AdaptiveLimits:
    """The limits of one host by phase, learned from its attempts."""

    __slots__ = ("_known", "_phases", "_told")

    def __init__(self) -> None:
        self._phases: dict[Phase, PhaseLimit] = {}
        self._known: tuple[AdaptivePolicy, Timeouts, Timeouts] | None = None
        self._told: dict[tuple[str, Phase], float] = {}

    def timeouts(self, policy: AdaptivePolicy, fixed: Timeouts) -> Timeouts:
        """What an attempt is to be given now: each phase's own limit, adapted where enough is known of it."""
        known = self._known
        if known is None or known[0] is not policy or known[1] is not fixed:
            changed = {f"{phase}_s": self.limit(phase, policy, fixed).seconds for phase in self._phases}
            known = self._known = (policy, fixed, msgspec.structs.replace(fixed, **changed))
        return known[2]

    def limit(self, phase: Phase, policy: AdaptivePolicy, fixed: Timeouts) -> Limit:
        """The limit of one phase, and why it is that."""
        return self._phases.get(phase, _UNKNOWN).limit(policy, fixed.of(phase))

    def learn(
        self, event: AttemptEnded, key: str, policy: AdaptivePolicy, fixed: Timeouts
    ) -> tuple[TimeoutAdapted, ...]:
        """Take an attempt in. Returns the limits that changed by a twentieth or more since that was last told.

        An attempt during which the tester was away or busy says nothing and is left out.
        """
        if event.is_disturbed:
            return ()
        self._known = None
        fault = event.outcome.fault
        for phase in PHASES:
            milliseconds = event.outcome.phases.of(phase)
            if milliseconds is None:
                continue
            limit = self._phases.setdefault(phase, PhaseLimit())
            if phase is Phase.CONNECT and (tried := _addresses(event)):
                for seconds, kind in tried:
                    _take(limit, seconds, Fault(kind, phase, is_void=bool(fault and fault.is_void)) if kind else None)
            else:
                is_last = fault is not None and fault.phase is phase
                _take(limit, milliseconds / 1000, fault if is_last else None)
        return tuple(self._adapted(event.at_s, key, policy, fixed))

    def _adapted(self, now: float, key: str, policy: AdaptivePolicy, fixed: Timeouts) -> Iterable[TimeoutAdapted]:
        for phase in self._phases:
            limit = self.limit(phase, policy, fixed)
            before_s = self._told.get((key, phase), fixed.of(phase))
            if abs(limit.seconds - before_s) >= _TOLD_SHARE * before_s:
                self._told[key, phase] = limit.seconds
                yield TimeoutAdapted(
                    at_s=now,
                    key=key,
                    phase=phase,
                    before_s=before_s,
                    after_s=limit.seconds,
                    why=limit.why,
                    values=dict(limit.values),
                )


_UNKNOWN = PhaseLimit()


def _take(limit: PhaseLimit, seconds: float, fault: Fault | None) -> None:
    if fault is None:
        limit.took(seconds)
    elif fault.blame is Blame.CALLER:
        limit.cut(seconds, was_timeout=False)
    elif fault.is_timeout:
        limit.cut(seconds, was_timeout=True)
    else:
        limit.answered()


def _addresses(event: AttemptEnded) -> list[tuple[float, str]]:
    """Seconds and kind of fault of each address that was tried: the limit is for one, the phase holds them all."""
    return [(one["ms"] / 1000, one["kind"]) for one in event.outcome.detail.get("addresses", ())]
