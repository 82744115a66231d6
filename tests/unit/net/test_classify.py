"""Recorded evidence of Linux, macOS and Windows, and the kind of fault it shows."""

import pytest

from clearline.domain.fault import KINDS, Blame
from clearline.domain.phase import Phase
from clearline.net.classify import (
    classify,
)
from clearline.net.evidence import (
    Deadline,
    Evidence,
    Icmp,
)
from support.recorded_evidence import CONNECT, PEER, ROUTER, TABLE, TLS, WAIT, http, icmp, late


@pytest.mark.parametrize(("evidence", "kind"), [row[1:] for row in TABLE], ids=[row[0] for row in TABLE])
def test_it_knows(evidence: Evidence, kind: str) -> None:
    fault = classify(evidence)

    assert fault.kind == kind
    assert fault.phase is evidence.phase


ELSEWHERE = {
    "local.clock_skew", "http.error",
    # Reached by a longer name that falls back to them.
    "proxy.upstream", "ws.closed", "app.smtp", "ntp.kod",
}  # fmt: skip
"""Kinds that one attempt's evidence cannot show, or no probe of today reaches."""


def test_it_reaches_every_kind_but_those_named_elsewhere() -> None:
    reached = {row[2] for row in TABLE}

    assert set(KINDS) - reached == ELSEWHERE


def test_it_names_only_known_kinds() -> None:
    unknown = {row[2] for row in TABLE} - set(KINDS)

    assert {kind.rpartition(".")[0] for kind in unknown} == {
        "http.error", "proxy.upstream", "ws.closed", "app.smtp", "ntp.kod",
    }  # fmt: skip


@pytest.mark.parametrize("phase", [CONNECT, TLS, WAIT])
def test_it_finds_a_limit_void_only_where_the_checks_total_cut_it_short(phase: Phase) -> None:
    assert classify(late(phase, by="total")).is_void
    assert classify(late(phase, by="total")).blame is Blame.CALLER
    assert not classify(late(phase, by="attempt")).is_void
    assert not classify(late(phase)).is_void


def test_it_keeps_what_a_router_said_though_the_total_ran_out() -> None:
    seen = Evidence(icmp=Icmp(4, 3, 1, ROUTER), deadline=Deadline(1, "total"))

    assert not classify(seen).is_void


def test_it_tells_the_evidence_in_plain_values() -> None:
    evidence = classify(icmp(3, 13)).evidence

    assert evidence["os_error"] == {"name": "EHOSTUNREACH", "errno": 113, "winerror": None}
    assert evidence["icmp"] == {"type": 3, "code": 13, "offender": ROUTER, "version": 4}
    assert evidence["peer"] == PEER
    assert (evidence["bytes_in"], evidence["bytes_out"]) == (0, 0)


def test_it_writes_bytes_so_that_they_can_be_shown() -> None:
    evidence = classify(http(is_foreign=True, first=b"\x15\x03\xff\r\n")).evidence

    assert evidence["first_bytes"] == r"\x15\x03\xff\r\n"
