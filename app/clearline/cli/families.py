"""`check -v`: every address of a target's name by itself, beside the check."""

from dataclasses import replace

import msgspec

from clearline.cli.check import Checked
from clearline.domain.target import Probe
from clearline.net.evidence import NetworkError
from clearline.net.network import Network, literal_address
from clearline.net.timing import limit_in
from clearline.probes.families import compare_families

_LIMIT_S = 4.0
_OVER_TCP = (Probe.TCP, Probe.TLS, Probe.HTTP, Probe.BANNER, Probe.WS, Probe.BEAT)


async def with_families(checked: Checked, network: Network) -> Checked:
    """The same check with `families` in its detail, where the target is a name that is connected to."""
    target, outcome = checked.target, checked.outcome
    is_name = literal_address(target.host, target.port) is None
    if outcome is None or target.via or not is_name or target.probe not in _OVER_TCP:
        return checked
    try:
        addresses = await network.resolve(target.host, target.port, limit_in(_LIMIT_S))
    except NetworkError:
        # The check itself tells what became of the name.
        return checked
    found = await compare_families(network, addresses, _LIMIT_S)
    detail = outcome.detail | {"families": found.plain()}
    return replace(checked, outcome=msgspec.structs.replace(outcome, detail=detail))
