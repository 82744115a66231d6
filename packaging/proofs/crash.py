"""What is left when the build dies: the interpreter's last words in a file, another engine, a session that opens."""

import os
import signal
import subprocess
import tempfile
from pathlib import Path

from proofs.report import Report
from proofs.screen import picture, screen, window_of, within
from proofs.service import serving
from steps.project import NAME, WORK, folder

PICTURE = WORK / "pictures" / "after-a-crash.png"
_PLAN = 'version = 1\ninterval_s = 0.2\n[[target]]\naddress = "tcp://127.0.0.1:{port}"\n'


def prove(arguments: list[str]) -> int:
    """Kill the build's engine and window with SIGSEGV: crash files, another engine, told next time, no lost session."""
    report = Report()
    program = folder() / NAME
    with (
        serving() as service,
        screen() as display,
        tempfile.TemporaryDirectory(prefix="clearline-crash-") as place,
    ):
        home, plan = Path(place) / "home", Path(place) / "plan.toml"
        plan.write_text(_PLAN.format(port=service.port), encoding="utf-8")
        variables = dict(os.environ, DISPLAY=display, CLEARLINE_HOME=str(home), QT_QPA_PLATFORM="xcb")
        window = subprocess.Popen(
            [program, "--plan", plan], env=variables, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        try:
            window_of(display)
            within(30, lambda: service.taken > 10, "nothing was tested")
            engine = _engine_of(window.pid)
            os.kill(engine, signal.SIGSEGV)
            within(30, lambda: _engine_of(window.pid) not in (0, engine), "no other engine was started")
            report.says("another engine took over", window.poll() is None)
            before = service.taken
            within(30, lambda: service.taken > before + 10, "testing did not go on")
            report.says("the same session goes on", len(list((home / "sessions").glob("*.clearline"))) == 1)
            _last_words(report, home, "engine")
            second = _engine_of(window.pid)
            window.send_signal(signal.SIGSEGV)
            window.wait(30)
            within(30, lambda: not Path(f"/proc/{second}").exists(), "the engine outlived its window")
            _last_words(report, home, "window")
        finally:
            window.kill()
            window.communicate()
        session = next((home / "sessions").glob("*.clearline"))
        _told_next_time(report, [program, "--plan", plan], variables, home)
        shot = Path(place) / "again.png"
        done = subprocess.run(
            [program, "--open", session, "--screenshot", shot],
            env=variables,
            capture_output=True,
            text=True,
            check=False,
        )
        report.says("the session opens again", done.returncode == 0 and shot.exists(), done.stderr.strip())
    return report.exit_code


def _told_next_time(report: Report, command: list[str | Path], variables: dict[str, str], home: Path) -> None:
    """Start the window again: it says what happened, and keeps the interpreter's last words to be read."""
    window = subprocess.Popen(command, env=variables, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    try:
        window_of(variables["DISPLAY"])
        within(30, lambda: list((home / "logs").glob("window-*.died.txt")), "the next start did not look for a crash")
        within(30, lambda: _engine_of(window.pid), "the next start has no engine")
        picture(variables["DISPLAY"], PICTURE)
        window.send_signal(signal.SIGTERM)
        report.says(f"the next start tells of it, and ends in order; look at {PICTURE}", window.wait(30) == 0)
    finally:
        window.kill()
        window.communicate()


def _last_words(report: Report, home: Path, process: str) -> None:
    files = list((home / "logs").glob(f"{process}-*.crash"))
    words = [file.read_text(encoding="utf-8", errors="replace") for file in files]
    fatal = [text for text in words if "Fatal Python error: Segmentation fault" in text]
    report.says(f"faulthandler wrote the last words of the {process}", bool(fatal), f"{len(files)} files")


def _engine_of(window: int) -> int:
    """The child with --engine of this process; 0 where there is none."""
    for place in Path("/proc").glob("[0-9]*"):
        try:
            is_child = int((place / "stat").read_text().rpartition(")")[2].split()[1]) == window
            words = (place / "cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        if is_child and b"--engine" in words:
            return int(place.name)
    return 0
