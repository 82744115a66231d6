"""A moment that is past is judged by the same rules, from what was recorded around it."""

from collections.abc import Sequence

from clearline.diagnosis.recorded import AROUND_S, judge_moment
from clearline.domain.event import AttemptEnded
from clearline.domain.fault import Fault
from clearline.domain.outcome import Outcome
from clearline.domain.phase import Phase, PhaseTimes
from clearline.domain.plan import new_target
from clearline.domain.verdict import WORKS, Step, StepState

TARGET = new_target("https://shop.example/")
OK = Outcome(PhaseTimes(resolve=2.0, connect=5.0, tls=9.0, wait=30.0), None, "198.51.100.7:443", status=200)
EXPIRED = Outcome(
    PhaseTimes(resolve=2.0, connect=5.0, tls=9.0),
    Fault("tls.cert.date_invalid", Phase.TLS, {"tls": {"issuer": "Example CA"}}),
    "198.51.100.7:443",
)
GONE = Outcome(
    PhaseTimes(resolve=2.0),
    Fault("dns.name_not_resolved.nxdomain", Phase.RESOLVE, {"dns": {"server": "192.0.2.53"}}),
    "",
)


def attempts(*outcomes: Outcome, every_s: float = 5.0) -> list[AttemptEnded]:
    return [
        AttemptEnded(
            at_s=at * every_s + 0.1, target=TARGET.id, check=at, attempt=1, started_s=at * every_s, outcome=outcome
        )
        for at, outcome in enumerate(outcomes)
    ]


def states(made: Sequence[AttemptEnded], at_s: float) -> dict[Step, StepState]:
    past = judge_moment(TARGET, made, at_s)
    assert past is not None
    return {result.step: result.state for result in past.results}


def test_it_finds_where_it_broke_then_and_since_when() -> None:
    past = judge_moment(TARGET, attempts(OK, OK, EXPIRED, EXPIRED, EXPIRED, OK), 16.0, others_ok=2)

    assert past is not None
    assert (past.verdict.fails_first, past.verdict.kind) == (Step.TLS, "tls.cert.date_invalid")
    assert past.verdict.since_s == 10.0
    assert "ruled_out.others" in [saying.code for saying in past.verdict.ruled_out]


def test_the_ladder_shows_what_was_reached_and_admits_what_was_not_recorded() -> None:
    shown = states(attempts(EXPIRED), 0.0)
    assert shown[Step.NAME] is shown[Step.CONNECT] is StepState.OK
    assert shown[Step.TLS] is StepState.FAILED
    assert shown[Step.HTTP] is StepState.NOT_REACHED
    assert shown[Step.GATEWAY] is StepState.UNTESTED


def test_a_name_that_was_not_found_reached_nothing_behind_it() -> None:
    shown = states(attempts(GONE), 0.0)
    assert shown[Step.NAME] is StepState.FAILED
    assert shown[Step.CONNECT] is shown[Step.TLS] is StepState.NOT_REACHED


def test_what_worked_then_works() -> None:
    past = judge_moment(TARGET, attempts(OK, OK), 5.0)
    assert past is not None
    assert past.verdict.code == WORKS


def test_it_has_no_opinion_of_a_time_without_attempts() -> None:
    assert judge_moment(TARGET, attempts(OK), AROUND_S + 10.0) is None


def test_it_does_not_say_since_when_if_it_failed_before_what_was_read() -> None:
    past = judge_moment(TARGET, attempts(EXPIRED, EXPIRED), 5.0)
    assert past is not None
    assert past.verdict.since_s is None
