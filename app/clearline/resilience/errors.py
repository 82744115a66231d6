"""Faults as exceptions, for code that calls something and wants an answer: one family, by what a caller would do.

    FaultError
    ├── NotSentError            nothing was sent: the breaker was open, or no retry was left
    ├── ConnectionFailedError   no connection: name, connect, proxy or TLS
    ├── TimedOutError           a time limit passed; the peer may have acted
    ├── DisconnectedError       the connection broke while it was used
    ├── AnswerError             the peer answered, and said no or nonsense
    └── CallerError             our own doing: wrong input, this machine, or stopped

Always a new instance: a shared one would collect tracebacks (147 MiB for 100,000 rejections in one library).
"""

from clearline.domain.fault import Blame, Fault, Sent


class FaultError(Exception):
    """A call failed. `fault` says how; `__cause__` is the exception below it, where there was one."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(f"{fault.kind} ({fault.phase})")
        self.fault = fault


class NotSentError(FaultError):
    """Nothing was sent, to spare the peer. `retry_at_s` is when it is worth trying again, infinite if never."""

    def __init__(self, fault: Fault, reason: str, retry_at_s: float) -> None:
        super().__init__(fault)
        self.reason = reason
        """As CheckEnded.gave_up: `breaker`, `budget`."""
        self.retry_at_s = retry_at_s


class ConnectionFailedError(FaultError):
    """No connection came about: the peer cannot have acted."""


class TimedOutError(FaultError):
    """A time limit passed while something was sent, awaited or received."""


class DisconnectedError(FaultError):
    """The connection broke while it was used: the peer may have acted."""


class AnswerError(FaultError):
    """The peer answered, but not what was asked for."""


class CallerError(FaultError):
    """It says nothing of the peer: wrong input, trouble of this machine, or stopped."""


_BROKEN = {"reset", "closed", "aborted", "goaway", "stream_reset", "empty"}


def error_of(fault: Fault, cause: BaseException | None = None) -> FaultError:
    """The exception for a fault, a new one each time, with its cause."""
    error = _class_of(fault)(fault)
    error.__cause__ = cause
    return error


def _class_of(fault: Fault) -> type[FaultError]:
    if fault.blame is Blame.CALLER:
        return CallerError
    if fault.sent is Sent.NO:
        return ConnectionFailedError
    if fault.is_timeout:
        return TimedOutError
    return DisconnectedError if _BROKEN.intersection(fault.kind.split(".")) else AnswerError
