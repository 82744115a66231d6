"""This machine's network in a namespace whose addresses and routes the test sets."""

import subprocess
import sys

import msgspec

from clearline.net.machine import source_address
from clearline.net.machine_routes import Gateway
from clearline.net.machine_state import Machine, changes
from support.link_emulator import CLIENT, SERVER, SERVER_6
from support.namespaces import python_environment

LOOK = """
import msgspec
from clearline.net.machine import look_around
from clearline.net.pac_settings import PacSettings
print(msgspec.json.encode(look_around(PacSettings(), {})).decode())
"""


def look(bench) -> Machine:
    """In a process of its own: psutil asks for the whole process's namespace."""
    command = bench.spaces.argv("client", sys.executable, "-c", LOOK)
    done = subprocess.run(command, capture_output=True, check=True, timeout=30, env=python_environment())
    return msgspec.json.decode(done.stdout, type=Machine)


def test_it_sees_adapters_addresses_and_gateways_of_its_own_namespace(bench) -> None:
    seen = look(bench)

    (adapter,) = seen.adapters
    assert (adapter.name, adapter.mtu, adapter.addresses) == ("emu0", 1500, ("10.70.0.2", "fd70::2"))
    assert set(seen.gateways) == {Gateway(4, "", "emu0"), Gateway(6, "", "emu0")}


def test_it_knows_our_own_address_on_the_way_to_a_target(bench) -> None:
    assert bench.inside(lambda: source_address(SERVER)) == CLIENT
    assert bench.inside(lambda: source_address(SERVER_6)) == "fd70::2"


def test_it_tells_a_route_that_went_away_and_an_adapter_that_came(bench) -> None:
    before = look(bench)
    bench.spaces.ip(
        "-n {client} route del default",
        "-n {client} link add extra0 type veth peer name extra1",
        "-n {client} addr add 10.77.0.1/24 dev extra0",
        "-n {client} link set extra0 up",
        "-n {client} link set extra1 up",
    )
    try:
        after = look(bench)
    finally:
        bench.spaces.ip("-n {client} link del extra0", "-n {client} route add default dev emu0")

    told = [(change.what, change.name, change.after) for change in changes(before, after)]
    assert ("adapter", "extra0", "10.77.0.1") in told
    assert ("gateway", "IPv4", "") in told
