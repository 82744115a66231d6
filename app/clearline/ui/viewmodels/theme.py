"""The colours in force: tokens read from resources/theme/*.toml, by name; `changed` tells all who draw."""

import tomllib
from enum import StrEnum
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QColor

from clearline.host import resources


class ThemeChoice(StrEnum):
    """What the person asked for."""

    LIGHT = "light"
    DARK = "dark"
    SYSTEM = "system"


THEMES = ("light", "dark", "contrast-light", "contrast-dark")


class ThemeFile:
    """One theme as read from its TOML file: colours by token, and which text is written on which surface.

    A file that names a `base` beside it holds only the colours that differ from it.
    """

    def __init__(self, path: Path) -> None:
        content: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
        base = ThemeFile(path.with_name(f"{content['base']}.toml")) if "base" in content else None
        self.name: str = content["name"]
        self.is_dark: bool = content["is_dark"]
        self.colors: dict[str, str] = {**(base.colors if base else {}), **content["colors"]}
        self.pairs: dict[str, list[str]] = {**(base.pairs if base else {}), **content.get("pairs", {})}


class Theme(QObject):
    """The theme in force. Read colours when drawing, or again on `changed`; never keep them."""

    changed = Signal()

    def __init__(self, choice: ThemeChoice = ThemeChoice.SYSTEM, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._files = {name: ThemeFile(resources.path("theme", f"{name}.toml")) for name in THEMES}
        self._choice = choice
        self._is_system_dark = False
        self._has_high_contrast = False
        self._file = self._pick()
        self._cache: dict[str, QColor] = {}

    @property
    def choice(self) -> ThemeChoice:
        """What the person asked for."""
        return self._choice

    @property
    def name(self) -> str:
        """What is drawn now: one of THEMES."""
        return self._file.name

    @property
    def is_dark(self) -> bool:
        """Is light text drawn on dark ground now?"""
        return self._file.is_dark

    def color(self, token: str) -> QColor:
        """The colour of a token. Raises KeyError for a token no theme has."""
        found = self._cache.get(token)
        if found is None:
            found = self._cache[token] = QColor(self._file.colors[token])
        return found

    def hex(self, token: str) -> str:
        """The colour of a token as `#rrggbb`, for style sheets and rich text."""
        return self._file.colors[token]

    def faded(self, token: str, alpha: int) -> QColor:
        """A copy of a token's colour with this alpha, 0 to 255."""
        color = QColor(self.color(token))
        color.setAlpha(alpha)
        return color

    def choose(self, choice: ThemeChoice) -> None:
        """Draw in this theme from now on."""
        self._choice = choice
        self._refresh()

    def follow_system(self, is_dark: bool) -> None:
        """The desktop says whether it is dark; drawn so while the choice is SYSTEM."""
        self._is_system_dark = is_dark
        self._refresh()

    def strengthen(self, has_high_contrast: bool) -> None:
        """Draw with high contrast, or no more."""
        self._has_high_contrast = has_high_contrast
        self._refresh()

    def _pick(self) -> ThemeFile:
        is_system = self._choice is ThemeChoice.SYSTEM
        name = ("dark" if self._is_system_dark else "light") if is_system else self._choice.value
        return self._files[f"contrast-{name}" if self._has_high_contrast else name]

    def _refresh(self) -> None:
        file = self._pick()
        if file is not self._file:
            self._file = file
            self._cache.clear()
            self.changed.emit()


def contrast(first: QColor, second: QColor) -> float:
    """Contrast of two opaque colours, 1 to 21. Source: WCAG 2.2, 1.4.3."""
    lights = sorted((_luminance(first), _luminance(second)))
    return (lights[1] + 0.05) / (lights[0] + 0.05)


def _luminance(color: QColor) -> float:
    def linear(channel: float) -> float:
        return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4

    return 0.2126 * linear(color.redF()) + 0.7152 * linear(color.greenF()) + 0.0722 * linear(color.blueF())
