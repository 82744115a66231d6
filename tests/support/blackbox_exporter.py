"""Prometheus' blackbox exporter beside us: started with modules of our own, asked as Prometheus asks it."""

import contextlib
import shutil
import subprocess
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

PROGRAMS = ("prometheus-blackbox-exporter", "blackbox_exporter")
"""As Debian and as its own releases call it."""
PATIENCE_S = 20.0
Argv = Callable[..., list[str]]
"""Where a command runs: as it stands, or in a namespace."""


def program() -> str | None:
    """Its name; None where it is not installed."""
    return next((name for name in PROGRAMS if shutil.which(name)), None)


def modules_of(limit_s: float, roots: Mapping[str, str]) -> str:
    """A module a name for HTTP, with the roots that it trusts besides the system's; none is empty."""
    lines = ["modules:"]
    for name, ca_file in roots.items():
        trust = f", tls_config: {{ca_file: {ca_file}}}" if ca_file else ""
        lines.append(
            f"  {name}: {{prober: http, timeout: {limit_s:g}s, http: {{preferred_ip_protocol: ip4, "
            f"ip_protocol_fallback: true{trust}}}}}"
        )
    return "\n".join(lines) + "\n"


def probe_url(port: int, module: str, address: str, *, is_debug: bool = False) -> str:
    """What Prometheus would fetch; with `is_debug` its log of the probe comes too."""
    asked = {"module": module, "target": address} | ({"debug": "true"} if is_debug else {})
    return f"http://127.0.0.1:{port}/probe?{urllib.parse.urlencode(asked)}"


@contextlib.contextmanager
def exporter(modules: str, port: int, ready: Callable[[str], bool], argv: Argv) -> Iterator[None]:
    """It runs until the block ends. `ready` asks a URL from where it runs. Raises TimeoutError where none answers."""
    with tempfile.TemporaryDirectory() as folder:
        config = Path(folder) / "blackbox.yml"
        config.write_text(modules, encoding="utf-8")
        given = (f"--config.file={config}", f"--web.listen-address=127.0.0.1:{port}")
        command = argv(program() or PROGRAMS[0], *given)
        running = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            until_s = time.monotonic() + PATIENCE_S
            while not ready(f"http://127.0.0.1:{port}/-/healthy"):
                if time.monotonic() > until_s:
                    raise TimeoutError("the exporter does not answer")
                with contextlib.suppress(subprocess.TimeoutExpired):
                    running.wait(0.2)
            yield
        finally:
            running.terminate()
            running.wait(PATIENCE_S)


def answers_here(url: str) -> bool:
    """Does a URL of this machine answer?"""
    try:
        with urllib.request.urlopen(url, timeout=2.0) as answer:
            return bool(answer.status == 200)
    except (OSError, urllib.error.URLError):
        return False
