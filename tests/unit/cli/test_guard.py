"""Every end of a command becomes an exit code, every trouble a sentence."""

import signal
from collections.abc import Callable, Iterator

import click
import pytest

from clearline.cli.guard import CannotError, guarded
from clearline.domain.problem import InputError, Problem
from clearline.host.texts import Texts


@pytest.fixture(autouse=True)
def _handlers() -> Iterator[None]:
    """Leave the signals as they were."""
    before = signal.getsignal(signal.SIGTERM)
    yield
    signal.signal(signal.SIGTERM, before)


def raising(error: BaseException) -> Callable[[], int]:
    def work() -> int:
        raise error

    return work


def run(work: Callable[[], int]) -> int:
    return guarded(work, lambda: Texts("en"), lambda error: f"defect of {type(error).__name__}.txt")


def test_it_passes_the_exit_code_on() -> None:
    assert run(lambda: 1) == 1


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (click.UsageError("write it like this"), 2, "write it like this"),
        (InputError(Problem("cli.no_target"), Problem("address.empty")), 2, "No address was entered"),
        (InputError(Problem("plan_file.missing", {"name": "plan.toml"})), 3, "plan.toml"),
        (CannotError(Problem("cli.no_display")), 3, "display"),
        (FileNotFoundError(2, "No such file", "roots.pem"), 3, "roots.pem"),
        (KeyboardInterrupt(), 130, ""),
        (click.Abort(), 130, ""),
        (ZeroDivisionError("ours"), 3, "defect of ZeroDivisionError.txt"),
    ],
)
def test_it_turns_an_error_into_a_code_and_a_sentence(
    error: BaseException, code: int, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(raising(error)) == code
    written = capsys.readouterr()
    assert said in written.err
    assert "Traceback" not in written.err
    assert written.out == ""


def test_it_treats_termination_as_an_interrupt() -> None:
    def work() -> int:
        signal.raise_signal(signal.SIGTERM)
        return 0

    assert run(work) == 130


def test_it_is_not_broken_by_a_second_termination_while_it_flushes() -> None:
    flushed = []

    def work() -> int:
        try:
            signal.raise_signal(signal.SIGTERM)
        finally:
            signal.raise_signal(signal.SIGTERM)
            flushed.append(True)
        return 0

    assert run(work) == 130
    assert flushed == [True]
