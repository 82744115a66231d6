"""The window's language: its own translations, Qt's, the catalogue and the locale change together, while running."""

from PySide6.QtCore import QCoreApplication, QEvent, QLibraryInfo, QLocale, QObject, QTranslator

from clearline.host import resources
from clearline.host.texts import Language
from clearline.ui.viewmodels.words import Words


class Translation(QObject):
    """Speaks one language at a time. Qt tells every widget (QEvent.LanguageChange), Words tells the view-models."""

    def __init__(self, words: Words, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._words = words
        self._installed: list[QTranslator] = []
        self.use(words.texts.language)

    @property
    def language(self) -> Language:
        """The language in force."""
        return self._words.texts.language

    def use(self, language: Language) -> None:
        """Speak this language from now on. English is what the program is written in and needs no file."""
        QLocale.setDefault(QLocale(language))
        # First the catalogue: widgets that are told by Qt ask it for words at once.
        if language != self._words.texts.language:
            self._words.use(language)
        for translator in self._installed:
            QCoreApplication.removeTranslator(translator)
        self._installed.clear()
        if language != "en":
            self._install(f"clearline_{language}", self._own_folder())
            self._install(f"qtbase_{language}", QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath))
        # Qt tells its widgets when a translator comes or goes; the catalogue changed even where none did.
        if (app := QCoreApplication.instance()) is not None:
            QCoreApplication.sendEvent(app, QEvent(QEvent.Type.LanguageChange))

    def _install(self, name: str, folder: str) -> None:
        translator = QTranslator(self)
        if folder and translator.load(name, folder):
            QCoreApplication.installTranslator(translator)
            self._installed.append(translator)

    def _own_folder(self) -> str:
        try:
            return str(resources.path("translations"))
        except resources.ResourceMissingError:
            # A checkout whose translations were not compiled yet speaks English, not nothing.
            return ""
