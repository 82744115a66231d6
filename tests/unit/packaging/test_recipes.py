"""The recipes for systems that are not here: everything in them that can be checked without those systems."""

import plistlib
import re
import shutil
import subprocess
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
import yaml

from clearline.host.own_program import CONSOLE_NAME
from clearline.host.policy import read
from clearline.store.schema import APPLICATION_ID
from steps import project, windows_version

ROOT = Path(__file__).parents[3]
PACKAGING = ROOT / "packaging"
ISS = (PACKAGING / "windows" / "clearline.iss").read_text(encoding="utf-8")
PS1 = (PACKAGING / "windows" / "make.ps1").read_text(encoding="utf-8")
MAC = PACKAGING / "macos"
SPEC = (PACKAGING / "clearline.spec").read_text(encoding="utf-8")
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
_PATH = re.compile(r"(?<![$\w/])(?:packaging|app|tests)[\\/][\w.\\/-]+\.(?:py|ps1|sh|iss|plist|spec)")


def named_paths(text: str) -> set[str]:
    return {match.replace("\\", "/") for match in _PATH.findall(text)}


@pytest.mark.parametrize(
    "file", [*WORKFLOWS, PACKAGING / "windows/make.ps1", PACKAGING / "windows/clearline.iss", MAC / "make.sh"], ids=str
)
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


# --- macOS ---


def test_the_entitlements_are_a_property_list_of_switches() -> None:
    content = plistlib.loads((MAC / "entitlements.plist").read_bytes())
    assert content
    assert all(name.startswith("com.apple.security.cs.") and value is True for name, value in content.items())


@pytest.mark.parametrize(
    "script", [MAC / "make.sh", PACKAGING / "linux" / "single-file.sh"], ids=lambda path: path.name
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
