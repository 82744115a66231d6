"""Ping on Windows from recorded answers: the buffers as ipexport.h lays them out, and each status."""

import asyncio
import socket
import struct
import sys

import pytest

from clearline.net.classify import classify
from clearline.net.echo import echo_request, is_echo_reply
from clearline.net.evidence import Evidence, NetworkError
from clearline.net.icmp_windows import Answer, Question, WindowsEcho, question, read_answer
from clearline.net.network import Address
from clearline.net.reach_elsewhere import reach_on_windows
from clearline.net.reached import Method, Reach
from clearline.net.timing import limit_in

TARGET, ROUTER = "192.0.2.9", "192.0.2.1"
TARGET_6, ROUTER_6 = "2001:db8::9", "2001:db8::1"
BASE = 0x1000
V4, V6 = socket.AF_INET, socket.AF_INET6
TO_V4, TO_V6 = Address(V4, (TARGET, 0)), Address(V6, (TARGET_6, 0, 0, 0))
pytestmark = pytest.mark.skipif(sys.maxsize < 2**32, reason="recorded on 64 bit")


def reply_4(ip: str, status: int, payload: bytes = b"") -> Answer:
    """ICMP_ECHO_REPLY of a 64 bit system: 40 bytes, then the data that its pointer names."""
    head = socket.inet_aton(ip) + struct.pack("<IIHHQBBBB4xQ", status, 12, len(payload), 0, BASE + 40, 57, 0, 0, 0, 0)
    assert len(head) == 40
    return Answer(head + payload + bytes(64), BASE, 0, 1_000_000, 13_500_000)


def reply_6(ip: str, status: int, payload: bytes = b"") -> Answer:
    """ICMPV6_ECHO_REPLY: a packed address of 26 bytes, two of padding, status, time; then the data."""
    address = struct.pack("<HI", 0, 0) + socket.inet_pton(V6, ip) + struct.pack("<I", 0)
    head = address + bytes(2) + struct.pack("<II", status, 12)
    assert len(head) == 36
    return Answer(head + payload + bytes(64), BASE, 0, 1_000_000, 13_500_000)


@pytest.mark.parametrize(
    ("answer", "family", "kind", "offender"),
    [
        (reply_4(ROUTER, 11002), V4, "icmp.unreachable.net", ROUTER),
        (reply_4(ROUTER, 11003), V4, "icmp.unreachable.host", ROUTER),
        (reply_4(TARGET, 11004), V4, "icmp.unreachable.host", TARGET),
        (reply_4(TARGET, 11005), V4, "icmp.unreachable.port", TARGET),
        (reply_4(ROUTER, 11009), V4, "icmp.message_too_big", ROUTER),
        (reply_4(ROUTER, 11013), V4, "icmp.ttl_exceeded", ROUTER),
        (reply_6(ROUTER_6, 11002), V6, "icmp.unreachable.net", ROUTER_6),
        (reply_6(ROUTER_6, 11003), V6, "icmp.unreachable.host", ROUTER_6),
        (reply_6(ROUTER_6, 11004), V6, "icmp.admin_prohibited", ROUTER_6),
        (reply_6(ROUTER_6, 11009), V6, "icmp.message_too_big", ROUTER_6),
        (reply_6(ROUTER_6, 11013), V6, "icmp.ttl_exceeded", ROUTER_6),
        (Answer(error=11003), V4, "icmp.unreachable.host", ""),
    ],
)
def test_it_reads_who_answered_what(answer: Answer, family: int, kind: str, offender: str) -> None:
    told = read_answer(family, answer)

    assert told.icmp is not None
    fault = classify(Evidence(transport="icmp", icmp=told.icmp, peer=TARGET))
    assert (fault.kind, fault.evidence["icmp"]["offender"]) == (kind, offender)


@pytest.mark.parametrize("answer", [Answer(error=11010), reply_4("0.0.0.0", 11010)])
def test_it_reads_silence(answer: Answer) -> None:
    told = read_answer(V4, answer)

    assert (told.ip, told.icmp) == ("", None)


@pytest.mark.parametrize(
    ("number", "kind"), [(11050, "local.no_route"), (1231, "local.no_route"), (5, "local.permission_denied")]
)
def test_it_tells_that_this_machine_did_not_send(number: int, kind: str) -> None:
    with pytest.raises(NetworkError) as caught:
        read_answer(V4, Answer(error=number))

    seen = caught.value.evidence
    fault = classify(Evidence(transport="icmp", os_error=seen.os_error, elapsed_ms=0.2))
    assert fault.kind == kind
    assert number in fault.evidence["os_error"].values(), "the number itself stays"


def scripted(*answers: Answer) -> tuple[object, list[Question]]:
    asked: list[Question] = []

    def ask(question: Question) -> Answer:
        asked.append(question)
        given = answers[len(asked) - 1]
        if given.buffer and given.buffer[4:8] == bytes(4):
            return reply_4(TARGET, 0, question.payload)
        return given

    return ask, asked


async def at_once(call: object) -> Answer:
    answer: Answer = call()  # type: ignore[operator]
    return answer


def test_it_echoes_like_any_socket() -> None:
    ask, asked = scripted(reply_4(TARGET, 0))
    echo = WindowsEcho(TO_V4, at_once, ask)  # type: ignore[arg-type]
    echo.send(echo_request(V4, 4711, b"x" * 48))

    data, at_ns = asyncio.run(echo.receive(limit_in(2)))

    assert is_echo_reply(data, V4, 4711, b"x" * 48)
    assert at_ns == 13_500_000
    assert echo.round_trip is not None
    assert echo.round_trip.user_ms == 12.5
    assert echo.round_trip.kernel_ms is None
    assert (asked[0].ip, asked[0].ttl, asked[0].is_unsplit) == (TARGET, 128, False)
    assert 1000 < asked[0].timeout_ms <= 2000


@pytest.mark.parametrize(("answer", "seen"), [(Answer(error=11010), "deadline"), (reply_4(ROUTER, 11003), "icmp")])
def test_it_raises_silence_and_a_routers_word(answer: Answer, seen: str) -> None:
    ask, _ = scripted(answer)
    echo = WindowsEcho(TO_V4, at_once, ask)  # type: ignore[arg-type]
    echo.send(echo_request(V4, 1, b"x"))

    with pytest.raises(NetworkError) as caught:
        asyncio.run(echo.receive(limit_in(60)))

    assert getattr(caught.value.evidence, seen) is not None


def reach(answer: Answer, **told: int) -> tuple[Reach, Question]:
    ask, asked = scripted(answer)
    limit = limit_in(1)
    found = asyncio.run(
        reach_on_windows(TO_V4, Method.ICMP, limit, told.get("ttl"), told.get("size"), at_once, ask)  # type: ignore[arg-type]
    )
    return found, asked[0]


def test_it_finds_a_hop_and_the_end_of_a_path() -> None:
    hop, asked = reach(reply_4(ROUTER, 11013), ttl=3)
    end, _ = reach(reply_4(TARGET, 0), ttl=9)
    nobody, _ = reach(Answer(error=11010), ttl=4)

    assert (hop.ip, hop.ms, hop.is_end) == (ROUTER, 12.5, False)
    assert asked.ttl == 3
    assert (end.ip, end.is_end) == (TARGET, True)
    assert (nobody.ip, nobody.icmp) == ("", None)


def test_it_sends_sizes_unsplit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("clearline.net.reach_elsewhere.link_mtu", lambda ip: 1500)

    found, asked = reach(reply_4(ROUTER, 11009), size=1400)

    assert asked.is_unsplit
    assert len(asked.payload) == 1400 - 20 - 8
    assert found.icmp is not None
    assert (found.icmp.type, found.icmp.code) == (3, 4)


def test_it_sends_nothing_longer_than_its_own_link(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("clearline.net.reach_elsewhere.link_mtu", lambda ip: 1500)

    found = asyncio.run(reach_on_windows(TO_V4, Method.ICMP, limit_in(1), None, 1501, at_once, None))  # type: ignore[arg-type]

    assert found.device_mtu == 1500


@pytest.mark.parametrize("method", [Method.UDP, Method.TCP])
def test_it_says_that_other_packets_tell_nothing_there(method: Method) -> None:
    with pytest.raises(NetworkError) as caught:
        asyncio.run(reach_on_windows(TO_V4, method, limit_in(1), 1, None, at_once, None))  # type: ignore[arg-type]

    assert classify(caught.value.evidence).kind == "local.capability"


def test_it_keeps_the_link_of_an_address() -> None:
    asked = question(Address(V6, ("fe80::1%5", 0, 0, 5)), b"x", limit_in(1))

    assert asked.scope == 5
