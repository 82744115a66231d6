"""Shows what a report would take out of the house, before it is made."""

from collections.abc import Callable, Iterator
from dataclasses import replace

from clearline.domain.event import AnyEvent
from clearline.report.redact import Redactor
from clearline.report.span import Span
from clearline.report.visible import visible

CATEGORIES = ("host", "address", "name", "group", "user", "path", "query", "header", "file", "note", "profile", "text")
"""In the order in which people care."""


class Preview:
    """What a span names, and with a redactor what stands in its place: of all that is read from `span` from then on."""

    def __init__(self, span: Span, redactor: Redactor | None) -> None:
        # Without aliases nothing is replaced: a redactor of its own still finds what would be.
        finder = redactor or Redactor()
        self._is_replaced = span.is_redacted and redactor is not None
        self.span = span if self._is_replaced else replace(span, read=_heard(span, finder))
        """The same, listened to: whatever reads it shows the preview what is in it."""
        if not self._is_replaced:
            finder.plan(span.plan)
        self._found = finder.aliases.replaced

    def read(self) -> None:
        """Read all of the span, where nothing else does."""
        for _ in self.span.events():
            pass

    def categories(self) -> list[tuple[str, list[tuple[str, str | None]]]]:
        """Each category with what it holds and its alias; None stands for no alias: it leaves as it is."""
        found = []
        for category in CATEGORIES:
            pairs = sorted(self._found.get(category, {}).items())
            if pairs:
                shown = [(visible(text, 100), alias if self._is_replaced else None) for text, alias in pairs]
                found.append((category, shown))
        return found


def _heard(span: Span, finder: Redactor) -> Callable[[], Iterator[AnyEvent]]:
    def read() -> Iterator[AnyEvent]:
        for event in span.events():
            finder.event(event)
            yield event

    return read
