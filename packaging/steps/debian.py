"""The .deb: the one folder below /usr/lib, with desktop file, icons, MIME type, completion and man page."""

import gzip
import hashlib
import re
import shutil
from datetime import UTC, datetime
from pathlib import Path

from steps import clean_venv
from steps.freeze import settle
from steps.inventory import debian_package
from steps.project import (
    MACHINE,
    NAME,
    PACKAGING,
    SUMMARY,
    WORK,
    BuildError,
    folder,
    fresh,
    moment,
    needed,
    run,
    size_of,
    version,
)

LINUX = PACKAGING / "linux"
ICON_SIZES = (16, 24, 32, 48, 64, 128, 256)
_SHELLS = {
    "bash": "usr/share/bash-completion/completions/clearline",
    "zsh": "usr/share/zsh/vendor-completions/_clearline",
    "fish": "usr/share/fish/vendor_completions.d/clearline.fish",
}
_GCC_OF = {f"3.4.{number}": gcc for gcc, numbers in (
    ("5", range(22)), ("7", range(22, 25)), ("8", (25,)), ("9", range(26, 28)), ("10", (28,)), ("11", (29,)),
    ("12", (30,)), ("13", (31, 32)), ("14", (33,)), ("15", (34,)),
) for number in numbers}  # fmt: skip
"""https://gcc.gnu.org/onlinedocs/libstdc++/manual/abi.html"""
_CONTROL = """\
Package: {name}
Version: {version}
Architecture: {machine}
Maintainer: Clearline maintainers <maintainers@clearline.example>
Installed-Size: {kilobytes}
Depends: {depends}
Recommends: libcups2, xdg-utils
Section: net
Priority: optional
Description: {summary}
 Shows where a connection breaks, keeps watching, and hands over proof: many
 targets over time in one window, with the cause of each failed probe, the
 client's policy at work and honest latency. Brings its own Python and Qt.
"""
_COPYRIGHT = """\
Clearline {version}

The notices and licence texts of everything that comes with it, Qt and PySide6 (LGPL-3) among them, lie in
/usr/lib/clearline/licences; the file README.txt there says what they allow and where the sources are.
Debian keeps the LGPL in /usr/share/common-licenses/LGPL-3.
"""


def build(into: Path) -> Path:
    """The package file. Raises BuildError."""
    root = fresh(WORK / "deb")
    shutil.copytree(folder(), root / "usr/lib" / NAME, symlinks=True)
    (root / "usr/bin").mkdir(parents=True)
    (root / "usr/bin" / NAME).symlink_to(f"../lib/{NAME}/{NAME}")
    install_shared(root)
    doc = root / "usr/share/doc" / NAME
    _write(doc / "copyright", _COPYRIGHT.format(version=version()).encode())
    _write(doc / "examples/policy.toml", (PACKAGING / "policy-example.toml").read_bytes())
    depends = _depends(root / "usr/lib" / NAME)
    control = _CONTROL.format(
        name=NAME, version=version(), machine=MACHINE, kilobytes=size_of(root) // 1024, depends=depends, summary=SUMMARY
    )
    _write(root / "DEBIAN/control", control.encode())
    _write(root / "DEBIAN/md5sums", _sums(root))
    _write(root / "DEBIAN/postrm", (LINUX / "postrm").read_bytes())
    (root / "DEBIAN/postrm").chmod(0o755)
    settle(root)
    file = into / f"{NAME}_{version()}_{MACHINE}.deb"
    run([needed("dpkg-deb", "dpkg"), "--root-owner-group", "-Zxz", "-z1", "--build", root, file])
    return file


def install_shared(root: Path) -> None:
    """What a desktop and a shell look for below usr/share of `root`."""
    share = root / "usr/share"
    for desktop in LINUX.glob("*.desktop"):
        _write(share / "applications" / desktop.name, desktop.read_bytes())
    _write(share / "mime/packages/clearline.xml", (LINUX / "clearline.xml").read_bytes())
    icons = share / "icons/hicolor"
    for size in ICON_SIZES:
        _write(icons / f"{size}x{size}/apps/clearline.png", (WORK / f"assets/clearline-{size}.png").read_bytes())
    _write(icons / "scalable/apps/clearline.svg", (PACKAGING.parent / "resources/icons/clearline.svg").read_bytes())
    for shell, place in _SHELLS.items():
        # click writes the script of a shell when asked in this way.
        script = run([folder() / NAME], environment={"_CLEARLINE_COMPLETE": f"{shell}_source"})
        _write(root / place, script.encode())
    day = datetime.fromtimestamp(moment(), UTC).strftime("%Y-%m-%d")
    page = run([clean_venv.python(), PACKAGING / "steps/manual.py", day, version()])
    _write(share / "man/man1/clearline.1.gz", gzip.compress(page.encode(), mtime=0))


def _depends(built: Path) -> str:
    """The packages of the libraries that are loaded and not bundled, with the versions that their symbols ask for.

    Qt's plugin for printers is left out: where there is no CUPS it is not loaded.
    """
    files = [
        path
        for path in sorted(built.rglob("*"))
        if path.is_file() and not path.is_symlink() and (path.name == NAME or ".so" in path.name)
        if "printsupport" not in path.parts
    ]
    told = run([needed("readelf", "binutils"), "--wide", "--dynamic", "--version-info", *files])
    bundled = {path.name for path in built.rglob("*")}
    missing = set(re.findall(r"\(NEEDED\).*\[(.+?)\]", told)) - bundled
    places = dict(re.findall(r"(?m)^\s+(\S+) .*=> (\S+)$", run([needed("ldconfig", "libc-bin"), "--print-cache"])))
    if unknown := sorted(name for name in missing if name not in places and not name.startswith("ld-linux")):
        raise BuildError(f"Nothing here provides {', '.join(unknown)}, which the build loads.")
    packages = {debian_package(Path(places[name]).resolve()) for name in missing if name in places}
    least = {"libc6": _highest(told, "GLIBC_2"), "libstdc++6": _GCC_OF[_highest(told, "GLIBCXX_3.4")]}
    return ", ".join(f"{name} (>= {least[name]})" if name in least else name for name in sorted(packages))


def _highest(told: str, series: str) -> str:
    """The newest version of a series of symbols: `2.35` of GLIBC_2."""
    found = {int(number) for number in re.findall(rf"\b{re.escape(series)}\.(\d+)\b", told)}
    return f"{series.partition('_')[2]}.{max(found)}"


def _sums(root: Path) -> bytes:
    lines = [
        f"{hashlib.md5(path.read_bytes(), usedforsecurity=False).hexdigest()}  {path.relative_to(root).as_posix()}\n"
        for path in sorted((root / "usr").rglob("*"))
        if path.is_file() and not path.is_symlink()
    ]
    return "".join(lines).encode()


def _write(file: Path, content: bytes) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content)
