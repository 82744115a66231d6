"""The banner probe: does the service behind the port greet as it should, and answer what it is told?"""

from dataclasses import replace

from clearline.domain.phase import Phase
from clearline.net.buffered import BufferedStream
from clearline.net.evidence import Evidence, NetworkError, ServiceEvidence
from clearline.net.greeting import SERVICES, TLS_PORTS, read_greeting, service_on
from clearline.net.network import Stream
from clearline.net.timing import Limit
from clearline.probes.attempt import Attempt
from clearline.probes.tls_open import load_context, shake_hands
from clearline.probes.way import open_way, own_place

_MAX_BYTES = 64 * 1024
_SHOWN = 500


async def probe_banner(attempt: Attempt) -> None:
    """Phases: resolve, connect, proxy, tls (on the ports for mail over TLS), wait, and receive up to the expected text.

    The target's text is sent first where it has one (`\\r\\n` and the like stand for signs), and what comes must hold
    its expected text. Without either, SSH, SMTP, IMAP, POP and FTP are known by their ports; elsewhere any will do.
    """
    target = attempt.target
    is_secure = target.port in TLS_PORTS
    context = await load_context(attempt, alpn=()) if is_secure else None
    way = await open_way(attempt, own_place(attempt))
    stream: Stream = way.stream
    ready_at_ns = way.ready_at_ns
    if context is not None:
        stream = secure = await shake_hands(attempt, way.stream, context, ready_at_ns, target.sni or target.host)
        ready_at_ns = secure.done_at_ns
    attempt.stopwatch.enter(Phase.WAIT, ready_at_ns)
    lines = BufferedStream(stream)
    limit = attempt.budget.limit(Phase.WAIT)
    service = SERVICES.get(target.service) or service_on(target.port)
    if service is not None and not target.payload and not target.expect_text:
        said = await read_greeting(lines, service, limit)
        attempt.stopwatch.stop(lines.read_at_ns)
        attempt.detail["banner"] = {"service": service.name, "said": said[:_SHOWN]}
        return
    await _converse(attempt, lines, limit)


async def _converse(attempt: Attempt, stream: BufferedStream, limit: Limit) -> None:
    target = attempt.target
    if target.payload:
        await stream.write(unescaped(target.payload), limit)
    said = b""
    wanted = target.expect_text.encode()
    seen = ServiceEvidence(expected=target.expect_text)
    try:
        said = await stream.read(limit)
        if said:
            attempt.stopwatch.enter(Phase.RECEIVE, stream.read_at_ns)
        while wanted not in said and len(said) < _MAX_BYTES:
            data = await stream.read(attempt.budget.limit(Phase.RECEIVE))
            if not data:
                break
            said += data
    except NetworkError as trouble:
        # Silence after other words is not the missing text's fault alone: what was said tells more.
        told = replace(seen, said=_shown(said), is_unexpected=bool(said) and trouble.evidence.deadline is not None)
        raise NetworkError(replace(trouble.evidence, service=told)) from trouble
    attempt.stopwatch.stop(stream.read_at_ns)
    attempt.detail["banner"] = {"said": _shown(said)}
    if not said or wanted not in said:
        attempt.stopwatch.resume(Phase.RECEIVE if said else Phase.WAIT)
        told = replace(seen, said=_shown(said), is_unexpected=bool(said))
        raise NetworkError(Evidence(service=told, is_eof=not said))


def unescaped(text: str) -> bytes:
    """Bytes of a text in which `\\r`, `\\n`, `\\t`, `\\0` and `\\\\` stand for those signs."""
    signs = {"r": "\r", "n": "\n", "t": "\t", "0": "\0", "\\": "\\"}
    parts: list[str] = []
    letters = iter(text)
    for letter in letters:
        following = next(letters, "") if letter == "\\" else ""
        parts.append(signs.get(following, letter + following) if letter == "\\" else letter)
    return "".join(parts).encode()


def _shown(said: bytes) -> str:
    return said[:_SHOWN].decode("utf-8", "replace")
