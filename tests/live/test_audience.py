"""How many watch a show, over several processes."""

from __future__ import annotations

from typing import cast

import pytest

from core.clock import ManualClock
from core.rooms.broadcast import FanOut
from live import audience
from live.audience import Audience
from live.service import Shows
from tests.core.rooms.relays import Wired, wired

SHOW = "shw_" + "0" * 26


class Process:
    """One of them: `viewers` is how many watch there, `told` what those were told."""

    def __init__(self, relay: Wired, clock: ManualClock) -> None:
        self.relay = relay
        self.count = 0
        self.told: list[tuple[int, int]] = []
        self.samples: list[tuple[int, int]] = []
        self.audience = Audience(cast(FanOut, self), cast(Shows, self), clock, relay)

    def viewers(self, _show: str) -> int:
        return self.count

    def pulse_here(self, _show: str, _event: str, data: dict[str, int]) -> None:
        self.told.append((data["viewers"], data["hearts"]))

    async def sample_viewers(self, _show: str, count: int, slot: int) -> None:
        self.samples.append((slot, count))

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
