"""Puts the licence texts of everything bundled beside it, and what the LGPL asks for: texts, where the sources are."""

import re
from pathlib import Path

from steps.inventory import Part
from steps.project import fresh

_README = """\
Clearline brings the software below along. Each folder here holds the notices of one part.

Qt and PySide6 ({qt}) are used under the GNU Lesser General Public License, version 3 (LGPL-3.0.txt, which adds to
GPL-3.0.txt; both are in the folders PySide6 and shiboken6). They are separate library files: those of Qt lie in
{place}. You may replace them by other builds of the same version, changed by yourself if you like: stop Clearline,
put your files in the place of the old ones under the same names, and start it again. Nothing checks them. You may
reverse engineer Clearline as far as debugging such changes needs it.

The sources of these libraries are published by The Qt Company: Qt at https://download.qt.io/official_releases/qt/ and
PySide6 at https://code.qt.io/cgit/pyside/pyside-setup.git, under the tag of the version named above.
{system}
"""
_SYSTEM = """
The libraries that sbom.cdx.json calls deb/debian/NAME@VERSION were taken unchanged from that system; `apt-get source
NAME` brings their sources there.
"""


def write(parts: list[Part], into: Path, *, place: str) -> None:
    """One folder a part, README.txt and list.txt. `place` tells where Qt's libraries lie, from the program's folder."""
    fresh(into)
    for part in parts:
        for title, text in part.notices.items():
            file = into / _safe(part.name) / _safe(title)
            if not file.suffix:
                file = file.with_suffix(".txt")
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
    qt = next((part.version for part in parts if part.name.lower().startswith("pyside6")), "")
    has_system = any(part.purl.startswith("pkg:deb/") for part in parts)
    text = _README.format(qt=qt, place=place, system=_SYSTEM if has_system else "")
    (into / "README.txt").write_text(text, encoding="utf-8")
    rows = [f"{part.name} {part.version}: {part.licence or 'see its notice'}" for part in parts]
    (into / "list.txt").write_text("\n".join(rows) + "\n", encoding="utf-8")


def _safe(name: str) -> str:
    return re.sub(r"[^\w.+-]+", "-", name)
