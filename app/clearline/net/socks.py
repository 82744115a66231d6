"""SOCKS5 (RFC 1928) with user and password (RFC 1929): asks a proxy for a connection."""

import ipaddress

from clearline.domain.proxy import ProxyAddress
from clearline.net.buffered import BufferedStream
from clearline.net.evidence import Evidence, NetworkError, ProxyEvidence
from clearline.net.timing import Limit

_VERSION = 5
_LOGIN_VERSION = 1
_NO_LOGIN, _PASSWORD, _NONE_FITS = 0, 2, 0xFF
_CONNECT = 1
_IPV4, _NAME, _IPV6 = 1, 3, 4


async def connect_by_socks(stream: BufferedStream, proxy: ProxyAddress, host: str, port: int, limit: Limit) -> None:
    """Have the proxy connect to host and port; afterwards the stream leads there. Raises NetworkError."""
    has_login = bool(proxy.user)
    methods = bytes([_NO_LOGIN, _PASSWORD] if has_login else [_NO_LOGIN])
    await stream.write(bytes([_VERSION, len(methods)]) + methods, limit)
    version, method = await stream.exactly(2, limit)
    if version != _VERSION:
        raise _trouble(proxy, stream, is_foreign=True)
    if method == _NONE_FITS:
        raise _trouble(proxy, stream, is_login_refused=True)
    if method == _PASSWORD and has_login:
        await stream.write(_login(proxy), limit)
        _, refused = await stream.exactly(2, limit)
        if refused:
            raise _trouble(proxy, stream, is_login_refused=True)
    elif method != _NO_LOGIN:
        raise _trouble(proxy, stream, is_foreign=True)
    await stream.write(bytes([_VERSION, _CONNECT, 0]) + _address(host) + port.to_bytes(2, "big"), limit)
    version, reply, _, kind = await stream.exactly(4, limit)
    if version != _VERSION:
        raise _trouble(proxy, stream, is_foreign=True)
    if reply:
        raise _trouble(proxy, stream, socks_reply=reply)
    if kind == _NAME:
        size = (await stream.exactly(1, limit))[0]
    elif kind in (_IPV4, _IPV6):
        size = 4 if kind == _IPV4 else 16
    else:
        raise _trouble(proxy, stream, is_foreign=True)
    await stream.exactly(size + 2, limit)


def _login(proxy: ProxyAddress) -> bytes:
    user, password = proxy.user.encode()[:255], proxy.password.encode()[:255]
    return bytes([_LOGIN_VERSION, len(user)]) + user + bytes([len(password)]) + password


def _address(host: str) -> bytes:
    try:
        ip = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        name = host.encode("ascii", "ignore")[:255]
        return bytes([_NAME, len(name)]) + name
    return bytes([_IPV4 if ip.version == 4 else _IPV6]) + ip.packed


def _trouble(
    proxy: ProxyAddress,
    stream: BufferedStream,
    *,
    is_foreign: bool = False,
    is_login_refused: bool = False,
    socks_reply: int | None = None,
) -> NetworkError:
    told = ProxyEvidence(
        proxy.shown, is_reached=True, is_foreign=is_foreign, is_login_refused=is_login_refused, socks_reply=socks_reply
    )
    return NetworkError(Evidence(proxy=told, first_bytes=stream.first_bytes if is_foreign else b""))
