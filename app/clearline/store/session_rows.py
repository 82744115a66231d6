"""The rows of the session itself: its beginnings, the tester's disturbances, the engine's reports, what is missing."""

import msgspec

from clearline.domain.event import (
    EngineReported,
    Event,
    Health,
    MachineSeen,
    NetworkChange,
    SessionStarted,
    TesterDisturbed,
)
from clearline.store.cells import Coder, Decoder, Row, seconds, short, whole


class RecordingGap(Event, frozen=True, kw_only=True, tag="recording_gap"):
    """The recorder could not keep up from `from_s` to `at_s` and let `lost` events go. Read back as NOT_RUNNING."""

    from_s: float
    lost: int


def report_row(event: EngineReported, coder: Coder) -> Row:
    """An engine report as a row."""
    figures = event.at_s, event.checks_per_s, event.loop_lag_ms, whole(event.outstanding), short(event.recording)
    return *figures, whole(event.recording_bytes), coder.word(event.recording_problem)


def report(row: Row, decoder: Decoder) -> EngineReported:
    """And back."""
    at_s, rate, lag, outstanding, recording, size, problem = row
    return EngineReported(
        at_s=seconds(at_s),
        checks_per_s=seconds(rate),
        loop_lag_ms=seconds(lag),
        outstanding=outstanding,
        recording=recording,
        recording_bytes=size,
        recording_problem=decoder.word(problem),
    )


def machine_row(event: MachineSeen, _coder: Coder) -> Row:
    """The computer that measures as a row."""
    return event.at_s, short(event.host), short(event.system), msgspec.msgpack.encode(event.network)


def machine(row: Row, _decoder: Decoder) -> MachineSeen:
    """And back."""
    at_s, host, system, held = row
    return MachineSeen(at_s=seconds(at_s), host=host, system=system, network=NETWORK.decode(held))


NETWORK = msgspec.msgpack.Decoder(tuple[NetworkChange, ...])
"""Of what a machine's network is, and of what changed about it."""


def disturbance(row: Row, decoder: Decoder) -> TesterDisturbed:
    """A disturbance of the tester of a row."""
    at_s, health, since, lag = row
    return TesterDisturbed(
        at_s=seconds(at_s), health=Health(decoder.word(health)), from_s=seconds(since), lag_ms=seconds(lag)
    )


def gap(row: Row, _decoder: Decoder) -> TesterDisturbed:
    """A gap in the recording of a row."""
    return TesterDisturbed(at_s=seconds(row[0]), health=Health.NOT_RUNNING, from_s=seconds(row[1]))


def start(row: Row, decoder: Decoder) -> SessionStarted:
    """A beginning of a row."""
    at_s, session_id, wall_s, resumed = row
    # The path is not stored: it names the person's folders, and it is wrong as soon as the file is moved.
    return SessionStarted(
        at_s=seconds(at_s), session_id=session_id, wall_s=seconds(wall_s), path=decoder.path, is_resumed=bool(resumed)
    )
