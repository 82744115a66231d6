"""Kinds of fault: what each means to people, to the retries and to the breaker."""

import pytest

from clearline.domain.fault import KINDS, Blame, Fault, Layer, Retry, Sent, Whose, kind_of, layer_of
from clearline.domain.phase import Phase


@pytest.mark.parametrize(
    ("name", "known"),
    [
        ("http.error.418", "http.error"),
        ("http.error.503", "http.error.503"),
        ("tls.cert.invalid.strict.more.detail", "tls.cert.invalid.strict"),
        ("quic.strange", "unknown"),
        ("", "unknown"),
    ],
)
def test_it_falls_back_along_the_dots(name: str, known: str) -> None:
    assert kind_of(name) is KINDS[known]


@pytest.mark.parametrize("name", KINDS)
def test_it_writes_kinds_in_lower_case_with_dots(name: str) -> None:
    assert name == name.lower()
    assert all(part and part.replace("_", "").isalnum() for part in name.split("."))


@pytest.mark.parametrize("name", [name for name in KINDS if name.startswith(("local.", "input."))])
def test_it_never_blames_the_server_for_this_machine(name: str) -> None:
    assert kind_of(name).whose in (Whose.ME, Whose.LAN)
    assert Fault(name, Phase.CONNECT).layer is Layer.SELF


@pytest.mark.parametrize(
    ("kind", "blame"),
    [
        ("tcp.refused", Blame.PEER),
        ("http.error.500", Blame.PEER),
        ("tcp.timed_out", Blame.PATH),
        ("dns.timed_out", Blame.PATH),
        ("local.no_link", Blame.CALLER),
        ("unknown", Blame.CALLER),
    ],
)
def test_it_says_whom_the_breaker_blames(kind: str, blame: Blame) -> None:
    assert Fault(kind, Phase.CONNECT).blame is blame
    assert Fault(kind, Phase.CONNECT, is_void=True).blame is Blame.CALLER


@pytest.mark.parametrize(
    ("phase", "sent"),
    [
        (Phase.RESOLVE, Sent.NO),
        (Phase.CONNECT, Sent.NO),
        (Phase.PROXY, Sent.NO),
        (Phase.TLS, Sent.NO),
        (Phase.SEND, Sent.MAYBE),
        (Phase.WAIT, Sent.MAYBE),
        (Phase.RECEIVE, Sent.YES),
    ],
)
def test_it_knows_whether_the_peer_may_have_acted(phase: Phase, sent: Sent) -> None:
    assert Fault("tcp.reset", phase).sent is sent


@pytest.mark.parametrize(
    ("kind", "phase", "layer"),
    [
        ("dns.timed_out", Phase.RESOLVE, Layer.NAME),
        ("tcp.timed_out", Phase.CONNECT, Layer.CONNECT),
        ("tcp.reset", Phase.TLS, Layer.TLS),
        ("tcp.reset", Phase.WAIT, Layer.ANSWER),
        ("tls.failed", Phase.WAIT, Layer.TLS),
        ("http.error.500", Phase.WAIT, Layer.ANSWER),
        ("local.resources", Phase.CONNECT, Layer.SELF),
    ],
)
def test_it_places_a_fault_in_the_layer_where_it_broke(kind: str, phase: Phase, layer: Layer) -> None:
    assert layer_of(kind, phase) is layer


def test_it_has_a_layer_for_every_kind_in_every_phase() -> None:
    assert {layer_of(kind, phase) for kind in KINDS for phase in Phase} == set(Layer)


def test_it_gives_each_layer_a_letter_of_its_own() -> None:
    assert len({layer.letter for layer in Layer}) == len(Layer)


@pytest.mark.parametrize(
    ("retry", "is_transient"),
    [
        (Retry.NO, False),
        (Retry.FIX, False),
        (Retry.OTHER, True),
        (Retry.BACKOFF, True),
        (Retry.AFTER, True),
        (Retry.IDEMPOTENT, True),
    ],
)
def test_it_calls_transient_what_may_pass_by_itself(retry: Retry, is_transient: bool) -> None:
    kind = next(name for name, known in KINDS.items() if known.retry is retry)
    assert Fault(kind, Phase.CONNECT).is_transient is is_transient
