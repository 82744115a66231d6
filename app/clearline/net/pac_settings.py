"""Whether this machine is set to a proxy auto-configuration script, and where that is; pure parsing beside the reading.

Search by name (WPAD) is only told, never done: whoever answers to the name `wpad` would decide where everything goes.
"""

import ast
import configparser
import os
import re
import shutil
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from clearline.net.system_tools import output_of

_FRESH_S = 30.0
_INTERNET_SETTINGS = r"Software\Microsoft\Windows\CurrentVersion\Internet Settings"
# The eighth byte of DefaultConnectionSettings: direct 1, proxy 2, script 4, search 8 (wininet.h PROXY_TYPE_*).
_FLAGS_AT, _HAS_SCRIPT, _HAS_SEARCH = 8, 4, 8


@dataclass(frozen=True, slots=True)
class PacSetting:
    """`url` is empty without a script."""

    url: str = ""
    is_search_on: bool = False
    """The system looks for a script by itself (WPAD)."""


class PacSettings:
    """What the desktop is set to, asked again when half a minute is over: on Linux and macOS that starts a program."""

    def __init__(self) -> None:
        self._desktop = PacSetting()
        self._until_s = float("-inf")

    @property
    def is_fresh(self) -> bool:
        """Can `read` answer without waiting?"""
        return time.perf_counter() < self._until_s

    def read(self, environ: Mapping[str, str] | None = None) -> PacSetting:
        """The setting; the environment's `auto_proxy` comes first, as for browsers. Blocks unless it is fresh."""
        own = environ if environ is not None else os.environ
        if url := own.get("auto_proxy") or own.get("AUTO_PROXY"):
            return PacSetting(url)
        if not self.is_fresh:
            self._desktop = _read_desktop(own)
            self._until_s = time.perf_counter() + _FRESH_S
        return self._desktop


def _read_desktop(environ: Mapping[str, str]) -> PacSetting:
    if sys.platform == "win32":
        return _read_windows()
    if sys.platform == "darwin":
        return parse_macos(output_of("/usr/sbin/scutil", "--proxy"))
    return _read_linux(environ)


def _read_linux(environ: Mapping[str, str]) -> PacSetting:
    if "KDE" in environ.get("XDG_CURRENT_DESKTOP", ""):
        folder = environ.get("XDG_CONFIG_HOME") or str(Path.home() / ".config")
        try:
            return parse_kde((Path(folder) / "kioslaverc").read_text("utf-8", "replace"))
        except OSError:
            return PacSetting()
    if environ.get("DBUS_SESSION_BUS_ADDRESS") and (program := shutil.which("gsettings")):
        return parse_gnome(output_of(program, "list-recursively", "org.gnome.system.proxy"))
    return PacSetting()


def parse_gnome(text: str) -> PacSetting:
    """The lines of `gsettings list-recursively org.gnome.system.proxy`."""
    told = dict(re.findall(r"^org\.gnome\.system\.proxy (mode|autoconfig-url) (.+)$", text, re.MULTILINE))
    if _unquoted(told.get("mode", "''")) != "auto":
        return PacSetting()
    url = _unquoted(told.get("autoconfig-url", "''"))
    # Without an address the desktop searches by name.
    return PacSetting(url, is_search_on=not url)


def parse_kde(text: str) -> PacSetting:
    """The file kioslaverc: ProxyType 2 is a script, 3 a search."""
    parser = configparser.RawConfigParser(strict=False)
    try:
        parser.read_string(text)
        settings = parser["Proxy Settings"]
    except (configparser.Error, KeyError):
        return PacSetting()
    kind = settings.get("ProxyType", "0")
    return PacSetting(settings.get("Proxy Config Script", "") if kind == "2" else "", is_search_on=kind == "3")


def parse_macos(text: str) -> PacSetting:
    """The answer of `scutil --proxy`."""
    told = dict(re.findall(r"^\s*(ProxyAuto\w+) : (.+?)\s*$", text, re.MULTILINE))
    url = told.get("ProxyAutoConfigURLString", "") if told.get("ProxyAutoConfigEnable") == "1" else ""
    return PacSetting(url, told.get("ProxyAutoDiscoveryEnable") == "1")


def parse_windows(url: str, connection: bytes) -> PacSetting:
    """AutoConfigURL, and the flags in DefaultConnectionSettings, where the search is."""
    flags = connection[_FLAGS_AT] if len(connection) > _FLAGS_AT else _HAS_SCRIPT
    return PacSetting(url if flags & _HAS_SCRIPT else "", bool(flags & _HAS_SEARCH))


if sys.platform == "win32":
    import winreg

    def _value(path: str, name: str) -> object:
        try:
            with winreg.OpenKey(winreg.HKEY_CURRENT_USER, path) as key:
                return winreg.QueryValueEx(key, name)[0]
        except OSError:
            return None

    def _read_windows() -> PacSetting:
        url = _value(_INTERNET_SETTINGS, "AutoConfigURL")
        connection = _value(_INTERNET_SETTINGS + r"\Connections", "DefaultConnectionSettings")
        return parse_windows(url if isinstance(url, str) else "", connection if isinstance(connection, bytes) else b"")


def _unquoted(text: str) -> str:
    try:
        value = ast.literal_eval(text.strip())
    except (ValueError, SyntaxError):
        return ""
    return value if isinstance(value, str) else ""
