"""What must hold in a scenario besides its types, each breach a sentence that says where and what to write."""

import re

import msgspec

from clearline.domain.plan import INTERVAL_RANGE_S
from clearline.domain.problem import InputError, Problem
from clearline.domain.profile import BUILT_IN
from clearline.domain.target import DNS_TYPES
from clearline.lab.dns_answers import check_records
from clearline.lab.faults import CATALOGUE, OPTION_NAMES, LabFault, option_of
from clearline.lab.scenario_records import Crowd, DnsServer, LabTarget, ProxyServer, Scenario, Server, server_kind
from clearline.lab.servers import address_of

MOST_TARGETS = 2000


def check_scenario(scenario: Scenario) -> list[Problem]:
    """Everything the types cannot say that keeps a scenario from being shown; empty when all is well."""
    problems: list[Problem] = []
    seen: set[str] = set()
    profiles = {profile.name for profile in (*BUILT_IN, *scenario.profiles)}
    proxies: list[str] = []
    items: list[LabTarget | Crowd] = [*scenario.targets, *scenario.crowds]
    for item in items:
        where = f"{'crowds' if isinstance(item, Crowd) else 'targets'}.{item.id}"
        if item.id in seen:
            problems.append(Problem("lab.duplicate_id", {"id": item.id}, where))
        seen.add(item.id)
        if not re.fullmatch(r"[a-z0-9][a-z0-9-]*", item.id):
            problems.append(Problem("lab.bad_id", {"id": item.id}, where))
        if item.profile not in profiles:
            known = ", ".join(sorted(profiles))
            problems.append(Problem("lab.no_profile", {"profile": item.profile, "known": known}, where))
        _check_range(item.interval_s, INTERVAL_RANGE_S, f"{where}.interval_s", problems)
        if isinstance(item, Crowd):
            _check_crowd(item, where, problems)
        else:
            _check_server(item.server, f"{where}.server", problems)
            _check_address(item, where, problems)
            _check_way(item, proxies, where, problems)
            if isinstance(item.server, ProxyServer):
                proxies.append(item.id)
            _check_faults(item, where, problems)
    _check_range(scenario.interval_s, INTERVAL_RANGE_S, "interval_s", problems)
    _check_range(scenario.duration_s, (1, 86400), "duration_s", problems)
    if not seen:
        problems.append(Problem("lab.no_targets", {}, "targets"))
    return problems


def _check_crowd(crowd: Crowd, where: str, problems: list[Problem]) -> None:
    for server in crowd.servers:
        _check_server(server, f"{where}.servers", problems)
    if not crowd.servers:
        problems.append(Problem("lab.no_servers", {}, where))
    _check_range(crowd.count, (1, MOST_TARGETS), f"{where}.count", problems)
    _check_range(crowd.ports, (max(1, len(crowd.servers)), 200), f"{where}.ports", problems)


def _check_address(target: LabTarget, where: str, problems: list[Problem]) -> None:
    try:
        address_of(target.server, 1, target.path, target.family)
    except InputError as error:
        problems += [msgspec.structs.replace(problem, field=where) for problem in error.problems]


def _check_way(target: LabTarget, proxies: list[str], where: str, problems: list[Problem]) -> None:
    if target.through and target.through not in proxies:
        problems.append(Problem("lab.no_proxy", {"id": target.through, "known": ", ".join(proxies)}, where))


def _check_server(server: Server, where: str, problems: list[Problem]) -> None:
    for name in ("latency", "handshake"):
        if (latency := getattr(server, name, None)) is not None:
            _check_range(latency.median_ms, (0, 60_000), f"{where}.{name}.median_ms", problems)
            _check_range(latency.sigma, (0, 3), f"{where}.{name}.sigma", problems)
            _check_range(latency.spike_share, (0, 1), f"{where}.{name}.spike_share", problems)
            _check_range(latency.spike_ms, (0, 60_000), f"{where}.{name}.spike_ms", problems)
    if isinstance(server, DnsServer):
        if bad := check_records(server.records):
            problems.append(Problem("lab.bad_record", {"record": bad}, f"{where}.records"))
        if server.record_type not in DNS_TYPES:
            known = ", ".join(DNS_TYPES)
            problems.append(Problem("lab.record_type", {"type": server.record_type, "known": known}, where))


def _check_faults(target: LabTarget, where: str, problems: list[Problem]) -> None:
    if target.fault is not None:
        problems += check_fault(target.fault, server_kind(target.server), f"{where}.fault")
    timeline = target.timeline
    if timeline is None:
        return
    latest = 0.0
    for number, timed in enumerate(timeline.faults, 1):
        place = f"{where}.timeline.{number}"
        problems += check_fault(timed.fault, server_kind(target.server), place)
        if not latest <= timed.from_s < timed.to_s:
            problems.append(Problem("lab.bad_times", {"from": f"{timed.from_s:g}", "to": f"{timed.to_s:g}"}, place))
        latest = timed.to_s
    if timeline.repeat_s is not None and timeline.repeat_s < max(latest, 0.1):
        values = {"repeat": f"{timeline.repeat_s:g}", "end": f"{latest:g}"}
        problems.append(Problem("lab.repeat_too_short", values, f"{where}.timeline"))


def check_fault(fault: LabFault, server: str, where: str = "fault") -> list[Problem]:
    """Everything that keeps a fault from being made by this kind of server."""
    known = CATALOGUE.get(fault.kind)
    if known is None:
        return [Problem("lab.no_fault", {"fault": fault.kind, "known": ", ".join(CATALOGUE)}, where)]
    if server not in known.servers:
        fitting = ", ".join(name for name, kind in CATALOGUE.items() if server in kind.servers)
        return [Problem("lab.fault_does_not_fit", {"fault": fault.kind, "server": server, "known": fitting}, where)]
    problems: list[Problem] = []
    for name in OPTION_NAMES:
        if (value := getattr(fault, name)) is None:
            continue
        if name not in known.options:
            problems.append(Problem("lab.unknown_key", {"key": name}, where))
        else:
            option = option_of(fault.kind, name)
            _check_range(value, (option.low, option.high), f"{where}.{name}", problems)
    return problems


def _check_range(value: float | None, limits: tuple[float, float], where: str, problems: list[Problem]) -> None:
    if value is not None and not limits[0] <= value <= limits[1]:
        values = {"value": f"{value:g}", "low": f"{limits[0]:g}", "high": f"{limits[1]:g}"}
        problems.append(Problem("lab.range", values, where))
