"""Shows what a report would take out of the house, before it is made."""

from clearline.report.redact import Redactor
from clearline.report.span import Span
from clearline.report.visible import visible

CATEGORIES = ("host", "address", "name", "group", "user", "path", "query", "header", "file", "note", "profile", "text")
"""In the order in which people care."""


class Preview:
    """What a span names, and with a redactor what stands in its place. Reads the span once."""

    def __init__(self, span: Span, redactor: Redactor | None) -> None:
        # Without aliases nothing is replaced: a redactor of its own still finds what would be.
        finder = redactor or Redactor()
        self._is_replaced = span.is_redacted and redactor is not None
        if not self._is_replaced:
            finder.plan(span.plan)
        for event in span.events():
            if not self._is_replaced:
                finder.event(event)
        self._found = finder.aliases.replaced

    def categories(self) -> list[tuple[str, list[tuple[str, str | None]]]]:
        """Each category with what it holds and its alias; None stands for no alias: it leaves as it is."""
        found = []
        for category in CATEGORIES:
            pairs = sorted(self._found.get(category, {}).items())
            if pairs:
                shown = [(visible(text, 100), alias if self._is_replaced else None) for text, alias in pairs]
                found.append((category, shown))
        return found
