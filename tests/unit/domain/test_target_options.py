"""What a target can be told beyond its address: kinds, options, and what of it is secret."""

import msgspec
import pytest

from clearline.domain.plan import new_target
from clearline.domain.problem import InputError
from clearline.domain.target import MASK, Probe, parse_address


@pytest.mark.parametrize(
    ("typed", "probe", "port"),
    [
        ("banner://mail.test:25", Probe.BANNER, 25),
        ("ws://h.test/live?a=b", Probe.WS, 80),
        ("wss://h.test", Probe.WS, 443),
        ("ntp://time.test", Probe.NTP, 123),
    ],
)
def test_it_knows_services_by_their_scheme(typed: str, probe: Probe, port: int) -> None:
    target = new_target(parse_address(typed))

    assert (target.probe, target.port) == (probe, port)


def test_it_keeps_the_options_of_an_address() -> None:
    assert new_target(parse_address("tls://mail.test:25?starttls=SMTP")).starttls == "smtp"
    assert new_target(parse_address("banner://mail.test:2525?service=smtp")).service == "smtp"
    assert new_target(parse_address("dns://a.test?transport=https&server=192.0.2.1")).transport == "https"
    assert new_target(parse_address("dns://a.test")).transport == "udp"
    assert new_target(parse_address("https://h.test/?starttls=smtp")).starttls == ""


@pytest.mark.parametrize(
    "typed", ["tls://h.test?starttls=gopher", "banner://h.test:1?service=irc", "dns://a.test?transport=pigeon"]
)
def test_it_says_which_values_an_option_takes(typed: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_address(typed)

    assert caught.value.problems[0].code == "address.option"


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        ("https://h.test/?q=é", "https://h.test/?q=%C3%A9"),
        ("https://h.test/?q=%C3%A9&r=a+b", "https://h.test/?q=%C3%A9&r=a+b"),
        ("https://h.test/?q[]=a|b", "https://h.test/?q[]=a|b"),
        ('https://h.test/?q="x"', "https://h.test/?q=%22x%22"),
    ],
)
def test_it_writes_queries_as_they_travel(typed: str, address: str) -> None:
    assert parse_address(typed) == address
    assert parse_address(address) == address


def test_it_masks_everything_secret_in_a_target() -> None:
    target = msgspec.structs.replace(
        new_target("https://me:geheim@h.test/?token=geheim"),
        proxy="http://me:geheim@proxy.test:1",
        headers=("Authorization: geheim", "X-Api-Key: geheim", "Cookie: geheim", "X-Colour: blue"),
        body="geheim",
    )

    assert "geheim" not in repr(target.masked)
    assert target.masked.headers == (
        f"Authorization: {MASK}", f"X-Api-Key: {MASK}", f"Cookie: {MASK}", "X-Colour: blue",
    )  # fmt: skip


def test_it_changes_nothing_where_there_is_no_secret() -> None:
    target = new_target("https://h.test/?q=1")

    assert target.masked == target
