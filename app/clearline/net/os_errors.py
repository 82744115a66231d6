"""Operating system error numbers by name: Linux, macOS, Windows (WSA, and Win32 as the proactor loop raises)."""

from clearline.net.evidence import OsError

# name: (Linux, macOS, WSA, Win32). Sources: asm-generic/errno.h, sys/errno.h of XNU, winerror.h, CPython PC/errmap.h.
_NUMBERS: dict[str, tuple[int | None, int | None, int | None, tuple[int, ...]]] = {
    "ECONNREFUSED": (111, 61, 10061, (1225,)),
    "ETIMEDOUT": (110, 60, 10060, (121,)),
    "EHOSTUNREACH": (113, 65, 10065, (1232,)),
    "ENETUNREACH": (101, 51, 10051, (1231,)),
    "EHOSTDOWN": (112, 64, 10064, ()),
    "ENETDOWN": (100, 50, 10050, ()),
    "ENONET": (64, None, None, ()),
    "ECONNRESET": (104, 54, 10054, (64,)),
    "ECONNABORTED": (103, 53, 10053, (1236,)),
    "ENETRESET": (102, 52, 10052, ()),
    "EPIPE": (32, 32, None, (109, 232)),
    "ESHUTDOWN": (108, 58, 10058, ()),
    "EADDRNOTAVAIL": (99, 49, 10049, ()),
    "EADDRINUSE": (98, 48, 10048, ()),
    "EAFNOSUPPORT": (97, 47, 10047, ()),
    "EPROTONOSUPPORT": (93, 43, 10043, ()),
    "EACCES": (13, 13, 10013, (5,)),
    "EPERM": (1, 1, None, ()),
    "EINVAL": (22, 22, 10022, ()),
    "ENOPROTOOPT": (92, 42, 10042, ()),
    "EMSGSIZE": (90, 40, 10040, ()),
    "EMFILE": (24, 24, 10024, (4,)),
    "ENFILE": (23, 23, None, ()),
    "ENOBUFS": (105, 55, 10055, ()),
    "ENOMEM": (12, 12, None, (8,)),
    "EPROTO": (71, 100, None, ()),
    "ECANCELED": (125, 89, 10103, (995,)),
}
_LINUX = {linux: name for name, (linux, _, _, _) in _NUMBERS.items() if linux is not None}
_MACOS = {macos: name for name, (_, macos, _, _) in _NUMBERS.items() if macos is not None}
# WSA codes keep their value as errno, except six that lose 10000; below that the C library's numbers count.
_WINDOWS = {
    **{number: _LINUX[number] for number in (1, 12, 13, 22, 23, 24, 32)},
    **{wsa: name for name, (_, _, wsa, _) in _NUMBERS.items() if wsa is not None},
}
_WIN32 = {code: name for name, (_, _, _, codes) in _NUMBERS.items() for code in codes}


def error_name(error: OsError) -> str:
    """The POSIX name of a recorded error, in the numbers of the system that gave it; empty where unknown."""
    if error.system == "win32":
        # errno 22 is CPython's catch-all for Win32 codes it does not know: winerror decides (PC/errmap.h).
        if error.winerror:
            return _WIN32.get(error.winerror) or _WINDOWS.get(error.winerror, "")
        return _WINDOWS.get(error.number or 0, "")
    return (_MACOS if error.system == "darwin" else _LINUX).get(error.number or 0, "")


# name: (glibc, macOS and BSD, Windows). Sources: netdb.h, ws2tcpip.h.
_EAI: dict[str, tuple[int | None, int | None, int | None]] = {
    "EAI_NONAME": (-2, 8, 11001),
    "EAI_NODATA": (-5, 7, 11004),
    "EAI_ADDRFAMILY": (-9, 1, None),
    "EAI_AGAIN": (-3, 2, 11002),
    "EAI_FAIL": (-4, 4, 11003),
    "EAI_SERVICE": (-8, 9, 10109),
    "EAI_SOCKTYPE": (-7, 10, 10044),
    "EAI_FAMILY": (-6, 5, 10047),
    "EAI_BADFLAGS": (-1, 3, 10022),
    "EAI_MEMORY": (-10, 6, 8),
    "EAI_SYSTEM": (-11, 11, None),
    "EAI_OVERFLOW": (-12, 14, None),
}


def lookup_error_name(code: int, system: str) -> str:
    """The name of a getaddrinfo code, in the numbers of the system that gave it; empty where unknown.

    Windows' 11001 to 11004 are also IcmpSendEcho2 statuses with other meanings: never mix the two.
    """
    column = {"darwin": 1, "win32": 2}.get(system, 0)
    return next((name for name, codes in _EAI.items() if codes[column] == code), "")
