"""Tells the steps of a proof as they are known, and keeps whether all held."""


class Report:
    """`report.says("…", True)` prints a line; `report.exit_code` is 1 once one did not hold."""

    def __init__(self) -> None:
        self.exit_code = 0

    def says(self, what: str, holds: bool, more: str = "") -> bool:
        """Note one thing; returns whether it holds."""
        print(f"{'ok    ' if holds else 'FAILED'} {what}{f': {more}' if more else ''}", flush=True)
        if not holds:
            self.exit_code = 1
        return holds
