"""The token bucket against the plain definition of one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.clock import ManualClock
from core.limits import Limiter, Limits


def test_a_burst_passes_and_then_the_rate() -> None:
    clock = ManualClock()
    limiter = Limiter(2, 3, clock=clock)
    assert [limiter.take("a") for _ in range(3)] == [None] * 3
    wait_ms = limiter.take("a")
    assert wait_ms == 500
    assert limiter.take("b") is None
    clock.advance(wait_ms)
    assert limiter.take("a") is None
    assert limiter.take("a") is not None


def test_a_refusal_takes_nothing() -> None:
    clock = ManualClock()
    limiter = Limiter(1, 5, clock=clock)
    assert limiter.take("a", 4) is None
    assert limiter.take("a", 2) is not None
    assert limiter.take("a", 1) is None


@pytest.mark.parametrize("rate", [0.1, 3, 7, 17, 61, 997])
def test_a_whole_burst_at_once_is_there(rate: float) -> None:
    limiter = Limiter(rate, 7, clock=ManualClock())
    assert limiter.take("a", 7) is None
    assert limiter.take("a") is not None


def test_more_than_the_burst_at_once_is_never_there() -> None:
    assert Limiter(10, 5, clock=ManualClock()).take("a", 6) is not None


def test_its_memory_is_bounded_and_who_is_active_is_remembered() -> None:
    limiter = Limiter(1, 2, clock=ManualClock(), keys=10)
    limiter.take("busy")
    for number in range(100):
        limiter.take(str(number))
        if number == 4:
            assert limiter.take("busy") is None
    assert len(limiter) == 10
    again = Limiter(1, 1, clock=ManualClock(), keys=2)
    assert again.take("busy") is None
    again.take("other")
    assert again.take("busy") is not None


def test_a_limit_lets_something_through() -> None:
    for rate, burst in ((0, 1), (1, 0), (-1, 1)):
        with pytest.raises(ValueError, match="through"):
            Limiter(rate, burst, clock=ManualClock())


@given(
    st.integers(1, 1_000),
    st.integers(1, 20),
    st.lists(st.tuples(st.integers(0, 500), st.integers(1, 5)), max_size=60),
)
def test_never_more_than_burst_and_rate_allow(
    rate: int, burst: int, steps: list[tuple[int, int]]
) -> None:
    clock = ManualClock()
    limiter = Limiter(rate, burst, clock=clock)
    tokens = float(burst)
    for pause_ms, count in steps:
        clock.advance(pause_ms)
        tokens = min(float(burst), tokens + pause_ms * rate / 1000)
        wait_ms = limiter.take("a", count)
        if wait_ms is None:
            assert tokens >= count - 1e-4
            tokens -= count
        else:
            assert tokens < count + 1e-4
            if count <= burst:
                assert wait_ms <= (count - tokens) * 1000 / rate + 2


async def test_limits_of_one_process_alone_are_as_exact_whether_one_waits_or_not() -> None:
    clock = ManualClock()
    limit = Limits(clock).of("x", 2, 3)
    assert [await limit.take("a"), limit.take_now("a"), await limit.take("a")] == [None] * 3
    assert await limit.take("a") == limit.take_now("a") == 500
    clock.advance(500)
    assert await limit.take("a") is None
