"""Rules about the answer: HTTP, the application behind it, and services with their own greeting."""

from clearline.diagnosis.rule import Rule
from clearline.domain.fault import Whose
from clearline.domain.verdict import Confidence, Step, Trial

_LIKELY = Confidence.LIKELY
_H, _A = Step.HTTP, Step.APPLICATION
_APP, _SERVER = Whose.APP, Whose.SERVER
_UP = ("connect.ok",)
_CUT = (
    "target.kind = http.response.invalid.content_length_mismatch | http.response.invalid.incomplete_chunked_encoding",
)

RULES: tuple[Rule, ...] = (
    Rule("rate_limited", _H, _APP, ("target.kind = http.error.429",), _UP),
    Rule("rate_limited", _H, _APP, ("target.kind = http.error.503", "target.retry_after_s", "pace.is_high"), _UP),
    Rule("rate_limited", _A, _APP, ("target.kind = ntp.kod.rate | app.smtp.421",), _UP, confidence=_LIKELY),
    Rule(
        "only_browsers",
        _H,
        _APP,
        (
            "target.kind ~ http.error.403 | http.error.405 | http.error.406 | tcp.reset | http.response.invalid.empty",
            "browser.ok",
        ),
        _UP,
    ),
    Rule("login_wanted", _H, _APP, ("target.kind = http.error.401",), _UP),
    Rule("forbidden", _H, _APP, ("target.kind = http.error.403 | http.error.451",), _UP),
    Rule("page_missing", _H, _APP, ("target.kind = http.error.404 | http.error.410",), _UP),
    Rule(
        "request_refused",
        _H,
        _APP,
        ("target.kind = http.error.400 | http.error.405 | http.error.406 | http.error.425 | http.error.408",),
        _UP,
    ),
    Rule("backend_down", _H, _APP, ("target.kind = http.error.502 | http.error.504",), _UP),
    Rule("in_maintenance", _H, _APP, ("target.kind = http.error.503",), _UP),
    Rule("application_broken", _H, _APP, ("target.kind ~ http.error", "target.status > 499"), _UP),
    Rule("request_refused", _H, _APP, ("target.kind ~ http.error",), _UP),
    Rule("goes_in_circles", _H, _APP, ("target.kind = http.response.redirect_loop",), _UP),
    Rule("other_content", _H, _APP, ("target.kind = http.content_mismatch",), _UP, confidence=_LIKELY),
    Rule("http2_broken", _H, _SERVER, ("target.kind ~ h2 | http.protocol.error", "http1.ok"), _UP),
    Rule(
        "http2_broken",
        _H,
        _SERVER,
        ("target.kind ~ h2 | http.protocol.error",),
        ("http1.ok",),
        confidence=_LIKELY,
        offers=(Trial.HTTP1,),
    ),
    Rule("not_http", _H, _SERVER, ("target.kind = http.response.invalid",), _UP),
    Rule(
        "hangs_up",
        _H,
        _SERVER,
        ("target.kind = http.response.invalid.empty | tcp.reset | tcp.closed | tcp.aborted", "target.is_web"),
        ("again.ok = False", "again.kind"),
        confidence=_LIKELY,
    ),
    Rule("answer_cut", _H, _SERVER, _CUT, ("again.ok = False",), confidence=_LIKELY),
    Rule(
        "application_silent",
        _H,
        _APP,
        ("target.kind = http.timed_out | tcp.stalled", "target.is_web"),
        ("target.unacked < 1", "sizes.is_black_hole = False", "target.has_heard"),
        confidence=_LIKELY,
        offers=(Trial.SIZES,),
    ),
    Rule(
        "answer_stalls",
        _H,
        _APP,
        ("target.kind = http.stalled",),
        ("sizes.is_black_hole = False",),
        confidence=_LIKELY,
        offers=(Trial.SIZES,),
    ),
    # services with their own protocol
    Rule(
        "upgrade_refused",
        _A,
        _APP,
        ("target.kind = ws.upgrade_rejected",),
        _UP,
        confidence=_LIKELY,
        offers=(Trial.PROXY,),
    ),
    Rule("service_closes", _A, _APP, ("target.kind ~ ws.closed | ws.protocol.error | app.imap.bye",), _UP),
    Rule("service_refuses", _A, _APP, ("target.kind ~ app.smtp",), _UP),
    Rule(
        "greets_strangely",
        _A,
        _APP,
        ("target.kind = app.banner_unexpected | app.unexpected_reply | udp.unexpected_reply",),
        _UP,
        confidence=_LIKELY,
    ),
    Rule(
        "greets_not",
        _A,
        _APP,
        ("target.kind = app.banner_missing",),
        ("ports.any_answer", "connect.ok"),
        confidence=_LIKELY,
    ),
    Rule("no_time", _A, _SERVER, ("target.kind ~ ntp.kod | ntp.unsynchronized",), ("target.address",)),
    Rule(
        "clock_differs",
        Step.SELF,
        Whose.ME,
        ("target.kind = ntp.clock_differs",),
        ("clock.hosts > 0",),
        confidence=_LIKELY,
    ),
    Rule(
        "idle_is_cut",
        _A,
        Whose.PATH,
        ("target.is_idle", "target.kind ~ tcp"),
        ("history.is_idle_stable", "reuse.is_cut"),
        confidence=_LIKELY,
        offers=(Trial.REUSE,),
    ),
    Rule("idle_is_cut", _A, Whose.PATH, ("reuse.is_cut",), ("target.ok",), confidence=_LIKELY, is_fault=False),
    Rule("reuse_breaks", _H, _SERVER, ("reuse.breaks",), ("target.ok",), confidence=_LIKELY, is_fault=False),
    Rule(
        "line_went_dead",
        _A,
        Whose.PATH,
        ("target.kind = tcp.aborted | tcp.stalled", "target.unacked > 0"),
        ("gateway.is_alive", "ping.ok", "control.ok"),
        confidence=_LIKELY,
    ),
    Rule(
        "service_hangs_up",
        _A,
        _SERVER,
        ("target.kind = tcp.reset | tcp.closed | tcp.aborted",),
        ("again.ok = False", "connect.ok"),
        confidence=_LIKELY,
    ),
    Rule(
        "service_silent",
        _A,
        _APP,
        ("target.kind = tcp.stalled | ws.no_pong | http.timed_out",),
        ("ping.ok", "connect.ok"),
        confidence=_LIKELY,
    ),
)
