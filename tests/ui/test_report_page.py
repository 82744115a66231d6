"""The report before it leaves: what is chosen, what would leave, and that nothing of it holds up the window."""

from pathlib import Path

import pytest
from PySide6.QtCore import QBuffer, QCoreApplication, QEvent, QSizeF, Qt
from PySide6.QtGui import QKeyEvent, QPdfWriter, QTextDocument
from PySide6.QtWidgets import QLineEdit, QTextEdit, QWidget
from pytestqt.qtbot import QtBot

from clearline.domain.problem import InputError, Problem
from clearline.report.document import Document, Section, Table, Tone
from clearline.report.html import print_page
from clearline.ui.pdf import laid_out, write_pdf
from clearline.ui.report_work import prepare, write
from clearline.ui.viewmodels.report import ReportModel, ReportRequest, ReportTime
from clearline.ui.viewmodels.words import Words
from clearline.ui.viewmodels.work import Work
from clearline.ui.widgets.report_page import ReportPage
from clearline.ui.widgets.window_keys import WindowKeys
from support.planted import PLANTED, hostile_events, leaks, planted_events
from support.report_session import document, recorded

pytestmark = pytest.mark.qt
TIMES = {ReportTime.OUTAGE: (5.0, 30.0), ReportTime.SESSION: (0.0, 1e12)}


@pytest.fixture
def session(tmp_path: Path) -> str:
    return str(recorded(tmp_path / "acme.clearline", planted_events()))


@pytest.fixture
def asked() -> list[ReportRequest]:
    return []


@pytest.fixture
def page(qtbot: QtBot, words: Words, asked: list[ReportRequest]) -> ReportPage:
    model = ReportModel("en")
    made = ReportPage(model, words)
    model.setParent(made)
    model.wanted.connect(asked.append)
    qtbot.addWidget(made)
    made.resize(1200, 800)
    made.show()
    return made


def show(page: ReportPage, request: ReportRequest) -> None:
    work = Work()
    page.model.begin(work)
    page.model.end(work, prepare(request, work))
    while not page.is_whole:
        QCoreApplication.processEvents()


def leaving(page: ReportPage) -> dict[str, str]:
    tops = [page.leaving.topLevelItem(place) for place in range(page.leaving.topLevelItemCount())]
    return {
        top.child(place).text(0): top.child(place).text(1)
        for top in tops
        if top is not None
        for place in range(top.childCount())
    }


def test_it_begins_with_the_latest_outage_of_the_chosen_targets_redacted(
    page: ReportPage, asked: list[ReportRequest], session: str
) -> None:
    page.model.open(session, TIMES, (PLANTED.id,))
    assert asked == [ReportRequest(session, 5.0, 30.0, (PLANTED.id,), is_redacted=True, ticket="", language="en")]


def test_it_shows_how_it_will_look_and_what_would_leave(
    page: ReportPage, asked: list[ReportRequest], session: str
) -> None:
    page.model.open(session, TIMES, ())
    show(page, asked[-1])
    assert leaks(page.sheet.toPlainText()) == []
    assert "What was ruled out" in page.sheet.toPlainText()
    told = leaving(page)
    assert told["payroll.acme-holding.com"].endswith(".example")
    assert page.save.isEnabled()


def test_it_lays_out_one_section_at_a_time_so_that_the_window_never_waits_for_all_of_them(
    page: ReportPage, asked: list[ReportRequest], session: str
) -> None:
    page.model.open(session, TIMES, ())
    prepared = prepare(asked[-1], Work())
    assert prepared is not None
    titles = [section.title for section in prepared.document.sections]
    page._pour.setInterval(3_600_000)  # The test turns it.
    work = Work()
    page.model.begin(work)
    page.model.end(work, prepared)
    seen = []
    while not page.is_whole:
        page._pour.timeout.emit()
        seen.append([title for title in titles if f"\n{title}\n" in page.sheet.toPlainText()])
    assert seen == [titles[:count] for count in range(len(titles) + 1)] + [titles]
    at_once = QTextDocument()
    prepared.page.fill(at_once)
    assert at_once.toPlainText() == page.sheet.toPlainText()


def test_another_choice_begins_its_own_page(page: ReportPage, asked: list[ReportRequest], session: str) -> None:
    page.model.open(session, TIMES, ())
    first = prepare(asked[-1], Work())
    page.redact.setChecked(False)
    for made in (first, prepare(asked[-1], Work())):
        work = Work()
        page.model.begin(work)
        page.model.end(work, made)
        page._pour.timeout.emit()
    while not page.is_whole:
        QCoreApplication.processEvents()
    assert "payroll.acme-holding.com" in page.sheet.toPlainText()
    assert page.sheet.toPlainText().count("What was ruled out") == 1


def test_it_says_so_where_nothing_is_replaced(page: ReportPage, asked: list[ReportRequest], session: str) -> None:
    page.model.open(session, TIMES, ())
    page.redact.setChecked(False)
    show(page, asked[-1])
    assert not asked[-1].is_redacted
    assert "payroll.acme-holding.com" in leaving(page)
    assert page.leaving.isColumnHidden(1)
    assert page._leaving_note.text().startswith("Nothing is replaced")


def test_it_asks_anew_for_each_choice_and_once_for_a_typed_code(
    page: ReportPage, asked: list[ReportRequest], session: str, qtbot: QtBot
) -> None:
    page.model.open(session, TIMES, (PLANTED.id,))
    page.time.setCurrentIndex(1)
    page.time.activated.emit(1)
    assert (asked[-1].from_s, asked[-1].to_s) == TIMES[ReportTime.SESSION]
    page.language.setCurrentIndex(1)
    page.language.activated.emit(1)
    assert asked[-1].language == "fr"
    count = len(asked)
    with qtbot.waitSignal(page.model.wanted):
        qtbot.keyClicks(page.ticket, "INC-4711")
    assert [request.ticket for request in asked[count:]] == ["INC-4711"]


def test_it_takes_no_code_that_is_too_short(page: ReportPage, asked: list[ReportRequest], session: str) -> None:
    page.model.open(session, TIMES, ())
    show(page, asked[-1])
    page.ticket.setText("1")
    assert not page.save.isEnabled()
    assert "needs 4 characters" in page.bar.told.text()


def test_it_tells_how_far_it_is_and_lets_it_be_cancelled(
    page: ReportPage, asked: list[ReportRequest], session: str, tmp_path: Path
) -> None:
    page.model.open(session, TIMES, ())
    work = Work()
    page.model.begin(work)
    work.share = 0.25
    page.bar._show_share()
    assert page.bar.bar.value() == 250
    assert page.bar.cancel.isVisible()
    page.bar.cancel.click()
    assert work.is_unwanted
    assert not page.bar.cancel.isVisible()
    assert prepare(asked[-1], work) is None
    assert not write(asked[-1], tmp_path / "r.html", work)
    assert not (tmp_path / "r.html").exists()


def test_it_shows_nothing_of_what_is_not_wanted_any_more(
    page: ReportPage, asked: list[ReportRequest], session: str
) -> None:
    page.model.open(session, TIMES, ())
    old, new = Work(), Work()
    page.model.begin(old)
    page.model.begin(new)
    page.model.end(old, problem=Problem("report.not_recorded"))
    assert old.is_unwanted
    assert page.model.problem is None
    assert page.model.work is new


def test_it_never_overwrites_the_session_itself(asked: list[ReportRequest], page: ReportPage, session: str) -> None:
    page.model.open(session, TIMES, ())
    before = Path(session).read_bytes()
    with pytest.raises(InputError):
        write(asked[-1], Path(session), Work())
    assert Path(session).read_bytes() == before


def test_it_shows_hostile_names_as_text(page: ReportPage, asked: list[ReportRequest], tmp_path: Path) -> None:
    hostile = str(recorded(tmp_path / "h.clearline", hostile_events()))
    page.model.is_redacted = False
    page.model.open(hostile, TIMES, ())
    show(page, asked[-1])
    assert "<svg onload=alert(2)>" in page.sheet.toPlainText()
    assert "<script>alert(1)</script>" in leaving(page)
    assert isinstance(page.sheet, QTextEdit)


def test_it_lets_ctrl_e_out_of_fields_of_text(qtbot: QtBot) -> None:
    place = QWidget()
    field = QLineEdit(place)
    qtbot.addWidget(place)
    filtering = WindowKeys(place)
    override = QKeyEvent(QEvent.Type.ShortcutOverride, Qt.Key.Key_E, Qt.KeyboardModifier.ControlModifier)
    override.accept()
    assert filtering.eventFilter(field, override)
    assert not override.isAccepted()
    letter = QKeyEvent(QEvent.Type.ShortcutOverride, Qt.Key.Key_E, Qt.KeyboardModifier.NoModifier, "e")
    QCoreApplication.sendEvent(field, letter)
    assert letter.isAccepted()


def test_it_draws_pages_with_numbers(tmp_path: Path, session: str) -> None:
    out = tmp_path / "r.pdf"
    told = document(Path(session), ticket="INC-1")
    write_pdf(told, out)
    content = out.read_bytes()
    assert content.startswith(b"%PDF-")
    assert content.count(b"/Type /Page\n") + content.count(b"/Type /Page ") >= 2
    # What stands in its pages is packed: what they are drawn from is not.
    page = print_page(told, 700)
    assert leaks("".join((*page.parts, *page.pictures)) + content.decode("latin-1")) == []
    assert "name_invalid" in "".join(page.parts)


@pytest.mark.parametrize("lines", range(52, 62))
def test_no_heading_stands_alone_at_the_foot_of_a_page(lines: int) -> None:
    section = Section("Before it", lines=tuple(f"line {number}" for number in range(lines)))
    table = Section("Figures", "A note.", table=Table(("Target", "Checks"), (("host.example", "7"),) * 20))
    shown = Document("en", "Report", "", "Head", Tone.UP, (), (section, table, section, table, section), "foot")
    page = QSizeF(700.0, 1000.0)
    writer = QPdfWriter(QBuffer())
    writer.setResolution(96)
    text = laid_out(shown, writer, page)
    block = text.findBlock(text.find("Figures").position())
    places = []
    for _ in range(3):
        places.append(text.documentLayout().blockBoundingRect(block))
        block = block.next()
    assert len({int(place.top() // 1000) for place in places} | {int(places[-1].bottom() // 1000)}) == 1
    # Nothing of what comes below is where it was before a page was begun.
    anew = text.clone()
    anew.documentLayout().setPaintDevice(writer)
    anew.setPageSize(page)
    assert tops(text) == tops(anew)


def tops(text: QTextDocument) -> list[float]:
    blocks = (text.findBlockByNumber(number) for number in range(text.blockCount()))
    return [text.documentLayout().blockBoundingRect(block).top() for block in blocks]


def test_it_says_where_a_pdf_cannot_be_written(tmp_path: Path, session: str) -> None:
    with pytest.raises(FileNotFoundError):
        write_pdf(document(Path(session)), tmp_path / "nowhere" / "r.pdf")
