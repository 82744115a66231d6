"""The report of a diagnosis: recorded as any session is, for a moment, and then made as any session's is."""

import tempfile
from pathlib import Path

from clearline.cli.diagnose import Diagnosed
from clearline.cli.guard import CannotError
from clearline.cli.parts import Parts
from clearline.cli.sessions import opened
from clearline.domain.problem import InputError, Problem
from clearline.host.clock import wall_s
from clearline.host.texts import Texts
from clearline.net.machine import look_around
from clearline.net.pac_settings import PacSettings
from clearline.report.making import SESSION, Making, Means, check_ending
from clearline.report.redact import Redactor
from clearline.report.span import span_of

_PATIENCE_S = 60.0


class DiagnosisReport:
    """One report that is to be made. Secrets are masked on the way through the session file, as everywhere."""

    def __init__(self, out: Path, redactor: Redactor | None, parts: Parts, texts: Texts) -> None:
        """Before anything is tested. Raises InputError and CannotError where the report could not be written."""
        check_ending(out)
        if out.exists():
            raise CannotError(Problem("cli.diagnose_report_exists", {"file": str(out)}))
        try:
            with tempfile.TemporaryFile(dir=out.parent):
                pass
        except OSError as error:
            raise _not_saved(out, error) from error
        self._out, self._redactor, self._parts, self._texts = out, redactor, parts, texts

    def write(self, done: Diagnosed) -> None:
        """Make the file. Raises CannotError."""
        with tempfile.TemporaryDirectory(prefix="clearline-") as folder:
            session = Path(folder) / f"diagnosis{SESSION}"
            self._record(done, session)
            with opened(session) as reader:
                span = span_of(reader, redactor=self._redactor)
                means = Means(look_around(PacSettings()), wall_s(), self._parts.write_pdf, self._parts.copy_to)
                try:
                    Making(span, self._texts, means).write(self._out)
                except OSError as error:
                    raise _not_saved(self._out, error) from error

    def told(self) -> str:
        """Where it is, for people."""
        size = self._texts.number(self._out.stat().st_size / 1000, 1)
        return self._texts.say("report.written", file=str(self._out), size=size)

    def _record(self, done: Diagnosed, session: Path) -> None:
        sink = self._parts.copy_to(session, done.session_id, done.wall_s)
        sink.emit(done.events)
        if not sink.close(_PATIENCE_S) or sink.lost:
            raise InputError(Problem("report.not_copied"))


def _not_saved(out: Path, error: OSError) -> CannotError:
    return CannotError(Problem("report.not_saved", {"name": out.name, "reason": error.strerror or str(error)}))
