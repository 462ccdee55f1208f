"""How many watch a show, over several processes."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

import msgspec
import pytest

from core.clock import ManualClock
from core.rooms.broadcast import FanOut
from live import audience
from live.audience import Audience, Watching
from live.service import Shows
from tests.core.rooms.relays import Wired, wired

SHOW = "shw_" + "0" * 26


class Process:
    """One of them: `count` is how many watch there, `told` what those and `staff` were told.

    `meanwhile` happens while a sample is put on record.
    """

    def __init__(self, relay: Wired, clock: ManualClock) -> None:
        self.relay = relay
        self.count = 0
        self.staff = 0
        self.meanwhile: Callable[[], None] | None = None
        self.told: list[tuple[int, int]] = []
        self.samples: list[tuple[int, int]] = []
        self.audience = Audience(cast(FanOut, self), cast(Shows, self), clock, relay)

    def viewers(self, _show: str) -> int:
        return self.count

    def is_followed(self, _show: str) -> bool:
        return self.count + self.staff > 0

    def pulse_here(self, _show: str, _event: str, data: dict[str, int]) -> None:
        if self.is_followed(_show):
            self.told.append((data["viewers"], data["hearts"]))

    async def sample_viewers(self, _show: str, count: int, slot: int) -> None:
        self.samples.append((slot, count))
        if self.meanwhile is not None:
            self.meanwhile()

    async def watch(self, count: int) -> None:
        self.count = count
        self.audience.changed(SHOW)
        await self.audience.pulse()


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
async def three(clock: ManualClock) -> list[Process]:
    return [Process(relay, clock) for relay in wired(3)]


async def test_all_are_told_the_sum(three: list[Process]) -> None:
    for process, count in zip(three, (3, 4, 5), strict=True):
        await process.watch(count)
    for process in three:
        await process.audience.pulse()
    assert [process.told[-1] for process in three] == [(12, 0)] * 3
    await three[1].watch(1)
    await three[0].audience.pulse()
    assert three[0].told[-1] == (9, 0)
    told = len(three[0].told)
    await three[0].audience.pulse()
    assert len(three[0].told) == told, "nothing is new"


async def test_hearts_are_told_everywhere_once(three: list[Process]) -> None:
    for process in three:
        await process.watch(1)
    three[0].audience.hearts(SHOW, 5)
    three[1].audience.hearts(SHOW, 2)
    for _ in range(3):
        for process in three:
            await process.audience.pulse()
    assert [sum(hearts for _, hearts in process.told) for process in three] == [7] * 3


async def test_who_comes_back_while_it_is_put_on_record_that_she_went_is_told_again(
    three: list[Process], clock: ManualClock
) -> None:
    one = three[0]
    await one.watch(1)
    clock.advance(10_000)

    def comes_back() -> None:
        one.count = 1
        one.audience.changed(SHOW)

    one.count, one.meanwhile = 0, comes_back
    await one.audience.pulse()
    one.told.clear()
    await one.audience.pulse()
    assert one.told == [(1, 0)]
    assert one.samples[-1][1] == 0


async def test_hearts_that_come_while_a_sample_is_put_on_record_are_told_next(
    three: list[Process], clock: ManualClock
) -> None:
    one, other, _ = three
    await other.watch(1)
    await one.watch(1)
    clock.advance(10_000)

    def loves() -> None:
        other.relay.cast("audience", msgspec.msgpack.encode(Watching("other", {}, {SHOW: 5})))

    one.count, one.meanwhile = 2, loves
    await one.audience.pulse()
    one.meanwhile = None
    await one.audience.pulse()
    assert sum(hearts for _, hearts in one.told) == 5


async def test_staff_without_a_viewer_at_their_process_are_told_of_those_elsewhere(
    three: list[Process],
) -> None:
    one, other, _ = three
    one.staff = 1
    await one.watch(0)
    await one.audience.pulse()
    await other.watch(3)
    other.audience.hearts(SHOW, 2)
    await other.audience.pulse()
    await one.audience.pulse()
    assert one.told == [(0, 0), (3, 2)]
    one.staff = 0
    await one.audience.pulse()
    await other.watch(4)
    await one.audience.pulse()
    assert one.told == [(0, 0), (3, 2)]


async def test_who_says_nothing_any_more_is_counted_no_longer(
    three: list[Process], monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other, _ = three
    await other.watch(4)
    await one.watch(1)
    assert one.told[-1] == (5, 0)
    monkeypatch.setattr(audience, "BELIEVED_S", -1)  # as long ago it is
    await one.audience.pulse()
    assert one.told[-1] == (1, 0)


async def test_numbers_do_not_jump_while_nobody_can_be_heard_and_are_not_put_on_record(
    three: list[Process], clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other, _ = three
    await other.watch(4)
    await one.watch(1)
    one.relay.cut = True
    monkeypatch.setattr(audience, "BELIEVED_S", -1)
    clock.advance(60_000)
    samples = list(one.samples)
    await one.watch(2)
    assert one.told[-1] == (6, 0)
    assert one.samples == samples


async def test_of_each_ten_seconds_all_put_the_same_sample_on_record(
    three: list[Process], clock: ManualClock
) -> None:
    for process, count in zip(three, (3, 4, 5), strict=True):
        await process.watch(count)
    clock.advance(10_000)
    for process in three:
        await process.audience.pulse()
    slot = clock.now() // audience.SAMPLE_MS
    assert [process.samples[-1] for process in three[:2]] == [(slot, 12)] * 2
    assert three[2].samples[0] == (slot - 1, 12)


async def test_what_is_none_of_ours_counts_nothing(three: list[Process]) -> None:
    one, other, _ = three
    await one.watch(1)
    for octets in (b"", b"\xc1", b"\x93\xa1x\x81\xa1y\xa1z\x80"):
        other.relay.cast("audience", octets)
    await one.audience.pulse()
    assert one.told == [(1, 0)]
