"""`clearline lab --count` and `--proxy`, as people type them."""

import json
from pathlib import Path

from support.command_line import clearline


def test_a_crowd_has_as_many_targets_as_asked() -> None:
    done = clearline("lab", "many", "--count", "3", "--json", "--for", "200ms")
    assert len(json.loads(done.stdout.splitlines()[0])["plan"]["targets"]) == 3


def test_a_scenario_without_a_crowd_has_no_size_to_set() -> None:
    done = clearline("lab", "tour", "--count", "3", "--for", "200ms")
    assert done.returncode == 2
    assert "lab many --count" in done.stderr


def test_the_proxy_says_where_to_connect_and_what_it_spoils(tmp_path: Path) -> None:
    script = tmp_path / "script.toml"
    script.write_text("[[steps]]\nat_s = 0\nimpairment = { latency_ms = 40 }\n")
    done = clearline("lab", "--proxy", "127.0.0.1:9", "--script", str(script), "--for", "200ms")
    assert done.returncode == 0
    first, spoilt, *_ = done.stdout.splitlines()
    assert "tcp://127.0.0.1:" in first
    assert first.endswith("tcp://127.0.0.1:9.")
    assert spoilt.endswith("latency_ms 40")


def test_it_says_what_to_write_instead() -> None:
    done = clearline("lab", "--proxy", "127.0.0.1:9", "--set", "colour=3", "--for", "200ms")
    assert done.returncode == 2
    assert "latency_ms" in done.stderr
