"""Error numbers by name, against the numbers of the system the tests run on."""

import errno
import socket
import sys

import pytest

from clearline.net.evidence import OsError
from clearline.net.os_errors import error_name, lookup_error_name

NAMES = (
    *("ECONNREFUSED", "ETIMEDOUT", "EHOSTUNREACH", "ENETUNREACH", "EHOSTDOWN", "ENETDOWN", "ECONNRESET"),
    *("ECONNABORTED", "EPIPE", "EADDRNOTAVAIL", "EADDRINUSE", "EAFNOSUPPORT", "EACCES", "EPERM", "EINVAL"),
    *("ENOPROTOOPT", "EMSGSIZE", "EMFILE", "ENFILE", "ENOBUFS", "ENOMEM", "EPROTO"),
)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has two number spaces")
@pytest.mark.parametrize(
    "name",
    NAMES,
)
def test_it_agrees_with_this_system(name: str) -> None:
    assert error_name(OsError(getattr(errno, name))) == name


@pytest.mark.parametrize("name", ["EAI_NONAME", "EAI_AGAIN", "EAI_FAIL", "EAI_SERVICE", "EAI_FAMILY", "EAI_MEMORY"])
def test_it_agrees_with_this_systems_resolver(name: str) -> None:
    assert lookup_error_name(getattr(socket, name), sys.platform) == name


def test_it_reads_winerror_before_errno() -> None:
    assert error_name(OsError(22, 121, "win32")) == "ETIMEDOUT"


def test_it_says_nothing_of_numbers_it_does_not_know() -> None:
    assert error_name(OsError(4711, None, "linux")) == ""
    assert error_name(OsError(None, None, "linux")) == ""
    assert lookup_error_name(4711, "linux") == ""
