"""Paths, packet sizes and address families as text: what people paste into a ticket."""

from collections.abc import Iterator
from typing import Any

from clearline.domain.outcome import Outcome
from clearline.host.texts import Texts
from clearline.report.plain_text import hop_lines


def path_lines(outcome: Outcome, texts: Texts) -> Iterator[str]:
    """What an outcome knows of the way: hops as mtr prints them, the largest packet, each address."""
    detail = outcome.detail
    for method, search in detail.get("path", {}).items():
        yield f"    {method.upper()}"
        if search.get("is_not_allowed"):
            yield f"    {texts.say('path.not_allowed')}"
            continue
        yield from (f"    {line}" for line in hop_lines(search["hops"]))
        if search.get("loss_begins_at"):
            yield f"    {texts.say('path.loss_begins', hop=search['loss_begins_at'])}"
        elif search["is_reached"] and any(hop["lost"] for hop in search["hops"]):
            yield f"    {texts.say('path.loss_ignored')}"
    if (mtu := detail.get("mtu")) and "mtu" in mtu:
        yield f"    {texts.say('path.mtu', size=mtu['mtu'], own=mtu['device_mtu'])}"
        if told_by := mtu.get("told_by"):
            yield f"    {texts.say('path.mtu_told', router=told_by, size=mtu['told_mtu'])}"
    if families := detail.get("families"):
        yield from (f"    {line}" for line in _family_lines(families, texts))


def _family_lines(families: dict[str, Any], texts: Texts) -> Iterator[str]:
    for leg in families["legs"]:
        word = texts.fault(leg["kind"]).title if leg["kind"] else texts.duration(leg["ms"] / 1000)
        lost = f"  {texts.say('path.syn_lost', count=leg['syn_retransmits'])}" if leg["syn_retransmits"] else ""
        yield f"{leg['address']:<43} {word}{lost}"
    race = families["race"]
    if race["winner"]:
        yield texts.say("path.race", address=race["winner"], time=texts.duration(race["ms"] / 1000))
    if families["hidden"]:
        yield texts.say("path.hidden", family=families["hidden"])
