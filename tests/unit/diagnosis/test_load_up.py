"""Waiting times while much is sent: only where it is wanted, never more than allowed, and what the difference means."""

from itertools import pairwise

import msgspec
import pytest

from clearline.diagnosis.load import BUSY_S
from clearline.diagnosis.load_flows import FIRST_BODY, LARGEST_BODY
from clearline.domain.fault import Fault
from clearline.domain.outcome import Outcome
from clearline.domain.phase import Phase, PhaseTimes
from clearline.domain.target import Target
from clearline.domain.verdict import Confidence, Depth, DiagnosisPolicy, Outside, Step, Trial
from support.scripted_ladder import GATEWAY, TARGET_IP, Told, diagnosed, ok

KNOCK = f"tcp://{TARGET_IP}:22"
UPLOAD = "https://files.example/drop"
MB = 1_000_000
ASKED = DiagnosisPolicy(Depth.FULL, Outside(upload=UPLOAD), consents=(Trial.LOAD,))


class Sink:
    """Takes bodies at so many bytes a second each, or says no; meanwhile a round trip to the target takes longer."""

    def __init__(self, *, rate: float = 400_000.0, rise_ms: float = 0.0, refuses: int = 0, after: int = 0) -> None:
        self.rate, self.rise_ms, self.refuses, self.after = rate, rise_ms, refuses, after
        self.kind = ""
        self.sent_bytes = 0
        self.bodies: list[Target] = []
        self.smalls = self.under_way = 0

    def answer(self, target: Target) -> Outcome:
        if target.method == "HEAD":
            self.smalls += 1
            phases = PhaseTimes(connect=40.0, tls=60.0, wait=50.0)
            return Outcome(phases, None, f"{TARGET_IP}:443", status=200, bytes_in=4000, bytes_out=1000)
        self.bodies.append(target)
        size = len(target.body)
        self.sent_bytes += size + 300
        phases = PhaseTimes(send=size / self.rate * 1000, wait=20.0)
        is_over = len(self.bodies) > self.after
        if self.refuses and is_over:
            told = Fault(f"http.error.{self.refuses}", Phase.WAIT)
            return Outcome(phases, told, f"{TARGET_IP}:443", status=self.refuses, bytes_out=size + 300)
        told = Fault(self.kind, Phase.SEND) if self.kind and is_over else None
        status = None if told else 204
        return Outcome(phases, told, f"{TARGET_IP}:443", status=status, bytes_out=size + 300)

    def knock(self, _target: Target) -> Outcome:
        ms = 10.0 + (self.rise_ms if self.bodies else 0.0)
        return Outcome(PhaseTimes(connect=ms), None, f"{TARGET_IP}:22", kernel_rtt_ms=ms)


def look(sink: Sink, policy: DiagnosisPolicy = ASKED, address: str = KNOCK, **more: object) -> Told:
    answers = {f"icmp://{GATEWAY}": ok, KNOCK: sink.knock, UPLOAD: sink.answer, **more}
    return diagnosed(answers, address=address, policy=policy)


def facts(told: Told) -> dict[str, object]:
    return told.step(Step.COMPARE).facts


def notes(told: Told) -> list[str]:
    return [saying.code for saying in told.verdict.notes]


@pytest.mark.parametrize(
    ("rise_ms", "code", "grade"),
    [(0.0, "works", "A"), (40.0, "works", "C"), (120.0, "line_overloaded_up", "D"), (700.0, "line_overloaded_up", "F")],
)
def test_it_names_a_line_that_chokes_and_leaves_others_in_peace(rise_ms: float, code: str, grade: str) -> None:
    told = look(Sink(rise_ms=rise_ms))
    assert (told.verdict.code, facts(told)["load.up_grade"]) == (code, grade)
    assert "note.load_up_grade_rpm" in notes(told)


@pytest.mark.parametrize("is_lost", [False, True], ids=["asked again after a second", "lost"])
def test_it_takes_a_line_on_which_hardly_any_round_trip_is_made_for_no_short_test(is_lost: bool) -> None:
    sink = Sink()

    def knock(_target: Target) -> Outcome | None:
        if not sink.bodies:
            return sink.knock(_target)
        return None if is_lost else Outcome(PhaseTimes(connect=1400), None, f"{TARGET_IP}:22", syn_retransmits=1)

    told = look(sink, **{KNOCK: knock})
    assert (told.verdict.code, facts(told)["load.up_grade"]) == ("line_overloaded_up", "F")
    assert told.verdict.confidence is Confidence.LIKELY
    assert told.events[-1].at_s < 30


def test_what_a_short_queue_drops_makes_no_long_one() -> None:
    sink, asked = Sink(), 0

    def knock(_target: Target) -> Outcome:
        nonlocal asked
        asked += 1
        if sink.bodies and asked % 4:
            return Outcome(PhaseTimes(connect=1010), None, f"{TARGET_IP}:22", syn_retransmits=1)
        return sink.knock(_target)

    told = look(sink, **{KNOCK: knock})
    assert facts(told)["load.up_is_lost"]
    assert not told.verdict.code.startswith("line_overloaded")
    assert notes(told) == ["note.load_lost"]


def test_it_sends_nothing_where_no_address_was_named_for_it() -> None:
    sink = Sink()
    outside = Outside(control=(UPLOAD,))
    look(sink, msgspec.structs.replace(ASKED, outside=outside))
    assert [body.method for body in sink.bodies if body.method != "GET"] == []


def test_it_sends_nothing_unless_a_person_agreed() -> None:
    sink = Sink()
    look(sink, msgspec.structs.replace(ASKED, consents=()))
    assert (sink.bodies, sink.smalls) == ([], 0)


@pytest.mark.parametrize("load_mb", [5.0, 8.0, 20.0])
def test_it_never_sends_more_than_was_allowed(load_mb: float) -> None:
    sink = Sink(rate=1e9)
    told = look(sink, msgspec.structs.replace(ASKED, load_mb=load_mb))
    assert load_mb * MB / 2 < sink.sent_bytes + 1000 * sink.smalls <= load_mb * MB
    assert facts(told)["load.up_mb"] <= load_mb


def test_it_sends_for_eight_seconds_at_most() -> None:
    began = [at_s for at_s, address in look(Sink(rate=60_000)).asked if address == UPLOAD]
    assert BUSY_S - 3 < began[-1] - began[0] < BUSY_S


def test_bodies_are_small_at_first_and_grow_where_they_are_soon_through() -> None:
    sink, slow = Sink(rate=1e7), Sink(rate=40_000)
    look(sink, msgspec.structs.replace(ASKED, load_mb=100))
    look(slow)
    sizes = [len(body.body) for body in sink.bodies]
    assert (sizes[0], max(sizes)) == (FIRST_BODY, LARGEST_BODY)
    assert all(later <= 2 * before for before, later in pairwise(sorted(set(sizes))))
    assert {len(body.body) for body in slow.bodies} == {FIRST_BODY}


def test_what_it_sends_is_no_secret_and_says_what_it_is() -> None:
    sink = Sink()
    look(sink)
    assert {body.headers for body in sink.bodies} == {("Content-Type: application/octet-stream",)}
    assert len(set(sink.bodies[0].body)) == 64


@pytest.mark.parametrize("status", [302, 404, 405, 413, 429, 503])
@pytest.mark.parametrize("after", [0, 9])
def test_it_leaves_a_server_alone_that_takes_no_uploads(status: int, after: int) -> None:
    sink = Sink(refuses=status, after=after, rise_ms=200.0)
    told = look(sink)
    assert len(sink.bodies) <= after + 4
    assert facts(told)["load.up_status"] == status
    assert "load.up_grade" not in facts(told)
    assert (told.verdict.code, notes(told)) == ("works", ["note.load_up_refused"])
    assert told.verdict.notes[0].values["up_host"] == "files.example"


@pytest.mark.parametrize("after", [0, 9])
def test_it_says_that_sending_failed(after: int) -> None:
    sink = Sink(after=after)
    sink.kind = "tcp.reset"
    told = look(sink)
    assert len(sink.bodies) <= after + 6
    assert (facts(told)["load.up_kind"], notes(told)) == ("tcp.reset", ["note.load_up_failed"])


def test_a_body_that_the_end_cuts_off_is_no_failure_and_counts_half() -> None:
    sink = Sink(rate=1e6)

    def answer(target: Target) -> Outcome:
        told = sink.answer(target)
        if target.method == "HEAD" or len(sink.bodies) <= 5:
            return told
        late = Fault("tcp.timed_out", Phase.SEND)
        return Outcome(PhaseTimes(send=BUSY_S * 1000), late, f"{TARGET_IP}:443", bytes_out=50_000)

    told = look(sink, **{UPLOAD: answer})
    assert facts(told)["load.up_ok"] is True
    # 5 of 64 kB and the halves of 4 of 50 kB, in 8.3 s.
    assert facts(told)["load.up_rate_mbit"] == 0.4


def test_it_says_that_the_bytes_were_gone_too_soon() -> None:
    told = look(Sink(rate=1e9), msgspec.structs.replace(ASKED, load_mb=5.0))
    assert (told.verdict.code, notes(told)) == ("works", ["note.load_up_short"])


def test_both_ways_have_their_own_allowance_and_fit_into_the_time_with_a_rest_between_them() -> None:
    sink, read = Sink(), 0

    def answer(target: Target) -> Outcome:
        nonlocal read
        read += 400_000 if target.method == "GET" else 0
        return Outcome(PhaseTimes(connect=10, wait=800), None, f"{TARGET_IP}:22", status=200, bytes_in=400_000)

    page = "http://shop.example/"
    outside = Outside(control=(page,), upload=UPLOAD)
    told = look(sink, msgspec.structs.replace(ASKED, outside=outside), **{page: answer})
    came = [at_s for at_s, address in told.asked if address == page]
    went = [at_s for at_s, address in told.asked if address == UPLOAD]
    assert facts(told)["load.ok"]
    assert facts(told)["load.up_ok"]
    assert read > 10 * MB
    assert sink.sent_bytes > 10 * MB
    assert went[0] - came[-1] > 1.0
    assert told.events[-1].at_s < 30
    assert notes(told) == ["note.load_grade_rpm", "note.load_up_grade_rpm"]


def test_where_time_is_short_both_ways_get_the_same_share() -> None:
    sink = Sink()
    page = "http://shop.example/"

    def slow(_target: Target) -> Outcome:
        return Outcome(PhaseTimes(connect=10_000), None, f"{TARGET_IP}:22")

    def answer(_target: Target) -> Outcome:
        return Outcome(PhaseTimes(connect=10, wait=300), None, f"{TARGET_IP}:22", status=200, bytes_in=100_000)

    answers = {f"icmp://{GATEWAY}": ok, "beat://": slow, f"tcp://{TARGET_IP}:22": sink.knock}
    outside = Outside(control=(page,), upload=UPLOAD)
    policy = msgspec.structs.replace(ASKED, outside=outside)
    told = diagnosed({**answers, UPLOAD: sink.answer, page: answer}, address=f"beat://{TARGET_IP}:22", policy=policy)
    spans = []
    for address in (page, UPLOAD):
        at = [at_s for at_s, asked in told.asked if asked == address]
        spans.append(at[-1] - at[0])
    assert all(3 < span < BUSY_S - 1 for span in spans)
    assert abs(spans[0] - spans[1]) < 1
