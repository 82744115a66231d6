"""The practice lab as a child of the window."""

import asyncio
import sys

import pytest

from clearline.domain.problem import InputError
from clearline.ui.lab_process import LabProcess, lab_argv


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


def test_it_hands_over_the_plan_and_ends_with_its_input() -> None:
    first = (
        '{"event":"lab_started","scenario":"tour","banner":"A tour","lesson":"","seed":1,"duration_s":60.0,'
        '"plan":{"targets":[{"id":"a","address":"tcp://127.0.0.1:9"}]},"ca_file":"","stretches":{}}'
    )

    async def start_and_stop() -> tuple[str, ...]:
        lab = LabProcess(_talking(first))
        started = await lab.start()
        await lab.stop()
        await lab.stop()
        return tuple(target.id for target in started.plan.targets)

    assert asyncio.run(start_and_stop()) == ("a",)
