"""Keeps a verdict from flickering: another one takes its place when it is surer, or when the old one is disproved."""

from clearline.domain.verdict import PENDING, UNCLEAR, Verdict

_WEAK = (PENDING, UNCLEAR)


class VerdictKeeper:
    """Holds the verdict that is shown. Pure; asked with each new one."""

    def __init__(self) -> None:
        self._shown: Verdict | None = None

    @property
    def shown(self) -> Verdict | None:
        """What people see; None before the first."""
        return self._shown

    def offer(self, verdict: Verdict, *, is_final: bool = False) -> Verdict | None:
        """The verdict that is to be shown from now on; None where nothing changes.

        `verdict` is what all facts mean now, so another code has disproved the old one: it takes its place unless it
        says less. At the end the facts have the last word.
        """
        shown = self._shown
        if shown == verdict and not is_final:
            return None
        if shown is not None and not is_final and not _is_news(shown, verdict):
            return None
        self._shown = verdict
        return verdict


def _is_news(shown: Verdict, verdict: Verdict) -> bool:
    if verdict.code == shown.code:
        return verdict.confidence.rank >= shown.confidence.rank
    if shown.code in _WEAK:
        return True
    return verdict.code not in _WEAK and verdict.confidence.rank >= shown.confidence.rank
