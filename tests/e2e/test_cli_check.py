"""`clearline check` as people and scripts run it."""

import json
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import trustme

from support.command_line import clearline, start

FIELDS = {
    "target", "probe", "ok", "fault", "whose", "summary", "action", "attempts", "total_ms", "phases_ms",
    "kernel_rtt_ms", "address", "breaker", "started_at", "evidence",
}  # fmt: skip
PHASES = ["resolve", "connect", "proxy", "tls", "send", "wait", "receive"]


class Pages(BaseHTTPRequestHandler):
    """Answers 200, or the status in the path."""

    def do_GET(self) -> None:
        self.send_response(int(self.path.strip("/") or 200))
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"ok")

    def log_message(self, *_: object) -> None:
        """Nobody reads it."""


def serving(context: object | None = None) -> Iterator[int]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Pages)
    server.daemon_threads = True
    if context is not None:
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture(scope="module")
def web() -> Iterator[int]:
    """Port of a web server."""
    yield from serving()


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    """Who signs the certificate of `secure`."""
    return trustme.CA()


@pytest.fixture(scope="module")
def secure(authority: trustme.CA) -> Iterator[int]:
    """Port of a web server whose certificate no system trusts."""
    import ssl

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost", "127.0.0.1").configure_cert(context)
    yield from serving(context)


@pytest.fixture
def closed() -> int:
    """A port that refuses connections."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


def test_it_tells_a_success_as_json_with_every_field(web: int) -> None:
    done = clearline("check", f"http://127.0.0.1:{web}/", "--json")
    (line,) = done.stdout.splitlines()
    record = json.loads(line)
    assert done.returncode == 0
    assert record.keys() >= FIELDS
    assert list(record["phases_ms"]) == PHASES
    assert (record["ok"], record["fault"], record["action"], record["attempts"]) == (True, None, None, 1)
    assert record["address"] == f"127.0.0.1:{web}"
    assert record["phases_ms"]["tls"] is None
    assert record["phases_ms"]["connect"] > 0
    assert record["started_at"].endswith("Z")
    reached = sum(value for value in record["phases_ms"].values() if value is not None)
    assert record["total_ms"] == pytest.approx(reached, abs=0.5)


def test_it_tells_a_failure_with_the_phases_that_were_reached(closed: int) -> None:
    done = clearline("check", f"127.0.0.1:{closed}", "--json")
    record = json.loads(done.stdout)
    assert done.returncode == 1
    assert (record["ok"], record["fault"], record["whose"], record["attempts"]) == (False, "tcp.refused", "server", 2)
    assert record["phases_ms"]["connect"] is not None
    assert record["phases_ms"]["wait"] is None
    assert record["evidence"]["os_error"]["name"]
    assert record["summary"]
    assert record["action"]


def test_it_fails_when_one_of_several_fails_and_keeps_their_order(web: int, closed: int) -> None:
    done = clearline("check", f"127.0.0.1:{closed}", f"127.0.0.1:{web}", f"http://127.0.0.1:{web}/404", "--json")
    records = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 1
    assert [record["fault"] for record in records] == ["tcp.refused", None, "http.error.404"]


def test_it_tells_people_shape_word_phase_meaning_and_next_step(web: int, closed: int) -> None:
    done = clearline("check", f"http://127.0.0.1:{web}/", f"127.0.0.1:{closed}")
    good, bad, meaning, to_do, who = done.stdout.splitlines()
    assert good.startswith(f"● up  http://127.0.0.1:{web}/  ")
    assert "connect" in good
    assert bad.startswith(f"✕ down  tcp://127.0.0.1:{closed}  ")
    assert "✕ connect" in bad
    assert "refused" in meaning
    assert to_do.strip().startswith("What to do: ")
    assert "tcp.refused" in who


def test_it_speaks_french(closed: int) -> None:
    asked = clearline("check", "--lang", "fr", f"127.0.0.1:{closed}")
    by_system = clearline("check", f"127.0.0.1:{closed}", LANG="fr_FR.UTF-8")
    assert "Que faire" in asked.stdout
    assert "Que faire" in by_system.stdout


def test_it_refuses_a_certificate_unless_its_root_is_given(secure: int, authority: trustme.CA, tmp_path: Path) -> None:
    roots = tmp_path / "roots.pem"
    authority.cert_pem.write_to_path(roots)
    address = f"https://127.0.0.1:{secure}/"
    unknown = json.loads(clearline("check", address, "--json").stdout)
    known = json.loads(clearline("check", address, "--json", "--ca", str(roots)).stdout)
    assert unknown["fault"].startswith("tls.cert.")
    assert known["ok"]
    assert known["phases_ms"]["tls"] > 0


def test_it_warns_whenever_it_does_not_look_at_certificates(secure: int) -> None:
    done = clearline("check", f"https://127.0.0.1:{secure}/", "--json", "--insecure")
    record = json.loads(done.stdout)
    assert (record["ok"], record["verify"]) == (True, False)
    assert "certificate" in done.stderr
    assert "certificate not checked" in clearline("check", f"https://127.0.0.1:{secure}/", "--insecure").stdout


def test_it_masks_a_password_everywhere(web: int) -> None:
    done = clearline("check", f"http://ann:hunter2@127.0.0.1:{web}/500?token=s3cret", "-v", "--json")
    assert "hunter2" not in done.stdout + done.stderr
    assert "s3cret" not in done.stdout + done.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["check"], "clearline check https://example.com"),
        (["check", "ftp://example.com"], "ftp"),
        (["check", "two words"], "space"),
        (["check", "example.com", "--profile", "nope"], "quick check"),
        (["check", "--no-such-option"], "--no-such-option"),
        (["no-such-command"], "no-such-command"),
        (["watch", "example.com", "--for", "soon"], "30s"),
        (["watch", "example.com", "--lab", "tour"], "--lab"),
        (["lab", "no-such-scenario"], "tour"),
        (["lab", "tour", "quiet"], "one scenario"),
        (["--size", "big"], "1480x920"),
    ],
)
def test_it_says_what_to_write_after_wrong_usage(arguments: list[str], said: str) -> None:
    done = clearline(*arguments)
    assert done.returncode == 2
    assert said in done.stderr
    assert done.stdout == ""
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ["check", "--plan", "missing.toml"],
        ["check", "example.com", "--ca", "missing.pem"],
        ["watch", "example.com", "--record", __file__],
        [],
    ],
)
def test_it_says_why_it_could_not_do_something(arguments: list[str], tmp_path: Path) -> None:
    done = clearline(*arguments, home=tmp_path)
    assert done.returncode == 3
    assert done.stderr.strip()
    assert "Traceback" not in done.stderr


def test_it_says_which_mistakes_a_plan_has(tmp_path: Path) -> None:
    plan = tmp_path / "plan.toml"
    plan.write_text('version = 1\n[[target]]\naddress = "ftp://x"\n[[target]]\naddress = "tcp://y"\n')
    done = clearline("check", "--plan", str(plan))
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 2


def test_it_reads_targets_from_a_plan(web: int, closed: int, tmp_path: Path) -> None:
    plan = tmp_path / "plan.toml"
    plan.write_text(
        "version = 1\n"
        f'[[target]]\naddress = "http://127.0.0.1:{web}/"\nname = "Web"\n'
        f'[[target]]\naddress = "tcp://127.0.0.1:{closed}"\nprofile = "quick check"\n'
    )
    records = [json.loads(line) for line in clearline("check", "--plan", str(plan), "--json").stdout.splitlines()]
    assert [(record["name"], record["ok"]) for record in records] == [("Web", True), (f"127.0.0.1:{closed}", False)]


def test_it_loads_neither_the_window_nor_the_store() -> None:
    script = (
        "import sys; from clearline.__main__ import main; sys.argv[1:] = ['check', '127.0.0.1:1', '--json']\n"
        "code = main()\n"
        "heavy = ('PySide6', 'qasync', 'pyqtgraph', 'numpy', 'sqlite3', 'rich', 'structlog', 'clearline.ui')\n"
        "print([name for name in heavy if name in sys.modules], code)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, encoding="utf-8", check=True, timeout=60)
    assert done.stdout.splitlines()[-1] == "[] 1"


def test_it_says_how_to_go_on_when_the_window_cannot_be_loaded() -> None:
    script = (
        "import sys; sys.modules['PySide6'] = None\n"
        "from clearline.__main__ import main; sys.argv[1:] = ['--screenshot', 'x.png']\n"
        "sys.exit(main())"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, encoding="utf-8", check=False, timeout=60
    )
    assert done.returncode == 3
    assert "clearline[window]" in done.stderr
    assert "Traceback" not in done.stderr


def test_it_tells_its_version() -> None:
    done = clearline("--version")
    assert (done.returncode, done.stdout) == (0, "clearline 0.1.0\n")


def test_it_is_quiet_when_its_reader_leaves(web: int) -> None:
    addresses = " ".join(f"127.0.0.1:{web}" for _ in range(3))
    shell = f"'{sys.executable}' -m clearline check {addresses} --json | head -n 1"
    done = subprocess.run(["/bin/sh", "-c", shell], capture_output=True, encoding="utf-8", check=True, timeout=60)
    assert len(done.stdout.splitlines()) == 1
    assert done.stderr == ""


def test_it_exits_with_130_when_it_is_interrupted(tmp_path: Path) -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as silent,
        start("check", f"http://127.0.0.1:{silent.getsockname()[1]}/") as running,
    ):
        silent.settimeout(20)
        connection, _ = silent.accept()
        running.send_signal(signal.SIGINT)
        out, errors = running.communicate(timeout=20)
        connection.close()
    assert running.returncode == 130
    assert (out, errors.strip()) == ("", "")


def test_it_tries_a_web_target_with_and_without_its_proxy(web: int) -> None:
    dead = "http://127.0.0.1:1"
    told = clearline("check", "-v", "--proxy", dead, f"http://127.0.0.1:{web}/").stdout
    record = json.loads(clearline("check", "-v", "--json", "--proxy", dead, f"http://127.0.0.1:{web}/").stdout)

    assert f"Through {dead}: Proxy refuses connection" in told
    assert "It works straight and fails through the proxy" in told
    assert record["detail"]["ways"]["finding"] == "only_direct"


def test_it_says_that_a_proxy_is_none(web: int) -> None:
    done = clearline("check", "--proxy", "gopher://x", f"http://127.0.0.1:{web}/")

    assert done.returncode == 2
    assert "gopher://x" in done.stderr
