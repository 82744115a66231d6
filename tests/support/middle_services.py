"""More services in a namespace: an encrypted page on 443, a proxy on 3128, on 81 one whose queue is full at first."""

import contextlib
import socket
import tempfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

from support.misbehaving import Handler, ThreadServer, receive_request
from support.namespaces import Namespaces
from support.proxies import http_proxy
from support.tls_servers import make_leaf, over_tls, server_context

PAGE, PROXY, BUSY = 443, 3128, 81
_WELL = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello"
_FULL_S = 3.4
"""From the first request on, as long as a quick attempt asks: the next one of it would come after four seconds."""
_LOOK_S = 0.02


def _page(connection: socket.socket, _running: ThreadServer) -> None:
    receive_request(connection)
    connection.sendall(_WELL)


@contextlib.contextmanager
def middle_services(spaces: Namespaces, role: str = "server") -> Iterator[None]:
    """The services, on IPv4, until the block ends."""
    with tempfile.TemporaryDirectory() as folder:
        encrypted = over_tls(server_context(make_leaf(None), Path(folder)), _page)
    handlers: tuple[tuple[int, Handler], ...] = ((PAGE, encrypted), (PROXY, http_proxy([])))
    running = [spaces.inside(role, _serving(handler, port)) for port, handler in handlers]
    is_over = threading.Event()
    listener = spaces.inside(role, lambda: _full_queue(is_over))
    try:
        yield
    finally:
        is_over.set()
        with contextlib.suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        for one in running:
            one.close()


def _serving(handler: Handler, port: int) -> Callable[[], ThreadServer]:
    return lambda: ThreadServer(handler, "0.0.0.0", port)


def _full_queue(is_over: threading.Event) -> socket.socket:
    """Takes nobody for as long as one attempt asks; then everybody."""
    listener = socket.socket()
    listener.bind(("0.0.0.0", BUSY))
    listener.listen(0)
    waiting = [socket.create_connection(("127.0.0.1", BUSY), 1)]

    def take() -> None:
        before = _turned_away()
        while not is_over.wait(_LOOK_S) and _turned_away() == before:
            pass
        is_over.wait(_FULL_S)
        with contextlib.suppress(OSError):  # It is closed at the end.
            listener.listen(20)
            while True:
                waiting.append(listener.accept()[0])
        for each in waiting:
            each.close()

    threading.Thread(target=take, daemon=True).start()
    return listener


def _turned_away() -> int:
    """Connection requests that full queues of this thread's namespace dropped, as the kernel counts them."""
    names, values = (
        line.split()
        for line in Path("/proc/thread-self/net/netstat").read_text(encoding="ascii").splitlines()
        if line.startswith("TcpExt:")
    )
    return int(values[names.index("ListenDrops")])
