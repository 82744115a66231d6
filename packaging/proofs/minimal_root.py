"""The .deb in a fresh Debian root without Python: installed, proved, started, driven, purged."""

import os
import re
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from proofs.report import Report
from proofs.screen import picture, screen, window_of, within, xdotool
from steps.project import DIST, NAME, WORK, BuildError, needed, run

USER = "tester"
_CHANGES_ANYWAY = re.compile(
    # Caches, logs and lists of apt and dpkg, and what their libraries' own triggers write.
    r"^/(var/(cache|log|lib/(apt|dpkg|systemd|pam|ucf))|proc|sys|dev|run|tmp|home|root|etc/(ld\.so\.cache|mtab|(passwd|group|g?shadow|sub[ug]id)-))(/|$)"
)


def prove(arguments: list[str]) -> int:
    """The .deb in a debootstrap root without Python: apt, self-test, window by xdotool, purge. Needs root."""
    if os.geteuid() != 0:
        raise BuildError("A root of its own can only be made by root: run it with sudo.")
    packages = sorted(DIST.glob(f"{NAME}_*.deb"))
    if not packages:
        raise BuildError("There is no .deb yet: python3 packaging/dev.py build")
    report = Report()
    with _root() as root:
        _prove(root, packages[-1], report)
    return report.exit_code


def _prove(root: Path, package: Path, report: Report) -> None:
    shutil.copy(package, root / "tmp/clearline.deb")
    _in(root, ["apt-get", "update", "-qq"])
    before = _files(root)
    _in(root, ["apt-get", "install", "-y", "-qq", "--no-install-recommends", "/tmp/clearline.deb"])
    installed = _in(root, ["dpkg-query", "-W", "-f", "${Package}\n"]).split()
    unwanted = [name for name in installed if re.search(r"python|perl-modules|-dev$|^(gcc|cpp)-\d+$|qt6", name)]
    report.says(
        f"installed with apt in a root of {len(installed)} packages, none of Python or Qt", not unwanted, str(unwanted)
    )
    report.says("there is no Python", not list(root.glob("usr/bin/python*")))
    _in(root, ["useradd", "--create-home", USER])
    told = _as_user(root, ["clearline", "self-test"], check=False)
    print("       " + told.strip().replace("\n", "\n       "))
    report.says("the self-test passes", "Everything that Clearline needs works" in told)
    report.says("the man page is there", (root / "usr/share/man/man1/clearline.1.gz").exists())
    _drive(root, report)
    _in(root, ["userdel", "--remove", USER])
    _in(root, ["apt-get", "purge", "-y", "-qq", NAME])
    own = [path for path in sorted(_files(root) - before) if NAME in path.lower()]
    report.says("purge leaves nothing of Clearline", not own, " ".join(own[:10]))
    _in(root, ["apt-get", "autoremove", "--purge", "-y", "-qq"])
    left = sorted(_files(root) - before)
    report.says("autoremove leaves the root as it was", not left, " ".join(left[:10]))


def _drive(root: Path, report: Report) -> None:
    """Type an address, see it live, end by the keyboard; the recording is there."""
    pictures = WORK / "pictures"
    with socket.create_server(("127.0.0.1", 0)) as service, screen() as display:
        address = f"tcp://127.0.0.1:{service.getsockname()[1]}"
        (root / "tmp/.X11-unix").mkdir(exist_ok=True)
        subprocess.run(["mount", "--bind", "/tmp/.X11-unix", root / "tmp/.X11-unix"], check=True)
        try:
            window = subprocess.Popen(
                _user_argv(root, ["clearline", "--lang", "en", "--theme", "light"], DISPLAY=display)
            )
            shown = window_of(display)
            xdotool(display, "windowsize", "--sync", shown, "1400", "860")
            xdotool(display, "windowfocus", "--sync", shown, "key", "ctrl+l")
            xdotool(display, "type", "--delay", "20", address)
            xdotool(display, "key", "Return")
            sessions = root / f"home/{USER}/.local/share/clearline/sessions"
            within(30, lambda: _recorded(sessions) > 60_000, "nothing was recorded")
            begun = _recorded(sessions)
            within(60, lambda: _recorded(sessions) > begun + 30_000, "recording did not go on")
            picture(display, pictures / "installed.png")
            xdotool(display, "windowfocus", "--sync", shown, "key", "ctrl+q")
            code = window.wait(30)
        finally:
            subprocess.run(["umount", root / "tmp/.X11-unix"], check=True)
    report.says(
        f"typed {address}, watched it, ended with Ctrl+Q; look at {pictures / 'installed.png'}",
        code == 0,
        f"exit code {code}",
    )
    recording = next(sessions.glob("*.clearline"), None)
    report.says("its session was recorded", recording is not None)
    if recording is not None:
        inside = f"/home/{USER}/.local/share/clearline/sessions/{recording.name}"
        told = _as_user(root, ["clearline", "--open", inside, "--screenshot", f"/home/{USER}/again.png"], check=False)
        again = root / f"home/{USER}/again.png"
        if report.says("the session opens again in a window without a display", again.exists(), told.strip()):
            shutil.copy(again, pictures / "again.png")
    crashes = list((root / f"home/{USER}/.local/state/clearline/log").glob("*.crash"))
    report.says("no crash file was left", not crashes, str(crashes))


def _recorded(folder: Path) -> int:
    """Bytes of the recordings, with what waits in their logs."""
    return sum(file.stat().st_size for file in folder.glob("*")) if folder.exists() else 0


@contextmanager
def _root() -> Iterator[Path]:
    """A minimal root of this machine's own Debian, from its own mirror; the pristine one is kept as an archive."""
    root = Path(f"/var/tmp/clearline-root-{os.getpid()}")
    pristine = WORK / "minimal-root.tar"
    if not pristine.exists():
        pristine.parent.mkdir(parents=True, exist_ok=True)
        suite, mirror = _mirror()
        run([needed("debootstrap", "debootstrap"), "--variant=minbase", suite, root, mirror])
        run(["tar", "--create", "--file", pristine, "--directory", root, "."])
        shutil.rmtree(root)
    root.mkdir(parents=True)
    run(["tar", "--extract", "--file", pristine, "--directory", root])
    # Packages come from where they come from here, through the same proxy.
    shutil.rmtree(root / "etc/apt")
    shutil.copytree("/etc/apt", root / "etc/apt", symlinks=True)
    for file in ("/etc/resolv.conf", "/etc/hosts"):
        shutil.copy(file, root / file[1:])
    mounts = [("proc", "proc"), ("sysfs", "sys")]
    try:
        for kind, place in mounts:
            subprocess.run(["mount", "-t", kind, kind, root / place], check=True)
        subprocess.run(["mount", "--bind", "/dev", root / "dev"], check=True)
        yield root
    finally:
        for place in ("dev", "sys", "proc"):
            subprocess.run(["umount", "--lazy", root / place], check=False)
        shutil.rmtree(root, ignore_errors=True)


def _mirror() -> tuple[str, str]:
    """The suite of this machine and where apt gets it."""
    suite = re.search(r"(?m)^VERSION_CODENAME=(\w+)", Path("/etc/os-release").read_text(encoding="utf-8"))
    told = subprocess.run(
        ["apt-get", "indextargets", "--format", "$(REPO_URI) $(RELEASE)"], capture_output=True, text=True, check=True
    )
    for line in told.stdout.splitlines():
        uri, _, release = line.partition(" ")
        if suite and release == suite[1]:
            return suite[1], uri
    raise BuildError("apt does not say where this system's packages come from: apt-get indextargets")


def _files(root: Path) -> set[str]:
    """Every path within the root, from "/" on, but for those that change anyway."""
    found = set()
    for folder, names, files in os.walk(root):
        inside = Path("/", Path(folder).relative_to(root))
        names[:] = [name for name in names if not _CHANGES_ANYWAY.match(str(inside / name))]
        found |= {str(inside / name) for name in (*names, *files) if not _CHANGES_ANYWAY.match(str(inside / name))}
    return found


def _in(root: Path, command: list[str]) -> str:
    variables = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C.UTF-8"}
    proxies = {name: value for name, value in os.environ.items() if name.lower().endswith("_proxy")}
    done = subprocess.run(
        ["chroot", str(root), *command], env={**proxies, **variables}, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise BuildError(f"{' '.join(command)} failed in the root:\n{(done.stdout + done.stderr)[-3000:]}")
    return done.stdout


def _user_argv(root: Path, command: list[str], **variables: str) -> list[str]:
    told = {"PATH": "/usr/bin:/bin", "HOME": f"/home/{USER}", **variables}
    words = [f"{name}={value}" for name, value in told.items()]
    return [
        "chroot",
        f"--userspec={USER}:{USER}",
        str(root),
        "/usr/bin/env",
        "-i",
        "-C",
        f"/home/{USER}",
        *words,
        *command,
    ]


def _as_user(root: Path, command: list[str], *, check: bool = True) -> str:
    done = subprocess.run(_user_argv(root, command), capture_output=True, text=True, check=check, timeout=300)
    return done.stdout + done.stderr
