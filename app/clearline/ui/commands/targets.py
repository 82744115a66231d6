"""What the actions on targets do: add, pause, check, mark, edit, remove."""

import sys
from collections.abc import Sequence

from PySide6.QtCore import QObject
from PySide6.QtGui import QGuiApplication

from clearline.domain.proxy import NONE
from clearline.domain.target import PROXIED, Probe, Target
from clearline.report.curl import curl_command
from clearline.ui.actions import Act, Slot
from clearline.ui.commands.errands import Errands
from clearline.ui.dialogs import Confirmation, TextQuestion, answer
from clearline.ui.draft import Typed, decoded
from clearline.ui.paste_dialog import BegunList, PasteDialog
from clearline.ui.several_dialog import BegunSeveral, SeveralDialog
from clearline.ui.target_dialog import TargetDialog, begun_edit
from clearline.ui.viewmodels.target_state import TargetState
from clearline.ui.viewmodels.targets import TargetSort
from clearline.ui.viewmodels.theme import Theme
from clearline.ui.widgets.desk import Desk
from clearline.ui.widgets.notice_bar import Way

CONFIRM_FROM = 2
"""One target is removed at once, since that can be undone; several are asked about."""


class TargetCommands(QObject):
    """Each reads the desk on screen and calls its models, or asks a question first."""

    def __init__(self, errands: Errands, theme: Theme, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._errands = errands
        self._window = errands.window
        self._words = errands.words
        self._theme = theme
        self._begun: Target | None = None
        """The target whose edit the end of the program cut short, as it is in the plan."""
        self._begun_ids: tuple[str, ...] = ()
        """The targets whose common edit it cut short."""
        self._window.desk_changed.connect(self._suit_curl)
        self._window.desk_changed.connect(self._suit)

    def slots(self) -> dict[Act, Slot]:
        """What each of its actions calls."""
        return {
            Act.ADDRESS: self.focus_address,
            Act.PASTE: self.paste_list,
            Act.PAUSE: self.pause,
            Act.CHECK_NOW: self.check_now,
            Act.MARKER: self.drop_marker,
            Act.RESET_BREAKER: self.reset_breaker,
            Act.COPY_CURL: self.copy_curl,
            Act.ADD_STRAIGHT: self.add_straight,
            Act.EDIT: self.edit,
            Act.REMOVE: self.remove,
            Act.UNDO: self.undo,
            Act.REDO: self.redo,
            Act.SORT_PLAN: self.sort_as_planned,
            Act.SORT_NAME: self.sort_by_name,
            Act.SORT_WORST: self.sort_worst_first,
            Act.SORT_LATENCY: self.sort_slowest_first,
            Act.SORT_LOSS: self.sort_by_loss,
            Act.FILTER: self.focus_filter,
        }

    def cut_short(self) -> list[Way]:
        """Dialogs that were open when the program ended, each with a way to go on with what was typed in it."""
        desk, ways = self._window.desk, list[Way]()
        if desk is None or not desk.stage.is_live:
            return ways
        begun = begun_edit(self._errands.begun(Typed.EDIT))
        self._begun = desk.stage.plans.plan.target(begun.id) if begun is not None else None
        if self._begun is not None:
            ways.append((self._go_on_editing_words, self._go_on_editing))
        several = decoded(self._errands.begun(Typed.SEVERAL), BegunSeveral)
        if several is not None and all(map(desk.stage.plans.plan.target, several.ids)):
            self._begun_ids = several.ids
            ways.append((self._go_on_with_several_words, self._go_on_with_several))
        if decoded(self._errands.begun(Typed.LIST), BegunList) is not None:
            ways.append((self._go_on_with_list_words, self._go_on_with_list))
        if self._errands.begun(Typed.MARKER):
            ways.append((self._go_on_with_marker_words, self.drop_marker))
        return ways

    def serve(self, desk: Desk) -> None:
        """Do what the buttons of a new desk ask for."""
        desk.address.list_pasted.connect(self.paste)
        desk.evidence.curl_asked.connect(self.copy_curl)
        desk.stage.selection.changed.connect(self._suit_curl)
        desk.stage.session.plan_used.connect(self._suit_curl)
        desk.stage.session.plan_used.connect(self._suit)
        desk.targets.opened.connect(self._edit_id)
        desk.pause.clicked.connect(self.pause_all)
        desk.empty.test_asked.connect(self.focus_address)

    def focus_address(self) -> None:
        """Ctrl+L."""
        if desk := self._window.desk:
            desk.address.focus()

    def focus_filter(self) -> None:
        """Ctrl+F."""
        if desk := self._window.desk:
            desk.targets.filter_field.setFocus()
            desk.targets.filter_field.selectAll()

    def paste_list(self) -> None:
        """Begin with what is on the clipboard."""
        self.paste(QGuiApplication.clipboard().text())

    def pause(self) -> None:
        """Pause the selected targets, or all; or let them go on."""
        if desk := self._window.desk:
            desk.stage.plans.toggle_paused(desk.stage.chosen)

    def pause_all(self) -> None:
        """Pause all targets, or let them go on."""
        if desk := self._window.desk:
            desk.stage.plans.toggle_paused(())

    def check_now(self) -> None:
        """F5."""
        if (desk := self._window.desk) and desk.stage.live:
            desk.stage.live.check_now(desk.stage.chosen)

    def drop_marker(self) -> None:
        """Ask what happens at this moment, and mark it."""
        self._errands.start(self._ask_marker(), "marker")

    def reset_breaker(self) -> None:
        """Close the breakers of the selected targets."""
        if not (desk := self._window.desk) or not desk.stage.live:
            return
        states = (desk.stage.session.state(target_id) for target_id in desk.stage.chosen)
        for key in {state.target.breaker_key for state in states if state}:
            desk.stage.live.reset_breaker(key)

    def copy_curl(self) -> None:
        """Copy the selected target's request as a curl command, secrets masked, as its last attempt went."""
        state = self._web_state()
        if state is None:
            return
        outcome = state.last_attempt.outcome if state.last_attempt else None
        told = curl_command(state.target, state.profile.timeouts, outcome, is_windows=sys.platform == "win32")
        QGuiApplication.clipboard().setText(told)

    def add_straight(self) -> None:
        """Put the selected target into the plan once more, without its proxy, so that the two stand side by side."""
        target = self._proxied()
        if target is None or (desk := self._window.desk) is None:
            return
        desk.stage.plans.add_straight(target.id, self.tr("{target}, no proxy").format(target=target.label))

    def edit(self) -> None:
        """Edit the selected target, or what several selected ones have in common."""
        if (desk := self._window.desk) is None:
            return
        if target_id := desk.stage.selection.only:
            self._edit_id(target_id)
        elif desk.stage.selection.ids:
            self._errands.start(self._ask_several(desk.stage.selection.ids), "edit targets")

    def remove(self) -> None:
        """Take the selected targets away; several are asked about."""
        self._errands.start(self._ask_remove(), "remove")

    def undo(self) -> None:
        """Take the last change of the plan back."""
        if desk := self._window.desk:
            desk.stage.plans.undo()

    def redo(self) -> None:
        """Make the change again that was taken back last."""
        if desk := self._window.desk:
            desk.stage.plans.redo()

    def sort_as_planned(self) -> None:
        """The order of the plan."""
        self._sort(TargetSort.PLAN)

    def sort_by_name(self) -> None:
        """By the alphabet, inside each group."""
        self._sort(TargetSort.NAME)

    def sort_worst_first(self) -> None:
        """What is down comes first, inside each group."""
        self._sort(TargetSort.WORST)

    def sort_slowest_first(self) -> None:
        """By the latest latency, inside each group."""
        self._sort(TargetSort.LATENCY)

    def sort_by_loss(self) -> None:
        """By the share of failures, inside each group."""
        self._sort(TargetSort.LOSS)

    async def _ask_marker(self) -> None:
        desk = self._window.desk
        if desk is None or desk.stage.live is None:
            return
        title, label, deed = self.tr("Drop a marker"), self.tr("What happens at this moment?"), self.tr("Mark")
        question = TextQuestion(title, label, deed, self._window, self._errands.begun(Typed.MARKER))
        if await self._errands.ask(question, Typed.MARKER):
            desk.stage.live.drop_marker(question.text or self.tr("marked by hand"), desk.stage.selection.only or "")

    async def _ask_remove(self) -> None:
        desk = self._window.desk
        if desk is None or not desk.stage.is_live or not (ids := desk.stage.selection.ids):
            return
        if len(ids) >= CONFIRM_FROM:
            sentence = self.tr("Remove the {count} selected targets from the plan? What was recorded stays.")
            title, deed = self.tr("Remove targets"), self.tr("Remove")
            if not await answer(Confirmation(title, sentence.format(count=len(ids)), deed, self._window)):
                return
        desk.stage.plans.remove(ids)

    async def _ask_list(self, text: str) -> None:
        desk = self._window.desk
        if desk is None or not desk.stage.is_live:
            return
        begun = decoded(self._errands.begun(Typed.LIST), BegunList)
        dialog = PasteDialog(text, desk.stage.plans, self._words, self._theme, self._window, begun)
        await self._errands.ask(dialog, Typed.LIST)

    async def _ask_target(self, target_id: str) -> None:
        desk = self._window.desk
        if desk is None or not desk.stage.is_live:
            return
        if (target := desk.stage.plans.plan.target(target_id)) is None:
            return
        begun = begun_edit(self._errands.begun(Typed.EDIT), target_id)
        dialog = TargetDialog(target, desk.stage.plans, self._words, self._window, begun)
        await self._errands.ask(dialog, Typed.EDIT)

    async def _ask_several(self, ids: Sequence[str]) -> None:
        desk = self._window.desk
        if desk is None or not desk.stage.is_live:
            return
        begun = decoded(self._errands.begun(Typed.SEVERAL), BegunSeveral)
        begun = begun if begun is not None and set(begun.ids) == set(ids) else None
        dialog = SeveralDialog(ids, desk.stage.plans, self._words, self._window, begun)
        await self._errands.ask(dialog, Typed.SEVERAL)

    def _sort(self, order: TargetSort) -> None:
        if desk := self._window.desk:
            desk.stage.targets.sort_by(order)
            self._suit()

    def _suit(self) -> None:
        """Offer what makes sense for the desk on screen, and tick the order of its list."""
        desk = self._window.desk
        if desk is None or self._errands.is_closed:
            return
        acts, plans, is_live = self._window.acts, desk.stage.plans, desk.stage.is_live
        acts[Act.UNDO].setEnabled(is_live and plans.can_undo)
        acts[Act.REDO].setEnabled(is_live and plans.can_redo)
        acts[Act(f"sort_{desk.stage.targets.order.value}")].setChecked(True)

    def _web_state(self) -> TargetState | None:
        """The one selected target, if curl has a request like its."""
        desk = self._window.desk
        state = desk.stage.session.state(desk.stage.selection.only) if desk else None
        return state if state is not None and state.target.probe in (Probe.HTTP, Probe.H3) else None

    def _proxied(self) -> Target | None:
        """The one selected target, if it goes through a proxy, or would where the system names one."""
        desk = self._window.desk
        if desk is None or not desk.stage.is_live or not (target_id := desk.stage.selection.only):
            return None
        target = desk.stage.plans.plan.target(target_id)
        return target if target is not None and target.probe in PROXIED and target.proxy != NONE else None

    def _suit_curl(self) -> None:
        if not self._errands.is_closed:
            self._window.acts[Act.ADD_STRAIGHT].setEnabled(self._proxied() is not None)
            self._window.acts[Act.COPY_CURL].setEnabled(self._web_state() is not None)

    def paste(self, text: str) -> None:
        """Show what each line of a list becomes, and ask whether to add it."""
        self._errands.start(self._ask_list(text), "paste list")

    def _go_on_editing_words(self) -> str:
        return self.tr("Go on editing {target}").format(target=self._begun.label if self._begun else "")

    def _go_on_editing(self) -> None:
        if self._begun is not None:
            self._edit_id(self._begun.id)

    def _go_on_with_list_words(self) -> str:
        return self.tr("Go on with the list")

    def _go_on_with_list(self) -> None:
        self.paste("")

    def _go_on_with_marker_words(self) -> str:
        return self.tr("Go on with the marker")

    def _go_on_with_several_words(self) -> str:
        return self.tr("Go on editing {count} targets").format(count=len(self._begun_ids))

    def _go_on_with_several(self) -> None:
        self._errands.start(self._ask_several(self._begun_ids), "edit targets")

    def _edit_id(self, target_id: str) -> None:
        self._errands.start(self._ask_target(target_id), "edit target")
