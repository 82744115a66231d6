"""Whether the tester's own figures can be judged at all: how many of the latest samples this machine spoiled."""

from collections import deque

from clearline.domain.event import AttemptEnded, Event

WINDOW_S = 60.0
FEWEST = 20
"""Below so many samples a share says nothing."""
BEGINS, ENDS = 0.2, 0.1
"""Shares of disturbed samples: above the first no latency is judged, and again only below the second."""


class StrainWatch:
    """Folds attempts. A sample counts as disturbed when the tester was away, or added more than 1 ms and a tenth."""

    def __init__(self) -> None:
        self._samples: deque[tuple[float, bool]] = deque()
        self._disturbed = 0
        self.is_strained = False

    @property
    def share(self) -> float:
        """Disturbed samples of the latest minute, 0 to 1."""
        return self._disturbed / len(self._samples) if self._samples else 0.0

    def fold(self, event: Event) -> bool:
        """Take an event; did the judgement change?"""
        if not isinstance(event, AttemptEnded):
            return False
        is_disturbed = event.is_disturbed or event.outcome.is_strained
        self._samples.append((event.at_s, is_disturbed))
        self._disturbed += is_disturbed
        while self._samples[0][0] < event.at_s - WINDOW_S:
            self._disturbed -= self._samples.popleft()[1]
        was = self.is_strained
        if len(self._samples) >= FEWEST:
            self.is_strained = self.share > (ENDS if was else BEGINS)
        return self.is_strained is not was
