"""A task that runs as long as something is open."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Coroutine
from typing import Any

import structlog

log = structlog.get_logger(__name__)

PAUSE_S = 1.0
"""Between the fault of work that is kept going and its next beginning."""


@contextlib.asynccontextmanager
async def running(work: Coroutine[Any, Any, None], name: str) -> AsyncIterator[None]:
    """Run `work`, which goes on for ever, until the end of the block.

    Work that ends by itself is a fault: it is logged at once, and raised at the block's end.
    """
    task = asyncio.create_task(work, name=name)
    task.add_done_callback(_ended)
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


@contextlib.asynccontextmanager
async def kept_going(
    work: Callable[[], Coroutine[Any, Any, None]], name: str
) -> AsyncIterator[None]:
    """The same of work that may begin anew: where it fails it is logged, and begun again.

    One fault that nobody thought of must not end for good what holds, calls and letters wait for.
    """
    async with running(_again_and_again(work, name), name):
        yield


async def _again_and_again(work: Callable[[], Coroutine[Any, Any, None]], name: str) -> None:
    while True:
        try:
            await work()
        except Exception:
            log.exception("task.failed", task=name)
        else:
            log.error("task.ended", task=name)
        await asyncio.sleep(PAUSE_S)


def _ended(task: asyncio.Task[None]) -> None:
    if not task.cancelled():
        log.error("task.ended", task=task.get_name(), exc_info=task.exception())
