"""Logging in to an HTTP proxy: Negotiate and NTLM (RFC 4559), Digest (RFC 7616), Basic (RFC 7617)."""

import base64
import binascii
import hashlib
import re
import secrets
from urllib.request import parse_http_list, parse_keqv_list

from clearline.domain.proxy import ProxyAddress

_KNOWN = ("negotiate", "ntlm", "digest", "basic")
"""Best first."""
_SCHEME = re.compile(rf"(?i)(?:^|,)\s*({'|'.join(_KNOWN)})(?=[\s,]|$)")
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"')
_MAX_ANSWERS = 6
"""Negotiate and NTLM take two or three."""
_HASHES = {"": "md5", "MD5": "md5", "MD5-SESS": "md5", "SHA-256": "sha256", "SHA-256-SESS": "sha256"}


class LoginError(Exception):
    """No way to log in, in words for the details."""


def challenges(values: list[str]) -> dict[str, str]:
    """What a proxy's Proxy-Authenticate headers offer: schemes in lower case, each with what follows its name."""
    found: dict[str, str] = {}
    for value in values:
        # A realm may hold anything, also the name of a scheme.
        bare = _QUOTED.sub(lambda quoted: '"' + "_" * (len(quoted[0]) - 2) + '"', value)
        starts = list(_SCHEME.finditer(bare))
        ends = [start.start() for start in starts[1:]] + [len(value)]
        for start, end in zip(starts, ends, strict=False):
            found.setdefault(start[1].lower(), value[start.end() : end].strip(" ,"))
    return found


class ProxyLogin:
    """The login to one proxy over one connection: the values of Proxy-Authorization, one after the other."""

    def __init__(self, proxy: ProxyAddress, method: str, uri: str) -> None:
        self.scheme = ""
        """What is being used; empty before the proxy asked."""
        self.value = first_credentials(proxy)
        """What goes with the next request; empty for nothing."""
        if self.value:
            self.scheme = "basic"
        self._proxy = proxy
        self._method = method
        self._uri = uri
        self._steps: _Tokens | None = None
        self._answers = 0

    def go_on(self, offered: dict[str, str]) -> None:
        """Answer what a proxy asks for. Raises LoginError. May ask a ticket server: call it in a thread."""
        self._answers += 1
        if self._answers > _MAX_ANSWERS:
            raise LoginError("asked again and again")
        if self._steps is not None:
            if not (challenge := offered.get(self.scheme)):
                # It begins again: what was said so far did not convince.
                raise LoginError("refused")
            self.value = self._steps.next(challenge)
            return
        troubles = []
        for scheme in _KNOWN:
            if scheme not in offered or scheme == self.scheme:
                continue
            try:
                value = self._begin(scheme, offered[scheme])
            except LoginError as error:
                troubles.append(f"{scheme}: {error}")
                continue
            self.scheme, self.value = scheme, value
            return
        raise LoginError("; ".join(troubles) or "refused")

    def _begin(self, scheme: str, told: str) -> str:
        if scheme in ("negotiate", "ntlm"):
            self._steps = steps = _Tokens(self._proxy, scheme)
            try:
                return steps.next(told)
            except LoginError:
                self._steps = None
                raise
        if not self._proxy.user:
            raise LoginError("no user and password are set")
        if scheme == "digest":
            return digest_credentials(self._proxy, told, self._method, self._uri, secrets.token_hex(8))
        return _basic(self._proxy)


class _Tokens:
    """Negotiate or NTLM. Without a user it is the one who is logged in to this machine."""

    def __init__(self, proxy: ProxyAddress, scheme: str) -> None:
        import spnego

        self._label = "NTLM" if scheme == "ntlm" else "Negotiate"
        try:
            self._context = spnego.client(
                proxy.user or None, proxy.password or None, hostname=proxy.host, service="HTTP", protocol=scheme
            )
        except (spnego.exceptions.SpnegoError, ImportError, ValueError) as error:
            raise LoginError(_shortened(error)) from error

    def next(self, challenge: str) -> str:
        import spnego

        try:
            token = self._context.step(base64.b64decode(challenge) or None)
        except (spnego.exceptions.SpnegoError, ImportError, ValueError, KeyError, IndexError, binascii.Error) as error:
            raise LoginError(_shortened(error)) from error
        if not token:
            raise LoginError("refused")
        return f"{self._label} {base64.b64encode(token).decode('ascii')}"


def first_credentials(proxy: ProxyAddress) -> str:
    """What goes with a first request, before the proxy asked: Basic where there is a user, else nothing.

    A user with a domain (`DOMAIN\\name`) belongs to NTLM or Kerberos: the password is not sent in the clear then.
    """
    return _basic(proxy) if proxy.user and "\\" not in proxy.user else ""


def _basic(proxy: ProxyAddress) -> str:
    return "Basic " + base64.b64encode(f"{proxy.user}:{proxy.password}".encode()).decode("ascii")


def digest_credentials(proxy: ProxyAddress, told: str, method: str, uri: str, own_nonce: str) -> str:
    """The value of Proxy-Authorization for Digest. Raises LoginError for an algorithm or protection unknown here."""
    given = {key.lower(): value for key, value in parse_keqv_list(_pairs(told)).items()}
    algorithm, realm, nonce = given.get("algorithm", ""), given.get("realm", ""), given.get("nonce", "")
    name = _HASHES.get(algorithm.upper())
    protections = [one.strip() for one in given.get("qop", "").split(",") if one.strip()]
    if name is None or (protections and "auth" not in protections):
        raise LoginError(f"unknown kind of digest: {algorithm} {' '.join(protections)}".strip())

    def digest(text: str) -> str:
        return hashlib.new(name, text.encode(), usedforsecurity=False).hexdigest()

    secret = digest(f"{proxy.user}:{realm}:{proxy.password}")
    if algorithm.upper().endswith("-SESS"):
        secret = digest(f"{secret}:{nonce}:{own_nonce}")
    request = digest(f"{method}:{uri}")
    middle = f"{nonce}:00000001:{own_nonce}:auth" if protections else nonce
    fields = {
        "username": proxy.user,
        "realm": realm,
        "nonce": nonce,
        "uri": uri,
        "response": digest(f"{secret}:{middle}:{request}"),
        **({"opaque": given["opaque"]} if "opaque" in given else {}),
    }
    quoted = [f'{key}="{_escaped(value)}"' for key, value in fields.items()]
    quoted += [f"algorithm={algorithm}"] if algorithm else []
    quoted += ["qop=auth", "nc=00000001", f'cnonce="{own_nonce}"'] if protections else []
    return "Digest " + ", ".join(quoted)


def _pairs(told: str) -> list[str]:
    return [part for part in parse_http_list(told) if "=" in part]


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"')


def _shortened(error: Exception) -> str:
    return str(error)[:200]
