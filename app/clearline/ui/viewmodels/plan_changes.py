"""What changed from one plan to the next, in words: targets that came and went, and each number of a profile."""

from collections.abc import Iterator
from enum import Enum
from typing import Any

import msgspec
from PySide6.QtCore import QObject

from clearline.domain.plan import Plan
from clearline.domain.profile import Profile
from clearline.ui.viewmodels.words import Words

MOST_NAMES = 3


class PlanChanges(QObject):
    """Says the difference of two plans; a QObject for its plural forms."""

    def __init__(self, words: Words, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._words = words

    def between(self, before: Plan, after: Plan) -> str:
        """One line; empty where nothing that people care about changed."""
        return "; ".join((*self._targets(before, after), *self._profiles(before, after)))

    def _targets(self, before: Plan, after: Plan) -> Iterator[str]:
        old = {target.id: target for target in before.targets}
        new = {target.id: target for target in after.targets}
        came = [target.label for target in after.targets if target.id not in old]
        went = [target.label for target in before.targets if target.id not in new]
        kept = [(old[target.id], target) for target in after.targets if target.id in old]
        paused = [after.label for before, after in kept if after.is_paused and not before.is_paused]
        going = [after.label for before, after in kept if before.is_paused and not after.is_paused]
        edited = [
            target.label
            for known, target in kept
            if msgspec.structs.replace(known, is_paused=target.is_paused) != target
        ]
        for names, text in (
            (came, self.tr("%n added: {names}", "", len(came))),
            (went, self.tr("%n removed: {names}", "", len(went))),
            (paused, self.tr("%n paused: {names}", "", len(paused))),
            (going, self.tr("%n going on: {names}", "", len(going))),
            (edited, self.tr("%n edited: {names}", "", len(edited))),
        ):
            if names:
                shown = ", ".join(names[:MOST_NAMES]) + (" …" if len(names) > MOST_NAMES else "")
                yield text.format(names=shown)

    def _profiles(self, before: Plan, after: Plan) -> Iterator[str]:
        for profile in after.profiles:
            known = before.profile(profile.name)
            if known is None:
                yield self.tr("profile “{name}” added").format(name=self._words.profile(profile.name))
            elif known != profile:
                changes = ", ".join(
                    f"{self._words.texts.field(field)} {self._value(old)} → {self._value(new)}"
                    for field, old, new in _differences(known, profile)
                )
                text = self.tr("profile “{name}”: {changes}")
                yield text.format(name=self._words.profile(profile.name), changes=changes)

    def _value(self, value: Any) -> str:
        if isinstance(value, bool):
            return self.tr("on") if value else self.tr("off")
        if isinstance(value, int | float):
            return self._words.texts.number(value, 0 if value == int(value) else 2)
        if isinstance(value, tuple):
            return " ".join(map(str, value)) or "—"
        return str(value.value if isinstance(value, Enum) else value) or "—"


def _differences(before: Profile, after: Profile) -> Iterator[tuple[str, Any, Any]]:
    """Dotted field, old and new value of everything that differs."""
    for part in after.__struct_fields__:
        old, new = getattr(before, part), getattr(after, part)
        if not isinstance(new, msgspec.Struct):
            if old != new:
                yield part, old, new
            continue
        for name in new.__struct_fields__:
            if getattr(old, name) != getattr(new, name):
                yield f"{part}.{name}", getattr(old, name), getattr(new, name)
