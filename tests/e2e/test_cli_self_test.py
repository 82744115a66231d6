"""`clearline self-test` as people run it, on what works and on a session that shows nothing."""

import json
from pathlib import Path

import pytest

from clearline.domain.target import Probe
from clearline.store.writer import SessionWriter
from support.command_line import clearline

pytestmark = [pytest.mark.qt, pytest.mark.slow]


def test_it_proves_this_installation(tmp_path: Path) -> None:
    done = clearline("self-test", "--json", home=tmp_path)
    *steps, summary = [json.loads(line) for line in done.stdout.splitlines()]
    failed = [step for step in steps if step["needed"] and not step["ok"]]
    assert (failed, done.returncode, done.stderr) == ([], 0, "")
    assert summary == {"ok": True, "steps": len(steps), "failed": 0}
    names = [step["step"] for step in steps]
    assert {"texts", "lab", "engine", "session", "tls", "window", "plot", "translations"} <= set(names)
    assert {name for name in names if name.startswith("probe.")} == {f"probe.{probe}" for probe in Probe}


def test_it_sees_that_the_graph_of_an_empty_session_is_empty(tmp_path: Path) -> None:
    session = tmp_path / "empty.clearline"
    assert SessionWriter(session, "empty", 1_700_000_000.0).close(5.0)
    done = clearline("self-test", "--draw", str(session), home=tmp_path)
    drawn = json.loads(done.stdout)
    assert done.stderr == ""
    assert drawn["window"] > 100
    assert drawn["plot"] == 0
