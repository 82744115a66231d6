"""Every sentence that the engine and the commands can say exists, in both languages."""

import re
from pathlib import Path

import pytest

import clearline
from clearline.host.texts import LANGUAGES, Language, catalogue, placeholders

ROOT = Path(clearline.__file__).parent
CODES = {
    code
    for part in ("cli", "engine", "bootstrap.py")
    for file in ([ROOT / part] if part.endswith(".py") else (ROOT / part).rglob("*.py"))
    for code in re.findall(r"[\"']((?:cli|engine)\.[a-z_]+)[\"']", file.read_text(encoding="utf-8"))
}


def test_it_found_the_codes() -> None:
    assert {"cli.no_target", "engine.gave_up"} <= CODES


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_has_a_sentence_for_each_code_and_none_too_many(language: Language) -> None:
    written = {code for code in catalogue(language).sentences if code.startswith(("cli.", "engine."))}
    assert written == CODES


@pytest.mark.parametrize("code", sorted(CODES))
def test_it_asks_for_the_same_values_in_both_languages(code: str) -> None:
    english, french = (catalogue(language).sentences[code] for language in LANGUAGES)
    assert placeholders(english) == placeholders(french)
