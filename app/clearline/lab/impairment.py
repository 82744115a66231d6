"""What a fault proxy does to the connections that pass through it, and a script of it over time."""

import msgspec

from clearline.domain.problem import InputError, Problem


class Impairment(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """Everything that can be spoilt, both ways alike. The defaults spoil nothing."""

    latency_ms: float = 0.0
    """Added each way, so that a question with its answer takes twice this longer."""
    jitter_ms: float = 0.0
    """Each part's latency moves by up to ± this; order is kept, as TCP keeps it."""
    rate_kbit: float = 0.0
    """Bandwidth each way, in kilobits a second; 0 sets no limit."""
    loss_share: float = 0.0
    """Share of new connections that are lost, 0 to 1."""
    is_loss_silent: bool = False
    """A lost connection is held in silence instead of being reset."""
    reset_after_bytes: int = 0
    """Reset a connection once so many bytes went through it, both ways together; 0 never."""
    slice_bytes: int = 0
    """Pass everything on in slices of this size, each a part of its own; 0 passes on what comes."""
    slice_gap_ms: float = 0.0
    """Wait between two slices."""
    close_delay_ms: float = 0.0
    """How much later a side hears that the other closed."""
    is_down: bool = False
    """Refuse every connection, and reset those there are."""


LIMITS: dict[str, tuple[float, float]] = {
    "latency_ms": (0, 60_000),
    "jitter_ms": (0, 60_000),
    "rate_kbit": (0, 10_000_000),
    "loss_share": (0, 1),
    "reset_after_bytes": (0, 10**12),
    "slice_bytes": (0, 65_536),
    "slice_gap_ms": (0, 60_000),
    "close_delay_ms": (0, 600_000),
}
"""Range of each number."""


class Step(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """From `at_s` on, this holds."""

    at_s: float
    impairment: Impairment = Impairment()


class Script(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Steps in order, again from the beginning after `repeat_s`, or once."""

    steps: tuple[Step, ...] = ()
    repeat_s: float | None = None

    def at(self, at_s: float) -> Impairment:
        """What holds at a moment, in seconds since the beginning."""
        moment_s = at_s % self.repeat_s if self.repeat_s else at_s
        past = [step.impairment for step in self.steps if step.at_s <= moment_s]
        return past[-1] if past else Impairment()

    def next_change(self, after_s: float) -> float | None:
        """The first step after a moment; None when there is none any more."""
        turn = int(after_s // self.repeat_s) if self.repeat_s else 0
        begins = [turn * self.repeat_s, (turn + 1) * self.repeat_s] if self.repeat_s else [0.0]
        edges = [begin + second for begin in begins for second in (0.0, *(step.at_s for step in self.steps))]
        return min((edge for edge in edges if edge > after_s), default=None)


def check(impairment: Impairment, where: str = "") -> list[Problem]:
    """Everything that keeps an impairment from being used."""
    problems = []
    for name, (low, high) in LIMITS.items():
        value = getattr(impairment, name)
        if not low <= value <= high:
            values = {"value": f"{value:g}", "low": f"{low:g}", "high": f"{high:g}"}
            problems.append(Problem("lab.range", values, f"{where}{name}"))
    return problems


def read_script(text: bytes, name: str) -> Script:
    """A script from TOML: `repeat_s` and `[[steps]]` with `at_s` and `impairment`. Raises InputError (`lab.*`)."""
    try:
        script = msgspec.toml.decode(text, type=Script)
    except (msgspec.ValidationError, msgspec.DecodeError) as error:
        raise InputError(Problem("lab.bad_script", {"name": name, "reason": str(error)})) from error
    problems = [p for number, step in enumerate(script.steps, 1) for p in check(step.impairment, f"steps.{number}.")]
    seconds = [step.at_s for step in script.steps]
    latest = seconds[-1] if seconds else 0.0
    if seconds != sorted(set(seconds)) or any(second < 0 for second in seconds):
        reason = "steps must come one after the other, from 0 s on"
        problems.append(Problem("lab.bad_script", {"name": name, "reason": reason}))
    elif script.repeat_s is not None and script.repeat_s <= max(latest, 0.0):
        values = {"repeat": f"{script.repeat_s:g}", "end": f"{latest:g}"}
        problems.append(Problem("lab.repeat_too_short", values, "repeat_s"))
    if problems:
        raise InputError(*problems)
    return script


def read_setting(text: str) -> tuple[str, float | int | bool]:
    """`latency_ms=200` as a field and its value. Raises InputError (`lab.no_impairment`, `lab.wrong_value`)."""
    name, _, value = text.partition("=")
    name = name.strip()
    fields = {field.name: field.type for field in msgspec.structs.fields(Impairment)}
    if name not in fields:
        raise InputError(Problem("lab.no_impairment", {"name": name, "known": ", ".join(fields)}))
    try:
        found: float | int | bool = msgspec.convert(value.strip(), fields[name], strict=False)
    except msgspec.ValidationError as error:
        raise InputError(Problem("lab.wrong_value", {"reason": str(error)}, name)) from error
    return name, found
