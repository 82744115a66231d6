"""A report tells what a diagnosis found, where one was made."""

import csv
import json
from collections.abc import Iterable
from pathlib import Path

import fastjsonschema
import pytest

from clearline.domain.event import AnyEvent, DiagnosisEnded, DiagnosisStarted, StepChanged, VerdictChanged
from clearline.domain.fault import Whose
from clearline.domain.outcome import Outcome
from clearline.domain.phase import PhaseTimes
from clearline.domain.target import Target
from clearline.domain.verdict import (
    Confidence,
    DiagnosisPolicy,
    Saying,
    Step,
    StepResult,
    StepState,
    Verdict,
)
from clearline.host import resources
from clearline.report.document import Document, Tone
from clearline.store.reader import SessionReader
from support.planted import LOOKUP, PLANTED, checked, leaks, planted_events
from support.report_session import document, made, recorded

FOUND = Verdict(
    "inspected",
    Confidence.CERTAIN,
    whose=Whose.LAN,
    fails_first=Step.TLS,
    works_last=Step.CONNECT,
    kind="tls.cert.name_invalid",
    values={"issuer": "Acme Inspection CA"},
    ruled_out=(Saying("ruled_out.names"),),
    notes=(Saying("note.vpn", {"adapter": "tun0"}),),
)
FACTS = {
    "address.source": "10.20.30.99",
    "address.adapter": "eth0",
    "gateway.ip": "10.20.30.1",
    "name.each": {"10.20.30.1:53": "ok", "203.0.113.77:53": "nxdomain"},
    "target.issuer": "Acme Inspection CA",
    "target.subject": "payroll.acme-holding.com",
    "ports.each": {"22": "", "443": "tcp.refused"},
    "link.adapters": ["eth0"],
}
RUNGS = (
    StepResult(
        Step.LINK, StepState.OK, Saying("step.link.ok", {"adapters": "eth0"}), 1.0, 8.0, {"link.adapters": ["eth0"]}
    ),
    StepResult(
        Step.TLS,
        StepState.FAILED,
        Saying("step.fault", {"kind": "tls.cert.name_invalid", "address": "10.20.30.40:8443"}),
        40.0,
        30.0,
        FACTS,
    ),
    StepResult(Step.HTTP, StepState.NOT_REACHED, Saying("step.not_reached")),
)


def diagnosis(verdict: Verdict, target: Target = PLANTED, name: str = "acme") -> list[AnyEvent]:
    return [
        DiagnosisStarted(at_s=41.0, diagnosis=name, target=target.masked, policy=DiagnosisPolicy(), steps=tuple(Step)),
        VerdictChanged(at_s=42.0, diagnosis=name, verdict=Verdict("pending", Confidence.POSSIBLE)),
        StepChanged(at_s=42.0, diagnosis=name, result=StepResult(Step.LINK, StepState.RUNNING)),
        *(StepChanged(at_s=42.5, diagnosis=name, result=rung) for rung in RUNGS),
        VerdictChanged(at_s=43.0, diagnosis=name, verdict=verdict, is_final=True),
        DiagnosisEnded(at_s=43.0, diagnosis=name, reason="done"),
    ]


def session(folder: Path, verdict: Verdict, before: Iterable[AnyEvent] | None = None, *others: AnyEvent) -> Path:
    events = planted_events() if before is None else before
    return recorded(folder / "s.clearline", [*events, *diagnosis(verdict), *others])


def answers(shown: Document) -> dict[str, str]:
    return {answer.question: " ".join(answer.sentences) for answer in shown.answers}


def ladder(shown: Document) -> list[tuple[str, ...]]:
    """The rows of its only diagnosis."""
    (section,) = (section for section in shown.sections if section.title.startswith("Diagnosis of"))
    assert section.table is not None
    return list(section.table.rows)


def test_it_tells_the_verdict_how_sure_it_is_and_whose_it_is(tmp_path: Path) -> None:
    told = answers(document(session(tmp_path, FOUND)))
    assert "Acme Inspection CA" in told["What happens"]
    assert "certainty: certain" in told["What happens"]
    assert told["What was ruled out"].startswith("The name is found.")
    assert told["Whom to give it to"].lower().startswith("the network team")


def test_it_tells_what_was_seen_where_the_diagnosis_found_nothing(tmp_path: Path) -> None:
    told = answers(document(session(tmp_path, Verdict("works", Confidence.CERTAIN))))
    assert "certain" not in told["What happens"]


def test_it_shows_each_rung_how_it_ended_and_what_was_found(tmp_path: Path) -> None:
    link, tls, answer = ladder(document(session(tmp_path, FOUND)))
    assert link == ("Link", "● works", "1 ms", "8 ms", "up: eth0")
    assert (tls[:4], "10.20.30.40:8443" in tls[4]) == (("Encryption", "✕ fails", "40 ms", "30 ms"), True)
    assert answer == ("Answer", "○ not reached", "–", "–", "not reached")


def test_its_lines_for_a_ticket_are_those_of_the_diagnosis_and_how_often_it_failed(tmp_path: Path) -> None:
    lines = document(session(tmp_path, FOUND)).sections[-1].plain.splitlines()
    assert "From: 10.20.30.99, eth0" in lines
    assert "DNS servers: 10.20.30.1:53 ok, 203.0.113.77:53 nxdomain" in lines
    assert [line for line in lines if line.startswith("Fault: ")]
    assert lines.count("Ruled out: The name is found.") == 1


def test_it_tells_of_no_other_target_s_diagnosis(tmp_path: Path) -> None:
    path = session(tmp_path, FOUND, None, *diagnosis(FOUND, LOOKUP, "other"))
    shown = document(path, targets=(LOOKUP.id,))
    assert [section.title for section in shown.sections if "Diagnosis" in section.title] == [
        f"Diagnosis of {LOOKUP.label}"
    ]
    copy = made(path, tmp_path / "copy.clearline", targets=(LOOKUP.id,))
    with SessionReader(copy) as reader:
        assert {event.diagnosis for event in reader.events() if isinstance(event, StepChanged)} == {"other"}


@pytest.mark.parametrize("ticket", ["", "INC-1"])
def test_an_address_that_was_diagnosed_without_being_added_has_a_report_of_its_own(tmp_path: Path, ticket: str) -> None:
    shown = document(session(tmp_path, FOUND, None, *diagnosis(SLOW, FREE, "free")), ticket=ticket, targets=(FREE.id,))
    assert (ladder(shown)[0][0], shown.tone) == ("Link", Tone.SLOW)
    assert "Nothing was measured" not in shown.headline
    assert (leaks(str(shown)) == []) is bool(ticket)


FREE = Target(id="free", address="https://wiki.acme-holding.com/")
SLOW = Verdict("answers_slowly", Confidence.LIKELY, Whose.APP, Step.QUALITY, is_fault=False)
ONCE = checked(PLANTED.id, 0, 40.0, Outcome(PhaseTimes(connect=2.0, wait=900.0), None, "10.20.30.40:8443", status=200))


def planned() -> list[AnyEvent]:
    return planted_events()[:2]


@pytest.mark.parametrize(
    ("verdict", "headline", "tone"),
    [
        (SLOW, "Payroll of Jane Doe: ", Tone.SLOW),
        (Verdict("works", Confidence.CERTAIN), "Everything answered", Tone.UP),
    ],
)
def test_it_tells_what_was_found_of_a_target_that_answers(
    tmp_path: Path, verdict: Verdict, headline: str, tone: Tone
) -> None:
    shown = document(session(tmp_path, verdict, [*planned(), *ONCE]))
    assert (shown.headline.startswith(headline), shown.tone) == (True, tone)
    assert ("Whom to give it to" in answers(shown)) is verdict.is_finding
    assert len(ladder(shown)) == 3


def test_it_draws_no_conclusions_about_time_from_one_attempt(tmp_path: Path) -> None:
    shown = document(session(tmp_path, SLOW, [*planned(), *ONCE]))
    titles = {section.title for section in shown.sections}
    assert not any(section.pictures for section in shown.sections)
    assert "Figures of all targets" not in titles
    assert "stayed the same" not in str(shown.answers)
    assert "Pace:" not in str(shown.sections)


@pytest.mark.parametrize("ending", [".txt", ".json", ".csv", ".html"])
def test_it_redacts_a_diagnosis_too_and_keeps_what_helps(tmp_path: Path, ending: str) -> None:
    told = made(session(tmp_path, FOUND), tmp_path / f"r{ending}", ticket="INC-1").read_text(encoding="utf-8")
    assert leaks(told) == []
    assert "Inspection" not in told
    if ending == ".txt":
        lines = told.splitlines()
        assert any(line.startswith("From: 10.") and line.endswith(", eth0") for line in lines)
        assert any(line.startswith("DNS servers: 10.") and line.endswith(":53 nxdomain") for line in lines)
        assert "certainty: certain" in told.replace("\n", " ")
        assert "Other ports: 22 ok, 443 tcp.refused" in lines


def test_it_has_the_diagnosis_in_json_as_the_schema_says(tmp_path: Path) -> None:
    schema = json.loads(resources.path("report", "report.schema.json").read_text(encoding="utf-8"))
    told = json.loads(made(session(tmp_path, FOUND), tmp_path / "r.json").read_text(encoding="utf-8"))
    fastjsonschema.compile(schema)(told)
    (one,) = told["diagnoses"]
    assert (one["target"], one["verdict"]["code"], one["verdict"]["works_last"]) == (PLANTED.id, "inspected", "connect")
    assert [step["state"] for step in one["steps"]] == ["ok", "failed", "not_reached"]
    assert one["steps"][1]["facts"]["gateway.ip"] == "10.20.30.1"


def test_it_has_the_diagnosis_in_the_head_of_a_csv(tmp_path: Path) -> None:
    text = made(session(tmp_path, FOUND), tmp_path / "r.csv").read_text(encoding="utf-8-sig")
    rows = [row for row in csv.reader(text.splitlines()) if row[0].endswith(PLANTED.label)]
    (verdict,) = (row for row in rows if row[0].startswith("# diagnosis of"))
    assert verdict[2:] == ["inspected", "certain", "lan"]
    assert [row[1:] for row in rows if row[0].startswith("# step of")][1] == ["tls", "failed", "40.0", "30.0"]
