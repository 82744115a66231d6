"""Words in both languages: complete, alike, well set; and how they are filled."""

import ast
import re
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from clearline.domain.event import BreakerState, Health, NetworkChange, Result
from clearline.domain.fault import KINDS, Layer, Whose
from clearline.domain.phase import Phase
from clearline.domain.problem import Problem
from clearline.domain.profile import LIMITS, STANDARD, replace_field, validate
from clearline.host import resources
from clearline.host.texts import (
    FAULTS_FILE,
    LANGUAGES,
    Language,
    Texts,
    catalogue,
    default_language,
    placeholders,
    read_catalogue,
)
from support.counting import counts_wrongly

APP = Path(__file__).resolve().parents[3] / "app" / "clearline"
NBSP = "\u00a0"
FAULT_FIELDS = {"title", "meaning", "causes", "action"}
LONGEST = {"title": 34, "meaning": 140, "cause": 90, "action": 155}
LONGEST_SENTENCE = 300
LONGEST_PARAGRAPH = 950
"""The help is read at leisure; anything else is met in the middle of work."""

# The codes that events give as reasons; domain/event.py lists them beside each field.
REASONS = {
    "gave_up": ("attempts", "not_retryable", "deadline", "breaker", "retry_after", "budget", "stopped"),
    "change": (
        "streak",
        "failure_ratio",
        "slow_ratio",
        "timer",
        "recovered",
        "probe_ok",
        "probe_failed",
        "manual",
        "policy",
        "forgotten",
    ),
    "adaptive": ("measured", "widened", "unreached", "too_few", "floor", "ceiling"),
    "budget": ("spent", "earned", "denied"),
    "fallback": ("fresh_cache", "stale_cache", "alternate", "default"),
    "fallback_mode": ("fail_fast", "fail_safe"),
    "missed": ("outstanding", *Health),
    "backoff": ("backoff", "retry_after", "breaker"),
}


# --- what the code asks for ---


@cache
def _calls() -> list[tuple[str, ast.Call]]:
    """Every call in the application with where it stands."""
    return [
        (f"{file.relative_to(APP).as_posix()}:{node.lineno}", node)
        for file in sorted(APP.rglob("*.py"))
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
    ]


def _called(call: ast.Call) -> str:
    return getattr(call.func, "id", "") or getattr(call.func, "attr", "")


def _literal(node: ast.expr | None) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def _argument(call: ast.Call, position: int, name: str) -> ast.expr | None:
    if len(call.args) > position:
        return call.args[position]
    return next((keyword.value for keyword in call.keywords if keyword.arg == name), None)


def _keys(node: ast.expr | None) -> set[str] | None:
    """The names in a literal dict; None where only running the code could tell."""
    if node is None:
        return set()
    if not isinstance(node, ast.Dict) or not all(_literal(key) for key in node.keys):
        return None
    return {str(_literal(key)) for key in node.keys}


def _problems() -> list[tuple[str, str, set[str] | None]]:
    """Place, code and names of values of each problem that the application can report."""
    found: list[tuple[str, str, set[str] | None]] = []
    for place, call in _calls():
        name, code = _called(call), _literal(_argument(call, 0, "code"))
        if code is None or name not in {"Problem", "CommandRefused", "_problem", "_pair"}:
            continue
        values: set[str] | None = None
        if name == "Problem":
            values = _keys(_argument(call, 1, "values"))
        elif name == "CommandRefused":
            values = _keys(_argument(call, 9, "values"))
        elif name == "_pair":
            values = {"value", "other"}
        elif place.startswith("domain/target.py"):
            values = {"typed", *(keyword.arg or "" for keyword in call.keywords)}
        found.append((place, code, values))
    return found


def _said() -> list[tuple[str, str, set[str] | None]]:
    """Place, code and names of values of each text that the application says by a literal code."""
    found: list[tuple[str, str, set[str] | None]] = []
    for place, call in _calls():
        code = _literal(_argument(call, 0, "code"))
        if isinstance(call.func, ast.Attribute) and call.func.attr == "say" and code:
            names = {keyword.arg for keyword in call.keywords}
            found.append((place, code, None if None in names else {str(name) for name in names}))
    return found


def _words() -> Iterator[str]:
    """The codes that a Texts builds from an enum or a reason."""
    for area, values in {"layer": Layer, "phase": Phase, "whose": Whose, "owner": Whose}.items():
        yield from (f"{area}.{value}" for value in values)
    for states in (BreakerState, Result, Health, ("up", "slow", "down", "paused", "unknown")):
        yield from (f"state.{state}" for state in states)
    yield from (f"{area}.{reason}" for area, reasons in REASONS.items() for reason in reasons)
    yield from (f"breaker.{state}" for state in BreakerState)
    yield from (f"field.{field}" for field in LIMITS)


def _all_texts(language: Language) -> Iterator[tuple[str, str]]:
    texts = catalogue(language)
    yield from texts.sentences.items()
    for kind, told in texts.faults.items():
        for field in ("title", "meaning", "action"):
            yield f"{kind} {field}", told[field]
        for number, cause in enumerate(told["causes"], 1):
            yield f"{kind} cause {number}", cause


# --- complete in both languages ---


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_tells_every_kind_of_fault_and_no_other(language: Language) -> None:
    told = set(catalogue(language).faults)
    missing, unknown = sorted(set(KINDS) - told), sorted(told - set(KINDS))
    assert not missing, f"Write these kinds in resources/text/{language}/faults.toml: {missing}"
    assert not unknown, f"resources/text/{language}/faults.toml tells kinds that domain/fault.py lacks: {unknown}"


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_tells_each_fault_in_the_same_four_fields(language: Language) -> None:
    assert {kind: set(told) for kind, told in catalogue(language).faults.items() if set(told) != FAULT_FIELDS} == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_has_a_sentence_for_every_problem_the_application_reports(language: Language) -> None:
    known = catalogue(language).sentences
    missing = sorted({f"{code} ({place})" for place, code, _ in _problems() if code not in known})
    assert not missing, f"Write these codes in a file of resources/text/{language}: {missing}"


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_has_a_text_for_every_code_the_application_says(language: Language) -> None:
    known = catalogue(language).sentences
    missing = sorted({f"{code} ({place})" for place, code, _ in _said() if code not in known})
    assert not missing, f"Write these codes in a file of resources/text/{language}: {missing}"


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_has_a_word_for_every_state_and_reason(language: Language) -> None:
    assert [code for code in _words() if code not in catalogue(language).sentences] == []


def test_it_looks_through_code_that_really_reports_problems() -> None:
    codes = {code for _, code, _ in _problems()}
    assert {"address.empty", "address.scheme", "profile.cap_below_base", "plan.too_many"} <= codes


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_defines_no_code_twice(language: Language) -> None:
    assert catalogue(language).doubled == (), "Two files of the language define the same code: keep one of them."


# --- alike in both languages ---


def test_it_knows_the_same_codes_in_both_languages() -> None:
    english, french = set(catalogue("en").sentences), set(catalogue("fr").sentences)
    assert english == french, f"Only English: {sorted(english - french)}. Only French: {sorted(french - english)}."


def test_it_wants_the_same_values_in_both_languages() -> None:
    english, french = catalogue("en").sentences, catalogue("fr").sentences
    unlike = [code for code in english if placeholders(english[code]) != placeholders(french.get(code, ""))]
    assert not unlike, f"The placeholders of these codes differ between English and French: {unlike}"


def test_it_names_as_many_causes_in_both_languages() -> None:
    english, french = catalogue("en").faults, catalogue("fr").faults
    assert [kind for kind in english if len(english[kind]["causes"]) != len(french[kind]["causes"])] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_wants_only_values_that_the_code_gives(language: Language) -> None:
    sentences = catalogue(language).sentences
    wrong = [
        f"{place}: {code} gets {sorted(given)}, its {language} text wants {sorted(placeholders(sentences[code]))}"
        for place, code, given in [*_problems(), *_said()]
        if given is not None and code in sentences and not placeholders(sentences[code]) <= given | {"field"}
    ]
    assert not wrong, "\n".join(wrong)


# --- well set ---


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_stays_short_enough_for_its_place(language: Language) -> None:
    limits = [
        (code, text, LONGEST_PARAGRAPH if code.startswith("help.") else LONGEST_SENTENCE)
        for code, text in catalogue(language).sentences.items()
    ]
    for kind, told in catalogue(language).faults.items():
        limits += [(f"{kind} {field}", told[field], LONGEST[field]) for field in ("title", "meaning", "action")]
        limits += [(f"{kind} cause", cause, LONGEST["cause"]) for cause in told["causes"]]
    assert [f"{code}: {len(text)} > {limit}" for code, text, limit in limits if not 0 < len(text) <= limit] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_titles_a_fault_in_two_to_five_words_without_a_full_stop(language: Language) -> None:
    titles = {kind: told["title"] for kind, told in catalogue(language).faults.items()}
    assert [
        title
        for title in titles.values()
        if not 2 <= len(title.split()) <= 5 or title.endswith(".") or not title[0].isupper()
    ] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_gives_no_two_faults_the_same_title(language: Language) -> None:
    titles = [told["title"] for told in catalogue(language).faults.values()]
    assert sorted({title for title in titles if titles.count(title) > 1}) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_names_two_to_four_causes_as_phrases(language: Language) -> None:
    faults = catalogue(language).faults
    assert [
        kind
        for kind, told in faults.items()
        if not 2 <= len(told["causes"]) <= 4 or any(cause[-1] in ".;," for cause in told["causes"])
    ] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_ends_every_sentence_with_a_full_stop(language: Language) -> None:
    texts = catalogue(language)
    sentences = {
        f"{kind} {field}": told[field] for kind, told in texts.faults.items() for field in ("meaning", "action")
    }
    owned = tomllib.loads(resources.path("text", language, "input.toml").read_text(encoding="utf-8"))
    codes = {f"{area}.{name}" for area, group in owned.items() for name in group} | {code for _, code, _ in _problems()}
    sentences |= {code: texts.sentences[code] for code in codes if code in texts.sentences}
    assert [code for code, sentence in sentences.items() if not sentence.endswith(".")] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_tells_a_meaning_in_one_sentence(language: Language) -> None:
    faults = catalogue(language).faults
    assert [kind for kind, told in faults.items() if re.search(r"\.\s", told["meaning"])] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_never_shouts(language: Language) -> None:
    assert [code for code, text in _all_texts(language) if "!" in text] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_sets_apostrophes_and_quotes_as_print_does(language: Language) -> None:
    straight = [code for code, text in _all_texts(language) if re.search(r"\w'\w", text)]
    assert not straight, f"Write ’ instead of ' in: {straight}"


def test_it_sets_french_signs_behind_a_space_that_does_not_break() -> None:
    # A sign counts where a text goes on or ends behind it: not in a URL, a port or a time of day.
    bare = re.compile(r"(?<![\u00a0\u202f])[:;?!](?=[\s\u00a0]|$)|«(?![\u00a0\u202f])|(?<![\u00a0\u202f])»")
    wrong = [code for code, text in _all_texts("fr") if bare.search(text)]
    assert not wrong, f"French wants a space before : ; ? ! » and after « in: {wrong}"


# --- counted ---

# Values that are never one: limits, sizes, a kind, and counts for which another text is said where there is one.
NEVER_ONE = {
    "adaptive.floor",
    "adaptive.measured",
    "adaptive.unreached",
    "compare.all",
    "compare.shared.kind",
    "engine.gave_up",
    "note.smaller_packets",
    "path.mtu",
    "path.mtu_told",
    "plan.too_many",
    "report.head_all",
    "report.head_layer",
    "report.head_some",
    "report.out.phase",
    "report.say.outages",
    "report.ticket",
    "whatif.too_many",
}
# Values that are names or places, not numbers of things.
NO_NUMBERS = {
    "adapter",
    "address",
    "field",
    "file",
    "gateway",
    "host",
    "name",
    "offender",
    "port",
    "probe",
    "proxy",
    "router",
    "script",
    "server",
    "up_host",
    "where",
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_never_counts_one_of_several(language: Language) -> None:
    """`1 targets` wants `{count} {count|target|targets}`."""
    texts, wrong = Texts(language), []
    for code, sentence in catalogue(language).sentences.items():
        for name in _numbers(code, sentence):
            said = texts.say(code, **{each: "1" if each == name else "…" for each in placeholders(sentence)})
            wrong += [f"{code} ({name}): {said}"] if counts_wrongly(said, language) else []
    assert not wrong, "\n".join(wrong)


def _numbers(code: str, sentence: str) -> set[str]:
    """The values of a sentence that may be one of something: not those with a unit, `idle_s`."""
    if code in NEVER_ONE or code.startswith("together."):
        # Only two targets or more fail together.
        return set()
    return {name for name in placeholders(sentence) - NO_NUMBERS if not name.endswith(("_s", "_ms", "_mb", "_mbit"))}


@pytest.mark.parametrize(
    ("language", "count", "said"),
    [
        ("en", 0, "0 targets. Profiles: …."),
        ("en", 1, "1 target. Profiles: …."),
        ("en", 2, "2 targets. Profiles: …."),
    ],
)
def test_it_puts_words_in_the_form_that_goes_with_their_number(language: Language, count: int, said: str) -> None:
    assert Texts(language).say("plan_command.sum", targets=count, profiles="…") == said


@pytest.mark.parametrize(
    ("rate", "said"), [(0.0, "0,0 vérification"), (1.5, "1,5 vérification"), (2.0, "2,0 vérifications")]
)
def test_it_takes_all_below_two_for_one_in_french(rate: float, said: str) -> None:
    texts = Texts("fr")
    assert texts.say("cli.status", rate=texts.number(rate, 1), lag="…").startswith(said)


@pytest.mark.parametrize(
    ("language", "ones", "twos"),
    [
        ("en", "1 up, 1 slow, 1 down, 1 half-open, 1 paused", "2 up, 2 slow, 2 down, 2 half-open, 2 paused"),
        (
            "fr",
            "1 en service, 1 lente, 1 en panne, 1 semi-ouvert, 1 en pause",
            "2 en service, 2 lentes, 2 en panne, 2 semi-ouverts, 2 en pause",
        ),
    ],
)
def test_it_counts_targets_by_their_state(language: Language, ones: str, twos: str) -> None:
    states = ("up", "slow", "down", "half_open", "paused")
    told = [", ".join(Texts(language).states(state, count) for state in states) for count in (1, 2)]
    assert told == [ones, twos]


# --- filled and found ---


def test_it_fills_a_sentence_with_its_values() -> None:
    assert Texts("en").say("breaker.half_open", successes=1, needed=2) == "Half-open: testing recovery, 1 of 2."


def test_it_leaves_a_port_ungrouped_and_writes_a_fraction_in_french() -> None:
    assert Texts("fr").say("nobody.wrote_this", port=54321, share=0.25) == "nobody.wrote_this (port=54321, share=0,25)"


def test_it_shows_code_and_values_where_there_is_no_sentence() -> None:
    assert Texts("fr").say("nobody.wrote_this", typed="x", count=2) == "nobody.wrote_this (typed=x, count=2)"


def test_it_survives_a_value_that_was_not_given() -> None:
    assert Texts("en").say("breaker.open") == "Open: nothing is sent; next try in ?."


def test_it_takes_braces_in_a_value_as_they_are() -> None:
    said = Texts("en").say("address.port", typed="{0.__class__}{typed}")
    assert said.startswith("“{0.__class__}{typed}” has no valid port.")


def test_it_names_the_control_and_the_unit_of_a_profile_problem() -> None:
    (problem,) = validate(replace_field(STANDARD, "retry.factor", 0.5))
    assert Texts("en").problem(problem) == (
        "0.5 × is out of range for “growth of the pauses”. Choose a value from 1 × to 10 ×."
    )


def test_it_writes_the_numbers_of_a_problem_in_french() -> None:
    problem = Problem("profile.cap_below_base", {"value": "0.25", "other": "12000"}, "retry.cap_s")
    assert "(0,25\u00a0s)" in Texts("fr").problem(problem)
    assert "(12\u202f000\u00a0s)" in Texts("fr").problem(problem)


def test_it_finds_the_control_behind_the_name_of_a_profile() -> None:
    assert Texts("en").field("profiles.v1.2 slow.timeouts.total_s") == "total limit"


def test_it_tells_an_unknown_status_as_an_http_error() -> None:
    assert Texts("en").fault("http.error.418").title == "HTTP error"


@pytest.mark.parametrize("kind", ["", "dns", "weird.thing", "unknown"])
def test_it_tells_a_kind_it_has_never_heard_of_as_unknown(kind: str) -> None:
    assert Texts("fr").fault(kind).title == "Panne inconnue"


def test_it_says_where_a_fault_is_mended_and_whom_to_call() -> None:
    told = Texts("fr").fault("tcp.refused")
    assert (told.whose, told.owner) == ("le serveur", "le responsable du serveur")


def test_it_has_words_for_layers_phases_and_states() -> None:
    texts = Texts("en")
    words = (texts.layer(Layer.NAME), texts.phase(Phase.WAIT), texts.whose(Whose.LAN), texts.state(BreakerState.OPEN))
    assert words == ("name lookup", "wait", "your network", "open")


def test_it_reports_a_code_that_two_files_define(tmp_path: Path) -> None:
    (tmp_path / FAULTS_FILE).touch()
    (tmp_path / "a.toml").write_text('"plan.interval" = "first"', encoding="utf-8")
    (tmp_path / "b.toml").write_text('[plan]\ninterval = "second"', encoding="utf-8")
    merged = read_catalogue(tmp_path)
    assert merged.doubled == ("plan.interval",)
    assert merged.sentences["plan.interval"] == "first"


def test_it_sets_the_spaces_of_french_itself(tmp_path: Path) -> None:
    (tmp_path / FAULTS_FILE).touch()
    (tmp_path / "a.toml").write_text('"a" = "« {typed} » : écrivez tcp://a:1 ; encore ?"', encoding="utf-8")
    french = "«\u00a0{typed}\u00a0»\u00a0: écrivez tcp://a:1\u00a0; encore\u00a0?"
    assert read_catalogue(tmp_path, "fr").sentences["a"] == french


# --- figures ---


@pytest.mark.parametrize(
    ("seconds", "english"),
    [
        (0, "0 s"),
        (0.00003, "0.03 ms"),
        (0.0042, "4.2 ms"),
        (0.48, "480 ms"),
        (0.9996, "1 s"),
        (1.2, "1.2 s"),
        (9.96, "10 s"),
        (23.4, "23 s"),
        (59.7, "1 min"),
        (130, "2 min 10 s"),
        (3600, "1 h"),
        (3900, "1 h 5 min"),
        (97_200, "1 d 3 h"),
        (-1.5, "−1.5 s"),
        (float("inf"), "–"),
    ],
)
def test_it_writes_a_duration_at_a_glance(seconds: float, english: str) -> None:
    assert Texts("en").duration(seconds) == english


@pytest.mark.parametrize(
    ("seconds", "french"), [(1.2, "1,2 s"), (0.48, "480 ms"), (130, "2 min 10 s"), (97_200, "1 j 3 h")]
)
def test_it_writes_a_duration_in_french(seconds: float, french: str) -> None:
    assert Texts("fr").duration(seconds) == french.replace(" ", NBSP)


@pytest.mark.parametrize(
    ("share", "english", "french"),
    [
        (0.0, "0%", "0 %"),
        (0.0002, "<0.1%", "< 0,1 %"),
        (0.0123, "1.2%", "1,2 %"),
        (0.5, "50%", "50 %"),
        (0.9912, "99.1%", "99,1 %"),
        (0.9999, ">99.9%", "> 99,9 %"),
        (1.0, "100%", "100 %"),
    ],
)
def test_it_never_rounds_a_share_to_none_or_all(share: float, english: str, french: str) -> None:
    assert Texts("en").percent(share) == english
    assert Texts("fr").percent(share) == french.replace(" ", NBSP)


@pytest.mark.parametrize(
    ("value", "digits", "english", "french"),
    [(1234, 0, "1234", "1234"), (12345.678, 1, "12,345.7", "12\u202f345,7"), (-0.04, 1, "0.0", "0,0")],
)
def test_it_groups_thousands_as_the_language_does(value: float, digits: int, english: str, french: str) -> None:
    assert (Texts("en").number(value, digits), Texts("fr").number(value, digits)) == (english, french)


@pytest.mark.parametrize(
    ("environ", "language"),
    [
        ({}, "en"),
        ({"LANG": "fr_CA.UTF-8"}, "fr"),
        ({"LANG": "fr"}, "fr"),
        ({"LANG": "fr_FR.UTF-8", "LC_ALL": "C"}, "en"),
        ({"LANG": "en_GB.UTF-8", "LC_ALL": "fr_FR"}, "fr"),
        ({"LANG": "de_DE.UTF-8"}, "en"),
        ({"LANG": "fry_NL"}, "en"),
        ({"LANG": "fr_FR", "LC_ALL": ""}, "fr"),
    ],
)
def test_it_takes_the_language_from_the_environment(environ: dict[str, str], language: str) -> None:
    assert default_language(environ) == language


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("what", ["adapter", "vpn", "addresses", "mtu", "gateway", "name_servers", "proxies"])
def test_it_tells_every_change_of_this_computers_network(language: Language, what: str) -> None:
    told = Texts(language).network([NetworkChange(what, "eth0", "", "192.0.2.5")])

    assert "–" in told
    assert "192.0.2.5" in told
    assert "network." not in told


def test_a_colon_has_a_space_before_it_in_french_alone() -> None:
    assert Texts("en").pair("connection", "refused") == "connection: refused"
    assert Texts("fr").pair("connexion", "refusée") == "connexion\u00a0: refusée"
