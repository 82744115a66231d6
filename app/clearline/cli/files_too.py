"""Lets a file stand where a command would, as a double click names it."""

from pathlib import Path

import click


class FilesToo(click.Group):
    """`clearline FILE`, as a double click says it: a session or a plan is opened in the window."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put the option before a file that stands where a command would."""
        place = self._first_word(args)
        if place is not None and args[place] not in self.commands:
            path = Path(args[place])
            if path.suffix.casefold() == ".toml":
                args = [*args[:place], "--plan", *args[place:]]
            elif path.suffix.casefold() == ".clearline" or path.is_file():
                args = [*args[:place], "--open", *args[place:]]
        return super().parse_args(ctx, args)

    def _first_word(self, args: list[str]) -> int | None:
        """Where the first argument is that is neither an option nor the value of one."""
        options = [param for param in self.params if isinstance(param, click.Option) and not param.is_flag]
        with_value = {name for option in options for name in option.opts}
        place = 0
        while place < len(args) and args[place].startswith("-"):
            place += 2 if args[place] in with_value else 1
        return place if place < len(args) else None
