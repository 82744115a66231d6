"""Stands in for names and addresses: under one ticket always the same alias for the same thing, and no other way back.

What helps to read a redacted session is kept: two hosts of one domain have aliases of one domain, two addresses of one
network those of one network, and private stays private. No alias can ever be somebody else's: names end in `.example`
or `.internal`, public addresses are of ranges that nobody has.
"""

import hashlib
import hmac
import ipaddress
import re
import secrets
from urllib.parse import SplitResult, urlsplit, urlunsplit

from clearline.domain.problem import InputError
from clearline.domain.target import MASK, parse_endpoint

SHORTEST_TICKET = 4
_SALT = b"clearline redaction 1"
_PRIVATE_ENDINGS = frozenset({"internal", "local", "lan", "home", "corp", "localdomain", "intranet", "private", "arpa"})
_OWN_OPTIONS = frozenset({"type", "server", "transport", "starttls", "service"})
_OPTION = re.compile(r"[A-Za-z]{1,8}")
_MOST = 100_000
"""Aliases that are remembered at once: to be quick, and to notice two things with one alias."""

Ip = ipaddress.IPv4Address | ipaddress.IPv6Address


def ticket_key(ticket: str) -> bytes:
    """The key of a ticket code; blanks around it and its case do not matter. 60 ms, so that codes are slow to guess.

    Source: scrypt, RFC 7914. A code of a known pattern can still be tried out by somebody who also guesses what an
    alias stands for: nothing keyed by a short code is more secret than the code.
    """
    code = " ".join(ticket.split()).casefold()
    return hashlib.scrypt(code.encode(), salt=_SALT, n=2**14, r=8, p=1, dklen=32)


def own_key() -> bytes:
    """A key that nobody has: what is redacted with it matches nothing else."""
    return secrets.token_bytes(32)


class Aliases:
    """Finds the alias of a host, an address, a URL or any text. `replaced` tells what stands for what, by category."""

    def __init__(self, key: bytes) -> None:
        self._key = key
        self.replaced: dict[str, dict[str, str]] = {}
        self._owner: dict[str, str] = {}

    def digest(self, category: str, text: str, size: int = 8) -> str:
        """Hexadecimal digits that stand for a text of a category."""
        message = f"{category}\0{text}".encode("utf-8", "surrogatepass")
        return hmac.digest(self._key, message, "sha256").hex()[:size]

    def knows(self, text: str) -> bool:
        """Did this very text get an alias?"""
        return any(text in known for known in self.replaced.values())

    def text(self, category: str, text: str) -> str:
        """The alias of a text: `note-1a2b3c4d`. Nothing stays nothing, and what is masked stays masked."""
        if not text or text == MASK:
            return text
        return self._kept(category, text) or self._keep(category, text, f"{category}-{self.digest(category, text)}")

    def host(self, host: str) -> str:
        """The alias of a host name or of a literal address. `localhost` and a wildcard's star stay."""
        plain = host.strip("[]").removesuffix(".").lower()
        try:
            return self.ip(ipaddress.ip_address(plain.partition("%")[0]))
        except ValueError:
            pass
        if not plain or plain == "localhost":
            return plain
        if known := self._kept("host", plain):
            return known
        labels = plain.split(".")
        told = [
            label if label == "*" else f"h{self.digest('host', '.'.join(labels[place:]))}"
            for place, label in enumerate(labels)
        ]
        if len(labels) > 1:
            # The ending of a public name says little and would be guessed first: all of them become one.
            told[-1] = "internal" if labels[-1] in _PRIVATE_ENDINGS else "example"
        return self._keep("host", plain, ".".join(told))

    def ip(self, ip: Ip) -> str:
        """The alias of an address: of the same family and kind, and in one network with its neighbours."""
        if ip.is_loopback or ip.is_unspecified or ip.is_multicast:
            return str(ip)
        known = self._kept("address", str(ip))
        if known:
            return known
        made = self._v4(ip) if isinstance(ip, ipaddress.IPv4Address) else self._v6(ip)
        return self._keep("address", str(ip), made)

    def endpoint(self, text: str) -> str:
        """`ip`, `ip:port`, `[ip]:port`, `host` or `host:port`; the port stays."""
        try:
            host, port = parse_endpoint(text)
        except InputError:
            host, colon, number = text.rpartition(":")
            host, port = (host, int(number)) if colon and number.isdecimal() else (text, None)
        alias = self.host(host)
        if port is None:
            return alias
        return f"[{alias}]:{port}" if ":" in alias else f"{alias}:{port}"

    def url(self, text: str) -> str:
        """A URL with its scheme, its port and its shape; in `dns:` and alike the options of ours stay."""
        try:
            parts = urlsplit(text)
            port = parts.port
        except ValueError:
            return self.text("text", text)
        alias = self.host(parts.hostname or "")
        place = f"[{alias}]" if ":" in alias else alias
        place += f":{port}" if port is not None else ""
        path = "/".join(self.text("path", part) for part in parts.path.split("/"))
        query = "&".join(self._pair(pair, parts) for pair in parts.query.split("&")) if parts.query else ""
        fragment = self.text("path", parts.fragment)
        return urlunsplit((parts.scheme, self._login(parts) + place, path, query, fragment))

    def _login(self, parts: SplitResult) -> str:
        user, at, _ = parts.netloc.rpartition("@")
        if not at:
            return ""
        name, colon, _ = user.partition(":")
        return f"{self.text('user', name)}{f':{MASK}' if colon else ''}@"

    def _pair(self, pair: str, parts: SplitResult) -> str:
        name, equals, value = pair.partition("=")
        if parts.scheme in ("dns", "tls", "banner") and name in _OWN_OPTIONS:
            told = self.endpoint(value) if name == "server" else value if _OPTION.fullmatch(value) else ""
            return f"{name}{equals}{told or self.text('query', value)}"
        return f"{self.text('query', name)}{equals}{self.text('query', value)}"

    def _v4(self, ip: ipaddress.IPv4Address) -> str:
        octets = list(ip.packed)
        network, host = ".".join(map(str, octets[:3])), octets[3]
        bits = int(self.digest("network", network), 16)
        last = self._shuffled(network).index(host)
        if ip in _TEN:
            octets = [10, bits >> 8 & 255, bits & 255, last]
        elif ip in _TWELVE:
            octets = [172, 16 + (bits >> 8) % 16, bits & 255, last]
        elif ip in _SIXTEEN:
            octets = [192, 168, bits & 255, last]
        elif ip in _CARRIER:
            octets = [100, 64 + (bits >> 8) % 64, bits & 255, last]
        elif ip.is_link_local:
            octets = [169, 254, bits & 255, last]
        else:
            # 240/4 is assigned to nobody (RFC 1112, section 4).
            octets = [240 + (bits >> 16) % 15, bits >> 8 & 255, bits & 255, last]
        return str(ipaddress.IPv4Address(bytes(octets)))

    def _shuffled(self, network: str) -> list[int]:
        """Every last octet once: neighbours in a network never share an alias. 0 and 255 stay what they are."""
        middle = sorted(range(1, 255), key=lambda octet: self.digest("octet", f"{network}.{octet}"))
        return [0, *middle, 255]

    def _v6(self, ip: ipaddress.IPv6Address) -> str:
        if ip.ipv4_mapped is not None:
            return f"::ffff:{self.ip(ip.ipv4_mapped)}"
        network, host = ip.packed[:8], self.digest("interface", ip.packed.hex(), 16)
        bits = self.digest("network", network.hex(), 14)
        if ip.is_link_local:
            packed = f"fe80000000000000{host}"
        elif ip in _UNIQUE_LOCAL:
            packed = f"fd{bits}{host}"
        else:
            packed = f"20010db8{bits[:8]}{host}"
        return str(ipaddress.IPv6Address(bytes.fromhex(packed)))

    def _kept(self, category: str, text: str) -> str:
        return self.replaced.get(category, {}).get(text, "")

    def _keep(self, category: str, text: str, alias: str) -> str:
        """Remember an alias; where another text has it already, this one gets another, so that the two stay two."""
        made, number = alias, 1
        while self._owner.get(made, text) != text:
            number += 1
            made = self._another(category, text, number)
        known = self.replaced.setdefault(category, {})
        if len(known) < _MOST:
            known[text] = made
            self._owner[made] = text
        return made

    def _another(self, category: str, text: str, number: int) -> str:
        salted = f"{text} {number}"
        if category == "address":
            return str(ipaddress.IPv6Address(bytes.fromhex(f"20010db8{self.digest('again', salted, 24)}")))
        return f"{category}-{self.digest('again', salted, 12)}"


_TEN, _TWELVE, _SIXTEEN, _CARRIER = map(
    ipaddress.IPv4Network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10")
)
_UNIQUE_LOCAL = ipaddress.IPv6Network("fc00::/7")
