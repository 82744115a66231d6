"""The process that runs proxy auto-configuration scripts: time and memory bounded in here, killed from outside.

The engine stops endless loops and counts memory, but some of its built-in calls never look at the clock
(`Array(1e9).join("x")` ran for a minute), so only a process of its own is safe. It opens nothing: its scripts come in
through standard input and their answers go out through standard output, one JSON object a line.
"""

import json
import sys
from typing import Any

CPU_S = 1.0
MEMORY_BYTES = 64 * 1024 * 1024
_STACK_BYTES = 256 * 1024
_ERROR_LENGTH = 300
_TIME_IS_UP = "InternalError: interrupted"
"""The engine's own words; a test holds them."""


def main() -> int:
    """Answer requests until standard input ends."""
    for line in sys.stdin:
        sys.stdout.write(json.dumps(answer(json.loads(line))) + "\n")
        sys.stdout.flush()
    return 0


def answer(request: dict[str, Any]) -> dict[str, Any]:
    """`helpers`, `script`, `url`, `host`, `known` names and `mine` addresses to `result`, `needs` a name, or `error`.

    Raises ImportError without the JavaScript engine.
    """
    import quickjs  # type: ignore[import-untyped] # it brings no types

    context = quickjs.Context()
    context.set_memory_limit(MEMORY_BYTES)
    context.set_max_stack_size(_STACK_BYTES)
    context.set_time_limit(CPU_S)
    given = f"var __known = {json.dumps(request['known'])}, __mine = {json.dumps(request['mine'])}, __wanted = null;"
    call = f"FindProxyForURL({json.dumps(request['url'])}, {json.dumps(request['host'])})"
    try:
        context.eval(given + request["helpers"])
        context.eval(request["script"])
        # A script that catches every error must not hide that a name is missing.
        result = context.eval(
            f"(() => {{ try {{ return {call}; }} catch (error) {{ if (__wanted === null) throw error; }} }})()"
        )
        if (wanted := context.eval("__wanted")) is not None:
            return {"needs": str(wanted)}
    except quickjs.JSException as error:
        try:
            wanted = context.eval("__wanted")
        except quickjs.JSException:
            wanted = None
        if wanted is not None:
            return {"needs": str(wanted)}
        told = str(error)[:_ERROR_LENGTH]
        return {"error": told, "is_late": told.startswith(_TIME_IS_UP)}
    if result is None:
        return {"result": ""}
    return {"result": result} if isinstance(result, str) else {"error": "FindProxyForURL gave no text"}
