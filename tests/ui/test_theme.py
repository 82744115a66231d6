"""What dresses the application."""

import gc

import pytest
from PySide6.QtWidgets import QApplication

from clearline.ui.theme import Wardrobe
from clearline.ui.viewmodels.preferences import Contrast, Preference, Preferences
from clearline.ui.viewmodels.theme import Theme

pytestmark = pytest.mark.qt


def test_it_follows_each_change_of_a_preference(qapp: QApplication, theme: Theme) -> None:
    kept: dict[str, str] = {}
    preferences = Preferences(lambda name: kept.get(name, ""), kept.__setitem__)
    wardrobe = Wardrobe(qapp, theme, preferences)
    followed = list[str]()
    # What Qt's hints are reached by is collected in between.
    for contrast in (Contrast.HIGH, Contrast.NORMAL, Contrast.HIGH):
        gc.collect()
        preferences.contrast = contrast
        preferences.turn(Preference.REDUCED_MOTION, contrast is Contrast.HIGH)
        followed.append(theme.hex("text"))

    assert followed[0] == followed[2] != followed[1]
    preferences.contrast = Contrast.NORMAL
    preferences.turn(Preference.REDUCED_MOTION, False)
    wardrobe.deleteLater()
