"""The one list of hosts: what may be on it, what is shown of it, and what is recorded."""

import pytest

from clearline.domain.problem import InputError
from clearline.domain.verdict import DiagnosisPolicy, Outside, parse_upload, validate_outside

OWN = Outside(control=("https://ann:secret@server.example/",), upload="https://files.example/drop?token=secret")


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("", ""),
        ("  ", ""),
        ("files.example/drop", "https://files.example/drop"),
        ("http://files.example", "http://files.example/"),
    ],
)
def test_it_takes_a_web_address_for_what_is_sent(typed: str, kept: str) -> None:
    assert parse_upload(typed) == kept


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("tcp://files.example:9", "address.upload"),
        ("files.example:9", "address.upload"),
        ("wss://files.example/", "address.upload"),
        ("h3://files.example/", "address.upload"),
        ("https://", "address.no_host"),
    ],
)
def test_it_takes_no_other_kind_and_says_so(typed: str, code: str) -> None:
    with pytest.raises(InputError) as error:
        parse_upload(typed)
    assert [problem.code for problem in error.value.problems] == [code]
    assert [problem.code for problem in validate_outside(Outside(upload=typed))] == [code]


def test_it_finds_nothing_wrong_with_what_can_be_used() -> None:
    assert validate_outside(Outside(is_allowed=True, control=("tcp://server.example:443",), upload=OWN.upload)) == ()


def test_it_finds_everything_that_is_wrong() -> None:
    wrong = Outside(
        control=("tcp://x",), points=("what://y",), portals=(" #z",), resolvers=("name",), upload="udp://u:1"
    )
    codes = [problem.code for problem in validate_outside(wrong)]
    assert codes == ["address.needs_port", "address.scheme", "address.empty", "endpoint.not_numeric", "address.upload"]


def test_what_is_sent_to_is_on_the_list_whether_or_not_others_are_allowed_and_whatever_is_forbidden() -> None:
    assert OWN.hosts()[-1].startswith("https://files.example/drop")
    left = OWN.only(lambda _host: False)
    assert (left.upload, left.control) == (OWN.upload, OWN.control)


def test_no_secret_is_shown_or_recorded() -> None:
    assert "secret" not in str(OWN.hosts())
    assert "secret" not in str(DiagnosisPolicy(outside=OWN).masked)
    assert DiagnosisPolicy(outside=OWN).masked.outside.upload.startswith("https://files.example/drop")
