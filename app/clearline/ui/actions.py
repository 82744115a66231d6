"""Every action of the window once: words, shortcut, where the shortcut works; menus and tooltips show the same."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QMenu, QMenuBar, QWidget

Slot = Callable[[], None]
"""What an action calls."""


class Act(StrEnum):
    """What can be done."""

    ADDRESS = "address"
    PASTE = "paste"
    IMPORT = "import"
    OPEN_SESSION = "open_session"
    OPEN_PLAN = "open_plan"
    SAVE_PLAN = "save_plan"
    LAB = "lab"
    LIBRARY = "library"
    SHARE = "share"
    COMPARE = "compare"
    WHATIF = "whatif"
    KEEPING = "keeping"
    LOG = "log"
    SETTINGS = "settings"
    PRINT = "print"
    HELP = "help"
    QUIT = "quit"
    PAUSE = "pause"
    CHECK_NOW = "check_now"
    DIAGNOSE = "diagnose"
    VANTAGE = "vantage"
    MARKER = "marker"
    RESET_BREAKER = "reset_breaker"
    COPY_CURL = "copy_curl"
    ADD_STRAIGHT = "add_straight"
    EDIT = "edit"
    REMOVE = "remove"
    UNDO = "undo"
    REDO = "redo"
    FILTER = "filter"
    SORT_PLAN = "sort_plan"
    SORT_NAME = "sort_name"
    SORT_WORST = "sort_worst"
    SORT_LATENCY = "sort_latency"
    SORT_LOSS = "sort_loss"
    LIVE = "live"
    ZOOM_IN = "zoom_in"
    ZOOM_OUT = "zoom_out"
    EARLIER = "earlier"
    PREVIOUS_OUTAGE = "previous_outage"
    NEXT_OUTAGE = "next_outage"
    LATER = "later"
    LIGHT = "light"
    DARK = "dark"
    SYSTEM = "system"
    ENGLISH = "en"
    FRENCH = "fr"


@dataclass(frozen=True, slots=True)
class _Spec:
    keys: tuple[str, ...] = ()
    is_local: bool = False
    """Works only in the list and the graphs: elsewhere the key types or presses a button."""


_SPECS: dict[Act, _Spec] = {
    Act.ADDRESS: _Spec(("Ctrl+L",)),
    Act.PASTE: _Spec(("Ctrl+Shift+V",)),
    Act.IMPORT: _Spec(("Ctrl+I",)),
    Act.OPEN_SESSION: _Spec(("Ctrl+O",)),
    Act.OPEN_PLAN: _Spec(),
    Act.SAVE_PLAN: _Spec(("Ctrl+S",)),
    Act.LAB: _Spec(),
    Act.LIBRARY: _Spec(("Ctrl+Shift+O",)),
    Act.SHARE: _Spec(("Ctrl+E",)),
    Act.COMPARE: _Spec(("Ctrl+Shift+C",)),
    Act.WHATIF: _Spec(("Ctrl+Shift+P",)),
    Act.KEEPING: _Spec(),
    Act.LOG: _Spec(("Ctrl+Shift+L",)),
    Act.SETTINGS: _Spec(("Ctrl+,",)),
    Act.PRINT: _Spec(("Ctrl+P",)),
    Act.HELP: _Spec(("F1",)),
    Act.QUIT: _Spec(("Ctrl+Q",)),
    Act.PAUSE: _Spec(("Space",), is_local=True),
    Act.CHECK_NOW: _Spec(("F5",)),
    Act.DIAGNOSE: _Spec(("Ctrl+D",)),
    Act.VANTAGE: _Spec(),
    Act.MARKER: _Spec(("M",), is_local=True),
    Act.RESET_BREAKER: _Spec(),
    Act.COPY_CURL: _Spec(),
    Act.ADD_STRAIGHT: _Spec(),
    Act.EDIT: _Spec(("F2",), is_local=True),
    Act.REMOVE: _Spec(("Del",), is_local=True),
    Act.UNDO: _Spec(("Ctrl+Z",), is_local=True),
    Act.REDO: _Spec(("Ctrl+Shift+Z", "Ctrl+Y"), is_local=True),
    Act.FILTER: _Spec(("Ctrl+F",)),
    Act.SORT_PLAN: _Spec(),
    Act.SORT_NAME: _Spec(),
    Act.SORT_WORST: _Spec(),
    Act.SORT_LATENCY: _Spec(),
    Act.SORT_LOSS: _Spec(),
    Act.LIVE: _Spec(("L",), is_local=True),
    Act.ZOOM_IN: _Spec(("+", "="), is_local=True),
    Act.ZOOM_OUT: _Spec(("-",), is_local=True),
    Act.EARLIER: _Spec(("Left",), is_local=True),
    Act.PREVIOUS_OUTAGE: _Spec(("Ctrl+Left",), is_local=True),
    Act.NEXT_OUTAGE: _Spec(("Ctrl+Right",), is_local=True),
    Act.LATER: _Spec(("Right",), is_local=True),
    Act.LIGHT: _Spec(),
    Act.DARK: _Spec(),
    Act.SYSTEM: _Spec(),
    Act.ENGLISH: _Spec(),
    Act.FRENCH: _Spec(),
}
_SORTS = (Act.SORT_PLAN, Act.SORT_NAME, Act.SORT_WORST, Act.SORT_LATENCY, Act.SORT_LOSS)
_THEMES = (Act.SYSTEM, Act.LIGHT, Act.DARK)
_LANGUAGES = (Act.ENGLISH, Act.FRENCH)
_MENU_FILE = (
    Act.OPEN_SESSION,
    Act.LIBRARY,
    Act.KEEPING,
    Act.OPEN_PLAN,
    Act.SAVE_PLAN,
    None,
    Act.SHARE,
    Act.COMPARE,
    Act.WHATIF,
    None,
    Act.LAB,
    Act.LOG,
    None,
    Act.PRINT,
    Act.SETTINGS,
    None,
    Act.QUIT,
)
_MENU_TARGETS = (
    Act.ADDRESS,
    Act.PASTE,
    Act.IMPORT,
    None,
    Act.DIAGNOSE,
    Act.VANTAGE,
    None,
    Act.PAUSE,
    Act.CHECK_NOW,
    Act.MARKER,
    Act.RESET_BREAKER,
    None,
    Act.COPY_CURL,
    Act.ADD_STRAIGHT,
    Act.EDIT,
    Act.REMOVE,
    Act.UNDO,
    Act.REDO,
    None,
    Act.FILTER,
)
_MENU_VIEW = (
    Act.LIVE,
    Act.ZOOM_IN,
    Act.ZOOM_OUT,
    Act.EARLIER,
    Act.LATER,
    Act.PREVIOUS_OUTAGE,
    Act.NEXT_OUTAGE,
    None,
    *_THEMES,
    None,
    *_LANGUAGES,
)
ON_TARGETS = (
    Act.DIAGNOSE,
    Act.CHECK_NOW,
    Act.PAUSE,
    Act.EDIT,
    Act.RESET_BREAKER,
    Act.MARKER,
    Act.COPY_CURL,
    Act.ADD_STRAIGHT,
    Act.REMOVE,
)
"""What a right click on a target offers."""
GRAPH = "graph"
"""Object name of a widget whose actions the menu of graphs shows."""
LOCAL = tuple(act for act, spec in _SPECS.items() if spec.is_local)
NEED_ENGINE = (
    Act.ADDRESS,
    Act.PASTE,
    Act.IMPORT,
    Act.OPEN_PLAN,
    Act.PAUSE,
    Act.CHECK_NOW,
    Act.MARKER,
    Act.RESET_BREAKER,
    Act.ADD_STRAIGHT,
    Act.EDIT,
    Act.REMOVE,
    Act.UNDO,
    Act.REDO,
)
"""What makes no sense in a recorded session."""


class Actions(QObject):
    """All actions by their name; `[Act.PAUSE].triggered` is what others connect to."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._all: dict[Act, QAction] = {}
        self._menus: list[QMenu] = []
        self.recent = QMenu(window)
        """Filled by Recents."""
        self._order = QMenu(window)
        for act, spec in _SPECS.items():
            action = QAction(self)
            action.setShortcuts([QKeySequence(keys) for keys in spec.keys])
            local = Qt.ShortcutContext.WidgetWithChildrenShortcut
            action.setShortcutContext(local if spec.is_local else Qt.ShortcutContext.WindowShortcut)
            self._all[act] = action
            if not spec.is_local:
                window.addAction(action)
        for choice in (_SORTS, _THEMES, _LANGUAGES):
            group = QActionGroup(self)
            for act in choice:
                self._all[act].setCheckable(True)
                group.addAction(self._all[act])
        self.set_texts()

    def __getitem__(self, act: Act) -> QAction:
        return self._all[act]

    def fill(self, bar: QMenuBar) -> None:
        """Put all actions into menus."""
        for part in (_MENU_FILE, _MENU_TARGETS, _MENU_VIEW):
            menu = QMenu(bar)
            for act in part:
                if act is None:
                    menu.addSeparator()
                else:
                    menu.addAction(self._all[act])
                if act is Act.OPEN_PLAN:
                    menu.addMenu(self.recent)
                elif act is Act.FILTER:
                    menu.addMenu(self._order)
            bar.addMenu(menu)
            self._menus.append(menu)
        self._order.addActions([self._all[act] for act in _SORTS])
        self._graph_menu = QMenu(bar)
        self._graph_menu.aboutToShow.connect(self._offer_graphs)
        bar.addMenu(self._graph_menu)
        self._menus.append(self._graph_menu)
        about = QMenu(bar)
        about.addAction(self._all[Act.HELP])
        bar.addMenu(about)
        self._menus.append(about)
        self.set_texts()

    def _offer_graphs(self) -> None:
        """What the graphs on screen offer, as their own menus do."""
        menu = self._graph_menu
        menu.clear()
        for graph in self._window.findChildren(QWidget, GRAPH):
            if graph.isVisible():
                menu.addSection(graph.windowTitle())
                menu.addActions(graph.actions())

    def key_map(self) -> list[tuple[str, str]]:
        """Every action that has keys, as people read both."""
        native = QKeySequence.SequenceFormat.NativeText
        return [
            (", ".join(keys.toString(native) for keys in action.shortcuts()), plain_text(action.text()))
            for action in (*self._all.values(), *self._graph_actions())
            if action.shortcuts()
        ]

    def _graph_actions(self) -> list[QAction]:
        """Of one graph of each kind: they share their keys."""
        found: dict[str, QAction] = {}
        for graph in self._window.findChildren(QWidget, GRAPH):
            for action in graph.actions():
                found.setdefault(action.text(), action)
        return list(found.values())

    def work_in(self, widget: QWidget) -> None:
        """Let the local shortcuts work in this widget and all that is inside."""
        for act in LOCAL:
            widget.addAction(self._all[act])

    def suit(self, *, is_live: bool) -> None:
        """Offer only what makes sense here."""
        for act in NEED_ENGINE:
            self._all[act].setEnabled(is_live)

    def set_texts(self) -> None:
        """Words in the language in force."""
        self.recent.setTitle(self.tr("Open &recent"))
        self._order.setTitle(self.tr("&Order of the list"))
        for act, text in self._texts().items():
            self._all[act].setText(text)
            keys = self._all[act].shortcut().toString(QKeySequence.SequenceFormat.NativeText)
            plain = plain_text(text)
            self._all[act].setToolTip(f"{plain} ({keys})" if keys else plain)
        titles = (self.tr("&File"), self.tr("&Targets"), self.tr("&View"), self.tr("&Graph"), self.tr("&Help"))
        for menu, title in zip(self._menus, titles, strict=False):
            menu.setTitle(title)

    def _texts(self) -> dict[Act, str]:
        return {
            Act.ADDRESS: self.tr("&Add a target"),
            Act.PASTE: self.tr("Add a &list of targets…"),
            Act.IMPORT: self.tr("&Import targets from a file…"),
            Act.OPEN_SESSION: self.tr("&Open a session…"),
            Act.OPEN_PLAN: self.tr("Open a &plan…"),
            Act.SAVE_PLAN: self.tr("&Save the plan as…"),
            Act.LAB: self.tr("Practice &lab…"),
            Act.LIBRARY: self.tr("Session li&brary"),
            Act.SHARE: self.tr("S&hare a report…"),
            Act.COMPARE: self.tr("&Compare sessions…"),
            Act.WHATIF: self.tr("&Try another policy…"),
            Act.KEEPING: self.tr("Recording r&ules…"),
            Act.LOG: self.tr("Lo&g"),
            Act.SETTINGS: self.tr("S&ettings"),
            Act.PRINT: self.tr("Pr&int…"),
            Act.HELP: self.tr("&Help"),
            Act.QUIT: self.tr("&Quit"),
            Act.PAUSE: self.tr("&Pause or go on"),
            Act.CHECK_NOW: self.tr("&Check now"),
            Act.DIAGNOSE: self.tr("Dia&gnose"),
            Act.VANTAGE: self.tr("Compare wit&h another computer…"),
            Act.MARKER: self.tr("Drop a &marker…"),
            Act.RESET_BREAKER: self.tr("Close the &breaker"),
            Act.COPY_CURL: self.tr("Cop&y as curl"),
            Act.ADD_STRAIGHT: self.tr("Compare &without the proxy"),
            Act.EDIT: self.tr("&Edit…"),
            Act.REMOVE: self.tr("&Remove"),
            Act.UNDO: self.tr("&Undo"),
            Act.REDO: self.tr("Re&do"),
            Act.FILTER: self.tr("&Filter"),
            Act.SORT_PLAN: self.tr("As in the &plan"),
            Act.SORT_NAME: self.tr("By &name"),
            Act.SORT_WORST: self.tr("&Worst first"),
            Act.SORT_LATENCY: self.tr("&Slowest first"),
            Act.SORT_LOSS: self.tr("Most &failures first"),
            Act.LIVE: self.tr("Follow the &present"),
            Act.ZOOM_IN: self.tr("Zoom &in"),
            Act.ZOOM_OUT: self.tr("Zoom &out"),
            Act.EARLIER: self.tr("&Earlier"),
            Act.PREVIOUS_OUTAGE: self.tr("Previous o&utage"),
            Act.NEXT_OUTAGE: self.tr("Ne&xt outage"),
            Act.LATER: self.tr("La&ter"),
            Act.LIGHT: self.tr("&Light theme"),
            Act.DARK: self.tr("&Dark theme"),
            Act.SYSTEM: self.tr("Theme of the &system"),
            # Each language by its own name, whichever is spoken.
            Act.ENGLISH: "E&nglish",
            Act.FRENCH: "F&rançais",
        }


def plain_text(text: str) -> str:
    """The words of an action without the sign of its key and without dots."""
    return text.replace("&", "").removesuffix("…")
