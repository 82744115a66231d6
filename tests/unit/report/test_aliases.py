"""What stands in for names and addresses: always the same under one ticket, and as telling as it may be."""

import ipaddress

import pytest

from clearline.domain.target import parse_address
from clearline.report.aliases import Aliases, own_key, ticket_key


@pytest.fixture(scope="module")
def aliases() -> Aliases:
    return Aliases(ticket_key("INC-4711"))


def test_it_gives_the_same_alias_for_one_ticket_however_it_is_typed(aliases: Aliases) -> None:
    again, other = Aliases(ticket_key("  inc-4711 ")), Aliases(ticket_key("INC-4712"))
    assert again.host("Shop.Example.com") == aliases.host("shop.example.com.")
    assert other.host("shop.example.com") != aliases.host("shop.example.com")
    assert Aliases(own_key()).host("shop.example.com") != Aliases(own_key()).host("shop.example.com")


def test_it_keeps_the_domain_of_hosts_recognisable(aliases: Aliases) -> None:
    shop, mail, other = map(aliases.host, ("shop.acme.com", "mail.acme.com", "shop.other.com"))
    assert shop.partition(".")[2] == mail.partition(".")[2] != other.partition(".")[2]
    assert len({shop, mail, other}) == 3


@pytest.mark.parametrize(
    ("host", "ending"),
    [("a.acme.com", ".example"), ("printer.acme.local", ".internal"), ("nas.lan", ".internal"), ("printer", "")],
)
def test_it_keeps_public_apart_from_private_names(aliases: Aliases, host: str, ending: str) -> None:
    alias = aliases.host(host)
    assert "." + alias.rpartition(".")[2] == ending if ending else "." not in alias


@pytest.mark.parametrize("kept", ["localhost", "127.0.0.1", "127.0.0.53", "::1"])
def test_it_keeps_what_every_computer_has(aliases: Aliases, kept: str) -> None:
    assert aliases.host(kept) == kept


@pytest.mark.parametrize(
    ("ip", "network"),
    [
        ("10.20.30.40", "10.0.0.0/8"),
        ("172.20.1.2", "172.16.0.0/12"),
        ("192.168.7.1", "192.168.0.0/16"),
        ("100.70.1.1", "100.64.0.0/10"),
        ("169.254.7.7", "169.254.0.0/16"),
        ("203.0.113.9", "240.0.0.0/4"),
        ("8.8.8.8", "240.0.0.0/4"),
        ("fd12:3456::1", "fd00::/8"),
        ("fe80::1:2", "fe80::/64"),
        ("2a00:1450::7", "2001:db8::/32"),
    ],
)
def test_it_keeps_the_kind_of_an_address(aliases: Aliases, ip: str, network: str) -> None:
    alias = ipaddress.ip_address(aliases.host(ip))
    assert alias in ipaddress.ip_network(network)
    assert str(alias) != ip


def test_it_keeps_neighbours_in_one_network_and_apart_from_each_other(aliases: Aliases) -> None:
    near = [aliases.host(f"10.1.2.{last}") for last in range(256)]
    assert len(set(near)) == 256
    assert len({alias.rpartition(".")[0] for alias in near}) == 1
    assert aliases.host("10.1.3.7").rpartition(".")[0] != near[0].rpartition(".")[0]
    six = [ipaddress.ip_address(aliases.host(f"2a00:1450::{last:x}")) for last in range(1, 20)]
    assert len({ip.packed[:8] for ip in six}) == 1
    assert len(set(six)) == 19


def test_it_never_gives_two_things_one_alias() -> None:
    aliases = Aliases(b"k")
    made = [aliases.host(f"192.168.{third}.1") for third in range(256)]
    assert len(set(made)) == 256


@pytest.mark.parametrize(
    ("url", "stays"),
    [
        ("https://jdoe:•••@a.acme.com:8443/x/y?customer=1#z", ("https://", ":8443/", ":•••@")),
        ("dns://mail.acme.com?type=AAAA&server=10.1.1.1:53", ("dns://", "type=AAAA", "server=10.", ":53")),
        ("tls://mail.acme.com:25?starttls=smtp", ("tls://", ":25", "starttls=smtp")),
        ("tcp://[2a00:1450::7]:80", ("tcp://[2001:db8:", "]:80")),
    ],
)
def test_it_keeps_the_shape_of_an_address_so_that_it_is_one(aliases: Aliases, url: str, stays: tuple[str, ...]) -> None:
    alias = aliases.url(url)
    assert all(part in alias for part in stays), alias
    assert not any(word in alias for word in ("acme", "jdoe", "customer"))
    assert parse_address(alias)


def test_it_keeps_the_port_of_an_endpoint(aliases: Aliases) -> None:
    assert aliases.endpoint("10.1.2.3:443") == f"{aliases.host('10.1.2.3')}:443"
    assert aliases.endpoint("[fd12::1]:443") == f"[{aliases.host('fd12::1')}]:443"
    assert aliases.endpoint("a.acme.com:25") == f"{aliases.host('a.acme.com')}:25"
