"""The page that Prometheus reads while targets are watched."""

import asyncio
import http.client
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from threading import Thread
from urllib.parse import urlsplit

import pytest

from clearline.cli.guard import CannotError
from clearline.cli.metrics_page import LiveFigures, metrics_page
from clearline.domain.event import AttemptEnded, BreakerChanged, BreakerState, CheckEnded, Result
from clearline.domain.fault import Fault
from clearline.domain.outcome import Outcome
from clearline.domain.phase import Phase, PhaseTimes
from clearline.domain.plan import Plan
from clearline.domain.target import Target

WEB = Target("web", "https://ann:hunter2@intranet.example/", name='The "web"')


def figures() -> LiveFigures:
    """Of one good check and one that was refused, after which the breaker opened."""
    live = LiveFigures(Plan(targets=(WEB,)))
    refused = Outcome(PhaseTimes(connect=1.0), Fault("tcp.refused", Phase.CONNECT))
    for check, outcome in enumerate((Outcome(PhaseTimes(connect=250.0)), refused)):
        result = Result.OK if outcome.ok else Result.FAILED
        live.emit(
            [
                AttemptEnded(at_s=check + 0.5, target="web", check=check, attempt=1, started_s=check, outcome=outcome),
                CheckEnded(at_s=check + 0.5, target="web", check=check, due_s=check, started_s=check, result=result,
                           attempts=1, kind=outcome.fault.kind if outcome.fault else ""),
            ]
        )  # fmt: skip
    opened = BreakerChanged(at_s=2.0, key=WEB.breaker_key, before=BreakerState.CLOSED, after=BreakerState.OPEN,
                            reason="streak", until_s=9.0)  # fmt: skip
    live.emit([opened])
    return live


@contextmanager
def served(live: LiveFigures, host: str = "127.0.0.1", port: int = 0) -> Iterator[str]:
    """The page beside a loop that runs in a thread of its own."""
    loop = asyncio.new_event_loop()
    thread = Thread(target=loop.run_forever)
    with ExitStack() as stack:
        stack.callback(loop.close)
        thread.start()
        stack.callback(thread.join)
        stack.callback(loop.call_soon_threadsafe, loop.stop)
        yield stack.enter_context(metrics_page(live, host, port, loop))


def asked(address: str, path: str = "", host: str = "") -> tuple[int, str]:
    """Status and body."""
    parts = urlsplit(address)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=5)
    try:
        connection.request("GET", path or parts.path, headers={"Host": host} if host else {})
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    finally:
        connection.close()


def test_it_tells_what_the_targets_came_to() -> None:
    with served(figures()) as address:
        status, text = asked(address)
    assert status == 200
    lines = [line for line in text.splitlines() if 'id="web",target="The \\"web\\"",address="' in line]
    for name, end in (
        ("clearline_checks_total", 'result="ok"} 1.0'),
        ("clearline_errors_total", 'kind="tcp.refused"} 1.0'),
        ("clearline_breaker_state", 'state="open"} 1.0'),
        ("clearline_breaker_state", 'state="closed"} 0.0'),
        ("clearline_latency_seconds_sum", "} 0.25"),
        ("clearline_latency_seconds_count", "} 1.0"),
    ):
        assert any(line.startswith(name + "{") and line.endswith(end) for line in lines), name
    assert "hunter2" not in text


@pytest.mark.parametrize(
    ("path", "host", "status"),
    [
        ("/metrics", "localhost:9464", 200),
        ("/metrics?name=x", "[::1]:9464", 200),
        ("/metrics", "192.0.2.7", 200),
        ("/metrics", "evil.example", 421),
        ("/metrics", "evil.example:9464", 421),
        ("/", "localhost", 404),
    ],
)
def test_only_who_knows_the_place_reads_it(path: str, host: str, status: int) -> None:
    with served(figures()) as address:
        assert asked(address, path, host)[0] == status


def test_a_port_that_is_taken_is_told_in_a_sentence() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(CannotError) as refused, served(figures(), port=taken.getsockname()[1]):
            pass
    assert refused.value.problem.code == "cli.metrics_port"


def test_nothing_listens_when_it_is_over() -> None:
    with served(figures()) as address:
        pass
    with pytest.raises(ConnectionRefusedError):
        asked(address)
