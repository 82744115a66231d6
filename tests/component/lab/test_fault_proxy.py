"""The fault proxy before a service on loopback: what each setting does to a connection, live and by script."""

import asyncio
import io
import json
import os
import socket
import struct
import time
from collections.abc import Awaitable, Callable
from io import StringIO

import pytest

from clearline.domain.problem import InputError
from clearline.lab.ending import Ended
from clearline.lab.fault_proxy import FaultProxy, Upstream
from clearline.lab.impairment import Impairment, Script, Step
from clearline.lab.port import ReservedPort
from clearline.lab.proxy_process import find_upstream, serve_proxy

LIMIT_S = 10.0
Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    except ConnectionError:
        pass
    finally:
        writer.close()


class Bench:
    """A service, and connections to it through the proxy that are closed at the end."""

    def __init__(self, proxy: FaultProxy) -> None:
        self.proxy = proxy
        self._writers: list[asyncio.StreamWriter] = []

    async def dial(self) -> Streams:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.proxy.port)
        self._writers.append(writer)
        return reader, writer

    async def say(self, words: bytes = b"hello") -> bytes:
        """What comes back of what was said, until the other side ends."""
        reader, writer = await self.dial()
        writer.write(words)
        writer.write_eof()
        return await reader.read()

    async def close(self) -> None:
        for writer in self._writers:
            writer.close()
            try:
                await writer.wait_closed()
            except ConnectionError:
                pass


def through(
    impairment: Impairment,
    look: Callable[[Bench], Awaitable[object]],
    serve: Callable[..., Awaitable[None]] = echo,
    **more: object,
) -> object:
    async def run() -> object:
        service = await asyncio.start_server(serve, "127.0.0.1", 0)
        port = service.sockets[0].getsockname()[1]
        proxy = FaultProxy(Upstream(4, "127.0.0.1", port), **more)
        bench = Bench(proxy)
        try:
            async with asyncio.timeout(LIMIT_S):
                proxy.open()
                proxy.set_impairment(impairment)
                return await look(bench)
        finally:
            await bench.close()
            proxy.close()
            service.close()
            await service.wait_closed()
            await asyncio.sleep(0)  # lets the handlers of closed connections end

    return asyncio.run(run())


async def timed(bench: Bench) -> float:
    reader, writer = await bench.dial()
    began = time.perf_counter()
    writer.write(b"hello")
    await reader.readexactly(5)
    return time.perf_counter() - began


def test_it_passes_everything_on_and_half_closes() -> None:
    words = os.urandom(300_000)
    assert through(Impairment(), lambda bench: bench.say(words)) == words


def test_whoever_sends_too_fast_has_to_wait() -> None:
    words = bytes(24 * 1024 * 1024)
    is_read = asyncio.Event()
    sizes: list[int] = []

    async def read_late(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await is_read.wait()
        sizes.append(len(await reader.read()))
        writer.close()

    async def look(bench: Bench) -> int:
        reader, writer = await bench.dial()
        writer.write(words)
        # Until nothing moves any more: the service does not read, so the proxy must not either.
        before = -1
        while (left := writer.transport.get_write_buffer_size()) != before:
            before = left
            await asyncio.sleep(0.1)
        held = sum(far.unsent for far in bench.proxy._fars)
        is_read.set()
        writer.write_eof()
        assert await reader.read() == b""
        return held

    assert through(Impairment(), look, read_late) <= 2 * 1024 * 1024
    assert sizes == [len(words)]


def test_latency_is_added_each_way() -> None:
    assert through(Impairment(latency_ms=100), timed) >= 0.199


def test_jitter_keeps_the_order() -> None:
    words = bytes(range(256)) * 40
    spoilt = Impairment(latency_ms=5, jitter_ms=5, slice_bytes=64)
    assert through(spoilt, lambda bench: bench.say(words)) == words


def test_a_narrow_link_takes_its_time() -> None:
    async def look(bench: Bench) -> tuple[float, int]:
        began = time.perf_counter()
        answer = await bench.say(bytes(10_000))
        return time.perf_counter() - began, len(answer)

    # 80,000 bits at 400,000 a second take 0.2 s.
    seconds, size = through(Impairment(rate_kbit=400), look)
    assert size == 10_000
    assert seconds >= 0.19


def test_slices_arrive_one_by_one() -> None:
    async def look(bench: Bench) -> list[int]:
        reader, writer = await bench.dial()
        writer.write(b"123456789")
        sizes = []
        while sum(sizes) < 9:
            sizes.append(len(await reader.read(100)))
        return sizes

    assert through(Impairment(slice_bytes=3, slice_gap_ms=40), look) == [3, 3, 3]


@pytest.mark.parametrize("limit", [1, 40_000])
def test_it_resets_after_so_many_bytes(limit: int) -> None:
    async def look(bench: Bench) -> None:
        reader, writer = await bench.dial()
        writer.write(bytes(60_000))
        with pytest.raises(ConnectionResetError):
            await reader.read()

    through(Impairment(reset_after_bytes=limit), look)


def test_it_loses_the_share_of_connections_that_its_seed_decides() -> None:
    async def look(bench: Bench) -> list[bool]:
        lost = []
        for _ in range(40):
            reader, writer = await bench.dial()
            writer.write(b"hello")
            try:
                lost.append(await reader.read(5) != b"hello")
            except ConnectionResetError:
                lost.append(True)
        return lost

    spoilt = Impairment(loss_share=0.3)
    first = through(spoilt, look, seed=4)
    assert 4 < sum(first) < 20
    assert through(spoilt, look, seed=4) == first
    assert through(spoilt, look, seed=5) != first


def test_a_silent_loss_is_silence() -> None:
    async def look(bench: Bench) -> None:
        reader, writer = await bench.dial()
        writer.write(b"hello")
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.2):
                await reader.read(5)

    through(Impairment(loss_share=1, is_loss_silent=True), look)


def test_a_close_is_heard_later() -> None:
    async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"bye")
        writer.close()

    async def look(bench: Bench) -> float:
        reader, _ = await bench.dial()
        await reader.readexactly(3)
        began = time.perf_counter()
        assert await reader.read() == b""
        return time.perf_counter() - began

    assert through(Impairment(close_delay_ms=150), look, hang_up) >= 0.14


def test_a_reset_of_the_service_is_passed_on() -> None:
    async def abort(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        sock = writer.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        writer.close()

    async def look(bench: Bench) -> None:
        reader, writer = await bench.dial()
        writer.write(b"hello")
        with pytest.raises(ConnectionResetError):
            await reader.read()

    through(Impairment(), look, abort)


def test_it_goes_down_and_comes_up_while_it_runs() -> None:
    async def look(bench: Bench) -> bytes:
        reader, writer = await bench.dial()
        writer.write(b"hello")
        await reader.readexactly(5)
        bench.proxy.set_impairment(Impairment(is_down=True))
        with pytest.raises(ConnectionResetError):
            await reader.readexactly(1)
        with pytest.raises(ConnectionRefusedError):
            await bench.dial()
        bench.proxy.set_impairment(Impairment())
        return await bench.say()

    assert through(Impairment(), look) == b"hello"


def test_what_nobody_serves_is_reset() -> None:
    async def run() -> None:
        nobody = ReservedPort()
        proxy = FaultProxy(Upstream(4, "127.0.0.1", nobody.number))
        proxy.open()
        bench = Bench(proxy)
        try:
            reader, _ = await bench.dial()
            with pytest.raises(ConnectionResetError):
                await reader.read(1)
        finally:
            await bench.close()
            proxy.close()
            nobody.close()

    asyncio.run(run())


def test_a_script_plays_on_its_own() -> None:
    async def run() -> list[Impairment]:
        changes: asyncio.Queue[Impairment] = asyncio.Queue()
        slow, down = Impairment(latency_ms=50), Impairment(is_down=True)
        script = Script((Step(0.0, slow), Step(0.05, down)), repeat_s=0.1)
        proxy = FaultProxy(Upstream(4, "127.0.0.1", 9), script=script, on_change=changes.put_nowait)
        proxy.open()
        try:
            async with asyncio.timeout(LIMIT_S):
                return [await changes.get() for _ in range(4)]
        finally:
            proxy.close()

    kinds = ["down" if change.is_down else "slow" for change in asyncio.run(run())]
    assert kinds == ["slow", "down", "slow", "down"]


def test_as_a_process_it_tells_its_port_and_obeys() -> None:
    receiving, sending = os.pipe()
    out = StringIO()
    commands = (
        {"command": "impair", "impairment": {"latency_ms": 200}},
        {"command": "impair", "impairment": {"latency_ms": -1}},
        {"command": "dance"},
        {"command": "stop"},
    )
    try:
        os.write(sending, b"".join(json.dumps(command).encode() + b"\n" for command in commands))
        address, upstream = find_upstream("127.0.0.1:9")
        ended = asyncio.run(serve_proxy(address, upstream, takes_commands=True, stdin_fd=receiving, stdout=out))
    finally:
        os.close(sending)
        os.close(receiving)
    started, changed, *refused = (json.loads(line) for line in out.getvalue().splitlines())
    assert ended is Ended.END_OF_INPUT
    assert started["event"] == "proxy_started"
    assert started["address"].startswith("tcp://127.0.0.1:")
    assert started["upstream"] == "tcp://127.0.0.1:9"
    assert changed == {"event": "impairment_changed", "impairment": {"latency_ms": 200}}
    assert [line["code"] for line in refused] == ["lab.range", "lab.bad_command"]


def test_people_change_it_by_typing_and_the_end_of_their_input_ends_nothing() -> None:
    receiving, sending = os.pipe()
    out = io.StringIO()
    try:
        os.write(sending, b"latency_ms=200 loss_share=0.5\nlatency_ms=0\nlatency_ms=-1\ncolour=red\n")
        os.close(sending)
        address, upstream = find_upstream("127.0.0.1:9")
        serving = serve_proxy(address, upstream, takes_settings=True, for_s=0.5, stdin_fd=receiving, stdout=out)
        assert asyncio.run(serving) is Ended.TIME
    finally:
        os.close(receiving)
    _, *lines = (json.loads(line) for line in out.getvalue().splitlines())
    changed = [line["impairment"] for line in lines if line["event"] == "impairment_changed"]
    assert changed == [{"latency_ms": 200, "loss_share": 0.5}, {"loss_share": 0.5}]
    assert [line["code"] for line in lines if line["event"] == "proxy_refused"] == ["lab.range", "lab.no_impairment"]


@pytest.mark.parametrize(
    ("typed", "code"), [("https://127.0.0.1", "lab.proxy_not_tcp"), ("tcp://127.0.0.1", "address.needs_port")]
)
def test_it_stands_before_tcp_services_only(typed: str, code: str) -> None:
    with pytest.raises(InputError) as caught:
        find_upstream(typed)
    assert caught.value.problems[0].code == code
