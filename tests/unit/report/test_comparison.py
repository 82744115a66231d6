"""What differs between two sessions, in words that another team can act on."""

from collections.abc import Iterable
from pathlib import Path

import pytest

from clearline.domain.event import AnyEvent, PlanApplied
from clearline.domain.fault import Fault
from clearline.domain.outcome import Outcome
from clearline.domain.phase import Phase, PhaseTimes
from clearline.domain.plan import Plan
from clearline.domain.problem import InputError
from clearline.domain.target import Target
from clearline.host.texts import Language, Texts
from clearline.report.comparison import Comparison, compared
from clearline.report.comparison_story import ComparisonStory
from clearline.report.facts import Facts, fold
from clearline.report.html import html
from clearline.report.matching import aligned
from clearline.report.redact import Redactor
from clearline.report.span import Span, span_of
from clearline.store.reader import SessionReader
from support.planted import HOSTILE, checked
from support.report_session import recorded

TARGETS = tuple(
    Target(id=f"t{number}", address=f"https://site{number}.example/", name=f"Site {number}", group="Shops")
    for number in range(5)
)
PROXY = "proxy.example:8080"


def session(
    folder: Path,
    name: str,
    tls_ms: dict[str, float] | None = None,
    behind: Iterable[str] = (),
    lost: dict[str, int] | None = None,
    targets: tuple[Target, ...] = TARGETS,
    count: int = 60,
) -> Path:
    """Checks a second apart; TLS takes 18 ms where nothing else is said, `lost` of them time out."""
    events: list[AnyEvent] = [PlanApplied(at_s=0.0, plan=Plan(targets))]
    for number in range(count):
        for place, target in enumerate(targets):
            jitter = (number * 7 + place) % 11 / 10
            tls = (tls_ms or {}).get(target.id, 18.0) + jitter
            is_lost = number >= count - (lost or {}).get(target.id, 0)
            fault = Fault("http.timed_out", Phase.WAIT, {}) if is_lost else None
            phases = PhaseTimes(2.0 + jitter / 10, 12.0 + jitter, None, tls, 0.5, 30.0 + jitter, 1.0)
            detail = {"tls": {"issuer": "Public CA"}}
            if target.id in behind:
                detail |= {"proxy": {"address": PROXY}, "tls": {"issuer": "Inspection CA"}}
            outcome = Outcome(phases, fault, "192.0.2.7:443", status=None if fault else 200, detail=detail)
            events += checked(target.id, number, number + place / 10, outcome)
    return recorded(folder / f"{name}.clearline", events)


def facts(span: Span) -> Facts:
    found = fold(span)
    assert found is not None
    return found


def comparison(one: Path, other: Path, **labels: str) -> Comparison:
    with SessionReader(one) as before, SessionReader(other) as after:
        return compared(facts(span_of(before)), facts(span_of(after)), labels)


def story(one: Path, other: Path, language: Language = "en") -> ComparisonStory:
    return ComparisonStory(comparison(one, other), Texts(language))


SLOW = ("t0", "t1", "t2")


@pytest.fixture
def slower(tmp_path: Path) -> tuple[Path, Path]:
    """As in the brief: TLS 18 → 240 ms for three of five, all behind the proxy."""
    one = session(tmp_path, "a")
    return one, session(tmp_path, "b", dict.fromkeys(SLOW, 240.0), SLOW)


def test_it_says_what_became_slower_for_whom_and_what_they_share(slower: tuple[Path, Path]) -> None:
    told = story(*slower)
    assert told.headline() == (
        f"Encryption 18 ms → 240 ms: 3 of 5 targets (Site 0, Site 1, Site 2), all behind the proxy {PROXY}."
    )
    assert "Unchanged: name lookup, connect, send, wait, receive, loss." in told.sentences()


def test_it_says_what_else_differs(slower: tuple[Path, Path]) -> None:
    told = " ".join(story(*slower).differences())
    assert f"Site 0, Site 1, Site 2: through the proxy none in A, {PROXY} in B." in told
    assert "issued by Public CA in A, by Inspection CA in B" in told


def test_it_says_the_same_in_french(slower: tuple[Path, Path]) -> None:
    assert "3\u00a0cibles" not in story(*slower, "fr").headline()
    assert story(*slower, "fr").headline().startswith("Chiffrement 18\u00a0ms → 240\u00a0ms\u00a0: 3 cibles sur 5")


def test_it_tells_no_difference_where_there_is_none(tmp_path: Path) -> None:
    told = story(session(tmp_path, "a"), session(tmp_path, "b", dict.fromkeys(SLOW, 18.1)))
    assert told.headline() == "Nothing differs beyond chance"
    assert told.differences() == ["Same addresses, same proxies, same issuers of certificates."]


def test_it_tells_faults_and_loss(tmp_path: Path) -> None:
    told = story(session(tmp_path, "a"), session(tmp_path, "b", lost={"t4": 20}))
    assert told.headline().startswith("Loss 0% → 3")
    assert "1 of 5 targets (Site 4)" in told.headline()
    assert "New in B: No answer to request (http.timed_out): Site 4." in told.sentences()


def test_it_names_what_only_one_side_tested(tmp_path: Path) -> None:
    told = story(session(tmp_path, "a", targets=TARGETS[:3]), session(tmp_path, "b", targets=TARGETS[1:]))
    assert told.differences()[-2:] == ["Only in A: Site 0.", "Only in B: Site 3, Site 4."]
    nothing = story(session(tmp_path, "c", targets=TARGETS[:1]), session(tmp_path, "d", targets=TARGETS[1:2]))
    assert nothing.headline().startswith("The two have no target in common")


def test_it_matches_the_same_address_under_another_id(tmp_path: Path) -> None:
    other = tuple(Target(id=f"x{each.id}", address=each.address) for each in TARGETS)
    found = comparison(session(tmp_path, "a"), session(tmp_path, "b", targets=other))
    assert len(found.targets) == 5
    assert not found.only_a


def test_it_matches_a_colleagues_redacted_session_by_the_ticket(slower: tuple[Path, Path]) -> None:
    with SessionReader(slower[0]) as before, SessionReader(slower[1]) as after:
        theirs = span_of(after, redactor=Redactor("INC-4711"))
        spans, labels = aligned([span_of(before), theirs], lambda: Redactor("inc-4711"))
        found = compared(facts(spans[0]), facts(spans[1]), labels)
        told = ComparisonStory(found, Texts("en")).headline()
        assert "3 of 5 targets (Site 0, Site 1, Site 2), all behind the proxy h" in told
        both = [theirs, span_of(before, redactor=Redactor("INC-4711"))]
        assert aligned(both, lambda: None) == (both, {})
        for spans_of, redactor, code in (
            ([span_of(before), theirs], None, "needs_ticket"),
            ([span_of(before), theirs], Redactor("INC-4712"), "other_ticket"),
            ([span_of(before, redactor=Redactor("INC-1")), theirs], None, "two_tickets"),
        ):
            with pytest.raises(InputError) as caught:
                aligned(spans_of, lambda redactor=redactor: redactor)  # type: ignore[misc]
            assert caught.value.problems[0].code == f"compare.{code}"


def test_it_shows_hostile_names_as_text(tmp_path: Path) -> None:
    targets = tuple(
        Target(id=f"t{place}", address="https://x.example/", name=name, group=name)
        for place, name in enumerate(HOSTILE)
    )
    one = session(tmp_path, "a", targets=targets)
    other = session(tmp_path, "b", {"t0": 300.0}, targets=targets)
    page = html(story(one, other).document(HOSTILE[0], HOSTILE[1], HOSTILE[6]))
    assert "<script" not in page
    assert "&lt;script&gt;alert(1)" in page
    assert "\u202e" not in page
