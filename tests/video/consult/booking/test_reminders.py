"""Reminders: a day before and an hour before, whichever are still ahead, each once."""

from __future__ import annotations

import asyncio
import sys
import textwrap
from pathlib import Path

import pytest

from core.clock import ManualClock
from core.db import Database
from core.hours import DAY_MS, MINUTE_MS
from core.settings import Settings
from tests.video.consult.booking.shop import NOW, Shop, at, weekly

HOUR_MS = 60 * MINUTE_MS
THURSDAY = at("2026-09-24 12:00")
DAY_BEFORE = "提醒你：9月24日（星期四）12:00（台北標準時間） 的視訊諮詢"


async def reminded(shop: Shop) -> int:
    return sum(subject.startswith("提醒你") for subject in await shop.subjects())


async def test_she_is_reminded_a_day_before_and_an_hour_before(
    shop: Shop, clock: ManualClock
) -> None:
    await shop.rep("mei")
    await shop.booked(THURSDAY)
    reminders = shop.reminders()
    clock.advance(THURSDAY - DAY_MS - NOW - 1)
    assert await reminders.sweep() == 0
    clock.advance(1)
    assert await reminders.sweep() == 1
    assert await reminders.sweep() == 0
    assert (await shop.subjects())[1:] == [DAY_BEFORE]
    clock.advance(DAY_MS - HOUR_MS - 1)
    assert await reminders.sweep() == 0
    clock.advance(1)
    assert await reminders.sweep() == 1
    clock.advance(HOUR_MS)
    assert await reminders.sweep() == 0
    assert await reminded(shop) == 2


async def test_of_what_was_not_ahead_at_booking_she_is_not_reminded(
    shop: Shop, clock: ManualClock
) -> None:
    await shop.rep("mei", weekly([["00:00", "24:00"]]))
    soon, _ = await shop.booked(NOW + 30 * MINUTE_MS, 15)
    today, _ = await shop.booked(NOW + 3 * HOUR_MS, 15)
    assert soon.remind_at is None
    assert today.remind_at == NOW + 2 * HOUR_MS
    clock.advance(2 * HOUR_MS)
    assert await shop.reminders().sweep() == 1
    assert await reminded(shop) == 1


async def test_after_a_standstill_one_letter_is_enough(shop: Shop, clock: ManualClock) -> None:
    await shop.rep("mei")
    await shop.booked(THURSDAY)
    clock.advance(THURSDAY - HOUR_MS // 2 - NOW)
    assert await shop.reminders().sweep() == 1
    assert await shop.reminders().sweep() == 0
    assert await reminded(shop) == 1


async def test_of_what_has_begun_nobody_is_reminded(shop: Shop, clock: ManualClock) -> None:
    await shop.rep("mei")
    await shop.booked(THURSDAY)
    clock.advance(THURSDAY - NOW)
    await shop.reminders().sweep()
    assert await reminded(shop) == 0
    assert await shop.reminders().sweep() == 0


async def test_what_was_moved_is_reminded_of_at_its_new_time(
    shop: Shop, clock: ManualClock
) -> None:
    await shop.rep("mei")
    _, token = await shop.booked(THURSDAY)
    clock.advance(THURSDAY - DAY_MS - NOW)
    await shop.reminders().sweep()
    await shop.bookings.move(token, shop.move(THURSDAY + 2 * DAY_MS))
    clock.advance(DAY_MS)
    await shop.reminders().sweep()
    assert await reminded(shop) == 1
    clock.advance(DAY_MS)
    await shop.reminders().sweep()
    assert await reminded(shop) == 2


async def test_of_what_was_cancelled_or_blanked_nobody_is_reminded(
    shop: Shop, clock: ManualClock
) -> None:
    await shop.rep("mei")
    mine = await shop.customer()
    _, token = await shop.booked(THURSDAY)
    await shop.booked(THURSDAY + HOUR_MS, by=mine)
    await shop.bookings.cancel(token)
    await shop.erase(mine)
    clock.advance(THURSDAY - HOUR_MS - NOW)
    assert await shop.reminders().sweep() == 0
    assert await reminded(shop) == 0


async def test_several_sweeps_at_once_remind_once(shop: Shop, clock: ManualClock) -> None:
    await shop.rep("mei", weekly([["09:00", "18:00"]]))
    for n in range(8):
        await shop.booked(at("2026-09-24 10:00") + n * HOUR_MS // 2)
    clock.advance(THURSDAY - HOUR_MS - NOW)
    await asyncio.gather(*(shop.reminders().sweep() for _ in range(6)))
    due = [one for one in await shop.notices.latest() if one.subject.startswith("提醒你")]
    assert len(due) == len({one.subject for one in due})


PROCESS = textwrap.dedent(
    """
    import asyncio, sys
    from pathlib import Path

    from core.clock import ManualClock
    from core.db import Database
    from core.settings import Settings
    from tests.video.consult.booking.shop import Shop

    async def main(url, now):
        async with Database.open(url) as database:
            shop = Shop.over(database, ManualClock(int(now)), Settings())
            print("ready", flush=True)
            await asyncio.to_thread(sys.stdin.readline)
            while await shop.reminders().sweep():
                pass

    asyncio.run(main(*sys.argv[1:]))
    """
)


@pytest.mark.timeout(120)
async def test_two_processes_remind_once(database_url: str, tmp_path: Path) -> None:
    async with Database.open(database_url) as database:
        shop = Shop.over(database, ManualClock(NOW), Settings(data_folder=tmp_path))
        await shop.rep("mei", weekly([["00:00", "24:00"]]))
        for n in range(30):
            await shop.booked(THURSDAY + n * 15 * MINUTE_MS, 15)
        arguments = (sys.executable, "-c", PROCESS, database_url, str(THURSDAY - HOUR_MS))
        pipe = asyncio.subprocess.PIPE
        both = [
            await asyncio.create_subprocess_exec(*arguments, stdin=pipe, stdout=pipe)
            for _ in range(2)
        ]
        for process in both:
            assert process.stdout is not None
            assert await process.stdout.readline() == b"ready\n"
        for process in both:
            assert process.stdin is not None
            process.stdin.write(b"\n")
        assert [await process.wait() for process in both] == [0, 0]
        due = [one for one in await shop.notices.latest() if one.subject.startswith("提醒你")]
        assert len(due) == 30
        assert len({one.subject for one in due}) == 30
