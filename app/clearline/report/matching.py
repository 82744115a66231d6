"""Brings two spans to the same names, so that their targets can be matched although one of them is redacted."""

from collections.abc import Callable, Sequence

from clearline.domain.problem import InputError, Problem
from clearline.report.redact import Redactor, redacted_mark
from clearline.report.span import Span, redacted


def aligned(spans: Sequence[Span], redactor_of: Callable[[], Redactor | None]) -> tuple[list[Span], dict[str, str]]:
    """Both spans with names of one kind, and by id the names that an unredacted one has for them.

    Raises InputError (`compare.needs_ticket`, `.other_ticket`, `.two_tickets`) where they cannot be matched.
    """
    marks = [redacted_mark(span.session_id) for span in spans]
    if all(marks):
        if marks[0] != marks[1]:
            raise InputError(Problem("compare.two_tickets"))
        return list(spans), {}
    if not any(marks):
        return list(spans), {}
    redactor = redactor_of()
    if redactor is None:
        raise InputError(Problem("compare.needs_ticket"))
    if redactor.mark not in marks:
        raise InputError(Problem("compare.other_ticket"))
    labels: dict[str, str] = {}
    told = []
    for span, mark in zip(spans, marks, strict=True):
        if mark:
            told.append(span)
            continue
        labels |= {redactor.target_id(target.id): target.label for target in span.plan.targets}
        told.append(redacted(span, redactor))
    return told, labels
