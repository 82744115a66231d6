"""Whether an answer is the one that somebody expects: another address, or one for a name that must not exist."""

import ipaddress
from collections.abc import Sequence

NO_SUCH_NAME = "NXDOMAIN"
"""Written as what is expected: the name must not exist."""
_NEVER_PUBLIC = tuple(
    ipaddress.ip_network(text)
    for text in (
        *("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12"),
        *("192.168.0.0/16", "::/127", "fc00::/7", "fe80::/10"),
    )
)
"""Addresses that cannot lie on the internet (RFC 1122, 1918, 3927, 4193, 4291, 6598)."""


def unexpected(expected: str, records: Sequence[str]) -> str:
    """What is wrong with the records of an answer, empty where nothing is.

    `rewritten`: an answer to a name that must not exist. `bogon`: only addresses that cannot lie on the internet, where
    one that can was expected. `changed`: anything else without the expected text.
    """
    if expected.upper() == NO_SUCH_NAME:
        return "rewritten" if records else ""
    if not expected or any(expected in record for record in records):
        return ""
    return "bogon" if all(map(_is_never_public, records)) and not _is_never_public(expected) else "changed"


def _is_never_public(text: str) -> bool:
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return False
    return any(address in network for network in _NEVER_PUBLIC)
