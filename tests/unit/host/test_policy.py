"""What an administrator has fixed: read whole, or at its strictest."""

import sys
from pathlib import Path

import pytest

from clearline.host import policy as policies
from clearline.host.policy import Branding, Policy, read
from clearline.host.texts import LANGUAGES, Texts

WHOLE = """
version = 1
[locked]
theme = "dark"
language = "fr"
[outside]
allowed = ["Intranet.example"]
[plan]
default = "office.toml"
[report]
organisation = "Example Ltd"
contact = "support@example.com"
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "policy.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_it_reads_everything(tmp_path: Path) -> None:
    found = read(written(tmp_path, WHOLE))
    assert found == Policy(
        file=str(tmp_path / "policy.toml"),
        locked={"theme": "dark", "language": "fr"},
        outside_hosts=("intranet.example",),
        default_plan=str(tmp_path / "office.toml"),
        branding=Branding("Example Ltd", "support@example.com"),
    )
    assert found.is_locked("theme")
    assert found.may_contact("INTRANET.example")
    assert not found.may_contact("example.com")


def test_there_is_none_where_there_is_no_file(tmp_path: Path) -> None:
    assert read(tmp_path / "policy.toml") is None
    assert Policy().may_contact("example.com")
    assert not Policy().is_locked("theme")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("[locked", "policy.not_understood"),
        ("[outside]\nallowd = []", "policy.not_understood"),
        ("[outside]\nallowed = 'all'", "policy.not_understood"),
        ("version = 2", "policy.newer"),
        ("# " + "x" * policies.LARGEST_BYTES, "policy.too_large"),
    ],
)
def test_what_is_not_understood_is_told_and_allows_nothing_outside(tmp_path: Path, text: str, code: str) -> None:
    found = read(written(tmp_path, text))
    assert found is not None
    assert [problem.code for problem in found.problems] == [code]
    assert not found.may_contact("example.com")
    assert all(str(tmp_path) in Texts(language).problem(found.problems[0]) for language in LANGUAGES)


def test_a_folder_in_its_place_is_told(tmp_path: Path) -> None:
    found = read(tmp_path)
    assert found is not None
    assert [problem.code for problem in found.problems] == ["policy.unreadable"]


def test_settings_that_cannot_be_fixed_are_named_and_the_others_hold(tmp_path: Path) -> None:
    found = read(written(tmp_path, "[locked]\ntheme = 'pink'\ncolour = 'red'\nlanguage = 'en'"))
    assert found is not None
    assert found.locked == {"language": "en"}
    assert {problem.code for problem in found.problems} == {"policy.wrong_value", "policy.unknown_setting"}
    assert found.may_contact("example.com")


@pytest.mark.parametrize("system", ["linux", "darwin", "win32"])
def test_the_place_of_the_system_counts_before_that_of_a_portable_build(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, system: str
) -> None:
    monkeypatch.setattr("sys.frozen", True, raising=False)
    monkeypatch.setattr("sys.executable", str(tmp_path / "clearline"))
    monkeypatch.setattr(sys, "platform", system)
    first, second = policies.places()
    assert second == tmp_path / "policy.toml"
    assert first.name == "policy.toml"
    assert "learline" in str(first.parent)


def test_the_first_file_found_is_in_force(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "own").mkdir()
    path = written(tmp_path / "own", "[plan]\ndefault = 'x.toml'")
    monkeypatch.setattr(policies, "places", lambda: (tmp_path / "policy.toml", path))
    assert policies.policy.__wrapped__().file == str(path)
