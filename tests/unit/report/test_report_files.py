"""Every form of a report: complete, of the form it claims to be, and empty of what must not leave."""

import csv
import io
import json
import math
import re
import sqlite3
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import fastjsonschema
import pytest

from clearline.domain.event import (
    AnyEvent,
    BreakerChanged,
    BreakerState,
    CheckEnded,
    MachineSeen,
    NetworkChange,
    PlanApplied,
    Result,
)
from clearline.domain.fault import Fault
from clearline.domain.outcome import Outcome
from clearline.domain.phase import Phase, PhaseTimes
from clearline.domain.plan import Plan
from clearline.domain.problem import InputError
from clearline.domain.target import Target
from clearline.host import resources
from clearline.host.policy import Branding, Policy
from clearline.report.document import Document, Section, Table, Tone
from clearline.report.html import MOST_ROWS, print_page
from clearline.report.making import CancelledError, Making
from clearline.report.redact import redacted_mark
from clearline.report.table_file import COLUMNS
from clearline.store.reader import SessionReader
from support.har_schema import HAR
from support.planted import HOSTILE, LOOKUP, PLANTED, checked, hostile_events, leaks, planted_events
from support.report_session import made, making, means, recorded, spanned

TEXTS = (".html", ".csv", ".json", ".har", ".txt", ".prom")
_METRIC = re.compile(
    r"[a-zA-Z_:][a-zA-Z0-9_:]*"
    r'(?:\{(?:[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\\\|\\"|\\n)*",?)*\})?'
    r" (?:[+-]?\d+(?:\.\d+)?(?:e[+-]?\d+)?|NaN|[+-]Inf)"
)


class _Elements(HTMLParser):
    """Which tags and attributes a browser would see."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return recorded(tmp_path_factory.mktemp("planted") / "acme-payroll.clearline", planted_events(), "jdoe-acme")


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return recorded(tmp_path_factory.mktemp("hostile") / "s.clearline", hostile_events())


@pytest.mark.parametrize("ending", [*TEXTS, ".clearline"])
@pytest.mark.parametrize("language", ["en", "fr"])
def test_it_lets_nothing_out_that_was_planted(planted: Path, tmp_path: Path, ending: str, language: str) -> None:
    out = made(planted, tmp_path / f"r{ending}", ticket="INC-1", language=language)  # type: ignore[arg-type]
    assert leaks(out.read_bytes().decode("latin-1")) == []
    assert leaks(out.read_bytes().decode("utf-8", "replace")) == []


@pytest.mark.parametrize("ending", TEXTS)
def test_it_masks_passwords_and_tokens_where_nothing_is_redacted(planted: Path, tmp_path: Path, ending: str) -> None:
    told = made(planted, tmp_path / f"r{ending}").read_text(encoding="utf-8")
    assert "hunter22" not in told
    assert "s3cr3t" not in told
    assert "acme" in told


def test_it_reads_a_redacted_copy_as_a_session_of_the_same_figures(planted: Path, tmp_path: Path) -> None:
    out = made(planted, tmp_path / "copy.clearline", ticket="INC-1")
    with SessionReader(planted) as before, SessionReader(out) as after:
        assert redacted_mark(after.meta.session_id)
        assert after.counts["attempts"] == before.counts["attempts"] == 80
        kept = [event for event in before.events() if event.at_s < 1.0]
        told = [event for event in after.events() if event.at_s < 1.0]
        assert [type(event) for event in told] == [type(event) for event in kept]
        assert [target.probe for target in after.plan.targets] == [target.probe for target in before.plan.targets]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["copy.clearline"]


def test_it_leaves_no_page_of_the_original_in_a_redacted_copy(planted: Path, tmp_path: Path) -> None:
    out = made(planted, tmp_path / "copy.clearline", ticket="INC-1")
    with sqlite3.connect(f"file:{out}?mode=ro", uri=True) as copy:
        assert copy.execute("PRAGMA freelist_count").fetchone() == (0,)


def test_it_redacts_nothing_twice(planted: Path, tmp_path: Path) -> None:
    once = made(planted, tmp_path / "once.clearline", ticket="INC-1")
    twice = made(once, tmp_path / "twice.json", ticket="INC-2")
    direct = made(planted, tmp_path / "direct.json", ticket="INC-1")
    names = [[target["name"] for target in json.loads(path.read_text("utf-8"))["targets"]] for path in (twice, direct)]
    assert names[0] == names[1]


def test_it_writes_json_as_its_schema_says(planted: Path, hostile: Path, tmp_path: Path) -> None:
    schema = json.loads(resources.path("report", "report.schema.json").read_text(encoding="utf-8"))
    validate = fastjsonschema.compile(schema)
    for number, session in enumerate((planted, hostile)):
        told = json.loads(made(session, tmp_path / f"{number}.json").read_text(encoding="utf-8"))
        validate(told)
        assert len(told["attempts"]) == (80, 8 * len(HOSTILE))[number]
    with pytest.raises(fastjsonschema.JsonSchemaException):
        validate(told | {"version": 2})


def test_it_names_what_opentelemetry_has_a_name_for(planted: Path, tmp_path: Path) -> None:
    told = json.loads(made(planted, tmp_path / "r.json").read_text(encoding="utf-8"))
    failed, lookup = told["attempts"][2], told["attempts"][1]
    assert (
        failed["attributes"]
        | {
            "server.address": "payroll.acme-holding.com",
            "server.port": 8443,
            "network.peer.address": "10.20.30.40",
            "network.peer.port": 8443,
            "network.transport": "tcp",
            "error.type": "tls.cert.name_invalid",
            "http.request.method": "GET",
        }
        == failed["attributes"]
    )
    assert lookup["attributes"]["dns.question.name"] == "mail.acme-holding.com"
    assert "203.0.113.77" in lookup["attributes"]["dns.answers"]


def test_it_writes_har_as_its_specification_says(planted: Path, hostile: Path, tmp_path: Path) -> None:
    validate = fastjsonschema.compile(HAR)
    for session in (planted, hostile):
        har = json.loads(made(session, tmp_path / "r.har").read_text(encoding="utf-8"))
        validate(har)
        assert har["log"]["entries"]
        for entry in har["log"]["entries"]:
            parts = [ms for name, ms in entry["timings"].items() if name != "ssl" and ms > 0]
            assert math.isclose(entry["time"], sum(parts), abs_tol=0.01)
            assert entry["timings"]["ssl"] <= entry["timings"]["connect"]
    validate(json.loads(made(planted, tmp_path / "n.har", targets=(LOOKUP.id,)).read_text(encoding="utf-8")))


def test_it_writes_failed_requests_into_har_with_their_fault(planted: Path, tmp_path: Path) -> None:
    har = json.loads(made(planted, tmp_path / "r.har").read_text(encoding="utf-8"))
    ok, failed = har["log"]["entries"][:2]
    assert (ok["response"]["status"], failed["response"]["status"]) == (200, 0)
    assert failed["_error"] == "tls.cert.name_invalid"
    assert ok["timings"] == {
        "blocked": -1, "dns": 2.0, "connect": 40.0, "ssl": 30.0, "send": 1.0, "wait": 40.0, "receive": 0
    }  # fmt: skip


def test_it_describes_a_csv_in_itself(planted: Path, tmp_path: Path) -> None:
    text = made(planted, tmp_path / "r.csv").read_bytes().decode("utf-8-sig")
    lines = text.split("\r\n")
    head = [line for line in lines if line.startswith(("#", '"#'))]
    rows = list(csv.reader(io.StringIO("\r\n".join(line for line in lines if not line.startswith(("#", '"#'))))))
    assert rows[0] == [column.name for column in COLUMNS]
    assert all(f"# column {name}: " in "\n".join(head) for name in rows[0])
    assert len(rows) == 81
    record = dict(zip(rows[0], rows[2 + 1], strict=True))
    assert record["fault"] == "tls.cert.name_invalid"
    assert record["started_utc"].endswith("Z")
    assert float(record["tls_ms"]) == 31.0
    assert record["wait_ms"] == ""


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "|"])
def test_it_writes_no_cell_that_a_spreadsheet_would_run(hostile: Path, tmp_path: Path, start: str) -> None:
    text = made(hostile, tmp_path / "r.csv").read_bytes().decode("utf-8-sig")
    cells = [cell for row in csv.reader(io.StringIO(text, newline="")) for cell in row]
    assert any("HYPERLINK" in cell for cell in cells)
    dangerous = [cell for cell in cells if cell.startswith(start) and not re.fullmatch(r"-?[\d.]+(?:e-?\d+)?", cell)]
    assert dangerous == []


def test_it_writes_metrics_that_prometheus_reads(planted: Path, hostile: Path, tmp_path: Path) -> None:
    for session in (planted, hostile):
        text = made(session, tmp_path / "r.prom").read_text(encoding="utf-8")
        assert text.endswith("\n")
        families: list[str] = []
        seen: set[str] = set()
        for line in text.split("\n")[:-1]:
            if line.startswith("# TYPE "):
                families.append(line.split(" ")[2])
                continue
            if line.startswith("# HELP "):
                continue
            assert _METRIC.fullmatch(line), line
            assert line.startswith(families[-1])
            series = line.rpartition(" ")[0]
            assert series not in seen
            seen.add(series)
        assert len(families) == len(set(families)) == 8


def _odd_events() -> list[AnyEvent]:
    """Evidence that no probe writes, of kinds that nobody knows, at one target; the plan knows none."""
    deep: Any = "x"
    for _ in range(60):
        deep = {"a": [deep]}
    odd: list[Any] = [
        {"http": "none", "tls": [1], "dns": {"answers": 7}, "proxy": None, "hops": {"a": 1}, "path": 5},
        {"http": {"headers": [1], "version": 3, "body_bytes": -5}, "tls": {"issuer": 5, "version": None}},
        {
            "hops": [
                {"url": 5, "phases": {"wait": math.nan, "tls": "x"}},
                {"status": "x", "phases": 4, "url": "http://["},
            ]
        },
        {"path": {"icmp": {"hops": [{"ttl": "x"}]}, "udp": {"hops": [{"ttl": 1, "sent": 0}]}}},
        {"nan": math.nan, "inf": [-math.inf], "raw": b"\xff\x00", "big": 2**62, "": "", "1": deep},
    ]
    strange = Target(id="strange", address="evil://x.example/<b>", name="<b>")
    events: list[AnyEvent] = [PlanApplied(at_s=0.0, plan=Plan((strange,)))]
    for number in range(20):
        detail = odd[number % len(odd)]
        fault = Fault("\u202eno.such <b>kind", Phase.TLS, detail) if number % 2 else None
        phases = PhaseTimes(connect=1e9 if number == 3 else 0.0, tls=1e-7)
        outcome = Outcome(phases, fault, "not an address", status=10**9, detail=detail, lag_ms=-4.0)
        events += checked("gone", number, number * 1e5, outcome)
    key, states = "<i>key", (BreakerState.CLOSED, BreakerState.OPEN)
    events.append(BreakerChanged(at_s=3e6, key=key, before=states[0], after=states[1], reason="<b>"))
    return events


@pytest.mark.parametrize("ticket", ["", "INC-1"])
def test_it_makes_every_report_of_whatever_a_file_says(tmp_path: Path, ticket: str) -> None:
    odd = recorded(tmp_path / "odd.clearline", _odd_events())
    for ending in (*TEXTS, ".clearline"):
        assert made(odd, tmp_path / f"r{ending}", ticket=ticket).stat().st_size > 0
    validate = fastjsonschema.compile(HAR)
    validate(json.loads((tmp_path / "r.har").read_text(encoding="utf-8")))
    told = json.loads((tmp_path / "r.json").read_text(encoding="utf-8"), parse_constant=pytest.fail)
    assert len(told["attempts"]) == 20
    assert "<b>" not in (tmp_path / "r.html").read_text(encoding="utf-8")


def test_it_shows_hostile_names_as_text(hostile: Path, tmp_path: Path) -> None:
    page = made(hostile, tmp_path / "r.html").read_text(encoding="utf-8")
    elements = _Elements()
    elements.feed(page)
    assert "script" not in elements.tags
    assert not [name for name in elements.attributes if name.startswith("on") or name == "style"]
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "{{ 7*7 }}" in page
    assert "49" not in re.findall(r"<bdi>([^<]*)</bdi>", page)
    text = made(hostile, tmp_path / "r.txt").read_text(encoding="utf-8")
    for told in (page, text):
        assert not re.search("[\u202a-\u202e\u2066-\u2069\x00-\x08\x0b-\x1f\x7f]", told)
        assert "⟨202E⟩gnp.exe" in told


def test_it_makes_a_page_that_can_load_and_run_nothing(planted: Path, tmp_path: Path) -> None:
    page = made(planted, tmp_path / "r.html").read_text(encoding="utf-8")
    policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', page)
    assert policy
    assert re.fullmatch(r"default-src 'none'; style-src 'sha256-[\w+/=]+'", policy[1])
    assert page.count("<svg ") >= 2
    assert not re.search(r"\s(?:src|href|style)=|@import|url\(|<(?:script|link|iframe|object|embed)", page)


def test_it_leaves_nothing_behind_when_nobody_wants_it_any_more(planted: Path, tmp_path: Path) -> None:
    for ending in (*TEXTS, ".clearline"):
        out = tmp_path / f"r{ending}"
        out.write_text("before")
        with SessionReader(planted) as reader:
            span = spanned(reader, "INC-1")
            with pytest.raises(CancelledError):
                Making(span, making(span)._texts, means(), lambda share: False).write(out)
        assert out.read_text() == "before"
    assert len(list(tmp_path.iterdir())) == len(TEXTS) + 1


def test_it_tells_how_far_it_is(planted: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("clearline.report.making._EVERY", 20)
    told: list[float] = []
    with SessionReader(planted) as reader:
        span = spanned(reader, "")
        Making(span, making(span)._texts, means(), lambda share: bool(told.append(share)) or True).write(
            tmp_path / "r.csv"
        )
    assert told == sorted(told)
    assert told[0] == 0.0
    assert 0.9 < told[-1] <= 1.0


def test_it_tells_of_targets_that_the_plan_does_not_hold_any_more(tmp_path: Path) -> None:
    later = PlanApplied(at_s=50.0, plan=Plan((LOOKUP,)))
    out = made(recorded(tmp_path / "s.clearline", [*planted_events(), later]), tmp_path / "r.json")
    told = json.loads(out.read_text(encoding="utf-8"))
    names = {target["id"]: target["name"] for target in told["targets"]}
    assert names[PLANTED.id] == "Payroll of Jane Doe"
    assert sum(attempt["target"] == PLANTED.id for attempt in told["attempts"]) == 40


def test_it_refuses_an_ending_that_no_report_has(planted: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        made(planted, tmp_path / "r.docx")
    assert caught.value.problems[0].code == "report.ending"


def test_it_holds_the_chosen_time_and_targets_alone(planted: Path, tmp_path: Path) -> None:
    out = made(planted, tmp_path / "r.json", from_s=10.0, to_s=20.0, targets=(PLANTED.id,))
    told = json.loads(out.read_text(encoding="utf-8"))
    assert {attempt["target"] for attempt in told["attempts"]} == {PLANTED.id}
    assert all(10.0 <= attempt["ended_s"] < 20.0 for attempt in told["attempts"])
    assert [target["id"] for target in told["targets"]] == [PLANTED.id]
    copy = made(planted, tmp_path / "r.clearline", targets=(LOOKUP.id,))
    assert b"payroll" not in copy.read_bytes()


def test_it_names_whose_report_it_is_unless_it_is_redacted(
    planted: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fixed = Policy(branding=Branding("Example & Sons", "Service desk, extension 4711"))
    monkeypatch.setattr("clearline.report.making.policy", lambda: fixed)
    plain = made(planted, tmp_path / "plain.html").read_text(encoding="utf-8")
    assert "Example &amp; Sons ·" in plain
    assert "extension 4711" in plain
    assert "Sons" not in made(planted, tmp_path / "redacted.html", ticket="INC-1").read_text(encoding="utf-8")


def test_it_tells_of_the_computer_that_recorded_it_as_it_was_then(tmp_path: Path) -> None:
    began, moved = (
        MachineSeen(at_s=at_s, host="desk-7", system="Linux-6.1", network=(NetworkChange("adapter", name, "", ip),))
        for at_s, name, ip in ((0.0, "eth0", "192.0.2.7"), (40.0, "wlan0", "198.51.100.7"))
    )
    session = recorded(tmp_path / "s.clearline", [began, *planted_events(), moved])
    early = made(session, tmp_path / "early.txt", to_s=20.0).read_text(encoding="utf-8")
    assert "computer that recorded the session" in early
    assert "desk-7; adapters: eth0 192.0.2.7" in early
    # As it was when the span began; a copy of it says so too.
    copy = made(session, tmp_path / "late.clearline", from_s=50.0)
    for place, told in ((session, {"from_s": 50.0}), (copy, {})):
        late = json.loads(made(place, tmp_path / "late.json", **told).read_text(encoding="utf-8"))
        assert [one["name"] for one in late["machine"]["network"]] == ["wlan0"]
    copy = made(session, tmp_path / "redacted.clearline", ticket="INC-1", to_s=20.0)
    with SessionReader(copy) as reader:
        (told,) = reader.stream(MachineSeen)
    assert told.system == "Linux-6.1"
    assert "desk-7" not in str(told)
    assert "192.0.2.7" not in str(told)


def test_it_says_that_a_session_of_an_older_version_does_not_know_its_computer(tmp_path: Path) -> None:
    events = [event for event in planted_events() if not isinstance(event, MachineSeen)]
    told = made(recorded(tmp_path / "s.clearline", events), tmp_path / "r.txt").read_text(encoding="utf-8")
    assert "this is not the computer it was recorded on" in told
    assert "eth0 10.20.30.99" in told


def test_it_cuts_a_long_table_for_paper_into_pieces_of_the_same_columns() -> None:
    rows = tuple((f"host-{number}.example", str(number)) for number in range(2 * MOST_ROWS + 1))
    section = Section("Figures", "A note", lines=("a line",), table=Table(("Target", "Checks"), rows))
    shown = Document("en", "Report", "", "Head", Tone.UP, (), (section,), "foot")
    _, *parts = print_page(shown, 700).parts
    assert [part.count("<tr><td") for part in parts] == [MOST_ROWS, MOST_ROWS, 1]
    assert [re.findall(r'width="(\d+)%"', part)[-2:] for part in parts] == [["69", "30"]] * 3
    assert [("<h2>" in part, "A note" in part, "a line" in part) for part in parts] == [
        (True, True, False), (False, False, False), (False, False, True),
    ]  # fmt: skip


@pytest.mark.parametrize(("back_at", "is_told"), [(70, True), (11, False)])
def test_it_says_for_how_long_an_outage_was_not_tested_at_its_end(tmp_path: Path, back_at: int, is_told: bool) -> None:
    def check(slot: int, result: Result, attempts: int = 1) -> CheckEnded:
        kind = "" if result is Result.OK else "tcp.refused"
        return CheckEnded(at_s=slot + 0.1, target=LOOKUP.id, check=slot, due_s=slot, started_s=slot, result=result,
                          attempts=attempts, kind=kind)  # fmt: skip

    well = [check(slot, Result.OK) for slot in range(5)]
    failing = [check(slot, Result.FAILED) for slot in range(5, 11)]
    held = [check(slot, Result.REFUSED, 0) for slot in range(11, back_at)]
    checks = [*well, *failing, *held, check(back_at, Result.OK)]
    session = recorded(tmp_path / "s.clearline", [PlanApplied(at_s=0.0, plan=Plan((LOOKUP,))), *checks])
    text = made(session, tmp_path / "r.txt").read_text(encoding="utf-8")
    (outage,) = json.loads(made(session, tmp_path / "r.json").read_text(encoding="utf-8"))["targets"][0]["outages"]
    assert ("In its last 1 min nothing was sent" in " ".join(text.split())) is is_told
    assert ("the last 1 min not tested" in text) is is_told
    assert (outage["untested_s"] > 1) is is_told
