"""What `clearline profile` prints."""

import json
from pathlib import Path

import pytest

from clearline.cli.profile import profile_lines, profile_record, show_profiles
from clearline.domain.problem import InputError
from clearline.domain.profile import BUILT_IN, QUICK, STANDARD
from clearline.host.texts import Texts
from clearline.resilience.preview import preview

TEXTS = Texts("en")


def test_it_says_the_worst_case_and_shows_the_time_as_a_tree() -> None:
    lines = list(profile_lines(QUICK, TEXTS))
    assert lines[:2] == [
        "quick check",
        "Worst case 10 s before the user sees an error; 125 ms where all attempts fail at once.",
    ]
    assert [line.split()[0] for line in lines[2:4]] == ["whole", "attempt"]
    assert lines[3].index("attempt") == lines[2].index("whole") + 2


def test_every_line_has_words_in_both_languages() -> None:
    for profile in BUILT_IN:
        english, french = (list(profile_lines(profile, Texts(language))) for language in ("en", "fr"))
        assert len(english) == len(french) == len(profile_record(profile)["time_budget"]) + 2
        assert not any("time_budget." in line for line in (*english, *french))


def test_a_program_gets_the_same_figures() -> None:
    record = profile_record(STANDARD)
    assert record["worst_case_s"] == preview(STANDARD).worst_case_s
    assert record["time_budget"][0] == {"depth": 0, "what": "check", "number": None, "at_most_s": 30.0}


def test_it_shows_all_profiles_of_a_plan(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    plan = tmp_path / "plan.toml"
    plan.write_text('version = 1\n[[profile]]\nname = "mine"\n', encoding="utf-8")
    show_profiles(None, plan, TEXTS, is_json=True)
    names = [json.loads(line)["name"] for line in capsys.readouterr().out.splitlines()]
    assert "mine" in names
    assert set(names) >= {profile.name for profile in BUILT_IN}


def test_it_names_the_profiles_there_are_where_one_is_not() -> None:
    with pytest.raises(InputError) as caught:
        show_profiles("nix", None, TEXTS, is_json=False)
    assert "quick check" in caught.value.problems[0].values["known"]
