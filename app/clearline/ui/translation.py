"""The window's language: its own translations, Qt's, the catalogue and the locale change together, while running."""

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication, QEvent, QLibraryInfo, QLocale, QObject, QTranslator
from PySide6.QtWidgets import QApplication

from clearline.host import resources
from clearline.host.texts import Language
from clearline.ui.viewmodels.words import Words, locale_of

QT_LACKS = (
    QT_TRANSLATE_NOOP("QFileDialog", "&Look in:"),
    QT_TRANSLATE_NOOP("QFileDialog", "Files of &type:"),
    QT_TRANSLATE_NOOP("QAbstractFileIconProvider", "Folder"),
    QT_TRANSLATE_NOOP("QAbstractFileIconProvider", "Drive"),
)
"""Words of Qt's own file dialog that its French file leaves out: ours has them."""


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
        """Speak this language from now on. English is what the program is written in: its file holds plural forms."""
        locale = locale_of(language)
        QLocale.setDefault(locale)
        for translator in self._installed:
            QCoreApplication.removeTranslator(translator)
            translator.deleteLater()
        self._installed.clear()
        self._install(f"qtbase_{language}", QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath))
        self._install(f"clearline_{language}", self._own_folder())
        # Not before the translators: whoever is told here asks for words of both kinds at once.
        if language != self._words.texts.language:
            self._words.use(language)
        if isinstance(app := QCoreApplication.instance(), QApplication):
            # A widget keeps the locale it was made in; its children follow it.
            for window in app.topLevelWidgets():
                window.setLocale(locale)
            # Qt tells its widgets when a translator comes or goes; the catalogue changed even where none did.
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
