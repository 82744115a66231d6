"""What the window remembers from one start to the next: theme, language, place, preferences; never needed."""

from pathlib import Path

from PySide6.QtCore import QByteArray, QSettings

from clearline.domain.keeping import LIMITS, Keeping
from clearline.host.policy import Policy
from clearline.host.texts import Language
from clearline.ui.viewmodels.theme import ThemeChoice


class WindowSettings:
    """Reads what fits and ignores what does not: the file may come from another version."""

    def __init__(self, folder: Path, policy: Policy | None = None) -> None:
        self._file = QSettings(str(folder / "window.ini"), QSettings.Format.IniFormat)
        self._policy = policy or Policy()

    def is_locked(self, name: str) -> bool:
        """Did the administrator fix this setting? Then it has the value of the policy, whatever is chosen here."""
        return self._policy.is_locked(name)

    def _value(self, name: str, usual: str) -> str:
        return str(self._policy.locked.get(name) or self._file.value(name, usual))

    @property
    def theme(self) -> ThemeChoice:
        """The theme that was chosen last."""
        try:
            return ThemeChoice(self._value("theme", ThemeChoice.SYSTEM.value))
        except ValueError:
            return ThemeChoice.SYSTEM

    @theme.setter
    def theme(self, choice: ThemeChoice) -> None:
        self._file.setValue("theme", choice.value)

    @property
    def language(self) -> Language | None:
        """The language that was chosen; None leaves it to the system."""
        value = self._value("language", "")
        return "fr" if value == "fr" else "en" if value == "en" else None

    @language.setter
    def language(self, language: Language) -> None:
        self._file.setValue("language", language)

    @property
    def keeping(self) -> Keeping:
        """How much of what is recorded is kept; everything where nothing, or nonsense, is set."""
        found = {}
        for name, (low, high) in LIMITS.items():
            try:
                value = float(str(self._file.value(f"keeping/{name}", 0.0)))
            except ValueError:
                continue
            if low <= value <= high:
                found[name] = value
        return Keeping(**found)

    @keeping.setter
    def keeping(self, keeping: Keeping) -> None:
        for name in LIMITS:
            self._file.setValue(f"keeping/{name}", getattr(keeping, name))

    @property
    def place(self) -> bytes:
        """Where the window was; empty the first time."""
        value = self._file.value("place")
        return bytes(value.data()) if isinstance(value, QByteArray) else b""

    @place.setter
    def place(self, state: bytes) -> None:
        self._file.setValue("place", QByteArray(state))

    @property
    def recent(self) -> list[str]:
        """Paths of sessions and plans opened lately, the latest first."""
        value = self._file.value("recent")
        return [one for one in value if isinstance(one, str)] if isinstance(value, list) else [value] if value else []

    @recent.setter
    def recent(self, paths: list[str]) -> None:
        self._file.setValue("recent", paths)

    def preference(self, name: str) -> str:
        """What was kept under this name; empty where nothing was."""
        return str(self._file.value(f"preferences/{name}", ""))

    def prefer(self, name: str, value: str) -> None:
        """Keep this under this name."""
        self._file.setValue(f"preferences/{name}", value)

    def write(self) -> None:
        """Put it on disk now."""
        self._file.sync()
