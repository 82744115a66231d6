"""What the commands about recorded sessions share: opening one, and choosing targets and time in it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from clearline.cli.guard import CannotError
from clearline.cli.moments import moment_s
from clearline.domain.problem import InputError, Problem
from clearline.report.aliases import SHORTEST_TICKET
from clearline.report.redact import Redactor
from clearline.report.span import Span, find_targets, span_of
from clearline.store.opening import SessionFileError
from clearline.store.reader import SessionReader


@contextmanager
def opened(path: Path) -> Iterator[SessionReader]:
    """The session in a file. Raises CannotError with what is wrong with it."""
    try:
        reader = SessionReader(path)
    except SessionFileError as error:
        raise CannotError(error.problem) from error
    with reader:
        yield reader


def chosen(
    reader: SessionReader,
    targets: tuple[str, ...] = (),
    from_: str | None = None,
    to: str | None = None,
    redactor: Redactor | None = None,
) -> Span:
    """The span that a command line means. Raises InputError."""
    plan = reader.plan
    try:
        ids = find_targets(plan, targets)
    except KeyError as error:
        known = ", ".join(target.label for target in plan.targets[:20])
        raise InputError(Problem("report.no_target", {"name": str(error.args[0]), "known": known})) from error
    wall_s, duration_s = reader.meta.wall_s, reader.duration_s
    # The latest event is part of the session: the end itself never is.
    from_s, to_s = moment_s(from_, wall_s, 0.0), moment_s(to, wall_s, duration_s + 1e-3)
    if not from_s < to_s or from_s > duration_s:
        raise InputError(Problem("report.no_time", {"from": from_ or "0s", "to": to or f"{duration_s:.0f}s"}))
    return span_of(reader, from_s=from_s, to_s=to_s, targets=ids, redactor=redactor)


def redactor_of(is_redacted: bool, ticket: str) -> Redactor | None:
    """What redacts, where that is asked for; a ticket code asks for it. Raises InputError (`report.ticket`)."""
    if ticket and len(ticket.strip()) < SHORTEST_TICKET:
        raise InputError(Problem("report.ticket", {"least": str(SHORTEST_TICKET)}))
    return Redactor(ticket) if is_redacted or ticket else None
