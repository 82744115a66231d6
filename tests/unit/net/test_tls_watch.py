"""Certificates in handshake messages, whole and cut off."""

from clearline.net.tls_watch import parse_certificate_message

FIRST, SECOND = b"\x30" + b"a" * 40, b"\x30" + b"b" * 20


def sized(data: bytes, size: int = 3) -> bytes:
    return len(data).to_bytes(size, "big") + data


OLD = b"\x0b" + sized(sized(sized(FIRST) + sized(SECOND)))
NEW = b"\x0b" + sized(b"\x00" + sized(sized(FIRST) + b"\x00\x00" + sized(SECOND) + sized(b"ext", 2)))


def test_it_reads_the_certificates_of_tls_1_2() -> None:
    assert parse_certificate_message(OLD) == (FIRST, SECOND)


def test_it_reads_the_certificates_of_tls_1_3() -> None:
    assert parse_certificate_message(NEW) == (FIRST, SECOND)


def test_it_gives_what_is_whole_of_a_message_cut_off() -> None:
    assert parse_certificate_message(NEW[: len(NEW) - 10]) == (FIRST,)
    for size in range(len(NEW)):
        assert parse_certificate_message(NEW[:size]) in ((), (FIRST,), (FIRST, SECOND))
