"""Colours, pens and brushes of the graphs, read from the theme and made again when it changes."""

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QBrush, QColor, QPen

from clearline.domain.event import BreakerState
from clearline.ui.viewmodels.series_state import State
from clearline.ui.viewmodels.theme import Theme

STATE_TOKENS = {
    State.NOTHING: "heat_missing",
    State.PAUSED: "heat_paused",
    State.VOID: "tester_band",
    State.UP: "heat_up",
    State.SLOW: "heat_slow",
    State.ANSWER: "layer_answer",
    State.TLS: "layer_tls",
    State.PROXY: "layer_proxy",
    State.CONNECT: "layer_connect",
    State.NAME: "layer_name",
    State.SELF: "layer_self",
}
HELD_SHARE = 0.4
HATCH_SHARE = 0.75
PHASE_TOKENS = ("phase_resolve", "phase_connect", "phase_proxy", "phase_tls", "phase_wait", "phase_receive")
BREAKER_TOKENS = {
    BreakerState.CLOSED: "breaker_closed",
    BreakerState.OPEN: "breaker_open",
    BreakerState.HALF_OPEN: "breaker_half_open",
    BreakerState.ISOLATED: "breaker_isolated",
}


class PlotTheme(QObject):
    """What graphs draw with. On `changed` a graph walks its items and draws again; it keeps no colour of its own."""

    changed = Signal()

    def __init__(self, theme: Theme, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._pens: dict[tuple[str, Qt.PenStyle], QPen] = {}
        self._tints: dict[tuple[str, float], QColor] = {}
        self.revision = 0
        theme.changed.connect(self._renew)

    def color(self, token: str) -> QColor:
        """The colour of a token in force now."""
        return self._theme.color(token)

    def faded(self, token: str, alpha: int) -> QColor:
        """A token's colour with this alpha, 0 to 255."""
        return self._theme.faded(token, alpha)

    def tint(self, token: str, share: float) -> QColor:
        """A token's colour mixed into the background, opaque: overlapping areas stay even. `share` 1 is the colour."""
        key = (token, share)
        found = self._tints.get(key)
        if found is None:
            over, under = self._theme.color(token), self._theme.color("plot_background")
            found = self._tints[key] = QColor.fromRgbF(
                over.redF() * share + under.redF() * (1 - share),
                over.greenF() * share + under.greenF() * (1 - share),
                over.blueF() * share + under.blueF() * (1 - share),
            )
        return found

    def pen(self, token: str, style: Qt.PenStyle = Qt.PenStyle.SolidLine) -> QPen:
        """A pen of width 1 that does not grow with the scale."""
        key = (token, style)
        found = self._pens.get(key)
        if found is None:
            found = self._pens[key] = QPen(QBrush(self.color(token)), 1.0, style)
            found.setCosmetic(True)
        return found

    def state(self, state: State) -> QColor:
        """The colour of a check's state; paler where nothing was sent."""
        return self.tint(STATE_TOKENS[state.sent], HELD_SHARE) if state.is_held else self.color(STATE_TOKENS[state])

    def text_on_state(self, state: State) -> QColor:
        """What is legible on that colour."""
        if state.is_held:
            return self.color("text")
        if state >= State.ANSWER:
            return self.color("text_on_layer")
        return self.color("text_on_slow" if state is State.SLOW else "text_on_heat")

    def hatch(self, state: State) -> QBrush:
        """What lies over the paler colour where there is room for it: nothing was sent."""
        return QBrush(self.tint(STATE_TOKENS[state.sent], HATCH_SHARE), Qt.BrushStyle.BDiagPattern)

    def _renew(self) -> None:
        self._pens.clear()
        self._tints.clear()
        self.revision += 1
        self.changed.emit()
