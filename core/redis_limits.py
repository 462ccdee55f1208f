"""Limits that all processes count together, in Redis.

One number for each key, as in `core.limits.Limiter`: when its bucket will be full again. It is read
and written by one script, by Redis's own clock, so that no two processes take the same token; it is
forgotten when the bucket is full. Keys are hashed: what is kept there tells nobody who did what.

All that is asked in one moment goes in one write, by one connection. Whoever asks waits `WAIT_S` at
most; from then on, and for `OFF_S`, everybody is told at once that it is away.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from typing import Final

import structlog
from prometheus_client import Counter

from core.limits import Ask, Away, Taken
from core.redis import AWAY, client_of, goes_on, trouble

WAIT_S = 0.25
OFF_S = 1.0
"""How long nobody asks after it did not answer."""
AT_ONCE = 500
WAITING = 5_000

_TAKE: Final = """
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local each, whole = tonumber(ARGV[1]), tonumber(ARGV[2])
local full = math.max(tonumber(redis.call('GET', KEYS[1]) or 0), now)
local after = full + each * tonumber(ARGV[3])
local over = after - now - whole
if over > 0 then
  if ARGV[4] == '0' then
    return {string.format('%.0f', over), string.format('%.0f', full - now)}
  end
  after = math.min(after, now + 2 * whole)
end
redis.call('SET', KEYS[1], string.format('%.0f', after), 'PX', math.ceil((after - now) / 1000) + 1)
return {'0', string.format('%.0f', after - now)}
"""

_asked = Counter("plusone_limits_asked_total", "Limits asked of Redis.", ["outcome"])

log = structlog.get_logger(__name__)

_Asked = tuple[Ask, "asyncio.Future[Taken]"]


class RedisLimits:
    """See `core.limits.Shared`. `run` is its one task."""

    def __init__(self, url: str, fingerprint: Callable[[str], str]) -> None:
        """`fingerprint` stands for a key: the same in all processes of this installation.

        Raises ValueError for a URL that names no Redis.
        """
        self._client = client_of(url, answer_s=WAIT_S)
        self._fingerprint = fingerprint
        self._asked: deque[_Asked] = deque()
        self._woken = asyncio.Event()
        self._off_until = 0.0
        self._said: str | None = None

    async def take(self, ask: Ask) -> Taken:
        answer = self._queue(ask)
        if answer is None:
            raise Away
        try:
            async with asyncio.timeout(WAIT_S):
                return await answer
        except TimeoutError:
            self._turn_off(TimeoutError())
            raise Away from None

    def note(self, ask: Ask, learn: Callable[[Taken], None]) -> None:
        answer = self._queue(ask)
        if answer is not None:

            def answered(answer: asyncio.Future[Taken]) -> None:
                if not answer.cancelled() and answer.exception() is None:
                    learn(answer.result())

            answer.add_done_callback(answered)

    def _queue(self, ask: Ask) -> asyncio.Future[Taken] | None:
        """None where Redis is away, or too much is asked of it."""
        loop = asyncio.get_running_loop()
        if loop.time() < self._off_until or len(self._asked) >= WAITING:
            _asked.labels("away").inc()
            return None
        answer: asyncio.Future[Taken] = loop.create_future()
        self._asked.append((ask, answer))
        self._woken.set()
        return answer

    async def run(self) -> None:
        """Ask until cancelled."""
        try:
            while goes_on():
                await self._woken.wait()
                self._woken.clear()
                while self._asked and goes_on():
                    asked = [self._asked.popleft() for _ in range(min(AT_ONCE, len(self._asked)))]
                    await self._ask(asked)
        finally:
            self._give_up()

    async def close(self) -> None:
        await self._client.aclose()

    async def _ask(self, asked: Sequence[_Asked]) -> None:
        try:
            async with self._client.pipeline(transaction=False) as pipe:
                for ask, _ in asked:
                    _ = pipe.eval(  # queued: nothing to wait for
                        _TAKE,
                        1,
                        f"plusone:limit:{self._fingerprint(ask.key)}",
                        ask.each_us,
                        ask.whole_us,
                        ask.count,
                        int(ask.anyhow),
                    )
                found = await pipe.execute()
        except Exception as error:  # whatever it is, it must not end the task
            self._turn_off(error)
            self._give_up(asked)
            return
        except asyncio.CancelledError:
            self._give_up(asked)
            raise
        if self._said is not None:
            log.info("limits.back")
        self._said, self._off_until = None, 0.0
        _asked.labels("answered").inc(len(asked))
        for (_, answer), (over, ahead) in zip(asked, found, strict=True):
            if not answer.done():  # else she waited no longer
                answer.set_result(Taken(int(over), int(ahead)))

    def _turn_off(self, error: Exception) -> None:
        self._off_until = asyncio.get_running_loop().time() + OFF_S
        what = trouble(error)
        if self._said is None:
            if isinstance(error, AWAY):
                log.warning("limits.away", reason=what)
            else:
                log.error("limits.failed", exc_info=error)
        self._said = what

    def _give_up(self, asked: Sequence[_Asked] = ()) -> None:
        for _, answer in (*asked, *self._asked):
            if not answer.done():
                answer.set_exception(Away())
                answer.exception()  # of a note nobody asks
        self._asked.clear()
