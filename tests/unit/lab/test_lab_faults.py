"""When which fault is on."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clearline.host.texts import Texts
from clearline.lab.faults import CATALOGUE, SECTIONS, LabFault
from clearline.lab.scenario_check import check_fault
from clearline.lab.timeline import Stretch, Timeline

REFUSED = LabFault("refused")
SILENT = LabFault("silent_after_accept")
TURN = (Stretch(10, 20, REFUSED), Stretch(30, 40, SILENT))


def test_it_is_well_before_and_after_a_stretch() -> None:
    timeline = Timeline(TURN)
    assert [timeline.at(second) for second in (0, 9.99, 10, 19.99, 20, 35, 40, 1000)] == [
        None, None, REFUSED, REFUSED, None, SILENT, None, None,
    ]  # fmt: skip


def test_it_repeats_in_turns() -> None:
    timeline = Timeline(TURN, repeat_s=50)
    assert timeline.at(515) == REFUSED
    assert timeline.at(535) == SILENT
    assert timeline.at(545) is None


def test_it_tells_the_next_change_across_turns() -> None:
    timeline = Timeline(TURN, repeat_s=50)
    assert [timeline.next_change(second) for second in (0, 10, 25, 40, 49)] == [10, 20, 30, 60, 60]


def test_it_has_no_next_change_after_the_last_one() -> None:
    assert Timeline(TURN).next_change(40) is None
    assert Timeline(()).next_change(0) is None


def test_the_same_seed_plays_the_same_faults() -> None:
    one, same, other = (Timeline(TURN, 50, 3.0, seed) for seed in ("5/it", "5/it", "6/it"))
    assert one.stretches(500) == same.stretches(500)
    assert one.stretches(500) != other.stretches(500)


def test_the_order_of_asking_changes_nothing() -> None:
    forwards, backwards = Timeline(TURN, 50, 3.0, "5/it"), Timeline(TURN, 50, 3.0, "5/it")
    seconds = [second / 4 for second in range(2000)]
    assert [forwards.at(s) for s in seconds] == [backwards.at(s) for s in reversed(seconds)][::-1]


def test_turns_differ_where_there_is_jitter() -> None:
    stretches = Timeline(TURN, 50, 3.0, "5/it").stretches(100)
    assert stretches[0].from_s != stretches[2].from_s - 50


@given(jitter_s=st.floats(0, 60), seed=st.integers(0, 1000))
def test_walking_from_change_to_change_finds_every_stretch_in_order(jitter_s: float, seed: int) -> None:
    timeline = Timeline(TURN, 50, jitter_s, str(seed))
    at_s: float | None = 0.0
    visited = []
    while at_s is not None and at_s < 400:
        visited.append(at_s)
        at_s = timeline.next_change(at_s)
    edges = {edge for s in timeline.stretches(400) for edge in (s.from_s, s.to_s) if 0 < edge < 400}
    assert visited == sorted({0.0, *edges})


@given(jitter_s=st.floats(0, 60), seed=st.integers(0, 1000))
def test_moved_stretches_never_overlap(jitter_s: float, seed: int) -> None:
    stretches = Timeline(TURN, 50, jitter_s, str(seed)).stretches(1000)
    assert all(s.from_s <= s.to_s for s in stretches)
    assert all(before.to_s <= after.from_s for before, after in pairwise(stretches))


def test_an_option_falls_back_to_its_kinds_default() -> None:
    assert LabFault("loss").option("share") == CATALOGUE["loss"].options["share"]
    assert LabFault("loss", share=0.5).option("share") == 0.5


@pytest.mark.parametrize("language", ["en", "fr"])
def test_every_fault_and_section_has_a_name(language: str) -> None:
    texts = Texts(language)
    names = [texts.say(f"lab_fault.{kind}") for kind in CATALOGUE]
    assert all(names)
    assert len(set(names)) == len(names)
    assert all(texts.say(f"lab_section.{section}") for section in SECTIONS)


def test_every_kind_is_in_a_section_and_fine_with_its_own_defaults() -> None:
    for name, kind in CATALOGUE.items():
        assert kind.section in SECTIONS
        whole = LabFault(name, **kind.options)
        for server in kind.servers:
            assert check_fault(whole, server) == []
