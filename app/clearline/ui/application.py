"""Starts the window and ends it in order: commands, engines, plan, tasks, window, loop, and the log last."""

import asyncio
import os
import signal
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import FrameType

from clearline.ui.options import WindowOptions

# Before Qt and pyqtgraph are imported: both look for a binding on their own.
os.environ["QT_API"] = "pyside6"
os.environ["PYQTGRAPH_QT_LIB"] = "PySide6"

import qasync
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication

from clearline.domain.keeping import KEEP_ALL, Keeping
from clearline.domain.problem import Problem
from clearline.host import paths
from clearline.host.clock import wall_s
from clearline.host.crash import ended_badly
from clearline.host.policy import policy
from clearline.host.texts import Language, default_language
from clearline.resilience.supervisor import Supervisor
from clearline.ui.actions import Act
from clearline.ui.administrator import Administrator
from clearline.ui.autosave import AutoSave
from clearline.ui.collector import Collector
from clearline.ui.commands.commands import Commands
from clearline.ui.dialogs import leave_loops
from clearline.ui.half_typed import HalfTyped
from clearline.ui.hand_over import HandOver, hand_over
from clearline.ui.main_window import SIZE, MainWindow
from clearline.ui.pages import Pages
from clearline.ui.presence import SOCKET, Presence
from clearline.ui.recents import Recents
from clearline.ui.report_dialog import ReportDialog
from clearline.ui.settings import WindowSettings
from clearline.ui.stages import Stages
from clearline.ui.stall_watch import StallWatch
from clearline.ui.start_up import StartUp, plan_name
from clearline.ui.theme import Wardrobe
from clearline.ui.translation import Translation
from clearline.ui.trouble import Trouble
from clearline.ui.viewmodels.preferences import Contrast, Preference, Preferences
from clearline.ui.viewmodels.theme import Theme, ThemeChoice
from clearline.ui.viewmodels.words import Words
from clearline.ui.widgets.notice_bar import Way

STOP_TASKS_WITHIN_S = 3.0
EXIT_OK, EXIT_FAILED = 0, 3


class ScreenGoneError(Exception):
    """What the window was shown on ended, and Qt's loop with it: nothing more can be drawn, or ended in order."""


class Application(QObject):
    """One run of the window on one loop."""

    def __init__(self, app: QApplication, options: WindowOptions, executor: ThreadPoolExecutor) -> None:
        super().__init__()
        self._app = app
        self._options = options
        self._executor = executor
        self._stop = asyncio.Event()
        self._exit_code = EXIT_OK
        self._settings = WindowSettings(paths.config_dir(), policy())
        self.trouble = Trouble(is_verbose=options.is_verbose)
        self.words = Words(_language(options, self._settings))
        self._translation = Translation(self.words, self)
        given = None if self._settings.is_locked("theme") else options.theme
        self.theme = Theme(ThemeChoice(given) if given else self._settings.theme)
        self.preferences = Preferences(self._preference, self._settings.prefer, self, policy=policy())
        self._wardrobe = Wardrobe(app, self.theme, self.preferences)
        self._supervisor = Supervisor(self.trouble.report)
        self.window = MainWindow(self.theme, self.words)
        self.stages = Stages(
            self.window, self.theme, self.words, self._supervisor, executor, paths.sessions_dir(), parent=self
        )
        self._administrator = Administrator(policy(), self.window.acts, self.words, self)
        self._commands = Commands(
            self.window,
            self.stages,
            self.theme,
            self.words,
            self._supervisor,
            self,
            outside=self.preferences.outside,
        )
        self._pages = Pages(
            self.window,
            self.stages,
            self.theme,
            self.words,
            executor,
            _logs_folder(),
            paths.sessions_dir(),
            self.preferences,
            self,
        )
        self._pages.theme_chosen.connect(self._commands.view.choose)
        self._commands.diagnosis.settings_asked.connect(self._pages.show_settings)
        self._pages.language_chosen.connect(self._speak)
        self._pages.print_asked.connect(self._commands.printing.print_shown)
        self.presence = Presence(self.window, self.theme, self.words, self.preferences, self)
        self.presence.taken.connect(self._taken)
        self.presence.quit_asked.connect(self.stop)
        self._stall_watch = StallWatch(self)
        self._start_up = StartUp(self.window, self.stages, self._commands, self._pages, self._break_on_purpose, self)
        self._start_up.picture_taken.connect(self.stop)
        self._start_up.picture_failed.connect(self._picture_failed)
        self.preferences.changed.connect(self._preferred)
        self._pages.session_chosen.connect(self._commands.files.open_path)
        self._recents = Recents(self._settings, self.window.acts.recent, self)
        self._recents.chosen.connect(self._commands.files.open_path)
        self._recents.changed.connect(self._offer_recent)
        self._commands.files.file_used.connect(self._recents.add)
        self._commands.files.keeping_chosen.connect(self._keep_rules)
        self.stages.keeping = self._settings.keeping
        self.stages.obey(self.preferences.outside)
        self.window.acts[Act.QUIT].triggered.connect(self.stop)
        self._commands.view.theme_chosen.connect(self._keep_theme)
        self._commands.view.language_chosen.connect(self._speak)
        self.window.close_asked.connect(self._close_asked)
        self.trouble.happened.connect(self._trouble_happened)
        self._autosave: AutoSave | None = None
        self._half_typed: HalfTyped | None = None
        self._has_crashed = False

    async def run(self) -> int:
        """Open, live, end; returns the exit code."""
        self._open_window()
        try:
            is_empty = self.preferences.is_on(Preference.BEGIN_EMPTY)
            begin = self._start_up.begin(self._options, is_empty=is_empty)
            self._supervisor.start(begin, name="begin").add_done_callback(self._begun)
            # One turn of the loop, so that the window and its plan are painted before the graphs are imported.
            await asyncio.sleep(0.02)
            self.stages.draw_graphs()
            Collector(self._app, self)
            self.trouble.begin_log()
            self._clean_up()
            await self._stop.wait()
        finally:
            await self._end()
        return self._exit_code

    def stop(self) -> None:
        """End in order. May be called any number of times."""
        self._stop.set()

    def _open_window(self) -> None:
        options = self._options
        live = self.stages.open_live()
        self.stages.calm(self.preferences.is_on(Preference.REDUCED_MOTION))
        self.window.show_choice(self.theme, self.words)
        self._offer_recent()
        if options.screenshot is None:
            plan_path = paths.config_dir() / plan_name(options.plan)
            self._autosave = AutoSave(plan_path, self._executor, self)
            self._autosave.failed.connect(self._could_not_save)
            live.stage.plans.plan_changed.connect(self._autosave.keep)
            self._half_typed = HalfTyped(
                paths.config_dir(), self._executor, live, self._commands, self.preferences.outside, self
            )
            self.presence.begin(live.stage, self._commands.targets.pause_all, is_only=not options.has_own_window)
            self._pages.has_tray = self.presence.has_tray
            self._stall_watch.start()
            self._has_crashed = ended_badly("window")
            if self._settings.place:
                self.window.restore_bytes(self._settings.place)
        if options.width or options.height or options.screenshot:
            self.window.resize(options.width or SIZE[0], options.height or SIZE[1])
        self._administrator.begin(self.window.status)
        self.window.show()
        live.address.focus()

    def _begun(self, task: asyncio.Task[None]) -> None:
        """The plan is there, or cannot be; a picture that cannot be taken must not leave a window that nobody sees."""
        if self._half_typed is not None and not self._stop.is_set():
            self._tell_what_was_left(self._half_typed.resume())
        if not task.cancelled() and task.exception() is not None and self._options.screenshot is not None:
            self._exit_code = EXIT_FAILED
            self.stop()

    async def _end(self) -> None:
        self.presence.end()
        self._stall_watch.stop()
        self._commands.close()
        await leave_loops()
        self._pages.close()
        if self._options.screenshot is None:
            self._settings.place = self.window.state_bytes()
        await self.stages.close_all()
        if self._autosave is not None:
            await self._autosave.flush()
        if self._half_typed is not None:
            await self._half_typed.flush()
        await self._supervisor.stop(STOP_TASKS_WITHIN_S)
        self._settings.write()
        self.window.hide()

    def _clean_up(self) -> None:
        """Delete the session files that outlived the rules; there are none unless somebody made some."""
        if self._options.screenshot is None and self.stages.keeping != KEEP_ALL:
            # Late: without rules no window needs it.
            from clearline.store.cleanup import clean_up

            folder, keeping = paths.sessions_dir(), self.stages.keeping
            asyncio.get_running_loop().run_in_executor(self._executor, clean_up, folder, keeping, wall_s())

    def _keep_rules(self, keeping: Keeping) -> None:
        if self._options.screenshot is None:
            self._settings.keeping = keeping

    def _keep_theme(self) -> None:
        if self._options.screenshot is None:
            self._settings.theme = self.theme.choice

    def _speak(self, language: str) -> None:
        chosen: Language = "fr" if language == "fr" else "en"
        self._settings.language = chosen
        self._translation.use(chosen)
        self.window.show_choice(self.theme, self.words)

    def _offer_recent(self) -> None:
        """On the screen that shows how to begin."""
        if (desk := self.window.desk) is not None:
            desk.empty.offer(self._recents.paths)

    def _could_not_save(self, problem: Problem) -> None:
        self.window.status.show_engine(self.words.texts.problem(problem), is_wrong=True)

    def _preference(self, name: str) -> str:
        """What was kept, or what the command line says."""
        if name == "contrast" and self._options.is_high_contrast:
            return Contrast.HIGH.value
        return self._settings.preference(name)

    def _preferred(self) -> None:
        self.stages.calm(self.preferences.is_on(Preference.REDUCED_MOTION))

    def _close_asked(self) -> None:
        if self.presence.stays:
            self.window.hide()
        else:
            self.stop()

    def _taken(self, given: HandOver) -> None:
        self._supervisor.start(self._start_up.take(given), name="take over")

    def _picture_failed(self, sentence: str) -> None:
        sys.stderr.write(sentence + "\n")
        self._exit_code = EXIT_FAILED

    def _trouble_happened(self, line: str) -> None:
        self.window.notice.tell(lambda: self._trouble_words(line), [(self._report_word, self._show_report)])

    def _trouble_words(self, line: str) -> str:
        told = self.tr("Something in Clearline failed ({line}). It goes on, and what was recorded is safe.")
        return told.format(line=line)

    def _report_word(self) -> str:
        return self.tr("Show the report")

    def _show_report(self) -> None:
        ReportDialog(self.trouble.report_text(), self.window).show()

    def _tell_what_was_left(self, ways: list[Way]) -> None:
        """Of a crash, and of what was half typed in a dialog when the program ended, in whatever way."""
        if self._has_crashed:
            self.window.notice.tell(self._crash_words, [*ways, (self._open_last_words, self._open_last)])
        elif ways:
            self.window.notice.tell(self._left_words, ways)

    def _left_words(self) -> str:
        return self.tr("Clearline ended while something was half typed. It was kept.")

    def _crash_words(self) -> str:
        return self.tr("Clearline ended unexpectedly last time. Your plan is back, and what was recorded is safe.")

    def _open_last_words(self) -> str:
        return self.tr("Open what was recorded")

    def _open_last(self) -> None:
        """The session that was written to last, before the one that runs now."""
        running = self.window.desk.stage.session.report if self.window.desk else None
        files = sorted(paths.sessions_dir().glob("*.clearline"), key=lambda path: path.stat().st_mtime, reverse=True)
        for path in files:
            if path.stat().st_size and (running is None or str(path) != running.recording):
                self._commands.files.open_path(str(path))
                return

    def _break_on_purpose(self) -> None:
        """How it looks when something here fails: for `--page error`."""
        self.trouble.report("a picture", RuntimeError("made on purpose: https://me:secret@host.example/?token=secret"))
        self._show_report()


def run(options: WindowOptions) -> int:
    """Open the window; returns the exit code once it was closed, or ended by SIGINT or SIGTERM.

    Raises ScreenGoneError.
    """
    _prepare_environment(options)
    if _is_handed_over(options):
        return EXIT_OK
    app = QApplication([sys.argv[0]])
    app.setApplicationName("Clearline")
    app.setDesktopFileName("clearline")
    app.setQuitOnLastWindowClosed(False)
    loop = qasync.QEventLoop(app)
    asyncio.set_event_loop(loop)
    executor = ThreadPoolExecutor(max_workers=3, thread_name_prefix="window")
    loop.set_default_executor(executor)
    application = Application(app, options, executor)
    application.trouble.install(loop)
    restore = _end_on_signals(loop, application)
    is_over = False

    async def to_the_end() -> int:
        nonlocal is_over
        try:
            return await application.run()
        finally:
            is_over = True

    try:
        with loop:
            code: int = loop.run_until_complete(to_the_end())
            return code
    except RuntimeError as error:
        if is_over:
            raise
        raise ScreenGoneError from error
    finally:
        for number, handler in restore.items():
            signal.signal(number, handler)
        executor.shutdown(wait=False, cancel_futures=True)
        application.trouble.remove()


def _prepare_environment(options: WindowOptions) -> None:
    """Both must be said before QApplication exists."""
    if options.screenshot is not None:
        os.environ["QT_SCALE_FACTOR"] = f"{options.scale:g}"
        has_display = os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
        if sys.platform not in ("win32", "darwin") and not has_display:
            os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")


def _is_handed_over(options: WindowOptions) -> bool:
    """A window that runs takes what this start was given; a plan or a comparison needs a window of its own."""
    if options.screenshot or options.has_own_window or options.plan or options.beside:
        return False
    files = (str(options.open.absolute()),) if options.open else ()
    given = HandOver(files, options.lab or "", options.select or "")
    try:
        return hand_over(paths.runtime_dir() / SOCKET, given)
    except OSError:
        return False


def _language(options: WindowOptions, settings: WindowSettings) -> Language:
    if options.language in ("en", "fr") and not settings.is_locked("language"):
        return "fr" if options.language == "fr" else "en"
    return settings.language or default_language()


def _logs_folder() -> Path:
    """Where the logs are; where they cannot be, a folder that holds none: no reason not to open."""
    try:
        return paths.logs_dir()
    except OSError:
        return paths.config_dir()


def _end_on_signals(loop: asyncio.AbstractEventLoop, application: Application) -> dict[int, signal.Handlers]:
    def end(number: int, frame: FrameType | None) -> None:
        del number, frame
        loop.call_soon_threadsafe(application.stop)

    # The time axis beats 12 times a second, so that Python gets to run a handler that Qt's loop would never call.
    return {number: signal.signal(number, end) for number in (signal.SIGINT, signal.SIGTERM)}  # type: ignore[misc]
