"""What names a person, a host or a place leaves no session that is redacted; what helps stays."""

from typing import Any

import msgspec
import pytest

from clearline.domain.event import AttemptEnded, BreakerChanged, Event, NetworkChange, PlanApplied, StepChanged
from clearline.domain.fault import Fault
from clearline.domain.outcome import Outcome
from clearline.domain.phase import Phase, PhaseTimes
from clearline.domain.target import Target
from clearline.domain.verdict import Saying, Step, StepResult, StepState
from clearline.report.redact import Redactor, redacted_mark
from support.planted import EVIDENCE, LOOKUP, PLAN, PLANTED, leaks, planted_events
from support.recorded_events import one_of_each


@pytest.fixture
def redactor() -> Redactor:
    return Redactor("INC-1")


def test_it_leaves_nothing_that_was_planted(redactor: Redactor) -> None:
    told = msgspec.json.encode([redactor.event(event) for event in planted_events()]).decode()
    assert leaks(msgspec.json.encode(planted_events(), enc_hook=str).decode().replace("\\u0000", "")), (
        "nothing was planted"
    )
    assert leaks(told) == []


def test_it_redacts_every_kind_of_event(redactor: Redactor) -> None:
    before = one_of_each("/srv/jdoe/x.clearline")
    after = [redactor.event(event) for event in before]
    assert [type(event) for event in after] == [type(event) for event in before]
    assert [event.at_s for event in after] == [event.at_s for event in before]
    told = msgspec.json.encode(after).decode()
    assert not any(text in told for text in ("Kabel", "example.com", "192.0.2.1", "198.51.100", "2001:db8::1", "jdoe"))


class Novelty(Event, frozen=True, kw_only=True):
    """A kind of event that no version knows yet."""

    about: Target
    said: str
    facts: dict[str, Any]
    rungs: tuple[NetworkChange, ...]


def test_it_redacts_kinds_of_event_that_come_one_day(redactor: Redactor) -> None:
    change = NetworkChange("gateway", "IPv4", "10.20.30.1", "")
    novelty = Novelty(at_s=1.0, about=PLANTED, said="Jane Doe", facts=EVIDENCE, rungs=(change,))
    told = redactor._struct(novelty)
    assert told.at_s == 1.0
    assert leaks(str(told)) == []


def test_it_keeps_what_support_needs(redactor: Redactor) -> None:
    fault = Fault("tls.cert.name_invalid", Phase.TLS, EVIDENCE)
    told = redactor.outcome(Outcome(PhaseTimes(connect=7.5), fault, "10.20.30.40:8443", kernel_rtt_ms=9.5, status=503))
    assert (told.phases, told.kernel_rtt_ms, told.status) == (PhaseTimes(connect=7.5), 9.5, 503)
    assert told.fault is not None
    evidence = told.fault.evidence
    assert (told.fault.kind, told.fault.phase) == ("tls.cert.name_invalid", Phase.TLS)
    assert evidence["os_error"] == {"name": "ECONNREFUSED", "errno": 111}
    assert evidence["tls"]["key"] == "EC secp256r1"
    assert evidence["tls"]["expires_at"] == "2027-02-24T00:00:00Z"
    assert told.address.endswith(":8443")
    assert told.address.startswith("10.")


def test_it_keeps_how_a_busy_line_is_graded(redactor: Redactor) -> None:
    values = {
        "grade": "D",
        "up_grade": "A",
        "responsiveness": "low",
        "up_responsiveness": "high",
        "up_host": "files.lan",
    }
    facts = {f"load.{name}": value for name, value in values.items()}
    result = StepResult(Step.COMPARE, StepState.OK, Saying("note.load_grade", values), facts=facts)
    told = redactor.event(StepChanged(at_s=1.0, diagnosis="d", result=result)).result
    assert told.said is not None
    for kept in (told.said.values, {name.removeprefix("load."): value for name, value in told.facts.items()}):
        assert {**kept, "up_host": ""} == {**values, "up_host": ""}
        assert "files" not in str(kept["up_host"])


def test_it_keeps_things_that_belong_together_together(redactor: Redactor) -> None:
    events = [redactor.event(event) for event in planted_events()]
    plan = next(event.plan for event in events if isinstance(event, PlanApplied))
    keys = [event.key for event in events if isinstance(event, BreakerChanged)]
    assert keys[0] == plan.targets[0].breaker_key
    assert {event.target for event in events if isinstance(event, AttemptEnded)} == {t.id for t in plan.targets[:2]}
    assert plan.profile(plan.targets[0].profile) is not None
    assert plan.targets[1].server is not None
    assert plan.targets[1].record_type == "AAAA"


def test_it_redacts_alike_for_one_ticket_and_otherwise_for_any_other() -> None:
    one, same, other = Redactor("INC-1"), Redactor("inc-1"), Redactor("INC-2")
    assert one.plan(PLAN) == same.plan(PLAN)
    assert one.plan(PLAN) != other.plan(PLAN)
    assert redacted_mark(one.session_id("a")) == redacted_mark(same.session_id("b")) == one.mark
    assert redacted_mark(other.session_id("a")) != one.mark
    assert redacted_mark("0f8fad5bd9cb469fa16570867728950e") == ""


def test_it_takes_a_word_of_a_protocol_that_is_a_name_of_the_plan_for_the_name(redactor: Redactor) -> None:
    target = msgspec.structs.replace(LOOKUP, name="zebra7")
    redactor.target(target)
    told = redactor.outcome(Outcome(PhaseTimes(), detail={"dns": {"rcode": "zebra7", "type": "AAAA"}}))
    assert told.detail["dns"]["type"] == "AAAA"
    assert "zebra7" not in str(told.detail)


def test_it_says_what_stands_for_what(redactor: Redactor) -> None:
    redactor.target(PLANTED)
    replaced = redactor.aliases.replaced
    assert replaced["host"]["payroll.acme-holding.com"].endswith(".example")
    assert {"host", "address", "name", "group", "path", "query", "user", "file", "header"} <= set(replaced)
