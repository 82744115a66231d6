"""A target's secrets in what is recorded."""

import base64

import msgspec

from clearline.domain.plan import new_target
from clearline.domain.target import MASK, Target
from clearline.probes.secrets import Mask, basic_credentials

SECRET = Target(id="a", address="https://ann:s%C3%A9cret@example.test/")


def test_it_replaces_the_password_as_typed_and_as_meant() -> None:
    assert Mask(SECRET)("said s%C3%A9cret and sécret") == f"said {MASK} and {MASK}"


def test_it_replaces_what_the_password_is_sent_as() -> None:
    assert Mask(SECRET)(f"Basic {basic_credentials(SECRET)}") == f"Basic {MASK}"


def test_it_looks_into_nested_values_and_keeps_the_rest() -> None:
    value = {"a": ["sécret", 1, None], "b": {"c": "plain"}}

    assert Mask(SECRET)(value) == {"a": [MASK, 1, None], "b": {"c": "plain"}}


def test_it_takes_a_lone_user_for_a_token() -> None:
    token = Target(id="a", address="https://tok-4711@example.test/")

    assert Mask(token)("tok-4711") == MASK
    assert base64.b64decode(basic_credentials(token)) == b"tok-4711:"


def test_it_leaves_everything_where_there_is_no_secret() -> None:
    plain = Target(id="a", address="https://example.test/")

    assert Mask(plain)("anything") == "anything"
    assert basic_credentials(plain) == ""


def test_it_replaces_query_values_that_the_address_hides() -> None:
    target = Target(id="a", address="https://example.test/?page=home&token=se%2Fcret")

    assert Mask(target)("GET /?page=home&token=se%2Fcret, se/cret") == f"GET /?page=home&token={MASK}, {MASK}"


def test_it_masks_what_headers_and_proxies_hold() -> None:
    target = msgspec.structs.replace(
        new_target("https://h.test/"), headers=("X-Api-Key: geheim1", "X-A: blue"), proxy="http://me:geheim2@p.test:1"
    )

    told = Mask(target)({"said": "geheim1 geheim2 bWU6Z2VoZWltMg== blue"})

    assert told == {"said": f"{MASK} {MASK} {MASK} blue"}
