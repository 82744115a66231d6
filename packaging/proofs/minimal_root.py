"""The .deb in a fresh Debian root without Python: installed, proved, started, driven, purged, installed again."""

import os
import re
import shutil
import subprocess

from proofs.debian_root import USER, DebianRoot, changes, debian_root
from proofs.report import Report
from proofs.screen import picture, screen, window_of, within, xdotool
from proofs.service import serving
from steps.project import DIST, NAME, PACKAGING, WORK, BuildError

PICTURES = WORK / "pictures"
SESSIONS = ".local/share/clearline/sessions"
POLICY = "etc/clearline/policy.toml"
WATCHED = 20
"""Attempts, one a second, until the picture is taken: enough for a curve."""
CACHE_MAKERS = ("shared-mime-info", "desktop-file-utils", "gtk-update-icon-cache", "hicolor-icon-theme", "man-db")
"""What on a desktop gathers the files below /usr/share of all packages into caches."""
CACHES = {
    "usr/share/mime/globs2": b"application/x-clearline-session:*.clearline",
    "usr/share/applications/mimeinfo.cache": b"application/x-clearline-session=clearline-session.desktop",
    "usr/share/icons/hicolor/icon-theme.cache": b"clearline",
}
"""With what of ours stands in each."""


def prove(arguments: list[str]) -> int:
    """The .deb in a debootstrap root without Python: apt, self-test, window by xdotool, purge. Needs root."""
    if os.geteuid() != 0:
        raise BuildError("A root of its own can only be made by root: run it with sudo.")
    packages = sorted(DIST.glob(f"{NAME}_*.deb"))
    if not packages:
        raise BuildError("There is no .deb yet: python3 packaging/dev.py build")
    report = Report()
    with debian_root() as root:
        shutil.copy(packages[-1], root.path / "tmp/clearline.deb")
        _prove_bare(root, report)
        _prove_on_a_desktop(root, report)
    return report.exit_code


def _prove_bare(root: DebianRoot, report: Report) -> None:
    """Nothing there but the base system."""
    before = root.state()
    _install(root)
    installed = root.run("dpkg-query", "-W", "-f", "${Package}\n").split()
    unwanted = [name for name in installed if re.search(r"python|perl-modules|-dev$|^(gcc|cpp)-\d+$|qt6", name)]
    report.says(
        f"installed with apt in a root of {len(installed)} packages, none of Python or Qt",
        not unwanted,
        " ".join(unwanted),
    )
    report.says("there is no Python", not list(root.path.glob("usr/bin/python*")))
    told = root.as_user("clearline", "self-test")
    print("       " + told.strip().replace("\n", "\n       "))
    report.says("the self-test passes", "Everything that Clearline needs works" in told)
    report.says("the man page is there", (root.path / "usr/share/man/man1/clearline.1.gz").exists())
    _drive(root, report)
    _fix_settings(root, report)
    kept = root.kept()
    _purge(root)
    lost = changes(kept, root.kept())
    report.says(
        f"purge leaves people's own files: {len(kept)} in the home folder", bool(kept) and not lost, " ".join(lost)
    )
    _judge_purged(root, before, report)


def _prove_on_a_desktop(root: DebianRoot, report: Report) -> None:
    """Installed again where other packages keep caches of what lies below /usr/share."""
    root.apt("install", "--no-install-recommends", *CACHE_MAKERS)
    before = root.state()
    _install(root)
    unknown = [place for place, word in CACHES.items() if word not in (root.path / place).read_bytes()]
    report.says("the desktop's caches know the type, its opener and the icon", not unknown, " ".join(unknown))
    report.says("man finds the page", "clearline.1" in root.as_user("man", "--where", "clearline"))
    recording = next((root.home / SESSIONS).glob("*.clearline"))
    told = root.as_user(
        "clearline", "--open", f"/home/{USER}/{SESSIONS}/{recording.name}", "--screenshot", f"/home/{USER}/again.png"
    )
    again = root.home / "again.png"
    if report.says(
        "the session from before the purge opens, in a window without a display",
        again.exists(),
        "" if again.exists() else told,
    ):
        shutil.copy(again, PICTURES / "again.png")
    _purge(root)
    _judge_purged(root, before, report)


def _install(root: DebianRoot) -> None:
    root.apt("install", "--no-install-recommends", "/tmp/clearline.deb")


def _purge(root: DebianRoot) -> None:
    root.apt("purge", NAME)
    root.apt("autoremove", "--purge")


def _judge_purged(root: DebianRoot, before: dict[str, str], report: Report) -> None:
    left = changes(before, root.state())
    report.says(f"purge leaves all {len(before)} files as they were, caches among them", not left, " ".join(left[:10]))
    own = root.named(NAME)
    report.says("nothing has Clearline's name any more", not own, " ".join(own[:10]))


def _fix_settings(root: DebianRoot, report: Report) -> None:
    """An administrator's policy is found; purge takes it along, since it is this computer's configuration."""
    policy = root.path / POLICY
    policy.parent.mkdir()
    shutil.copy(PACKAGING / "policy-example.toml", policy)
    told = root.as_user("clearline", "self-test", "--json")
    steps = [line for line in told.splitlines() if '"step":"policy"' in line]
    report.says(
        "the administrator's policy is in force", [f"/{POLICY}" in line for line in steps] == [True], str(steps)
    )


def _drive(root: DebianRoot, report: Report) -> None:
    """Type an address, see it live, end by the keyboard; the recording is there."""
    sessions = root.home / SESSIONS
    with serving() as service, screen() as display:
        sockets = root.path / "tmp/.X11-unix"
        sockets.mkdir(exist_ok=True)
        subprocess.run(["mount", "--bind", "/tmp/.X11-unix", sockets], check=True)
        try:
            window = subprocess.Popen(root.user_argv("clearline", "--lang", "en", "--theme", "light", DISPLAY=display))
            shown = window_of(display)
            xdotool(display, "windowsize", "--sync", shown, "1400", "860")
            xdotool(display, "windowfocus", "--sync", shown, "key", "ctrl+l")
            xdotool(display, "type", "--delay", "20", service.address)
            xdotool(display, "key", "Return")
            within(90, lambda: service.taken >= WATCHED, f"the window made fewer than {WATCHED} attempts")
            picture(display, PICTURES / "installed.png")
            xdotool(display, "windowfocus", "--sync", shown, "key", "ctrl+q")
            code = window.wait(30)
        finally:
            subprocess.run(["umount", sockets], check=True)
    report.says(
        f"typed {service.address}, watched it, ended with Ctrl+Q; look at {PICTURES / 'installed.png'}",
        code == 0,
        f"exit code {code}",
    )
    report.says("its session was recorded", next(sessions.glob("*.clearline"), None) is not None)
    crashes = list((root.home / ".local/state/clearline/log").glob("*.crash"))
    report.says("no crash file was left", not crashes, " ".join(map(str, crashes)))
