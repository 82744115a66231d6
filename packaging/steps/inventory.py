"""What the build consists of, from metadata: each bundled file belongs to a Python package, a system package or us."""

import ast
import csv
import email.parser
import re
import shutil
import subprocess
import sys
import sysconfig
from dataclasses import dataclass, field
from pathlib import Path

from steps import clean_venv
from steps.project import PACKAGING, WORK, BuildError

TOCS = WORK / "pyinstaller" / "clearline"
_NEVER = ("libreadline8", "libgdbm6")
"""Libraries under the GPL itself, not the LGPL."""
_NOTICE = re.compile(r"(?i)(licen[cs]e|copying|notice|authors|copyright)")


@dataclass
class Part:
    """One bundled product."""

    name: str
    version: str
    licence: str
    """An SPDX expression or the maker's own words."""
    purl: str = ""
    """Package URL, https://github.com/package-url/purl-spec; empty where there is no such name."""
    website: str = ""
    notices: dict[str, str] = field(default_factory=dict)
    """Texts that must come along, by title."""


def inventory() -> list[Part]:
    """Everything bundled, by name. Raises BuildError for a file of unknown origin, a part without any notice, or one
    that must not be bundled."""
    parts = {part.name: part for part in [_python(), *_distributions(), *_of_the_system()]}
    if forbidden := [name for name in _NEVER if name in parts]:
        raise BuildError(f"{', '.join(forbidden)} must not be bundled: its licence would bind the whole program.")
    silent = [part.name for part in parts.values() if not part.notices]
    if silent:
        raise BuildError(f"No licence text was found for {', '.join(silent)}. Add it to packaging/licences.")
    return sorted(parts.values(), key=lambda part: part.name.casefold())


def bundled() -> set[Path]:
    """The sources of every file and module in the build, read from PyInstaller's lists."""
    found = set()
    for name in ("COLLECT-00.toc", "PYZ-00.toc", "EXE-00.toc"):
        for entry in listed(name):
            path = Path(entry[1])
            if path.is_absolute() and path.is_file():
                found.add(path)
    return found


def listed(name: str) -> list[tuple[str, str, str]]:
    """What stands in one of PyInstaller's lists: place, source, kind."""
    return _entries(ast.literal_eval((TOCS / name).read_text(encoding="utf-8")))


def _entries(toc: object) -> list[tuple[str, str, str]]:
    if isinstance(toc, tuple) and len(toc) == 3 and all(isinstance(part, str) for part in toc):
        return [toc]
    return [entry for part in toc for entry in _entries(part)] if isinstance(toc, tuple | list) else []


def _site_packages() -> Path:
    return next(clean_venv.FOLDER.glob("[Ll]ib/**/site-packages"))


def _distributions() -> list[Part]:
    """Python packages with a file in the build; the frozen starter is PyInstaller's."""
    files = bundled()
    found = []
    for folder in sorted(_site_packages().glob("*.dist-info")):
        metadata = email.parser.Parser().parsestr((folder / "METADATA").read_text(encoding="utf-8"), headersonly=True)
        name = metadata["Name"]
        record = (folder / "RECORD").read_text(encoding="utf-8").splitlines()
        owned = [folder.parent / row[0] for row in csv.reader(record)]
        is_bundled = name == "pyinstaller" or any(path in files for path in owned if folder not in path.parents)
        if is_bundled and name != "clearline":
            found.append(_distribution(folder, metadata, owned))
    return found


def _distribution(folder: Path, metadata: "email.message.Message[str, str]", owned: list[Path]) -> Part:
    name, version = metadata["Name"], metadata["Version"]
    texts = [
        path for path in owned if _NOTICE.search(path.name) and path.suffix in ("", ".txt", ".md", ".rst", ".APACHE")
    ]
    texts += [path for path in owned if "licenses" in path.relative_to(folder.parent).parts and path not in texts]
    notices = {
        path.relative_to(folder.parent).as_posix().removeprefix(f"{folder.name}/"): _text(path)
        for path in sorted(set(texts))
        if path.is_file() and path.suffix not in (".py", ".pyc")
    }
    words = (metadata["License-Expression"] or (metadata["License"] or "").strip().partition("\n")[0]).strip()
    words = words or _classifier(metadata)
    if "LGPL" in words and not notices:
        notices = {each: _text(PACKAGING / "licences" / each) for each in ("LGPL-3.0.txt", "GPL-3.0.txt")}
    site = next((url.partition(",")[2].strip() for url in metadata.get_all("Project-URL") or () if "," in url), "")
    purl = f"pkg:pypi/{re.sub('[-_.]+', '-', name).lower()}@{version}"
    return Part(name, version, words, purl, metadata["Home-page"] or site, notices)


def _classifier(metadata: "email.message.Message[str, str]") -> str:
    known = [each for each in metadata.get_all("Classifier") or () if each.startswith("License ::")]
    return known[0].rpartition("::")[2].strip() if known else ""


def _python() -> Part:
    text = next(
        path
        for folder in (sysconfig.get_path("stdlib"), sys.base_prefix)
        if (path := Path(folder) / "LICENSE.txt").exists()
    )
    version = ".".join(map(str, sys.version_info[:3]))
    purl = f"pkg:generic/python@{version}"
    return Part("Python", version, "PSF-2.0", purl, "https://www.python.org", {"LICENSE.txt": _text(text)})


def _of_the_system() -> list[Part]:
    """Libraries that were taken from the system that builds; Debian says whose they are."""
    own = (clean_venv.FOLDER, Path(sys.base_prefix), PACKAGING, WORK)
    files = [path for path in bundled() if not any(folder in path.parents for folder in own)]
    if not files or sys.platform != "linux":
        return []
    if shutil.which("dpkg-query") is None:
        raise BuildError(
            "System libraries are bundled, and only dpkg can say whose they are: build on Debian or Ubuntu."
        )
    found: dict[str, Part] = {}
    for file in sorted({path.resolve() for path in files}):
        package = debian_package(file)
        if package not in found:
            found[package] = _debian_part(package)
    return list(found.values())


def debian_package(file: Path) -> str:
    """The package that a file of this system belongs to. Raises BuildError."""
    # A merged /usr: dpkg may know the file by either name.
    for name in (file, Path("/", *file.parts[2:])):
        done = subprocess.run(["dpkg-query", "-S", str(name)], capture_output=True, text=True, check=False)
        if done.returncode == 0:
            return done.stdout.partition(":")[0]
    raise BuildError(f"{file} is bundled and belongs to no package.")


def _debian_part(package: str) -> Part:
    wanted = "${Version}\t${Homepage}\n"
    shown = subprocess.run(["dpkg-query", "-W", "-f", wanted, package], capture_output=True, text=True, check=True)
    version, site = shown.stdout.splitlines()[0].split("\t")
    text = _text(Path("/usr/share/doc") / package / "copyright")
    names = re.findall(r"(?m)^License: *(\S.*)$", text)
    words = " AND ".join(dict.fromkeys(names)) or "see the notice"
    purl = f"pkg:deb/debian/{package}@{version}"
    return Part(package, version, words, purl, site, {"copyright": text})


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace")
