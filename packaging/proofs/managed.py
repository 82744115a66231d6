"""What an administrator and a person may arrange: policy, whose reports, folders; and that nobody else is called."""

import os
import re
import signal
import subprocess
import tempfile
from pathlib import Path

from proofs.odd_places import copied
from proofs.report import Report
from proofs.screen import picture, screen, window_of, within
from proofs.service import Service, serving
from steps.project import WORK, needed, run

PICTURE = WORK / "pictures" / "policy.png"
_POLICY = """\
version = 1
[locked]
theme = "dark"
language = "fr"
[outside]
allowed = ["9.9.9.9"]
[plan]
default = "office.toml"
[report]
organisation = "Example Ltd"
"""
_PLAN = 'version = 1\ninterval_s = 0.2\n[[target]]\nname = "office-door"\naddress = "tcp://127.0.0.1:{port}"\n'
_CHOSEN = "[General]\ntheme=light\nlanguage=en\n"
_CALL = re.compile(r"(?:connect|sendto|sendmsg|sendmmsg)\(.*?inet_(?:addr|pton)\((?:AF_INET6, )?\"([^\"]+)\"")


def prove(arguments: list[str]) -> int:
    """A policy beside the program: locked settings, first plan, hosts, whose reports; own folders; nobody is called."""
    report = Report()
    with (
        tempfile.TemporaryDirectory(prefix="clearline-managed-") as place,
        serving() as service,
        screen() as display,
    ):
        top = Path(place)
        program, home = copied(top), top / "home"
        variables = {"HOME": str(home), "PATH": os.defpath, "DISPLAY": display, "QT_QPA_PLATFORM": "xcb"}
        list_hosts = [program, "diagnose", "--outside", "--list"]
        usual = run(list_hosts, environment=variables).split()
        _arrange(program, home, service.port)
        left = run(list_hosts, environment=variables).split()
        report.says(
            "of the hosts to compare with only the allowed ones are left",
            left == [host for host in usual if "9.9.9.9" in host] and 0 < len(left) < len(usual),
            f"{len(usual)} → {' '.join(left)}",
        )
        sessions = home / ".local/share/clearline/sessions"
        _watch(program, variables, service, top / "calls")
        called = sorted(set(_CALL.findall((top / "calls").read_text(encoding="utf-8", errors="replace"))))
        report.says(
            "the first plan of the policy ran, and nobody else was called", called == ["127.0.0.1"], str(called)
        )
        light = float(
            run([needed("convert", "imagemagick"), PICTURE, "-colorspace", "Gray", "-format", "%[fx:mean]", "info:"])
        )
        report.says(f"dark though light was chosen; look at {PICTURE}", light < 0.35, f"mean brightness {light:.2f}")
        session = next(sessions.glob("*.clearline"))
        for options, is_told in (((), True), (("--redact",), False)):
            page = top / "page.html"
            run([program, "report", session, "-o", page, *options], environment=variables)
            names = "Example Ltd" in page.read_text(encoding="utf-8")
            report.says(
                f"report {' '.join(options)}: whose it is {'is' if is_told else 'is not'} told", names == is_told
            )
        kept = sorted({str(path.relative_to(home).parent) for path in home.rglob("*") if path.is_file()})
        strays = [folder for folder in kept if "clearline" not in Path(folder).parts]
        report.says("per user: everything lies in folders of its own in the home", not strays, ", ".join(kept))
    return report.exit_code


def _arrange(program: Path, home: Path, port: int) -> None:
    """The administrator's files beside the program, and what a person had chosen before."""
    program.with_name("policy.toml").write_text(_POLICY, encoding="utf-8")
    program.with_name("office.toml").write_text(_PLAN.format(port=port), encoding="utf-8")
    settings = home / ".config/clearline/window.ini"
    settings.parent.mkdir(parents=True, exist_ok=True)
    settings.write_text(_CHOSEN, encoding="utf-8")


def _watch(program: Path, variables: dict[str, str], service: Service, calls: Path) -> None:
    """Start the window with no option at all, let it test for a while, end it; `calls` names whom it called."""
    trace = [needed("strace", "strace"), "-f", "-qq", "-e", "trace=connect,sendto,sendmsg,sendmmsg", "-o", calls]
    window = subprocess.Popen(
        [*trace, program], env=variables, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )
    try:
        window_of(variables["DISPLAY"])
        within(60, lambda: service.taken >= 30, "the plan of the policy was not tested")
        picture(variables["DISPLAY"], PICTURE)
    finally:
        os.killpg(window.pid, signal.SIGTERM)
        window.wait(30)
