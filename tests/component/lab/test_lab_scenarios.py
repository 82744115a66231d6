"""The whole lab: plans, timelines, hands, and that it leaves nothing behind."""

import asyncio
import sys
import tempfile
import threading
from pathlib import Path
from typing import Any

import psutil
import pytest

from clearline.domain.plan import validate_plan
from clearline.domain.problem import InputError
from clearline.lab import scenario
from clearline.lab.faults import LabFault
from clearline.lab.lab import FaultChanged, Lab
from clearline.lab.servers import FaultServer, build_server
from support.lab_clients import get, one_target, say

TIMES = "timeline = { repeat_s = 0.2, faults = [{ from_s = 0.05, to_s = 0.1, fault = { kind = 'refused' } }] }"
LIMIT_S = 10


def open_descriptors() -> int:
    """Files and sockets that this process holds; Windows counts handles."""
    process = psutil.Process()
    return process.num_handles() if sys.platform == "win32" else process.num_fds()


@pytest.mark.parametrize("name", scenario.names())
def test_every_scenario_starts_with_a_plan_that_can_be_run(name: str) -> None:
    async def run() -> None:
        async with Lab(scenario.load(name)) as lab:
            assert lab.plan.targets
            assert validate_plan(lab.plan) == ()

    asyncio.run(run())


def test_targets_keep_their_ids_names_and_groups_in_any_language() -> None:
    async def run(language: str) -> dict[str, tuple[str, str]]:
        async with Lab(scenario.load("tour"), language=language) as lab:
            return {target.id: (target.name, target.group) for target in lab.plan.targets}

    english, french = asyncio.run(run("en")), asyncio.run(run("fr"))
    assert english.keys() == french.keys()
    assert english["label-printer"] == ("Label printer", "Suppliers")
    assert french["label-printer"] == ("Imprimante d’étiquettes", "Fournisseurs")


def test_only_tls_targets_trust_the_labs_root() -> None:
    async def run() -> None:
        async with Lab(scenario.load("tour")) as lab:
            for target in lab.plan.targets:
                assert target.ca_file == (lab.ca_file if target.scheme in ("https", "tls") else None)
                assert target.verify

    asyncio.run(run())


def test_a_crowd_has_as_many_targets_as_asked_on_a_few_ports() -> None:
    async def run() -> None:
        async with Lab(scenario.load("many", count=25)) as lab:
            assert len({target.id for target in lab.plan.targets}) == 25
            assert len({target.name for target in lab.plan.targets}) == 25
            assert len({target.port for target in lab.plan.targets}) == 8
            web = [target for target in lab.plan.targets if target.scheme == "http"]
            assert 0 < len(web) < 25
            assert (await asyncio.to_thread(say, web[0], get())).startswith(b"HTTP/1.1 200 ")

    asyncio.run(run())


def test_the_timeline_plays_on_its_own() -> None:
    async def run() -> list[FaultChanged]:
        changes: asyncio.Queue[FaultChanged] = asyncio.Queue()
        async with Lab(one_target("http", more=TIMES), on_change=changes.put_nowait), asyncio.timeout(LIMIT_S):
            return [await changes.get() for _ in range(4)]

    changes = asyncio.run(run())
    assert [change.fault for change in changes] == [LabFault("refused"), None, LabFault("refused"), None]
    assert {(change.target, change.by) for change in changes} == {("it", "scenario")}
    planned = (0.05, 0.1, 0.25, 0.3)
    assert all(change.at_s >= second - 0.002 for change, second in zip(changes, planned, strict=True))


def test_the_same_seed_plans_the_same_and_another_does_not() -> None:
    async def run(seed: int | None) -> list[object]:
        async with Lab(scenario.load("tour"), seed) as lab:
            return [lab.stretches(target, 600) for target in lab.servers]

    assert asyncio.run(run(None)) == asyncio.run(run(scenario.load("tour").seed))
    assert asyncio.run(run(1)) != asyncio.run(run(2))


def test_a_fault_of_the_scenario_is_on_from_the_beginning() -> None:
    async def run() -> None:
        async with Lab(one_target("http", 'kind = "refused"')) as lab:
            assert lab.fault("it") == LabFault("refused")
            assert [(s.from_s, s.to_s) for s in lab.stretches("it", 60)] == [(0, 60)]

    asyncio.run(run())


def test_a_hand_stops_the_timeline_until_it_is_let_go() -> None:
    async def run() -> list[str]:
        changes: asyncio.Queue[FaultChanged] = asyncio.Queue()
        async with Lab(one_target("http", more=TIMES), on_change=changes.put_nowait) as lab, asyncio.timeout(LIMIT_S):
            lab.set_fault("it", LabFault("status", status=500))
            await asyncio.sleep(0.3)
            lab.follow("it")
            return [(await changes.get()).by for _ in range(3)]

    assert asyncio.run(run()) == ["hand", "scenario", "scenario"]


def test_starting_over_brings_back_the_scenario() -> None:
    async def run() -> None:
        changes: list[FaultChanged] = []
        async with Lab(one_target("http", 'kind = "refused"'), on_change=changes.append) as lab:
            lab.set_fault("it", None)
            lab.restart()
            assert lab.fault("it") == LabFault("refused")
            assert lab.at_s < 1
        assert [change.by for change in changes] == ["scenario", "hand", "scenario"]

    asyncio.run(run())


def test_setting_the_fault_that_is_on_tells_nothing() -> None:
    async def run() -> None:
        changes: list[FaultChanged] = []
        async with Lab(one_target("http"), on_change=changes.append) as lab:
            lab.set_fault("it", None)
        assert changes == []

    asyncio.run(run())


@pytest.mark.parametrize(
    ("target", "fault", "code"),
    [
        ("nobody", None, "lab.no_target"),
        ("it", LabFault("gremlin"), "lab.no_fault"),
        ("it", LabFault("nxdomain"), "lab.fault_does_not_fit"),
        ("it", LabFault("status", status=9), "lab.range"),
    ],
)
def test_it_refuses_what_it_cannot_do(target: str, fault: LabFault | None, code: str) -> None:
    async def run() -> None:
        async with Lab(one_target("http")) as lab:
            with pytest.raises(InputError) as caught:
                lab.set_fault(target, fault)
            assert caught.value.problems[0].code == code
            assert lab.fault("it") is None

    asyncio.run(run())


def test_it_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))

    async def run() -> None:
        descriptors = open_descriptors()
        threads = threading.active_count()
        async with Lab(scenario.load("tour")) as lab:
            # Connections, handshakes and answers under way, and silence that is being kept.
            opened = []
            for target in lab.plan.targets:
                if target.scheme in ("http", "https", "tls", "tcp"):
                    try:
                        async with asyncio.timeout(0.2):
                            opened.append(await asyncio.open_connection("127.0.0.1", target.port))
                    except (OSError, TimeoutError):
                        continue
            for _, writer in opened:
                writer.write(get())
            assert len(asyncio.all_tasks()) == 1
            ports = [target.port for target in lab.plan.targets if target.scheme != "dns"]
        for _, writer in opened:
            writer.close()
            try:
                await writer.wait_closed()
            except ConnectionError:
                pass
        assert threading.active_count() == threads
        assert open_descriptors() == descriptors
        for port in ports:
            with pytest.raises(ConnectionRefusedError):
                await asyncio.open_connection("127.0.0.1", port)

    asyncio.run(run())
    assert list(tmp_path.iterdir()) == []


def test_a_start_that_fails_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))

    async def run() -> None:
        lab = Lab(scenario.load("tour"))
        left = list(lab.scenario.targets[:4])

        def build(*values: Any) -> FaultServer:
            if not left:
                raise OSError("no port")
            left.pop()
            return build_server(*values)

        monkeypatch.setattr("clearline.lab.lab.build_server", build)
        with pytest.raises(OSError, match="no port"):
            async with lab:
                pass

    asyncio.run(run())
    assert list(tmp_path.iterdir()) == []
