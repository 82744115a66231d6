"""A minimal root of this machine's own Debian: made, entered as root or as an ordinary user, compared, removed."""

import hashlib
import os
import re
import shutil
import stat
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from steps.project import WORK, BuildError, needed, run

USER = "tester"
_CHANGES_ANYWAY = re.compile(
    # What is the kernel's or a person's, and the caches, logs and lists of apt, dpkg and their libraries' triggers.
    r"^/(proc|sys|dev|run|tmp|home|root|var/(cache|log|lib/(apt|dpkg|systemd|pam|ucf))"
    r"|etc/(ld\.so\.cache|mtab|(passwd|group|g?shadow|sub[ug]id)-))(/|$)"
)
_NOT_OF_THE_ROOT = re.compile(r"^/(proc|sys|dev|tmp|home)(/|$)")


class DebianRoot:
    """What can be done in it. `path` is where it lies."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @property
    def home(self) -> Path:
        """Of the ordinary user, seen from here."""
        return self.path / "home" / USER

    def run(self, *command: str) -> str:
        """As root; returns standard output. Raises BuildError."""
        variables = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C.UTF-8"}
        proxies = {name: value for name, value in os.environ.items() if name.lower().endswith("_proxy")}
        done = subprocess.run(
            ["chroot", str(self.path), *command],
            env={**proxies, **variables},
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise BuildError(f"{' '.join(command)} failed in the root:\n{(done.stdout + done.stderr)[-3000:]}")
        return done.stdout

    def apt(self, *words: str) -> None:
        """apt-get, without questions. Raises BuildError."""
        self.run("apt-get", "-y", "-qq", *words)

    def user_argv(self, *command: str, **variables: str) -> list[str]:
        """What starts this as the ordinary user, with these variables and no others but PATH and HOME."""
        told = {"PATH": "/usr/bin:/bin", "HOME": f"/home/{USER}", **variables}
        words = [f"{name}={value}" for name, value in told.items()]
        enter = ["chroot", f"--userspec={USER}:{USER}", str(self.path)]
        return [*enter, "/usr/bin/env", "-i", "-C", f"/home/{USER}", *words, *command]

    def as_user(self, *command: str) -> str:
        """Everything that it wrote, whatever its exit code."""
        done = subprocess.run(self.user_argv(*command), capture_output=True, text=True, check=False, timeout=300)
        return done.stdout + done.stderr

    def state(self) -> dict[str, str]:
        """Every path from "/" on with its kind, rights and content, but for those that change anyway."""
        return {place: _state(path) for place, path in self._walk(_CHANGES_ANYWAY)}

    def named(self, word: str) -> list[str]:
        """Every path whose name holds this word, caches and lists included."""
        return sorted(place for place, path in self._walk(_NOT_OF_THE_ROOT) if word in path.name.lower())

    def kept(self) -> dict[str, str]:
        """What the ordinary user has."""
        return {str(path.relative_to(self.home)): _state(path) for path in sorted(self.home.rglob("*"))}

    def _walk(self, without: re.Pattern[str]) -> Iterator[tuple[str, Path]]:
        for folder, names, files in os.walk(self.path):
            inside = Path("/", Path(folder).relative_to(self.path))
            names[:] = [name for name in names if not without.match(str(inside / name))]
            for name in (*names, *files):
                if not without.match(str(inside / name)):
                    yield str(inside / name), Path(folder, name)


def _state(path: Path) -> str:
    seen = path.lstat()
    rights = f"{stat.filemode(seen.st_mode)} {seen.st_uid}:{seen.st_gid}"
    if stat.S_ISLNK(seen.st_mode):
        return f"{rights} → {path.readlink()}"
    return f"{rights} {hashlib.sha256(path.read_bytes()).hexdigest()}" if stat.S_ISREG(seen.st_mode) else rights


def changes(before: dict[str, str], after: dict[str, str]) -> list[str]:
    """What came, went and became different, a word each."""
    came = [f"+{place}" for place in sorted(after.keys() - before.keys())]
    went = [f"-{place}" for place in sorted(before.keys() - after.keys())]
    return (
        came + went + [f"≠{place}" for place in sorted(before.keys() & after.keys()) if before[place] != after[place]]
    )


@contextmanager
def debian_root() -> Iterator[DebianRoot]:
    """One from this machine's own mirror, with an ordinary user; the pristine one is kept as an archive."""
    path = Path(f"/var/tmp/clearline-root-{os.getpid()}")
    pristine = WORK / "minimal-root.tar"
    if not pristine.exists():
        pristine.parent.mkdir(parents=True, exist_ok=True)
        suite, mirror = _mirror()
        run([needed("debootstrap", "debootstrap"), "--variant=minbase", suite, path, mirror])
        run(["tar", "--create", "--file", pristine, "--directory", path, "."])
        shutil.rmtree(path)
    path.mkdir(parents=True)
    run(["tar", "--extract", "--file", pristine, "--directory", path])
    # Packages come from where they come from here, through the same proxy.
    shutil.rmtree(path / "etc/apt")
    shutil.copytree("/etc/apt", path / "etc/apt", symlinks=True)
    for file in ("/etc/resolv.conf", "/etc/hosts"):
        shutil.copy(file, path / file[1:])
    root = DebianRoot(path)
    try:
        for kind, place in (("proc", "proc"), ("sysfs", "sys")):
            subprocess.run(["mount", "-t", kind, kind, path / place], check=True)
        subprocess.run(["mount", "--bind", "/dev", path / "dev"], check=True)
        root.run("useradd", "--create-home", USER)
        root.apt("update")
        yield root
    finally:
        for place in ("dev", "sys", "proc"):
            subprocess.run(["umount", "--lazy", path / place], check=False)
        shutil.rmtree(path, ignore_errors=True)


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
