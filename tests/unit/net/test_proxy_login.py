"""What a proxy offers for logging in, and the answers that can be computed here."""

import pytest

from clearline.domain.proxy import parse_proxy
from clearline.net.proxy_login import LoginError, challenges, digest_credentials


@pytest.mark.parametrize(
    ("values", "offered"),
    [
        ([], {}),
        (["NTLM"], {"ntlm": ""}),
        (["Negotiate, NTLM", 'Basic realm="x"'], {"negotiate": "", "ntlm": "", "basic": 'realm="x"'}),
        (["NTLM TlRMTVNTUAAC=="], {"ntlm": "TlRMTVNTUAAC=="}),
        (
            ['Basic realm="Basic, NTLM", charset="UTF-8", Digest realm="b", nonce="c, d"'],
            {"basic": 'realm="Basic, NTLM", charset="UTF-8"', "digest": 'realm="b", nonce="c, d"'},
        ),
        (["Bearer", "Basicly no"], {}),
    ],
)
def test_it_reads_what_is_offered(values: list[str], offered: dict[str, str]) -> None:
    assert challenges(values) == offered


def test_it_answers_the_example_of_rfc_7616() -> None:
    """Section 3.9.1, with the method and URI of the example."""
    proxy = parse_proxy("http://Mufasa:Circle%20of%20Life@proxy.test:1")
    told = (
        'realm="http-auth@example.org", qop="auth, auth-int", algorithm=SHA-256, '
        'nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"'
    )

    value = digest_credentials(proxy, told, "GET", "/dir/index.html", "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ")

    assert 'response="753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"' in value


@pytest.mark.parametrize(
    "told", ['realm="a", nonce="b", algorithm=SHA-512-256', 'realm="a", nonce="b", qop="auth-int"']
)
def test_it_says_that_it_knows_no_such_digest(told: str) -> None:
    with pytest.raises(LoginError, match="unknown kind"):
        digest_credentials(parse_proxy("http://me:x@proxy.test:1"), told, "CONNECT", "a:1", "c")
