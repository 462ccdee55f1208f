"""For what nobody tells: asked again and again, until it is so."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar, overload

T = TypeVar("T")

WITHIN_S = 60
"""Longer than anything takes on a machine that is busy."""
_AGAIN_S = 0.01


@overload
async def until(
    ask: Callable[[], Awaitable[T]], is_so: Callable[[T], object] = ..., *, within_s: float = ...
) -> T: ...


@overload
async def until(
    ask: Callable[[], T], is_so: Callable[[T], object] = ..., *, within_s: float = ...
) -> T: ...


async def until(
    ask: Callable[[], Any], is_so: Callable[[Any], object] = bool, *, within_s: float = WITHIN_S
) -> Any:
    """What `ask` says once `is_so` of it. Raises TimeoutError with what it said last."""
    said: object = None
    try:
        async with asyncio.timeout(within_s):
            while True:
                answer = ask()
                said = found = await answer if isinstance(answer, Awaitable) else answer
                if is_so(found):
                    return found
                await asyncio.sleep(_AGAIN_S)
    except TimeoutError:
        raise TimeoutError(f"it never came to be: {said!r}") from None
