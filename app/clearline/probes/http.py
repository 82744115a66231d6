"""The HTTP probe: one request, every phase stamped where it happens, redirects hop by hop.

Connecting and TLS are ours; httpcore2's connection classes speak HTTP/1.1 and HTTP/2 over the finished stream. Its pool
would resolve, connect and shake hands itself and throw the causes of its errors away; what a profile keeps between
checks is kept by probes.kept.
"""

from typing import Any
from urllib.parse import urljoin

import anyio

from clearline.domain.phase import Phase, PhaseTimes
from clearline.domain.problem import InputError
from clearline.domain.target import mask_secrets, parse_address
from clearline.net.evidence import Evidence, HttpEvidence, NetworkError
from clearline.net.network import Stream
from clearline.net.proxy import proxy_evidence, proxy_status_error
from clearline.probes.attempt import Attempt
from clearline.probes.http_exchange import Answered, Asked, exchange, speak
from clearline.probes.http_wire import HttpWire
from clearline.probes.kept import Reuse, WebConnection, pool_key
from clearline.probes.place import Place
from clearline.probes.tls_open import load_context, shake_hands
from clearline.probes.way import open_way

MAX_REDIRECTS = 10
_ALPN = ("h2", "http/1.1")
_REDIRECTS = (301, 302, 303, 307, 308)
_FOLLOWED_METHODS = ("GET", "HEAD")
"""Safe ones: following repeats the request, and a failure on the way would have it repeated once more."""
_MAX_COOKIES = 20


async def probe_http(attempt: Attempt, reuse: Reuse | None = None) -> None:
    """Ask, follow redirects where the target wants it, read the last answer up to 1 MiB, compare.

    Phases: resolve, connect, proxy, tls (https only), send, wait, receive. Each hop has a connection of its own, which
    `reuse` may have kept from an earlier attempt: then its first phase is send. The
    outcome's figures are sums over all hops, phase by phase, so that they add up to the whole attempt; `detail.hops`
    has the figures of each. Everything else in the outcome is of the last hop.
    """
    # httpcore2's locks load anyio's backend when first used: not in the middle of a measurement.
    anyio.get_cancelled_exc_class()
    asked: Asked | None = Asked(attempt.target.address)
    trail = _Trail(attempt)
    while asked is not None:
        trail.begin(asked)
        answered = await _ask(attempt, asked, reuse)
        trail.end(answered)
        asked = trail.next(asked, answered)
        if asked is None:
            judge(attempt, answered)
        else:
            attempt.next_connection()


async def _ask(attempt: Attempt, asked: Asked, reuse: Reuse | None) -> Answered:
    place = Place(asked.parts.scheme, asked.host, asked.port, asked.is_own)
    if reuse is None:
        return await _exchange(attempt, await _open(attempt, asked, place), asked)
    key = pool_key(attempt.target, place)
    kept, closed, was_reset = reuse.pool.take(key) if reuse.is_wanted else (None, 0, 0)
    told: dict[str, Any] = {"is_reused": kept is not None, "found_closed": closed}
    told |= {"found_reset": was_reset} if was_reset else {}
    attempt.detail["connection"] = told
    if kept is None:
        kept = await _open(attempt, asked, place)
    else:
        told |= {"uses_before": kept.uses, "idle_s": round(kept.idle_s, 3)}
        _go_on(attempt, kept)
    kept.uses += 1
    try:
        answered = await _exchange(attempt, kept, asked)
    except NetworkError:
        # What became of this one became of those beside it.
        reuse.pool.forget(key)
        raise
    if kept.is_reusable:
        attempt.let_go(kept.way.connection)
        reuse.pool.park(key, kept, reuse.policy)
    return answered


def _go_on(attempt: Attempt, kept: WebConnection) -> None:
    """Over a connection that is there already: nothing is looked up, connected or encrypted, and nothing of it told."""
    attempt.adopt(kept.way.connection)
    kept.wire.begin(attempt.stopwatch, attempt.budget)
    if kept.tls is not None:
        attempt.detail["tls"] = kept.tls


async def _open(attempt: Attempt, asked: Asked, place: Place) -> WebConnection:
    scheme = place.scheme
    context = await load_context(attempt, _ALPN, has_own_certificate=asked.is_own) if scheme == "https" else None
    way = await open_way(attempt, place)
    stream: Stream = way.stream
    alpn = ""
    if context is None:
        attempt.stopwatch.stop(way.ready_at_ns)
    else:
        name = attempt.target.sni if asked.is_own and attempt.target.sni else asked.host
        stream = secure = await shake_hands(attempt, way.stream, context, way.ready_at_ns, name)
        alpn = secure.alpn
        attempt.stopwatch.stop(secure.done_at_ns)
    wire = HttpWire(stream, attempt.stopwatch, attempt.budget, is_h2=alpn == "h2")
    tls = attempt.detail.get("tls")
    # The flights of a handshake belong to the attempt that made it.
    tls = {name: told for name, told in tls.items() if name != "flights_ms"} if context and tls else None
    return WebConnection(way, wire, speak(wire, asked.origin), tls)


async def _exchange(attempt: Attempt, connection: WebConnection, asked: Asked) -> Answered:
    way, wire = connection.way, connection.wire
    answered = await exchange(attempt, way, wire, connection.client, asked)
    attempt.stopwatch.stop(max(wire.read_at_ns, wire.answered_at_ns))
    if way.forwarder is not None:
        error = proxy_status_error(answered.header("proxy-status"))
        if answered.status == 407 or (error and answered.status >= 400):
            attempt.stopwatch.resume(Phase.RECEIVE)
            raise NetworkError(Evidence(proxy=proxy_evidence(way.forwarder, answered.status, answered.headers)))
    return answered


class _Trail:
    """The hops so far; decides whether there is another."""

    def __init__(self, attempt: Attempt) -> None:
        self._attempt = attempt
        self._hops: list[dict[str, Any]] = []
        self._seen: set[tuple[str, str]] = set()
        self._cookies: dict[str, dict[str, str]] = {}
        self._before = PhaseTimes()

    def begin(self, asked: Asked) -> None:
        """A request goes out."""
        self._seen.add((asked.url, asked.cookie))
        self._before = self._attempt.stopwatch.times()
        self._hops.append({"url": mask_secrets(asked.url)})
        if len(self._hops) > 1:
            self._attempt.detail["hops"] = self._hops

    def end(self, answered: Answered) -> None:
        """Its answer is here."""
        now, before = self._attempt.stopwatch.times(), self._before
        spent = {phase.value: round(ms - (before.of(phase) or 0.0), 3) for phase, ms in now.reached()}
        used = {name: ms for name, ms in spent.items() if ms > 0 or before.of(Phase(name)) is None}
        self._hops[-1] |= {
            "status": answered.status,
            "address": self._attempt.address,
            "ms": round(now.total_ms - before.total_ms, 3),
            "phases": used,
        }

    def next(self, asked: Asked, answered: Answered) -> Asked | None:
        """The request that the answer redirects to; None where it is the last. Raises NetworkError for a loop."""
        target = self._attempt.target
        location = answered.header("location")
        is_redirect = answered.status in _REDIRECTS and bool(location)
        is_wanted = answered.status in target.expect_status
        if not is_redirect or is_wanted or not target.follow or target.method.upper() not in _FOLLOWED_METHODS:
            return None
        try:
            url = parse_address(urljoin(asked.url, location.strip()))
        except (InputError, ValueError):
            url = ""
        if not url.startswith(("http://", "https://")):
            self._attempt.detail["http"]["is_unfollowable"] = True
            return None
        own, there = Asked(target.address), Asked(url)
        is_own = (own.parts.scheme, own.host, own.port) == (there.parts.scheme, there.host, there.port)
        following = Asked(url, is_own=is_own, cookie=self._cookie(asked.host, there.host, answered))
        if (following.url, following.cookie) in self._seen or len(self._hops) > MAX_REDIRECTS:
            self._attempt.detail["hops"] = self._hops
            self._attempt.stopwatch.resume(Phase.RECEIVE)
            raise NetworkError(Evidence(http=HttpEvidence(status=answered.status, is_redirect_loop=True)))
        return following

    def _cookie(self, host: str, next_host: str, answered: Answered) -> str:
        """Cookies of this trail for the next host: without them many a login page would redirect to itself."""
        jar = self._cookies.setdefault(host, {})
        for name, value in answered.headers:
            pair = value.decode("latin-1").partition(";")[0].strip()
            key, equals, _ = pair.partition("=")
            if (
                name.lower() == b"set-cookie"
                and equals
                and len(jar) < _MAX_COOKIES
                and pair.isascii()
                and pair.isprintable()
            ):
                jar[key] = pair
        return "; ".join(self._cookies.get(next_host, {}).values())


def judge(attempt: Attempt, answered: Answered) -> None:
    """Is this answer what the target wants? Raises NetworkError where it is not."""
    target, status = attempt.target, answered.status
    is_welcome = status in target.expect_status if target.expect_status else status < 400
    missing = "" if is_welcome else "status"
    if is_welcome and target.expect_text and target.expect_text not in answered.text:
        missing = "text"
    if missing:
        seen = HttpEvidence(status=status, retry_after_s=attempt.retry_after_s, is_unexpected=True, missing=missing)
        attempt.stopwatch.resume(Phase.RECEIVE)
        raise NetworkError(Evidence(http=seen))
