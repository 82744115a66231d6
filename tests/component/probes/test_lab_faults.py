"""Every fault the practice lab can make, and what the probes call it: what people learn in the lab is what they get."""

import asyncio

import pytest

from clearline.domain.outcome import Outcome
from clearline.domain.phase import Phase
from clearline.lab.faults import CATALOGUE
from clearline.lab.lab import Lab
from clearline.net.sockets import SystemNetwork
from clearline.probes.registry import run
from support.lab_clients import one_target
from support.misbehaving import SteadyClock, limits, on_network

CONNECT, TLS, WAIT, RECEIVE = Phase.CONNECT, Phase.TLS, Phase.WAIT, Phase.RECEIVE

# server, fault: kind and phase of what the probe reports; None for success.
EXPECTED: dict[tuple[str, str], tuple[str, Phase] | None] = {
    **{(server, "refused"): ("tcp.refused", CONNECT) for server in ("tcp", "tls", "http", "https")},
    **{(server, "black_hole"): ("tcp.timed_out", CONNECT) for server in ("tcp", "tls", "http", "https")},
    ("http", "reset_after_accept"): ("tcp.reset", WAIT),
    ("http", "closed_after_accept"): ("http.response.invalid.empty", WAIT),
    ("http", "silent_after_accept"): ("http.timed_out", WAIT),
    # A TCP check is done once it is connected.
    **{("tcp", f"{how}_after_accept"): None for how in ("reset", "closed", "silent")},
    **{(server, "reset_after_accept"): ("tls.reset", TLS) for server in ("tls", "https")},
    **{(server, "closed_after_accept"): ("tls.closed", TLS) for server in ("tls", "https")},
    **{(server, "silent_after_accept"): ("tls.timed_out", TLS) for server in ("tls", "https")},
    **{(server, "expired"): ("tls.cert.date_invalid.expired", TLS) for server in ("tls", "https")},
    **{(server, "not_yet_valid"): ("tls.cert.date_invalid.not_yet_valid", TLS) for server in ("tls", "https")},
    **{(server, "wrong_name"): ("tls.cert.name_invalid", TLS) for server in ("tls", "https")},
    **{
        (server, fault): (f"tls.cert.authority_invalid.{fault}", TLS)
        for server in ("tls", "https")
        for fault in ("self_signed", "unknown_ca", "untrusted_root", "incomplete_chain")
    },
    ("tls", "client_cert_required"): ("tls.client_cert_required", TLS),
    # In TLS 1.3 the refusal comes when the request is out already.
    ("https", "client_cert_required"): ("tls.client_cert_required", WAIT),
    **{(server, "tls_hang"): ("tls.timed_out", TLS) for server in ("tls", "https")},
    **{(server, "tls_closed"): ("tls.closed", TLS) for server in ("tls", "https")},
    **{(server, "tls_reset"): ("tls.reset", TLS) for server in ("tls", "https")},
    **{(server, "tls_alert"): ("tls.version_or_cipher_mismatch", TLS) for server in ("tls", "https")},
    **{(server, "not_tls"): ("tls.protocol.error.not_tls", TLS) for server in ("tls", "https")},
    **{(server, "status"): ("http.error.503", RECEIVE) for server in ("http", "https")},
    **{(server, "slow_first_byte"): ("http.timed_out", WAIT) for server in ("http", "https")},
    **{(server, "stops_halfway"): ("http.stalled", RECEIVE) for server in ("http", "https")},
    **{(server, "cut_off"): ("http.response.invalid.content_length_mismatch", RECEIVE) for server in ("http", "https")},
    **{(server, "empty_answer"): ("http.response.invalid.empty", WAIT) for server in ("http", "https")},
    **{(server, "garbage"): ("http.response.invalid", RECEIVE) for server in ("http", "https")},
    ("udp", "garbage"): ("udp.unexpected_reply", WAIT),
    ("dns", "nxdomain"): ("dns.name_not_resolved.nxdomain", WAIT),
    ("dns", "no_data"): ("dns.name_not_resolved.no_data", WAIT),
    ("dns", "servfail"): ("dns.server.servfail", WAIT),
    ("dns", "server_refuses"): ("dns.server.refused", WAIT),
    ("dns", "format_error"): ("dns.protocol", WAIT),
    ("dns", "wrong_id"): ("dns.protocol", WAIT),
    ("dns", "truncated"): ("dns.truncated_no_tcp", CONNECT),
    **{(server, "delay"): None for server in ("tls", "http", "https", "udp", "dns")},
    ("udp", "drop"): ("udp.no_reply", WAIT),
    ("dns", "drop"): ("dns.timed_out", WAIT),
    ("udp", "port_closed"): ("udp.port_unreachable", WAIT),
    ("dns", "port_closed"): ("dns.unreachable.port", WAIT),
}

BY_CHANCE = {"loss", "loss_bursts"}
NOT_FOLLOWED = {"redirect_loop"}
"""Redirects are shown, not followed: a loop is a status 302 with the place it leads to."""
ASKED_FOR = {"wrong_text"}
"""A wrong page is a fault only where the target expects a text."""


async def _look(server: str, fault: str, network: SystemNetwork, turn: asyncio.Semaphore) -> Outcome:
    # The lab answers from this very loop, so few run at once. Its slow first byte takes 1.5 s.
    timeouts = limits(connect_s=1, tls_s=1, wait_s=1, receive_s=1, attempt_s=10)
    async with turn, Lab(one_target(server, f'kind = "{fault}"')) as lab:
        clock = SteadyClock()
        return await run(lab.plan.targets[0], timeouts, clock.now() + 10, network, clock)


@pytest.fixture(scope="module")
def seen() -> dict[tuple[str, str], tuple[str, Phase] | None]:
    async def use(network: SystemNetwork) -> dict[tuple[str, str], tuple[str, Phase] | None]:
        turn = asyncio.Semaphore(8)
        outcomes = await asyncio.gather(*(_look(*case, network, turn) for case in EXPECTED))
        return {
            case: outcome.fault and (outcome.fault.kind, outcome.fault.phase)
            for case, outcome in zip(EXPECTED, outcomes, strict=True)
        }

    found: dict[tuple[str, str], tuple[str, Phase] | None] = asyncio.run(on_network(use))
    return found


@pytest.mark.parametrize("case", EXPECTED, ids=lambda case: f"{case[1]} over {case[0]}")
def test_it_calls_a_fault_of_the_lab_by_its_name(
    case: tuple[str, str], seen: dict[tuple[str, str], tuple[str, Phase] | None]
) -> None:
    assert seen[case] == EXPECTED[case]


def test_it_leaves_no_fault_of_the_lab_out() -> None:
    probed = {server for server, _ in EXPECTED}
    offered = {(server, fault) for fault, known in CATALOGUE.items() for server in known.servers & probed}
    left_out = {fault for _, fault in offered - set(EXPECTED)}

    assert left_out == BY_CHANCE | NOT_FOLLOWED | ASKED_FOR
