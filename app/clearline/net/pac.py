"""Proxy auto-configuration: runs a script for a URL in a process of its own, and reads what it answers."""

import json
import subprocess
import threading
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

from clearline.domain.problem import InputError
from clearline.domain.proxy import ProxyAddress, parse_proxy
from clearline.host.own_program import own_argv
from clearline.net.timing import Limit

WALL_S = 2.0
"""A run that takes longer is ended with its process."""
MAX_NAMES = 20
"""Look-ups that one answer may cost."""
_SCHEMES = {"PROXY": "http", "HTTP": "http", "HTTPS": "https", "SOCKS": "socks5h", "SOCKS5": "socks5h"}
_MAX_CHOICES = 10


class PacError(Exception):
    """A script gave no answer. `problem` is `script`, `time`, `names` or `engine`."""

    def __init__(self, problem: str, told: str = "") -> None:
        super().__init__(told or problem)
        self.problem = problem


def parse_answer(answer: str) -> tuple[ProxyAddress | None, ...]:
    """The choices of an answer such as `PROXY a:8080; DIRECT`, in order; None stands for going straight.

    An empty answer means going straight. Raises PacError where nothing in it can be used: SOCKS4 is not spoken here.
    """
    choices: list[ProxyAddress | None] = []
    for part in filter(None, (part.strip() for part in answer.split(";"))):
        word, _, place = part.partition(" ")
        if word.upper() == "DIRECT" and not place:
            choices.append(None)
        elif scheme := _SCHEMES.get(word.upper()):
            with suppress(InputError):
                choices.append(parse_proxy(f"{scheme}://{place.strip()}"))
    if not choices and answer.strip():
        raise PacError("script", answer[:200])
    return tuple(choices[:_MAX_CHOICES]) or (None,)


def worker_argv() -> list[str]:
    """The command that runs scripts: the same executable in a frozen build."""
    return own_argv("--pac")


class PacWorker:
    """Keeps one process that runs scripts, one at a time. A run that hangs costs the process; the next gets another.

    Every call blocks: call it in a thread.
    """

    def __init__(self, argv: list[str] | None = None) -> None:
        self._argv = argv or worker_argv()
        self._lock = threading.Lock()
        self._process: subprocess.Popen[str] | None = None

    def ask(self, request: dict[str, Any], wall_s: float) -> dict[str, Any]:
        """The worker's answer to one request. Raises PacError."""
        with self._lock:
            process = self._process or self._start()
            timer = threading.Timer(wall_s, process.kill)
            timer.start()
            try:
                assert process.stdin is not None  # noqa: S101 (started with pipes)
                assert process.stdout is not None  # noqa: S101
                process.stdin.write(json.dumps(request) + "\n")
                process.stdin.flush()
                line = process.stdout.readline()
            except OSError:
                line = ""
            finally:
                is_late = not timer.is_alive()
                timer.cancel()
            if not line:
                self._stop()
                raise PacError("time" if is_late else "engine")
            answered: dict[str, Any] = json.loads(line)
            return answered

    def close(self) -> None:
        """End the process. A run that is under way ends with it."""
        process = self._process
        if process is not None:
            process.kill()
        with self._lock:
            self._stop()

    def _start(self) -> subprocess.Popen[str]:
        try:
            process = subprocess.Popen(  # noqa: S603 - this program itself
                self._argv,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                text=True,
                encoding="utf-8",
                creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
            )
        except OSError as error:
            raise PacError("engine", str(error)) from error
        self._process = process
        return process

    def _stop(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                with suppress(OSError):
                    pipe.close()
        process.wait()


async def evaluate(
    run: Callable[[dict[str, Any], float], Awaitable[dict[str, Any]]],
    resolve: Callable[[str], Awaitable[list[str]]],
    request: dict[str, Any],
    limit: Limit,
) -> str:
    """A script's answer; it runs again for each name it wants looked up. Raises PacError.

    `request` holds script, helpers, url, host and mine; net.pac_worker says what they are.
    """
    known: dict[str, list[str]] = {}
    for _ in range(MAX_NAMES + 1):
        if not limit.left_s:
            raise PacError("time")
        answered = await run(request | {"known": known}, min(WALL_S, limit.left_s))
        if "result" in answered:
            return str(answered["result"])
        if "needs" not in answered:
            raise PacError("time" if answered.get("is_late") else "script", str(answered.get("error", "")))
        known[answered["needs"]] = await resolve(answered["needs"])
    raise PacError("names")
