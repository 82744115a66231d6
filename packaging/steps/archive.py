"""The tarball and the portable zip: sorted, with one owner and one moment, so that equal content is an equal file."""

import gzip
import lzma
import tarfile
import time
import zipfile
from pathlib import Path

from steps.project import moment


def tar(folder: Path, file: Path, *, name: str) -> Path:
    """A .tar.xz, or .tar.gz by its name, whose files lie below `name`/."""
    file.parent.mkdir(parents=True, exist_ok=True)
    if file.suffix == ".xz":
        with lzma.open(file, "wb", preset=1) as packed, tarfile.open(fileobj=packed, mode="w") as archive:
            _add(archive, folder, name)
    else:
        with (
            file.open("wb") as raw,
            gzip.GzipFile(filename="", fileobj=raw, mode="wb", compresslevel=9, mtime=moment()) as packed,
            tarfile.open(fileobj=packed, mode="w") as archive,
        ):
            _add(archive, folder, name)
    return file


def _add(archive: tarfile.TarFile, folder: Path, name: str) -> None:
    for path in [folder, *sorted(folder.rglob("*"))]:
        entry = archive.gettarinfo(path, arcname=f"{name}/{path.relative_to(folder).as_posix()}".rstrip("/."))
        entry.uid = entry.gid = 0
        entry.uname = entry.gname = "root"
        entry.mtime = moment()
        if entry.isreg():
            with path.open("rb") as content:
                archive.addfile(entry, content)
        else:
            archive.addfile(entry)


def pack_zip(folder: Path, file: Path, *, name: str, empty: tuple[str, ...] = ()) -> Path:
    """A .zip whose files lie below `name`/, with these empty folders besides."""
    file.parent.mkdir(parents=True, exist_ok=True)
    when = time.gmtime(max(moment(), 315532800))[:6]
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for each in empty:
            archive.writestr(zipfile.ZipInfo(f"{name}/{each}/", when), b"")
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                entry = zipfile.ZipInfo(f"{name}/{path.relative_to(folder).as_posix()}", when)
                entry.compress_type = zipfile.ZIP_DEFLATED
                entry.external_attr = (path.stat().st_mode & 0xFFFF) << 16
                archive.writestr(entry, path.read_bytes())
    return file
