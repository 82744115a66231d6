"""Puts the licence texts of everything bundled beside it, and what the LGPL asks for: texts, where the sources are."""

import re
from pathlib import Path

from steps.inventory import Part
from steps.project import BuildError, fresh

COMMON = Path("/usr/share/common-licenses")
"""Where Debian keeps the texts that its notices only name: the (L)GPL wants them handed out."""
_DEBIAN = "pkg:deb/"
_README = """\
Clearline brings the software below along. Each folder here holds the notices of one part.

Qt and PySide6 ({qt}) are used under the GNU Lesser General Public License, version 3 (LGPL-3.0.txt, which adds to
GPL-3.0.txt; both are in the folders {folders}). They are separate library files: those of Qt lie in
{place}. You may replace them by other builds of the same version, changed by yourself if you like: stop Clearline,
put your files in the place of the old ones under the same names, and start it again. Nothing checks them. You may
reverse engineer Clearline as far as debugging such changes needs it.

The sources of these libraries are published by The Qt Company: Qt at https://download.qt.io/official_releases/qt/ and
PySide6 at https://code.qt.io/cgit/pyside/pyside-setup.git, under the tag of the version named above. What Qt holds of
others (ICU, HarfBuzz, FreeType …) is listed with its terms at https://doc.qt.io/qt-{series}/licenses-used-in-qt.html.
{system}
"""
_SYSTEM = """
The libraries that sbom.cdx.json calls deb/debian/NAME@VERSION were taken unchanged from that system; `apt-get source
NAME` brings their sources there. Several are under the LGPL, too, and may be replaced in the same way. Texts that their
notices name as {common}/NAME are in the folder common-licenses.
"""


def write(parts: list[Part], into: Path, *, place: str) -> None:
    """One folder a part, README.txt and list.txt. `place` tells where Qt's libraries lie, from the program's folder.

    Raises BuildError where a text that a notice only names is not on this machine.
    """
    fresh(into)
    for part in parts:
        for title, text in part.notices.items():
            file = into / _safe(part.name) / _safe(title)
            if not file.suffix:
                file = file.with_suffix(".txt")
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
    for name in sorted(_named_only(parts)):
        if not (COMMON / name).is_file():
            raise BuildError(f"A notice names {COMMON / name}, which is not here. Install the package base-files.")
        (into / COMMON.name).mkdir(exist_ok=True)
        (into / COMMON.name / f"{name}.txt").write_bytes((COMMON / name).read_bytes())
    of_qt = [part for part in parts if part.name.lower().startswith(("pyside6", "shiboken6"))]
    has_system = any(part.purl.startswith(_DEBIAN) for part in parts)
    qt, folders = (of_qt[0].version if of_qt else ""), " and ".join(part.name for part in of_qt)
    system = _SYSTEM.format(common=COMMON) if has_system else ""
    series = ".".join(qt.split(".")[:2])
    text = _README.format(qt=qt, series=series, folders=folders, place=place, system=system)
    (into / "README.txt").write_text(text, encoding="utf-8")
    rows = [f"{part.name} {part.version}: {part.licence or 'see its notice'}" for part in parts]
    (into / "list.txt").write_text("\n".join(rows) + "\n", encoding="utf-8")


def _named_only(parts: list[Part]) -> set[str]:
    """The texts that notices name by their place on Debian, such as LGPL-2.1."""
    pattern = re.compile(re.escape(COMMON.as_posix()) + r"/([\w.+-]*\w)")
    texts = [text for part in parts if part.purl.startswith(_DEBIAN) for text in part.notices.values()]
    return {name for text in texts for name in pattern.findall(text)}


def _safe(name: str) -> str:
    return re.sub(r"[^\w.+-]+", "-", name)
