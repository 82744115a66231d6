"""Is an answer the expected one?"""

import pytest

from clearline.probes.dns_expectation import unexpected


@pytest.mark.parametrize(
    ("expected", "records", "wrong"),
    [
        ("", ["192.168.1.1"], ""),
        ("198.51.100.20", ["203.0.113.7", "198.51.100.20"], ""),
        ("198.51.100.20", ["203.0.113.7"], "changed"),
        ("198.51.100.20", ["192.168.1.1"], "bogon"),
        ("198.51.100.20", ["100.64.0.1", "fd00::1", "::", "127.0.53.53"], "bogon"),
        ("198.51.100.20", ["192.168.1.1", "203.0.113.7"], "changed"),
        ("10.2.0.20", ["192.168.1.1"], "changed"),
        ("mail.example.com", ["10 mx.example.net."], "changed"),
        ("mail.example", ["10 mail.example."], ""),
        ("nxdomain", ["203.0.113.7"], "rewritten"),
        ("NXDOMAIN", [], ""),
    ],
)
def test_it_holds_an_answer_against_what_is_expected(expected: str, records: list[str], wrong: str) -> None:
    assert unexpected(expected, records) == wrong
