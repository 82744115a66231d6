"""`clearline report` as people and scripts run it."""

import re
from pathlib import Path

import pytest

from support.command_line import clearline
from support.planted import leaks, planted_events
from support.report_session import recorded


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return recorded(tmp_path_factory.mktemp("session") / "acme.clearline", planted_events())


def test_it_writes_a_redacted_page(session: Path, tmp_path: Path) -> None:
    out = tmp_path / "r.html"
    done = clearline("report", str(session), "-o", str(out), "--ticket", "INC-4711", "--lang", "fr")
    assert done.returncode == 0, done.stderr
    page = out.read_text(encoding="utf-8")
    assert '<html lang="fr">' in page
    assert "Certificat" in page
    assert leaks(page) == []
    assert done.stdout.startswith("Écrit dans ")


def test_it_writes_a_pdf_without_a_display(session: Path, tmp_path: Path) -> None:
    out = tmp_path / "r.pdf"
    done = clearline("report", str(session), "-o", str(out))
    assert done.returncode == 0, done.stderr
    content = out.read_bytes()
    assert content.startswith(b"%PDF-")
    assert len(re.findall(rb"/Type\s*/Page\b", content)) >= 2


def test_it_shows_what_would_leave_and_writes_nothing(session: Path, tmp_path: Path) -> None:
    before = sorted(tmp_path.iterdir())
    done = clearline("report", str(session), "--preview", "--ticket", "INC-4711")
    assert done.returncode == 0, done.stderr
    assert re.search(r"payroll\.acme-holding\.com +→ +h\w+\.h\w+\.example", done.stdout)
    assert sorted(tmp_path.iterdir()) == before
    assert "hunter22" not in done.stdout
    plain = clearline("report", str(session), "--preview")
    assert "Nothing is replaced" in plain.stdout
    assert "→" not in plain.stdout


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("-o", "r.docx"), 2, "r.docx"),
        ((), 2, "No file was named"),
        (("-o", "r.html", "--target", "nowhere"), 2, "no target “nowhere”"),
        (("-o", "r.html", "--from", "soon"), 2, "“soon” is no moment"),
        (("-o", "r.html", "--from", "2h"), 2, "nothing of this session"),
        (("-o", "r.html", "--ticket", "1"), 2, "ticket code needs 4 characters"),
        (("-o", "/nonexistent/r.html"), 3, "No such file"),
    ],
)
def test_it_says_what_is_wrong(session: Path, tmp_path: Path, arguments: tuple[str, ...], code: int, said: str) -> None:
    placed = [str(tmp_path / each) if each.startswith("r.") else each for each in arguments]
    done = clearline("report", str(session), *placed)
    assert done.returncode == code, done.stderr
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_it_says_what_is_wrong_with_the_session(tmp_path: Path) -> None:
    letter = tmp_path / "letter.clearline"
    letter.write_text("Dear support")
    done = clearline("report", str(letter), "-o", str(tmp_path / "r.html"))
    assert done.returncode == 3
    assert "is not a Clearline session" in done.stderr
