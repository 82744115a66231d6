"""What goes into the build and what stays out, with the reason. Read by clearline.spec."""

import re
import sys
from collections.abc import Iterable
from pathlib import PurePath

Entry = tuple[str, str, str]
"""PyInstaller's: place in the folder, source, kind."""

HIDDEN_IMPORTS = [
    # pyqtgraph imports both by a name that it puts together.
    "PySide6.QtOpenGL",
    "PySide6.QtOpenGLWidgets",
    "PySide6.QtSvg",
]

EXCLUDED_MODULES = [
    "tkinter",
    "idlelib",
    "lib2to3",
    "pydoc_data",
    "ensurepip",
    "setuptools",
    "pip",
    # GPL-3, and only an interactive Python needs it.
    "readline",
    # pyqtgraph's optional friends.
    "IPython",
    "OpenGL",
    "cupy",
    "h5py",
    "jupyter_rfb",
    "matplotlib",
    "numba",
    "PIL",
    "scipy",
    "pyqtgraph.examples",
    "pyqtgraph.jupyter",
    "pyqtgraph.opengl",
    "numpy.f2py",
    # Parts of Qt that the window does not use.
    "PySide6.QtDesigner",
    "PySide6.QtHelp",
    "PySide6.QtQml",
    "PySide6.QtQuick",
    "PySide6.QtSql",
    "PySide6.QtTest",
    "PySide6.QtXml",
]

_KEPT_PLUGINS = {
    "iconengines": r"qsvgicon",
    "imageformats": r"qico|qjpeg|qsvg",
    "platforms": r"qxcb|qwayland|qoffscreen|qwindows|qcocoa",
    # GTK's theme plugin would bring GTK itself, 30 MB; the portal's gives the desktop's own file dialogs without.
    "platformthemes": r"qxdgdesktopportal",
    "platforminputcontexts": r".*",
    "printsupport": r".*",
    "styles": r".*",
    "wayland-decoration-client": r"bradient|adwaita",
    "wayland-graphics-integration-client": r"qt-plugin-wayland-egl",
    "wayland-shell-integration": r"xdg-shell",
    "xcbglintegrations": r".*",
}
"""Plugins of Qt by their folder. No `tls`, `networkinformation`: the window measures nothing. No touch screens by
hand (`generic`), no screens without a desktop (`egldeviceintegrations`)."""

_KEPT_TRANSLATIONS = r"qtbase_(en|fr)\.qm"

_ONLY_FOR_DEVELOPERS = re.compile(r"\.(pyi|ts)$")
"""Type hints of packages; the window's words before they are compiled."""

_OF_THE_INSTALLER = ("direct_url.json", "INSTALLER", "RECORD", "REQUESTED")
"""What pip notes for itself: the folder of the machine that built, among others."""

_OF_THE_SYSTEM = re.compile(
    # A driver of the system's (Mesa) is loaded into our process and needs its own, perhaps newer, of these.
    r"^(libstdc\+\+|libgcc_s|libdrm|libgbm|libGL|libEGL|libGLX|libGLdispatch"
    # They read the system's settings in the system's format, or are loaded by what does.
    r"|libfontconfig|libfreetype|libexpat|libX11|libX11-xcb|libXau|libXdmcp|libxcb|libcups|libavahi-\w+)\.so"
    # What the system's CUPS loads for its own encryption.
    r"|^(libgnutls|libnettle|libhogweed|libgmp|libidn2|libunistring|libtasn1|libp11-kit)\.so"
)


def is_wanted(place: str) -> bool:
    """Does this file belong into the folder?"""
    parts = PurePath(place.replace("\\", "/")).parts
    name = parts[-1]
    if parts[0].endswith(".dist-info") and name in _OF_THE_INSTALLER:
        return False
    if _ONLY_FOR_DEVELOPERS.search(name) or (sys.platform == "linux" and _OF_THE_SYSTEM.match(name)):
        return False
    if "PySide6" in parts and "plugins" in parts:
        folder = parts[parts.index("plugins") + 1]
        return re.search(_KEPT_PLUGINS.get(folder, r"(?!)"), name) is not None
    if "PySide6" in parts and "translations" in parts:
        return re.fullmatch(_KEPT_TRANSLATIONS, name) is not None
    if parts[:3] == ("clearline", "resources", "pictures"):  # They are README.md's.
        return False
    return not (parts[0] == "pyqtgraph" and "icons" in parts and name.startswith("peegee"))


def with_what_is_needed(entries: Iterable[Entry]) -> list[Entry]:
    """The wanted files, and of the libraries those that something wanted loads."""
    wanted = [entry for entry in entries if is_wanted(entry[0])]
    return _reachable(wanted) if sys.platform == "linux" else wanted


def _reachable(entries: list[Entry]) -> list[Entry]:
    """Without the libraries that only a dropped plugin loaded."""
    from PyInstaller.depend.bindepend import get_imports

    libraries = {PurePath(entry[0]).name: entry for entry in entries if entry[2] == "BINARY" and _is_shared(*entry)}
    kept = [entry for entry in entries if not _is_shared(*entry)]
    waiting = [source for _, source, kind in kept if kind in ("BINARY", "EXTENSION")]
    found: dict[str, Entry] = {}
    while waiting:
        for name, _ in get_imports(waiting.pop()):
            base = PurePath(name).name
            if base in libraries and base not in found:
                found[base] = libraries[base]
                waiting.append(libraries[base][1])
    return [entry for entry in entries if entry in kept or PurePath(entry[0]).name in found]


def _is_shared(place: str, _source: str, kind: str) -> bool:
    """Is it a library that others load by its name? Plugins and Python's own modules are loaded by their place."""
    path = PurePath(place)
    is_library = re.match(r"lib.*\.so(\.|$)", path.name) is not None and "plugins" not in path.parts
    return kind in ("BINARY", "SYMLINK") and is_library and not path.name.startswith("libpython")
