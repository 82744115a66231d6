"""What would leave this computer: found while the report is made, and of its span alone."""

from pathlib import Path

import pytest

from clearline.report.preview import Preview
from clearline.report.redact import Redactor
from clearline.report.span import span_of
from clearline.store.reader import SessionReader
from support.planted import LOOKUP, PLANTED, planted_events
from support.report_session import making, recorded


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return recorded(tmp_path_factory.mktemp("preview") / "s.clearline", planted_events())


@pytest.mark.parametrize("ticket", ["", "INC-1"])
def test_it_finds_the_same_whether_it_reads_or_listens_to_who_reads(session: Path, ticket: str) -> None:
    found = []
    for is_listening in (False, True):
        with SessionReader(session) as reader:
            redactor = Redactor(ticket) if ticket else None
            preview = Preview(span_of(reader, redactor=redactor), redactor)
            making(preview.span).document() if is_listening else preview.read()
            found.append(preview.categories())
    assert found[0] == found[1]
    hosts = dict(dict(found[0])["host"])
    assert (hosts["payroll.acme-holding.com"] is None) == (not ticket)


def test_it_tells_nothing_of_targets_that_do_not_leave(session: Path) -> None:
    with SessionReader(session) as reader:
        preview = Preview(span_of(reader, targets=(LOOKUP.id,)), None)
        preview.read()
        assert PLANTED.host not in str(preview.categories())
        assert LOOKUP.host in str(preview.categories())
