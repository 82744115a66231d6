"""The recipes for systems that are not here: everything in them that can be checked without those systems."""

import codecs
import plistlib
import re
import shutil
import subprocess
import sys
import types
import xml.etree.ElementTree as ET
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from clearline.host.own_program import CONSOLE_NAME
from clearline.host.policy import read
from clearline.host.texts import LANGUAGES
from clearline.store.schema import APPLICATION_ID
from steps import contents, project, windows_version

ROOT = Path(__file__).parents[3]
PACKAGING = ROOT / "packaging"
ISS_FILE = PACKAGING / "windows" / "clearline.iss"
ISS = ISS_FILE.read_text(encoding="utf-8-sig")
PS1 = (PACKAGING / "windows" / "make.ps1").read_text(encoding="utf-8")
MAC = PACKAGING / "macos"
SPEC_FILE = PACKAGING / "clearline.spec"
SPEC = SPEC_FILE.read_text(encoding="utf-8")
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
_PATH = re.compile(r"(?<![$\w/])(?:packaging|app|tests)[\\/][\w.\\/-]+\.(?:py|ps1|sh|iss|plist|spec)")


def named_paths(text: str) -> set[str]:
    return {match.replace("\\", "/") for match in _PATH.findall(text)}


@pytest.mark.parametrize("file", [*WORKFLOWS, PACKAGING / "windows/make.ps1", ISS_FILE, MAC / "make.sh"], ids=str)
def test_every_file_that_is_named_is_there(file: Path) -> None:
    named = named_paths(file.read_text(encoding="utf-8"))
    assert [path for path in named if not (ROOT / path).exists()] == []
    assert named


@pytest.mark.parametrize("file", WORKFLOWS, ids=lambda path: path.name)
def test_the_workflows_are_whole(file: Path) -> None:
    content = yaml.safe_load(file.read_text(encoding="utf-8"))
    assert content["permissions"] == {"contents": "read"}
    for job in content["jobs"].values():
        assert job["runs-on"]
        for step in job["steps"]:
            assert ("uses" in step) != ("run" in step)
            assert re.fullmatch(r"[\w-]+/[\w-]+@v\d+", step.get("uses", "a/b@v1"))


def test_the_python_of_the_workflows_is_one_that_the_project_takes() -> None:
    versions = set(re.findall(r'"(3\.\d+)"', "".join(file.read_text(encoding="utf-8") for file in WORKFLOWS)))
    oldest = str(project.metadata()["requires-python"]).removeprefix(">=")
    assert versions
    assert all(tuple(map(int, each.split("."))) >= tuple(map(int, oldest.split("."))) for each in versions)


# --- Windows ---


def test_the_installer_defines_what_it_uses() -> None:
    used = set(re.findall(r"\{#(\w+)\}", ISS))
    given = set(re.findall(r"/D(\w+)=", PS1)) | set(re.findall(r"#define (\w+)", ISS))
    assert used <= given
    assert {"Version", "Frozen"} <= set(re.findall(r"#ifndef (\w+)", ISS))


def test_the_installer_has_known_sections_and_whole_lines() -> None:
    sections = re.findall(r"(?m)^\[(\w+)\]", ISS)
    known = {
        "Setup",
        "Languages",
        "CustomMessages",
        "Tasks",
        "Files",
        "InstallDelete",
        "Icons",
        "Registry",
        "Run",
        "Code",
    }
    assert set(sections) <= known
    assert len(sections) == len(set(sections))
    for section in re.split(r"(?m)^\[\w+\]\n", ISS.partition("[Files]")[2].partition("[Code]")[0]):
        for line in section.splitlines():
            if line and not line.startswith((";", "[")):
                assert all(re.fullmatch(r" *\w+: .+", part) for part in _parameters(line)), line


def _parameters(line: str) -> list[str]:
    """`Name: "a;b"; Flags: x` in its parts; a quoted text may hold semicolons."""
    return re.findall(r'(?:[^;"]|"(?:[^"]|"")*")+', line)


def test_each_language_of_the_installer_has_every_message() -> None:
    messages: dict[str, set[str]] = {}
    for language, name in re.findall(r"(?m)^(\w\w)\.(\w+)=", ISS):
        messages.setdefault(language, set()).add(name)
    assert set(messages) == set(re.findall(r'Name: "(\w\w)"; MessagesFile', ISS))
    assert len(set(map(frozenset, messages.values()))) == 1


def test_the_installer_asks_in_the_way_that_its_compiler_reads() -> None:
    """Inno Setup's Check knows functions, `not`, `and`, `or`, and as parameters only texts, numbers and booleans."""
    told = {*re.findall(r"(?m)^function (\w+)", ISS), "IsAdminInstallMode"}
    asked = re.findall(r"Check: ([^;\n]+)", ISS)
    assert asked
    for expression in asked:
        words = re.sub(r"\((?:'[^']*'|\d+|true|false|, *)*\)", "", expression).split()
        assert set(words) - {"not", "and", "or"} <= told, expression


def test_the_installer_is_read_in_its_own_letters_by_every_compiler() -> None:
    # Without the mark older compilers take it for the code page of the machine, and spoil the French.
    assert ISS_FILE.read_bytes().startswith(codecs.BOM_UTF8)
    assert not ISS.isascii()
    assert PS1.isascii(), "Windows PowerShell 5.1 reads a script without a mark in the code page of the machine"


def test_nobody_needs_to_be_an_administrator_and_it_can_be_silent() -> None:
    assert "PrivilegesRequired=lowest" in ISS
    assert "skipifsilent" in ISS
    assert 'Subkey: "Environment"' in ISS


def test_the_executables_have_the_same_names_everywhere() -> None:
    windowed = re.findall(r'executable\("([\w-]+)", has_console=False\)', SPEC)
    assert len(windowed) == 1
    window = windowed[0]
    assert set(windows_version.PROGRAMS) == {"clearline", window}
    assert f"{{app}}\\{window}.exe" in ISS
    assert f"{window}.exe" in PS1
    assert CONSOLE_NAME == "clearline.exe"
    assert CONSOLE_NAME in PS1


def test_the_powershell_script_closes_what_it_opens() -> None:
    plain = re.sub(r'(?m)#.*$|"[^"\n]*"', "", PS1)
    for opening, closing in ("()", "{}", "[]"):
        assert plain.count(opening) == plain.count(closing)
    assert PS1.count("ErrorActionPreference")
    commands = len(re.findall(r"(?m)^(?:python |& )", PS1))
    assert len(re.findall(r"(?m)^Check ", PS1)) == commands, "each program's exit code is looked at"


# --- what PyInstaller is told ---


class Told:
    """Runs the specification as PyInstaller would on a system, and notes what it asks for."""

    def __init__(self, system: str, monkeypatch: pytest.MonkeyPatch) -> None:
        self.asked: dict[str, list[dict[str, Any]]] = {}
        hooks = types.ModuleType("PyInstaller.utils.hooks")
        for name in ("collect_data_files", "collect_submodules", "copy_metadata"):
            setattr(hooks, name, lambda *_, **__: [])
        for name in ("PyInstaller", "PyInstaller.utils"):
            monkeypatch.setitem(sys.modules, name, types.ModuleType(name))
        monkeypatch.setitem(sys.modules, hooks.__name__, hooks)
        monkeypatch.setattr(contents, "_reachable", list)
        monkeypatch.setattr(sys, "platform", system)
        given = {name: self._note(name) for name in ("Analysis", "PYZ", "EXE", "COLLECT", "BUNDLE")}
        exec(compile(SPEC, str(SPEC_FILE), "exec"), {"SPECPATH": str(PACKAGING), **given})

    def _note(self, name: str) -> Callable[..., types.SimpleNamespace]:
        def note(*parts: object, **options: Any) -> types.SimpleNamespace:
            self.asked.setdefault(name, []).append({"parts": parts, **options})
            return types.SimpleNamespace(binaries=[], datas=[], pure=[], scripts=[])

        return note


@pytest.fixture
def told(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Told:
    return Told(request.param, monkeypatch)


@pytest.mark.parametrize("told", ["linux", "win32", "darwin"], indirect=True)
def test_the_specification_begins_at_the_entry_and_names_the_folder(told: Told) -> None:
    (script,) = told.asked["Analysis"][0]["parts"][0]
    assert Path(script).is_file()
    assert [each["name"] for each in told.asked["COLLECT"]] == [project.NAME]
    assert not any(each["upx"] for each in (*told.asked["EXE"], *told.asked["COLLECT"])), "it would break Qt's plugins"


@pytest.mark.parametrize("told", ["win32"], indirect=True)
def test_both_programs_of_windows_have_their_icon_and_version(told: Told, tmp_path: Path) -> None:
    windows_version.write(tmp_path)
    programs = {each["name"]: each for each in told.asked["EXE"]}
    assert {name: each["console"] for name, each in programs.items()} == {"clearline": True, "clearline-window": False}
    for program in programs.values():
        assert (tmp_path / Path(program["version"]).name).is_file()
        assert Path(program["icon"]).name == "clearline.ico"


@pytest.mark.parametrize("told", ["darwin"], indirect=True)
def test_the_bundle_is_a_property_list_that_knows_sessions(told: Told) -> None:
    (bundle,) = told.asked["BUNDLE"]
    listed = plistlib.loads(plistlib.dumps(bundle["info_plist"]))
    (kind,) = listed["UTExportedTypeDeclarations"]
    (document,) = listed["CFBundleDocumentTypes"]
    assert document["LSItemContentTypes"] == [kind["UTTypeIdentifier"]]
    assert kind["UTTypeTagSpecification"] == {"public.filename-extension": ["clearline"]}
    assert listed["CFBundleLocalizations"] == list(LANGUAGES)
    assert (bundle["version"], Path(bundle["icon"]).name) == (project.version(), "clearline.icns")
    assert f"build/frozen/{bundle['name']}" in (MAC / "make.sh").read_text(encoding="utf-8")


def test_the_version_resource_is_made_of_what_windows_knows() -> None:
    known = {
        "CompanyName", "FileDescription", "FileVersion", "InternalName", "OriginalFilename", "ProductName",
        "ProductVersion", "Comments",
    }  # fmt: skip
    found: dict[str, str] = {}
    parts = {name: lambda *_, **__: None for name in ("VarFileInfo", "VarStruct", "StringFileInfo", "StringTable")}
    fixed: dict[str, Any] = {}
    eval(
        windows_version.text("clearline", "Clearline"),
        {
            **parts,
            "VSVersionInfo": lambda ffi, kids: None,
            "FixedFileInfo": lambda **given: fixed.update(given),
            "StringStruct": found.__setitem__,
        },
    )
    assert set(found) == known
    assert (found["OriginalFilename"], found["FileVersion"]) == ("clearline.exe", project.version())
    assert [len(fixed[name]) for name in ("filevers", "prodvers")] == [4, 4]


# --- macOS ---


def test_the_entitlements_are_a_property_list_of_switches() -> None:
    content = plistlib.loads((MAC / "entitlements.plist").read_bytes())
    assert content
    assert all(name.startswith("com.apple.security.cs.") and value is True for name, value in content.items())


@pytest.mark.parametrize(
    "script",
    [MAC / "make.sh", *(PACKAGING / "linux" / name for name in ("single-file.sh", "postrm"))],
    ids=lambda path: path.name,
)
def test_the_scripts_are_read_by_their_shell(script: Path) -> None:
    shell = script.read_text(encoding="utf-8").partition("\n")[0].removeprefix("#!").rpartition("/")[2]
    if shutil.which(shell) is None:
        pytest.skip(f"no {shell} here")
    done = subprocess.run([shell, "-n", script], capture_output=True, text=True, timeout=20, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_the_bundle_is_signed_before_it_is_packed_and_notarised_after() -> None:
    text = (MAC / "make.sh").read_text(encoding="utf-8")
    order = ["dev.py build", "codesign --force", "self-test", "hdiutil create", "notarytool submit", "stapler staple"]
    places = [text.index(word) for word in order if word != "notarytool submit"] + []
    assert places == sorted(places)
    assert text.rindex("notarytool submit") > text.index("hdiutil create")


# --- Linux ---


@pytest.mark.parametrize("file", sorted((PACKAGING / "linux").glob("*.desktop")), ids=lambda path: path.name)
def test_the_desktop_files_are_whole(file: Path) -> None:
    lines = file.read_text(encoding="utf-8").splitlines()
    entries = dict(line.split("=", 1) for line in lines[1:] if "=" in line)
    assert lines[0] == "[Desktop Entry]"
    assert entries["Exec"].split()[0] == entries["TryExec"] == project.NAME
    assert entries["Type"] == "Application"
    assert entries["Terminal"] == "false"
    if tool := shutil.which("desktop-file-validate"):
        done = subprocess.run([tool, file], capture_output=True, text=True, timeout=20, check=False)
        assert (done.returncode, done.stdout) == (0, "")


def test_sessions_have_a_type_of_their_own_known_by_name_and_by_content() -> None:
    tree = ET.parse(PACKAGING / "linux" / "clearline.xml")
    space = "{http://www.freedesktop.org/standards/shared-mime-info}"
    kind = tree.getroot()[0]
    assert kind.find(f"{space}glob").get("pattern") == "*.clearline"
    inner = kind.find(f"{space}magic/{space}match/{space}match")
    # https://www.sqlite.org/fileformat.html#application_id
    assert (inner.get("offset"), int(inner.get("value"), 16)) == ("68", APPLICATION_ID)
    opener = (PACKAGING / "linux" / "clearline-session.desktop").read_text(encoding="utf-8")
    assert f"MimeType={kind.get('type')};" in opener


def test_a_purge_takes_the_policy_and_leaves_what_else_an_administrator_put_there(tmp_path: Path) -> None:
    script = (PACKAGING / "linux" / "postrm").read_text(encoding="utf-8")
    folder = tmp_path / "clearline"
    folder.mkdir()
    for name in ("policy.toml", "office.toml"):
        (folder / name).touch()

    def after(word: str) -> list[str]:
        moved = script.replace("/etc/clearline", str(folder))
        subprocess.run(["sh", "-c", moved, "postrm", word], check=True, timeout=20)
        return sorted(path.name for path in folder.iterdir()) if folder.exists() else ["nothing"]

    assert after("remove") == ["office.toml", "policy.toml"]
    assert after("purge") == ["office.toml"]
    (folder / "office.toml").unlink()
    assert after("purge") == ["nothing"]
    assert after("purge") == ["nothing"]


# --- everywhere ---


def test_the_example_of_a_policy_is_understood() -> None:
    found = read(PACKAGING / "policy-example.toml")
    assert found is not None
    assert found.problems == ()
    assert found.locked
    assert found.branding.organisation


def test_other_programs_do_not_find_the_libraries_of_the_build() -> None:
    from entry import forget_own_libraries

    environ = {"LD_LIBRARY_PATH": "/opt/clearline/_internal", "LD_LIBRARY_PATH_ORIG": "/opt/own", "PATH": "/bin"}
    forget_own_libraries(environ)
    own_children_begin_anew = {"PYINSTALLER_RESET_ENVIRONMENT": "1"}
    assert environ == {"LD_LIBRARY_PATH": "/opt/own", "PATH": "/bin", **own_children_begin_anew}
    environ = {"LD_LIBRARY_PATH": "/opt/clearline/_internal"}
    forget_own_libraries(environ)
    assert environ == own_children_begin_anew
