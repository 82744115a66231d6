"""Replayed courses of a target as a table, a column a policy."""

from collections.abc import Callable, Sequence

from clearline.host.texts import Texts
from clearline.report.document import Table
from clearline.report.replays import Lane
from clearline.report.visible import visible
from clearline.resilience.whatif import Replayed


def lane_table(lane: Lane, names: Sequence[str], texts: Texts) -> Table:
    """A row a figure; `names` are those of the columns, the first being what was really run."""
    label = texts.say("whatif.all") if lane.target is None else visible(lane.target.label, 60)
    rows: tuple[tuple[str, Callable[[Replayed], str]], ...] = (
        ("checks", lambda course: texts.number(course.checks)),
        ("errors", lambda course: texts.number(course.visible_errors)),
        ("refused", lambda course: texts.number(course.refused)),
        ("alarms", lambda course: texts.number(course.alarms)),
        ("load", lambda course: texts.number(course.added_load, 2)),
        ("worst", lambda course: texts.duration(course.worst_wait_s)),
    )
    return Table(
        (label, *(visible(name, 80) for name in names)),
        tuple((texts.say(f"whatif.{row}"), *map(told, lane.courses)) for row, told in rows),
        frozenset(range(1, len(names) + 1)),
    )
