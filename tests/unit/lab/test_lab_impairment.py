"""What a fault proxy can be told, and when it does what."""

import pytest

from clearline.domain.problem import InputError
from clearline.lab.impairment import Impairment, read_script, read_setting

GOOD = b"""
repeat_s = 10
[[steps]]
at_s = 2
impairment = { latency_ms = 100 }
[[steps]]
at_s = 5
impairment = { is_down = true }
"""


def test_it_holds_what_the_latest_step_said_in_every_turn() -> None:
    script = read_script(GOOD, "good")
    expected = [Impairment(), Impairment(latency_ms=100), Impairment(is_down=True)]
    assert [script.at(second) for second in (0, 2, 5)] == expected
    assert [script.at(second) for second in (11, 14, 19)] == expected


def test_it_tells_the_next_change_across_turns() -> None:
    script = read_script(GOOD, "good")
    assert [script.next_change(second) for second in (0, 2, 5, 10, 19)] == [2, 5, 10, 12, 20]


def test_a_script_without_turns_ends() -> None:
    assert read_script(GOOD.replace(b"repeat_s = 10", b""), "once").next_change(5) is None


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (b"steps = 3", "lab.bad_script"),
        (b"steps = [", "lab.bad_script"),
        (GOOD.replace(b"at_s = 5", b"at_s = 1"), "lab.bad_script"),
        (GOOD.replace(b"10", b"5"), "lab.repeat_too_short"),
        (GOOD.replace(b"100", b"-1"), "lab.range"),
        (GOOD.replace(b"latency_ms", b"colour"), "lab.bad_script"),
    ],
)
def test_it_says_what_is_wrong_with_a_script(text: bytes, code: str) -> None:
    with pytest.raises(InputError) as caught:
        read_script(text, "bad")
    assert caught.value.problems[0].code == code


def test_it_reads_settings_as_they_are_typed() -> None:
    assert read_setting("latency_ms=12.5") == ("latency_ms", 12.5)
    assert read_setting("slice_bytes = 7") == ("slice_bytes", 7)
    assert read_setting("is_down=true") == ("is_down", True)


@pytest.mark.parametrize(("typed", "code"), [("colour=3", "lab.no_impairment"), ("latency_ms=soon", "lab.wrong_value")])
def test_it_says_what_is_wrong_with_a_setting(typed: str, code: str) -> None:
    with pytest.raises(InputError) as caught:
        read_setting(typed)
    assert caught.value.problems[0].code == code
