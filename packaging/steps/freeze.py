"""The one-folder build: PyInstaller in the clean environment, then what it leaves too large is made smaller."""

import os
import shutil
import sys
from pathlib import Path

from steps import clean_venv, icons
from steps.project import PACKAGING, WORK, folder, moment, needed, run


def freeze() -> Path:
    """Build the folder and return it. Raises BuildError."""
    icons.draw(clean_venv.python(), WORK / "assets")
    if sys.platform == "win32":
        from steps import windows_version

        windows_version.write(WORK / "assets")
    shutil.rmtree(WORK / "frozen", ignore_errors=True)
    command = [clean_venv.python(), "-m", "PyInstaller", "--noconfirm", "--clean", "--log-level", "WARN"]
    command += ["--distpath", WORK / "frozen", "--workpath", WORK / "pyinstaller", PACKAGING / "clearline.spec"]
    run(command)
    if sys.platform == "linux":
        _strip(folder())
    return folder()


def _strip(built: Path) -> None:
    """Take out the symbols that nothing needs at run time: of Python, and of the modules whose wheels keep them.

    Never those of Qt and numpy: they are stripped already, and libraries that were repaired for a wheel do not always
    survive another time.
    """
    inside = built / "_internal"
    modules = [
        path
        for path in sorted(inside.rglob("*.so"))
        if path.relative_to(inside).parts[0] not in ("PySide6", "shiboken6", "numpy", "numpy.libs")
    ]
    run([needed("strip", "binutils"), "--strip-unneeded", *inside.glob("libpython3*.so*"), *modules])


def settle(path: Path) -> None:
    """Give every file the moment of the commit and the usual rights, so that two builds can be compared."""
    when = moment()
    for file in [path, *sorted(path.rglob("*"))]:
        if not file.is_symlink():
            if os.name == "posix":
                is_program = file.is_dir() or file.stat().st_mode & 0o100
                file.chmod(0o755 if is_program else 0o644)
            os.utime(file, (when, when))
