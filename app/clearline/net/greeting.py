"""How services greet, and how mail and file servers are asked to switch to TLS (RFC 3207, 9051, 2595, 4217)."""

from dataclasses import dataclass, replace

from clearline.net.buffered import BufferedStream
from clearline.net.evidence import Evidence, NetworkError, ServiceEvidence
from clearline.net.timing import Limit

_MAX_LINES = 100
_SHOWN = 200


@dataclass(frozen=True, slots=True)
class Service:
    """A kind of service by its greeting."""

    name: str
    greeting: str
    """How its first line begins when it is ready."""
    farewell: str = ""
    """What ends the conversation politely."""


SERVICES = {
    service.name: service
    for service in (
        Service("ssh", "SSH-"),
        Service("smtp", "220", "QUIT\r\n"),
        Service("imap", "* OK", "a LOGOUT\r\n"),
        Service("pop", "+OK", "QUIT\r\n"),
        Service("ftp", "220", "QUIT\r\n"),
    )
}
_PORTS = {
    22: "ssh", 21: "ftp", 990: "ftp", 25: "smtp", 465: "smtp", 587: "smtp", 2525: "smtp", 110: "pop", 995: "pop",
    143: "imap", 993: "imap",
}  # fmt: skip
TLS_PORTS = (465, 990, 993, 995)
"""Where TLS comes before the greeting (RFC 8314)."""


def service_on(port: int) -> Service | None:
    """The service that usually listens there."""
    name = _PORTS.get(port)
    return SERVICES[name] if name else None


async def read_greeting(stream: BufferedStream, service: Service, limit: Limit) -> str:
    """The first line of a service that is ready. Raises NetworkError where it says anything else, or nothing."""
    lines = await _reply(stream, service, limit)
    line = lines[0]
    if service.name == "imap" and line.startswith("* PREAUTH"):
        return line
    if not line.startswith(service.greeting):
        raise refusal(service, service.greeting, "\n".join(lines))
    return line


async def ask_for_tls(stream: BufferedStream, service: Service, limit: Limit) -> None:
    """Have the service switch to TLS; the next byte is TLS. Raises NetworkError.

    What came behind its consent is thrown away as RFC 3207 section 6 wants: it was never encrypted.
    """
    await read_greeting(stream, service, limit)
    if service.name == "smtp":
        offers = await _say(stream, service, "EHLO clearline.invalid", limit)
        if not any(offer[4:].strip().upper() == "STARTTLS" for offer in offers):
            raise _missing(service, "\n".join(offers))
        answer = (await _say(stream, service, "STARTTLS", limit))[0]
        if answer.startswith("454"):
            raise refusal(service, "220", answer)
        is_agreed = answer.startswith("220")
    elif service.name == "ftp":
        answer = (await _say(stream, service, "AUTH TLS", limit))[0]
        is_agreed = answer.startswith("234")
    elif service.name == "pop":
        answer = (await _say(stream, service, "STLS", limit))[0]
        is_agreed = answer.startswith("+OK")
    else:
        answer = (await _say(stream, service, "a1 STARTTLS", limit))[-1]
        is_agreed = answer.upper().startswith("A1 OK")
    if not is_agreed:
        raise _missing(service, answer)
    stream.begin_anew()


async def _say(stream: BufferedStream, service: Service, command: str, limit: Limit) -> list[str]:
    await stream.write(f"{command}\r\n".encode("ascii"), limit)
    return await _reply(stream, service, limit, tag=command.partition(" ")[0] if service.name == "imap" else "")


async def _reply(stream: BufferedStream, service: Service, limit: Limit, *, tag: str = "") -> list[str]:
    """One reply with all its lines: `250-…` goes on (RFC 5321 section 4.2.1), IMAP ends with the command's tag."""
    lines: list[str] = []
    try:
        while len(lines) < _MAX_LINES:
            line = (await stream.line(limit)).decode("utf-8", "replace")
            if service.name == "ssh" and not line.startswith("SSH-"):
                # RFC 4253 section 4.2: other lines may come first.
                lines.append(line)
                continue
            lines.append(line)
            if service.name == "ssh":
                return lines[-1:]
            if service.name == "imap" and tag and line.startswith("* ") and not line.startswith("* BYE"):
                continue
            if service.name in ("smtp", "ftp") and _goes_on(line, lines[0]):
                continue
            return lines
    except NetworkError as trouble:
        raise _silence(service, lines, trouble) from trouble
    raise refusal(service, service.greeting, "\n".join(lines))


def _goes_on(line: str, first: str) -> bool:
    code = first[:3]
    return code.isdigit() and first[3:4] == "-" and not (line[:3] == code and line[3:4] in (" ", ""))


def _silence(service: Service, lines: list[str], trouble: NetworkError) -> NetworkError:
    said = "\n".join(lines)[:_SHOWN]
    seen = ServiceEvidence(service.name, expected=service.greeting, said=said)
    return NetworkError(replace(trouble.evidence, service=seen))


def refusal(service: Service, expected: str, said: str) -> NetworkError:
    """What a service said instead of what was expected."""
    number = said[:3]
    is_number = number.isascii() and number.isdigit() and number[0] in "45" and said[3:4] in (" ", "-", "")
    return NetworkError(
        Evidence(
            service=ServiceEvidence(
                service.name,
                expected=expected,
                said=said[:_SHOWN],
                code=int(number) if is_number else None,
                is_bye=service.name == "imap" and said.upper().startswith("* BYE"),
                is_unexpected=True,
            )
        )
    )


def _missing(service: Service, said: str) -> NetworkError:
    return NetworkError(
        Evidence(service=ServiceEvidence(service.name, "STARTTLS", said[:_SHOWN], is_starttls_missing=True))
    )
