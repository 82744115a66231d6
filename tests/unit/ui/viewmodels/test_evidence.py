"""Evidence of the last attempt, in words."""

import json

import pytest

from clearline.domain.event import AttemptEnded, FallbackUsed
from clearline.domain.outcome import Outcome
from clearline.domain.phase import PhaseTimes
from clearline.ui.viewmodels.evidence import Evidence, evidence
from clearline.ui.viewmodels.target_state import TargetState
from clearline.ui.viewmodels.words import Words
from support.window_events import INTRANET

HOPS = [
    {"url": "http://intranet.example/", "status": 301, "ms": 12.0},
    {"url": "https://intranet.example/", "status": 302, "ms": 20.0},
    {"url": "https://intranet.example/home"},
]


def _seen(outcome: Outcome) -> Evidence:
    state = TargetState(INTRANET)
    state.fold_attempt(AttemptEnded(at_s=1.0, target="intranet", check=0, attempt=1, started_s=0.0, outcome=outcome))
    return evidence(state, Words())


def _facts(**more: object) -> dict[str, str]:
    return {fact.name: fact.told for fact in _seen(Outcome(PhaseTimes(connect=1.0), **more)).facts}  # type: ignore[arg-type]


def test_it_has_nothing_before_the_first_attempt() -> None:
    assert evidence(TargetState(INTRANET), Words()) == Evidence()


@pytest.mark.parametrize(
    ("connection", "told"),
    [
        ({"is_reused": True, "idle_s": 2.0, "uses_before": 1}, "kept from an earlier check, unused for 2 s"),
        ({"is_reused": False, "found_closed": 1}, "the server had closed the kept one"),
        ({"is_reused": False, "found_closed": 0}, "a fresh one"),
    ],
)
def test_it_tells_which_connection_was_used(connection: dict[str, object], told: str) -> None:
    assert told in _facts(detail={"connection": connection})["Connection"]
    assert "Connection" not in _facts()


def test_it_tells_what_stands_in() -> None:
    state = TargetState(INTRANET)
    outcome = Outcome(PhaseTimes(connect=1.0))
    state.fold_attempt(AttemptEnded(at_s=1.0, target="intranet", check=0, attempt=1, started_s=0.0, outcome=outcome))
    state.used = FallbackUsed(at_s=1.0, target="intranet", check=0, source="stale_cache", age_s=12.0)
    (fact,) = [fact for fact in evidence(state, Words()).facts if fact.name == "Goes on with"]
    assert fact.told == "an answer from the cache, 12 s old"


def test_it_tells_every_hop_also_one_that_never_answered() -> None:
    told = _facts(detail={"hops": HOPS})["Redirects (2)"]
    assert told == (
        "301 http://intranet.example/ 12 ms → 302 https://intranet.example/ 20 ms → https://intranet.example/home"
    )


def test_it_tells_of_the_proxy_and_of_lost_connection_requests() -> None:
    facts = _facts(detail={"proxy": {"address": "http://proxy.example:3128"}}, syn_retransmits=2)
    assert facts["Through the proxy"] == "http://proxy.example:3128"
    assert facts["Connection requests"].startswith("2 SYN lost")


def test_it_tells_who_checked_the_certificate_and_until_when_it_holds() -> None:
    tls = {
        "version": "TLSv1.3",
        "cipher": "TLS_AES_256_GCM_SHA384",
        "verified_by": "ca_file",
        "expires_at": "2030-01-02T03:04:05+00:00",
        "expires_days": 40,
    }
    facts = _facts(detail={"tls": tls})
    assert facts["Encryption"] == "TLSv1.3, TLS_AES_256_GCM_SHA384"
    assert facts["Certificate checked"] == "by the authority file of this target"
    assert "40" in facts["Certificate ends"]


def test_it_tells_what_keep_alive_the_system_has_not() -> None:
    options = {"keep_alive": {"state": "set", "value": 1}, "count": {"state": "unsupported"}}
    assert _facts(detail={"keep_alive": options})["Keep-alive"] == "keep-alives without answer not supported here"


def test_it_tells_how_name_servers_differ() -> None:
    facts = _facts(detail={"dns": {"answers": ["192.0.2.1"], "findings": ["hosts_file"]}})
    assert facts["Name servers compared"] == "the answer stands in the hosts file of this computer"


def test_it_keeps_the_recorded_form_below() -> None:
    assert json.loads(_seen(Outcome(PhaseTimes(connect=1.0), detail={"hops": HOPS})).raw)["detail"]["hops"] == HOPS
