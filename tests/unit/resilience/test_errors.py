"""Faults as exceptions."""

import pytest

from clearline.domain.fault import KINDS, Fault
from clearline.domain.phase import Phase
from clearline.resilience import errors
from clearline.resilience.errors import FaultError, NotSentError, error_of


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        (Fault("tcp.refused", Phase.CONNECT), errors.ConnectionFailedError),
        (Fault("tcp.timed_out", Phase.CONNECT), errors.ConnectionFailedError),
        (Fault("dns.timed_out", Phase.RESOLVE), errors.ConnectionFailedError),
        (Fault("tls.cert.weak", Phase.TLS), errors.ConnectionFailedError),
        (Fault("http.timed_out", Phase.WAIT), errors.TimedOutError),
        (Fault("tcp.stalled", Phase.RECEIVE), errors.TimedOutError),
        (Fault("udp.no_reply", Phase.WAIT), errors.TimedOutError),
        (Fault("tcp.reset", Phase.WAIT), errors.DisconnectedError),
        (Fault("h2.goaway.enhance_your_calm", Phase.WAIT), errors.DisconnectedError),
        (Fault("http.response.invalid.empty", Phase.WAIT), errors.DisconnectedError),
        (Fault("http.error.503", Phase.RECEIVE), errors.AnswerError),
        (Fault("http.content_mismatch", Phase.RECEIVE), errors.AnswerError),
        (Fault("local.resources", Phase.CONNECT), errors.CallerError),
        (Fault("abandoned", Phase.WAIT, is_void=True), errors.CallerError),
        (Fault("http.timed_out", Phase.WAIT, is_void=True), errors.CallerError),
    ],
    ids=lambda value: value.kind if isinstance(value, Fault) else "",
)
def test_it_is_of_the_kind_a_caller_would_catch(fault: Fault, kind: type[FaultError]) -> None:
    assert type(error_of(fault)) is kind


def test_every_fault_is_one() -> None:
    for kind in KINDS:
        for phase in Phase:
            fault = Fault(kind, phase)
            error = error_of(fault)
            assert isinstance(error, FaultError)
            assert error.fault is fault


def test_it_says_kind_and_phase() -> None:
    assert str(error_of(Fault("tcp.refused", Phase.CONNECT))) == "tcp.refused (connect)"


def test_it_keeps_the_cause() -> None:
    cause = ConnectionRefusedError(111, "refused")
    with pytest.raises(FaultError) as caught:
        raise error_of(Fault("tcp.refused", Phase.CONNECT), cause)
    assert caught.value.__cause__ is cause


def test_it_is_a_new_one_each_time() -> None:
    fault = Fault("tcp.refused", Phase.CONNECT)
    assert error_of(fault) is not error_of(fault)


def test_it_says_when_it_is_worth_trying_again() -> None:
    error = NotSentError(Fault("tcp.refused", Phase.CONNECT), "breaker", 31.0)
    assert (error.reason, error.retry_at_s, error.fault.kind) == ("breaker", 31.0, "tcp.refused")
    assert str(error) == "tcp.refused (connect)"
