"""How true the figures are: round trips beside fping, ping and nping, phases of HTTP beside curl's, on a link of known
delay; and round trips once more by the engine of a real window that draws them.

Needs Linux, root and /dev/net/tun; says so elsewhere. Everything is interleaved: one packet of ours, one of each tool,
and again, so that what disturbs the machine disturbs all alike. The truth is the emulator's set delay; what it adds
itself (waking up, copying) is in everybody's figures.
"""

# ruff: noqa: E402 - tests/ must be on the path first

import argparse
import asyncio
import itertools
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path[:0] = [str(Path(__file__).resolve().parents[1])]

from clearline.domain.event import AttemptEnded
from clearline.domain.outcome import Outcome
from clearline.domain.plan import Plan, new_target
from clearline.domain.profile import BUILT_IN, Timeouts
from clearline.domain.statistics import percentile
from clearline.host import plan_file
from clearline.net.sockets import SystemNetwork
from clearline.probes.registry import run
from clearline.store.reader import SessionReader
from support.link_emulator import SERVER, Link, emulated_link
from support.misbehaving import SteadyClock, ThreadServer, answering, on_network, target_at
from support.namespace_services import services
from support.namespaces import Namespaces, why_no_tun
from support.tls_servers import make_authority, make_leaf, over_tls, server_context

DELAY_MS = 10.0
"""Each way."""
BIAS_MS, SPREAD_MS = 0.15, 0.5
WINDOW_SPREAD_MS = 1.0
PHASE_MS, PHASE_SHARE = 1.0, 0.05
"""A phase of HTTP may differ from curl's by the larger of the two."""
LIMIT_S = 10
_MARKS = ("namelookup", "connect", "appconnect", "pretransfer", "starttransfer", "total")
_PAGE = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello"


def ours(address: str, **fields: Any) -> list[Outcome]:
    """One probe after a first one that is thrown away: the first packet wakes things up."""
    clock = SteadyClock()

    async def use(network: SystemNetwork) -> list[Outcome]:
        return [
            await run(target_at(address, **fields), Timeouts(), clock.now() + LIMIT_S, network, clock) for _ in range(2)
        ]

    outcomes: list[Outcome] = asyncio.run(on_network(use))
    return outcomes[1:]


def tool(spaces: Namespaces, pattern: str, *command: str) -> Callable[[], list[float]]:
    """The last round trip that a tool tells, in milliseconds."""

    def ask() -> list[float]:
        done = subprocess.run(
            spaces.argv("client", *command), capture_output=True, text=True, timeout=LIMIT_S, check=False
        )
        return [float(ms) for ms in re.findall(pattern, done.stdout)][-1:]

    return ask


def tools(spaces: Namespaces) -> dict[str, Callable[[], list[float]]]:
    """Those that are installed."""
    known = {
        "fping": (r"bytes, ([\d.]+) ms", ("fping", "-c2", "-p60", SERVER)),
        "ping": (r"time=([\d.]+) ms", ("ping", "-n", "-c2", "-i0.02", SERVER)),
        "nping": (r"Avg rtt: ([\d.]+)ms", ("nping", "--tcp-connect", "-p80", "-c1", SERVER)),
    }
    found = {}
    for name, (pattern, command) in known.items():
        if shutil.which(name):
            found[name] = tool(spaces, pattern, *command)
        else:
            print(f"{name} is not installed: it is left out.")
    return found


def show(name: str, values: list[float], truth_ms: float) -> tuple[float, float]:
    """One line; gives bias and 95th percentile of the differences."""
    differences = [value - truth_ms for value in values]
    bias = statistics.median(differences)
    spread = percentile(sorted(abs(each) for each in differences), 0.95)
    print(f"{name:<34} n={len(values):<4} median {bias:+8.3f} ms   p95 of |difference| {spread:7.3f} ms")
    return bias, spread


def measure(rounds: int, window_s: int) -> bool:
    """Run it; did our kernel figures keep to their limits?"""
    truth_ms = 2 * DELAY_MS
    with Namespaces("client", "server") as spaces, emulated_link(spaces) as emulator, services(spaces):
        spaces.set("client", net_ipv4_ping__group__range="0 2147483647")
        emulator.change(Link(delay_ms=DELAY_MS, is_exact=True))
        others = tools(spaces)
        probes = {"icmp": f"icmp://{SERVER}", "udp": f"udp://{SERVER}:7", "tcp": f"tcp://{SERVER}:80"}
        kernel: dict[str, list[float]] = {name: [] for name in probes}
        user: dict[str, list[float]] = {name: [] for name in probes}
        told: dict[str, list[float]] = {name: [] for name in others}
        for _ in range(rounds):
            for name, address in probes.items():
                for outcome in spaces.inside("client", lambda address=address: ours(address)):
                    if outcome.kernel_rtt_ms is not None and outcome.lag_ms is not None:
                        kernel[name].append(outcome.kernel_rtt_ms)
                        user[name].append(outcome.kernel_rtt_ms + outcome.lag_ms)
            for name, ask in others.items():
                told[name] += ask()
        are_phases_fine = compare_phases(spaces, max(5, rounds // 2))
        is_window_fine = in_window(spaces, window_s, truth_ms)
    print(f"\nLink of {DELAY_MS:g} ms each way, truth {truth_ms:g} ms, {rounds} rounds, figure less truth:")
    is_fine = True
    for name in probes:
        bias, spread = show(f"clearline {name}, kernel", kernel[name], truth_ms)
        # The UDP echo is a thread of this interpreter: its own time is in the answer, as any service's is.
        is_fine &= name == "udp" or (abs(bias) <= BIAS_MS and spread <= SPREAD_MS)
        show(f"clearline {name}, user space", user[name], truth_ms)
    for name, values in told.items():
        if values:
            show(name, values, truth_ms)
    print("\nPaired with the same round of a tool:")
    for name, own in (("fping", "icmp"), ("ping", "icmp"), ("nping", "tcp")):
        paired = [mine - theirs for mine, theirs in zip(kernel[own], told.get(name, []), strict=False)]
        if paired:
            bias, spread = show(f"clearline {own} less {name}", paired, 0.0)
            is_fine &= name == "nping" or (abs(bias) <= BIAS_MS and spread <= SPREAD_MS)
    overhead = [mine - theirs for mine, theirs in zip(user["tcp"], kernel["tcp"], strict=True)]
    show("connect less TCP_INFO", overhead, 0.0)
    print(f"\nLimits: |median| ≤ {BIAS_MS} ms, p95 ≤ {SPREAD_MS} ms: {'kept' if is_fine else 'NOT kept'}")
    print(f"Limit of each phase: max({PHASE_MS:g} ms, {PHASE_SHARE:.0%}): {'kept' if are_phases_fine else 'NOT kept'}")
    print(f"Limit with the window: p95 ≤ {WINDOW_SPREAD_MS:g} ms: {'kept' if is_window_fine else 'NOT kept'}")
    return is_fine and are_phases_fine and is_window_fine


def by_curl(spaces: Namespaces, url: str, ca_file: Path) -> dict[str, float]:
    """The phases of a request, milliseconds, from the marks of curl's `-w`.

    As with ours, a first request is thrown away: it wakes the library for TLS up. The second is on a connection of
    its own, as the server closes the first, and begins a session of its own.
    """
    marks = " ".join(f"%{{time_{name}}}" for name in _MARKS)
    command = spaces.argv("client", "curl", "-sS", "--no-sessionid", "--cacert", str(ca_file), "-w", marks + "\n",
                          "-o", "/dev/null", url, "-o", "/dev/null", url)  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, timeout=LIMIT_S, check=True)
    _, second = done.stdout.splitlines()
    at = dict(zip(_MARKS, (1000 * float(mark) for mark in second.split()), strict=True))
    encrypted = max(at["appconnect"], at["connect"])
    return {
        "connect": at["connect"] - at["namelookup"],
        "tls": encrypted - at["connect"],
        "send + wait": at["starttransfer"] - encrypted,
        "receive": at["total"] - at["starttransfer"],
        "total": at["total"],
    }


def by_us(outcome: Outcome) -> dict[str, float]:
    """The same of ours."""
    phases = outcome.phases
    return {
        "connect": phases.connect or 0.0,
        "tls": phases.tls or 0.0,
        "send + wait": (phases.send or 0.0) + (phases.wait or 0.0),
        "receive": phases.receive or 0.0,
        "total": phases.total_ms,
    }


def hodges_lehmann(values: list[float]) -> float:
    """The median of the means of all pairs: the shift between paired samples that outliers move least."""
    return statistics.median((a + b) / 2 for a, b in itertools.combinations_with_replacement(values, 2))


def compare_phases(spaces: Namespaces, rounds: int) -> bool:
    """Requests of ours and of curl in turn, over TLS to a server behind the link."""
    if shutil.which("curl") is None:
        print("curl is not installed: the phases of HTTP are left out. To have them: apt-get install curl")
        return True
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        authority = make_authority()
        (folder / "ca.pem").write_bytes(authority.pem)
        handler = over_tls(server_context(make_leaf(authority, SERVER), folder), answering(_PAGE))
        running = spaces.inside("server", lambda: ThreadServer(handler, SERVER))
        url = f"https://{SERVER}:{running.port}/"
        pairs: list[tuple[dict[str, float], dict[str, float]]] = []
        try:
            for _ in range(rounds):
                (outcome,) = spaces.inside("client", lambda: ours(url, ca_file=str(folder / "ca.pem")))
                assert outcome.ok, outcome.fault
                pairs.append((by_us(outcome), by_curl(spaces, url, folder / "ca.pem")))
        finally:
            running.close()
    print(f"\nPhases of an encrypted request less curl's, {rounds} pairs (Hodges-Lehmann, ms):")
    is_fine = True
    for phase in pairs[0][0]:
        shift = hodges_lehmann([mine[phase] - theirs[phase] for mine, theirs in pairs])
        usual = statistics.median(theirs[phase] for _, theirs in pairs)
        limit = max(PHASE_MS, PHASE_SHARE * usual)
        is_fine &= abs(shift) <= limit
        print(f"  {phase:<12} curl {usual:8.3f}   shift {shift:+7.3f}   limit {limit:.3f}")
    return is_fine


def in_window(spaces: Namespaces, seconds: int, truth_ms: float) -> bool:
    """Round trips by the engine of a real window, offscreen, while it draws them twelve times a second."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        targets = [new_target(address, []) for address in (f"icmp://{SERVER}", f"tcp://{SERVER}:80")]
        plan_file.save(Plan(profiles=BUILT_IN, interval_s=0.2).with_targets(targets), folder / "plan.toml")
        program = str(Path(sys.executable).with_name("clearline"))
        command = spaces.argv("client", program, "--plan", str(folder / "plan.toml"), "--screenshot",
                              str(folder / "window.png"), "--after", f"{seconds}s")  # fmt: skip
        places = {f"XDG_{what}_HOME": name for what in ("DATA", "CONFIG", "STATE", "CACHE")}
        subprocess.run(command, env={**os.environ, **places, "QT_QPA_PLATFORM": "offscreen"}, capture_output=True,
                       timeout=seconds + 60, check=True)  # fmt: skip
        (session,) = folder.rglob("*.clearline")
        kernel: dict[str, list[float]] = {target.id: [] for target in targets}
        with SessionReader(session) as reader:
            for event in reader.events():
                if isinstance(event, AttemptEnded) and event.outcome.kernel_rtt_ms is not None:
                    kernel[event.target].append(event.outcome.kernel_rtt_ms)
    print(f"\nThe same by the engine of a window that draws for {seconds} s:")
    is_fine = True
    for target in targets:
        if not kernel[target.id]:
            print(f"{target.label}: no figures")
            return False
        _, spread = show(f"{target.address}, kernel", kernel[target.id], truth_ms)
        is_fine &= spread <= WINDOW_SPREAD_MS
    return is_fine


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=60)
    parser.add_argument("--window-s", type=int, default=60, help="seconds that the window runs")
    arguments = parser.parse_args()
    if reason := why_no_tun():
        print(f"Nothing measured: {reason}.")
        return 0
    return 0 if measure(arguments.rounds, arguments.window_s) else 1


if __name__ == "__main__":
    sys.exit(main())
