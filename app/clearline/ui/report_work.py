"""What the pages about evidence have done in a thread: reports and their previews, comparisons, replays."""

from contextlib import ExitStack
from itertools import islice
from pathlib import Path

from clearline import __version__
from clearline.domain.event import MarkerDropped
from clearline.domain.problem import InputError, Problem
from clearline.engine.target_run import is_idempotent
from clearline.host.clock import wall_s
from clearline.host.texts import Texts
from clearline.net.machine import look_around
from clearline.net.pac_settings import PacSettings
from clearline.report.comparison import compared
from clearline.report.comparison_story import ComparisonStory, halves_titles, side_title
from clearline.report.facts import fold
from clearline.report.making import CancelledError, Making, Means
from clearline.report.matching import aligned
from clearline.report.preview import Preview
from clearline.report.redact import Redactor
from clearline.report.replays import lanes
from clearline.report.span import Span, halves, span_of
from clearline.report.visible import Moments, visible
from clearline.store.opening import SessionFileError
from clearline.store.reader import SessionReader
from clearline.store.writer import SessionWriter
from clearline.ui.pdf import write_pdf
from clearline.ui.rich_page import FOR_SCREEN, rich_page
from clearline.ui.viewmodels.comparing import Compared, CompareRequest
from clearline.ui.viewmodels.report import Prepared, ReportRequest
from clearline.ui.viewmodels.trying import Tried, TryRequest
from clearline.ui.viewmodels.work import Work

PAGE_PX = 720
"""Width of the pictures in a preview: about as on paper."""


def prepare(request: ReportRequest, work: Work) -> Prepared | None:
    """The report as it would look; None where nobody wants it any more. Raises InputError, OSError."""
    try:
        with SessionReader(Path(request.path)) as reader:
            redactor = _redactor(request)
            preview = Preview(_span(reader, request, redactor), redactor)
            document = Making(preview.span, Texts(request.language), _means(), work.progress).document()
    except SessionFileError as error:
        raise InputError(error.problem) from error
    except CancelledError:
        return None
    page = rich_page(document, PAGE_PX, FOR_SCREEN)
    return Prepared(document, page, tuple((category, tuple(pairs)) for category, pairs in preview.categories()))


def write(request: ReportRequest, out: Path, work: Work) -> bool:
    """Write the report; False where nobody wants it any more, and then nothing is left. Raises InputError, OSError."""
    if out.exists() and out.samefile(request.path):
        raise InputError(Problem("report.same_file", {"name": out.name}))
    try:
        with SessionReader(Path(request.path)) as reader:
            span = _span(reader, request, _redactor(request))
            Making(span, Texts(request.language), _means(), work.progress).write(out)
    except SessionFileError as error:
        raise InputError(error.problem) from error
    except CancelledError:
        return False
    return True


def compare(request: CompareRequest, texts: Texts, work: Work) -> Compared | None:
    """What differs; None where nobody wants to know any more. Raises InputError, OSError."""
    try:
        with ExitStack() as stack:
            first = stack.enter_context(SessionReader(Path(request.a)))
            labels: dict[str, str] = {}
            if request.b:
                spans = [span_of(first), span_of(stack.enter_context(SessionReader(Path(request.b))))]
                spans, labels = aligned(spans, lambda: Redactor(request.ticket) if request.ticket else None)
                paths = (request.a, request.b)
                titles = [side_title(Path(path).stem, span, texts) for path, span in zip(paths, spans, strict=True)]
            else:
                spans = halves(first, request.at_s)
                titles = halves_titles(spans, texts)
            one = fold(spans[0], lambda share: work.progress(share / 2))
            other = fold(spans[1], lambda share: work.progress(0.5 + share / 2)) if one is not None else None
    except SessionFileError as error:
        raise InputError(error.problem) from error
    if one is None or other is None:
        return None
    found = compared(one, other, labels)
    story = ComparisonStory(found, texts)
    foot = texts.say("report.foot", version=__version__, when=Moments(wall_s()).local(0.0)[:16])
    document = story.document(titles[0], titles[1], foot)
    return Compared(found, document, tuple(story.differences()), tuple(story.sentences()))


def marks(path: str, texts: Texts) -> tuple[tuple[float, str], ...]:
    """The moments at which people may want to divide a session: its markers, and its middle. Raises InputError."""
    try:
        with SessionReader(Path(path)) as reader:
            moments = Moments(reader.meta.wall_s)
            found = [(event.at_s, visible(event.text, 40)) for event in islice(reader.stream(MarkerDropped), 100)]
            middle_s = reader.duration_s / 2
    except SessionFileError as error:
        raise InputError(error.problem) from error
    found.append((middle_s, texts.say("compare.middle")))
    return tuple((at_s, f"{moments.clock(at_s)}  {told}") for at_s, told in found)


def try_policies(request: TryRequest, work: Work) -> Tried | None:
    """What the recorded attempts come to; None where nobody wants to know any more. Raises InputError, OSError."""
    try:
        with SessionReader(Path(request.path)) as reader:
            span = span_of(reader, from_s=request.from_s, to_s=request.to_s, targets=request.targets)
            found = lanes(span, request.profiles, is_idempotent, work.progress)
    except SessionFileError as error:
        raise InputError(error.problem) from error
    if work.is_unwanted:
        return None
    if not found:
        raise InputError(Problem("whatif.nothing"))
    return Tried(tuple(found), span, tuple(profile.name for profile in request.profiles))


def _span(reader: SessionReader, request: ReportRequest, redactor: Redactor | None) -> Span:
    targets = request.targets
    return span_of(reader, from_s=request.from_s, to_s=request.to_s, targets=targets, redactor=redactor)


def _redactor(request: ReportRequest) -> Redactor | None:
    return Redactor(request.ticket) if request.is_redacted else None


def _means() -> Means:
    return Means(look_around(PacSettings()), wall_s(), write_pdf, SessionWriter)
