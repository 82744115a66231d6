"""What routers say with ICMP, seen by the probes in three network namespaces: client, router, server."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

pytestmark = [
    pytest.mark.netns,
    pytest.mark.skipif(
        sys.platform != "linux" or os.geteuid() != 0 or shutil.which("ip") is None, reason="needs root and `ip`"
    ),
]

# One process in the client's namespace probes everything at once: a silent neighbour takes the kernel three seconds.
LOOK = """
import asyncio, json, sys
from clearline.domain.profile import Timeouts
from clearline.net.sockets import SystemNetwork
from clearline.probes.registry import run
from support.misbehaving import SteadyClock, target_at

async def main():
    network, clock = SystemNetwork(), SteadyClock()
    async with asyncio.TaskGroup() as group:
        tasks = {
            address: group.create_task(run(target_at(address), Timeouts(), clock.now() + 15, network, clock))
            for address in sys.argv[1:]
        }
    print(json.dumps({
        address: [task.result().fault.kind, task.result().fault.evidence.get("icmp", {}).get("offender", "")]
        for address, task in tasks.items()
    }))
    network.close()

asyncio.run(main())
"""

# A Linux router answers one client five times at once and then once a second (net/ipv4/route.c: error_burst).
ROUTER = "10.81.0.1"
EXPECTED = {
    "tcp://10.82.0.2:80": ("tcp.refused", ""),
    "udp://10.82.0.2:80": ("udp.port_unreachable", "10.82.0.2"),
    "dns://a.test?server=10.82.0.2:53": ("dns.unreachable.port", "10.82.0.2"),
    "tcp://10.90.1.5:80": ("tcp.admin_prohibited", ROUTER),
    "udp://10.90.1.5:80": ("udp.admin_prohibited", ROUTER),
    "tcp://10.90.2.5:80": ("tcp.address_unreachable.host", ROUTER),
    "udp://10.90.2.5:80": ("udp.unreachable.host", ROUTER),
    "tcp://10.99.0.1:80": ("tcp.address_unreachable.net", ROUTER),
    "tcp://10.81.0.77:80": ("local.neighbor_unreachable", "10.81.0.2"),
    "tcp://10.91.0.1:80": ("local.no_route", ""),
    "tcp://10.92.0.1:80": ("local.permission_denied", ""),
    "tcp://10.93.0.1:80": ("local.no_route", ""),
}


@pytest.fixture(scope="module")
def client() -> Iterator[str]:
    """Name of the client's namespace."""
    names = {role: f"clearline-{role}-{os.getpid()}" for role in ("client", "router", "server")}
    steps = """
        link add c0 netns {client} type veth peer name r0 netns {router}
        link add s0 netns {server} type veth peer name r1 netns {router}
        -n {client} addr add 10.81.0.2/24 dev c0
        -n {client} link set c0 up
        -n {client} link set lo up
        -n {router} addr add 10.81.0.1/24 dev r0
        -n {router} link set r0 up
        -n {router} addr add 10.82.0.1/24 dev r1
        -n {router} link set r1 up
        -n {server} addr add 10.82.0.2/24 dev s0
        -n {server} link set s0 up
        -n {server} route add default via 10.82.0.1
        -n {client} route add default via 10.81.0.1
        -n {router} route add prohibit 10.90.1.0/24
        -n {router} route add unreachable 10.90.2.0/24
        -n {client} route add unreachable 10.91.0.0/24
        -n {client} route add prohibit 10.92.0.0/24
        -n {client} route add blackhole 10.93.0.0/24
        netns exec {router} sysctl -qw net.ipv4.ip_forward=1 net.ipv4.icmp_ratelimit=0
    """
    try:
        for name in names.values():
            if subprocess.run(["ip", "netns", "add", name], capture_output=True).returncode != 0:
                pytest.skip("this machine makes no network namespaces")
        for step in steps.strip().splitlines():
            subprocess.run(["ip", *step.format(**names).split()], check=True, capture_output=True)
        yield names["client"]
    finally:
        for name in names.values():
            subprocess.run(["ip", "netns", "del", name], capture_output=True)


@pytest.fixture(scope="module")
def seen(client: str) -> dict[str, tuple[str, str]]:
    command = ["ip", "netns", "exec", client, sys.executable, "-c", LOOK, *EXPECTED]
    tests = str(Path(__file__).parents[2])
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=60, check=True, env={**os.environ, "PYTHONPATH": tests}
    )
    return {address: tuple(found) for address, found in json.loads(done.stdout).items()}


@pytest.mark.parametrize("address", EXPECTED)
def test_it_tells_who_refused(address: str, seen: dict[str, tuple[str, str]]) -> None:
    assert seen[address] == EXPECTED[address]
