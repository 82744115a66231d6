"""What other monitors keep: modules of a blackbox_exporter and targets of a Prometheus file, read as targets."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

import msgspec

from clearline.domain.plan import new_target
from clearline.domain.problem import InputError, Problem
from clearline.domain.profile import STANDARD, Profile, RetryPolicy, Timeouts, validate
from clearline.domain.target import DNS_TRANSPORTS, STARTTLS, Target
from clearline.host.target_list import LARGEST_CHARACTERS, PastedLine

MOST_LINES = 10_000
_BEGINS = re.compile(r"(?m)^(modules|scrape_configs)\s*:")
_TAKEN: dict[str, set[str]] = {
    "http": {
        "valid_status_codes",
        "method",
        "headers",
        "body",
        "no_follow_redirects",
        "follow_redirects",
        "fail_if_not_ssl",
        "fail_if_body_not_matches_regexp",
        "tls_config",
        "proxy_url",
    },
    "tcp": {"tls", "tls_config", "query_response"},
    "icmp": set(),
    "dns": {"query_name", "query_type", "transport_protocol"},
}
"""Options of each prober that a target has something like. The rest is named in the preview."""


def is_monitor_file(text: str) -> bool:
    """Does this text look like such a file?"""
    return _BEGINS.search(text) is not None


def needs_addresses(text: str) -> bool:
    """Does the file hold modules but nothing they are to test?"""
    return is_monitor_file(text) and "scrape_configs" not in text


def read_monitor_file(text: str, present: Iterable[Target], addresses: str = "") -> list[PastedLine]:
    """Each module for each address it is to test: those its scrape configs name, and those given here."""
    try:
        document = _parse(text)
    except InputError as error:
        return [PastedLine(int(error.problems[0].values.get("line", "1")), "", problem=error.problems[0])]
    modules = document.get("modules")
    modules = modules if isinstance(modules, dict) else {}
    taken = {target.id for target in present}
    known = {_identity(target) for target in present}
    given = re.split(r"[\s,;]+", addresses.strip()) if addresses.strip() else []
    asked = [(name, address) for name in modules for address in given] or [(name, "") for name in modules]
    asked = [*_scraped(document), *(one for one in asked if given or "scrape_configs" not in document)]
    lines: list[PastedLine] = []
    for name, address in asked[:MOST_LINES]:
        line = _line(_line_of(text, name or address), name, modules.get(name), address, taken)
        if (target := line.target) is not None:
            line = replace(line, is_known=_identity(target) in known)
            known.add(_identity(target))
            taken.add(target.id)
        lines.append(line)
    return lines


def _identity(target: Target) -> tuple[str, str]:
    return target.address, target.group


def _parse(text: str) -> dict[str, Any]:
    if len(text) > LARGEST_CHARACTERS:
        raise InputError(Problem("import.too_large", {"size": f"{LARGEST_CHARACTERS // 10**6} MB"}))
    # Late: few lists are of this kind.
    import yaml

    try:
        document = yaml.safe_load(text)
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        mark = getattr(error, "problem_mark", None)
        line = str(mark.line + 1) if mark else "1"
        raise InputError(Problem("import.yaml", {"line": line})) from None
    if not isinstance(document, dict):
        raise InputError(Problem("import.yaml", {"line": "1"}))
    return document


def _scraped(document: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Module and address of each static target of the scrape configs."""
    for job in _dicts(document.get("scrape_configs")):
        params = job.get("params")
        named = params.get("module") if isinstance(params, dict) else None
        module = str(named[0]) if isinstance(named, list) and named else ""
        for static in _dicts(job.get("static_configs")):
            targets = static.get("targets")
            for address in targets if isinstance(targets, list) else []:
                yield module, str(address)


def _dicts(value: Any) -> list[dict[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _line(number: int, name: str, module: Any, address: str, taken: set[str]) -> PastedLine:
    told = " ".join(filter(None, (name, address)))
    if not isinstance(module, dict):
        # A scrape config whose modules are in another file: what its addresses say by themselves.
        return _finished(number, told, address, name, {}, taken) if address else _refused(number, told, "import.module")
    prober = str(module.get("prober", ""))
    options = module.get(prober)
    options = options if isinstance(options, dict) else {}
    if prober not in _TAKEN:
        return _refused(number, told, "import.prober", prober=prober or "?", known=", ".join(_TAKEN))
    if not address:
        return _refused(number, told, "import.no_address", name=name)
    typed, fields = _READERS[prober](address, options)
    ignored = [key for key in options if key not in _TAKEN[prober]]
    tls = options.get("tls_config")
    if isinstance(tls, dict):
        ignored += [f"tls_config.{key}" for key in tls if key not in ("insecure_skip_verify", "server_name")]
    if "expect_text" not in fields and "fail_if_body_not_matches_regexp" in options:
        ignored.append("fail_if_body_not_matches_regexp")
    profile = _profile(module.get("timeout"))
    return _finished(number, told, typed, name, fields, taken, profile, tuple(ignored))


def _finished(
    number: int,
    told: str,
    typed: str,
    name: str,
    fields: dict[str, Any],
    taken: set[str],
    profile: Profile | None = None,
    ignored: tuple[str, ...] = (),
) -> PastedLine:
    try:
        target = new_target(typed, taken, group=name)
    except InputError as error:
        return PastedLine(number, told, problem=error.problems[0])
    if profile is not None:
        fields = {**fields, "profile": profile.name}
    return PastedLine(number, told, msgspec.structs.replace(target, **fields), profile=profile, ignored=ignored)


def _refused(number: int, told: str, code: str, **values: str) -> PastedLine:
    return PastedLine(number, told, problem=Problem(code, values))


def _profile(timeout: Any) -> Profile | None:
    """One attempt within the module's time limit, as a blackbox_exporter makes it; None where the file names none."""
    match = re.fullmatch(r"(\d+(?:\.\d+)?)(ms|s|m)", str(timeout or ""))
    if match is None:
        return None
    limit_s = float(match[1]) * {"ms": 0.001, "s": 1.0, "m": 60.0}[match[2]]
    usual = Timeouts()
    limits = {name: min(getattr(usual, name), limit_s) for name in usual.__struct_fields__}
    profile = Profile(
        f"blackbox {match[0]}",
        timeouts=Timeouts(**{**limits, "attempt_s": limit_s, "total_s": limit_s}),
        retry=RetryPolicy(attempts=1),
        breaker=STANDARD.breaker,
    )
    return None if validate(profile) else profile


def _http(address: str, options: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    scheme = "https" if options.get("fail_if_not_ssl") else "http"
    typed = address if "://" in address else f"{scheme}://{address}"
    fields = _tls_fields(options)
    fields["method"] = str(options.get("method", "GET")).upper()
    statuses = options.get("valid_status_codes")
    if isinstance(statuses, list):
        fields["expect_status"] = tuple(one for one in statuses if isinstance(one, int) and 100 <= one < 600)
    headers = options.get("headers")
    if isinstance(headers, dict):
        fields["headers"] = tuple(f"{key}: {value}" for key, value in headers.items())
    if options.get("body"):
        fields["body"] = str(options["body"])
    if options.get("no_follow_redirects") is True or options.get("follow_redirects") is False:
        fields["follow"] = False
    if options.get("proxy_url"):
        fields["proxy"] = str(options["proxy_url"])
    wanted = options.get("fail_if_body_not_matches_regexp")
    if isinstance(wanted, list) and len(wanted) == 1 and re.fullmatch(r"[\w \-:,/\"']+", str(wanted[0])):
        fields["expect_text"] = str(wanted[0])
    return typed, fields


def _tcp(address: str, options: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    asked = _dicts(options.get("query_response"))
    host = address.partition("://")[2] or address
    if options.get("tls"):
        return f"tls://{host}", _tls_fields(options)
    if any(one.get("starttls") for one in asked):
        said = " ".join(str(one.get("expect", "")) + str(one.get("send", "")) for one in asked).casefold()
        # What a server of each protocol is asked or says before TLS begins.
        marks = {"smtp": ("220", "ehlo"), "imap": ("capability", "* ok"), "pop": ("stls", "+ok"), "ftp": ("auth tls",)}
        protocol = next((name for name in STARTTLS if any(mark in said for mark in marks[name])), "smtp")
        return f"tls://{host}?starttls={protocol}", _tls_fields(options)
    return f"{'banner' if asked else 'tcp'}://{host}", {}


def _icmp(address: str, options: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    del options
    return f"icmp://{address.partition('://')[2] or address}", {}


def _dns(address: str, options: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    server = address.partition("://")[2] or address
    kind = str(options.get("query_type", "A")).upper()
    transport = str(options.get("transport_protocol", "udp"))
    asked = f"dns://{options.get('query_name', '')}?type={kind}&server={server}"
    return f"{asked}&transport={transport}" if transport in DNS_TRANSPORTS and transport != "udp" else asked, {}


_READERS = {"http": _http, "tcp": _tcp, "icmp": _icmp, "dns": _dns}


def _tls_fields(options: dict[str, Any]) -> dict[str, Any]:
    tls = options.get("tls_config")
    if not isinstance(tls, dict):
        return {}
    fields: dict[str, Any] = {"verify": tls.get("insecure_skip_verify") is not True}
    if tls.get("server_name"):
        fields["sni"] = str(tls["server_name"])
    return fields


def _line_of(text: str, word: str) -> int:
    for number, line in enumerate(text.splitlines(), 1):
        if word and word in line:
            return number
    return 1
