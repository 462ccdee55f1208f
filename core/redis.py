"""How Redis is spoken to: soon answered or given up, and never tried again behind one's back."""

from __future__ import annotations

import asyncio

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import AuthenticationError, RedisError, ResponseError

CONNECT_S = 1.0
ANSWER_S = 2.0
"""Whoever does not answer by then is away."""
AWAY = (RedisError, OSError, TimeoutError)
"""What is raised where Redis is away; anything else is a fault of ours."""


def client_of(url: str, *, answer_s: float = ANSWER_S) -> Redis:
    """A client that connects when first asked for something.

    Raises ValueError for a URL that names no Redis.
    """
    client: Redis = Redis.from_url(
        url,
        protocol=2,
        socket_connect_timeout=CONNECT_S,
        socket_timeout=answer_s,
        retry=Retry(NoBackoff(), 0),
        client_name="plusone",
    )
    return client


def goes_on() -> bool:
    """Whether nobody has cancelled this task: asked before each round of a task that never ends.

    While it connects, redis-py may take a cancellation for a lost connection and raise that.
    """
    task = asyncio.current_task()
    return task is not None and not task.cancelling()


def trouble(error: Exception) -> str:
    """What is wrong, in a few words for a log: of what Redis itself says, its code alone."""
    if isinstance(error, (ResponseError, AuthenticationError)):
        code = str(error).partition(" ")[0]
        return code if code.isupper() else type(error).__name__
    return type(error).__name__
