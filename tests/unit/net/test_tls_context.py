"""Contexts are made once, and anew when what they were made from changes."""

from pathlib import Path

import pytest

from clearline.net.tls_context import ContextCache
from support.tls_servers import make_authority


@pytest.fixture
def ca_file(tmp_path: Path) -> str:
    path = tmp_path / "ca.pem"
    path.write_bytes(make_authority().pem)
    return str(path)


def test_it_knows_a_context_it_loaded(ca_file: str) -> None:
    cache = ContextCache()
    assert cache.known(True, ca_file, ()) is None

    loaded = cache.load(True, ca_file, ())

    assert cache.known(True, ca_file, ()) is loaded
    assert cache.known(True, ca_file, ("h2",)) is None
    assert cache.known(False, ca_file, ()) is None


def test_it_loads_a_ca_file_again_that_changed(ca_file: str) -> None:
    cache = ContextCache()
    cache.load(True, ca_file, ())
    Path(ca_file).write_bytes(make_authority().pem + make_authority("another").pem)

    assert cache.known(True, ca_file, ()) is None


def test_it_says_when_a_ca_file_is_missing_or_no_ca_file(tmp_path: Path) -> None:
    cache = ContextCache()
    (tmp_path / "nonsense.pem").write_text("no certificate")

    with pytest.raises(OSError, match="missing"):
        cache.known(True, str(tmp_path / "missing.pem"), ())
    with pytest.raises(OSError, match=r"NO_CERTIFICATE|PEM|certificate"):
        cache.load(True, str(tmp_path / "nonsense.pem"), ())


def test_it_keeps_a_bounded_number(ca_file: str) -> None:
    cache = ContextCache()
    for number in range(70):
        cache.load(False, None, (f"proto-{number}",))

    assert cache.known(False, None, ("proto-0",)) is None
    assert cache.known(False, None, ("proto-69",)) is not None
