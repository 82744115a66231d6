"""The version resource of the Windows executables: what the file's properties show."""

from pathlib import Path

from steps.project import NAME, SUMMARY, version

PROGRAMS = {NAME: "Clearline (terminal)", f"{NAME}-window": "Clearline"}
_TEXT = """\
VSVersionInfo(
  ffi=FixedFileInfo(
    filevers={numbers}, prodvers={numbers}, mask=0x3F, flags=0x0, OS=0x40004, fileType=0x1, subtype=0x0
  ),
  kids=[
    StringFileInfo([StringTable("040904B0", [
      StringStruct("CompanyName", "Clearline maintainers"),
      StringStruct("FileDescription", "{title}"),
      StringStruct("FileVersion", "{version}"),
      StringStruct("InternalName", "{name}"),
      StringStruct("OriginalFilename", "{name}.exe"),
      StringStruct("ProductName", "Clearline"),
      StringStruct("ProductVersion", "{version}"),
      StringStruct("Comments", "{summary}"),
    ])]),
    VarFileInfo([VarStruct("Translation", [0x0409, 0x04B0])]),
  ],
)
"""


def write(into: Path) -> None:
    """One file a program, `version-NAME.txt`, as PyInstaller reads it."""
    for name, title in PROGRAMS.items():
        (into / f"version-{name}.txt").write_text(text(name, title), encoding="utf-8")


def text(name: str, title: str) -> str:
    """The resource of one program."""
    numbers = tuple(int(part) for part in (*version().split("."), "0", "0", "0", "0")[:4])
    return _TEXT.format(numbers=numbers, title=title, version=version(), name=name, summary=SUMMARY)
