"""The kernel's figures of a connection on macOS and Windows, in the terms of Linux's TCP_INFO.

Layouts are from the systems' headers; recorded structures are parsed in tests, the calls themselves ran nowhere yet.
"""

import socket
import struct
import sys

from clearline.net.evidence import TcpFigures

# XNU bsd/netinet/tcp.h: TCP_CONNECTION_INFO and struct tcp_connection_info.
_TCP_CONNECTION_INFO = 0x106
_MACOS_SIZE = 112
_MACOS_RTT_AT = 40
_MACOS_RETRANSMITTED_AT = 104
# mstcpip.h: SIO_TCP_INFO = _WSAIORW(IOC_VENDOR, 39), and TCP_INFO_v0 (Windows 10, 1703). No privilege is needed.
_SIO_TCP_INFO = 0xD8000027
_WINDOWS_SIZE = 88
_WINDOWS_RTT_AT = 20
_WINDOWS_IN_FLIGHT_AT = 28
_WINDOWS_SYN_RETRANS_AT = 84
_WINDOWS_NO_RTT = 0xFFFFFFFF


def read_figures(sock: socket.socket) -> TcpFigures | None:
    """The figures on macOS and Windows; None elsewhere, and where the system does not tell."""
    if sys.platform == "darwin":
        try:
            return parse_macos_info(sock.getsockopt(socket.IPPROTO_TCP, _TCP_CONNECTION_INFO, _MACOS_SIZE))
        except OSError:
            return None
    elif sys.platform == "win32":
        return parse_windows_info(_windows_info(sock))
    else:
        return None


def parse_macos_info(raw: bytes) -> TcpFigures | None:
    """Round trips are whole milliseconds there, too coarse to judge by; the lost requests count."""
    if len(raw) < _MACOS_SIZE:
        return None
    (rtt_ms,) = struct.unpack_from("<I", raw, _MACOS_RTT_AT)
    (lost,) = struct.unpack_from("<Q", raw, _MACOS_RETRANSMITTED_AT)
    return TcpFigures(rtt_us=rtt_ms * 1000, min_rtt_us=None, total_retrans=lost, unacked=0, is_coarse=True)


def parse_windows_info(raw: bytes) -> TcpFigures | None:
    """Round trips in microseconds; bytes in flight stand for one unconfirmed segment or none."""
    if len(raw) < _WINDOWS_SIZE:
        return None
    rtt_us, min_rtt_us = struct.unpack_from("<II", raw, _WINDOWS_RTT_AT)
    (in_flight,) = struct.unpack_from("<I", raw, _WINDOWS_IN_FLIGHT_AT)
    return TcpFigures(
        rtt_us=rtt_us,
        min_rtt_us=None if min_rtt_us == _WINDOWS_NO_RTT else min_rtt_us,
        total_retrans=raw[_WINDOWS_SYN_RETRANS_AT],
        unacked=int(in_flight > 0),
        is_coarse=rtt_us in (0, _WINDOWS_NO_RTT),
    )


if sys.platform == "win32":
    import ctypes
    from ctypes import wintypes

    def _windows_info(sock: socket.socket) -> bytes:
        version = wintypes.DWORD(0)
        told = ctypes.create_string_buffer(_WINDOWS_SIZE)
        size = wintypes.DWORD(0)
        failed = ctypes.WinDLL("ws2_32").WSAIoctl(
            ctypes.c_size_t(sock.fileno()),
            wintypes.DWORD(_SIO_TCP_INFO),
            ctypes.byref(version),
            ctypes.sizeof(version),
            told,
            ctypes.sizeof(told),
            ctypes.byref(size),
            None,
            None,
        )
        return b"" if failed else told.raw[: size.value]
