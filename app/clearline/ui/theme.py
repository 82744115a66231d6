"""Dresses the application in the theme in force: Fusion, its palette, the style sheet; again on each change."""

import re

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QFont, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication

from clearline.host import resources
from clearline.ui.viewmodels.preferences import Contrast, Preference, Preferences
from clearline.ui.viewmodels.theme import Theme

_TOKEN = re.compile(r"@([a-z_]+)")

_ROLES = {
    QPalette.ColorRole.Window: "window",
    QPalette.ColorRole.WindowText: "text",
    QPalette.ColorRole.Base: "field",
    QPalette.ColorRole.AlternateBase: "raised",
    QPalette.ColorRole.Text: "text",
    QPalette.ColorRole.PlaceholderText: "text_faint",
    QPalette.ColorRole.Button: "surface",
    QPalette.ColorRole.ButtonText: "text",
    QPalette.ColorRole.BrightText: "text_on_accent",
    QPalette.ColorRole.Highlight: "accent",
    QPalette.ColorRole.HighlightedText: "text_on_accent",
    QPalette.ColorRole.Link: "link",
    QPalette.ColorRole.LinkVisited: "link",
    QPalette.ColorRole.ToolTipBase: "tooltip",
    QPalette.ColorRole.ToolTipText: "text_on_tooltip",
    QPalette.ColorRole.Mid: "border",
    QPalette.ColorRole.Dark: "border_strong",
}


_EFFECTS = (
    Qt.UIEffect.UI_AnimateMenu,
    Qt.UIEffect.UI_FadeMenu,
    Qt.UIEffect.UI_AnimateCombo,
    Qt.UIEffect.UI_AnimateTooltip,
    Qt.UIEffect.UI_FadeTooltip,
)


def palette_of(theme: Theme) -> QPalette:
    """Every colour role that widgets without a style of their own draw with."""
    palette = QPalette()
    for role, token in _ROLES.items():
        palette.setColor(role, theme.color(token))
    for role in (QPalette.ColorRole.Text, QPalette.ColorRole.WindowText, QPalette.ColorRole.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, role, theme.color("text_faint"))
    return palette


def style_sheet(theme: Theme) -> str:
    """The window's style sheet in the theme's colours. Raises KeyError for a colour that no theme has."""
    sheet = resources.path("theme", "window.qss").read_text(encoding="utf-8")
    special = {"icons": resources.path("icons").as_posix(), "mode": "dark" if theme.is_dark else "light"}

    def value(match: re.Match[str]) -> str:
        return special[match[1]] if match[1] in special else theme.hex(match[1])

    return _TOKEN.sub(value, re.sub(r"/\*.*?\*/", "", sheet, flags=re.DOTALL))


class Wardrobe(QObject):
    """Keeps the application dressed, and tells the theme when the desktop turns dark, light or high in contrast."""

    def __init__(
        self, app: QApplication, theme: Theme, preferences: Preferences | None = None, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._app = app
        self._theme = theme
        self._preferences = preferences
        app.setStyle("Fusion")
        if QGuiApplication.platformName() == "offscreen":
            app.setFont(_offscreen_font())
        # Both are kept: the binding takes what hangs on the hints for deleted once nobody holds the hints themselves.
        self._hints = hints = QGuiApplication.styleHints()
        self._accessibility = hints.accessibility()
        hints.colorSchemeChanged.connect(self._scheme_changed)
        if preferences is not None:
            self._accessibility.contrastPreferenceChanged.connect(self.follow_preferences)
            preferences.changed.connect(self.follow_preferences)
            self.follow_preferences()
        theme.changed.connect(self.dress)
        self._scheme_changed(hints.colorScheme())
        self.dress()

    def dress(self) -> None:
        """Draw everything in the theme's colours."""
        self._app.setPalette(palette_of(self._theme))
        self._app.setStyleSheet(style_sheet(self._theme))

    def follow_preferences(self) -> None:
        """Contrast and effects as the person, or the desktop, wants them."""
        if self._preferences is None:
            return
        system = self._accessibility.contrastPreference()
        wanted = self._preferences.contrast
        is_high = system is Qt.ContrastPreference.HighContrast if wanted is Contrast.SYSTEM else wanted is Contrast.HIGH
        self._theme.strengthen(is_high)
        is_calm = self._preferences.is_on(Preference.REDUCED_MOTION)
        for effect in _EFFECTS:
            QApplication.setEffectEnabled(effect, not is_calm)

    def _scheme_changed(self, scheme: Qt.ColorScheme) -> None:
        self._theme.follow_system(scheme is Qt.ColorScheme.Dark)


def _offscreen_font() -> QFont:
    """Without a display there is no desktop to ask for a font: take one that is installed, at its usual size."""
    font = QFont()
    font.setFamilies(["DejaVu Sans", "Noto Sans", "Arial"])
    font.setPointSizeF(9.0)
    return font
