"""Keeps secrets out of the session file: addresses are masked, and what they held is masked wherever it turns up."""

import base64
from typing import Any
from urllib.parse import unquote, urlsplit

import msgspec

from clearline.domain.plan import Plan
from clearline.domain.target import MASK, Target, mask_secrets

_SHORTEST = 4
"""Shorter secrets are masked in addresses only: elsewhere they would blot out ordinary words."""


class SecretMask:
    """Knows the secrets of every plan of the session; they stay in memory and are never written."""

    def __init__(self) -> None:
        self._secrets: set[str] = set()

    def plan(self, plan: Plan) -> Plan:
        """The plan as it is recorded."""
        for target in plan.targets:
            self._secrets |= _secrets_of(target.address) | _secrets_of(target.proxy) | _header_secrets(target)
        return plan.with_targets(self._target(target) for target in plan.targets)

    def _target(self, target: Target) -> Target:
        return msgspec.structs.replace(target.masked, name=self.text(target.name))

    def text(self, text: str) -> str:
        """The text with every known secret masked."""
        for secret in self._secrets:
            if secret in text:
                text = text.replace(secret, MASK)
        return text

    def content(self, content: Any) -> Any:
        """Plain values with every text in them masked."""
        if not self._secrets:
            return content
        if isinstance(content, str):
            return self.text(content)
        if isinstance(content, bytes):
            return self.text(content.decode("latin-1")).encode("utf-8") if self._is_in(content) else content
        if isinstance(content, dict):
            return {self.content(key): self.content(value) for key, value in content.items()}
        if isinstance(content, list | tuple):
            return [self.content(value) for value in content]
        return content

    def _is_in(self, content: bytes) -> bool:
        return any(secret.encode() in content for secret in self._secrets)


def _header_secrets(target: Target) -> set[str]:
    pairs = zip(target.headers, target.masked.headers, strict=True)
    values = (typed.partition(":")[2].strip() for typed, shown in pairs if typed != shown)
    return {value for value in values if len(value) >= _SHORTEST}


def _secrets_of(address: str) -> set[str]:
    """What `mask_secrets` hides in an address: as typed, decoded, and as HTTP's Basic scheme would send it."""
    shown = mask_secrets(address)
    if shown == address:
        return set()
    try:
        parts = urlsplit(address)
        netloc, query = parts.netloc, parts.query
    except ValueError:
        return set()
    found = set()
    login = netloc.rpartition("@")[0]
    if login:
        user, _, password = login.partition(":")
        found |= {password or user, login}
        found.add(base64.b64encode(unquote(login).encode()).decode())
        found.add(base64.b64encode(login.encode()).decode())
    for typed, masked in zip(query.split("&"), urlsplit(shown).query.split("&"), strict=True):
        if typed != masked:
            found.add(typed.partition("=")[2])
    found |= {unquote(secret) for secret in found}
    return {secret for secret in found if len(secret) >= _SHORTEST}
