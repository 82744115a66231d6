"""The colours of reports: the light theme's, as paper is light."""

import tomllib
from functools import cache

from clearline.domain.fault import Layer
from clearline.domain.phase import Phase
from clearline.host import resources


@cache
def colour(token: str) -> str:
    """A colour of the light theme by its token, as `#rrggbb`. Raises KeyError."""
    return _tokens()[token]


def of_layer(layer: Layer | None) -> str:
    """The colour of a failing layer."""
    return colour(f"layer_{layer.value}" if layer is not None else "refused")


def of_phase(phase: Phase) -> str:
    """The colour of a phase."""
    return colour(f"phase_{phase.value}")


@cache
def _tokens() -> dict[str, str]:
    content = tomllib.loads(resources.path("theme", "light.toml").read_text(encoding="utf-8"))
    return {str(name): str(value) for name, value in content["colors"].items()}
