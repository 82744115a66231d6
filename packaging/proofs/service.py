"""Something to test on this machine: it takes connections and counts them."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager


class Service:
    """Takes every connection and closes it. `taken` is how many there were."""

    def __init__(self, listener: socket.socket) -> None:
        self.port = int(listener.getsockname()[1])
        self.taken = 0
        self._listener = listener

    @property
    def address(self) -> str:
        """As Clearline writes it."""
        return f"tcp://127.0.0.1:{self.port}"

    def take(self) -> None:
        """Until the listener is closed."""
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self.taken += 1
            connection.close()


@contextmanager
def serving() -> Iterator[Service]:
    """A service on a port of the loopback, until the end of the block."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        service = Service(listener)
        thread = threading.Thread(target=service.take, daemon=True)
        thread.start()
        try:
            yield service
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            thread.join(5)
