"""The address of a proxy, parsed from what people type and systems are set to."""

from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

from clearline.domain.problem import InputError, Problem
from clearline.domain.target import mask_secrets

SYSTEM, NONE = "system", "none"
PAC = "pac+"
"""Before the URL of an auto-configuration script: `pac+http://intranet.example/proxy.pac`, `pac+file:///…`."""
_DEFAULT_PORTS = {"http": 80, "https": 443, "socks5": 1080, "socks5h": 1080}


@dataclass(frozen=True, slots=True)
class ProxyAddress:
    """Where a proxy is and how it is spoken to."""

    scheme: str
    """`http`, `https` (TLS to the proxy itself), `socks5` (we look the name up) or `socks5h` (the proxy does)."""
    host: str
    port: int
    user: str = ""
    password: str = field(default="", repr=False)

    @property
    def is_socks(self) -> bool:
        """Does it speak SOCKS?"""
        return self.scheme.startswith("socks")

    @property
    def shown(self) -> str:
        """The address without user and password."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}:{self.port}"


def check_proxy(text: str) -> None:
    """Is this something a target's `proxy` may be? Raises InputError (`address.proxy`) where it is not."""
    if text in (SYSTEM, NONE):
        return
    if text.startswith(PAC):
        parts = urlsplit(text.removeprefix(PAC))
        if (parts.scheme in ("http", "https") and parts.hostname) or (parts.scheme == "file" and parts.path):
            return
        raise InputError(Problem("address.proxy", {"typed": mask_secrets(text)}, field="proxy"))
    parse_proxy(text)


def parse_proxy(text: str) -> ProxyAddress:
    """`scheme://[user:password@]host[:port]`; without a scheme it is http, as curl and the environment have it.

    `socks://` is what systems are set to for SOCKS: names go to the proxy. Raises InputError (`address.proxy`).
    """
    typed = text.strip()
    scheme, separator, rest = typed.partition("://")
    scheme, rest = (scheme.lower(), rest) if separator else ("http", typed)
    scheme = "socks5h" if scheme == "socks" else scheme
    try:
        parts = urlsplit(f"{scheme}://{rest}")
        host, port = parts.hostname or "", parts.port
    except ValueError:
        host, port = "", None
        parts = urlsplit("")
    if scheme not in _DEFAULT_PORTS or not host or port == 0 or any(sign.isspace() for sign in typed):
        raise InputError(Problem("address.proxy", {"typed": mask_secrets(typed)}, field="proxy"))
    return ProxyAddress(
        scheme, host, port or _DEFAULT_PORTS[scheme], unquote(parts.username or ""), unquote(parts.password or "")
    )
