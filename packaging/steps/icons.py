"""The icon in the formats of each system, drawn from resources/icons/clearline.svg by the Qt that is bundled."""

import struct
from pathlib import Path

from steps.project import ROOT, run

SVG = ROOT / "resources" / "icons" / "clearline.svg"
SIZES = (16, 24, 32, 48, 64, 128, 256, 512)
ICO_SIZES = (16, 24, 32, 48, 64, 128, 256)
ICNS_TYPES = {16: b"icp4", 32: b"icp5", 64: b"icp6", 128: b"ic07", 256: b"ic08", 512: b"ic09"}
"""PNG entries of Apple's Icon Services."""


def draw(python: str | Path, into: Path) -> None:
    """PNG files of all sizes, clearline.ico and clearline.icns. `python` is one that has PySide6."""
    into.mkdir(parents=True, exist_ok=True)
    run([python, Path(__file__).with_name("draw_icon.py"), SVG, into, *SIZES])
    pictures = {size: (into / f"clearline-{size}.png").read_bytes() for size in SIZES}
    (into / "clearline.ico").write_bytes(ico({size: pictures[size] for size in ICO_SIZES}))
    (into / "clearline.icns").write_bytes(icns(pictures))


def ico(pictures: dict[int, bytes]) -> bytes:
    """An .ico file of PNG pictures, by their size in pixels. Source: [MS-ICO]; PNG entries since Windows Vista."""
    head = struct.pack("<HHH", 0, 1, len(pictures))
    at = len(head) + 16 * len(pictures)
    entries, content = b"", b""
    for size, picture in sorted(pictures.items()):
        entries += struct.pack("<BBBBHHII", size % 256, size % 256, 0, 0, 1, 32, len(picture), at + len(content))
        content += picture
    return head + entries + content


def icns(pictures: dict[int, bytes]) -> bytes:
    """An .icns file of PNG pictures, by their size in pixels; sizes that the format does not have are left out."""
    parts = [
        ICNS_TYPES[size] + struct.pack(">I", len(picture) + 8) + picture
        for size, picture in sorted(pictures.items())
        if size in ICNS_TYPES
    ]
    return b"icns" + struct.pack(">I", sum(map(len, parts)) + 8) + b"".join(parts)
