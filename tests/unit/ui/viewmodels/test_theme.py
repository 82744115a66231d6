"""Colours of both themes: readable, complete, told when they change."""

import pytest
from PySide6.QtGui import QColor

from clearline.host import resources
from clearline.ui.theme import style_sheet
from clearline.ui.viewmodels.status import Status
from clearline.ui.viewmodels.theme import THEMES, Theme, ThemeChoice, ThemeFile, contrast

READABLE = 4.5
STRONG = 7.0
"""WCAG 2.2, 1.4.6."""
NAMES = THEMES


def _file(name: str) -> ThemeFile:
    return ThemeFile(resources.path("theme", f"{name}.toml"))


@pytest.mark.parametrize("name", NAMES)
def test_it_writes_every_text_with_enough_contrast(name: str) -> None:
    file = _file(name)

    weak = {
        (text, ground): round(contrast(QColor(file.colors[text]), QColor(file.colors[ground])), 2)
        for text, grounds in file.pairs.items()
        for ground in grounds
        if contrast(QColor(file.colors[text]), QColor(file.colors[ground])) < READABLE
    }

    assert weak == {}


@pytest.mark.parametrize("name", NAMES)
def test_it_says_for_every_text_colour_what_it_is_written_on(name: str) -> None:
    file = _file(name)

    texts = {token for token in file.colors if token.startswith("text")} - {"text_on_up", "text_on_half_open"}

    assert texts - {"text_on_down"} <= set(file.pairs)


def test_it_has_the_same_colours_in_both_themes() -> None:
    assert _file("light").colors.keys() == _file("dark").colors.keys()


@pytest.mark.parametrize("name", NAMES)
def test_it_has_a_colour_for_every_state_and_its_word(name: str) -> None:
    colors = _file(name).colors

    assert {status.color_token for status in Status} | {status.text_token for status in Status} <= colors.keys()


def test_it_measures_contrast_as_wcag_does() -> None:
    assert contrast(QColor("#ffffff"), QColor("#000000")) == pytest.approx(21.0)
    assert contrast(QColor("#777777"), QColor("#ffffff")) == pytest.approx(4.48, abs=0.01)


def test_it_tells_once_when_another_theme_is_chosen() -> None:
    theme = Theme(ThemeChoice.LIGHT)
    heard: list[str] = []

    def hear() -> None:
        heard.append(theme.name)

    theme.changed.connect(hear)
    light = theme.hex("window")

    theme.choose(ThemeChoice.DARK)
    theme.choose(ThemeChoice.DARK)

    assert heard == ["dark"]
    assert theme.hex("window") != light


def test_it_follows_the_desktop_only_where_that_was_chosen() -> None:
    theme = Theme(ThemeChoice.SYSTEM)
    theme.follow_system(is_dark=True)
    assert theme.name == "dark"

    theme.choose(ThemeChoice.LIGHT)
    theme.follow_system(is_dark=True)

    assert theme.name == "light"


@pytest.mark.parametrize("choice", [ThemeChoice.LIGHT, ThemeChoice.DARK])
def test_it_fills_every_place_of_the_style_sheet(choice: ThemeChoice) -> None:
    sheet = style_sheet(Theme(choice))

    assert "@" not in sheet
    assert "chevron-down" in sheet


@pytest.mark.parametrize("name", ["contrast-light", "contrast-dark"])
def test_it_writes_with_strong_contrast_where_that_is_asked_for(name: str) -> None:
    file = _file(name)
    grounds = ("window", "surface", "raised", "field", "selection")
    texts = ("text", "text_muted", "text_up", "text_slow", "text_half_open", "text_down", "link")

    weak = {
        (text, ground): round(found, 2)
        for text in texts
        for ground in grounds
        if (found := contrast(QColor(file.colors[text]), QColor(file.colors[ground]))) < STRONG
    }

    assert weak == {}


@pytest.mark.parametrize("name", ["contrast-light", "contrast-dark"])
def test_it_draws_states_and_edges_so_that_they_can_be_told_from_the_ground(name: str) -> None:
    colors = _file(name).colors

    weak = [
        token
        for token in ("up", "slow", "half_open", "down", "paused", "border", "border_strong", "focus", "accent")
        if contrast(QColor(colors[token]), QColor(colors["surface"])) < READABLE
    ]

    assert weak == []


def test_it_strengthens_the_theme_that_was_chosen() -> None:
    theme = Theme(ThemeChoice.DARK)
    theme.strengthen(has_high_contrast=True)
    assert theme.name == "contrast-dark"

    theme.choose(ThemeChoice.LIGHT)
    assert theme.name == "contrast-light"
    theme.strengthen(has_high_contrast=False)

    assert theme.name == "light"
