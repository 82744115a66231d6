"""Every rule of the catalogue is right about evidence as it is recorded, and is known from a place where it happens."""

from pathlib import Path

import pytest

from clearline.diagnosis.judge import RULES
from clearline.domain.verdict import Verdict
from support.linked_situations import LINES
from support.middle_situations import MIDDLE
from support.placed_situations import PLACES, WORLD
from support.recorded_verdicts import CALM, RECORDED, Recorded
from support.scripted_ladder import diagnosed
from support.situations import LAB

CATALOGUE = sorted({(rule.code, rule.step.value) for rule in RULES})
LIVE = {one.verdict for one in (*LAB, *WORLD, *(middle.situation for middle in MIDDLE))}
LIVE |= {one.verdict for placed in (*PLACES, *LINES) for one in placed.situations}
SCRIPTED = {
    ("line_overloaded", "quality"): "test_load.py",
    ("line_overloaded_up", "quality"): "test_load_up.py",
    ("reuse_breaks", "http"): "test_idle.py",
    ("idle_limit", "application"): "test_idle.py",
}
"""These need more than attempts one by one: the tests that tell of them."""

ONLY_RECORDED = {
    "mac_privacy": "macOS alone keeps programs out of the own network",
    "no_internet": "a public address that must not answer: no test may send anything to one",
}
"""Rules without a place in the lab or a namespace, and why."""


def judged(one: Recorded, monkeypatch: pytest.MonkeyPatch) -> Verdict:
    for module in ("steps_here", "other_adapter"):
        monkeypatch.setattr(f"clearline.diagnosis.{module}.source_address", lambda _ip: one.source)
    more = {"machine": one.machine(), "policy": one.policy, "earlier": one.earlier}
    return diagnosed(one.answers, address=one.address, **more, **one.changes).verdict


@pytest.mark.parametrize("one", RECORDED, ids=lambda one: f"{one.code}-{one.step}")
def test_it_is_right_about_what_was_recorded(one: Recorded, monkeypatch: pytest.MonkeyPatch) -> None:
    told = judged(one, monkeypatch)
    assert (told.code, told.fails_first.value if told.fails_first else "") == (one.code, one.step)


@pytest.mark.parametrize("one", CALM)
def test_it_raises_no_alarm_about_what_is_well(one: Recorded, monkeypatch: pytest.MonkeyPatch) -> None:
    assert judged(one, monkeypatch).code == one.code


def test_each_rule_has_recorded_evidence() -> None:
    shown = {(one.code, one.step) for one in RECORDED} | set(SCRIPTED)
    assert [rule for rule in CATALOGUE if rule not in shown] == []
    assert [one for one in shown if one not in CATALOGUE] == []
    for (code, _), file in SCRIPTED.items():
        assert f'"{code}"' in Path(__file__).with_name(file).read_text(encoding="utf-8")


def test_each_rule_happens_in_the_lab_or_a_namespace_or_says_why_it_cannot() -> None:
    codes = {code for code, _ in CATALOGUE}
    assert codes - LIVE - set(ONLY_RECORDED) == set()
    assert set(ONLY_RECORDED) - (codes - LIVE) == set()
