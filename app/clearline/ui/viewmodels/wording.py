"""Figures, times and technical names in the words people read, in the language and locale in force."""

from PySide6.QtCore import QCoreApplication, QDateTime, QLocale

from clearline.domain.event import BreakerState, Health
from clearline.domain.fault import Layer
from clearline.domain.phase import Phase
from clearline.domain.profile import BackoffKind, Jitter

translate = QCoreApplication.translate

NONE = "—"
"""Shown where there is no figure; always with a tooltip that says why."""


def number(value: float, decimals: int = 0) -> str:
    """A number with the locale's decimal sign."""
    return QLocale().toString(float(value), "f", decimals)


def plain(value: float) -> str:
    """A number with as many decimals as it needs, up to three."""
    text = f"{value:.3f}".rstrip("0").rstrip(".")
    return text.replace(".", QLocale().decimalPoint())


def milliseconds(value: float | None) -> str:
    """A latency: tenths below 10 ms, whole milliseconds to 1 s, then seconds."""
    if value is None:
        return NONE
    if value >= 9_999.5:
        return seconds(value / 1000)
    if value >= 999.5:
        return translate("Wording", "{0} s").format(number(value / 1000, 1))
    return translate("Wording", "{0} ms").format(number(value, 1 if value < 9.95 else 0))


def seconds(value: float) -> str:
    """A stretch of time: `0.25 s`, `12 s`, `2 min 10 s`, `1 h 5 min`."""
    if value < 10:
        return translate("Wording", "{0} s").format(plain(round(value, 2)))
    whole = round(value)
    if whole < 60:
        return translate("Wording", "{0} s").format(whole)
    if whole < 3600:
        minutes, rest = divmod(whole, 60)
        text = translate("Wording", "{0} min").format(minutes)
        return f"{text} {translate('Wording', '{0} s').format(rest)}" if rest else text
    hours, rest = divmod(whole, 3600)
    text = translate("Wording", "{0} h").format(hours)
    return f"{text} {translate('Wording', '{0} min').format(rest // 60)}" if rest // 60 else text


def percent(share: float | None) -> str:
    """A share of 1 as a percentage: tenths below 10 %."""
    if share is None:
        return NONE
    value = share * 100
    return translate("Wording", "{0} %").format(number(value, 1 if 0 < value < 9.95 else 0))


def size(size_bytes: int) -> str:
    """A file size, `2.1 MB`."""
    return QLocale().formattedDataSize(size_bytes, 1, QLocale.DataSizeFormat.DataSizeTraditionalFormat)


def clock_time(wall_s: float) -> str:
    """A moment as local time of day, `14:58:02`."""
    return QDateTime.fromSecsSinceEpoch(int(wall_s)).toString("HH:mm:ss")


def date_and_time(wall_s: float) -> str:
    """A moment as local date and time, in the locale's short form."""
    return QLocale().toString(QDateTime.fromSecsSinceEpoch(int(wall_s)), QLocale.FormatType.ShortFormat)


def layer(value: Layer) -> str:
    """Where a connection breaks, in one or two words."""
    match value:
        case Layer.SELF:
            return translate("Wording", "this computer")
        case Layer.NAME:
            return translate("Wording", "name")
        case Layer.CONNECT:
            return translate("Wording", "connect")
        case Layer.PROXY:
            return translate("Wording", "proxy")
        case Layer.TLS:
            return translate("Wording", "TLS")
        case Layer.ANSWER:
            return translate("Wording", "answer")


def phase(value: Phase) -> str:
    """A part of an attempt, as a heading."""
    match value:
        case Phase.RESOLVE:
            return translate("Wording", "Name")
        case Phase.CONNECT:
            return translate("Wording", "Connect")
        case Phase.PROXY:
            return translate("Wording", "Proxy")
        case Phase.TLS:
            return translate("Wording", "TLS")
        case Phase.SEND:
            return translate("Wording", "Send")
        case Phase.WAIT:
            return translate("Wording", "Answer")
        case Phase.RECEIVE:
            return translate("Wording", "Receive")


def fault(kind: str, where: Layer) -> str:
    """What went wrong in at most two words, for a narrow column; else the layer."""
    return _short_fault(kind) or layer(where)


def breaker(state: BreakerState) -> str:
    """A breaker state in one word."""
    match state:
        case BreakerState.CLOSED:
            return translate("Wording", "Closed")
        case BreakerState.OPEN:
            return translate("Wording", "Open")
        case BreakerState.HALF_OPEN:
            return translate("Wording", "Half-open")
        case BreakerState.ISOLATED:
            return translate("Wording", "Isolated")


def health(value: Health) -> str:
    """What disturbed the tester itself."""
    match value:
        case Health.ASLEEP:
            return translate("Wording", "This computer was asleep")
        case Health.BUSY:
            return translate("Wording", "This computer was too busy to measure")
        case Health.CLOCK_STEPPED:
            return translate("Wording", "The clock of this computer was set")
        case Health.NOT_RUNNING:
            return translate("Wording", "The probe engine was not running")


def backoff(value: BackoffKind) -> str:
    """How the wait between attempts grows."""
    match value:
        case BackoffKind.FIXED:
            return translate("Wording", "Fixed")
        case BackoffKind.LINEAR:
            return translate("Wording", "Linear")
        case BackoffKind.EXPONENTIAL:
            return translate("Wording", "Exponential")
        case BackoffKind.FIBONACCI:
            return translate("Wording", "Fibonacci")


def jitter(value: Jitter) -> str:
    """How chance spreads a wait."""
    match value:
        case Jitter.NONE:
            return translate("Wording", "No jitter")
        case Jitter.FULL:
            return translate("Wording", "Full jitter")
        case Jitter.EQUAL:
            return translate("Wording", "Equal jitter")
        case Jitter.DECORRELATED:
            return translate("Wording", "Decorrelated")


def gave_up(code: str) -> str:
    """Why no attempt followed, in a few words; empty where there is nothing to say."""
    match code:
        case "attempts":
            return translate("Wording", "all attempts used")
        case "not_retryable":
            return translate("Wording", "another try would not help")
        case "deadline":
            return translate("Wording", "out of time")
        case "breaker":
            return translate("Wording", "breaker open")
        case "retry_after":
            return translate("Wording", "asked to wait longer than allowed")
        case _:
            return ""


def profile_name(name: str) -> str:
    """A profile's name; those built in are translated."""
    match name:
        case "standard":
            return translate("Wording", "Standard")
        case "quick check":
            return translate("Wording", "Quick check")
        case "fetch":
            return translate("Wording", "Fetch")
        case "upload":
            return translate("Wording", "Upload")
        case _:
            return name


def _short_fault(kind: str) -> str:
    if kind.startswith("http.error."):
        return translate("Wording", "HTTP {0}").format(kind.rpartition(".")[2])
    if kind.startswith("tls.cert"):
        return translate("Wording", "certificate")
    if kind.endswith(("timed_out", "stalled")):
        return translate("Wording", "timed out")
    if kind.endswith("reset") or kind == "tcp.aborted":
        return translate("Wording", "reset")
    match kind:
        case "tcp.refused" | "tcp.refused.by_firewall" | "dns.server.refused" | "udp.port_unreachable":
            return translate("Wording", "refused")
        case "tcp.closed" | "tls.closed":
            return translate("Wording", "hung up")
        case "udp.no_reply":
            return translate("Wording", "no reply")
        case "dns.name_not_resolved.nxdomain" | "dns.name_not_resolved.no_data":
            return translate("Wording", "no such name")
        case "http.content_mismatch":
            return translate("Wording", "wrong content")
        case "local.no_link":
            return translate("Wording", "no link")
    if kind.startswith(("tcp.address_unreachable", "udp.unreachable")):
        return translate("Wording", "unreachable")
    return ""
