"""The ladder in a terminal: every rung as it is climbed, and what is known so far; plain lines where there is none."""

from rich.console import Console, Group
from rich.live import Live
from rich.table import Table
from rich.text import Text

from clearline.domain.event import DiagnosisStarted, Event, StepChanged, VerdictChanged
from clearline.domain.verdict import Step, StepResult, StepState, Verdict
from clearline.host.texts import Texts
from clearline.host.verdict_texts import SHAPES, VerdictWords

_COLOURS = {StepState.OK: "green", StepState.NOTE: "yellow", StepState.FAILED: "red", StepState.RUNNING: "blue"}
_NAME_WIDTH = 15
_WORTH_TELLING_MS = 1.0


class LadderView:
    """Folds a diagnosis' events. Without a terminal each rung is a line, in the order of the ladder."""

    def __init__(self, texts: Texts, console: Console) -> None:
        self._texts = texts
        self._words = VerdictWords(texts)
        self._console = console
        self._steps: tuple[Step, ...] = ()
        self._results: dict[Step, StepResult] = {}
        self._verdict: Verdict | None = None
        self._printed = 0
        self._live: Live | None = None

    def hear(self, event: Event) -> None:
        """Take an event."""
        match event:
            case DiagnosisStarted():
                self._steps = event.steps
                if self._console.is_terminal:
                    self._live = Live(get_renderable=self._picture, console=self._console, refresh_per_second=10)
                    self._live.start()
            case StepChanged():
                self._results[event.result.step] = event.result
                if self._live is None:
                    self._print_done()
            case VerdictChanged():
                self._verdict = event.verdict
            case _:
                return

    def finish(self) -> None:
        """Stop showing; the rungs stay."""
        self._verdict = None
        if self._live is not None:
            self._live.stop()
            self._live = None

    def _print_done(self) -> None:
        while self._printed < len(self._steps):
            result = self._results.get(self._steps[self._printed])
            if result is None or result.state is StepState.RUNNING:
                return
            mark, name, said, took = self._cells(result)
            line = f"{mark} {name:<{_NAME_WIDTH}} {said}{took and f'  [{took}]'}"
            self._console.print(line, markup=False, highlight=False, soft_wrap=True)
            self._printed += 1

    def _picture(self) -> Group:
        table = Table.grid(padding=(0, 1))
        for step in self._steps:
            result = self._results.get(step)
            if result is None:
                table.add_row("·", Text(self._words.step(step), style="bright_black"), "", "")
                continue
            mark, name, said, took = self._cells(result)
            table.add_row(Text(mark, style=_COLOURS.get(result.state, "")), Text(name), Text(said), Text(took))
        soon = Text(f"\n{self._words.verdict(self._verdict).title}", style="bold") if self._verdict else Text("")
        return Group(table, soon)

    def _cells(self, result: StepResult) -> tuple[str, str, str, str]:
        took = self._texts.latency(result.took_ms) if result.took_ms >= _WORTH_TELLING_MS else ""
        said, name = self._words.step_said(result), self._words.step(result.step)
        return SHAPES[result.state], name, said, "" if result.state is StepState.SKIPPED else took
