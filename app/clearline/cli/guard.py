"""Between a command and the shell: every end becomes an exit code, every trouble a sentence."""

import os
import signal
import sys
from collections.abc import Callable

import click

from clearline.cli.exit_codes import ExitCode
from clearline.domain.problem import InputError, Problem
from clearline.host.texts import Texts

_UNABLE = frozenset(
    {"plan_file.missing", "plan_file.unreadable", "plan_file.not_saved", "lab.unreadable", "import.unreadable"}
)
"""Problems of the machine, not of what was written."""


class CannotError(Exception):
    """Something could not be done; the problem says what and what to do."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.code)
        self.problem = problem


def guarded(work: Callable[[], int], texts: Callable[[], Texts], note_crash: Callable[[BaseException], str]) -> int:
    """Run a command and return its exit code. `note_crash` keeps a traceback and says where."""
    _speak_unicode()
    _treat_termination_as_interrupt()
    try:
        return work()
    except click.ClickException as error:
        error.show()
        return ExitCode.UNABLE if isinstance(error, click.FileError) else ExitCode.USAGE
    except InputError as error:
        for problem in error.problems:
            say(texts().problem(problem))
        return ExitCode.UNABLE if all(problem.code in _UNABLE for problem in error.problems) else ExitCode.USAGE
    except CannotError as error:
        say(texts().problem(error.problem))
        return ExitCode.UNABLE
    except (KeyboardInterrupt, click.Abort):
        return ExitCode.INTERRUPTED
    except BrokenPipeError:
        # The reader (`head`, a closed pager) has seen enough. Python would complain again when it flushes at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return ExitCode.UNABLE
    except OSError as error:
        say(texts().say("cli.system", reason=error.strerror or str(error), file=error.filename or ""))
        return ExitCode.UNABLE
    except Exception as error:  # noqa: BLE001 (the last resort: people get a sentence, the traceback goes to a file)
        say(texts().say("cli.defect", file=note_crash(error)))
        return ExitCode.UNABLE


def say(sentence: str) -> None:
    """A sentence to the user, on standard error."""
    click.echo(sentence, err=True)


def _speak_unicode() -> None:
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            # A Windows pipe is cp1252, which has no ●; JSON is UTF-8 by its definition (RFC 8259, 8.1).
            reconfigure(encoding=None if stream.isatty() else "utf-8", errors="replace")


def _treat_termination_as_interrupt() -> None:
    def interrupt(_number: int, _frame: object) -> None:
        # Once is enough: a second signal must not break into the flushing.
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        signal.raise_signal(signal.SIGINT)

    signal.signal(signal.SIGTERM, interrupt)
