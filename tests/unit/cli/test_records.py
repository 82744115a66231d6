"""What `--json` writes."""

import json

import msgspec
import pytest

from clearline.cli import records
from clearline.domain.event import (
    AttemptEnded,
    BackoffStarted,
    BreakerChanged,
    BreakerState,
    FallbackUsed,
    Health,
    NetworkChange,
    NetworkChanged,
)
from clearline.domain.event import TesterDisturbed as Disturbed  # pytest would collect it by its own name
from clearline.domain.fault import Fault
from clearline.domain.outcome import Outcome
from clearline.domain.phase import Phase, PhaseTimes
from clearline.domain.plan import new_target
from clearline.host.texts import Texts

TEXTS = Texts("en")
TARGET = new_target("https://ann:hunter2@example.com/?token=s3cret")
FAILED = Outcome(
    PhaseTimes(resolve=2.0, connect=3.1234567, tls=40.0),
    Fault("tls.cert.date_invalid.expired", Phase.TLS, {"tls": {"verify_code": 10}}),
    address="192.0.2.1:443",
    kernel_rtt_ms=3.05,
)


def test_it_tells_what_stood_in_and_how_old_it_was() -> None:
    event = FallbackUsed(at_s=3.0, target="t", check=2, source="stale_cache", age_s=1.23456)
    record = records.fallback_record(event, 0.0)
    assert (record["event"], record["source"], record["age_s"], record["place"]) == (
        "fallback_used",
        "stale_cache",
        1.235,
        None,
    )


def test_it_tells_what_a_check_waits_for() -> None:
    event = BackoffStarted(at_s=3.0, target="t", check=2, attempt=2, until_s=3.0, reason="stale_connection")
    record = records.backoff_record(event, 0.0)
    assert (record["event"], record["until_s"], record["reason"]) == ("backoff_started", 3.0, "stale_connection")


def test_it_keeps_phases_that_were_reached_when_a_later_one_failed() -> None:
    fields = records.outcome_fields(TARGET, FAILED, TEXTS)
    assert fields["phases_ms"] == {
        "resolve": 2.0,
        "connect": 3.123,
        "proxy": None,
        "tls": 40.0,
        "send": None,
        "wait": None,
        "receive": None,
    }
    assert (fields["fault"], fields["phase"], fields["whose"]) == ("tls.cert.date_invalid.expired", "tls", "server")


def test_it_has_nothing_measured_where_nothing_was_sent() -> None:
    fields = records.outcome_fields(TARGET, None, TEXTS)
    assert fields["ok"] is False
    assert fields["total_ms"] is None
    assert set(fields["phases_ms"].values()) == {None}
    assert "breaker" in fields["summary"]


def test_it_has_no_latency_where_connection_requests_were_lost() -> None:
    fields = records.outcome_fields(TARGET, Outcome(PhaseTimes(connect=1020.0), syn_retransmits=1), TEXTS)
    assert (fields["ok"], fields["total_ms"], fields["latency_ms"]) == (True, 1020.0, None)


@pytest.mark.parametrize("outcome", [FAILED, Outcome(PhaseTimes(connect=1.0)), None])
def test_it_has_the_same_fields_however_it_went(outcome: Outcome | None) -> None:
    expected = records.outcome_fields(TARGET, FAILED, TEXTS).keys()
    assert records.outcome_fields(TARGET, outcome, TEXTS).keys() == expected


def test_it_never_tells_a_secret() -> None:
    attempt = AttemptEnded(at_s=2.0, target=TARGET.id, check=0, attempt=1, started_s=1.0, outcome=FAILED)
    written = msgspec.json.encode(records.attempt_record(TARGET, attempt, 1_700_000_000.0, TEXTS)).decode()
    assert "hunter2" not in written
    assert "s3cret" not in written
    assert json.loads(written)["started_at"] == "2023-11-14T22:13:21.000Z"


def test_it_names_each_kind_of_object() -> None:
    changed = BreakerChanged(
        at_s=1.0, key="k", before=BreakerState.CLOSED, after=BreakerState.OPEN, reason="streak", until_s=31.0
    )
    disturbed = Disturbed(at_s=9.0, health=Health.ASLEEP, from_s=3.0)
    assert records.breaker_record(changed, 0.0)["event"] == "breaker_changed"
    assert records.breaker_record(changed, 0.0)["after"] == "open"
    assert records.disturbance_record(disturbed, 0.0)["event"] == "tester_disturbed"
    assert records.disturbance_record(disturbed, 0.0)["from_s"] == 3.0


def test_it_writes_what_changed_about_this_machines_network() -> None:
    change = NetworkChange("gateway", "IPv4", "192.0.2.1 (eth0)", "")

    told = records.network_record(NetworkChanged(at_s=4.0, from_s=2.0, changes=(change,)), 0.0)

    assert (told["event"], told["from_s"], told["at"]) == ("network_changed", 2.0, "1970-01-01T00:00:04.000Z")
    assert told["changes"] == [{"what": "gateway", "name": "IPv4", "before": "192.0.2.1 (eth0)", "after": ""}]
