"""Many failures with one cause are said once."""

import pytest

from clearline.diagnosis.shared_cause import HOLD_S, TOGETHER_S, SharedCauses
from clearline.domain.fault import Fault
from clearline.domain.phase import Phase
from clearline.domain.verdict import Verdict

REFUSED = Fault("tcp.refused", Phase.CONNECT)
SILENT = Fault("tcp.timed_out", Phase.CONNECT)
NO_ROUTE = Fault("local.no_route", Phase.CONNECT)
NAMES = Fault("dns.timed_out", Phase.RESOLVE, {"dns": {"server": "192.0.2.53:53"}})
PROXY = Fault("proxy.connect_failed.refused", Phase.CONNECT, {"proxy": {"address": "http://192.0.2.8:3128"}})
ROUTER = Fault(
    "tcp.address_unreachable.net", Phase.CONNECT, {"icmp": {"offender": "192.0.2.1"}, "peer": "198.51.100.1"}
)


def folded(*ends: tuple[str, float, Fault | None]) -> SharedCauses:
    causes = SharedCauses()
    for name in "abcde":
        causes.note(name, f"{name}.example", 0.0, None)
    for name, at_s, fault in ends:
        causes.note(name, f"{name}.example", at_s, fault)
    return causes


@pytest.mark.parametrize(
    ("fault", "code", "shared"),
    [
        (NO_ROUTE, "all_here", "here"),
        (NAMES, "all_names", "192.0.2.53:53"),
        (PROXY, "all_proxied", "http://192.0.2.8:3128"),
        (ROUTER, "all_behind_router", "192.0.2.1"),
    ],
)
def test_it_says_once_what_three_hosts_share_and_since_when(fault: Fault, code: str, shared: str) -> None:
    told = folded(("a", 7.0, fault), ("b", 6.0, fault), ("c", 8.0, fault)).change(8.0)
    assert told is not None
    assert (told.code, told.values, told.since_s) == (code, {"shared": shared, "count": 3, "total": 5}, 6.0)


@pytest.mark.parametrize(
    "ends",
    [
        [("a", 1.0, NAMES), ("b", 1.0, NAMES)],
        [("a", 1.0, SILENT), ("b", 1.0, REFUSED), ("c", 1.0, SILENT)],
        [("a", 1.0, NAMES), ("b", 1.0, NAMES), ("c", 1.0 + TOGETHER_S + 1, NAMES)],
        [("a", 1.0, NAMES), ("b", 1.0, NAMES), ("c", 1.0, NAMES), ("c", 2.0, None)],
    ],
    ids=["two", "each its own", "apart in time", "one recovered"],
)
def test_it_says_nothing_of_failures_that_share_nothing(ends: list[tuple[str, float, Fault | None]]) -> None:
    assert folded(*ends).change(40.0) is None


def test_everything_failing_at_once_is_one_thing_even_if_each_fails_in_its_own_way() -> None:
    told = folded(*((name, 3.0, SILENT if name < "c" else REFUSED) for name in "abcde")).change(4.0)
    assert told is not None
    assert (told.code, told.values["count"], told.since_s) == ("all_fail", 5, 3.0)


def test_several_services_of_one_host_are_not_many_hosts() -> None:
    causes = SharedCauses()
    for name in "abc":
        causes.note(name, "one.example", 1.0, NAMES)
    assert causes.change(2.0) is None


def test_it_neither_flickers_nor_lingers() -> None:
    causes = folded(*((name, 3.0, NAMES) for name in "abc"))
    told: list[Verdict | None] = [causes.change(4.0), causes.change(5.0)]
    causes.note("c", "c.example", 5.5, None)
    told.append(causes.change(6.0))
    causes.note("c", "c.example", 6.5, NAMES)
    told.append(causes.change(7.0))
    for name in "abc":
        causes.note(name, f"{name}.example", 8.0, None)
    told += [causes.change(8.0), causes.change(8.0 + HOLD_S)]
    assert [one.code if one else "" for one in told] == ["all_names", "", "", "", "", "apart"]


def test_a_target_that_is_watched_no_longer_counts_no_longer() -> None:
    causes = folded(*((name, 3.0, NAMES) for name in "abc"))
    causes.keep_only("ab")
    assert causes.change(4.0) is None or causes.change(4.0).code != "all_names"
