"""One window a person: a second start hands what it was given to the first, over a local socket of theirs alone."""

from collections.abc import Callable
from pathlib import Path

import msgspec
from PySide6.QtCore import QObject
from PySide6.QtNetwork import QLocalServer, QLocalSocket

CONNECT_WITHIN_MS = 300
ANSWER_WITHIN_MS = 2_000
LARGEST_BYTES = 64_000
"""A longer message is not one of ours."""
TAKEN = b"taken\n"


class HandOver(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a start without a command was given; with nothing in it, it only brings the window to the front."""

    files: tuple[str, ...] = ()
    lab: str = ""
    select: str = ""


def hand_over(place: Path, given: HandOver) -> bool:
    """Give this to the window that runs; False where there is none, or it does not answer within seconds."""
    socket = QLocalSocket()
    socket.connectToServer(str(place))
    if not socket.waitForConnected(CONNECT_WITHIN_MS):
        return False
    socket.write(msgspec.json.encode(given) + b"\n")
    # The answer may come while the last of this is written: then there is nothing more to wait for.
    if not socket.bytesAvailable():
        socket.waitForReadyRead(ANSWER_WITHIN_MS)
    answer = bytes(socket.readAll().data())
    socket.disconnectFromServer()
    return answer == TAKEN


class Receiver(QObject):
    """Listens for later starts. Where it cannot, each start opens a window of its own: no reason not to open."""

    def __init__(self, place: Path, take: Callable[[HandOver], None], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._take = take
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._server.newConnection.connect(self._connected)
        # One that a crash left behind: a window that runs would have answered.
        QLocalServer.removeServer(str(place))
        self.is_listening = self._server.listen(str(place))

    def close(self) -> None:
        """Listen no more."""
        self._server.close()

    def _connected(self) -> None:
        while (socket := self._server.nextPendingConnection()) is not None:
            socket.readyRead.connect(self._read)
            socket.disconnected.connect(socket.deleteLater)

    def _read(self) -> None:
        for socket in self._server.findChildren(QLocalSocket):
            if socket.bytesAvailable() > LARGEST_BYTES:
                socket.abort()
            elif socket.canReadLine():
                self._hear(socket, bytes(socket.readLine().data()))

    def _hear(self, socket: QLocalSocket, line: bytes) -> None:
        try:
            given = msgspec.json.decode(line, type=HandOver)
        except msgspec.DecodeError:
            socket.abort()
            return
        socket.write(TAKEN)
        socket.flush()
        self._take(given)
