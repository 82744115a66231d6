"""What the help says, in the language in force: topics from the catalogue, states and keys as the window has them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape

from PySide6.QtCore import QObject

from clearline.ui.viewmodels.status import Status
from clearline.ui.viewmodels.theme import Theme
from clearline.ui.viewmodels.words import Words

TOPICS = (
    "begin",
    "read",
    "several",
    "graphs",
    "heat",
    "explain",
    "diagnosis",
    "policies",
    "breaker",
    "marker",
    "plan",
    "import",
    "session",
    "lab",
    "share",
    "privacy",
    "access",
    "trouble",
    "licences",
)
"""Each has `help.TOPIC.title` and `help.TOPIC.text` in the catalogue; a blank line begins a paragraph."""
WORDS = ("target", "profile", "plan", "check", "attempt", "phase", "fault", "verdict", "session", "lab")


@dataclass(frozen=True, slots=True)
class Section:
    """A title, paragraphs, and rows of two columns."""

    title: str
    paragraphs: tuple[str, ...] = ()
    rows: tuple[tuple[str, str], ...] = ()

    @property
    def search_text(self) -> str:
        """All of its words in lower case."""
        return "\n".join((self.title, *self.paragraphs, *(" ".join(row) for row in self.rows))).casefold()


class HelpModel(QObject):
    """Made anew from the catalogue whenever it is asked, so that it speaks the language in force."""

    def __init__(
        self, words: Words, keys: Callable[[], Sequence[tuple[str, str]]], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._words = words
        self._keys = keys

    def sections(self) -> list[Section]:
        """Everything, in the order in which it is read."""
        say = self._words.texts.say
        topics = [Section(say(f"help.{topic}.title"), _paragraphs(say(f"help.{topic}.text"))) for topic in TOPICS]
        words = tuple((say(f"help.word.{word}.title"), say(f"help.word.{word}.text")) for word in WORDS)
        states = tuple((f"{status.symbol}  {self._words.status(status)}", status.meaning) for status in Status)
        return [
            *topics,
            Section(self.tr("States"), rows=states),
            Section(self.tr("Words"), rows=words),
            Section(self.tr("Keyboard"), rows=tuple(self._keys())),
        ]

    def found(self, text: str) -> list[Section]:
        """The sections that hold every word of this text; all of them where it is empty."""
        words = text.casefold().split()
        return [section for section in self.sections() if all(word in section.search_text for word in words)]


def help_html(sections: Sequence[Section], theme: Theme) -> str:
    """The sections as rich text in the theme's colours; everything is escaped."""
    muted, line = theme.hex("text_muted"), theme.hex("border")
    parts = [f'<body style="color:{theme.hex("text")}">']
    for section in sections:
        parts.append(f"<h3>{escape(section.title)}</h3>")
        parts += [f'<p style="margin-top:0;margin-bottom:6px">{escape(text)}</p>' for text in section.paragraphs]
        if section.rows:
            rows = "".join(
                f'<tr><td style="padding:3px 18px 3px 0;border-bottom:1px solid {line}"><b>{escape(name)}</b></td>'
                f'<td style="padding:3px 0;color:{muted};border-bottom:1px solid {line}">{escape(told)}</td></tr>'
                for name, told in section.rows
            )
            parts.append(f'<table cellspacing="0">{rows}</table>')
    parts.append("</body>")
    return "".join(parts)


def _paragraphs(text: str) -> tuple[str, ...]:
    return tuple(" ".join(part.split()) for part in text.split("\n\n") if part.strip())
