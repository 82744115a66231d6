"""The figures of a running watch as a page for Prometheus, on a port that opens only where somebody asks for it."""

import asyncio
import ipaddress
import socket
from collections.abc import Iterator, Sequence
from concurrent.futures import TimeoutError as TooLate
from contextlib import contextmanager
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

from clearline.cli.guard import CannotError
from clearline.domain.event import BreakerChanged, BreakerState, Event
from clearline.domain.metrics import Metrics
from clearline.domain.plan import Plan
from clearline.domain.problem import Problem
from clearline.report.prometheus import Family, exposition, families, who

PATH = "/metrics"
CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_ANSWER_WITHIN_S = 5.0
_BREAKER = "clearline_breaker_state"


class LiveFigures:
    """An EventSink: what the targets of a plan came to since the watch began."""

    def __init__(self, plan: Plan) -> None:
        self._targets = plan.targets
        self._figures = {target.id: Metrics() for target in plan.targets}
        self._breakers: dict[str, BreakerState] = {}

    def emit(self, events: Sequence[Event]) -> None:
        """Fold events."""
        for event in events:
            if (figures := self._figures.get(getattr(event, "target", ""))) is not None:
                figures.fold(event)
            elif isinstance(event, BreakerChanged):
                self._breakers[event.key] = event.after

    def page(self) -> str:
        """The text as of now."""
        states = [
            (_BREAKER, (*who(target), ("state", state.value)), float(state is self._state(target.breaker_key)))
            for target in self._targets
            for state in BreakerState
        ]
        breakers = Family(_BREAKER, "gauge", "1 for the state that the breaker before a target is in.", states)
        return exposition([*families([(target, self._figures[target.id]) for target in self._targets]), breakers])

    def _state(self, key: str) -> BreakerState:
        return self._breakers.get(key, BreakerState.CLOSED)


@contextmanager
def metrics_page(figures: LiveFigures, host: str, port: int, loop: asyncio.AbstractEventLoop) -> Iterator[str]:
    """Serve the page until the end; gives its address. Raises CannotError where it cannot be opened."""

    async def text() -> str:
        return figures.page()

    class Page(BaseHTTPRequestHandler):
        server_version = "Clearline"
        sys_version = ""
        timeout = _ANSWER_WITHIN_S

        def do_GET(self) -> None:
            if self.path.partition("?")[0] != PATH:
                self.send_error(HTTPStatus.NOT_FOUND, explain=f"The figures are at {PATH}.")
            elif not _is_named(self.headers.get("Host", ""), host):
                # A page on the web that gave its own name this address must not read what is watched here.
                self.send_error(HTTPStatus.MISDIRECTED_REQUEST)
            else:
                self._answer()

        def _answer(self) -> None:
            # The figures belong to the loop's thread.
            asked = asyncio.run_coroutine_threadsafe(text(), loop)
            try:
                body = asked.result(_ANSWER_WITHIN_S).encode()
            except TooLate:
                asked.cancel()
                self.send_error(HTTPStatus.SERVICE_UNAVAILABLE)
                return
            self.send_response(HTTPStatus.OK)
            self.send_header("Content-Type", CONTENT_TYPE)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (the library's name)
            """Say nothing: standard error is for people."""

    shown = f"[{host}]" if ":" in host else host

    class Server(ThreadingHTTPServer):
        address_family = socket.AF_INET6 if ":" in host else socket.AF_INET

    try:
        server = Server((host, port), Page)
    except (OSError, OverflowError) as error:
        reason = getattr(error, "strerror", "") or str(error)
        raise CannotError(Problem("cli.metrics_port", {"place": f"{shown}:{port}", "reason": reason})) from error
    thread = Thread(target=server.serve_forever, name="metrics page", daemon=True)
    thread.start()
    try:
        yield f"http://{shown}:{server.server_address[1]}{PATH}"
    finally:
        server.shutdown()
        server.server_close()


def _is_named(asked: str, host: str) -> bool:
    """Was the page asked for by a number, by `localhost`, or by the name it was opened under?"""
    name = asked.rpartition(":")[0] if asked.rpartition(":")[2].isdecimal() else asked
    name = name.strip("[]").casefold()
    if name in ("localhost", host.casefold()):
        return True
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
