"""Many targets that fail together: watched over the session's states, and put into words once."""

from clearline.diagnosis.facts import host_of
from clearline.diagnosis.together import FEWEST_OF_HOST, Member, Together, TogetherKeeper, failing_together
from clearline.diagnosis.watched import TogetherText, member_of, together_text
from clearline.ui.viewmodels.diagnosis import DiagnosisModel
from clearline.ui.viewmodels.session import SessionModel
from clearline.ui.viewmodels.status import Status
from clearline.ui.viewmodels.target_state import TargetState
from clearline.ui.viewmodels.words import Words

_WORKS = (Status.UP, Status.SLOW)
_FAILS = (Status.DOWN, Status.HALF_OPEN)


class TogetherModel:
    """Asked a few times a second; what it answers does not flicker."""

    def __init__(self, session: SessionModel, diagnoses: DiagnosisModel) -> None:
        self._session = session
        self._diagnoses = diagnoses
        self._keeper = TogetherKeeper()

    def look(self, now_s: float) -> Together | None:
        """What fails together at this session second."""
        return self._keeper.offer(self._found(), now_s)

    def _found(self) -> Together | None:
        states = self._session.states.values()
        if sum(state.status in _FAILS for state in states) < FEWEST_OF_HOST:
            return None
        members = [member for state in states if (member := _member(state)) is not None]
        return failing_together(members, self._diagnoses.own_side, self._session.references.members)


def _member(state: TargetState) -> Member | None:
    """A target as it is; None where nothing is known of it now."""
    attempt, target = state.last_attempt, state.target
    place = host_of(attempt.outcome.address) if attempt is not None else ""
    if state.status in _WORKS:
        return member_of(target, place, None, None)
    if state.status not in _FAILS or state.failing_since_s is None:
        return None
    return member_of(target, place, state.fault_now, state.failing_since_s)


def together_in_words(together: Together, words: Words, wall_s: float) -> TogetherText:
    """The sentences of the card."""
    return together_text(together, words.texts, words.clock_time(wall_s + together.since_s))
