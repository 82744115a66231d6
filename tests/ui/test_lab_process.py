"""The practice lab as a child of the window."""

import asyncio
import sys

import pytest

from clearline.domain.problem import InputError
from clearline.lab.faults import LabFault
from clearline.ui.lab_process import LabProcess, lab_argv

FIRST = (
    '{"event":"lab_started","scenario":"tour","banner":"A tour","lesson":"","seed":1,"duration_s":60.0,'
    '"plan":{"targets":[{"id":"a","address":"tcp://127.0.0.1:9"}]},"ca_file":"","stretches":{}}'
)


def _talking(line: str) -> list[str]:
    return [sys.executable, "-c", f"import sys; print({line!r}, flush=True); sys.stdin.read()"]


def test_it_runs_the_lab_command_with_its_scenario_and_language() -> None:
    assert lab_argv("tour", "fr")[-5:] == ["lab", "tour", "--json", "--lang", "fr"]


@pytest.mark.parametrize("argv", [["/no/such/program"], _talking("not json"), [sys.executable, "-c", "pass"]])
def test_it_says_when_the_lab_does_not_start(argv: list[str]) -> None:
    async def start() -> None:
        await LabProcess(argv).start()

    with pytest.raises(InputError, match=r"lab\.cannot_start"):
        asyncio.run(start())


def test_it_says_what_the_lab_complained_of() -> None:
    async def start() -> None:
        await LabProcess([sys.executable, "-c", "import sys; sys.exit('Set it to 90 s\\nor more.')"]).start()

    with pytest.raises(InputError) as raised:
        asyncio.run(start())

    assert raised.value.problems[0].values["reason"] == "Set it to 90 s or more"


def test_it_hands_over_the_plan_and_ends_with_its_input() -> None:
    async def start_and_stop() -> tuple[str, ...]:
        lab = LabProcess(_talking(FIRST))
        started = await lab.start()
        await lab.stop()
        await lab.stop()
        return tuple(target.id for target in started.plan.targets)

    assert asyncio.run(start_and_stop()) == ("a",)


def test_it_makes_a_fault_and_hears_of_it() -> None:
    async def break_and_mend() -> list[tuple[str, str]]:
        heard: list[tuple[str, str]] = []
        lab = LabProcess(lab_argv("flapping", "en"))
        await lab.start()
        async with asyncio.timeout(20), asyncio.TaskGroup() as group:
            listening = group.create_task(lab.listen(lambda event: said.put_nowait(event), lambda: None))
            for act in (
                lambda: lab.set_fault("label-printer", LabFault("expired")),
                lambda: lab.set_fault("label-printer", LabFault("silent_after_accept")),
                lab.restart,
            ):
                said: asyncio.Queue[object] = asyncio.Queue()
                act()
                event = await said.get()
                fault = getattr(event, "fault", None)
                heard.append((type(event).__name__, fault.kind if fault else getattr(event, "code", "")))
            await lab.stop()
            await listening
        return heard

    assert asyncio.run(break_and_mend()) == [
        ("LabRefused", "lab.fault_does_not_fit"),
        ("FaultChanged", "silent_after_accept"),
        ("LabRestarted", ""),
    ]


def test_it_tells_when_the_lab_is_gone() -> None:
    async def start_and_die() -> int:
        gone: list[int] = []
        lab = LabProcess([sys.executable, "-c", f"print({FIRST!r}); print('nonsense')"])
        await lab.start()
        await lab.listen(lambda event: None, lambda: gone.append(1))
        await lab.stop()
        return len(gone)

    assert asyncio.run(start_and_die()) == 1


def test_it_says_nothing_to_a_lab_that_was_stopped() -> None:
    async def stop_and_tell() -> None:
        lab = LabProcess(_talking(FIRST))
        await lab.start()
        await lab.stop()
        lab.restart()

    asyncio.run(stop_and_tell())
