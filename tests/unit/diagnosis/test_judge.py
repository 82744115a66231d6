"""Facts become verdicts: each rule is reached, none shadows another, and what works disproves what does not."""

from typing import Any

import pytest

from clearline.diagnosis.clues import clue
from clearline.diagnosis.judge import AS_SEEN, NOTES, RULED_OUT, RULES, VALUES, judge, values_of
from clearline.diagnosis.rule import Rule
from clearline.domain.fault import KINDS, Whose
from clearline.domain.plan import new_target
from clearline.domain.verdict import PENDING, UNCLEAR, WORKS, Confidence, Step, Trial
from clearline.host.texts import LANGUAGES, Texts, catalogue, placeholders
from clearline.host.verdict_texts import VerdictWords


def facts_for(clues: tuple[str, ...]) -> dict[str, Any]:
    """The least that meets all of these."""
    facts: dict[str, Any] = {}
    for text in clues:
        one = clue(text)
        match one.sign:
            case "":
                facts.setdefault(one.fact, True)
            case "not":
                facts[one.fact] = False
            case "=" | "~":
                value = one.values[0]
                facts.setdefault(one.fact, {"True": True, "False": False}.get(value, value))
            case "!=":
                facts.setdefault(one.fact, "other")
            case "<":
                facts.setdefault(one.fact, float(one.values[0]) - 1)
            case _:
                facts.setdefault(one.fact, float(one.values[0]) + 1)
    if facts.get("target.kind") and "target.ok" not in facts:
        facts["target.ok"] = False
    return facts


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: f"{rule.code}-{rule.step}")
def test_each_rule_is_reached_and_says_how_sure_it_is(rule: Rule) -> None:
    proven = facts_for((*rule.when, *rule.excludes[:1]))
    verdict = judge(proven)
    assert (verdict.code, verdict.confidence, verdict.whose) == (rule.code, rule.confidence, rule.whose)
    assert verdict.fails_first is rule.step


@pytest.mark.parametrize("rule", [rule for rule in RULES if rule.is_fault], ids=lambda rule: f"{rule.code}-{rule.step}")
def test_what_works_disproves_every_fault(rule: Rule) -> None:
    facts = {**facts_for((*rule.when, *rule.excludes[:1])), "target.ok": True}
    assert not judge(facts).is_fault


def test_without_an_exclusion_it_is_less_sure_and_offers_the_test_that_could_bring_one() -> None:
    facts = {"target.ok": False, "target.kind": "tcp.refused", "target.host": "h", "target.port": 1}
    alone = judge(facts)
    assert (alone.code, alone.confidence, alone.missing) == ("service_down", Confidence.LIKELY, (Trial.PORTS,))
    proven = judge({**facts, "ports.any_answer": True, "ports.answers": 1})
    assert (proven.confidence, proven.missing) == (Confidence.CERTAIN, ())


def test_a_busy_tester_is_less_sure_of_silence_but_not_of_what_was_said() -> None:
    said = {"target.ok": False, "target.kind": "tcp.refused", "ports.any_answer": True, "self.is_busy": True}
    assert judge(said).confidence is Confidence.CERTAIN
    assert judge({**said, "target.waited_s": 3.0}).confidence is Confidence.LIKELY


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({}, PENDING),
        ({"target.is_late": True}, PENDING),
        ({"target.ok": True}, WORKS),
        ({"target.ok": False, "target.kind": "unknown", "target.step": "http"}, UNCLEAR),
        ({"target.ok": False, "target.kind": "abandoned", "target.step": "connect"}, UNCLEAR),
        ({"target.ok": False, "target.kind": "tcp.failed", "target.step": "connect"}, AS_SEEN),
        ({"target.ok": False, "target.kind": "local.stalled", "target.step": "tls", "self.is_busy": False}, AS_SEEN),
        ({"target.ok": True, "gateway.is_silent": True}, WORKS),
        ({"target.ok": True, "ping.ok": False}, WORKS),
        ({"target.ok": True, "name.random_resolves": True}, WORKS),
    ],
)
def test_it_raises_no_alarm_without_a_reason(facts: dict[str, Any], code: str) -> None:
    verdict = judge(facts)
    assert verdict.code == code
    assert verdict.is_finding is (code == AS_SEEN)


def test_it_is_never_surer_than_possible_where_it_only_repeats_what_an_attempt_saw() -> None:
    for kind in KINDS:
        verdict = judge({"target.ok": False, "target.kind": kind, "target.step": "connect"})
        if verdict.code in (AS_SEEN, UNCLEAR):
            assert verdict.confidence is Confidence.POSSIBLE


def test_it_names_what_works_last_below_what_fails_first() -> None:
    facts = {"link.is_up": True, "address.is_given": True, "gateway.is_alive": True, "name.is_found": True}
    verdict = judge({**facts, "target.ok": False, "target.kind": "tcp.refused", "ports.any_answer": True})
    assert (verdict.works_last, verdict.fails_first) == (Step.NAME, Step.CONNECT)


# --- words

JARGON = (
    "DNS", "TCP", "UDP", "TLS", "SSL", "ICMP", "MTU", "MSS", "NAT", "RST", "SYN", "DHCP", "SNI", "NXDOMAIN", "ARP",
    "timeout", "socket", "handshake", "resolver", "packet loss", "latency", "payload", "firewall rule", "errno",
)  # fmt: skip
CODES = sorted({rule.code for rule in RULES} | {WORKS, UNCLEAR, PENDING})
EVERYTHING = dict.fromkeys(VALUES, "x")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_verdict_has_its_words_in_both_languages(language: str) -> None:
    sentences = catalogue(language).sentences  # type: ignore[arg-type]
    silent = {f"verdict.{code}.action" for code in (WORKS, PENDING)}
    wanted = {f"verdict.{code}.{part}" for code in CODES for part in ("title", "meaning", "action")} - silent
    wanted |= {f"ruled_out.{code}" for code, _ in RULED_OUT} | {f"note.{code}" for code, _ in NOTES}
    wanted |= {f"rung.{step}" for step in Step} | {f"trial.{trial}" for trial in Trial}
    wanted |= {f"confidence.{confidence}" for confidence in Confidence}
    assert wanted - sentences.keys() == set()
    unused = {code for code in sentences if code.startswith(("verdict.", "ruled_out.", "note."))} - wanted
    assert unused == set()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("code", CODES)
def test_its_first_two_sentences_are_free_of_jargon(language: str, code: str) -> None:
    texts = Texts(language)  # type: ignore[arg-type]
    for part in ("title", "meaning"):
        sentence = texts.say(f"verdict.{code}.{part}", **EVERYTHING)
        assert sentence.endswith((".", "x")), sentence
        assert [word for word in JARGON if word in sentence] == []
        assert "?" not in sentence


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: f"{rule.code}-{rule.step}")
def test_what_its_words_need_is_among_the_facts(rule: Rule) -> None:
    """Facts that every diagnosis has are given; the rest must be in the rule itself."""
    always = {
        "target.host": "h", "target.port": 1, "target.address": "192.0.2.1:1", "gateway.ip": "192.0.2.254",
        "name.server": "192.0.2.53:53", "proxy.address": "http://p:1", "address.adapter": "eth0",
    }  # fmt: skip
    of_kind = {
        "offender": "target.offender", "issuer": "target.issuer", "said": "target.said", "bad": "families.bad",
        "skew_s": "clock.skew_s", "loss": "quality.loss", "days": "target.certificate_days",
        "idle_s": "reuse.idle_s", "lives_s": "reuse.lives_s",
        "status": "target.status", "names_ms": "name.system_ms", "working_adapters": "interfaces.works",
        "rise_ms": "load.rise_ms", "up_rise_ms": "load.up_rise_ms",
    }  # fmt: skip
    known = set(values_of(always)) | set(of_kind)
    wanted = set()
    for part in ("title", "meaning", "action"):
        wanted |= placeholders(catalogue("en").sentences[f"verdict.{rule.code}.{part}"])
    assert wanted <= known


def test_its_ticket_says_what_was_seen_and_nothing_unknown() -> None:
    facts = {
        "target.ok": False, "target.kind": "tcp.refused", "target.host": "shop", "target.port": 443,
        "target.address": "192.0.2.7:443", "ports.any_answer": True, "ports.each": {"22": ""},
    }  # fmt: skip
    target = new_target("https://u:secret@shop/?token=secret")
    ticket = VerdictWords(Texts("en")).ticket(judge(facts), target, facts, 1_790_000_000.0)
    assert "192.0.2.7:443" in ticket
    assert "tcp.refused" in ticket
    assert "22 ok" in ticket
    assert "secret" not in ticket
    assert "None" not in ticket


def test_every_owner_is_somebody_to_call() -> None:
    assert {rule.whose for rule in RULES if rule.code != "ping_unanswered"} == set(Whose) - {Whose.NOBODY}
