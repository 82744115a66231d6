"""Takes a target's secrets out of everything that is recorded."""

import base64
from functools import lru_cache
from typing import Any
from urllib.parse import unquote, urlsplit

from clearline.domain.target import MASK, Target

_SHORTEST = 3
"""Shorter texts would also mask innocent ones."""
_KEPT = 10_000
"""Targets whose secrets were found already: every attempt asks."""


class Mask:
    """Replaces password and secret query values of a target, as typed and as sent, in nested plain values."""

    def __init__(self, target: Target) -> None:
        self._secrets = _secrets_of(target)

    def __call__(self, value: Any) -> Any:
        """The same value with every secret replaced."""
        if not self._secrets:
            return value
        if isinstance(value, str):
            for secret in self._secrets:
                value = value.replace(secret, MASK)
            return value
        if isinstance(value, dict):
            return {name: self(item) for name, item in value.items()}
        if isinstance(value, list | tuple):
            return [self(item) for item in value]
        return value


def basic_credentials(target: Target) -> str:
    """What follows `Basic ` in the Authorization header (RFC 7617); empty where the address names no user."""
    parts = urlsplit(target.address)
    if parts.username is None:
        return ""
    pair = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
    return base64.b64encode(pair.encode()).decode("ascii")


@lru_cache(maxsize=_KEPT)
def _secrets_of(target: Target) -> tuple[str, ...]:
    parts = urlsplit(target.address)
    # A token is often given as the user's name alone.
    typed = [secret] if (secret := parts.password or parts.username) else []
    masked = urlsplit(target.shown).query.split("&")
    for part, shown in zip(parts.query.split("&"), masked, strict=False):
        if part != shown:
            typed.append(part.partition("=")[2])
    for header, shown in zip(target.headers, target.masked.headers, strict=True):
        if header != shown:
            typed.append(header.partition(":")[2].strip())
    if "@" in target.proxy:
        login = target.proxy.rpartition("@")[0].rpartition("//")[2]
        typed += [login.partition(":")[2] or login, base64.b64encode(unquote(login).encode()).decode("ascii")]
    found = {*typed, *map(unquote, typed), basic_credentials(target)}
    return tuple(sorted((secret for secret in found if len(secret) >= _SHORTEST), key=len, reverse=True))
