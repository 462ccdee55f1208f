"""What several processes may do together, counted in a real Redis."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from uuid import uuid4

import pytest
import redis
from prometheus_client import REGISTRY
from structlog.testing import capture_logs

from core import redis_limits
from core.clock import ManualClock
from core.limits import Limits, SharedLimiter
from core.redis_limits import RedisLimits
from tests.servers import RedisServer
from tests.waiting import until

HOUR = 1 / 3600


@pytest.fixture(autouse=True)
def _patience(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where Redis is there, a machine that is busy is no reason to count without it."""
    if "own_redis_server" not in request.fixturenames:
        monkeypatch.setattr(redis_limits, "WAIT_S", 20)


@contextlib.asynccontextmanager
async def processes(url: str, count: int = 2) -> AsyncIterator[list[Limits]]:
    """What so many processes of one installation limit."""
    salt = uuid4().hex
    shared = [RedisLimits(url, lambda key: f"{salt}{hash(key):x}") for _ in range(count)]
    tasks = [asyncio.create_task(one.run()) for one in shared]
    try:
        yield [Limits(ManualClock(), one) for one in shared]
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for one in shared:
            await one.close()


async def passed(limits: list[SharedLimiter], key: str, each: int) -> int:
    """How many get through, of `each` at every process, all at once."""
    takes = [limit.take(key) for _ in range(each) for limit in limits]
    return sum(wait_ms is None for wait_ms in await asyncio.gather(*takes))


async def test_two_processes_let_through_together_what_one_would(
    redis_server: RedisServer,
) -> None:
    async with processes(redis_server.url) as both:
        limits = [one.of("guests", HOUR, 25) for one in both]
        assert await passed(limits, "192.0.2.1", 40) == 25
        assert await passed(limits, "192.0.2.2", 40) == 25
        wait_ms = await limits[1].take("192.0.2.1")
        assert wait_ms is not None
        assert 3_500_000 < wait_ms <= 3_600_000


async def test_limits_of_other_names_are_counted_apart(redis_server: RedisServer) -> None:
    async with processes(redis_server.url) as (one, other):
        assert await one.of("guests", HOUR, 1).take("a") is None
        assert await other.of("bookings", HOUR, 1).take("a") is None
        assert await other.of("guests", HOUR, 1).take("a") is not None
        assert one.of("guests", HOUR, 1) is one.of("guests", HOUR, 1)


async def test_several_at_once_are_taken_or_none(redis_server: RedisServer) -> None:
    async with processes(redis_server.url) as (one, other):
        assert await one.of("x", HOUR, 5).take("a", 4) is None
        assert await other.of("x", HOUR, 5).take("a", 2) is not None
        assert await other.of("x", HOUR, 5).take("a", 1) is None


async def test_who_waits_as_long_as_she_is_told_gets_through(redis_server: RedisServer) -> None:
    async with processes(redis_server.url) as (one, other):
        first, then = one.of("x", 20, 1), other.of("x", 20, 1)
        assert await first.take("a") is None
        while (wait_ms := await then.take("a")) is None:
            pass  # on a busy machine it may have been so long that nobody has to wait
        assert 0 < wait_ms <= 50
        await asyncio.sleep(wait_ms / 1000)
        assert await first.take("a") is None


async def test_what_may_not_wait_is_counted_by_the_others_a_moment_later(
    redis_server: RedisServer,
) -> None:
    async with processes(redis_server.url) as (one, other):
        here, there = one.of("messages", HOUR, 5), other.of("messages", HOUR, 5)
        assert [here.take_now("a") for _ in range(5)] == [None] * 5
        assert here.take_now("a") is not None
        assert there.take_now("a") is None  # nobody has told it yet
        await until(lambda: len(there._here) and there.take_now("a") is not None)


async def test_it_ends_at_whatever_moment_it_is_told_to(redis_server: RedisServer) -> None:
    """While it connects, the library takes some cancellations for a lost connection."""
    loop = asyncio.get_running_loop()
    for moment in range(200):
        shared = RedisLimits(redis_server.url, lambda key: f"{hash(key):x}")
        task = asyncio.create_task(shared.run())
        Limits(ManualClock(), shared).of("guests", HOUR, 3).take_now(f"{moment}")
        told_at = loop.time() + moment * 20e-6
        while loop.time() < told_at:  # noqa: ASYNC110 (a moment, and nobody tells of it)
            await asyncio.sleep(0)
        task.cancel()
        done, _ = await asyncio.wait([task], timeout=20)
        assert done, moment
        await shared.close()


async def test_what_is_kept_names_nobody_and_goes_by_itself(redis_server: RedisServer) -> None:
    async with processes(redis_server.url) as (one, _):
        await one.of("guests", 100, 3).take("192.0.2.77")
        await one.of("guests", HOUR, 3).take("192.0.2.78")
        with redis.Redis.from_url(redis_server.url) as look:
            keys = [key for key in look.scan_iter() if key.startswith(b"plusone:limit:")]
            assert not any(b"192.0" in key or b"guests" in key for key in keys)
            for_ever = -1
            assert for_ever not in {look.pttl(key) for key in keys}


def turned_away() -> float:
    """How many were told at once that Redis is away."""
    return REGISTRY.get_sample_value("plusone_limits_asked_total", {"outcome": "away"}) or 0


async def test_without_redis_each_process_counts_by_itself_and_nobody_waits(
    own_redis_server: RedisServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(redis_limits, "OFF_S", 3_600)
    async with processes(own_redis_server.url) as both:
        limits = [one.of("guests", HOUR, 3) for one in both]
        assert await passed(limits, "a", 1) == 2
        own_redis_server.kill()
        with capture_logs() as logs:
            assert await passed(limits, "b", 50) == 6
            before = turned_away()
            assert await passed(limits, "c", 200) == 6
            assert turned_away() - before == 400
            # What was counted together before is not forgotten.
            assert await passed(limits, "a", 5) <= 4
        assert [entry["event"] for entry in logs] == ["limits.away"] * 2
        own_redis_server.start()

        async def together() -> int:
            for one in both:
                one._shared._off_until = 0  # type: ignore[union-attr]
            return await passed(limits, uuid4().hex, 10)

        await until(together, lambda count: count == 3)


async def test_a_redis_that_says_nothing_any_more_holds_nobody_up_for_long(
    own_redis_server: RedisServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(redis_limits, "OFF_S", 3_600)
    async with processes(own_redis_server.url) as both:
        limits = [one.of("guests", HOUR, 3) for one in both]
        assert await passed(limits, "a", 1) == 2
        own_redis_server.freeze()
        async with asyncio.timeout(20):
            assert await passed(limits, "b", 50) == 6
        before = turned_away()
        assert await passed(limits, "c", 50) == 6
        assert turned_away() - before == 100
        own_redis_server.thaw()
