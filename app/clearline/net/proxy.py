"""Which proxy the system wants, and the way through an HTTP proxy (CONNECT, RFC 9110 section 9.3.6).

CONNECT is spoken here and not by an HTTP library, so that the proxy's status and headers survive.
"""

import ipaddress
import re
import sys
import urllib.request
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import h11

from clearline import __version__
from clearline.domain.proxy import PAC, ProxyAddress
from clearline.net.buffered import BufferedStream
from clearline.net.evidence import Evidence, NetworkError, ProxyEvidence, exception_chain
from clearline.net.pac_settings import PacSettings
from clearline.net.proxy_login import LoginError, ProxyLogin, challenges
from clearline.net.timing import Limit

PROXY_MAY_BLOCK: bool = sys.platform == "win32"
"""There the standard library looks the host's name up to compare it with the exemptions."""
_WEB_SCHEME = {"ws": "http", "wss": "https"}
_MAGIC = b"HTTP/"
_MAX_INTERIM = 20
_WANTS_LOGIN = 407
_MAX_LEGS = 6
"""Negotiate and NTLM take two or three requests."""
_MAX_REFUSAL_BYTES = 256 * 1024
_LONGEST_CHALLENGE = 16_384
"""Kerberos tokens take some thousand characters."""

LogIn = Callable[[ProxyLogin, dict[str, str], Limit], Awaitable[None]]
"""Has a login find its next value, in a thread. Raises LoginError."""


def system_proxy(scheme: str, host: str, port: int, pac: PacSettings) -> str:
    """What this machine's settings or environment say for a URL; empty for none. A script (`pac+` and its URL) comes
    first, as for browsers. Blocks where PROXY_MAY_BLOCK, or `pac` is not fresh.

    This machine itself and its link are never reached through one, as browsers have it whatever the settings say.
    """
    if _is_near(host):
        return ""
    if script := pac.read().url:
        return PAC + script
    proxies = urllib.request.getproxies()
    found = proxies.get(_WEB_SCHEME.get(scheme, scheme)) or proxies.get("all") or ""
    if not found or urllib.request.proxy_bypass(host) or urllib.request.proxy_bypass(f"{host}:{port}"):
        return ""
    return found


def _is_near(host: str) -> bool:
    try:
        ip = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return host.rstrip(".").lower().rpartition(".")[2] == "localhost"
    return ip.is_loopback or ip.is_link_local


async def connect_by_http(
    stream: BufferedStream, proxy: ProxyAddress, host: str, port: int, limit: Limit, login: ProxyLogin, log_in: LogIn
) -> dict[str, Any] | None:
    """Have the proxy connect to host and port; afterwards the stream leads there. Returns its answer for people.

    None where the proxy asked for a login and hung up: `login` goes on over another connection. Raises NetworkError
    with ProxyEvidence.
    """
    place = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    headers = [("Host", place), ("User-Agent", f"clearline/{__version__}")]
    peer = h11.Connection(h11.CLIENT)
    for _ in range(_MAX_LEGS):
        own = [("Proxy-Authorization", login.value)] if login.value else []
        request = (peer.send(h11.Request(method="CONNECT", target=place, headers=[*headers, *own])) or b"") + (
            peer.send(h11.EndOfMessage()) or b""
        )
        await stream.write(request, limit)
        response = await _answer(stream, peer, proxy, limit)
        if 200 <= response.status_code < 300:
            stream.give_back(peer.trailing_data[0])
            return {"status": response.status_code, **({"login": login.scheme} if login.scheme else {})}
        evidence = proxy_evidence(proxy, response.status_code, [*response.headers])
        if response.status_code != _WANTS_LOGIN:
            raise NetworkError(Evidence(proxy=evidence))
        is_open = await _is_open_after_body(stream, peer, limit)
        try:
            await log_in(login, challenges([evidence.authenticate]), limit)
        except LoginError as error:
            refused = replace(evidence, login=login.scheme, login_problem=str(error))
            raise NetworkError(Evidence(proxy=refused)) from error
        if not is_open:
            return None
        peer.start_next_cycle()
    raise NetworkError(Evidence(proxy=ProxyEvidence(proxy.shown, is_reached=True, status=_WANTS_LOGIN)))


async def _is_open_after_body(stream: BufferedStream, peer: h11.Connection, limit: Limit) -> bool:
    """Read the rest of an answer; can another request follow it?"""
    size = 0
    while size < _MAX_REFUSAL_BYTES:
        try:
            event = peer.next_event()
        except h11.RemoteProtocolError:
            return False
        if event is h11.NEED_DATA:
            if not (data := await stream.read(limit)):
                return False
            peer.receive_data(data)
        elif isinstance(event, h11.Data):
            size += len(event.data)
        else:
            return isinstance(event, h11.EndOfMessage) and peer.our_state is h11.DONE and peer.their_state is h11.DONE
    return False


async def _answer(stream: BufferedStream, peer: h11.Connection, proxy: ProxyAddress, limit: Limit) -> h11.Response:
    interim = 0
    while True:
        try:
            event = peer.next_event()
        except h11.RemoteProtocolError as error:
            raise _foreign(proxy, stream, error) from error
        if isinstance(event, h11.Response):
            return event
        if event is h11.NEED_DATA:
            data = await stream.read(limit)
            if not data:
                raise NetworkError(Evidence(is_eof=True, first_bytes=stream.first_bytes))
            size = min(len(_MAGIC), len(stream.first_bytes))
            if stream.first_bytes[:size] != _MAGIC[:size]:
                raise _foreign(proxy, stream, None)
            peer.receive_data(data)
        else:
            interim += 1
            if interim > _MAX_INTERIM:
                raise _foreign(proxy, stream, None)


def _foreign(proxy: ProxyAddress, stream: BufferedStream, error: Exception | None) -> NetworkError:
    told = ProxyEvidence(proxy.shown, is_reached=True, is_foreign=True)
    chain = exception_chain(error) if error else ()
    return NetworkError(Evidence(proxy=told, first_bytes=stream.first_bytes, chain=chain))


def proxy_evidence(proxy: ProxyAddress, status: int, headers: list[tuple[bytes, bytes]]) -> ProxyEvidence:
    """What a proxy's own answer tells."""
    known = {name.lower().decode("latin-1"): value.decode("latin-1")[:500] for name, value in headers}
    status_text = known.get("proxy-status", "")
    return ProxyEvidence(
        proxy.shown,
        is_reached=True,
        status=status,
        authenticate=", ".join(
            value.decode("latin-1") for name, value in headers if name.lower() == b"proxy-authenticate"
        )[:_LONGEST_CHALLENGE],
        error=proxy_status_error(status_text),
        status_text=status_text,
    )


def proxy_status_error(header: str) -> str:
    """The `error` of the latest intermediary that names one (RFC 9209 section 2.3.1); empty without."""
    found = re.findall(r";\s*error\s*=\s*\"?([a-z][a-z0-9_]{0,60})", header.lower())
    return found[-1] if found else ""
