"""Search domains and the hosts file."""

from clearline.net.name_settings import NameSettings, parse_hosts, read_name_settings


def test_it_reads_a_hosts_file() -> None:
    text = "# ours\n127.0.0.1\tlocalhost  Local\n::1 localhost # six\n\nnonsense here\n10.0.0.1\nfe80::1%eth0 link\n"

    assert parse_hosts(text) == (
        ("localhost", "127.0.0.1"), ("local", "127.0.0.1"), ("localhost", "::1"), ("link", "fe80::1%eth0"),
    )  # fmt: skip


def test_it_finds_a_name_whatever_its_case() -> None:
    settings = NameSettings(hosts=parse_hosts("10.0.0.1 www.example.test"))

    assert settings.in_hosts_file("WWW.example.test.") == ("10.0.0.1",)
    assert settings.in_hosts_file("other.test") == ()


def test_it_completes_short_names_only() -> None:
    settings = NameSettings(search=("corp.test", "lab.test"))

    assert settings.search_names("intranet") == ("intranet.corp.test", "intranet.lab.test")
    assert settings.search_names("www.example.test") == ()


def test_it_reads_this_machines_own() -> None:
    assert read_name_settings().in_hosts_file("localhost")
