"""The same network, but no peer is offered HTTP/2."""

import ssl
from typing import Any

from clearline.net.network import Network


class OnlyHttp1:
    """A Network whose TLS offers `http/1.1` alone where HTTP is spoken; everything else is the real one's."""

    def __init__(self, network: Network) -> None:
        self._network = network

    def __getattr__(self, name: str) -> Any:
        return getattr(self._network, name)

    async def tls_context(
        self, *, verify: bool, ca_file: str | None, alpn: tuple[str, ...], client_cert: str | None = None
    ) -> ssl.SSLContext:
        """As Network.tls_context, without HTTP/2 in the offer."""
        offered = tuple(name for name in alpn if name != "h2")
        return await self._network.tls_context(verify=verify, ca_file=ca_file, alpn=offered, client_cert=client_cert)
