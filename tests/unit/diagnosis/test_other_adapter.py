"""The same attempt by another adapter: which are tried, how often, and what the difference means."""

import pytest

from clearline.diagnosis.judge import judge
from clearline.diagnosis.other_adapter import MOST_ADAPTERS, other_sources
from clearline.domain.verdict import Confidence, DiagnosisPolicy, Trial
from clearline.net.machine_routes import Gateway
from clearline.net.machine_state import Adapter, Machine
from clearline.net.network import Source
from support.scripted_ladder import GATEWAY, TARGET_IP, Answer, ScriptedMachine, Told, diagnosed, fault, ok, silent

ETH, WLAN, TUN = "192.0.2.10", "192.0.2.130", "10.8.0.2"
ADDRESS = f"https://{TARGET_IP}/"
ALIVE: dict[str, Answer] = {f"icmp://{GATEWAY}": ok}


def facts(*adapters: tuple[str, str], ways: tuple[str, ...] = (), vpns: tuple[str, ...] = ()) -> dict[str, object]:
    return {
        "address.of": {ip: name for name, ip in adapters},
        "address.all": [ip for _, ip in adapters if not ip.startswith("169.254.")],
        "address.vpns": list(vpns),
        "gateway.all": [[4, GATEWAY, way] for way in ways],
    }


@pytest.mark.parametrize(
    ("known", "ip", "used", "adapters"),
    [
        (facts(("eth0", ETH), ("wlan0", WLAN)), TARGET_IP, ETH, ["wlan0"]),
        (facts(("eth0", ETH), ("wlan0", WLAN)), TARGET_IP, "", ["eth0", "wlan0"]),
        (facts(("eth0", ETH), ("wlan0", WLAN)), TARGET_IP, "203.0.113.9", []),
        (facts(("eth0", ETH), ("wlan0", "169.254.7.7")), TARGET_IP, ETH, []),
        (facts(("eth0", ETH), ("wlan0", "2001:db8::7")), TARGET_IP, ETH, []),
        (facts(("eth0", "2001:db8::1"), ("wlan0", "2001:db8::7")), "2001:db8::9", "2001:db8::1", ["wlan0"]),
        (facts(("eth0", ETH), ("eth0", "192.0.2.11")), TARGET_IP, ETH, []),
        # Those with a way out first, on Windows named by their address; then tunnels.
        (facts(("a", "10.0.0.1"), ("b", "10.0.1.1"), ("eth0", ETH), ways=("b",)), TARGET_IP, ETH, ["b", "a"]),
        (facts(("a", "10.0.0.1"), ("b", "10.0.1.1"), ("eth0", ETH), ways=("10.0.1.1",)), TARGET_IP, ETH, ["b", "a"]),
        (facts(("a", "10.0.0.1"), ("b", "10.0.1.1"), ("eth0", ETH), vpns=("b",)), TARGET_IP, ETH, ["b", "a"]),
    ],
)
def test_it_takes_the_others_with_an_address_of_the_family(
    known: dict[str, object], ip: str, used: str, adapters: list[str]
) -> None:
    assert [source.adapter for source in other_sources(known, ip, used)] == adapters


def test_it_takes_few_of_many() -> None:
    many = facts(("eth0", ETH), *((f"veth{number}", f"10.0.{number}.1") for number in range(9)))
    sources = other_sources(many, TARGET_IP, ETH)
    assert len(sources) == MOST_ADAPTERS
    assert sources[0] == Source("10.0.0.1", "veth0")


def _diagnosed(
    monkeypatch: pytest.MonkeyPatch,
    answers: dict[str, Answer],
    used: str = ETH,
    other: str = WLAN,
    address: str = ADDRESS,
    **changes: object,
) -> Told:
    for module in ("steps_here", "other_adapter"):
        monkeypatch.setattr(f"clearline.diagnosis.{module}.source_address", lambda _ip: used)
    adapters = (
        Adapter("eth0" if used == ETH else "tun0", (used,), 1500, is_vpn=used == TUN),
        Adapter("tun1" if other == TUN else "wlan0", (other,), 1500, is_vpn=other == TUN),
    )
    machine = ScriptedMachine(Machine(adapters, (Gateway(4, GATEWAY, adapters[0].name),)))
    return diagnosed({**ALIVE, **answers}, address=address, machine=machine, policy=DiagnosisPolicy(), **changes)


@pytest.mark.parametrize(
    ("used", "other", "code"),
    [(ETH, WLAN, "only_this_adapter"), (ETH, TUN, "only_through_vpn"), (TUN, WLAN, "vpn_route")],
)
@pytest.mark.parametrize("answer", [ok, fault("tcp.refused"), fault("tls.cert.date_invalid.expired")])
def test_it_says_which_way_leads_there(
    used: str, other: str, code: str, answer: Answer, monkeypatch: pytest.MonkeyPatch
) -> None:
    adapter = "tun1" if other == TUN else "wlan0"
    told = _diagnosed(monkeypatch, {f"{adapter}: {ADDRESS}": answer}, used, other)
    assert (told.verdict.code, told.verdict.confidence) == (code, Confidence.LIKELY)
    assert told.verdict.values["working_adapters"] == adapter
    assert "note.works_by_adapter" in [saying.code for saying in told.verdict.notes]


@pytest.mark.parametrize(
    ("address", "changes"),
    [(f"http://u:secret@{TARGET_IP}/", {}), (ADDRESS, {"verify": False, "headers": ("X-Token: secret",)})],
    ids=["not encrypted", "to anybody"],
)
def test_it_sends_no_open_request_through_a_network_that_nobody_chose(
    address: str, changes: dict[str, object], monkeypatch: pytest.MonkeyPatch
) -> None:
    told = _diagnosed(monkeypatch, {"wlan0: tcp://": ok}, address=address, **changes)
    through = [asked for asked in told.addresses if asked.startswith("wlan0: ")]
    assert through
    assert all(asked.startswith("wlan0: tcp://") for asked in through)
    assert told.verdict.code == "only_this_adapter"


def test_it_is_no_surer_than_possible_where_the_first_way_works_the_second_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    answers = iter((silent, ok, ok, ok))
    told = _diagnosed(monkeypatch, {"wlan0: ": ok, ADDRESS: lambda target: next(answers)(target)})
    assert (told.verdict.code, told.verdict.confidence) == ("only_this_adapter", Confidence.POSSIBLE)


@pytest.mark.parametrize("answer", [silent, fault("tcp.timed_out"), fault("tcp.refused", icmp={"offender": GATEWAY})])
def test_it_rules_the_adapter_out_where_every_way_fails(answer: Answer, monkeypatch: pytest.MonkeyPatch) -> None:
    told = _diagnosed(monkeypatch, {"wlan0: ": answer})
    assert told.verdict.code != "only_this_adapter"
    assert "ruled_out.other_adapter" in [saying.code for saying in told.verdict.ruled_out]


def test_it_says_nothing_where_this_system_ties_no_socket_to_an_adapter(monkeypatch: pytest.MonkeyPatch) -> None:
    told = _diagnosed(monkeypatch, {"wlan0: ": fault("local.capability")})
    assert not {saying.code for saying in (*told.verdict.ruled_out, *told.verdict.notes)} & {
        "ruled_out.other_adapter",
        "note.works_by_adapter",
    }


@pytest.mark.parametrize("answer", [ok, fault("tcp.refused"), fault("tls.timed_out")])
def test_it_leaves_other_adapters_alone_where_the_target_was_reached(
    answer: Answer, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = _diagnosed(monkeypatch, {ADDRESS: answer, "tcp://": ok, "icmp://": ok})
    assert [address for address in told.addresses if address.startswith("wlan0")] == []


def test_it_offers_the_test_only_where_there_is_another_adapter() -> None:
    silence = {"target.ok": False, "target.kind": "tcp.timed_out", "ports.any_answer": False}
    assert Trial.INTERFACES in judge({**silence, "address.others": ["wlan0"]}).missing
    assert Trial.INTERFACES not in judge({**silence, "address.others": []}).missing
    assert Trial.INTERFACES not in judge({**silence, "address.others": ["wlan0"], "interfaces.ok": False}).missing
