"""The window in two languages: nothing untranslated, nothing out of date, nothing cut, all changed at once."""

import asyncio
import re
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest
import qasync
from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QAction, QFontMetrics
from PySide6.QtWidgets import QAbstractButton, QApplication, QComboBox, QLabel, QLineEdit, QMenu, QSpinBox, QWidget

from clearline.domain.fault import KINDS, Layer
from clearline.host.texts import LANGUAGES, Language
from clearline.resilience.supervisor import Supervisor
from clearline.ui.main_window import SMALLEST, MainWindow
from clearline.ui.paste_dialog import PasteDialog
from clearline.ui.report_dialog import ReportDialog
from clearline.ui.several_dialog import SeveralDialog
from clearline.ui.stages import Stages
from clearline.ui.target_dialog import TargetDialog
from clearline.ui.theme import Wardrobe
from clearline.ui.translation import Translation
from clearline.ui.viewmodels.help import HelpModel
from clearline.ui.viewmodels.library import LibraryModel
from clearline.ui.viewmodels.log import LogModel
from clearline.ui.viewmodels.preferences import Preferences
from clearline.ui.viewmodels.profile import NumberSpec
from clearline.ui.viewmodels.theme import Theme
from clearline.ui.viewmodels.words import Words
from clearline.ui.widgets.desk import Desk
from clearline.ui.widgets.elided_label import ElidedLabel
from clearline.ui.widgets.help_view import HelpView
from clearline.ui.widgets.library_view import LibraryView
from clearline.ui.widgets.log_view import LogView
from clearline.ui.widgets.number_field import NumberBox
from clearline.ui.widgets.settings_view import SettingsView
from clearline.ui.widgets.target_delegate import row_columns
from support.counting import counts_wrongly
from support.window_events import INTRANET, PLAN, PRINTER, SHOP, SilentEngine, failure, started, success

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "resources" / "translations"
CATALOGUES = ("clearline_fr", "clearline_en")
PLACES = re.compile(r"\{\w+\}|%L?n")
NBSP = "\u00a0"
NEVER_ONE = (
    "clients",
    "connections to the target rest",
    "Edit {count} targets",
    "Go on editing {count} targets",
    "Needs {count} successful checks",
    "Remove the {count} selected targets",
    "Up to {count} targets of your own",
    "{name} needs {needed} successes",
    "{loss} of the latest checks",
)
"""Parts of strings whose number is a limit, a share, or never below two."""
SHORTENED = {"Disj."}
"""Their full stop stands for letters left out."""


@dataclass(frozen=True)
class Message:
    """One string of the window, with its forms in another language."""

    context: str
    source: str
    forms: tuple[str, ...]
    is_finished: bool

    @property
    def key(self) -> tuple[str, str]:
        return self.context, self.source


def _messages(path: Path) -> list[Message]:
    # Written by lupdate from our own sources: nothing foreign is parsed.
    found = []
    for context in ET.parse(path).getroot().iter("context"):
        for message in context.iter("message"):
            translation = message.find("translation")
            assert translation is not None
            forms = [form.text or "" for form in translation.iter("numerusform")] or [translation.text or ""]
            found.append(
                Message(
                    context.findtext("name", ""),
                    message.findtext("source", ""),
                    tuple(forms),
                    translation.get("type") is None,
                )
            )
    return found


def _tool(name: str) -> str:
    found = shutil.which(name, path=str(Path(sys.executable).parent))
    assert found, f"{name} comes with PySide6 and is missing"
    return found


FRENCH = _messages(FOLDER / "clearline_fr.ts")


@pytest.fixture(scope="module")
def gathered(tmp_path_factory: pytest.TempPathFactory) -> list[Message]:
    """What lupdate finds in the sources, with what the committed file says to it."""
    path = tmp_path_factory.mktemp("gathered") / "clearline_fr.ts"
    shutil.copy(FOLDER / "clearline_fr.ts", path)
    options = [
        "-silent",
        "-no-obsolete",
        "-locations",
        "none",
        "-extensions",
        "py",
        "-disable-heuristic",
        "similartext",
    ]
    command = [_tool("pyside6-lupdate"), *options, str(ROOT / "app" / "clearline" / "ui"), "-ts", str(path)]
    subprocess.run(command, check=True, capture_output=True, timeout=60)
    return _messages(path)


def test_it_has_a_finished_translation_of_every_string(gathered: list[Message]) -> None:
    missing = [message.key for message in gathered if not message.is_finished or not all(message.forms)]

    assert not missing, f"run packaging/dev.py translate, then translate in {FOLDER}: {missing}"


def test_it_translates_nothing_that_is_no_longer_said(gathered: list[Message]) -> None:
    assert {message.key for message in FRENCH} - {message.key for message in gathered} == set()


def test_it_has_both_forms_of_every_english_plural(gathered: list[Message]) -> None:
    english = _messages(FOLDER / "clearline_en.ts")

    plurals = {message.key for message in gathered if len(message.forms) > 1}
    assert {message.key for message in english if all(message.forms) and message.is_finished} == plurals


@pytest.mark.parametrize("name", CATALOGUES)
def test_it_ships_what_its_sources_compile_to(name: str, tmp_path: Path) -> None:
    made = tmp_path / "made.qm"
    command = [
        _tool("pyside6-lrelease"),
        "-silent",
        "-fail-on-unfinished",
        str(FOLDER / f"{name}.ts"),
        "-qm",
        str(made),
    ]
    subprocess.run(command, check=True, capture_output=True, timeout=60)

    assert made.read_bytes() == (FOLDER / f"{name}.qm").read_bytes()


@pytest.mark.parametrize("name", CATALOGUES)
def test_it_fills_in_the_same_values_in_every_language(name: str) -> None:
    different = [
        message.key
        for message in _messages(FOLDER / f"{name}.ts")
        for form in message.forms
        if sorted(PLACES.findall(form)) != sorted(PLACES.findall(message.source))
    ]

    assert not different


@pytest.mark.parametrize(
    ("rule", "wrong"),
    [
        ("a space that does not break before : ; ? %", r"[^\s\u00a0\u202f:/\d][:;?](?=\s|$)|[ ][:;?%](?=\s|$)"),
        ("guillemets with spaces that do not break", r"«(?!\u00a0)|(?<!\u00a0)»|[“”\"]"),
        ("a curved apostrophe", r"'"),
        ("one sign for three dots", r"\.\.\."),
        ("no exclamation mark", r"!"),
        ("capitals with their accents", r"\b(?:A l|Etape|Echec|Echou|Ecri|Evé|Etat)"),
    ],
)
def test_it_keeps_french_typography(rule: str, wrong: str) -> None:
    broken = [form for message in FRENCH for form in message.forms if re.search(wrong, _without_addresses(form))]

    assert not broken, f"{rule}: {broken}"


def _ending(text: str) -> str:
    return text[-1:] if text[-1:] in ".…?:" and text not in SHORTENED else ""


def _is_capital(text: str) -> bool | None:
    """None where it begins with an abbreviation or no letter: those follow no rule."""
    first = re.split(r"[\s\u00a0]", text.lstrip(" &"))[0]
    has_rule = first[:1].isalpha() and not re.search(r"[A-Z]{2}|\d", first)
    return first[:1].isupper() if has_rule else None


def test_it_begins_and_ends_each_string_as_the_english_one() -> None:
    """A full stop, an ellipsis or a capital that only one language has is a slip."""
    pairs = [(message.source, form) for message in FRENCH for form in message.forms]
    different = [
        (source, form)
        for source, form in pairs
        if _ending(form) != _ending(source) or {_is_capital(form), _is_capital(source)} == {True, False}
    ]

    assert not different


def _without_addresses(text: str) -> str:
    return re.sub(r"\S+://\S*|\S+:port", "", text)


# ── the window itself ───────────────────────────────────────────────────────────────────────────────────────────────


class Screen:
    """A window with a silent engine, some targets, and a language."""

    def __init__(self, app: QApplication, theme: Theme, language: Language, folder: Path) -> None:
        self.loop = qasync.QEventLoop(app, already_running=False)
        asyncio.set_event_loop(self.loop)
        self.executor = ThreadPoolExecutor(max_workers=1)
        self.supervisor = Supervisor(self._failed)
        self.words = Words(language)
        self.translation = Translation(self.words)
        self.wardrobe = Wardrobe(app, theme)
        self.window = MainWindow(theme, self.words)
        self.stages = Stages(
            self.window,
            theme,
            self.words,
            self.supervisor,
            self.executor,
            folder,
            SilentEngine,  # type: ignore[arg-type]
        )
        self.desk: Desk = self.stages.open_live()
        self.window.resize(*SMALLEST)
        self.window.show()
        self.stages.draw_graphs()

    def begin(self) -> None:
        """Use the usual plan, and hear of a first round of checks."""
        self.desk.stage.plans.use(PLAN)
        self.turn(0.35)
        checks = [*success(INTRANET.id, 1), *failure(PRINTER.id, 1), *success(SHOP.id, 1)]
        self.desk.stage.pump.receive([started(), *checks])
        self.desk.stage.pump.flush()
        self.turn(0.2)

    def turn(self, seconds: float = 0.05) -> None:
        self.loop.run_until_complete(asyncio.sleep(seconds))

    def end(self) -> None:
        self.loop.run_until_complete(self._end())
        self.executor.shutdown()
        self.loop.close()
        asyncio.set_event_loop(None)
        self.window.deleteLater()
        self.translation.use("en")
        self.translation.deleteLater()

    async def _end(self) -> None:
        await self.stages.close_all()
        await self.supervisor.stop(1.0)
        self.window.hide()

    def _failed(self, name: str, error: BaseException) -> None:
        raise AssertionError(name) from error


@pytest.fixture
def screens(qapp: QApplication, theme: Theme, tmp_path: Path) -> Iterator[list[Screen]]:
    """Windows opened by the test; all are ended after it."""
    opened: list[Screen] = []
    yield opened
    for screen in opened:
        screen.end()


def _open(screens: list[Screen], theme: Theme, language: Language, folder: Path) -> Screen:
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    screens.append(Screen(app, theme, language, folder))
    return screens[-1]


def _said(widget: QWidget) -> set[str]:
    """Every word that a window shows, hints at or reads out."""
    found: set[str] = set()
    # What is hidden is drawn anew before it is shown.
    for each in [widget, *(child for child in widget.findChildren(QWidget) if child.isVisible())]:
        found |= {each.toolTip(), each.accessibleName(), each.accessibleDescription(), each.windowTitle()}
        if isinstance(each, (QLabel, QAbstractButton)):
            found.add(each.text())
        if isinstance(each, QLineEdit):
            found.add(each.placeholderText())
        if isinstance(each, QComboBox):
            found |= {each.itemText(place) for place in range(each.count())}
        if isinstance(each, QSpinBox):
            found.add(each.text())
        if isinstance(each, QMenu):
            found.add(each.title())
    for action in widget.findChildren(QAction):
        found |= {action.text(), action.toolTip()}
    # Figures of the moment differ from one window to the next.
    return {text for text in found if not re.search(r"\d", text)}


def _said_of_all_and_of_one(screen: Screen) -> set[str]:
    said = set()
    for selected in ([], [PRINTER.id]):
        screen.desk.stage.selection.select(selected)
        screen.turn(0.3)
        said |= _said(screen.window)
    return said


def test_a_window_that_changes_its_language_says_what_one_opened_in_it_says(
    screens: list[Screen], theme: Theme, tmp_path: Path
) -> None:
    changed = _open(screens, theme, "en", tmp_path)
    changed.desk.controls.more.setChecked(True)
    changed.begin()
    english = _said_of_all_and_of_one(changed)
    changed.translation.use("fr")
    said = _said_of_all_and_of_one(changed)
    screens.pop().end()
    opened = _open(screens, theme, "fr", tmp_path)
    opened.desk.controls.more.setChecked(True)
    opened.begin()

    assert said == _said_of_all_and_of_one(opened)
    assert len(said - english) > 100


@pytest.mark.parametrize("language", LANGUAGES)
def test_its_menus_have_no_key_twice(screens: list[Screen], theme: Theme, tmp_path: Path, language: Language) -> None:
    bar = _open(screens, theme, language, tmp_path).window.menuBar()

    menus = [bar.actions(), *(action.menu().actions() for action in bar.actions())]
    for actions in menus:
        keys = [found[1].casefold() for action in actions if (found := re.search(r"&(\w)", action.text()))]
        assert len(keys) == len([action for action in actions if not action.isSeparator()])
        assert sorted(set(keys)) == sorted(keys), [action.text() for action in actions]


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_cuts_nothing_in_the_smallest_window(
    screens: list[Screen], theme: Theme, tmp_path: Path, language: Language
) -> None:
    screen = _open(screens, theme, language, tmp_path)
    screen.desk.controls.more.setChecked(True)
    screen.turn(0.2)
    cut = {"first screen": _cut(screen.window)}
    screen.begin()
    cut["all targets"] = _cut(screen.window)
    screen.desk.stage.selection.select([PRINTER.id])
    screen.turn(0.3)
    cut["one target"] = _cut(screen.window)
    kept: dict[str, str] = {}
    preferences = Preferences(lambda name: kept.get(name, ""), kept.__setitem__)
    for name, page in {
        "log": LogView(LogModel(screen.words), "logs", theme, screen.words),
        "library": LibraryView(LibraryModel(screen.words), "sessions", theme),
        "settings": SettingsView(preferences, theme, screen.words, has_tray=True),
        "help": HelpView(HelpModel(screen.words, screen.window.acts.key_map), theme),
    }.items():
        screen.window.show_page(page)
        screen.turn(0.1)
        cut[name] = _cut(screen.window)
    plans = screen.desk.stage.plans
    for name, dialog in {
        "target": TargetDialog(SHOP, plans, screen.words, screen.window),
        "several": SeveralDialog([SHOP.id], plans, screen.words, screen.window),
        "list": PasteDialog("modules:\n  a: {prober: icmp}", plans, screen.words, theme, screen.window),
        "report": ReportDialog("what went wrong", screen.window),
    }.items():
        dialog.show()
        screen.turn(0.1)
        cut[name] = _cut(dialog)
        dialog.close()

    assert not {place: found for place, found in cut.items() if found}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_short_word_of_a_fault_fits_into_the_list(theme: Theme, qapp: QApplication, language: Language) -> None:
    words = Words(language)
    translation = Translation(words)
    metrics = QFontMetrics(qapp.font())
    room = row_columns(300, metrics).last_width
    shown = {words.fault(kind, Layer.CONNECT) for kind in KINDS}
    # Linux gives up after six repeats of a connection request.
    shown |= {words.latency_or_lost(None, count) for count in range(1, 7)}
    translation.deleteLater()

    assert not {word for word in shown if metrics.horizontalAdvance(word) > room}


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_never_counts_one_of_several(language: Language) -> None:
    forms = {message.key: message.forms[0] for message in _messages(FOLDER / f"clearline_{language}.ts")}
    wrong = []
    for message in FRENCH:
        text = forms.get(message.key, message.source)
        if any(part in message.source for part in NEVER_ONE):
            continue
        for place in set(PLACES.findall(text)):
            said = PLACES.sub("…", text.replace(place, "1"))
            wrong += [said] if counts_wrongly(said, language) else []
    assert not wrong, f"say these with self.tr(text, '', count), or put the number last: {wrong}"


@pytest.mark.parametrize(
    ("language", "one", "many"),
    [("en", "1 slow, 1 failure", "2 slow, 2 failures"), ("fr", "1 lente, 1 échec", "2 lentes, 2 échecs")],
)
def test_it_counts_with_plural_forms(qapp: QApplication, language: Language, one: str, many: str) -> None:
    words = Words(language)
    translation = Translation(words)

    said = [
        f"{words.slow_targets(count)}, {count}{qapp.translate('ControlPanel', ' failures', '', count)}"
        for count in (1, 2)
    ]
    translation.deleteLater()

    assert said == [one, many]


def test_numbers_and_the_words_of_qt_itself_follow_the_language(
    screens: list[Screen], theme: Theme, tmp_path: Path
) -> None:
    screen = _open(screens, theme, "en", tmp_path)
    box = NumberBox(NumberSpec("timeouts.connect_s", 0.1, 60.0, "s", is_whole=False), " s", screen.window)
    box.show_number(2.5)
    english = box.text()

    screen.translation.use("fr")

    assert (english, box.text()) == ("2.5 s", "2,5 s")
    assert QCoreApplication.translate("QPlatformTheme", "Cancel") == "Annuler"
    assert QCoreApplication.translate("QFileDialog", "&Look in:") == "&Voir dans\u00a0:"


def test_what_hangs_over_the_side_counts_as_cut(screens: list[Screen], theme: Theme, tmp_path: Path) -> None:
    screen = _open(screens, theme, "en", tmp_path)
    label = QLabel("Too far right", screen.desk.middle)
    label.move(screen.desk.middle.width() - 20, 10)
    label.show()

    assert any("Too far right" in found for found in _cut(screen.window))


def _cut(window: QWidget) -> list[str]:
    """Words for which their widget has no room. What is elided on purpose, data, has a tooltip."""
    found = []
    for each in window.findChildren(QWidget):
        if not each.isVisible() or isinstance(each, ElidedLabel):
            continue
        if isinstance(each, QLabel) and each.text():
            has_room = each.height() >= each.heightForWidth(each.width()) if each.wordWrap() else _is_wide_enough(each)
        elif isinstance(each, QAbstractButton) and each.text():
            has_room = _is_wide_enough(each)
        elif isinstance(each, QComboBox) and each.isEnabled():
            widest = max(
                (each.fontMetrics().horizontalAdvance(each.itemText(n)) for n in range(each.count())), default=0
            )
            has_room = widest + 34 <= each.width()
        else:
            continue
        # Scrolled down is not cut; hanging over the side is.
        if not has_room or each.mapTo(window, each.rect().topRight()).x() > _right_end(each, window):
            text = each.currentText() if isinstance(each, QComboBox) else each.text()
            found.append(f"{type(each).__name__} {text!r}: {each.width()} of {each.sizeHint().width()}")
    return found


def _right_end(widget: QWidget, window: QWidget) -> int:
    """How far right anything of a widget can be seen, in the window's pixels."""
    ends = []
    while (widget := widget.parentWidget()) is not None:
        ends.append(widget.mapTo(window, widget.rect().topRight()).x())
        if widget is window:
            break
    return min(ends)


def _is_wide_enough(widget: QWidget) -> bool:
    return widget.width() >= widget.sizeHint().width()
