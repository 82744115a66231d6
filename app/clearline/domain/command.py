"""What the engine is told to do: frozen, typed, in the imperative. What happened comes back as events."""

import msgspec

from clearline.domain.event import LabFaultChanged, MarkerDropped, SessionStarted
from clearline.domain.keeping import KEEP_ALL, Keeping
from clearline.domain.plan import Plan
from clearline.domain.target import Target
from clearline.domain.verdict import DiagnosisPolicy


class Command(msgspec.Struct, frozen=True, tag_field="command", kw_only=True):
    """Something the engine is told to do."""


class Progress(msgspec.Struct, frozen=True, array_like=True):
    """The last slot of a target that is known to have been dealt with."""

    check: int
    due_s: float


class StartSession(Command, frozen=True, tag="start_session"):
    """The first command: begin a session, or go on with one after a crash. Without a path nothing is recorded."""

    session_id: str
    path: str
    wall_s: float
    """UTC time of session second 0."""
    plan: Plan
    is_resumed: bool = False
    lost_s: float = 0.0
    """Resumed: the last moment heard of the engine that is gone; nothing was measured from then on."""
    progress: dict[str, Progress] = {}
    """Resumed: by target, where the numbers of its checks go on."""
    keeping: Keeping = KEEP_ALL
    """When the session goes on in another file, and what of it is thinned."""
    points: tuple[str, ...] = ()
    """See WatchOutside."""
    seed: int | None = None
    """Fixes jitter and schedule for tests."""

    def at(self, at_s: float) -> SessionStarted:
        """What happened by it."""
        return SessionStarted(
            at_s=at_s, session_id=self.session_id, wall_s=self.wall_s, path=self.path, is_resumed=self.is_resumed
        )


class ApplyPlan(Command, frozen=True, tag="apply_plan"):
    """Run this plan from now on. Targets that did not change go on undisturbed."""

    plan: Plan


class WatchOutside(Command, frozen=True, tag="watch_outside"):
    """Ask these addresses now and then whether they answer, beside the targets: places outside that somebody allowed,
    see `Outside.watched`."""

    points: tuple[str, ...]


class CheckNow(Command, frozen=True, tag="check_now"):
    """Check these targets at once, besides their schedule."""

    targets: tuple[str, ...]


class DropMarker(Command, frozen=True, tag="drop_marker"):
    """Mark this moment with a person's words."""

    text: str
    target: str = ""

    def at(self, at_s: float) -> MarkerDropped:
        """What happened by it."""
        return MarkerDropped(at_s=at_s, text=self.text, target=self.target)


class NoteLabFault(Command, frozen=True, tag="note_lab_fault"):
    """Keep what the practice lab told."""

    target: str
    fault: str
    options: dict[str, float] = {}
    by: str = "scenario"

    def at(self, at_s: float) -> LabFaultChanged:
        """What happened by it."""
        return LabFaultChanged(at_s=at_s, target=self.target, fault=self.fault, options=self.options, by=self.by)


class ResetBreaker(Command, frozen=True, tag="reset_breaker"):
    """Close the breaker with this key by hand."""

    key: str


class Diagnose(Command, frozen=True, tag="diagnose"):
    """Find out what is wrong with a target, of the plan or not. One of the same name that still runs is stopped."""

    diagnosis: str
    target: Target
    policy: DiagnosisPolicy = DiagnosisPolicy()


class StopDiagnosis(Command, frozen=True, tag="stop_diagnosis"):
    """Stop it where it is."""

    diagnosis: str


class StopSession(Command, frozen=True, tag="stop_session"):
    """Stop all checks, flush, end."""


AnyCommand = (
    StartSession
    | ApplyPlan
    | WatchOutside
    | CheckNow
    | DropMarker
    | NoteLabFault
    | ResetBreaker
    | Diagnose
    | StopDiagnosis
    | StopSession
)
"""Every command, as a decoder needs it."""
