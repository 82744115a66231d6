"""Rules for targets that work, but not well: loss, slowness, one family or address that fails behind the others."""

from clearline.diagnosis.clues import NO_IPV4, NO_IPV6
from clearline.diagnosis.rule import Rule
from clearline.domain.fault import Whose
from clearline.domain.verdict import Confidence, Step

_LIKELY = Confidence.LIKELY
_Q = Step.QUALITY
_BUSY = ("self.is_busy",)
"""The figures of a computer that is late itself are not the network's."""


def _rule(
    code: str, step: Step, whose: Whose, when: tuple[str, ...], *excludes: str, unless: tuple[str, ...] = ()
) -> Rule:
    return Rule(code, step, whose, ("target.ok", *when), excludes, unless, _LIKELY, is_fault=False)


RULES: tuple[Rule, ...] = (
    Rule(
        "line_overloaded",
        _Q,
        Whose.LAN,
        ("target.ok", "load.is_bloated"),
        ("load.is_back",),
        is_fault=False,
    ),
    Rule(
        "line_overloaded_up",
        _Q,
        Whose.LAN,
        ("target.ok", "load.up_is_bloated"),
        ("load.up_is_back",),
        is_fault=False,
    ),
    _rule(
        "comes_and_goes",
        _Q,
        Whose.SERVER,
        ("history.is_flapping",),
        "gateway.is_alive",
        "control.ok",
        "history.count > 20",
    ),
    _rule("fails_regularly", _Q, Whose.PATH, ("history.is_periodic",), "history.count > 20"),
    _rule("own_network_poor", Step.GATEWAY, Whose.LAN, ("gateway.is_lossy",), "quality.is_lossy", "gateway.sent > 4"),
    _rule(
        "own_network_poor",
        Step.GATEWAY,
        Whose.LAN,
        ("gateway.is_slow",),
        "quality.is_jittery",
        "gateway.sent > 4",
        unless=_BUSY,
    ),
    _rule(
        "own_network_poor",
        Step.GATEWAY,
        Whose.LAN,
        ("gateway.is_slow", "quality.slow_phase = connect"),
        "gateway.sent > 4",
        unless=_BUSY,
    ),
    _rule("loses_packets", _Q, Whose.PATH, ("quality.is_lossy",), "gateway.is_lossy = False"),
    _rule(
        "ipv6_broken",
        Step.CONNECT,
        Whose.LAN,
        ("families.v6_ok = False", "families.v4_ok"),
        "families.v6_kind ~ tcp.timed_out | tcp.address_unreachable",
        unless=(NO_IPV6,),
    ),
    _rule(
        "ipv4_broken",
        Step.CONNECT,
        Whose.LAN,
        ("families.v4_ok = False", "families.v6_ok"),
        "families.v4_kind ~ tcp.timed_out | tcp.address_unreachable",
        unless=(NO_IPV4,),
    ),
    Rule(
        "some_addresses",
        Step.CONNECT,
        Whose.SERVER,
        ("target.ok", "families.is_partial"),
        ("families.is_repeated",),
        (),
        Confidence.CERTAIN,
        is_fault=False,
    ),
    _rule(
        "first_server_down",
        Step.NAME,
        Whose.DNS,
        ("name.is_slow", "name.any_own_ok", "name.own = timed_out | refused | servfail | port_closed | unreachable"),
        "name.own_count > 1",
    ),
    _rule(
        "names_slow",
        Step.NAME,
        Whose.DNS,
        ("name.is_slow",),
        "name.own_is_slow",
        "quality.slow_phase = resolve",
        unless=_BUSY,
    ),
    _rule("answers_slowly", _Q, Whose.APP, ("quality.slow_phase = wait",), "quality.is_path_quick", unless=_BUSY),
    _rule(
        "far_away",
        _Q,
        Whose.PATH,
        ("quality.slow_phase = connect",),
        "control.is_quick",
        "gateway.is_slow = False",
        unless=_BUSY,
    ),
    _rule("queue_full", _Q, Whose.SERVER, ("quality.lost_requests > 1",), "ping.ok", "gateway.is_lossy = False"),
    _rule("jumps", _Q, Whose.PATH, ("quality.is_jittery",), "gateway.is_slow = False", unless=_BUSY),
    _rule("clock_off", Step.SELF, Whose.ME, ("clock.is_wrong", "clock.hosts > 1")),
    Rule(
        "certificate_ends_soon",
        Step.TLS,
        Whose.SERVER,
        ("target.ok", "target.expires_soon", "target.certificate_days > -1"),
        ("target.certificate_days > -1",),
        ("clock.is_wrong",),
        is_fault=False,
    ),
    _rule("worked_before", _Q, Whose.SERVER, ("history.is_worse",), "history.count > 20"),
)
