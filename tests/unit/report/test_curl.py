"""A target as a curl command: what it asks, whom it trusts, which way it goes; nothing secret unless asked."""

import itertools
import shlex

import msgspec
import pytest

from clearline.domain.outcome import Outcome
from clearline.domain.phase import PhaseTimes
from clearline.domain.plan import new_target
from clearline.domain.profile import Timeouts
from clearline.report.curl import curl_command


def command(
    address: str, timeouts: Timeouts | None = None, outcome: Outcome | None = None, **fields: object
) -> list[str]:
    return shlex.split(curl_command(msgspec.structs.replace(new_target(address), **fields), timeouts, outcome))


def pairs(words: list[str]) -> list[tuple[str, str]]:
    return list(itertools.pairwise(words))


def test_it_asks_for_the_address_last() -> None:
    words = command("https://www.example.test/a?b=c")

    assert words[0] == "curl"
    assert words[-1] == "https://www.example.test/a?b=c"
    assert "-L" in words
    assert "-X" not in words


def test_it_says_how_the_request_is_made() -> None:
    words = command("http://h.test/", method="POST", body="a=1", headers=("X-A: it's",), follow=False)

    assert {("-X", "POST"), ("--data-binary", "•••"), ("-H", "X-A: it's")} <= set(pairs(words))
    assert "-L" not in words


def test_it_says_whom_it_trusts() -> None:
    words = command("https://h.test/", verify=False, ca_file="/ca.pem", client_cert="/me.pem")

    assert "-k" in words
    assert {("--cacert", "/ca.pem"), ("-E", "/me.pem")} <= set(pairs(words))


def test_it_keeps_the_time_limits() -> None:
    words = command("https://h.test/", Timeouts(connect_s=2.5, attempt_s=9))

    assert {("--connect-timeout", "2.5"), ("-m", "9")} <= set(pairs(words))


@pytest.mark.parametrize(
    ("fields", "pair"),
    [
        ({"via": "192.0.2.9"}, ("--connect-to", "h.test:443:192.0.2.9:443")),
        ({"via": "[2001:db8::9]:8443"}, ("--connect-to", "h.test:443:[2001:db8::9]:8443")),
        ({"proxy": "none"}, ("--noproxy", "*")),
        ({"proxy": "http://p.test:3128"}, ("-x", "http://p.test:3128")),
    ],
)
def test_it_goes_the_same_way(fields: dict[str, object], pair: tuple[str, str]) -> None:
    assert pair in pairs(command("https://h.test/", **fields))


def test_it_goes_to_the_address_that_an_attempt_tried() -> None:
    outcome = Outcome(PhaseTimes(), address="192.0.2.7:443")

    assert ("--connect-to", "h.test:443:192.0.2.7:443") in pairs(command("https://h.test/", outcome=outcome))


def test_it_never_takes_a_proxys_address_for_the_servers() -> None:
    outcome = Outcome(PhaseTimes(), address="192.0.2.7:3128", detail={"proxy": {"address": "http://p.test:3128"}})

    assert "--connect-to" not in command("https://h.test/", outcome=outcome)


SECRET = msgspec.structs.replace(
    new_target("https://me:geheim1@h.test/?token=geheim2"),
    headers=("Authorization: Bearer geheim3",),
    proxy="http://you:geheim4@p.test:1",
    body="geheim5",
)


def test_it_masks_every_secret() -> None:
    assert "geheim" not in curl_command(SECRET)


def test_it_tells_secrets_where_they_are_asked_for() -> None:
    told = curl_command(SECRET, has_secrets=True)

    assert all(f"geheim{number}" in told for number in range(1, 6))


@pytest.mark.parametrize(
    ("address", "last"),
    [
        ("tcp://h.test:22", "telnet://h.test:22"),
        ("tls://h.test:25?starttls=smtp", "smtp://h.test:25"),
        ("tls://h.test:110?starttls=pop", "pop3://h.test:110"),
        ("tls://h.test:636", "https://h.test:636"),
        ("wss://h.test/live", "https://h.test:443/live"),
    ],
)
def test_it_has_something_alike_for_other_connections(address: str, last: str) -> None:
    assert command(address)[-1] == last


@pytest.mark.parametrize("address", ["dns://h.test", "udp://h.test:9", "ntp://h.test"])
def test_it_has_nothing_for_what_curl_cannot_do(address: str) -> None:
    assert curl_command(new_target(address)) == ""


@pytest.mark.parametrize("text", ['a" & calc & "', "$(reboot)", "`id`", "a'b", "%PATH%"])
def test_no_text_gets_out_of_its_quotes(text: str) -> None:
    target = msgspec.structs.replace(new_target("http://h.test/"), body=text, method="POST")

    assert text in shlex.split(curl_command(target, has_secrets=True))
    windows = curl_command(target, has_secrets=True, is_windows=True)
    body = windows.partition("--data-binary ")[2].partition(" -w ")[0]
    assert body.count('"') % 2 == 0
    assert body.strip('"').replace('""', "") == text.strip('"').replace('"', "")


def test_it_never_breaks_a_line_for_windows() -> None:
    target = msgspec.structs.replace(new_target("http://h.test/"), body="a\r\ncalc", method="POST")

    assert "\n" not in curl_command(target, has_secrets=True, is_windows=True)
