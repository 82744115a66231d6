"""Everything at twice the size: how large it is must be said before Qt begins, so that takes a process of its own."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = [pytest.mark.qt, pytest.mark.slow]


def test_it_cuts_no_words_at_twice_the_size() -> None:
    chosen = f"{Path(__file__).with_name('test_translations.py')}::test_it_cuts_nothing_in_the_smallest_window"
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", chosen],
        env={**os.environ, "QT_SCALE_FACTOR": "2"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout[-3000:]
