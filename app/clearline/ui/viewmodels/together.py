"""Many targets that fail together: watched over the session's states, and put into words once."""

from dataclasses import dataclass

from clearline.diagnosis.facts import host_of, step_of
from clearline.diagnosis.together import Member, Together, TogetherKeeper, failing_together
from clearline.domain.verdict import Step
from clearline.ui.viewmodels.diagnosis import DiagnosisModel
from clearline.ui.viewmodels.session import SessionModel
from clearline.ui.viewmodels.status import Status
from clearline.ui.viewmodels.target_state import TargetState
from clearline.ui.viewmodels.words import Words

_WORKS = (Status.UP, Status.SLOW)
_FAILS = (Status.DOWN, Status.HALF_OPEN)


@dataclass(frozen=True, slots=True)
class TogetherText:
    """What the card says; `target_id` is one of those that fail, to be diagnosed for all."""

    title: str
    meaning: str
    action: str
    target_id: str


class TogetherModel:
    """Asked a few times a second; what it answers does not flicker."""

    def __init__(self, session: SessionModel, diagnoses: DiagnosisModel) -> None:
        self._session = session
        self._diagnoses = diagnoses
        self._keeper = TogetherKeeper()

    def look(self, now_s: float) -> Together | None:
        """What fails together at this session second."""
        members = [member for state in self._session.states.values() if (member := _member(state)) is not None]
        return self._keeper.offer(failing_together(members, self._diagnoses.own_side), now_s)


def _member(state: TargetState) -> Member | None:
    """A target as it is; None where nothing is known of it now."""
    attempt, target = state.last_attempt, state.target
    place = host_of(attempt.outcome.address) if attempt is not None else ""
    if state.status in _WORKS:
        return Member(target.id, target.label, place or target.host)
    fault = state.fault_now
    if state.status not in _FAILS or fault is None or state.failing_since_s is None:
        return None
    step = step_of(target, fault)
    # Where the name was not found, an address is an older attempt's.
    host = target.host if step is Step.NAME else place or target.host
    return Member(target.id, target.label, host, step, fault.kind, state.failing_since_s)


def together_text(together: Together, words: Words, wall_s: float) -> TogetherText:
    """The sentences of the card."""
    texts, code = words.texts, f"together.{together.reach.value}"
    values = {
        "failing": len(together.targets),
        "watched": together.watched,
        "answering": together.answering,
        "where": together.where,
        "since": words.clock_time(wall_s + together.since_s),
        "fault": texts.fault(together.kind).title if together.kind else "",
    }
    title, meaning, action = (texts.say(f"{code}.{part}", **values) for part in ("title", "meaning", "action"))
    return TogetherText(title, meaning, action, together.targets[0])
