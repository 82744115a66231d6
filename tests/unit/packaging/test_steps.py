"""The steps of a build on little things: what goes in, archives that are the same twice, one file that starts."""

import os
import re
import struct
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from pathlib import Path

import pytest

from steps import (
    archive,
    contents,
    debian,
    icons,
    inventory,
    manual,
    notices,
    project,
    sbom,
    single_file,
    sizes,
    windows_version,
)
from steps.inventory import Part, _entries

ROOT = Path(__file__).parents[3]
LOCKS = ROOT / "packaging" / "locks"
_PINNED = re.compile(r"(?m)^([\w.-]+(?:\[\w+\])?==[^\s\\]+(?: ; [^\\\n]+?)?) *\\?$")
PART = Part("Thing", "1.0", "MIT", "pkg:pypi/thing@1.0", "https://thing.example", {"LICENSE": "words"})


def pinned(name: str) -> set[str]:
    return set(_PINNED.findall((LOCKS / name).read_text(encoding="utf-8")))


# --- what is frozen ---


def test_what_is_frozen_is_what_was_tested() -> None:
    tested = {line.partition(" ;")[0] for line in pinned("all.txt")}
    frozen = {line.partition(" ;")[0] for line in pinned("build.txt")}
    tools = {
        "altgraph",
        "macholib",
        "pefile",
        "pyinstaller",
        "pyinstaller-hooks-contrib",
        "pywin32-ctypes",
        "setuptools",
    }
    unknown = {line for line in frozen - tested if line.partition("==")[0] not in tools}
    assert not unknown, "Other versions than those of all.txt: run python3 packaging/dev.py lock"


def test_everything_the_program_needs_is_in_the_build_lock() -> None:
    table = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = table["optional-dependencies"]
    wanted = [*table["dependencies"], *extras["window"], *extras["http3"], *extras["build"]]
    names = {re.split(r"[\[<>=; ]", line)[0].lower().replace("_", "-") for line in wanted}
    missing = names - {line.partition("==")[0] for line in pinned("build.txt")}
    assert not missing, "Run python3 packaging/dev.py lock"


@pytest.mark.parametrize(
    ("place", "is_wanted"),
    [
        ("PySide6/Qt/plugins/platforms/libqxcb.so", True),
        ("PySide6/Qt/plugins/platforms/libqoffscreen.so", True),
        ("PySide6/Qt/plugins/platforms/libqvnc.so", False),
        ("PySide6/Qt/plugins/platformthemes/libqgtk3.so", False),
        ("PySide6\\plugins\\platforms\\qwindows.dll", True),
        ("PySide6/Qt/plugins/tls/libqopensslbackend.so", False),
        ("clearline-0.1.0.dist-info/METADATA", True),
        ("clearline-0.1.0.dist-info/direct_url.json", False),
        ("PySide6/Qt/translations/qtbase_fr.qm", True),
        ("PySide6/Qt/translations/qtbase_ja.qm", False),
        ("PySide6/Qt/translations/assistant_fr.qm", False),
        ("libxcb-cursor.so.0", True),
        ("libxkbcommon-x11.so.0", True),
        ("clearline/resources/text/en/cli.toml", True),
        ("clearline/resources/pictures/window.png", False),
        ("clearline/resources/translations/clearline_fr.qm", True),
        ("clearline/resources/translations/clearline_fr.ts", False),
        ("pyqtgraph/Qt/__init__.pyi", False),
    ],
)
def test_it_keeps_what_is_needed(place: str, is_wanted: bool) -> None:
    assert contents.is_wanted(place) is is_wanted


@pytest.mark.skipif(sys.platform != "linux", reason="libraries of Linux")
@pytest.mark.parametrize("name", ["libstdc++.so.6", "libX11.so.6", "libfontconfig.so.1", "libEGL.so.1"])
def test_it_leaves_to_the_system_what_its_drivers_load(name: str) -> None:
    assert not contents.is_wanted(name)


@pytest.mark.parametrize(
    ("place", "name"),
    [
        ("_internal/PySide6/Qt/lib/libicudata.so.73", "ICU (Qt's languages)"),
        ("_internal/PySide6/Qt/lib/libQt6Core.so.6", "Qt libraries"),
        ("_internal/PySide6/Qt/plugins/platforms/libqxcb.so", "Qt plugins"),
        ("_internal/numpy.libs/libscipy_openblas64_.so", "OpenBLAS (numpy)"),
        ("_internal/libpython3.11.so.1.0", "Python"),
        ("_internal/_quickjs.abi3.so", "_quickjs"),
        ("_internal/attrs-26.1.0.dist-info/METADATA", "attrs"),
        ("_internal/libssl.so.3", "system libraries (X11, TLS, SQLite …)"),
        ("_internal/clearline/resources/theme/dark.toml", "texts, icons, translations"),
        ("licences/README.txt", "licence texts"),
        ("clearline", "program and Python modules (one archive)"),
    ],
)
def test_every_file_has_its_row_in_the_table_of_sizes(place: str, name: str) -> None:
    assert sizes.component(place) == name


def test_the_table_of_sizes_tells_what_was_cut(tmp_path: Path) -> None:
    for name, size in (("_quickjs.abi3.so", 900_000), ("libgtk-3.so.0", 8_000_000), ("yaml.so", 1_000)):
        (tmp_path / name).write_bytes(b"x" * size)
    inside = tmp_path / "_internal"
    inside.mkdir()
    (inside / "_quickjs.abi3.so").write_bytes(b"x" * 200_000)
    found = [(path.name, str(path), "BINARY") for path in tmp_path.iterdir() if path.is_file()]
    found += [("module", str(tmp_path / "yaml.so"), "PYMODULE")]
    told = sizes.table(sizes.components(tmp_path / "_internal"), sizes.cut(inside, [*found, *found])).splitlines()
    assert [line.split(maxsplit=3) for line in told] == [
        ["0.2", "MB", "-0.7", "_quickjs"],
        ["0.0", "MB", "-8.0", "system libraries (X11, TLS, SQLite …)"],
        ["0.2", "MB", "-8.7", "together"],
    ]


def test_a_package_that_is_too_large_stops_the_build(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "file").write_bytes(b"12345")
    monkeypatch.setattr(sizes, "MOST_COMPRESSED", 5)
    sizes.check(tmp_path / "folder", [tmp_path / "folder" / "file"])
    monkeypatch.setattr(sizes, "MOST_COMPRESSED", 4)
    with pytest.raises(project.BuildError, match="file: "):
        sizes.check(tmp_path / "folder", [tmp_path / "folder" / "file"])


# --- packages ---


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A program of one line, with a link beside it."""
    folder = tmp_path / "tree"
    (folder / "inner").mkdir(parents=True)
    (folder / "clearline").write_text('#!/bin/sh\necho started in "$0" with "$@"\n')
    (folder / "clearline").chmod(0o755)
    (folder / "inner" / "text").write_text("é")
    (folder / "link").symlink_to("inner/text")
    return folder


@pytest.mark.parametrize("ending", ["tar.xz", "tar.gz"])
def test_the_same_content_makes_the_same_archive(tree: Path, tmp_path: Path, ending: str) -> None:
    first = archive.tar(tree, tmp_path / f"one.{ending}", name="clearline-1")
    os.utime(tree / "inner" / "text", (1, 1))
    os.utime(tree, (2, 2))
    second = archive.tar(tree, tmp_path / f"two.{ending}", name="clearline-1")
    assert first.read_bytes() == second.read_bytes()
    with tarfile.open(first) as packed:
        assert packed.getmember("clearline-1/clearline").mode & 0o777 == 0o755
        assert packed.getmember("clearline-1/link").issym()
        assert {entry.uname for entry in packed} == {"root"}


def test_the_portable_zip_has_the_folder_that_makes_it_portable(tree: Path, tmp_path: Path) -> None:
    file = archive.pack_zip(tree, tmp_path / "x.zip", name="Clearline", empty=("data",))
    with zipfile.ZipFile(file) as packed:
        names = packed.namelist()
    assert "Clearline/data/" in names
    assert "Clearline/inner/text" in names


@pytest.fixture
def one_file(tree: Path, tmp_path: Path) -> Path:
    packed = archive.tar(tree, tmp_path / "x.tar.gz", name="clearline")
    file = tmp_path / "clearline é.run"
    file.write_bytes(single_file.script(packed.read_bytes()))
    file.chmod(0o755)
    return file


def started(file: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["sh", file, *arguments],
        env={"PATH": os.environ["PATH"], **variables},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )


@pytest.mark.skipif(sys.platform != "linux", reason="a script of Linux")
def test_the_single_file_unpacks_once_and_starts_with_what_it_was_given(one_file: Path, tmp_path: Path) -> None:
    home = tmp_path / "my home"
    first = started(one_file, "check", "a b", HOME=str(home))
    assert first.stdout.strip().endswith("with check a b")
    place = next((home / ".cache" / "clearline").iterdir())
    assert str(place) in first.stdout
    (place / "clearline").write_text("#!/bin/sh\necho again\n")
    assert started(one_file, HOME=str(home)).stdout == "again\n"
    assert [path.name for path in place.parent.iterdir()] == [place.name]


@pytest.mark.skipif(sys.platform != "linux", reason="a script of Linux")
def test_the_single_file_works_without_a_home(one_file: Path, tmp_path: Path) -> None:
    done = started(one_file, TMPDIR=str(tmp_path))
    assert f"started in {tmp_path}/clearline-{os.getuid()}/clearline/" in done.stdout


@pytest.mark.skipif(sys.platform != "linux", reason="a script of Linux")
def test_a_damaged_single_file_says_so_and_leaves_nothing(one_file: Path, tmp_path: Path) -> None:
    one_file.write_bytes(one_file.read_bytes()[:-3])
    done = started(one_file, XDG_CACHE_HOME=str(tmp_path / "cache"))
    assert done.returncode == 3
    assert "is damaged" in done.stderr
    assert list((tmp_path / "cache" / "clearline").iterdir()) == []


@pytest.mark.skipif(sys.platform != "linux", reason="a script of Linux")
def test_the_single_file_only_unpacks_where_asked(one_file: Path, tmp_path: Path) -> None:
    assert started(one_file, "--unpack", str(tmp_path / "there")).returncode == 0
    assert (tmp_path / "there" / "clearline" / "clearline").stat().st_mode & 0o100
    assert started(one_file, "--unpack").returncode == 2


def test_the_debian_package_asks_for_the_newest_version_that_is_used() -> None:
    told = "Name: GLIBC_2.2.5  Name: GLIBC_2.35  Name: GLIBC_2.4  Name: GLIBCXX_3.4.9 Name: GLIBCXX_3.4.29"
    assert debian._highest(told, "GLIBC_2") == "2.35"
    assert debian._GCC_OF[debian._highest(told, "GLIBCXX_3.4")] == "11"


# --- what comes with it ---


@pytest.mark.qt
def test_the_icon_is_drawn_in_the_formats_of_each_system(tmp_path: Path) -> None:
    icons.draw(sys.executable, tmp_path)
    ico = (tmp_path / "clearline.ico").read_bytes()
    _, kind, count = struct.unpack_from("<HHH", ico)
    assert (kind, count) == (1, len(icons.ICO_SIZES))
    for number, size in enumerate(icons.ICO_SIZES):
        width, _, _, _, _, bits, length, at = struct.unpack_from("<BBBBHHII", ico, 6 + 16 * number)
        assert (width or 256, bits) == (size, 32)
        assert ico[at : at + 8] == b"\x89PNG\r\n\x1a\n"
        assert struct.unpack_from(">II", ico, at + 16) == (size, size)
        assert at + length <= len(ico)
    icns = (tmp_path / "clearline.icns").read_bytes()
    assert icns[:4] == b"icns"
    assert struct.unpack_from(">I", icns, 4) == (len(icns),)
    at, kinds = 8, []
    while at < len(icns):
        kinds.append(icns[at : at + 4])
        at += struct.unpack_from(">I", icns, at + 4)[0]
    assert (at, kinds) == (len(icns), list(icons.ICNS_TYPES.values()))


def test_the_bill_of_materials_is_the_same_twice_and_names_every_part() -> None:
    bill = sbom.bill([PART])
    assert bill == sbom.bill([PART])
    assert bill["serialNumber"] != sbom.bill([])["serialNumber"]
    assert (bill["bomFormat"], bill["specVersion"]) == ("CycloneDX", "1.6")
    assert bill["metadata"]["component"]["version"] == project.version()
    assert [each["purl"] for each in bill["components"]] == [PART.purl]
    two = sbom.bill([Part("libxcb-shm0", "1", "MIT"), Part("libxcb-xkb1", "1", "MIT")])
    assert two["dependencies"][0]["dependsOn"] == ["libxcb-shm0@1", "libxcb-xkb1@1"]


def test_the_notices_hold_every_text_and_what_the_lgpl_asks_for(tmp_path: Path) -> None:
    qt = Part("PySide6_Essentials", "6.11.3", "LGPL-3.0-only", notices={"LGPL-3.0.txt": "text of the LGPL"})
    notices.write([PART, qt], tmp_path / "licences", place="_internal/PySide6")
    readme = (tmp_path / "licences" / "README.txt").read_text()
    assert (tmp_path / "licences" / "Thing" / "LICENSE.txt").read_text() == "words"
    assert (tmp_path / "licences" / "PySide6_Essentials" / "LGPL-3.0.txt").exists()
    assert "in the folders PySide6_Essentials)" in readme
    assert "qt-6.11/" in readme
    assert "You may replace them" in readme


def test_the_texts_that_a_notice_of_the_system_only_names_come_along(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    common = tmp_path / "common-licenses"
    common.mkdir()
    monkeypatch.setattr(notices, "COMMON", common)
    part = Part("libthing0", "2", "LGPL-2.1", "pkg:deb/debian/libthing0@2")
    part.notices["copyright"] = f"On Debian see {common}/LGPL-2.1. See also `{common}/GPL-1'."
    (common / "GPL-1").touch()
    with pytest.raises(project.BuildError, match=r"LGPL-2\.1"):
        notices.write([part], tmp_path / "licences", place="_internal/PySide6")
    (common / "LGPL-2.1").write_text("its text")
    notices.write([part], tmp_path / "licences", place="_internal/PySide6")
    assert (tmp_path / "licences" / "common-licenses" / "LGPL-2.1.txt").read_text() == "its text"
    assert f"{common}/NAME" in (tmp_path / "licences" / "README.txt").read_text()


def test_it_finds_the_files_in_lists_of_lists() -> None:
    assert _entries(("x", [("a", "/b", "BINARY"), [("c", "/d", "DATA")]])) == [
        ("a", "/b", "BINARY"),
        ("c", "/d", "DATA"),
    ]


@pytest.mark.parametrize(
    ("part", "reason"),
    [
        (Part("silent", "1", "MIT"), "No licence text was found for silent"),
        (Part("libreadline8", "8", "GPL-3", notices={"copyright": "text"}), "libreadline8 must not be bundled"),
    ],
)
def test_a_part_that_may_not_be_handed_out_stops_the_build(
    monkeypatch: pytest.MonkeyPatch, part: Part, reason: str
) -> None:
    monkeypatch.setattr(inventory, "_python", lambda: PART)
    monkeypatch.setattr(inventory, "_distributions", list)
    monkeypatch.setattr(inventory, "_of_the_system", list)
    assert inventory.inventory() == [PART]
    monkeypatch.setattr(inventory, "_of_the_system", lambda: [part])
    with pytest.raises(project.BuildError, match=reason):
        inventory.inventory()


def test_the_man_page_has_every_command_and_option() -> None:
    from clearline.cli.arguments import main

    page = manual.page("2026-01-01", "1.2.3")
    assert [name for name in main.commands if f".SS {name} " not in page] == []
    assert "\\-\\-screenshot" in page
    assert not [line for line in page.splitlines() if line.startswith("'")]


def test_the_version_resource_of_windows_has_four_numbers() -> None:
    text = windows_version.text("clearline", "Clearline")
    assert f'"FileVersion", "{project.version()}"' in text
    assert re.search(r"filevers=\(\d+, \d+, \d+, \d+\)", text)
    compile(text, "version", "eval")
