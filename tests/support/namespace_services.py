"""Small services in a namespace, in threads: HTTP on 80, UDP echo on 7, TCP echo on 9; a name server on 53.

HTTP has `/large`, and `/kept` and `/upload` that keep their connections; what is sent there is thrown away.
"""

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator, Mapping

import dns.edns
import dns.exception
import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset

from support.misbehaving import receive_whole
from support.namespaces import Namespaces

_HTTP = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello"
_LARGE = _HTTP.replace(b"5", b"400000", 1).replace(b"hello", bytes(400_000))
_END = b"\r\n\r\n"
LIMIT_S = 30.0
Handler = Callable[[socket.socket], None]


def _http(connection: socket.socket) -> None:
    while asked := receive_whole(connection)[0]:
        is_kept = asked.split()[1].startswith((b"/kept", b"/upload"))
        answer = _LARGE if asked.startswith(b"GET /large") else _HTTP
        if is_kept:
            answer = answer.replace(b"Connection: close\r\n", b"")
        connection.sendall(answer.partition(_END)[0] + _END if asked.startswith(b"HEAD") else answer)
        if not is_kept:
            return


def _echo_stream(connection: socket.socket) -> None:
    while part := connection.recv(65_536):
        connection.sendall(part)


def _accept(listener: socket.socket, handle: Handler) -> None:
    while True:
        try:
            connection, _ = listener.accept()
        except OSError:
            return
        threading.Thread(target=_handled, args=(connection, handle), daemon=True).start()


def _handled(connection: socket.socket, handle: Handler) -> None:
    connection.settimeout(LIMIT_S)
    with connection, contextlib.suppress(OSError):
        handle(connection)


def _echo(sock: socket.socket) -> None:
    while True:
        try:
            data, sender = sock.recvfrom(65_535)
        except OSError:
            return
        if sender is None:
            # It was shut down.
            return
        with contextlib.suppress(OSError):
            # What a router says of an earlier answer is told by the next call.
            sock.sendto(data, sender)


@contextlib.contextmanager
def services(spaces: Namespaces, role: str = "server") -> Iterator[None]:
    """The services, on IPv4 and IPv6, until the block ends."""

    def begin() -> list[socket.socket]:
        opened = []
        for port, handle in ((80, _http), (9, _echo_stream)):
            listener = socket.create_server(("::", port), family=socket.AF_INET6, dualstack_ipv6=True)
            opened.append(listener)
            threading.Thread(target=_accept, args=(listener, handle), daemon=True).start()
        for family, host in ((socket.AF_INET, "0.0.0.0"), (socket.AF_INET6, "::")):
            sock = socket.socket(family, socket.SOCK_DGRAM)
            if family == socket.AF_INET6:
                sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            sock.bind((host, 7))
            opened.append(sock)
            threading.Thread(target=_echo, args=(sock,), daemon=True).start()
        return opened

    opened = spaces.inside(role, begin)
    try:
        yield
    finally:
        for sock in opened:
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
            sock.close()


@contextlib.contextmanager
def name_server(
    spaces: Namespaces, zone: Mapping[tuple[str, str], tuple[str, ...]], role: str = "server", host: str = "::"
) -> Iterator[None]:
    """Answers for `(name, type)`, over UDP, until the block ends; other names do not exist.

    It listens on IPv4 and IPv6, or on `host` alone; not by TCP, so that long answers are cut off. The type `RCODE` of a
    name, `*` for any, is what its queries are refused with; `5 15` with an extended error (RFC 8914) behind it. The
    type `BYTES` is what follows the query's number, in hexadecimal, whether it is an answer or not.
    """

    def begin() -> socket.socket:
        sock = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
        sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        sock.bind((host, 53))
        threading.Thread(target=_answer, args=(sock, zone), daemon=True).start()
        return sock

    sock = spaces.inside(role, begin)
    try:
        yield
    finally:
        with contextlib.suppress(OSError):
            sock.shutdown(socket.SHUT_RDWR)
        sock.close()


def _answer(sock: socket.socket, zone: Mapping[tuple[str, str], tuple[str, ...]]) -> None:
    known = {name for name, _ in zone}
    while True:
        try:
            data, sender = sock.recvfrom(4096)
        except OSError:
            return
        if sender is None:
            return
        with contextlib.suppress(OSError, dns.exception.DNSException):
            query = dns.message.from_wire(data)
            asked = query.question[0]
            name, kind = asked.name.to_text(omit_final_dot=True), dns.rdatatype.to_text(asked.rdtype)
            if made := zone.get((name, "BYTES")):
                sock.sendto(data[:2] + bytes.fromhex(made[0]), sender)
                continue
            reply = dns.message.make_response(query)
            if name not in known:
                reply.set_rcode(dns.rcode.NXDOMAIN)
            if refused := zone.get((name, "RCODE")) or zone.get(("*", "RCODE")):
                code, *extended = map(int, refused[0].split())
                reply.set_rcode(dns.rcode.Rcode(code))
                reply.use_edns(options=[dns.edns.EDEOption(each) for each in extended])
            elif found := zone.get((name, kind)):
                reply.answer.append(dns.rrset.from_text_list(asked.name, 60, "IN", kind, found))
            sock.sendto(reply.to_wire(max_size=max(query.payload, 512), prefer_truncation=True), sender)
