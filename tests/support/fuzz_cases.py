"""The fuzzers: what is mangled for each probe and parser, and what counts as a crash."""

import asyncio
import datetime as dt
import gzip
import random
import ssl
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import dns.edns
import dns.message
import dns.rdatatype
import dns.rrset
import hpack
import msgspec

from clearline.domain.outcome import Outcome
from clearline.domain.plan import new_target
from clearline.domain.problem import InputError
from clearline.domain.profile import Timeouts
from clearline.domain.target import parse_address
from clearline.net.certificate import describe_chain, is_chain_short
from clearline.net.dns_message import Question, UnreadableAnswerError
from clearline.net.name_settings import parse_hosts
from clearline.net.ntp_message import TimeQuestion
from clearline.net.proxy import proxy_status_error
from clearline.net.tls_watch import parse_certificate_message
from clearline.net.websocket_frames import BrokenFrameError, FrameReader
from clearline.probes.http_exchange import retry_after
from clearline.probes.registry import run
from support.fuzzing import RandomServer, ScriptedNetwork, mangled, once, tls_peer
from support.misbehaving import SteadyClock
from support.tls_servers import make_authority, make_leaf, server_context

DEADLINE_S = 0.4
GRACE_S = 1.5
"""What a busy machine may add."""
_ENCODER = msgspec.msgpack.Encoder()

ANSWERS = (
    b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Type: text/html; charset=utf-8\r\n\r\nhello",
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n3;x=y\r\nabc\r\n0\r\nTrailer: a\r\n\r\n",
    b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 503 No\r\nRetry-After: Wed, 21 Oct 2026 07:28:00 GMT\r\n\r\n",
    b"HTTP/1.1 302 Found\r\nLocation: http://192.0.2.7/a?token=b#c\r\nSet-Cookie: a=b\r\nContent-Length: 0\r\n\r\n",
    b"HTTP/1.1 301 Moved\r\nLocation: //h.test:99999/\r\n\r\n",
    b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Type: text/plain; charset=x-none\r\n\r\n"
    + gzip.compress(b"hello"),
    b'HTTP/1.0 407 No\r\nProxy-Authenticate: Basic realm="x"\r\nProxy-Status: p; error=dns_error\r\n\r\n',
    b"HTTP/1.1 200 Connection established\r\n\r\n",
    b"HTTP/1.1 101 Switching\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: x\r\n\r\n\x81\x02hi",
)
GREETINGS = (
    b"220-mx.example\r\n220 ready\r\n250-mx\r\n250 STARTTLS\r\n220 go\r\n",
    b"* OK ready\r\n* CAPABILITY\r\na1 OK begin\r\n",
    b"+OK ready\r\n+OK begin\r\n",
    b"220 ready\r\n234 begin\r\n",
    b"SSH-2.0-OpenSSH\r\n",
    b"* BYE later\r\n",
    b"554 5.7.1 no\r\n",
)
SOCKS = b"\x05\x02\x01\x00\x05\x00\x00\x01\x7f\x00\x00\x01\x00\x50HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
FRAMES = b"\x81\x05hello\x89\x02hi\x8a\x08abcdefgh\x82\x7e\x00\x80" + b"x" * 128 + b"\x88\x06\x03\xe8later"


class CrashError(AssertionError):
    """A case that was not told by its kind. Its seed and number make it happen again."""


def check(outcome: Outcome, network: ScriptedNetwork | None, what: str, counted: Counter[str]) -> None:
    """Every outcome has a kind of its own, can be recorded, and leaves nothing open."""
    kind = outcome.fault.kind if outcome.fault else "ok"
    counted[kind] += 1
    if kind == "unknown":
        raise CrashError(f"{what}: {outcome.fault}")
    size = len(_ENCODER.encode(outcome))
    if size > 100_000:
        raise CrashError(f"{what}: {size} bytes of outcome")
    if network is not None:
        if not all(opened.is_closed for opened in network.opened):
            raise CrashError(f"{what}: left a connection open")
        network.opened.clear()


class Fuzzer:
    """Runs cases, counts them by kind. `folder` holds throw-away certificates."""

    def __init__(self, seed: int, folder: Path) -> None:
        self.rng = random.Random(seed)
        self.counted: Counter[str] = Counter()
        self.cases = 0
        authority = make_authority()
        self.ca_file = str(folder / "ca.pem")
        Path(self.ca_file).write_bytes(authority.pem)
        self.context = server_context(make_leaf(authority, chain=(authority.certificate,)), folder)
        self.old_context = server_context(make_leaf(authority), folder)
        self.old_context.maximum_version = ssl.TLSVersion.TLSv1_2
        self.h2_context = server_context(make_leaf(authority), folder, alpn=("h2",))
        self.certificates = [authority.certificate.public_bytes(_der())]

    async def probes(self, counts: dict[str, int]) -> None:
        """So many cases of each probe over scripted streams."""
        network = ScriptedNetwork(self.rng)
        makers: dict[str, Callable[[ScriptedNetwork], dict[str, Any]]] = {
            "http": self._http, "tls": self._tls, "https": self._https, "h2": self._h2, "dns": self._dns,
            "udp": self._udp, "ntp": self._ntp, "banner": self._banner, "starttls": self._starttls, "ws": self._ws,
            "proxy": self._proxy, "socks": self._socks, "dot": self._dot,
        }  # fmt: skip
        clock = SteadyClock()
        try:
            for name, count in counts.items():
                for number in range(count):
                    network.opening = b""
                    fields = makers[name](network)
                    target = msgspec.structs.replace(new_target(fields.pop("address")), **fields)
                    outcome = await run(target, Timeouts(), clock.now() + 15, network, clock)
                    check(outcome, network, f"{name} {number}", self.counted)
                    self.cases += 1
                    if number % 200 == 0:
                        await asyncio.sleep(0)
        finally:
            network.close()

    def _said(self) -> bytes:
        rng = self.rng
        return rng.randbytes(rng.randrange(200)) if rng.random() < 0.1 else mangled(rng, rng.choice(ANSWERS))

    def _http(self, network: ScriptedNetwork) -> dict[str, Any]:
        network.make_react = once(lambda _: self._said())
        return {"address": "http://192.0.2.1/", "expect_text": self.rng.choice(("", "hello"))}

    def _tls(self, network: ScriptedNetwork) -> dict[str, Any]:
        rng = self.rng
        if rng.random() < 0.2:
            record = bytes([rng.randrange(20, 25), 3, rng.randrange(5)]) + rng.randbytes(rng.randrange(60))
            network.make_react = once(lambda _: record)
        else:
            network.make_react = tls_peer(rng, rng.choice((self.context, self.old_context)), lambda: b"")
        return {"address": "tls://127.0.0.1", "ca_file": self.ca_file}

    def _https(self, network: ScriptedNetwork) -> dict[str, Any]:
        network.make_react = tls_peer(self.rng, self.context, self._said)
        return {"address": "https://127.0.0.1/", "ca_file": self.ca_file}

    def _h2(self, network: ScriptedNetwork) -> dict[str, Any]:
        network.make_react = tls_peer(self.rng, self.h2_context, self._h2_said, is_asked_first=True)
        return {"address": "https://127.0.0.1/", "ca_file": self.ca_file}

    def _h2_said(self) -> bytes:
        status = self.rng.choice(("200", "302", "503"))
        head = hpack.Encoder().encode([(":status", status), ("location", "/a"), ("content-length", "5")])
        frames = [
            h2_frame(4, 0, 0, b"\0\3\0\0\0\x64"), h2_frame(1, 4, 1, head), h2_frame(0, 1, 1, b"hello"),
            h2_frame(3, 0, 1, b"\0\0\0\x08"), h2_frame(7, 0, 0, bytes(8)), h2_frame(6, 0, 0, bytes(8)),
            h2_frame(self.rng.randrange(12), self.rng.randrange(256), self.rng.randrange(4), self.rng.randbytes(9)),
        ]  # fmt: skip
        chosen = frames[:3] if self.rng.random() < 0.5 else self.rng.choices(frames, k=self.rng.randint(1, 6))
        return mangled(self.rng, b"".join(chosen))

    def _dns(self, network: ScriptedNetwork) -> dict[str, Any]:
        network.answer = lambda data: [self._dns_reply(data) for _ in range(self.rng.randint(1, 3))]
        network.make_react = once(lambda data: self._framed(self._dns_reply(data[2:])))
        return {"address": f"dns://www.example.test?type={self.rng.choice(('A', 'MX', 'TXT'))}&server=192.0.2.53"}

    def _dot(self, network: ScriptedNetwork) -> dict[str, Any]:
        network.make_react = once(lambda data: self._framed(self._dns_reply(data[2:])))
        return {"address": "dns://www.example.test?transport=tcp&server=192.0.2.53"}

    def _framed(self, data: bytes) -> bytes:
        return mangled(self.rng, len(data).to_bytes(2, "big") + data)

    def _dns_reply(self, data: bytes) -> bytes:
        wire = mangled(self.rng, dns_answer(data))
        # Without the right id the rest is never looked at.
        return data[:2] + wire[2:] if self.rng.random() < 0.9 else wire

    def _udp(self, network: ScriptedNetwork) -> dict[str, Any]:
        network.answer = lambda data: [mangled(self.rng, data)]
        return {"address": "udp://192.0.2.1:9"}

    def _ntp(self, network: ScriptedNetwork) -> dict[str, Any]:
        def reply(question: bytes) -> list[bytes]:
            wire = self.rng.randbytes(24) + question[40:48] + self.rng.randbytes(16)
            return [bytes([0x24]) + wire[1:] if self.rng.random() < 0.8 else mangled(self.rng, wire)]

        network.answer = reply
        return {"address": "ntp://192.0.2.1"}

    def _banner(self, network: ScriptedNetwork) -> dict[str, Any]:
        network.opening = mangled(self.rng, self.rng.choice(GREETINGS))
        service = self.rng.choice(("ssh", "smtp", "imap", "pop", "ftp"))
        fields = {"payload": "A", "expect_text": "ready"} if self.rng.random() < 0.3 else {}
        return {"address": f"banner://192.0.2.1:9?service={service}", **fields}

    def _starttls(self, network: ScriptedNetwork) -> dict[str, Any]:
        network.opening = mangled(self.rng, self.rng.choice(GREETINGS)) + self.rng.randbytes(self.rng.randrange(30))
        protocol = self.rng.choice(("smtp", "imap", "pop", "ftp"))
        return {"address": f"tls://127.0.0.1:25?starttls={protocol}", "ca_file": self.ca_file}

    def _ws(self, network: ScriptedNetwork) -> dict[str, Any]:
        network.make_react = once(lambda _: self._said() + mangled(self.rng, FRAMES))
        return {"address": "ws://192.0.2.1/"}

    def _proxy(self, network: ScriptedNetwork) -> dict[str, Any]:
        network.make_react = once(lambda _: self._said())
        scheme = self.rng.choice(("http", "https"))
        return {"address": f"{scheme}://www.example.test/", "proxy": "http://192.0.2.8:3128", "ca_file": self.ca_file}

    def _socks(self, network: ScriptedNetwork) -> dict[str, Any]:
        network.opening = mangled(self.rng, SOCKS)
        user = self.rng.choice(("", "me:pw@"))
        return {"address": "http://www.example.test/", "proxy": f"socks5h://{user}192.0.2.8"}

    def parsers(self, count: int) -> None:
        """So many cases of each parser, straight."""
        rng = self.rng
        reader_of: dict[str, Callable[[], object]] = {
            "dns": self._parse_dns,
            "certificates": self._parse_certificates,
            "frames": self._parse_frames,
            "time": lambda: TimeQuestion().read(rng.randbytes(rng.randrange(80))),
            "retry-after": lambda: retry_after(
                mangled(rng, b"Wed, 21 Oct 2026 07:28:00 GMT").decode("latin-1"),
                "",
                dt.datetime.now(dt.UTC).timestamp(),
            ),
            "proxy-status": lambda: proxy_status_error(mangled(rng, b"p; error=dns_error; x").decode("latin-1")),
            "hosts": lambda: parse_hosts(mangled(rng, b"127.0.0.1 a b\n::1 c # d\n").decode("utf-8", "replace")),
            "address": self._parse_address,
        }
        for name, parse in reader_of.items():
            for number in range(count):
                try:
                    parse()
                except Exception as error:
                    raise CrashError(f"{name} {number}: {error!r}") from error
                self.cases += 1

    def _parse_dns(self) -> None:
        question = Question("www.example.test", "A")
        try:
            question.read(self._dns_reply(question.wire))
        except UnreadableAnswerError:
            # That is how nonsense is told.
            pass

    def _parse_certificates(self) -> None:
        chain = tuple(mangled(self.rng, der) for der in self.certificates)
        body = b"".join(len(der).to_bytes(3, "big") + der + b"\0\0" for der in chain)
        message = b"\x0b" + (len(body) + 4).to_bytes(3, "big") + b"\0" + len(body).to_bytes(3, "big") + body
        found = parse_certificate_message(mangled(self.rng, message))
        _ENCODER.encode(describe_chain(found))
        is_chain_short(chain)

    def _parse_frames(self) -> None:
        reader = FrameReader()
        data = mangled(self.rng, FRAMES)
        try:
            for at in range(0, len(data), 50):
                for frame in reader.feed(data[at : at + 50]):
                    _ = (frame.close_code, frame.close_reason)
        except BrokenFrameError:
            # That is how nonsense is told.
            pass

    def _parse_address(self) -> None:
        text = mangled(self.rng, b"https://me:pw@www.example.test:8443/a?b=c").decode("utf-8", "replace")
        try:
            address = parse_address(text)
        except InputError:
            # That is how nonsense is told.
            return
        assert parse_address(address) == address, text

    async def sockets(self, count: int) -> float:
        """So many cases over real sockets, 20 at a time; returns the longest attempt in seconds."""
        network, clock, room = ScriptedFree(), SteadyClock(), asyncio.Semaphore(20)
        longest = 0.0
        hello = bytes.fromhex("160303003a020000360303") + bytes(40)

        def say() -> bytes:
            return mangled(self.rng, self.rng.choice((*ANSWERS, *GREETINGS, hello, SOCKS, FRAMES)))

        async def one(address: str, number: int, **fields: Any) -> None:
            nonlocal longest
            async with room:
                target = msgspec.structs.replace(new_target(address), **fields)
                began_s = time.perf_counter()
                outcome = await run(target, Timeouts(), clock.now() + DEADLINE_S, network, clock)
                longest = max(longest, time.perf_counter() - began_s)
                check(outcome, None, f"socket {number} {address}", self.counted)
                self.cases += 1

        try:
            async with RandomServer(self.rng, say) as server:
                place = f"127.0.0.1:{server.port}"
                kinds = [
                    (f"http://{place}/", {}), (f"tls://{place}", {}), (f"https://{place}/", {}), (f"ws://{place}/", {}),
                    (f"banner://{place}?service=smtp", {}), (f"tls://{place}?starttls=imap", {}),
                    (f"dns://a.test?transport=tcp&server={place}", {}), ("https://a.test/", {"proxy": f"http://{place}"}),
                    ("http://a.test/", {"proxy": f"socks5h://{place}"}),
                ]  # fmt: skip
                await asyncio.gather(
                    *(one(kinds[n % len(kinds)][0], n, **kinds[n % len(kinds)][1]) for n in range(count))
                )
        finally:
            network.close()
        return longest


class ScriptedFree(ScriptedNetwork):
    """Real sockets to loopback; any other connection fails at once, so that no redirect leads out."""

    def __init__(self) -> None:
        super().__init__(random.Random(0))

    async def connect(self, address: Any, limit: Any) -> Any:
        if address.ip != "127.0.0.1":
            return await super().connect(address, limit)
        return await super(ScriptedNetwork, self).connect(address, limit)


def h2_frame(kind: int, flags: int, stream: int, payload: bytes) -> bytes:
    """RFC 9113 section 4.1."""
    return len(payload).to_bytes(3, "big") + bytes([kind, flags]) + stream.to_bytes(4, "big") + payload


def dns_answer(question: bytes) -> bytes:
    """A rich answer to a question, or random bytes to what is none."""
    try:
        asked = dns.message.from_wire(question)
        answer = dns.message.make_response(asked)
        name, kind = asked.question[0].name, asked.question[0].rdtype
        records = {"A": ["192.0.2.1"], "MX": ["10 mx.test.", "20 my.test."], "TXT": ['"a" "b"']}
        text = dns.rdatatype.to_text(kind)
        answer.answer.append(dns.rrset.from_text(name, 60, "IN", "CNAME", "other.test."))
        answer.answer.append(dns.rrset.from_text(name, 60, "IN", text, *records[text]))
        answer.use_edns(options=[dns.edns.EDEOption(dns.edns.EDECode.STALE_ANSWER, "old")])
        return answer.to_wire()
    except (dns.exception.DNSException, IndexError, KeyError):
        return question


def _der() -> Any:
    from cryptography.hazmat.primitives import serialization

    return serialization.Encoding.DER
