"""The plan being edited: every change is a new plan, and can be undone."""

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import msgspec
from PySide6.QtCore import QObject, Signal

from clearline.domain.plan import Plan, new_target, validate_plan
from clearline.domain.problem import InputError
from clearline.domain.profile import Profile
from clearline.domain.proxy import NONE, check_proxy
from clearline.domain.target import Target, parse_address, parse_endpoint
from clearline.host import plan_file

UNDO_STEPS = 200


class PlanModel(QObject):
    """The plan that is run; `plan_changed` carries it after each change."""

    plan_changed = Signal(object)

    def __init__(self, plan: Plan | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._plan = plan or Plan()
        self._before: list[Plan] = []
        self._after: list[Plan] = []

    @property
    def plan(self) -> Plan:
        """The plan as it is now."""
        return self._plan

    @property
    def can_undo(self) -> bool:
        """Is there a change to take back?"""
        return bool(self._before)

    @property
    def can_redo(self) -> bool:
        """Was a change taken back that could be made again?"""
        return bool(self._after)

    @property
    def groups(self) -> list[str]:
        """Group names in order of first appearance."""
        return list(dict.fromkeys(target.group for target in self._plan.targets if target.group))

    @property
    def tags(self) -> list[str]:
        """All tags, by the alphabet."""
        return sorted({tag for target in self._plan.targets for tag in target.tags}, key=str.casefold)

    def use(self, plan: Plan) -> None:
        """Begin anew with this plan: loaded, recorded or the lab's."""
        self._before.clear()
        self._after.clear()
        self._plan = plan
        self.plan_changed.emit(plan)

    def load(self, path: Path) -> None:
        """Use the plan in a file; it can be undone. Raises InputError with every problem found."""
        self._replace(plan_file.load(path))

    def save_copy(self, path: Path) -> None:
        """Write the plan to a file. Raises InputError with a problem that says why it could not be written."""
        plan_file.save(self._plan, path)

    def add(self, typed: str, *, name: str = "", group: str = "") -> Target:
        """Add what a person typed; an address that is there already is returned as it is. Raises InputError."""
        target = new_target(typed, self._ids, name=name, group=group)
        for known in self._plan.targets:
            if known.address == target.address:
                return known
        self._replace(self._plan.with_targets((*self._plan.targets, target)))
        return target

    def read(self, typed: str) -> Target:
        """The target that a person typed, without adding it; one that is there already as it is. Raises InputError."""
        target = new_target(typed)
        return next((known for known in self._plan.targets if known.address == target.address), target)

    def add_straight(self, target_id: str, name: str) -> Target | None:
        """Put the same target behind it, without any proxy; one that is there already is returned as it is."""
        target = self._plan.target(target_id)
        if target is None:
            return None
        fresh = new_target(target.address, self._ids).id
        twin = msgspec.structs.replace(target, id=fresh, name=name, proxy=NONE)
        for known in self._plan.targets:
            if msgspec.structs.replace(known, id=fresh, name=name) == twin:
                return known
        at = self._plan.targets.index(target) + 1
        self._replace(self._plan.with_targets((*self._plan.targets[:at], twin, *self._plan.targets[at:])))
        return twin

    def add_all(self, targets: Iterable[Target], profiles: Iterable[Profile] = ()) -> list[str]:
        """Add targets read from a list, and those of their profiles that are not there; returns the targets' ids."""
        added = [target for target in targets if target.id not in self._ids]
        if added:
            plan = self._plan.with_targets((*self._plan.targets, *added))
            for profile in profiles:
                plan = plan if plan.profile(profile.name) else plan.with_profile(profile)
            self._replace(plan)
        return [target.id for target in added]

    def edit(self, target: Target) -> None:
        """Replace the target of the same id. Raises InputError when the plan could no longer be run."""
        edited = msgspec.structs.replace(target, address=parse_address(target.address))
        if edited.via:
            parse_endpoint(edited.via)
        check_proxy(edited.proxy)
        plan = self._plan.with_targets(edited if known.id == edited.id else known for known in self._plan.targets)
        if problems := validate_plan(plan):
            raise InputError(*problems)
        self._replace(plan)

    def remove(self, ids: Iterable[str]) -> None:
        """Take targets out of the plan."""
        gone = set(ids)
        self._replace(self._plan.with_targets(target for target in self._plan.targets if target.id not in gone))

    def set_paused(self, ids: Iterable[str], is_paused: bool) -> None:
        """Pause or go on with these targets."""
        self.change_several(ids, lambda target: msgspec.structs.replace(target, is_paused=is_paused))

    def toggle_paused(self, ids: Sequence[str]) -> None:
        """Pause these targets, or go on where all of them are paused; none means all of the plan."""
        wanted = set(ids) or self._ids
        chosen = [target for target in self._plan.targets if target.id in wanted]
        if chosen:
            self.set_paused(wanted, not all(target.is_paused for target in chosen))

    def set_profile_of(self, ids: Iterable[str], name: str) -> None:
        """Connect to these targets by this profile."""
        self.change_several(ids, lambda target: msgspec.structs.replace(target, profile=name))

    def move(self, ids: Sequence[str], group: str, before: str | None = None) -> None:
        """Put targets, in the plan's order, into a group: before one of its targets, or at its end."""
        moving = set(ids)
        if before in moving:
            return
        moved = [target for target in self._plan.targets if target.id in moving]
        rest = [target for target in self._plan.targets if target.id not in moving]
        place = next((at for at, target in enumerate(rest) if target.id == before), None)
        if place is None:
            place = max((at for at, target in enumerate(rest) if target.group == group), default=len(rest) - 1) + 1
        moved = [msgspec.structs.replace(target, group=group) for target in moved]
        self._replace(self._plan.with_targets((*rest[:place], *moved, *rest[place:])))

    def set_profile(self, profile: Profile) -> None:
        """Change a profile for all targets that use it."""
        self._replace(self._plan.with_profile(profile))

    def change_several(self, ids: Iterable[str], change: Callable[[Target], Target]) -> None:
        """Change each of these targets. Raises InputError when the plan could no longer be run."""
        wanted = set(ids)
        plan = self._plan.with_targets(
            change(target) if target.id in wanted else target for target in self._plan.targets
        )
        if problems := validate_plan(plan):
            raise InputError(*problems)
        self._replace(plan)

    def undo(self) -> None:
        """Take the last change back."""
        if self._before:
            self._after.append(self._plan)
            self._plan = self._before.pop()
            self.plan_changed.emit(self._plan)

    def redo(self) -> None:
        """Make the change again that was taken back last."""
        if self._after:
            self._before.append(self._plan)
            self._plan = self._after.pop()
            self.plan_changed.emit(self._plan)

    @property
    def _ids(self) -> set[str]:
        return {target.id for target in self._plan.targets}

    def _replace(self, plan: Plan) -> None:
        if plan == self._plan:
            return
        self._before.append(self._plan)
        del self._before[:-UNDO_STEPS]
        self._after.clear()
        self._plan = plan
        self.plan_changed.emit(plan)
