"""The man page, from the same declarations that `--help` shows: `python manual.py DATE > clearline.1`."""

import sys

import click

from clearline.cli.arguments import main as command

FILES = (
    ("~/.local/share/clearline/sessions", "Recorded sessions, one file each."),
    ("~/.config/clearline", "Settings, the plan, and what is half typed."),
    ("/etc/clearline/policy.toml", "What the administrator has fixed; see the example in the documentation folder."),
)
EXIT_CODES = (
    ("0", "Every check succeeded."),
    ("1", "Some check failed: a finding, not an error."),
    ("2", "Wrong usage; a sentence says what to write."),
    ("3", "It could not be done: file unreadable, no permission, no display."),
    ("130", "Interrupted; everything was flushed."),
)


def page(date: str, version: str) -> str:
    """The whole page in roff, man(7)."""
    context = click.Context(command, info_name="clearline")
    lines = [
        f'.TH CLEARLINE 1 "{date}" "clearline {version}" "User Commands"',
        ".SH NAME",
        "clearline \\- shows where a connection breaks, keeps watching, hands over proof",
        ".SH SYNOPSIS",
        ".B clearline",
        "[\\fIOPTIONS\\fR] [\\fICOMMAND\\fR [\\fIARGS\\fR]...]",
        ".SH DESCRIPTION",
        _escaped(" ".join((command.help or "").split())),
        ".SH OPTIONS",
        *_options(command, context),
        ".SH COMMANDS",
    ]
    for name, sub in sorted(command.commands.items()):
        inner = click.Context(sub, info_name=name, parent=context)
        usage = " ".join(piece for piece in sub.collect_usage_pieces(inner))
        lines += [f".SS {name} {_escaped(usage)}", _escaped(" ".join((sub.help or "").split())), *_options(sub, inner)]
    lines += [".SH EXIT STATUS", *_list(EXIT_CODES), ".SH ENVIRONMENT"]
    lines += _list((("CLEARLINE_HOME", "One folder for settings, sessions and logs, instead of the usual three."),))
    lines += [".SH FILES", *_list(FILES)]
    return "\n".join(lines) + "\n"


def _options(sub: click.Command, context: click.Context) -> list[str]:
    records = [record for each in sub.get_params(context) if (record := each.get_help_record(context))]
    return _list(tuple(records))


def _list(rows: tuple[tuple[str, str], ...]) -> list[str]:
    return [line for term, text in rows for line in (".TP", f".B {_escaped(term)}", _escaped(text))]


def _escaped(text: str) -> str:
    plain = text.replace("\\", "\\e").replace("-", "\\-")
    return f"\\&{plain}" if plain.startswith((".", "'")) else plain


if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    sys.stdout.write(page(sys.argv[1], sys.argv[2]))
