"""How this machine turns names into addresses: its name servers, its search domains and its hosts file."""

import ipaddress
import os
import sys
from dataclasses import dataclass
from pathlib import Path

import dns.exception
import dns.resolver

_MAX_HOSTS_BYTES = 1024 * 1024


@dataclass(frozen=True, slots=True)
class NameSettings:
    """What programs on this machine get names by, besides its name servers."""

    search: tuple[str, ...] = ()
    """Domains that are tried behind a short name, without the last dot."""
    hosts: tuple[tuple[str, str], ...] = ()
    """Name in lower case and address, as the hosts file has them."""

    def in_hosts_file(self, name: str) -> tuple[str, ...]:
        """The addresses that the hosts file gives a name."""
        wanted = name.rstrip(".").lower()
        return tuple(address for known, address in self.hosts if known == wanted)

    def search_names(self, name: str) -> tuple[str, ...]:
        """What a name without any dot may stand for."""
        return () if "." in name else tuple(f"{name}.{domain}" for domain in self.search)


def read_name_settings() -> NameSettings:
    """The settings of this machine, empty where they cannot be read. Blocks."""
    try:
        resolver = dns.resolver.Resolver()
        search = tuple(
            text for domain in [*resolver.search, resolver.domain] if (text := domain.to_text(omit_final_dot=True))
        )
    except (dns.exception.DNSException, OSError):
        search = ()
    try:
        with hosts_file().open("rb") as file:
            text = file.read(_MAX_HOSTS_BYTES).decode("utf-8", "replace")
    except OSError:
        text = ""
    return NameSettings(tuple(dict.fromkeys(domain for domain in search if domain != ".")), parse_hosts(text))


def hosts_file() -> Path:
    """Where this system keeps it."""
    if sys.platform == "win32":
        return Path(os.environ.get("SYSTEMROOT", r"C:\Windows")) / "System32" / "drivers" / "etc" / "hosts"
    return Path("/etc/hosts")


def parse_hosts(text: str) -> tuple[tuple[str, str], ...]:
    """Name and address of each entry of a hosts file; lines that make no sense are skipped."""
    entries: list[tuple[str, str]] = []
    for line in text.splitlines():
        fields = line.partition("#")[0].split()
        if len(fields) < 2:
            continue
        try:
            ipaddress.ip_address(fields[0].partition("%")[0])
        except ValueError:
            continue
        entries += [(name.rstrip(".").lower(), fields[0]) for name in fields[1:]]
    return tuple(entries)
