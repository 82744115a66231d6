"""Keeps the sessions on screen: the live one always, the lab's and a recorded one while they are open."""

import asyncio
from collections.abc import Callable
from concurrent.futures import Executor
from pathlib import Path

import msgspec
from PySide6.QtCore import QObject, Signal

from clearline.domain.command import StartSession
from clearline.domain.keeping import KEEP_ALL
from clearline.domain.problem import InputError
from clearline.engine.process.client import EngineClient, EngineState, EngineStatus
from clearline.host.clock import ticks_s
from clearline.resilience.supervisor import Supervisor
from clearline.ui.graphs import place_graphs
from clearline.ui.lab_process import LabProcess, lab_argv
from clearline.ui.live_session import LiveSession, MakeClient
from clearline.ui.main_window import MainWindow
from clearline.ui.span_feed import SpanFeed
from clearline.ui.stage import Stage
from clearline.ui.viewmodels.outside import OutsideModel
from clearline.ui.viewmodels.session import Source
from clearline.ui.viewmodels.theme import Theme
from clearline.ui.viewmodels.words import Words
from clearline.ui.widgets.desk import Desk


class Stages(QObject):
    """Opens and closes stages, each with its desk; starts their engines; says at the bottom how they are."""

    desk_made = Signal(object)
    another_lab_asked = Signal()

    def __init__(
        self,
        window: MainWindow,
        theme: Theme,
        words: Words,
        supervisor: Supervisor,
        executor: Executor,
        folder: Path | None,
        make_client: MakeClient = EngineClient,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._window = window
        self._theme = theme
        self._words = words
        self._supervisor = supervisor
        self._executor = executor
        self._folder = folder
        self._make_client = make_client
        self._desks: dict[Source, Desk] = {}
        self._lab: LabProcess | None = None
        self._engine_states: dict[Source, EngineState] = {}
        self._has_graphs = False
        self.keeping = KEEP_ALL
        """How much of what is recorded is kept, from the next session on."""
        self._outside: OutsideModel | None = None
        self._is_calm = False
        self._banners: dict[Source, Callable[[], None]] = {}
        window.desk_changed.connect(self.show_status)
        words.changed.connect(self._retell)

    def open_live(self) -> Desk:
        """The session that is always there."""
        return self._make(Source.LIVE)

    def obey(self, outside: OutsideModel) -> None:
        """Let the live session ask what this allows outside, now and whenever it changes; the lab's asks nobody."""
        self._outside = outside
        outside.changed.connect(self._outside_changed)

    def draw_graphs(self) -> None:
        """From now on desks have graphs: the window is up."""
        self._has_graphs = True
        for desk in self._desks.values():
            place_graphs(desk, self._theme, self._words)

    def calm(self, is_calm: bool) -> None:
        """Let the graphs of every session move once a second, or flow."""
        self._is_calm = is_calm
        for desk in self._desks.values():
            desk.stage.axis.calm(is_calm)

    async def open_lab(self, scenario: str) -> None:
        """Start the practice lab and watch its targets. Raises InputError when it does not start."""
        # Late, as what reads a recorded session below: the first window needs neither.
        from clearline.ui.viewmodels.lab import LabModel
        from clearline.ui.widgets.lab_panel import LabPanel

        await self.close(Source.LAB)
        lab = LabProcess(lab_argv(scenario, self._words.texts.language))
        started = await lab.start()
        self._lab = lab
        desk = self._make(Source.LAB)
        model = LabModel(started, self._words, ticks_s, desk)
        self._tell(
            Source.LAB,
            lambda: self.tr("Practice lab: {title}. These faults are made on this computer. Nothing leaves it.").format(
                title=model.title.rstrip(".")
            ),
            lambda: self.tr("Leave the lab"),
        )
        desk.banner.left.connect(self._leave_lab)
        desk.stage.plans.use(started.plan)
        if desk.stage.live is not None:
            model.noted.connect(desk.stage.live.note_lab_fault)
        model.fault_asked.connect(lab.set_fault)
        model.follow_asked.connect(lab.follow)
        model.restart_asked.connect(lab.restart)
        panel = LabPanel(model, self._words)
        panel.another_asked.connect(self.another_lab_asked)
        desk.place_lab(panel)
        if len(started.plan.targets) == 1:
            # Of a single target there is nothing to compare: its breaker and retries are what the lesson is about.
            desk.stage.selection.select([started.plan.targets[0].id])
        self._supervisor.start(lab.listen(model.hear, model.end), name="lab lines")

    async def open_file(self, path: Path) -> None:
        """Show a recorded session. Raises InputError when the file cannot be read as one."""
        from clearline.ui.replay import replay

        await self.close(Source.FILE)
        desk = self._make(Source.FILE)
        name = path.name
        self._tell(Source.FILE, lambda: self.tr("Reading {name}…").format(name=name), lambda: self.tr("Return to live"))
        desk.banner.left.connect(self._leave_file)
        try:
            await replay(path, desk.stage, self._executor, desk.banner.show_progress)
        except InputError:
            await self.close(Source.FILE)
            raise
        desk.banner.show_progress(None)
        wall_s, damaged = desk.stage.session.wall_s, desk.stage.damaged
        self._tell(
            Source.FILE,
            lambda: self._recorded_words(name, wall_s, damaged),
            lambda: self.tr("Return to live"),
        )
        desk.show_selection()
        self.show_status()

    def _recorded_words(self, name: str, wall_s: float, damaged: int) -> str:
        told = self.tr("Recorded session {name}, begun {time}. Nothing is being tested here.").format(
            name=name, time=self._words.date_and_time(wall_s) if wall_s else ""
        )
        return f"{told} {self._words.texts.say('session.missing_parts', count=damaged)}" if damaged else told

    async def close(self, source: Source) -> None:
        """End a stage: its engine first, then the lab, then its desk."""
        self._banners.pop(source, None)
        desk = self._desks.pop(source, None)
        if desk is None:
            return
        if desk.stage.live is not None:
            await desk.stage.live.stop()
        if source is Source.LAB and self._lab is not None:
            await self._lab.stop()
            self._lab = None
        desk.stage.close()
        if source is not Source.LIVE:
            self._window.bring_up(self._desks[Source.LIVE])
            self._window.remove_desk(desk)
            desk.stage.deleteLater()

    async def close_all(self) -> None:
        """End everything, engines side by side."""
        stages = [desk.stage for desk in self._desks.values()]
        await asyncio.gather(*(stage.live.stop() for stage in stages if stage.live is not None))
        for source in (Source.FILE, Source.LAB, Source.LIVE):
            await self.close(source)

    def show_status(self) -> None:
        """The bottom line, for the stage on screen."""
        desk = self._window.desk
        if desk is None:
            return
        stage, status = desk.stage, self._window.status
        state = self._engine_states.get(stage.source)
        if stage.source is Source.FILE:
            status.show_file(stage.path, stage.series.now_s)
        elif stage.live is None or not stage.live.has_started:
            status.show_idle()
        elif state is not None and state.status is not EngineStatus.RUNNING:
            status.show_engine(self._engine_words(state), is_wrong=state.status is not EngineStatus.STARTING)
        elif stage.session.report is not None:
            status.show_report(stage.session.report, stage.session.foreseen_bytes_a_day)
        else:
            status.show_beginning()

    def _make(self, source: Source) -> Desk:
        stage = Stage(source, self._words, folder=self._folder, make_client=self._make_client, parent=self)
        desk = Desk(stage, self._theme, self._words)
        stage.feed = SpanFeed(stage, self._words, self._executor)
        desk.span.watched.connect(stage.feed.watch)
        self._desks[source] = desk
        self._engine_states.pop(source, None)
        stage.axis.calm(self._is_calm)
        stage.session.health_changed.connect(self.show_status)
        if stage.live is not None:
            stage.live.ready.connect(self._start_engine)
            stage.live.state_changed.connect(self._engine_changed)
            if source is Source.LIVE:
                desk.banner.left.connect(stage.live.retry)
        if self._has_graphs:
            place_graphs(desk, self._theme, self._words)
        self._window.add_desk(desk)
        self.desk_made.emit(desk)
        return desk

    def _start_engine(self, live: LiveSession, session: StartSession) -> None:
        is_practice = (lab := self._desks.get(Source.LAB)) is not None and lab.stage.live is live
        points = () if is_practice else self._points
        kept = msgspec.structs.replace(session, keeping=self.keeping, points=points)
        self._supervisor.start(live.start(kept), name="start engine")

    @property
    def _points(self) -> tuple[str, ...]:
        return self._outside.in_force.watched if self._outside is not None else ()

    def _outside_changed(self) -> None:
        desk = self._desks.get(Source.LIVE)
        if desk is not None and desk.stage.live is not None:
            desk.stage.live.watch_outside(self._points)

    def _engine_changed(self, live: LiveSession, state: EngineState) -> None:
        for source, desk in self._desks.items():
            if desk.stage.live is live:
                self._engine_states[source] = state
                self._offer_retry(desk, state)
                if desk.lab is not None and state.status is EngineStatus.RUNNING:
                    desk.lab.model.note_all()
        self.show_status()

    def _offer_retry(self, desk: Desk, state: EngineState) -> None:
        """The lab's banner says something else already: there, leaving and coming back starts anew."""
        if desk.stage.source is Source.LIVE:
            if state.status is EngineStatus.FAILED:
                self._tell(Source.LIVE, lambda: self._engine_words(state), lambda: self.tr("Try again"))
            else:
                self._banners.pop(Source.LIVE, None)
                desk.banner.hide()

    def _engine_words(self, state: EngineState) -> str:
        if state.problem is not None:
            return self._words.texts.problem(state.problem)
        if state.status is EngineStatus.STARTING:
            return self.tr("Starting the probe engine…")
        return self.tr("The probe engine is not running: nothing is measured.")

    def _tell(self, source: Source, sentence: Callable[[], str], way_out: Callable[[], str]) -> None:
        """Show a banner; it is asked for again when the language changes."""
        self._banners[source] = lambda: self._desks[source].banner.show_text(sentence(), way_out())
        self._banners[source]()

    def _retell(self) -> None:
        for show in self._banners.values():
            show()
        self.show_status()

    def _leave_lab(self) -> None:
        self._supervisor.start(self.close(Source.LAB), name="leave lab")

    def _leave_file(self) -> None:
        self._supervisor.start(self.close(Source.FILE), name="leave session")
