"""From a room to its sockets: frames that are whole, in order, for those who may read them."""

import asyncio
import itertools
import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Any

import aiohttp
import pytest

from core.clock import ManualClock
from core.db import Database
from core.rooms import frames, log
from core.rooms.broadcast import Channel, Pace
from core.rooms.events import PUBLIC, Reader
from core.rooms.wire import Wire
from tests.core.rooms.auction import Bid, Say, Shut, fold
from tests.core.rooms.conftest import ROOM, House, opened
from tests.core.rooms.served import NAMESPACE, Poller, Served, Viewer, serving
from tests.waiting import until

QUICK = Pace(tick_s=0.01, watch_s=0.01)


@pytest.fixture
async def house(sqlite_url: str) -> AsyncIterator[House]:
    async with Database.open(sqlite_url) as database, opened(database, ManualClock()) as house:
        first = house.command("host", Say("welcome", "Host"))
        await house.rooms.create("auction", ROOM, first, PUBLIC)
        yield house


@pytest.fixture
async def served(house: House) -> AsyncIterator[Served]:
    async with serving(house.rooms, pace=QUICK) as served:
        yield served


class Fold:
    """What a viewer's page holds: a snapshot, and every frame that follows."""

    def __init__(self, viewer: Viewer) -> None:
        self.viewer = viewer
        self.now: dict[str, Any] = {}
        self.frames: list[dict[str, Any]] = []

    async def join(self) -> "Fold":
        since = {key: self.now[key] for key in ("epoch", "offset", "at_ms")} if self.now else None
        reply = await self.viewer.join(since)
        self.now = reply["whole"] if reply["whole"] is not None else fold(self.now, reply["missed"])
        return self

    async def reach(self, offset: int) -> dict[str, Any]:
        """Take in frames, none left out, as far as `offset`."""
        while self.now["offset"] < offset:
            frame = await self.viewer.next("frame")
            if frame["to"] <= self.now["offset"]:
                continue
            self.frames.append(frame)
            self.now = fold(self.now, frame)
        return self.now


async def joined(served: Served, stack: AsyncExitStack, **who: Any) -> Fold:
    viewer = await stack.enter_async_context(Viewer.at(served, **who))
    return await Fold(viewer).join()


def whole(house: House, reader: Reader = PUBLIC) -> dict[str, Any]:
    snapshot: dict[str, Any] = json.loads(bytes(house.room.snapshot(reader)))
    return snapshot


async def say(house: House, count: int, text: str = "x") -> int:
    """Have `count` things said at once; returns the offset of the last."""
    room = house.room
    futures = [room.submit(house.command("mei", Say(text))) for _ in range(count)]
    last = (await asyncio.gather(*futures))[-1].last
    assert last is not None
    return last


# Who gets what


async def test_frames_lead_from_the_snapshot_to_the_next_one_for_everybody(
    house: House, served: Served
) -> None:
    async with AsyncExitStack() as stack:
        public = await joined(served, stack)
        mei = await joined(served, stack, id="mei")
        staff = await joined(served, stack, id="host", staff=True)
        for sender, amount in (("mei", 5), ("lan", 6), ("mei", 7), ("kit", 8)):
            await house.tell(sender, Bid(amount))
        head = house.room.committed.head
        assert await public.reach(head) == whole(house)
        assert await mei.reach(head) == whole(house, Reader(frozenset({"mei"})))
        assert await staff.reach(head) == whole(house, Reader(staff=True))

        def seen(page: Fold) -> set[str]:
            return {event["type"] for frame in page.frames for event in frame["events"]}

        assert seen(public) == {"bid.made"}
        assert seen(mei) == {"bid.made", "outbid"}
        assert seen(staff) == {"bid.made", "outbid", "noted"}
        mine = [e["data"]["by"] for f in mei.frames for e in f["events"] if e["type"] == "outbid"]
        assert mine == ["mei", "mei"]


async def test_all_sockets_of_a_person_get_her_private_events(house: House, served: Served) -> None:
    async with AsyncExitStack() as stack:
        phone, desk = [await joined(served, stack, id="mei") for _ in range(2)]
        await house.tell("mei", Bid(5))
        await house.tell("lan", Bid(6))
        head = house.room.committed.head
        for page in (phone, desk):
            assert await page.reach(head) == whole(house, Reader(frozenset({"mei"})))


async def test_a_frame_is_made_once_for_all_who_share_it(
    house: House, served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[str] = []

    class Counted(Wire):
        def __init__(self, namespace: str, event: str, body: bytes) -> None:
            made.append(event)
            super().__init__(namespace, event, body)

    async with AsyncExitStack() as stack:
        pages = [await joined(served, stack, id=f"p{n}") for n in range(10)]
        pages += [await joined(served, stack, id=f"s{n}", staff=True) for n in range(3)]
        monkeypatch.setattr(frames, "Wire", Counted)
        await house.tell("p1", Bid(5))
        for page in pages:
            await page.reach(3)
        assert made == ["frame", "frame"]  # everyone's, and staff's with the note


async def test_a_quiet_room_sends_at_once_and_a_busy_one_gathers(house: House) -> None:
    async with (
        serving(house.rooms, pace=Pace(tick_s=3600)) as served,
        AsyncExitStack() as stack,
    ):
        page = await joined(served, stack)
        await page.reach(await say(house, 1))
        for _ in range(20):
            await say(house, 1)
        assert await page.viewer.call("echo", "a frame would have come before this") is not None
        assert page.viewer.told.empty()


async def test_a_busy_room_sends_all_that_gathered_in_one_frame(house: House) -> None:
    async with (
        serving(house.rooms, pace=Pace(tick_s=0.5)) as served,
        AsyncExitStack() as stack,
    ):
        page = await joined(served, stack)
        await page.reach(await say(house, 1))
        last = [await say(house, 1) for _ in range(10)][-1]
        await page.reach(last)
        assert len(page.frames) < 10
        assert page.now == whole(house)


async def test_a_crowd_is_never_written_to_for_more_than_half_of_the_time(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    spans: list[tuple[float, float]] = []
    loop = asyncio.get_running_loop()

    async def slow(_channel: Channel) -> None:
        begun = loop.time()
        await asyncio.sleep(0.03)  # as long as thousands of sockets may take
        spans.append((begun, loop.time()))

    monkeypatch.setattr(Channel, "_send", slow)
    async with serving(house.rooms, pace=Pace(tick_s=0.001)) as served, AsyncExitStack() as stack:
        await joined(served, stack)
        while len(spans) < 4:
            await say(house, 1)
            await asyncio.sleep(0)
    for (begun, ended), (next_begun, _) in itertools.pairwise(spans):
        assert next_begun - ended >= 0.9 * (ended - begun)


async def test_each_of_a_crowd_gets_her_own_among_what_everyone_gets(
    house: House, served: Served
) -> None:
    async with AsyncExitStack() as stack:
        pages = [await joined(served, stack, id=f"p{n}") for n in range(30)]
        for n in range(30):
            await house.tell(f"p{n}", Bid(5 + n))  # tells the one before that she is outbid
        last = await say(house, 1)
        for n, page in enumerate(pages):
            assert await page.reach(last) == whole(house, Reader(frozenset({f"p{n}"})))


async def test_pulses_reach_all_and_only_the_newest_of_a_name(house: House, served: Served) -> None:
    async with AsyncExitStack() as stack:
        page = await joined(served, stack)
        for viewers in (1, 2, 3):
            served.fan_out.pulse(ROOM, "pulse", {"viewers": viewers})
        assert await page.viewer.next("pulse") == {"viewers": 3}
        served.fan_out.pulse("auc_nowhere", "pulse", {})
        await page.reach(await say(house, 1))


async def test_viewers_are_counted_without_staff(house: House, served: Served) -> None:
    assert served.fan_out.viewers(ROOM) == 0
    async with AsyncExitStack() as stack:
        pages = [await joined(served, stack) for _ in range(3)]
        await joined(served, stack, id="host", staff=True)
        assert served.fan_out.viewers(ROOM) == 3
        await pages[0].join()
        assert served.fan_out.viewers(ROOM) == 3
        await pages[0].viewer.ws.close()
        await until(lambda: served.fan_out.viewers(ROOM) == 2)
    await until(lambda: served.fan_out.viewers(ROOM) == 0)
    assert not house.room.subscribers


async def test_a_socket_follows_one_room_at_a_time(house: House, served: Served) -> None:
    await house.rooms.create("auction", "auc_2", house.command("host", Say("two")), PUBLIC)
    async with AsyncExitStack() as stack:
        page = await joined(served, stack)
        reply = await page.viewer.call("join", {"room": "auc_2"})
        page.now = reply["whole"]
        await say(house, 1)
        await house.rooms.tell("auc_2", "auction", house.command("mei", Bid(5)), PUBLIC)
        now = await page.reach(3)
        assert now["amount"] == 5
        assert served.fan_out.viewers(ROOM) == 0


async def test_a_room_that_is_not_there_cannot_be_followed(served: Served) -> None:
    async with Viewer.at(served) as viewer:
        reply = await viewer.call("join", {"room": "auc_none"})
        assert reply["error"]["code"] == "not_found"
        assert served.fan_out.viewers("auc_none") == 0


# Joining


async def test_who_joins_in_the_middle_of_a_flood_misses_nothing(
    house: House, served: Served
) -> None:
    async with AsyncExitStack() as stack:
        flood = asyncio.create_task(flooded(house, 60))
        pages: list[Fold] = []
        while not flood.done():
            pages.append(
                await joined(served, stack, id=f"p{len(pages)}", staff=len(pages) % 3 == 0)
            )
            if len(pages) % 2:  # some come back in between
                await pages[len(pages) // 2].join()
        last = await flood
        assert len(pages) > 3
        for number, page in enumerate(pages):
            reader = Reader(frozenset({f"p{number}"}), staff=number % 3 == 0)
            assert await page.reach(last) == whole(house, reader)


async def flooded(house: House, rounds: int) -> int:
    last = 0
    for number in range(rounds):
        last = await say(house, 5, f"round {number}")
        await asyncio.sleep(0.002)
    await house.tell("lan", Bid(5))
    await house.tell("kit", Bid(6))
    return house.room.committed.head or last


async def test_slices_keep_every_sockets_frames_in_order(house: House) -> None:
    async with (
        serving(house.rooms, pace=Pace(tick_s=0, slice=2)) as served,
        AsyncExitStack() as stack,
    ):
        pages = [await joined(served, stack, id=f"p{n}", staff=n == 0) for n in range(9)]
        last = await flooded(house, 20)
        for page in pages:
            await page.reach(last)
            spans = [(frame["from"], frame["to"]) for frame in page.frames]
            assert all(one[1] + 1 == next_[0] for one, next_ in itertools.pairwise(spans))


# A door that is shut


async def test_who_came_before_a_door_was_shut_is_told_nothing_of_what_comes_after(
    house: House, served: Served
) -> None:
    async with AsyncExitStack() as stack:
        before = await joined(served, stack, id="mei")
        staff = await joined(served, stack, id="host", staff=True)
        await before.reach(await say(house, 1))
        await shut(house)
        assert await told(before) == "catch_up"
        after = await joined(served, stack, id="lan")
        served.fan_out.pulse(ROOM, "pulse", {"viewers": 2})
        last = await say(house, 1, "to those who are inside")
        assert await after.reach(last) == whole(house, Reader(frozenset({"lan"})))
        assert await staff.reach(last) == whole(house, Reader(staff=True))
        await before.viewer.call("echo", "whatever was sent before has come")
        assert before.viewer.told.empty()

        await before.join()
        assert await before.reach(await say(house, 1)) == whole(house, Reader(frozenset({"mei"})))


async def shut(house: House) -> None:
    """Shut the door in the middle of what would be one frame."""
    bodies = (Say("as it shuts"), Shut(), Say("inside"))
    room = house.room
    await asyncio.gather(*[room.submit(house.command("host", body)) for body in bodies])


async def told(page: Fold) -> str:
    """What it is told next."""
    event, _ = await asyncio.wait_for(page.viewer.told.get(), 20)
    return str(event)


async def test_a_door_is_shut_for_those_who_follow_at_another_process(
    house: House, served: Served
) -> None:
    async with (
        opened(house.database, ManualClock()) as elsewhere,
        serving(elsewhere.rooms, pace=QUICK) as also,
        AsyncExitStack() as stack,
    ):
        before = await joined(also, stack, id="mei")
        staff = await joined(also, stack, id="host", staff=True)
        await shut(house)
        await elsewhere.rooms.sweep()
        assert await told(before) == "catch_up"
        assert await staff.reach(house.room.committed.head) == whole(house, Reader(staff=True))
        assert before.viewer.told.empty()


# Those who do not keep up

LONG = "long" * 2000


async def test_who_reads_too_slowly_is_left_behind_told_and_whole_again(house: House) -> None:
    pace = Pace(tick_s=0.001, watch_s=0.01, unsent=64 * 1024)
    async with serving(house.rooms, pace=pace) as served, AsyncExitStack() as stack:
        slow, quick = await joined(served, stack, id="slow"), await joined(served, stack)
        await slow.viewer.pause()
        last = 0
        while not served.fan_out._behind:
            last = await say(house, 5, LONG)
            await quick.reach(last)
        last = await say(house, 50, LONG)
        [member] = served.fan_out._behind
        assert member.unsent < 64 * 1024 + 50 * (len(LONG) + 200) + 64 * 1024
        slow.viewer.go_on()
        await slow.viewer.next("catch_up")
        await slow.join()
        assert await slow.reach(last) == whole(house, Reader(frozenset({"slow"})))
        assert not served.fan_out._behind
        assert await quick.reach(await say(house, 1)) == whole(house)
        assert await slow.reach(quick.now["offset"]) == whole(house, Reader(frozenset({"slow"})))


async def test_memory_for_a_viewer_who_never_reads_is_bounded(house: House) -> None:
    pace = Pace(tick_s=0, unsent=64 * 1024)
    async with serving(house.rooms, pace=pace) as served, AsyncExitStack() as stack:
        deaf, quick = await joined(served, stack), await joined(served, stack)
        await deaf.viewer.pause()
        most = 0
        for _ in range(300):
            await quick.reach(await say(house, 5, LONG))
            unsent = [member.unsent for member in served.fan_out._channels[ROOM].members.values()]
            most = max(most, *unsent)
        assert 64 * 1024 < most < 64 * 1024 + 5 * (len(LONG) + 300) * 2


async def test_who_stays_behind_too_long_is_closed(house: House) -> None:
    pace = Pace(tick_s=0, watch_s=0.01, unsent=16 * 1024, behind_s=0.2)
    async with serving(house.rooms, pace=pace) as served, AsyncExitStack() as stack:
        deaf = await joined(served, stack)
        await deaf.viewer.pause()
        while served.fan_out.viewers(ROOM):
            await say(house, 5, LONG)
        assert list(served.namespace.gone) == ["transport close"]


async def test_who_is_told_to_catch_up_and_does_not_is_closed_too(house: House) -> None:
    pace = Pace(tick_s=0, watch_s=0.01, behind_s=0.2)
    async with serving(house.rooms, pace=pace) as served, AsyncExitStack() as stack:
        page = await joined(served, stack)
        [member] = served.fan_out._channels[ROOM].members.values()
        served.fan_out.left_behind(member)
        await page.viewer.next("catch_up")
        assert await page.viewer.closed() is not None
        await until(lambda: not served.fan_out.viewers(ROOM))


async def test_who_lets_too_much_pile_up_is_cut_off(house: House) -> None:
    async with (
        serving(house.rooms, unsent_at_most=64 * 1024) as served,
        Viewer.at(served) as deaf,
    ):
        await deaf.pause()
        with pytest.raises((ConnectionError, aiohttp.ClientError)):
            await asyncio.wait_for(ask_for_ever(deaf), 60)
        await until(lambda: list(served.namespace.gone) == ["transport close"])


async def ask_for_ever(viewer: Viewer) -> None:
    while True:
        await viewer.ws.send_str(f'42{NAMESPACE},1["echo","{"x" * 12_000}"]')


async def test_whoever_follows_a_room_that_ends_is_told_to_catch_up(
    house: House, served: Served
) -> None:
    async with AsyncExitStack() as stack:
        page = await joined(served, stack)
        before = house.room
        before.leave()
        await page.viewer.next("catch_up")
        await page.join()
        assert house.room is not before
        assert await page.reach(await say(house, 3)) == whole(house)


async def test_whoever_follows_a_restored_room_is_told_to_catch_up(
    house: House, served: Served
) -> None:
    async with AsyncExitStack() as stack:
        page = await joined(served, stack)
        epoch = page.now["epoch"]
        await house.database.write(log.renew_epochs)
        await house.rooms.sweep()
        await page.viewer.next("catch_up")
        reply = await page.viewer.join({k: page.now[k] for k in ("epoch", "offset", "at_ms")})
        assert reply["missed"] is None
        page.now = reply["whole"]
        assert page.now["epoch"] != epoch
        assert await page.reach(await say(house, 3)) == whole(house)


async def test_a_frame_that_cannot_be_made_leaves_nobody_in_the_dark(
    house: House, served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with AsyncExitStack() as stack:
        page = await joined(served, stack)
        with monkeypatch.context() as patch:
            patch.setattr(frames, "frame", None)
            await say(house, 1)
            await page.viewer.next("catch_up")
        await page.join()
        assert await page.reach(await say(house, 1)) == whole(house)


# Those who poll


async def polling(served: Served, session: aiohttp.ClientSession) -> tuple[Poller, dict[str, Any]]:
    poller = Poller(served, session)
    await poller.open()
    await poller.send(f'42{NAMESPACE},1["join",{{}}]')
    [reply] = await poller.poll()
    return poller, json.loads(reply.partition(",1")[2])[0]["whole"]


async def test_who_polls_gets_the_same_frames(house: House, served: Served) -> None:
    async with aiohttp.ClientSession() as session:
        poller, now = await polling(served, session)
        for _ in range(3):
            last = await say(house, 5)
        while now["offset"] < last:
            for text in await poller.poll():
                event, data = json.loads(text.partition(",")[2])
                assert event == "frame"
                now = fold(now, data)
        assert now == whole(house)


async def test_who_polls_too_seldom_is_left_behind_and_told(house: House) -> None:
    pace = Pace(tick_s=0, watch_s=0.01, queued=4)
    async with serving(house.rooms, pace=pace) as served, aiohttp.ClientSession() as session:
        poller, _ = await polling(served, session)
        while not served.fan_out._behind:
            await say(house, 1)
        await say(house, 20)
        texts = await poller.poll()
        assert len(texts) == 4
        assert await poller.poll() == [f'42{NAMESPACE},["catch_up",{{}}]']


# The end


async def test_closing_ends_every_task_and_follows_no_room(house: House) -> None:
    async with serving(house.rooms) as served, AsyncExitStack() as stack:
        await joined(served, stack)
        channel = served.fan_out._channels[ROOM]
        await served.fan_out.close()
        assert channel.task.cancelled()
        assert served.fan_out._watch.cancelled()
        assert not house.room.subscribers
