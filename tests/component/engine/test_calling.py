"""One resilient call from a program, over real sockets."""

import asyncio

import msgspec
import pytest

from clearline.domain.event import AttemptEnded, Event
from clearline.domain.outcome import Outcome
from clearline.domain.plan import new_target
from clearline.domain.profile import QUICK, ReusePolicy
from clearline.engine.caller import calling
from clearline.resilience.errors import ConnectionFailedError
from clearline.resilience.fallback import Answer
from support.misbehaving import answering, free_port, server

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"


def test_a_program_gets_the_answer() -> None:
    told: list[Event] = []

    async def ask(port: int) -> Answer[Outcome]:
        async with calling(QUICK, tell=told.append) as caller:
            return await caller.call(new_target(f"http://127.0.0.1:{port}/"))

    with server(answering(OK)) as running:
        answer = asyncio.run(ask(running.port))
    assert (answer.source, answer.value.status) == ("call", 200)
    assert any(isinstance(event, AttemptEnded) for event in told)


def test_a_program_gets_an_exception_that_says_what_went_wrong() -> None:
    async def ask() -> None:
        async with calling(QUICK) as caller:
            await caller.call(new_target(f"http://127.0.0.1:{free_port()}/"))

    with pytest.raises(ConnectionFailedError) as caught:
        asyncio.run(ask())
    assert caught.value.fault.kind == "tcp.refused"


def test_a_programs_calls_share_a_connection_where_the_profile_keeps_them() -> None:
    kept = msgspec.structs.replace(QUICK, reuse=ReusePolicy(is_on=True))

    async def ask(port: int) -> list[bool]:
        async with calling(kept) as caller:
            target = new_target(f"http://127.0.0.1:{port}/")
            answers = [await caller.call(target) for _ in range(2)]
            return [answer.value.detail["connection"]["is_reused"] for answer in answers]

    def keeping(connection, _running) -> None:  # type: ignore[no-untyped-def]
        while connection.recv(65_536):
            connection.sendall(OK)

    with server(keeping) as running:
        assert asyncio.run(ask(running.port)) == [False, True]
