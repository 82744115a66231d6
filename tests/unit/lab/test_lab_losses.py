"""Which datagrams are lost."""

from itertools import groupby

from clearline.lab.datagram_server import Losses
from clearline.lab.faults import LabFault


def taken(fault: LabFault | None, seed: str = "1", count: int = 20_000) -> list[bool]:
    losses = Losses(seed)
    return [losses.takes(fault) for _ in range(count)]


def test_it_loses_the_share_it_is_told_to() -> None:
    lost = taken(LabFault("loss", share=0.05))
    assert 0.045 < sum(lost) / len(lost) < 0.055


def test_bursts_have_the_share_and_the_length_they_are_told() -> None:
    lost = taken(LabFault("loss_bursts", share=0.1, burst=5))
    lengths = [len(list(run)) for is_lost, run in groupby(lost) if is_lost]
    assert 0.08 < sum(lost) / len(lost) < 0.12
    assert 4.5 < sum(lengths) / len(lengths) < 5.5


def test_the_same_seed_loses_the_same_ones() -> None:
    fault = LabFault("loss", share=0.3)
    assert taken(fault, "1", 500) == taken(fault, "1", 500)
    assert taken(fault, "1", 500) != taken(fault, "2", 500)


def test_it_loses_all_or_none() -> None:
    assert all(taken(LabFault("drop"), count=100))
    assert not any(taken(None, count=100))
