"""The words and figures of the language in force; `changed` tells all who show any."""

from PySide6.QtCore import QCoreApplication, QDateTime, QLocale, QObject, Signal

from clearline.domain.fault import Layer
from clearline.domain.profile import BackoffKind, Jitter
from clearline.host.texts import Language, Texts
from clearline.ui.viewmodels.status import Status

translate = QCoreApplication.translate

NONE = "—"
"""Shown where there is no figure; always with a tooltip that says why."""


def locale_of(language: Language) -> QLocale:
    """The desktop's locale where it speaks this language (Great Britain, Québec), else the language's usual one."""
    system, usual = QLocale.system(), QLocale(language)
    # One that writes numbers otherwise (Switzerland, South Africa) would contradict the sentences of the catalogue.
    is_alike = system.language() == usual.language() and system.decimalPoint() == usual.decimalPoint()
    return system if is_alike else usual


class Words(QObject):
    """The text catalogue in the language in force, and what only the window says in figures."""

    changed = Signal()

    def __init__(self, language: Language = "en", parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.texts = Texts(language)

    def use(self, language: Language) -> None:
        """Speak this language from now on."""
        self.texts = Texts(language)
        self.changed.emit()

    def latency(self, value_ms: float | None) -> str:
        """A latency in ms or s; a dash without one."""
        return NONE if value_ms is None else self.texts.latency(value_ms)

    def milliseconds(self, value_ms: float | None) -> str:
        """A latency as a number alone, for a column that names the unit; a dash without one."""
        if value_ms is None:
            return NONE
        places = 0 if value_ms >= 99.5 or value_ms < 0.005 else 1 if value_ms >= 9.95 else 2
        return self.texts.number(value_ms, places)

    def latency_or_lost(self, value_ms: float | None, syn_lost: int) -> str:
        """A latency; where lost connection requests spoiled it, how many: `1 SYN lost`."""
        if value_ms is None and syn_lost:
            return self.texts.say("path.syn_short", count=syn_lost)
        return self.latency(value_ms)

    def span(self, value_s: float) -> str:
        """A stretch of time: `0.25 s`, `12 s`, `2 min 10 s`."""
        return self.texts.duration(value_s)

    def percent(self, share: float | None) -> str:
        """A share of 1 in per cent; a dash without one."""
        return NONE if share is None else self.texts.percent(share)

    def status(self, status: Status) -> str:
        """A target's state as a word."""
        return self.texts.state(status.value)

    def size(self, size_bytes: int) -> str:
        """A file size, `2.1 MB`."""
        return locale_of(self.texts.language).formattedDataSize(
            size_bytes, 1, QLocale.DataSizeFormat.DataSizeTraditionalFormat
        )

    def clock_time(self, wall_s: float) -> str:
        """A moment as local time of day, `14:58:02`."""
        return QDateTime.fromSecsSinceEpoch(int(wall_s)).toString("HH:mm:ss")

    def moment(self, wall_s: float) -> str:
        """A moment as local date and time to the millisecond, for logs."""
        moment = QDateTime.fromMSecsSinceEpoch(round(wall_s * 1000))
        day = locale_of(self.texts.language).toString(moment.date(), QLocale.FormatType.ShortFormat)
        return f"{day}  {moment.toString('HH:mm:ss.zzz')}"

    def date_and_time(self, wall_s: float) -> str:
        """A moment as local date and time, in the locale's short form."""
        moment = QDateTime.fromSecsSinceEpoch(int(wall_s))
        return locale_of(self.texts.language).toString(moment, QLocale.FormatType.ShortFormat)

    def fault(self, kind: str, where: Layer) -> str:
        """What went wrong in a word or two, for a narrow column; else the layer."""
        return _short_fault(kind) or self.texts.layer(where)

    def slow_targets(self, count: int) -> str:
        """How many targets are slow; lupdate knows plural forms only of `tr`, so they live in classes."""
        return self.tr("{count} slow", "", count).format(count=self.texts.number(count))

    def profile(self, name: str) -> str:
        """A profile's name; those built in are translated."""
        match name:
            case "standard":
                return translate("Words", "Standard")
            case "quick check":
                return translate("Words", "Quick check")
            case "fetch":
                return translate("Words", "Fetch")
            case "upload":
                return translate("Words", "Upload")
            case _:
                return name

    def backoff(self, kind: BackoffKind) -> str:
        """How the wait between attempts grows."""
        match kind:
            case BackoffKind.FIXED:
                return translate("Words", "Fixed")
            case BackoffKind.LINEAR:
                return translate("Words", "Linear")
            case BackoffKind.EXPONENTIAL:
                return translate("Words", "Exponential")
            case BackoffKind.FIBONACCI:
                return translate("Words", "Fibonacci")

    def jitter(self, kind: Jitter) -> str:
        """How chance spreads a wait."""
        match kind:
            case Jitter.NONE:
                return translate("Words", "None")
            case Jitter.FULL:
                return translate("Words", "Full")
            case Jitter.EQUAL:
                return translate("Words", "Equal")
            case Jitter.DECORRELATED:
                return translate("Words", "Decorrelated")


def _short_fault(kind: str) -> str:
    if kind.startswith("http.error."):
        return translate("Words", "HTTP {0}").format(kind.rpartition(".")[2])
    if kind.startswith("tls.cert"):
        return translate("Words", "certificate")
    if kind.endswith(("timed_out", "stalled")):
        return translate("Words", "timed out")
    if kind.endswith("reset") or kind == "tcp.aborted":
        return translate("Words", "reset")
    if kind.startswith(("tcp.address_unreachable", "udp.unreachable")):
        return translate("Words", "unreachable")
    if kind.startswith(("dns.server", "dns.protocol", "dns.failed")):
        return translate("Words", "DNS error")
    match kind:
        case "tcp.refused" | "tcp.refused.by_firewall" | "udp.port_unreachable":
            return translate("Words", "refused")
        case "tcp.closed" | "tls.closed":
            return translate("Words", "hung up")
        case "udp.no_reply":
            return translate("Words", "no reply")
        case "dns.name_not_resolved.nxdomain" | "dns.name_not_resolved.no_data":
            return translate("Words", "not found")
        case "http.content_mismatch":
            return translate("Words", "wrong text")
        case "local.no_link":
            return translate("Words", "no link")
        case _:
            return ""
