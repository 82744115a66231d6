"""Files of other monitors: which target each module becomes, and what is said where none can."""

import pytest

from clearline.host.monitor_files import is_monitor_file, needs_addresses, read_monitor_file
from clearline.host.target_list import PastedLine

MODULES = """
modules:
  http_2xx:
    prober: http
    timeout: 5s
    http:
      method: post
      valid_status_codes: [200, 204]
      headers: {X-Shop: till}
      follow_redirects: false
      fail_if_not_ssl: true
      fail_if_body_matches_regexp: [broken]
      tls_config: {insecure_skip_verify: true, server_name: shop.example, key_file: /secret}
  smtp_starttls:
    prober: tcp
    tcp:
      query_response:
        - expect: "^220"
        - send: "EHLO prober"
        - starttls: true
  plain_tls:
    prober: tcp
    tcp: {tls: true}
  ping:
    prober: icmp
  names:
    prober: dns
    dns: {query_name: shop.example, query_type: MX, transport_protocol: tcp}
  calls:
    prober: grpc
"""


def _by_module(addresses: str) -> dict[str, PastedLine]:
    return {line.text.partition(" ")[0]: line for line in read_monitor_file(MODULES, (), addresses)}


@pytest.mark.parametrize(
    ("module", "address"),
    [
        ("http_2xx", "https://10.0.0.7:8443/"),
        ("smtp_starttls", "tls://10.0.0.7:8443?starttls=smtp"),
        ("plain_tls", "tls://10.0.0.7:8443"),
        ("names", "dns://shop.example?type=MX&server=10.0.0.7:8443&transport=tcp"),
    ],
)
def test_it_reads_what_a_module_tests(module: str, address: str) -> None:
    target = _by_module("10.0.0.7:8443")[module].target

    assert target is not None
    assert target.address == address


def test_it_takes_over_how_a_page_is_asked_for() -> None:
    line = _by_module("10.0.0.7:8443")["http_2xx"]

    target = line.target
    assert target is not None
    assert (target.method, target.expect_status, target.headers) == ("POST", (200, 204), ("X-Shop: till",))
    assert (target.follow, target.verify, target.sni) == (False, False, "shop.example")
    assert line.profile is not None
    assert (line.profile.retry.attempts, line.profile.timeouts.total_s) == (1, 5.0)
    assert target.profile == line.profile.name


def test_it_says_what_it_does_not_take_over() -> None:
    ignored = _by_module("10.0.0.7:8443")["http_2xx"].ignored

    assert ignored == ("fail_if_body_matches_regexp", "tls_config.key_file")


def test_it_refuses_a_prober_it_has_nothing_like() -> None:
    problem = _by_module("10.0.0.7")["calls"].problem

    assert problem is not None
    assert problem.code == "import.prober"


def test_it_asks_for_addresses_where_a_module_has_none() -> None:
    assert needs_addresses(MODULES)
    problem = _by_module("")["ping"].problem
    assert problem is not None
    assert problem.code == "import.no_address"


def test_it_reads_the_targets_of_scrape_configs_with_their_module() -> None:
    text = MODULES + (
        "scrape_configs:\n- params: {module: [plain_tls]}\n  static_configs:\n  - targets: ['mail.example:993', 7]\n"
    )

    lines = read_monitor_file(text, ())

    assert not needs_addresses(text)
    assert [line.target.address if line.target else "" for line in lines] == ["tls://mail.example:993", ""]


@pytest.mark.parametrize(
    "text", ["modules: [a", "modules:\n\t- x", "modules: !!python/object/apply:os.system ['true']"]
)
def test_it_says_where_a_file_cannot_be_read_and_runs_nothing_in_it(text: str) -> None:
    lines = read_monitor_file(text, ())

    assert is_monitor_file(text)
    assert [line.problem.code if line.problem else "" for line in lines] == ["import.yaml"]


def test_it_knows_such_a_file_from_a_list() -> None:
    assert not is_monitor_file("shop.example\nmodules.example")
