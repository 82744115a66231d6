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
    """Take the debugging symbols out of Python, which some installations are built with. Never out of Qt's or numpy's
    libraries: wheels are already stripped, and those that were repaired for it do not always survive another time."""
    strip = needed("strip", "binutils")
    inside = built / "_internal"
    run([strip, "--strip-unneeded", *inside.glob("libpython3*.so*"), *inside.glob("python3*/lib-dynload/*.so")])


def settle(path: Path) -> None:
    """Give every file the moment of the commit and the usual rights, so that two builds can be compared."""
    when = moment()
    for file in [path, *sorted(path.rglob("*"))]:
        if not file.is_symlink():
            if os.name == "posix":
                is_program = file.is_dir() or file.stat().st_mode & 0o100
                file.chmod(0o755 if is_program else 0o644)
            os.utime(file, (when, when))
