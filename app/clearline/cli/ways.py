"""`check -v`: a web target straight and through its proxy, side by side."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import msgspec

from clearline.cli.check import Checked
from clearline.domain.outcome import Outcome
from clearline.domain.plan import Plan
from clearline.domain.target import PROXIED
from clearline.host.clock import SessionClock, wall_s
from clearline.host.texts import Texts
from clearline.net.network import Network
from clearline.probes.side_by_side import compare_ways


async def with_ways(checked: Checked, plan: Plan, network: Network) -> Checked:
    """The same check with `ways` in its detail, where a proxy stands between here and the target."""
    target, outcome = checked.target, checked.outcome
    profile = plan.profile(target.profile)
    if outcome is None or profile is None or target.via or target.probe not in PROXIED:
        return checked
    clock = SessionClock(wall_s())
    limits = profile.timeouts
    found = await compare_ways(target, limits, clock.now() + limits.attempt_s, network, clock)
    if found.proxied is None:
        return checked
    told = {"finding": found.finding, "direct": _plain(found.direct), "proxied": _plain(found.proxied)}
    return replace(checked, outcome=msgspec.structs.replace(outcome, detail=outcome.detail | {"ways": told}))


def _plain(outcome: Outcome) -> dict[str, Any]:
    phases = {phase.value: round(ms, 3) for phase, ms in outcome.phases.reached()}
    kind = outcome.fault.kind if outcome.fault else ""
    proxy = outcome.detail.get("proxy", {}).get("address", "")
    return {"kind": kind, "ms": round(outcome.phases.total_ms, 3), "phases": phases, "proxy": proxy}


def way_lines(outcome: Outcome, texts: Texts) -> Iterator[str]:
    """What an outcome knows of proxies: what a script said, and how the target fares with and without."""
    proxy = outcome.detail.get("proxy", {})
    if script := proxy.get("script"):
        answer = proxy.get("answer") or ("" if "answer" not in proxy else "DIRECT")
        told = (
            texts.say("ways.script", script=script, answer=answer)
            if answer
            else texts.say("ways.not_run", script=script)
        )
        if answer or proxy.get("is_not_run"):
            yield f"    {told}"
    for passed in proxy.get("passed_over", []):
        yield f"    {texts.say('ways.passed_over', proxy=passed['address'], why=texts.fault(passed['kind']).title)}"
    if ways := outcome.detail.get("ways"):
        yield f"    {texts.say('ways.direct', result=_result(ways['direct'], texts))}"
        at = ways["proxied"]["proxy"] or proxy.get("address", "?")
        yield f"    {texts.say('ways.proxied', proxy=at, result=_result(ways['proxied'], texts))}"
        yield f"    {texts.say('ways.' + ways['finding'])}"


def _result(way: dict[str, Any], texts: Texts) -> str:
    took = texts.latency(way["ms"])
    return f"{texts.fault(way['kind']).title}, {took}" if way["kind"] else took
