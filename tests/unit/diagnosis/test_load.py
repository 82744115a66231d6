"""Waiting times while the line is busy: how much is moved, when it stops, and what the difference means."""

from collections.abc import Callable

import msgspec
import pytest

from clearline.diagnosis.judge import judge
from clearline.diagnosis.load import BUSY_S, grade_of
from clearline.domain.fault import Fault
from clearline.domain.outcome import Outcome
from clearline.domain.phase import Phase, PhaseTimes
from clearline.domain.target import Target
from clearline.domain.verdict import Confidence, Depth, DiagnosisPolicy, Outside, Step, Trial
from clearline.host.texts import Texts
from clearline.host.verdict_texts import VerdictWords
from support.scripted_ladder import GATEWAY, TARGET_IP, Told, diagnosed, fault, ok

ADDRESS = f"https://{TARGET_IP}/"
KNOCK = f"tcp://{TARGET_IP}:443"
MB = 1_000_000
ASKED = DiagnosisPolicy(Depth.FULL, consents=(Trial.LOAD,))


class Line:
    """Answers of so many bytes, each in so long; once they flow a round trip takes longer, from then on for ever."""

    def __init__(self, *, answer_bytes: int = MB, answer_ms: float = 900.0, rise_ms: float = 0.0) -> None:
        self.answer_bytes, self.answer_ms = answer_bytes, answer_ms
        self.rise_ms = rise_ms
        self.moved = 0
        self.asked = 0
        self.smalls = 0
        self.kind = ""

    def answer(self, target: Target) -> Outcome:
        if target.method == "HEAD":
            return self.small(target)
        self.asked += 1
        self.moved += self.answer_bytes
        told = Fault(self.kind, Phase.WAIT) if self.kind and self.asked > 3 else None
        return Outcome(
            PhaseTimes(wait=self.answer_ms),
            told,
            f"{TARGET_IP}:443",
            status=int(told.kind.rpartition(".")[2]) if told else 200,
            bytes_in=self.answer_bytes,
        )

    def small(self, _target: Target) -> Outcome:
        self.smalls += 1
        phases = PhaseTimes(connect=40.0, tls=60.0, send=0.1, wait=50.0)
        return Outcome(phases, None, f"{TARGET_IP}:443", status=405, bytes_in=4000, bytes_out=1000)

    def knock(self, _target: Target) -> Outcome:
        # The target's own attempt is the first answer; those of the load follow.
        is_busy = self.asked > 1
        ms = 10.0 + (self.rise_ms if is_busy else 0.0)
        return Outcome(PhaseTimes(connect=ms + 3), None, f"{TARGET_IP}:443", kernel_rtt_ms=ms)


def look(line: Line, policy: DiagnosisPolicy = ASKED, **more: object) -> Told:
    answers = {f"icmp://{GATEWAY}": ok, KNOCK: line.knock, ADDRESS: line.answer}
    return diagnosed(answers, address=ADDRESS, policy=policy, **more)


def facts(told: Told) -> dict[str, object]:
    return told.step(Step.COMPARE).facts


@pytest.mark.parametrize(
    ("rise_ms", "grade"),
    [(0, "A"), (4.9, "A"), (5, "B"), (29, "B"), (30, "C"), (59.9, "C"), (60, "D"), (199, "D"), (200, "F"), (9e9, "F")],
)
def test_it_grades_as_the_convention_does(rise_ms: float, grade: str) -> None:
    assert grade_of(rise_ms) == grade


@pytest.mark.parametrize(
    ("rise_ms", "code", "grade"),
    [(0.0, "works", "A"), (40.0, "works", "C"), (120.0, "line_overloaded", "D"), (700.0, "line_overloaded", "F")],
)
def test_it_names_a_line_that_chokes_and_leaves_others_in_peace(rise_ms: float, code: str, grade: str) -> None:
    told = look(Line(rise_ms=rise_ms))
    assert (told.verdict.code, facts(told)["load.grade"]) == (code, grade)
    assert "note.load_grade_rpm" in [saying.code for saying in told.verdict.notes]


def test_it_is_certain_only_where_waiting_is_short_again_afterwards() -> None:
    grew = {"target.ok": True, "load.is_bloated": True}
    assert judge({**grew, "load.is_back": True}).confidence is Confidence.CERTAIN
    assert judge({**grew, "load.is_back": False}).confidence is Confidence.LIKELY
    assert facts(look(Line(rise_ms=120.0)))["load.is_back"] is False


@pytest.mark.parametrize("load_mb", [5.0, 8.0, 20.0])
def test_it_never_moves_more_than_was_allowed(load_mb: float) -> None:
    line = Line(answer_ms=20.0)
    told = look(line, msgspec.structs.replace(ASKED, load_mb=load_mb))
    own = 1 + 9  # the target's own attempt, and the repeated ones after the load
    assert line.moved - own * MB <= load_mb * MB
    assert line.asked > own
    assert facts(told)["load.mb"] <= load_mb


def test_it_stops_after_eight_seconds() -> None:
    began = [at_s for at_s, address in look(Line(answer_bytes=1000)).asked if address == KNOCK]
    assert began[-1] - began[0] < BUSY_S + 5.0


@pytest.mark.parametrize("kind", ["http.error.429", "http.error.503"])
def test_it_leaves_a_server_alone_that_says_it_is_too_much(kind: str) -> None:
    line = Line(answer_bytes=1000, answer_ms=10.0)
    line.kind = kind
    look(line)
    assert line.asked <= 1 + 2 * 4 + 9


def test_it_says_that_small_answers_make_no_line_busy() -> None:
    told = look(Line(answer_bytes=2000, answer_ms=40.0))
    assert "note.load_thin" in [saying.code for saying in told.verdict.notes]


def test_it_says_that_the_bytes_were_through_too_soon() -> None:
    told = look(Line(answer_ms=1.0), msgspec.structs.replace(ASKED, load_mb=5.0))
    assert "note.load_short" in [saying.code for saying in told.verdict.notes]
    assert told.verdict.code == "works"


@pytest.mark.parametrize(
    ("policy", "answer", "address"),
    [
        (DiagnosisPolicy(Depth.FULL), ok, ADDRESS),
        (ASKED, fault("tcp.refused"), ADDRESS),
        (ASKED, ok, f"tcp://{TARGET_IP}:443"),
        (msgspec.structs.replace(ASKED, depth=Depth.QUICK), ok, ADDRESS),
    ],
    ids=["nobody agreed", "the target fails", "nothing can be read", "no time"],
)
def test_it_moves_nothing(policy: DiagnosisPolicy, answer: Callable[[Target], Outcome], address: str) -> None:
    told = diagnosed({address: answer, "icmp://": ok, "tcp://": ok}, address=address, policy=policy)
    assert "load.mb" not in facts(told)
    assert len([1 for asked in told.addresses if asked.startswith("https://")]) <= 10


def test_it_reads_from_a_known_good_target_where_the_own_one_cannot_be_read() -> None:
    outside = Outside(control=("http://files.example/large",))
    told = diagnosed(
        {"http://files.example/large": Line().answer, "icmp://": ok, "tcp://": ok},
        address=f"tcp://{TARGET_IP}:22",
        policy=msgspec.structs.replace(ASKED, outside=outside),
    )
    assert facts(told)["load.mb"] > 1


def test_it_sends_no_request_again_that_changes_something() -> None:
    told = look(Line(), method="POST", body="order")
    assert "load.mb" not in facts(told)


def test_the_figures_of_the_target_itself_are_taken_when_the_line_is_quiet_again() -> None:
    told = look(Line())
    last_knock_s = max(at_s for at_s, address in told.asked if address == KNOCK)
    repeats = [at_s for at_s, address in told.asked if address == ADDRESS][-9:]
    assert min(repeats) >= last_knock_s


def test_it_says_how_many_round_trips_a_minute_the_busy_line_has() -> None:
    told = look(Line())
    # (60000 / ((40 + 60 + 50) / 3) + 60000 / 900) / 2
    assert (facts(told)["load.rpm"], facts(told)["load.responsiveness"]) == (633, "medium")
    said = VerdictWords(Texts("en")).verdict(told.verdict).notes[0]
    assert said.endswith("grade A of A to F; round trips a minute: about 630 (medium).")


def test_it_gives_no_such_figure_of_few_requests() -> None:
    told = look(Line(answer_ms=9000.0))
    assert "note.load_grade" in [saying.code for saying in told.verdict.notes]
    assert "load.rpm" not in facts(told)


def test_requests_beside_the_load_are_few_and_counted() -> None:
    line = Line(answer_bytes=100_000, answer_ms=400.0)
    told = look(line)
    assert 8 < line.smalls < 50
    assert facts(told)["load.mb"] == pytest.approx((line.moved - 10 * 100_000 + 5000 * line.smalls) / MB, abs=0.1)


def test_it_says_that_the_server_had_enough() -> None:
    line = Line(answer_bytes=1000, answer_ms=10.0)
    line.kind = "http.error.429"
    told = look(line)
    assert [saying.code for saying in told.verdict.notes] == ["note.load_refused"]
    assert facts(told)["load.status"] == 429
