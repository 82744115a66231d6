"""Draws an SVG file as PNG files: `python draw_icon.py icon.svg folder 16 32 …`. Needs PySide6, no display."""

import os
import sys
from pathlib import Path

os.environ["QT_QPA_PLATFORM"] = "offscreen"

from PySide6.QtCore import QRectF
from PySide6.QtGui import QGuiApplication, QImage, QPainter
from PySide6.QtSvg import QSvgRenderer


def main(svg: Path, into: Path, sizes: list[int]) -> None:
    """One square picture of each size, with a transparent ground."""
    app = QGuiApplication(["icons"])
    renderer = QSvgRenderer(str(svg))
    for size in sizes:
        image = QImage(size, size, QImage.Format.Format_ARGB32)
        image.fill(0)
        painter = QPainter(image)
        renderer.render(painter, QRectF(0, 0, size, size))
        painter.end()
        if not image.save(str(into / f"{svg.stem}-{size}.png")):
            raise SystemExit(f"cannot write into {into}")
    del app


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), [int(size) for size in sys.argv[3:]])
