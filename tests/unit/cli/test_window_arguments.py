"""What `clearline` without a command hands to the window: options, and a file as a double click names it."""

import dataclasses
from pathlib import Path
from typing import Any

import pytest

from clearline.cli.arguments import PAGES, Shared, main
from clearline.cli.parts import Parts, WindowRequest


def _asked(*arguments: str) -> WindowRequest:
    asked: list[WindowRequest] = []

    def open_window(request: WindowRequest) -> int:
        asked.append(request)
        return 0

    nothing: dict[str, Any] = {field.name: None for field in dataclasses.fields(Parts)}
    shared = Shared(Parts(**{**nothing, "open_window": open_window}))
    main.main([*arguments], prog_name="clearline", standalone_mode=False, obj=shared)
    return asked[0]


@pytest.mark.parametrize(
    ("arguments", "opened", "plan"),
    [
        (("office.clearline",), "office.clearline", None),
        (("office.toml", "--theme", "dark"), None, "office.toml"),
        (("--lang", "fr", "--high-contrast", "office.clearline"), "office.clearline", None),
        (("--open", "office.clearline"), "office.clearline", None),
        ((), None, None),
    ],
)
def test_it_opens_a_file_that_stands_alone(arguments: tuple[str, ...], opened: str | None, plan: str | None) -> None:
    request = _asked(*arguments)

    assert request.open == (Path(opened) if opened else None)
    assert request.plan == (Path(plan) if plan else None)


def test_it_opens_any_file_that_is_there(tmp_path: Path) -> None:
    path = tmp_path / "shops.csv"
    path.write_text("shop.example")

    assert _asked(str(path)).open == path


def test_it_still_knows_a_command_from_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "check").write_text("")
    monkeypatch.chdir(tmp_path)

    with pytest.raises(IndexError):
        _asked("check", "--help")


def test_it_hands_on_which_page_to_show() -> None:
    request = _asked("--page", PAGES[0], "--high-contrast", "--new-window")

    assert (request.page, request.is_high_contrast, request.has_own_window) == (PAGES[0], True, True)
