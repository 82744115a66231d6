"""Attempts whose web connections are kept among them, for a while and for nobody else."""

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from functools import partial

from clearline.domain.outcome import Outcome
from clearline.domain.profile import ReusePolicy
from clearline.probes.kept import ConnectionPool, Reuse

_IDLE_S = 3600.0
"""The caller's block ends long before."""


@contextmanager
def keeping(ask: Callable[..., Awaitable[Outcome]], count: int) -> Iterator[Callable[..., Awaitable[Outcome]]]:
    """`ask` (probes.registry.run), made to keep up to `count` connections for its next attempts; closed at the end."""
    pool = ConnectionPool()
    try:
        yield partial(ask, reuse=Reuse(pool, ReusePolicy(is_on=True, idle_s=_IDLE_S, per_host=count), is_wanted=True))
    finally:
        pool.close()
