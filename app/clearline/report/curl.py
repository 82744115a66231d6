"""A target as a curl command, for people who want to see it with their own tools."""

import re
import shlex
from urllib.parse import urlsplit

from clearline.domain.outcome import Outcome
from clearline.domain.profile import Timeouts
from clearline.domain.proxy import NONE, SYSTEM
from clearline.domain.target import Probe, Target, parse_endpoint

_WRITE_OUT = (
    "lookup %{time_namelookup} connect %{time_connect} tls %{time_appconnect} "
    "first byte %{time_starttransfer} total %{time_total} status %{http_code}\\n"
)


def curl_command(
    target: Target,
    timeouts: Timeouts | None = None,
    outcome: Outcome | None = None,
    *,
    is_windows: bool = False,
    has_secrets: bool = False,
) -> str:
    """One line for a POSIX shell, or for cmd.exe; empty where curl has nothing alike (dns, udp, ntp, …).

    Secrets are masked unless `has_secrets`. With an outcome it goes to the address that was tried, as that attempt did.
    """
    if target.probe in (Probe.HTTP, Probe.H3):
        words = _web(target, timeouts, outcome, has_secrets=has_secrets)
    elif target.probe in (Probe.TCP, Probe.TLS, Probe.BANNER, Probe.WS):
        words = _raw(target, timeouts)
    else:
        return ""
    return " ".join(map(_cmd_quoted if is_windows else shlex.quote, words))


def _web(target: Target, timeouts: Timeouts | None, outcome: Outcome | None, *, has_secrets: bool) -> list[str]:
    told = target if has_secrets else target.masked
    method = target.method.upper()
    words = ["curl", "-sS", "-o", "-", "-v"]
    words += ["--head"] if method == "HEAD" else ["-X", method] if method != "GET" else []
    words += (
        ["-L", "--max-redirs", "10"]
        if target.follow and target.probe is Probe.HTTP and method in ("GET", "HEAD")
        else []
    )
    for header in told.headers:
        words += ["-H", header]
    if told.body:
        words += ["--data-binary", told.body]
    words += ["--http3-only"] if target.probe is Probe.H3 else []
    words += _way(target, told, outcome)
    words += _trust(target)
    words += _limits(timeouts)
    return [*words, "-w", _WRITE_OUT, re.sub(r"^h3:", "https:", told.address)]


def _raw(target: Target, timeouts: Timeouts | None) -> list[str]:
    """curl's telnet:// connects and shows what comes; what is encrypted it can only greet."""
    host = f"[{target.host}]" if ":" in target.host else target.host
    starttls = {"smtp": "smtp", "imap": "imap", "pop": "pop3", "ftp": "ftp"}.get(target.starttls)
    if starttls:
        words = ["curl", "-sS", "-v", "--ssl-reqd", *_trust(target), *_limits(timeouts)]
        return [*words, f"{starttls}://{host}:{target.port}"]
    if target.probe is Probe.TLS:
        return ["curl", "-sS", "-v", *_trust(target), *_limits(timeouts), f"https://{host}:{target.port}"]
    if target.probe is Probe.WS:
        path = urlsplit(target.masked.address)
        scheme = "https" if target.scheme == "wss" else "http"
        upgrade = ["-H", "Connection: Upgrade", "-H", "Upgrade: websocket", "-H", "Sec-WebSocket-Version: 13"]
        key = ["-H", "Sec-WebSocket-Key: Y2xlYXJsaW5lLXByb2JlLg=="]
        url = f"{scheme}://{host}:{target.port}{path.path}" + (f"?{path.query}" if path.query else "")
        return ["curl", "-sS", "-v", "--http1.1", *upgrade, *key, *_trust(target), *_limits(timeouts), url]
    return ["curl", "-sS", "-v", *_limits(timeouts), f"telnet://{host}:{target.port}"]


def _way(target: Target, told: Target, outcome: Outcome | None) -> list[str]:
    words = [] if target.proxy == SYSTEM else ["--noproxy", "*"] if target.proxy == NONE else ["-x", told.proxy]
    place = target.via
    is_direct = outcome is not None and "proxy" not in outcome.detail and "hops" not in outcome.detail
    if place is None and outcome is not None and is_direct and outcome.address:
        place = outcome.address
    if place is None:
        return words
    ip, port = parse_endpoint(place)
    ip = f"[{ip}]" if ":" in ip else ip
    return [*words, "--connect-to", f"{_bracketed(target.host)}:{target.port}:{ip}:{port or target.port}"]


def _trust(target: Target) -> list[str]:
    words = [] if target.verify else ["-k"]
    words += ["--cacert", target.ca_file] if target.ca_file else []
    return words + (["-E", target.client_cert] if target.client_cert else [])


def _limits(timeouts: Timeouts | None) -> list[str]:
    if timeouts is None:
        return []
    return ["--connect-timeout", f"{timeouts.connect_s:g}", "-m", f"{timeouts.attempt_s:g}"]


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _cmd_quoted(word: str) -> str:
    """For cmd.exe: plain words as they are, others in double quotes, inner ones doubled so that no word ends early.

    A line break cannot be pasted there without running what stands before it: it becomes a space.
    """
    if re.fullmatch(r"[\w./:@=+-]+", word):
        return word
    return '"' + re.sub(r"[\r\n]+", " ", word).replace('"', '""') + '"'
