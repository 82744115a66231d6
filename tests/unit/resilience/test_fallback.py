"""What stands in when a call fails, and that it never passes for a fresh answer."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from clearline.domain.event import FallbackUsed
from clearline.domain.fault import Fault
from clearline.domain.phase import Phase
from clearline.domain.profile import FallbackMode, FallbackPolicy
from clearline.resilience.errors import FaultError, error_of
from clearline.resilience.fallback import Answer, Default, FallbackChain, Source, fresh, last_resort, stale
from clearline.resilience.supervisor import Supervisor
from support.virtual_time import VirtualClock, run

SAFE = FallbackPolicy(FallbackMode.SAFE, fresh_s=0.0, stale_s=60.0)
Call = Callable[[], Awaitable[str]]


class Chain:
    """A chain, and what it told."""

    def __init__(self, policy: FallbackPolicy = SAFE, default: Default[str] | None = None) -> None:
        self.told: list[FallbackUsed] = []
        self.asked: list[str] = []
        self.chain: FallbackChain[str] = FallbackChain(
            policy, VirtualClock().now, self.told.append, name="t", default=default
        )

    def answering(self, value: str) -> Call:
        async def call() -> str:
            self.asked.append(value)
            await asyncio.sleep(1)
            return value

        return call

    def failing(self, kind: str = "tcp.refused") -> Call:
        async def call() -> str:
            self.asked.append(kind)
            await asyncio.sleep(1)
            raise error_of(Fault(kind, Phase.CONNECT))

        return call


FAST = FallbackPolicy(FallbackMode.FAST, fresh_s=10.0, stale_s=60.0, has_default=True)
BRIEF = FallbackPolicy(FallbackMode.SAFE, fresh_s=0.25, stale_s=0.5)
CACHED = FallbackPolicy(FallbackMode.SAFE, fresh_s=10.0, stale_s=60.0)


@pytest.mark.parametrize(
    ("policy", "answered_s", "source"),
    [
        (CACHED, 95.0, Source("fresh_cache", 5.0)),
        (CACHED, 90.0, Source("fresh_cache", 10.0)),
        (CACHED, 89.0, None),
        (CACHED, None, None),
        (CACHED, 105.0, Source("fresh_cache", 0.0)),
        (FAST, 95.0, None),
        (SAFE, 100.0, None),
        (BRIEF, 99.75, Source("fresh_cache", 0.25)),
    ],
)
def test_it_knows_which_answer_saves_a_call(
    policy: FallbackPolicy, answered_s: float | None, source: Source | None
) -> None:
    assert fresh(policy, answered_s, 100.0) == source


@pytest.mark.parametrize(
    ("policy", "answered_s", "source"),
    [
        (CACHED, 95.0, Source("stale_cache", 5.0)),
        (CACHED, 40.0, Source("stale_cache", 60.0)),
        (CACHED, 39.0, None),
        (CACHED, None, None),
        (CACHED, 105.0, Source("stale_cache", 0.0)),
        (FAST, 95.0, None),
        (BRIEF, 99.5, Source("stale_cache", 0.5)),
        (FallbackPolicy(FallbackMode.SAFE, stale_s=0.0), 100.0, None),
    ],
)
def test_it_knows_which_answer_stands_in_for_a_failed_call(
    policy: FallbackPolicy, answered_s: float | None, source: Source | None
) -> None:
    assert stale(policy, answered_s, 100.0) == source


def test_it_has_a_default_only_where_it_is_to_fail_safe() -> None:
    safe = FallbackPolicy(FallbackMode.SAFE, has_default=True)
    assert [last_resort(policy) for policy in (safe, SAFE, FAST)] == [Source("default", 0.0), None, None]


def test_it_takes_the_answer_of_the_call() -> None:
    chain = Chain()
    assert run(chain.chain.run(chain.answering("new"))) == Answer("new")
    assert chain.told == []


def test_it_fails_fast_where_it_is_told_to() -> None:
    chain = Chain(FallbackPolicy(FallbackMode.FAST, has_default=True), Default("none"))

    async def story() -> None:
        await chain.chain.run(chain.answering("old"))
        await chain.chain.run(chain.failing(), [("b", chain.answering("b"))])

    with pytest.raises(FaultError, match="refused"):
        run(story())
    assert (chain.told, chain.asked) == ([], ["old", "tcp.refused"])


def test_it_goes_back_to_the_last_answer_and_says_how_old_it_is() -> None:
    chain = Chain()

    async def story() -> Answer[str]:
        await chain.chain.run(chain.answering("old"))
        await asyncio.sleep(29)
        return await chain.chain.run(chain.failing(), [("b", chain.answering("b"))])

    assert run(story()) == Answer("old", "stale_cache", 30.0)
    (event,) = chain.told
    assert (event.at_s, event.target, event.check, event.source, event.age_s) == (31.0, "t", 1, "stale_cache", 30.0)


@pytest.mark.parametrize(("pause_s", "source"), [(59.0, "stale_cache"), (59.5, "alternate")])
def test_it_does_not_use_an_answer_that_is_too_old(pause_s: float, source: str) -> None:
    chain = Chain()

    async def story() -> Answer[str]:
        await chain.chain.run(chain.answering("old"))
        await asyncio.sleep(pause_s)
        return await chain.chain.run(chain.failing(), [("b", chain.answering("b"))])

    assert run(story()).source == source


def test_it_does_not_ask_while_the_last_answer_is_fresh() -> None:
    chain = Chain(FallbackPolicy(FallbackMode.SAFE, fresh_s=10.0))

    async def story() -> list[Answer[str]]:
        first = await chain.chain.run(chain.answering("old"))
        await asyncio.sleep(10)
        second = await chain.chain.run(chain.answering("new"))
        await asyncio.sleep(0.5)
        return [first, second, await chain.chain.run(chain.answering("new"))]

    assert run(story()) == [Answer("old"), Answer("old", "fresh_cache", 10.0), Answer("new")]
    assert chain.asked == ["old", "new"]


def test_it_asks_the_alternates_in_order_and_says_which_answered() -> None:
    chain = Chain()
    others = [("b", chain.failing("tcp.reset")), ("c", chain.answering("c")), ("d", chain.answering("d"))]
    assert run(chain.chain.run(chain.failing(), others)) == Answer("c", "alternate", 0.0, "c")
    assert chain.asked == ["tcp.refused", "tcp.reset", "c"]
    assert [(event.source, event.place) for event in chain.told] == [("alternate", "c")]


def test_it_keeps_what_an_alternate_answered() -> None:
    chain = Chain()

    async def story() -> Answer[str]:
        await chain.chain.run(chain.failing(), [("b", chain.answering("b"))])
        return await chain.chain.run(chain.failing())

    assert run(story()) == Answer("b", "stale_cache", 1.0)


@pytest.mark.parametrize("value", ["none", None])
def test_it_goes_on_with_a_default_at_last(value: str | None) -> None:
    chain = Chain(default=Default(value))  # type: ignore[arg-type]
    assert run(chain.chain.run(chain.failing(), [("b", chain.failing())])) == Answer(value, "default")
    assert [event.source for event in chain.told] == ["default"]


def test_it_does_not_take_a_default_for_an_answer_later() -> None:
    chain = Chain(default=Default("none"))

    async def story() -> Answer[str]:
        await chain.chain.run(chain.failing())
        return await chain.chain.run(chain.failing())

    assert run(story()).source == "default"


def test_it_raises_the_calls_own_error_with_those_of_the_alternates() -> None:
    chain = Chain()
    with pytest.raises(FaultError) as caught:
        run(chain.chain.run(chain.failing(), [("b", chain.failing("tcp.reset"))]))
    assert caught.value.fault.kind == "tcp.refused"
    assert caught.value.__notes__ == ["b: tcp.reset (connect)"]


def test_it_hides_no_defect() -> None:
    chain = Chain(default=Default("none"))

    async def broken() -> str:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        run(chain.chain.run(broken))


@pytest.mark.parametrize("stop_s", [0.0, 0.5, 1.5, 2.5])
def test_it_stops_at_any_await(stop_s: float) -> None:
    chain = Chain(default=Default("none"))

    async def story() -> None:
        work = chain.chain.run(chain.failing(), [("b", chain.failing()), ("c", chain.failing())])
        supervisor = Supervisor(lambda _name, error: None)
        task = supervisor.start(work, name="call")
        await asyncio.sleep(stop_s)
        task.cancel()
        await asyncio.wait([task])
        assert task.cancelled()
        assert supervisor.names == ()

    run(story())
    assert chain.told == []
