"""A server that speaks HTTP/2 and does with each request what a test says."""

import socket
from collections.abc import Callable

import h2.config
import h2.connection
import h2.events
import h2.exceptions

from support.misbehaving import Handler, ThreadServer

Act = Callable[[h2.connection.H2Connection, int, socket.socket, ThreadServer], None]


def over_h2(act: Act) -> Handler:
    """Settings at once, then what `act` does when the request is complete; then until the client goes."""

    def handle(secure: socket.socket, running: ThreadServer) -> None:
        connection = h2.connection.H2Connection(h2.config.H2Configuration(client_side=False))
        connection.initiate_connection()
        secure.sendall(connection.data_to_send())
        while data := secure.recv(65_536):
            try:
                events = connection.receive_data(data)
            except h2.exceptions.ProtocolError:
                # What the client still sends after the connection was called off.
                return
            for event in events:
                if isinstance(event, h2.events.StreamEnded):
                    act(connection, event.stream_id, secure, running)
            secure.sendall(connection.data_to_send())

    return handle
