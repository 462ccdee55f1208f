"""What runs the service, apart from the service."""

import asyncio

import pytest

from web.serving import until_one_ends


async def test_works_that_ran_until_one_ends_have_ended_when_all_are_cancelled() -> None:
    begun, ended = asyncio.Event(), asyncio.Event()

    async def work() -> None:
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0)  # to put away what it used
            ended.set()

    running = asyncio.create_task(until_one_ends(work()))
    await begun.wait()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert ended.is_set()
