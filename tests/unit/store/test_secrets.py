"""What must never be written: passwords and tokens, wherever they turn up."""

import base64
from typing import Any

import msgspec
import pytest

from clearline.domain.plan import Plan, new_target
from clearline.domain.target import MASK
from clearline.store.secrets import SecretMask


def knowing(address: str) -> SecretMask:
    mask = SecretMask()
    mask.plan(Plan((new_target(address),)))
    return mask


def test_it_masks_addresses_and_leaves_the_rest_of_the_plan() -> None:
    plan = Plan((new_target("https://bob:hunter22@example.com/?token=abcdef&page=2"),), interval_s=3.0)
    masked = SecretMask().plan(plan)
    assert masked.targets[0].address == f"https://bob:{MASK}@example.com/?token={MASK}&page=2"
    assert masked.with_targets(plan.targets) == plan


def test_it_masks_a_password_in_the_name_a_person_gave() -> None:
    target = msgspec.structs.replace(new_target("https://bob:hunter22@example.com"), name="shop hunter22")
    assert SecretMask().plan(Plan((target,))).targets[0].name == f"shop {MASK}"


@pytest.mark.parametrize(
    "secret",
    [
        "hunter22!",
        "hunter22%21",
        "bob:hunter22!",
        base64.b64encode(b"bob:hunter22!").decode(),
        "abcdef/+",
    ],
)
def test_it_masks_a_known_secret_in_any_form(secret: str) -> None:
    mask = knowing("https://bob:hunter22%21@example.com/?api_key=abcdef/%2B")
    content: dict[str, Any] = {"http": {"headers": [["authorization", f"Basic {secret}"], (secret,)]}, secret: 1}
    assert secret not in repr(mask.content(content))


def test_it_masks_a_secret_in_bytes() -> None:
    assert knowing("https://bob:hunter22@example.com").content({"sent": b"\xffhunter22"}) != {"sent": b"\xffhunter22"}


def test_it_leaves_short_secrets_in_other_places() -> None:
    assert knowing("https://bob:ab@example.com").content({"text": "about"}) == {"text": "about"}


def test_it_leaves_content_alone_that_holds_no_secret() -> None:
    content = {"a": [1, 2.5, None, True, "text", {"b": b"\xff"}]}
    assert knowing("https://bob:hunter22@example.com").content(content) == content


@pytest.mark.parametrize("address", ["https://example.com/", "tcp://example.com:22", "dns://example.com?type=MX"])
def test_it_knows_no_secret_of_an_address_without_one(address: str) -> None:
    assert knowing(address).text(address) == address


def test_it_masks_the_secrets_of_proxies_and_headers_wherever_they_turn_up() -> None:
    target = msgspec.structs.replace(
        new_target("https://h.test/"), proxy="http://me:geheim1@p.test:1", headers=("X-Api-Key: geheim2",)
    )
    mask = SecretMask()

    assert "geheim" not in repr(mask.plan(Plan((target,))))
    assert mask.text("said geheim1 and geheim2") == f"said {MASK} and {MASK}"
