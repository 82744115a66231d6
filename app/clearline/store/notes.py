"""Evidence and detail in few bytes: what an attempt says differently from an earlier one, by place.

Answers of one server are alike but never the same: a date header, the milliseconds of an address. One whole mapping is
stored as a note, and of those that follow only the changed values, as `[place, value, …]`; places count the values in
the order in which they stand.
"""

from typing import Any

import msgspec

NOTE_LIMIT = 8_192
"""Largest evidence or detail that is kept whole, in bytes; of larger ones the long parts are cut."""
_DEPTH = 6


def encoded(content: dict[str, Any]) -> bytes:
    """The mapping as MessagePack of at most NOTE_LIMIT bytes: cut where longer, mended where it cannot be stored."""
    try:
        body = msgspec.msgpack.encode(content, enc_hook=str)
    except (TypeError, ValueError, OverflowError, RecursionError):
        # Such as text with bytes that were no UTF-8, as servers send it.
        body = msgspec.msgpack.encode(_cut(content, NOTE_LIMIT, NOTE_LIMIT, _DEPTH))
    if len(body) <= NOTE_LIMIT:
        return body
    for longest, most in ((1000, 40), (200, 20), (60, 8)):
        body = msgspec.msgpack.encode({**_cut(content, longest, most, _DEPTH), "is_cut": True})
        if len(body) <= NOTE_LIMIT:
            return body
    return msgspec.msgpack.encode({"is_cut": True})


def difference(before: Any, after: Any) -> list[Any] | None:
    """The changed values with their places; None where the two are not built alike."""
    changes: list[Any] = []
    return changes if _compare(before, after, changes, 0) is not None else None


def changed(before: Any, changes: list[Any]) -> Any:
    """What `difference` was taken of. Raises ValueError where the changes do not fit."""
    places, values = changes[::2], changes[1::2]
    if len(places) != len(values) or not all(type(place) is int for place in places):
        raise ValueError("not a list of changes")
    left = dict(zip(places, values, strict=True))
    built, _ = _rebuilt(before, left, 0)
    if left:
        raise ValueError("a change without a place")
    return built


def _compare(before: Any, after: Any, changes: list[Any], place: int) -> int | None:
    """The next place; None where the two are not built alike."""
    if isinstance(before, dict) and isinstance(after, dict) and list(before) == list(after):
        pairs = zip(before.values(), after.values(), strict=True)
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        pairs = zip(before, after, strict=True)
    elif isinstance(before, dict | list) or isinstance(after, dict | list):
        return None
    else:
        if type(before) is not type(after) or before != after:
            changes += (place, after)
        return place + 1
    for one, other in pairs:
        following = _compare(one, other, changes, place)
        if following is None:
            return None
        place = following
    return place


def _rebuilt(before: Any, changes: dict[int, Any], place: int) -> tuple[Any, int]:
    if isinstance(before, dict):
        mapping = {}
        for key, value in before.items():
            mapping[key], place = _rebuilt(value, changes, place)
        return mapping, place
    if isinstance(before, list):
        values = []
        for value in before:
            built, place = _rebuilt(value, changes, place)
            values.append(built)
        return values, place
    return changes.pop(place, before), place + 1


def _cut(content: Any, longest: int, most: int, depth: int) -> Any:
    """Plain values with texts, lists and depth within bounds, and nothing that MessagePack cannot hold."""
    if isinstance(content, dict) and depth:
        return {
            str(_cut(key, longest, most, 0)): _cut(value, longest, most, depth - 1)
            for key, value in list(content.items())[:most]
        }
    if isinstance(content, list | tuple) and depth:
        return [_cut(value, longest, most, depth - 1) for value in content[:most]]
    if isinstance(content, bytes):
        return content[:longest]
    if isinstance(content, float | None) or (isinstance(content, int) and abs(content) < 2**63):
        return content
    return str(content)[:longest].encode("utf-8", "replace").decode("utf-8")
