"""`clearline watch` behind a gateway: what lies behind it fails together, or the gateway itself falls silent."""

import contextlib
import json
import subprocess
import sys
from typing import Any

import pytest

from support.namespace_services import services
from support.namespaces import Namespaces, join_by_veth, python_environment, why_not

TARGETS = ("tcp://10.90.1.5:80", "tcp://10.91.2.5:80", "tcp://10.92.3.5:80")

SOON = 12
"""Lines, of 3 targets a second: the gateway was asked meanwhile."""


def watch(
    steps: tuple[str, ...], reach: str, after: tuple[str, ...] = (), *, is_tagged: bool = False
) -> list[dict[str, Any]]:
    """What it writes until it says that, and tags an attempt where it should, or for 20 s; `after` is done to the
    network some checks later."""
    if reason := why_not():
        pytest.skip(reason)
    out: list[str] = []
    is_said = False
    with contextlib.ExitStack() as stack:
        spaces = stack.enter_context(Namespaces("client", "router"))
        join_by_veth(spaces, "client", "router", "10.81.0")
        spaces.ip("-n {client} route add default via 10.81.0.2", *steps)
        spaces.set("client", net_ipv4_ping__group__range="0 2147483647")
        spaces.set("router", net_ipv4_ip__forward=1, net_ipv4_icmp__ratelimit=0)
        stack.enter_context(services(spaces, "router"))
        options = ("--json", "--for", "20s", "--every", "1s", "--profile", "quick check")
        command = (sys.executable, "-m", "clearline", "watch", *options, *TARGETS)
        process = stack.enter_context(
            subprocess.Popen(
                spaces.argv("client", *command), stdout=subprocess.PIPE, encoding="utf-8", env=python_environment()
            )
        )
        assert process.stdout is not None
        for number, line in enumerate(process.stdout):
            out.append(line)
            is_said = is_said or f'"reach":"{reach}"' in line
            if is_said and (not is_tagged or '"own_side":true' in "".join(out)):
                process.terminate()
                break
            if number == SOON:
                spaces.ip(*after)
    return [json.loads(line) for line in out]


def together(told: list[dict[str, Any]]) -> list[str]:
    return [line["reach"] for line in told if line["event"] == "fails_together"]


def changes(told: list[dict[str, Any]]) -> list[tuple[str, str]]:
    return [
        (change["what"], change["name"])
        for line in told
        if line["event"] == "network_changed"
        for change in line["changes"]
    ]


def test_it_says_that_all_behind_the_gateway_fails() -> None:
    told = watch(
        tuple(f"-n {{router}} route add unreachable 10.{number}.0.0/16" for number in (90, 91, 92)), "behind_gateway"
    )
    assert together(told)[-1] == "behind_gateway"
    assert ("gateway_there", "10.81.0.2") in changes(told)
    assert not [line for line in told if line.get("own_side")]


def test_it_says_that_the_own_network_fails_where_the_gateway_falls_silent() -> None:
    works = tuple(f"-n {{router}} addr add {address.split('/')[2].split(':')[0]}/32 dev lo" for address in TARGETS)
    told = watch(works, "own_network", ("-n {router} addr flush dev client1",), is_tagged=True)
    assert ("gateway_silent", "10.81.0.2") in changes(told)
    assert together(told)[-1] == "own_network"
    assert [line for line in told if line.get("own_side")]
