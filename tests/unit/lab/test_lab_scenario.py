"""Reading scenarios, and what is said of bad ones."""

import re
from pathlib import Path

import pytest

from clearline.domain.problem import InputError
from clearline.domain.profile import FallbackMode
from clearline.lab import scenario
from clearline.lab.scenario_records import Scenario, in_language, timeline_of

GOOD = """
title = "One"
lesson.en = "Look."
[[targets]]
id = "it"
name = "It"
server = { kind = "http" }
"""


def codes(text: str) -> set[tuple[str, str]]:
    with pytest.raises(InputError) as caught:
        scenario.read(text, "bad")
    return {(problem.code, problem.field) for problem in caught.value.problems}


def test_it_lists_the_scenarios_that_come_along() -> None:
    assert {"flapping", "many", "quiet", "tour"} <= set(scenario.names())


@pytest.mark.parametrize("name", scenario.names())
def test_it_reads_every_scenario_that_comes_along(name: str) -> None:
    loaded = scenario.load(name)
    assert loaded.name == name


@pytest.mark.parametrize("name", scenario.names())
def test_every_scenario_teaches_in_english_and_french(name: str) -> None:
    loaded = scenario.load(name)
    for language in ("en", "fr"):
        assert loaded.lesson[language].strip()
        assert isinstance(loaded.title, dict)
        assert loaded.title[language]
    assert loaded.lesson["en"] != loaded.lesson["fr"]


@pytest.mark.parametrize("name", scenario.names())
def test_a_french_lesson_never_breaks_before_its_signs(name: str) -> None:
    assert not re.search(r" [:;?!»]|« ", scenario.load(name).lesson["fr"])


@pytest.mark.parametrize("name", sorted({*scenario.names()} - {"many", "quiet", "tour"}))
def test_the_lesson_of_a_case_says_what_one_would_say_on_the_phone(name: str) -> None:
    lesson = scenario.load(name).lesson
    assert "On the phone you would say: “" in lesson["en"]
    assert "Au téléphone, vous diriez" in lesson["fr"].replace("\u00a0", " ")


def test_it_reads_a_file(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text(GOOD)
    assert scenario.load(file).name == "mine"


def test_it_says_which_scenarios_there_are() -> None:
    with pytest.raises(InputError) as caught:
        scenario.load("tuor")
    (problem,) = caught.value.problems
    assert problem.code == "lab.unknown"
    assert "tour" in problem.values["known"]


def test_it_says_why_a_file_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        scenario.load(tmp_path / "absent.toml")
    assert caught.value.problems[0].code == "lab.unreadable"


def test_it_refuses_a_file_far_too_large(tmp_path: Path) -> None:
    file = tmp_path / "huge.toml"
    file.write_text("#" * 1_000_001)
    with pytest.raises(InputError) as caught:
        scenario.load(file)
    assert caught.value.problems[0].code == "lab.too_large"


def test_it_sets_the_size_of_crowds() -> None:
    loaded = scenario.load("many", count=25)
    assert loaded.crowds[0].count == 25


def test_profiles_change_switches_and_choices_too() -> None:
    change = '{ "reuse.is_on" = true, "fallback.mode" = "fail_safe", "retry.attempts" = 4 }'
    read = scenario.read(GOOD + f'[[profiles]]\nname = "mine"\nchange = {change}', "it")
    (mine,) = [profile for profile in read.profiles if profile.name == "mine"]
    assert (mine.reuse.is_on, mine.fallback.mode, mine.retry.attempts) == (True, FallbackMode.SAFE, 4)


def test_profiles_change_what_they_are_based_on() -> None:
    practice = next(profile for profile in scenario.load("tour").profiles if profile.name == "practice")
    assert practice.breaker.streak == 5
    assert practice.breaker.open_s == 12
    assert isinstance(practice.retry.attempts, int)


def test_a_missing_language_falls_back_to_english() -> None:
    assert in_language({"en": "Printer", "fr": "Imprimante"}, "fr") == "Imprimante"
    assert in_language({"en": "Printer"}, "fr") == "Printer"
    assert in_language("Wiki", "fr") == "Wiki"


def test_seed_and_target_decide_the_timeline() -> None:
    (printer,) = scenario.load("flapping").targets
    assert timeline_of(printer, 1).stretches(300) == timeline_of(printer, 1).stretches(300)
    assert timeline_of(printer, 1).stretches(300) != timeline_of(printer, 2).stretches(300)


BAD = {
    "no table": ("a = [", {("lab.not_toml", "")}),
    "no lesson": ('title = "x"', {("lab.missing_key", "")}),
    "no targets": ('title = "x"\nlesson.en = "x"', {("lab.no_targets", "targets")}),
    "key of a target": (GOOD + "colour = 3", {("lab.unknown_key", "targets.it"), ("lab.no_targets", "targets")}),
    "type": (
        GOOD + 'interval_s = "fast"',
        {("lab.wrong_type", "targets.it.interval_s"), ("lab.no_targets", "targets")},
    ),
    "kind of server": (
        GOOD.replace('"http"', '"gopher"'),
        {("lab.wrong_value", "targets.it.server.kind"), ("lab.no_targets", "targets")},
    ),
    "path": (GOOD + 'path = "/a b"', {("address.space", "targets.it")}),
    "pace": (GOOD + "interval_s = 0.01", {("lab.range", "targets.it.interval_s")}),
    "id": (GOOD.replace('"it"', '"Not It"'), {("lab.bad_id", "targets.Not It")}),
    "profile": (GOOD + 'profile = "none"', {("lab.no_profile", "targets.it")}),
    "fault": (GOOD + 'fault = { kind = "gremlin" }', {("lab.no_fault", "targets.it.fault")}),
    "fault of another server": (
        GOOD + 'fault = { kind = "nxdomain" }',
        {("lab.fault_does_not_fit", "targets.it.fault")},
    ),
    "option of another fault": (
        GOOD + 'fault = { kind = "refused", status = 503 }',
        {("lab.unknown_key", "targets.it.fault")},
    ),
    "value of an option": (
        GOOD + 'fault = { kind = "status", status = 99 }',
        {("lab.range", "targets.it.fault.status")},
    ),
    "times backwards": (
        GOOD + 'timeline = { faults = [{ from_s = 9, to_s = 4, fault = { kind = "refused" } }] }',
        {("lab.bad_times", "targets.it.timeline.1")},
    ),
    "repeat": (
        GOOD + 'timeline = { repeat_s = 3, faults = [{ from_s = 1, to_s = 4, fault = { kind = "refused" } }] }',
        {("lab.repeat_too_short", "targets.it.timeline")},
    ),
    "record": (
        GOOD.replace('kind = "http"', 'kind = "dns", ask = "a.example", records = { "a.example" = ["A ten"] }'),
        {("lab.bad_record", "targets.it.server.records")},
    ),
    "latency": (
        GOOD.replace('kind = "http"', 'kind = "http", latency = { median_ms = -4 }'),
        {("lab.range", "targets.it.server.latency.median_ms")},
    ),
    "base of a profile": (
        GOOD + '[[profiles]]\nname = "mine"\nbased_on = "yours"',
        {("lab.no_profile", "profiles.mine")},
    ),
    "field of a profile": (
        GOOD + '[[profiles]]\nname = "mine"\nchange = { "breaker.colour" = 3 }',
        {("lab.unknown_key", "profiles.mine")},
    ),
    "value in a profile": (
        GOOD + '[[profiles]]\nname = "mine"\nchange = { "breaker.open_s" = -3 }',
        {("profile.range", "profiles.mine.breaker.open_s")},
    ),
    "way": (GOOD + 'through = "nobody"', {("lab.no_proxy", "targets.it")}),
    "empty crowd": (GOOD + '[[crowds]]\nid = "c"\nname = "C"\nservers = []', {("lab.no_servers", "crowds.c")}),
    "crowd too large": (
        GOOD + '[[crowds]]\nid = "c"\nname = "C"\ncount = 9999\nservers = [{ kind = "tcp" }]',
        {("lab.range", "crowds.c.count")},
    ),
}


@pytest.mark.parametrize(("text", "expected"), BAD.values(), ids=BAD.keys())
def test_it_says_what_is_wrong_and_where(text: str, expected: set[tuple[str, str]]) -> None:
    assert codes(text) == expected


def test_it_names_every_problem_at_once() -> None:
    text = GOOD + 'interval_s = 0\nprofile = "none"\nfault = { kind = "gremlin" }\n' + GOOD[GOOD.index("[[") :]
    assert {code for code, _ in codes(text)} == {"lab.range", "lab.no_profile", "lab.no_fault", "lab.duplicate_id"}


def test_the_good_one_is_good() -> None:
    loaded = scenario.read(GOOD, "good")
    assert isinstance(loaded, Scenario)
