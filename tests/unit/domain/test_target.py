"""What people type becomes an address, or a sentence that says what to write instead."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clearline.domain.problem import InputError
from clearline.domain.target import MASK, Probe, Target, mask_secrets, parse_address, parse_endpoint


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        ("example.com", "https://example.com/"),
        ("  example.com  ", "https://example.com/"),
        ("EXAMPLE.com/Path", "https://example.com/Path"),
        ("example.com/a?b=c", "https://example.com/a?b=c"),
        ("example.com:8443", "tcp://example.com:8443"),
        ("10.0.0.1", "https://10.0.0.1/"),
        ("10.0.0.1:22", "tcp://10.0.0.1:22"),
        ("::1", "https://[::1]/"),
        ("[::1]:22", "tcp://[::1]:22"),
        ("2001:db8::1", "https://[2001:db8::1]/"),
        ("HTTP://Example.com:80/x", "http://example.com/x"),
        ("https://example.com:443", "https://example.com/"),
        ("https://example.com:8443/", "https://example.com:8443/"),
        ("https://example.com/#top", "https://example.com/"),
        ("https://user:pw@example.com/", "https://user:pw@example.com/"),
        ("https://example.com/a b".replace(" ", "%20"), "https://example.com/a%20b"),
        ("https://bücher.example/", "https://xn--bcher-kva.example/"),
        ("tcp://db.example:5432/ignored?too=1", "tcp://db.example:5432"),
        ("beat://chat.example:7000/ignored", "beat://chat.example:7000"),
        ("tls://mail.example:993", "tls://mail.example:993"),
        ("tls://mail.example", "tls://mail.example"),
        ("udp://10.0.0.1:123", "udp://10.0.0.1:123"),
        ("dns://example.com", "dns://example.com"),
        ("dns://example.com?type=AAAA&server=9.9.9.9", "dns://example.com?type=AAAA&server=9.9.9.9"),
        ("tcp://my_host:1", "tcp://my_host:1"),
        ("tcp://host.:1", "tcp://host.:1"),
    ],
)
def test_it_understands_what_people_type(typed: str, address: str) -> None:
    assert parse_address(typed) == address


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "address.empty"),
        ("   ", "address.empty"),
        ("exa mple.com", "address.space"),
        ("ftp://example.com", "address.scheme"),
        ("https://", "address.no_host"),
        ("https:///path", "address.no_host"),
        ("https://:443", "address.no_host"),
        ("example.com:99999", "address.port"),
        ("https://example.com:0", "address.port"),
        ("https://example.com:port", "address.port"),
        ("tcp://example.com", "address.needs_port"),
        ("udp://example.com", "address.needs_port"),
        ("beat://example.com", "address.needs_port"),
        ("0.0.0.0:80", "address.unusable_ip"),
        ("tcp://[::]:80", "address.unusable_ip"),
        ("udp://224.0.0.1:99", "address.unusable_ip"),
        ("udp://255.255.255.255:99", "address.unusable_ip"),
        ("300.1.1.1:80", "address.bad_ip"),
        ("1.2.3", "address.bad_ip"),
        ("²", "address.bad_ip"),
        ("tcp://２２４.0.0.1:99", "address.unusable_ip"),
        ("https://a..b/", "address.bad_host"),
        (f"https://{'a' * 64}.example/", "address.bad_host"),
        (f"https://{'a.' * 130}example/", "address.bad_host"),
        ("https://exa$mple.com/", "address.bad_host"),
        ("dns://example.com?type=BOGUS", "address.dns_type"),
        ("dns://example.com?server=resolver.example", "endpoint.not_numeric"),
    ],
)
def test_it_says_what_is_wrong(typed: str, code: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_address(typed)
    assert [problem.code for problem in caught.value.problems] == [code]


def test_it_repeats_no_secret_in_what_it_says() -> None:
    with pytest.raises(InputError) as caught:
        parse_address("ftp://me:hunter2@example.com/?token=abc123")
    assert "hunter2" not in str(caught.value)
    assert "abc123" not in str(caught.value)


typed_texts = st.one_of(
    st.text(max_size=40),
    st.from_regex(r"(https?|tcp|tls|udp|dns)://[a-zA-Z0-9.:\[\]@/?=&%_-]{0,30}", fullmatch=True),
)


@given(typed_texts)
def test_it_never_fails_in_another_way_and_its_result_stays_the_same_when_read_again(typed: str) -> None:
    try:
        address = parse_address(typed)
    except InputError:
        return
    assert parse_address(address) == address
    target = Target("t", address)
    assert target.host
    assert 0 < target.port < 65536


@pytest.mark.parametrize(
    ("typed", "endpoint"),
    [
        ("10.0.0.1", ("10.0.0.1", None)),
        ("10.0.0.1:53", ("10.0.0.1", 53)),
        ("::1", ("::1", None)),
        ("[::1]", ("::1", None)),
        ("[::1]:53", ("::1", 53)),
    ],
)
def test_it_reads_an_endpoint(typed: str, endpoint: tuple[str, int | None]) -> None:
    assert parse_endpoint(typed) == endpoint


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("resolver.example", "endpoint.not_numeric"),
        ("", "endpoint.not_numeric"),
        ("10.0.0.1:0", "address.port"),
        ("10.0.0.1:99999", "address.port"),
    ],
)
def test_it_refuses_what_is_no_endpoint(typed: str, code: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_endpoint(typed)
    assert caught.value.problems[0].code == code


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("https://example.com/", "https://example.com/"),
        ("https://me:hunter2@example.com/", f"https://me:{MASK}@example.com/"),
        ("https://sometoken@example.com/", f"https://{MASK}@example.com/"),
        ("https://me:a@b@example.com/", f"https://me:{MASK}@example.com/"),
        ("https://h/?api_key=k&page=2", f"https://h/?api_key={MASK}&page=2"),
        ("https://h/?API-KEY=k&x-auth-token=t", f"https://h/?API-KEY={MASK}&x-auth-token={MASK}"),
        ("https://h/?key=k&keyboard=qwertz", f"https://h/?key={MASK}&keyboard=qwertz"),
        ("https://h/?p%61ssword=k", f"https://h/?p%61ssword={MASK}"),
        ("https://h/?token", "https://h/?token"),
        ("https://me:pw@[broken/", f"https://{MASK}@[broken/"),
    ],
)
def test_it_masks_every_secret(address: str, shown: str) -> None:
    assert mask_secrets(address) == shown


@given(
    st.text(alphabet="abcdefghijk0123456789$!*", min_size=1, max_size=12),
    st.sampled_from(["password", "pwd", "token", "secret", "auth", "session", "signature", "sig", "code", "api_key"]),
)
def test_it_shows_no_secret_in_any_place(secret: str, name: str) -> None:
    secret = f"Q{secret}Q"
    address = f"https://user:{secret}@example.com/path?page=1&{name}={secret}&z=2"
    assert secret not in mask_secrets(address)
    assert secret not in Target("t", address).label


class TestTarget:
    @pytest.mark.parametrize(
        ("address", "probe", "host", "port"),
        [
            ("https://example.com/", Probe.HTTP, "example.com", 443),
            ("http://example.com/", Probe.HTTP, "example.com", 80),
            ("http://example.com:8080/", Probe.HTTP, "example.com", 8080),
            ("tcp://10.0.0.1:22", Probe.TCP, "10.0.0.1", 22),
            ("tls://[::1]", Probe.TLS, "::1", 443),
            ("udp://h:9", Probe.UDP, "h", 9),
            ("dns://example.com", Probe.DNS, "example.com", 53),
        ],
    )
    def test_it_knows_its_parts(self, address: str, probe: Probe, host: str, port: int) -> None:
        target = Target("t", address)
        assert (target.probe, target.host, target.port) == (probe, host, port)

    def test_it_reads_the_options_of_a_dns_target(self) -> None:
        target = Target("t", "dns://example.com?type=mx&server=9.9.9.9:5353")
        assert (target.record_type, target.server) == ("MX", "9.9.9.9:5353")
        assert (Target("t", "dns://example.com").record_type, Target("t", "dns://example.com").server) == ("A", None)

    def test_it_is_called_by_its_name_or_by_its_address(self) -> None:
        assert Target("t", "https://example.com/", name="Shop").label == "Shop"
        assert Target("t", "https://example.com/").label == "example.com"
        assert Target("t", "https://me:pw@example.com/").label == f"me:{MASK}@example.com"

    @pytest.mark.parametrize(
        ("target", "key"),
        [
            (Target("t", "https://h/"), "tcp://h:443#standard"),
            (Target("t", "tcp://h:443"), "tcp://h:443#standard"),
            (Target("t", "https://h/", profile="fetch"), "tcp://h:443#fetch"),
            (Target("t", "https://h/", via="10.0.0.1:8443"), "tcp://10.0.0.1:8443#standard"),
            (Target("t", "udp://h:443"), "udp://h:443#standard"),
            (Target("t", "dns://h"), "dns://system/h#standard"),
            (Target("t", "dns://h?server=9.9.9.9"), "dns://9.9.9.9/h#standard"),
        ],
    )
    def test_it_shares_a_breaker_with_what_fails_together(self, target: Target, key: str) -> None:
        assert target.breaker_key == key

    def test_it_puts_no_secret_into_the_breaker_key(self) -> None:
        assert "hunter2" not in Target("t", "https://me:hunter2@h/?token=hunter2").breaker_key
