"""How true the figures are: our round trips and connect times on a link of known delay, beside fping, ping and nping.

Needs Linux, root and /dev/net/tun; says so elsewhere. Everything is interleaved: one packet of ours, one of each tool,
and again, so that what disturbs the machine disturbs all alike. The truth is the emulator's set delay; what it adds
itself (waking up, copying) is in everybody's figures.
"""

# ruff: noqa: E402 - tests/ must be on the path first

import argparse
import asyncio
import re
import shutil
import statistics
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

sys.path[:0] = [str(Path(__file__).resolve().parents[1])]

from clearline.domain.outcome import Outcome
from clearline.domain.profile import Timeouts
from clearline.domain.statistics import percentile
from clearline.net.sockets import SystemNetwork
from clearline.probes.registry import run
from support.link_emulator import SERVER, Link, emulated_link
from support.misbehaving import SteadyClock, on_network, target_at
from support.namespace_services import services
from support.namespaces import Namespaces, why_no_tun

DELAY_MS = 10.0
"""Each way."""
BIAS_MS, SPREAD_MS = 0.15, 0.5
LIMIT_S = 10


def ours(address: str) -> list[Outcome]:
    """One probe after a first one that is thrown away: the first packet wakes things up."""
    clock = SteadyClock()

    async def use(network: SystemNetwork) -> list[Outcome]:
        return [await run(target_at(address), Timeouts(), clock.now() + LIMIT_S, network, clock) for _ in range(2)]

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


def measure(rounds: int) -> bool:
    """Run it; did our kernel figures keep to their limits?"""
    truth_ms = 2 * DELAY_MS
    with Namespaces("client", "server") as spaces, emulated_link(spaces) as emulator, services(spaces):
        spaces.set("client", net_ipv4_ping__group__range="0 2147483647")
        emulator.change(Link(delay_ms=DELAY_MS))
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
    return is_fine


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=60)
    arguments = parser.parse_args()
    if reason := why_no_tun():
        print(f"Nothing measured: {reason}.")
        return 0
    return 0 if measure(arguments.rounds) else 1


if __name__ == "__main__":
    sys.exit(main())
