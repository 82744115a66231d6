"""How a target is doing, as people see it: a shape, a colour and a word, never colour alone."""

from enum import StrEnum

from PySide6.QtCore import QCoreApplication

translate = QCoreApplication.translate


class Status(StrEnum):
    """How a target is doing now."""

    UP = "up"
    SLOW = "slow"
    HALF_OPEN = "half_open"
    DOWN = "down"
    PAUSED = "paused"
    UNKNOWN = "unknown"

    @property
    def symbol(self) -> str:
        """The shape as a character, for text."""
        return _SYMBOLS[self]

    @property
    def color_token(self) -> str:
        """Theme token of the shape's colour."""
        return self.value

    @property
    def text_token(self) -> str:
        """Theme token of a word in this state's colour."""
        return f"text_{self.value}"

    @property
    def meaning(self) -> str:
        """The state in a sentence, for tooltips."""
        match self:
            case Status.UP:
                return translate("Status", "Up: the latest check succeeded.")
            case Status.SLOW:
                return translate("Status", "Slow: it answers, but takes longer than people put up with.")
            case Status.HALF_OPEN:
                return translate("Status", "Half-open: it failed before; single tests find out whether it is back.")
            case Status.DOWN:
                return translate("Status", "Down: the latest check failed.")
            case Status.PAUSED:
                return translate("Status", "Paused: it is not being checked.")
            case Status.UNKNOWN:
                return translate("Status", "Unknown: no check has ended yet.")


_SYMBOLS = {
    Status.UP: "●",
    Status.SLOW: "▲",
    Status.HALF_OPEN: "◐",
    Status.DOWN: "✕",
    Status.PAUSED: "○",
    Status.UNKNOWN: "?",
}
