"""A connection that rests: cut, closed properly, kept, or never kept; over web connections and bare ones."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from clearline.domain.fault import Fault
from clearline.domain.outcome import Outcome
from clearline.domain.phase import Phase, PhaseTimes
from clearline.domain.target import Target
from clearline.domain.verdict import Confidence, Depth, DiagnosisPolicy, Step, Trial
from clearline.net.evidence import Deadline, Evidence, NetworkError, OsError
from support.scripted_ladder import GATEWAY, TARGET_IP, ScriptedMachine, Told, diagnosed, fault, ok

ADDRESS = f"https://{TARGET_IP}/"
ASKED = DiagnosisPolicy(Depth.FULL, consents=(Trial.REUSE,), idle_s=12.0)
FRESH, KEPT = {"is_reused": False, "found_closed": 0}, {"is_reused": True}
CLOSED, RESET = {"is_reused": False, "found_closed": 1}, {"is_reused": False, "found_closed": 1, "found_reset": 1}
Said = tuple[dict[str, Any], str]


def web(*said: Said) -> Callable[[Target], Outcome]:
    """What the attempts that keep connections come to, one after the other; `(connection, fault)`."""
    left = list(said)

    def answer(_target: Target) -> Outcome:
        connection, kind = left.pop(0)
        told = Fault(kind, Phase.WAIT, {"is_reused": True}) if kind else None
        ms = 4.0 if connection is KEPT else 30.0
        return Outcome(PhaseTimes(wait=ms), told, f"{TARGET_IP}:443", status=200, detail={"connection": connection})

    return answer


def asked_on(*said: Said, policy: DiagnosisPolicy = ASKED) -> Told:
    """The trial's attempts that keep connections follow the script; all others work."""
    script = web(*said)
    kept: list[bool] = []

    class Keeping:
        def __enter__(self) -> Any:
            return self.ask

        def __exit__(self, *_: object) -> None:
            kept.append(True)

        async def ask(self, target: Target, *_: Any) -> Outcome:
            outcome = script(target)
            await asyncio.sleep(outcome.phases.total_ms / 1000)
            return outcome

    told = diagnosed(
        {f"icmp://{GATEWAY}": ok, ADDRESS: ok},
        address=ADDRESS,
        policy=policy,
        keep=lambda _ask, _count: Keeping(),
    )
    assert kept, "the kept connections are closed"
    return told


WELL: Said = (FRESH, "")
AGAIN: Said = (KEPT, "")


@pytest.mark.parametrize(
    ("said", "code", "told"),
    [
        ((WELL, AGAIN, AGAIN), "works", "ruled_out.idle_cut"),
        ((WELL, AGAIN, (CLOSED, "")), "works", "note.closed_when_idle"),
        ((WELL, AGAIN, (KEPT, "tcp.closed")), "works", "note.closed_when_idle"),
        ((WELL, WELL), "works", "note.never_kept"),
        ((WELL, AGAIN, (RESET, "")), "idle_is_cut", "note.reuse_cost"),
        ((WELL, AGAIN, (KEPT, "tcp.reset")), "idle_is_cut", "note.reuse_cost"),
        ((WELL, AGAIN, (KEPT, "http.timed_out")), "idle_is_cut", "note.reuse_cost"),
        ((WELL, (KEPT, "tcp.reset")), "reuse_breaks", ""),
    ],
    ids=[
        "kept",
        "closed",
        "closed as it is asked",
        "never kept",
        "reset",
        "reset as asked",
        "silent",
        "breaks at once",
    ],
)
def test_it_tells_what_becomes_of_a_web_connection_that_rests(said: tuple[Said, ...], code: str, told: str) -> None:
    verdict = asked_on(*said).verdict
    assert (verdict.code, verdict.is_fault) == (code, False)
    assert not told or told in [saying.code for saying in (*verdict.notes, *verdict.ruled_out)]
    assert verdict.confidence is (Confidence.CERTAIN if code == "works" else Confidence.LIKELY)


def test_it_tells_what_a_fresh_connection_costs() -> None:
    facts = asked_on(WELL, AGAIN, AGAIN).step(Step.COMPARE).facts
    assert (facts["reuse.cold_ms"], facts["reuse.warm_ms"], facts["reuse.idle_s"]) == (30.0, 4.0, 12.0)


def test_it_rests_no_longer_than_time_allows() -> None:
    told = asked_on(WELL, AGAIN, AGAIN, policy=DiagnosisPolicy(Depth.FULL, consents=(Trial.REUSE,), idle_s=600.0))
    assert 15 <= told.step(Step.COMPARE).facts["reuse.idle_s"] < 25


def test_nothing_rests_where_nobody_agreed() -> None:
    told = diagnosed({f"icmp://{GATEWAY}": ok, ADDRESS: ok}, address=ADDRESS, policy=DiagnosisPolicy(Depth.FULL))
    assert told.step(Step.COMPARE).state.value == "skipped"


# --- bare connections


class Resting(ScriptedMachine):
    """Connections on which this comes when they are read after the rest."""

    def __init__(self, *came: bytes | NetworkError) -> None:
        super().__init__()
        self.came = list(came)
        self.made, self.closed, self.watched = 0, 0, 0

    async def connect(self, _address: Any, _limit: Any) -> "Resting":
        self.made += 1
        return self

    def keep_alive(self, _wanted: Any) -> dict[str, Any]:
        self.watched += 1
        return {}

    async def read(self, _limit: Any) -> bytes:
        came = self.came.pop(0)
        if isinstance(came, NetworkError):
            raise came
        return came

    def close(self) -> None:
        self.closed += 1


ALIVE = NetworkError(Evidence(deadline=Deadline(5.0, "own")))
GONE = NetworkError(Evidence(os_error=OsError(110, None, "linux")))
CUT = NetworkError(Evidence(os_error=OsError(104, None, "linux")))


@pytest.mark.parametrize(
    ("came", "code"),
    [
        ((ALIVE,), "works"),
        ((b"220 ready\r\n", ALIVE), "works"),
        ((b"",), "works"),
        ((b"bye\r\n", b""), "works"),
        ((GONE,), "idle_is_cut"),
        ((b"220 ready\r\n", CUT), "idle_is_cut"),
    ],
)
def test_it_tells_what_becomes_of_a_bare_connection(came: tuple[bytes | NetworkError, ...], code: str) -> None:
    machine = Resting(*came)
    told = diagnosed({"icmp://": ok, "tcp://": ok}, address=f"tcp://{TARGET_IP}:9100", policy=ASKED, machine=machine)
    assert told.verdict.code == code
    assert (machine.made, machine.watched, machine.closed) == (1, 1, 1)


def test_it_holds_no_connection_to_a_proxy_that_is_asked_for_nothing() -> None:
    machine = Resting()
    told = diagnosed(
        {"icmp://": ok, "tcp://": ok},
        address=f"tcp://{TARGET_IP}:9100",
        policy=ASKED,
        machine=machine,
        proxy="http://192.0.2.3:3128",
    )
    assert "reuse.is_cut" not in told.step(Step.COMPARE).facts
    assert machine.made == 0


def test_it_blames_no_rest_where_a_fresh_connection_fails_too() -> None:
    answers = iter([ok])
    told = diagnosed(
        {"icmp://": ok, "tcp://": lambda target: next(answers, fault("tcp.refused"))(target)},
        address=f"tcp://{TARGET_IP}:9100",
        policy=ASKED,
        machine=Resting(CUT),
    )
    assert told.step(Step.COMPARE).facts["reuse.is_cut"] is False
