"""Where the files that come with Clearline are found."""

from pathlib import Path

import pytest

from clearline.host import resources


def test_it_finds_the_texts_of_this_installation() -> None:
    assert resources.path("text", "en", "faults.toml").is_file()


def test_it_prefers_the_first_place_that_has_the_file(tmp_path: Path) -> None:
    wheel, checkout = tmp_path / "wheel", tmp_path / "checkout"
    for root in (wheel, checkout):
        root.mkdir()
        (root / "plan.toml").touch()
    assert resources.find((wheel, checkout), ("plan.toml",)) == wheel / "plan.toml"


def test_it_goes_on_to_the_next_place(tmp_path: Path) -> None:
    (tmp_path / "lab").mkdir()
    assert resources.find((tmp_path / "absent", tmp_path), ("lab",)) == tmp_path / "lab"


def test_it_looks_only_in_the_unpacked_folder_of_a_frozen_build(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys._MEIPASS", str(tmp_path), raising=False)
    (tmp_path / "clearline" / "resources" / "text").mkdir(parents=True)
    assert resources.path("text") == tmp_path / "clearline" / "resources" / "text"


def test_it_names_the_missing_file_and_every_place_it_looked(tmp_path: Path) -> None:
    with pytest.raises(resources.ResourceMissingError) as caught:
        resources.find((tmp_path / "a", tmp_path / "b"), ("text", "xx.toml"))
    message = str(caught.value)
    assert "resources/text/xx.toml" in message
    assert str(tmp_path / "a") in message
    assert str(tmp_path / "b") in message
    assert "Install Clearline again." in message
