"""What is wrong with something a person wrote: a code and its values, put into words by the text catalogue."""

import msgspec


class Problem(msgspec.Struct, frozen=True):
    """One thing to mend. `code` names a sentence of resources/text/*.toml, `values` fill it; `field` says where."""

    code: str
    values: dict[str, str] = {}
    field: str = ""


class InputError(ValueError):
    """Something a person wrote cannot be used; carries every problem found, never only the first."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__("; ".join(f"{p.code} {p.values}" if p.values else p.code for p in problems))
        self.problems = problems
