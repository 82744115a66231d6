"""What an administrator fixed is seen, cannot be changed, and says why."""

from pathlib import Path

import pytest

from clearline.domain.problem import Problem
from clearline.host.policy import Policy
from clearline.ui.actions import Act
from clearline.ui.administrator import Administrator
from clearline.ui.main_window import MainWindow
from clearline.ui.settings import WindowSettings
from clearline.ui.viewmodels.theme import Theme, ThemeChoice
from clearline.ui.viewmodels.words import Words

pytestmark = pytest.mark.qt
FIXED = Policy(file="/etc/clearline/policy.toml", locked={"theme": "dark"})


def test_it_greys_what_is_fixed_and_says_why_in_the_language_in_force(theme: Theme, words: Words) -> None:
    window = MainWindow(theme, words)
    Administrator(FIXED, window.acts, words, window)
    for language, sentence in (("en", "Your administrator has fixed"), ("fr", "Votre administrateur a fixé")):
        words.use(language)
        for act in (Act.LIGHT, Act.DARK, Act.SYSTEM):
            assert not window.acts[act].isEnabled()
            assert sentence in window.acts[act].toolTip()
    assert window.acts[Act.FRENCH].isEnabled()
    window.deleteLater()


def test_a_fixed_setting_has_its_value_whatever_was_chosen(tmp_path: Path) -> None:
    settings = WindowSettings(tmp_path, FIXED)
    settings.theme = ThemeChoice.LIGHT
    settings.language = "fr"
    assert settings.theme is ThemeChoice.DARK
    assert settings.language == "fr"
    assert WindowSettings(tmp_path).theme is ThemeChoice.LIGHT


def test_it_says_what_in_the_policy_cannot_be_used(theme: Theme, words: Words) -> None:
    window = MainWindow(theme, words)
    broken = Policy(problems=(Problem("policy.unreadable", {"file": "/etc/x", "reason": "denied"}),))
    Administrator(broken, window.acts, words, window).begin(window.status)
    assert "/etc/x" in window.status._engine.toolTip() + window.status._engine.text()
    window.deleteLater()
