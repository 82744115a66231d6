"""`clearline plan` as people and scripts run it."""

import json
from pathlib import Path

import pytest

from support.command_line import clearline

LIST = """address,name,group
https://ann:hunter2@intranet.example,Intranet,Head office
ftp://files.example,Files,
printer.example:9100
10.0.0.5 box.example
"""


@pytest.fixture
def listed(tmp_path: Path) -> Path:
    path = tmp_path / "list.csv"
    path.write_text(LIST, encoding="utf-8")
    return path


def test_it_takes_a_list_in_and_says_what_each_line_became(listed: Path, tmp_path: Path) -> None:
    plan = tmp_path / "office.toml"
    dry = clearline("plan", "import", str(listed), "-o", str(plan), "--dry-run")
    assert (dry.returncode, plan.exists()) == (1, False)
    done = clearline("plan", "import", str(listed), "-o", str(plan))
    assert done.returncode == 1
    assert [line.split()[:2] for line in done.stdout.splitlines()] == [
        ["2", "https://ann:•••@intranet.example/"],
        ["3", "✕"],
        ["4", "tcp://printer.example:9100"],
        ["5", "https://10.0.0.5/"],
    ]
    assert "New: 3. Already there: 0. Cannot be used: 1." in done.stderr
    again = clearline("plan", "import", str(listed), "-o", str(plan), "--lang", "fr")
    assert "Nouvelles\u00a0: 0. Déjà là\u00a0: 3." in again.stderr
    assert "hunter2" not in done.stdout + done.stderr + again.stdout + again.stderr


def test_it_shows_checks_and_exports_what_it_took_in(listed: Path, tmp_path: Path) -> None:
    plan, table = tmp_path / "office.toml", tmp_path / "again.csv"
    clearline("plan", "import", str(listed), "-o", str(plan))
    records = [json.loads(line) for line in clearline("plan", "show", str(plan), "--json").stdout.splitlines()]
    assert [record["name"] for record in records] == ["Intranet", "printer.example:9100", "box.example"]
    shown = clearline("plan", "show", str(plan))
    assert "Intranet  https://ann:•••@intranet.example/  Head office  every 1 s, standard" in shown.stdout
    assert clearline("plan", "check", str(plan)).returncode == 0
    assert clearline("plan", "export", str(plan), "-o", str(table)).returncode == 0
    assert "hunter2" not in table.read_text(encoding="utf-8") + shown.stdout
    taken = clearline("plan", "import", str(table), "-o", str(tmp_path / "copy.toml"))
    assert "New: 3." in taken.stderr
    refused = clearline("plan", "export", str(plan), "-o", str(table))
    assert (refused.returncode, "was not touched" in refused.stderr) == (3, True)


@pytest.mark.parametrize(
    ("text", "code", "said"),
    [(None, 3, "no file"), ("interval_s = ", 2, "Line 1"), ('[[target]]\naddress = "ftp://x"\n', 2, "ftp")],
)
def test_it_names_every_mistake_of_a_plan(tmp_path: Path, text: str | None, code: int, said: str) -> None:
    path = tmp_path / "p.toml"
    if text is not None:
        path.write_text(text, encoding="utf-8")
    done = clearline("plan", "check", str(path))
    assert (done.returncode, done.stdout) == (code, "")
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_it_takes_in_what_another_monitor_tests(tmp_path: Path) -> None:
    path = tmp_path / "blackbox.yml"
    path.write_text("modules:\n  web:\n    prober: http\n    timeout: 3s\n", encoding="utf-8")
    done = clearline("plan", "import", str(path), "-o", str(tmp_path / "p.toml"), "--address", "shop.example")
    assert done.returncode == 0, done.stderr
    shown = clearline("plan", "show", str(tmp_path / "p.toml"))
    assert "shop.example" in shown.stdout
