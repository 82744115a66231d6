"""One line of the log laid out for reading: a name and its value a line, tracebacks as they were."""

import json


def laid_out(raw: str) -> str:
    """The values of a line; a line that is none of ours as it stands."""
    try:
        values = json.loads(raw)
    except ValueError:
        return raw
    if not isinstance(values, dict):
        return raw
    return "\n".join(f"{name}: {_written(value)}" for name, value in values.items())


def _written(value: object) -> str:
    if isinstance(value, str):
        return f"\n{value}" if "\n" in value else value
    return json.dumps(value, ensure_ascii=False)
