"""A report tells what a diagnosis found, where one was made."""

from pathlib import Path

from clearline.domain.event import DiagnosisStarted, VerdictChanged
from clearline.domain.fault import Whose
from clearline.domain.verdict import Confidence, DiagnosisPolicy, Saying, Step, Verdict
from support.planted import LOOKUP, PLANTED, leaks, planted_events
from support.report_session import document, recorded

FOUND = Verdict(
    "inspected",
    Confidence.CERTAIN,
    whose=Whose.LAN,
    fails_first=Step.TLS,
    works_last=Step.CONNECT,
    kind="tls.cert.name_invalid",
    values={"issuer": "Acme Inspection CA"},
    ruled_out=(Saying("ruled_out.names"),),
)


def session(folder: Path, verdict: Verdict) -> Path:
    return recorded(
        folder / "s.clearline",
        [
            *planted_events(),
            DiagnosisStarted(at_s=41.0, diagnosis="acme", target=PLANTED, policy=DiagnosisPolicy(), steps=(Step.TLS,)),
            VerdictChanged(at_s=42.0, diagnosis="acme", verdict=Verdict("pending", Confidence.POSSIBLE)),
            VerdictChanged(at_s=43.0, diagnosis="acme", verdict=verdict, is_final=True),
        ],
    )


def answers(path: Path, **choice: object) -> dict[str, str]:
    return {answer.question: " ".join(answer.sentences) for answer in document(path, **choice).answers}  # type: ignore[arg-type]


def test_it_tells_the_verdict_how_sure_it_is_and_whose_it_is(tmp_path: Path) -> None:
    told = answers(session(tmp_path, FOUND))
    assert "Acme Inspection CA" in told["What happens"]
    assert "certainty: certain" in told["What happens"]
    assert told["What was ruled out"].startswith("The name is found.")
    assert told["Whom to give it to"].lower().startswith("the network team")


def test_it_tells_what_was_seen_where_the_diagnosis_found_nothing(tmp_path: Path) -> None:
    told = answers(session(tmp_path, Verdict("works", Confidence.CERTAIN)))
    assert "certain" not in told["What happens"]


def test_it_tells_no_verdict_of_another_target(tmp_path: Path) -> None:
    path = session(tmp_path, FOUND)
    assert "certain" not in str(answers(path, targets=(LOOKUP.id,)))


def test_it_redacts_a_verdict_too(tmp_path: Path) -> None:
    told = answers(session(tmp_path, FOUND), ticket="INC-1")
    assert leaks(str(told)) == []
    assert "certainty: certain" in told["What happens"]
