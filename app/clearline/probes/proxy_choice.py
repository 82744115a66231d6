"""Which proxies a target goes through: its own, the system's, or what an auto-configuration script says."""

import time
from dataclasses import replace
from typing import Any

from clearline.domain.phase import Phase
from clearline.domain.problem import InputError
from clearline.domain.proxy import NONE, PAC, SYSTEM, ProxyAddress, parse_proxy
from clearline.domain.target import mask_secrets
from clearline.net.evidence import DnsEvidence, Evidence, NetworkError, ProxyEvidence, exception_chain
from clearline.net.pac import PacError, parse_answer
from clearline.probes.attempt import Attempt
from clearline.probes.place import Place
from clearline.probes.tls_open import load_context

_WEB = ("http", "https", "ws", "wss")

Choices = tuple[ProxyAddress | None, ...]
"""In the order they are to be tried; None goes straight."""


async def proxy_choices(attempt: Attempt, place: Place) -> Choices:
    """What to try, before any phase begins: a browser has the script's answer before it looks up anything.

    Raises NetworkError, for a script that gives no answer as for an address that is none.
    """
    chosen = attempt.target.proxy
    is_system = chosen == SYSTEM
    if is_system:
        is_pinned = place.is_own and attempt.target.via
        if place.scheme not in _WEB or is_pinned:
            return (None,)
        chosen = await attempt.network.system_proxy(place.scheme, place.host, place.port)
    if chosen in (NONE, ""):
        return (None,)
    if chosen.startswith(PAC):
        return await _said_by_script(attempt, place, chosen.removeprefix(PAC), is_system=is_system)
    try:
        return (parse_proxy(chosen),)
    except InputError as error:
        attempt.stopwatch.enter(Phase.RESOLVE)
        bad = Evidence(transport="dns", dns=DnsEvidence(is_bad_name=True), chain=(error.problems[0].code,))
        raise NetworkError(bad) from error


async def _said_by_script(attempt: Attempt, place: Place, url: str, *, is_system: bool) -> Choices:
    shown = mask_secrets(url)
    told: dict[str, Any] = {"script": shown}
    attempt.detail["proxy"] = told
    limit = attempt.budget.limit(Phase.PROXY)
    began_ns = time.perf_counter_ns()
    try:
        answer = await attempt.network.run_pac(
            url,
            _url_of(place),
            place.host,
            lambda: load_context(attempt, (), has_own_certificate=False),
            limit,
        )
        told["answer"] = answer[:300]
        told["script_ms"] = round((time.perf_counter_ns() - began_ns) / 1e6, 3)
        return parse_answer(answer)
    except PacError as error:
        if error.problem == "engine" and is_system:
            # A machine that cannot run scripts still tests what needs no proxy, and says so.
            told["is_not_run"] = True
            return (None,)
        attempt.stopwatch.enter(Phase.PROXY)
        if error.problem == "engine":
            raise NetworkError(Evidence(missing_part="pac", chain=exception_chain(error))) from error
        seen = ProxyEvidence(shown, script_problem=error.problem)
        raise NetworkError(Evidence(proxy=seen, chain=exception_chain(error))) from error
    except NetworkError as trouble:
        attempt.stopwatch.enter(Phase.PROXY)
        seen = ProxyEvidence(shown, script_problem="fetch")
        raise NetworkError(replace(trouble.evidence, phase=Phase.PROXY, proxy=seen)) from trouble


def _url_of(place: Place) -> str:
    """Without path and query, as browsers hand it to scripts for encrypted addresses: they are nobody's business."""
    scheme = place.scheme if place.scheme in _WEB else "https"
    host = f"[{place.host}]" if ":" in place.host else place.host
    usual = {"http": 80, "ws": 80}.get(scheme, 443)
    return f"{scheme}://{host}{'' if place.port == usual else f':{place.port}'}/"
