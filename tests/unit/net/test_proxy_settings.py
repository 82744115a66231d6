"""Which proxy the system wants, and what a proxy says of itself."""

import pytest

from clearline.domain.problem import InputError
from clearline.domain.proxy import parse_proxy
from clearline.net.pac_settings import PacSettings
from clearline.net.proxy import proxy_status_error, system_proxy
from clearline.net.proxy_login import first_credentials


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (
        "http_proxy",
        "https_proxy",
        "all_proxy",
        "no_proxy",
        "HTTP_PROXY",
        "HTTPS_PROXY",
        "NO_PROXY",
        "auto_proxy",
    ):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize(
    ("scheme", "variable"),
    [
        ("http", "http_proxy"),
        ("https", "https_proxy"),
        ("ws", "http_proxy"),
        ("wss", "https_proxy"),
        ("https", "all_proxy"),
    ],
)
def test_it_reads_the_environment(scheme: str, variable: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(variable, "http://proxy.test:3128")

    assert system_proxy(scheme, "www.example.test", 443, PacSettings()) == "http://proxy.test:3128"


@pytest.mark.parametrize("exempt", ["*", "example.test", ".example.test", "www.example.test:443"])
def test_it_obeys_exemptions(exempt: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("https_proxy", "http://proxy.test:3128")
    monkeypatch.setenv("no_proxy", exempt)

    assert system_proxy("https", "www.example.test", 443, PacSettings()) == ""


@pytest.mark.parametrize("host", ["localhost", "printer.localhost", "127.0.0.1", "::1", "169.254.1.1", "fe80::1%eth0"])
def test_it_keeps_what_is_near_from_any_proxy(host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("https_proxy", "http://proxy.test:3128")

    assert system_proxy("https", host, 443, PacSettings()) == ""


@pytest.mark.parametrize(
    ("typed", "scheme", "port", "shown"),
    [
        ("proxy.test:3128", "http", 3128, "http://proxy.test:3128"),
        ("http://proxy.test", "http", 80, "http://proxy.test:80"),
        ("HTTPS://me:pw@proxy.test", "https", 443, "https://proxy.test:443"),
        ("socks://proxy.test", "socks5h", 1080, "socks5h://proxy.test:1080"),
        ("socks5://[2001:db8::1]:9", "socks5", 9, "socks5://[2001:db8::1]:9"),
    ],
)
def test_it_parses_what_people_type(typed: str, scheme: str, port: int, shown: str) -> None:
    proxy = parse_proxy(typed)

    assert (proxy.scheme, proxy.port, proxy.shown) == (scheme, port, shown)


@pytest.mark.parametrize(
    "typed", ["", "gopher://proxy", "http://", "http://proxy:0", "http://proxy:99999", "a b", "http://[::1"]
)
def test_it_says_what_is_no_proxy(typed: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_proxy(typed)

    assert caught.value.problems[0].code == "address.proxy"


def test_it_never_shows_a_password() -> None:
    proxy = parse_proxy("http://me:gehei%40m@proxy.test:1")

    assert proxy.password == "gehei@m"
    assert "gehei" not in repr(proxy) + proxy.shown
    assert first_credentials(proxy) == "Basic bWU6Z2VoZWlAbQ=="


@pytest.mark.parametrize(
    ("header", "error"),
    [
        ("", ""),
        ("proxy.test; error=dns_error", "dns_error"),
        ('a; error=dns_error, b; details="x"; error=connection_refused', "connection_refused"),
        ('a; error="Connection_Timeout"', "connection_timeout"),
        ("a; received-status=200", ""),
    ],
)
def test_it_reads_what_a_proxy_says_went_wrong(header: str, error: str) -> None:
    assert proxy_status_error(header) == error
