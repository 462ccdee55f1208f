"""What runs as long as something is open."""

import asyncio

import pytest
from structlog.testing import capture_logs

from tests.waiting import until
from web import tasks
from web.tasks import kept_going, running


async def test_work_that_fails_is_told_at_once_and_raised_at_the_end() -> None:
    async def fails() -> None:
        raise RuntimeError("broken")

    with capture_logs() as told, pytest.raises(RuntimeError, match="broken"):
        async with running(fails(), "sweeper"):
            await until(lambda: told)
    assert [(one["event"], one["task"]) for one in told] == [("task.ended", "sweeper")]


async def test_work_that_is_kept_going_goes_on_after_a_fault(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(tasks, "PAUSE_S", 0.01)
    begun, ended = 0, 0

    async def work() -> None:
        nonlocal begun, ended
        begun += 1
        if begun == 1:
            raise RuntimeError("broken")
        if begun == 2:
            return
        try:
            await asyncio.Event().wait()
        finally:
            ended += 1

    with capture_logs() as told:
        async with kept_going(work, "sweeper"):
            await until(lambda: begun == 3)
    assert ended == 1, "it does not outlive the block"
    assert [one["event"] for one in told] == ["task.failed", "task.ended"]
    assert [one["task"] for one in told] == ["sweeper", "sweeper"]
    assert told[0]["log_level"] == "error"
    assert told[0]["exc_info"]
