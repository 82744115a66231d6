"""`clearline watch` behind a gateway: what lies behind it fails together, or the gateway itself falls silent, or the
internet access behind it."""

import contextlib
import json
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from clearline.diagnosis.facts import host_of
from clearline.domain.verdict import Outside
from support.namespace_services import services
from support.namespaces import Namespaces, join_by_veth, python_environment, why_not

OUTSIDE = tuple(map(host_of, (point.removeprefix("tcp://") for point in Outside().points)))
"""Addresses of the router here: nothing leaves the namespaces."""
TARGETS = ("tcp://10.90.1.5:80", "tcp://10.91.2.5:80", "tcp://10.92.3.5:80")

SOON = 12
"""Lines, of 3 targets a second: the gateway was asked meanwhile."""


def watch(
    steps: tuple[str, ...], reach: str, after: tuple[str, ...] = (), *, tag: str = "", more: tuple[str, ...] = ()
) -> list[dict[str, Any]]:
    """What it writes until it says that, and tags an attempt where it should, or for 40 s; `after` is done to the
    network some checks later."""
    out: list[str] = []
    is_said = False
    with contextlib.ExitStack() as stack:
        spaces = stack.enter_context(Namespaces("client", "router"))
        join_by_veth(spaces, "client", "router", "10.81.0")
        spaces.ip("-n {client} route add default via 10.81.0.2", *steps)
        spaces.set("client", net_ipv4_ping__group__range="0 2147483647")
        spaces.set("router", net_ipv4_ip__forward=1, net_ipv4_icmp__ratelimit=0)
        stack.enter_context(services(spaces, "router"))
        options = ("--json", "--for", "40s", "--every", "1s", "--profile", "quick check", *more)
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
            if is_said and (not tag or f'"{tag}":true' in "".join(out)):
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


def here(*addresses: str) -> tuple[str, ...]:
    return tuple(f"-n {{router}} addr add {address}/32 dev lo" for address in addresses)


UNREACHABLE = tuple(f"-n {{router}} route add unreachable 10.{number}.0.0/16" for number in (90, 91, 92))
WORKS = here(*(host_of(address.removeprefix("tcp://")) for address in TARGETS))
STORIES: dict[str, Callable[[], list[dict[str, Any]]]] = {
    "behind": lambda: watch((*UNREACHABLE, *here(*OUTSIDE)), "behind_gateway"),
    "own": lambda: watch(WORKS, "own_network", ("-n {router} addr flush dev client1",), tag="own_side"),
    "targets": lambda: watch(here(*OUTSIDE), "only_targets", more=("--outside",)),
    # That the targets fail at once saves the test their time limits.
    "internet": lambda: watch(
        (*WORKS, *here(*OUTSIDE)),
        "internet",
        ("-n {router} addr flush dev lo", "-n {client} route add unreachable 10.88.0.0/13"),
        tag="outside_silent",
        more=("--outside",),
    ),
}


Told = dict[str, list[dict[str, Any]]]


@pytest.fixture(scope="module")
def told_of() -> Told:
    """All of them at once: each waits for its network most of the time."""
    if reason := why_not():
        pytest.skip(reason)
    with ThreadPoolExecutor() as threads:
        begun = {name: threads.submit(story) for name, story in STORIES.items()}
    return {name: done.result() for name, done in begun.items()}


def test_it_says_that_all_behind_the_gateway_fails(told_of: Told) -> None:
    told = told_of["behind"]
    assert together(told)[-1] == "behind_gateway"
    assert ("gateway_there", "10.81.0.2") in changes(told)
    assert not [line for line in told if line.get("own_side")]
    assert not [what for what, _ in changes(told) if what.startswith("outside")], "nobody allowed it"


def test_it_says_that_the_own_network_fails_where_the_gateway_falls_silent(told_of: Told) -> None:
    told = told_of["own"]
    assert ("gateway_silent", "10.81.0.2") in changes(told)
    assert together(told)[-1] == "own_network"
    assert [line for line in told if line.get("own_side")]


def test_it_says_that_only_these_targets_fail_where_outside_answers(told_of: Told) -> None:
    told = told_of["targets"]
    assert ("outside_there", ", ".join(OUTSIDE)) in changes(told)
    assert together(told)[-1] == "only_targets"
    assert not [line for line in told if line.get("outside_silent")]


def test_it_says_that_the_internet_access_fails_where_outside_falls_silent_too(told_of: Told) -> None:
    told = told_of["internet"]
    assert ("outside_silent", ", ".join(OUTSIDE)) in changes(told)
    assert together(told)[-1] == "internet"
    assert [line for line in told if line.get("outside_silent")]
    assert not [line for line in told if line.get("own_side")]
