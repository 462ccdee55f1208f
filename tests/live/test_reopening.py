"""A show is its log: opened again, from a stored state, or after a sleep, it is the same show."""

from typing import Any

from core.rooms import states
from core.rooms.history import read_events
from live import stored
from live.kind import ShowKind
from tests.live.house import ANNA, BEN, RED, WHITE, House, kinds, opened


async def test_a_show_opened_again_is_the_same_show(house: House) -> None:
    goods = await house.furnish()
    show = await house.create()
    await house.sell(show, goods, 3)
    for text in (f"{RED}+2", f"{WHITE}+9", "A01取消", "好可愛", "Z99+1"):
        await house.say(ANNA, show, text)
        await house.say(BEN, show, text)
    kept = stored.dump(await house.show(show))
    async with opened(house.database, house.clock) as other:
        assert stored.dump(await other.show(show)) == kept


async def test_a_show_opened_from_a_stored_state_is_the_same_show(house: House) -> None:
    goods = await house.furnish()
    show = await house.create()
    await house.sell(show, goods, 3)
    await house.say(ANNA, show, f"{RED}+2")
    room = await house.room(show)
    kind = ShowKind()
    state, offset = states.packed(kind.dump(room.committed.state)), room.committed.head
    await house.database.write(lambda conn: states.store(conn, show, kind.model, offset, state))
    await house.say(BEN, show, f"{RED}+2")
    kept = stored.dump(await house.show(show))
    async with opened(house.database, house.clock) as other:
        assert stored.dump(await other.show(show)) == kept
        await other.say(BEN, show, f"{RED}-1")


async def test_a_process_that_slept_reads_on_before_it_decides(house: House) -> None:
    goods = await house.furnish()
    show = await house.create()
    await house.sell(show, goods, {RED: 2})
    async with opened(house.database, house.clock) as other:
        await other.room(show)
        await house.say(ANNA, show, "+2")
        answer = await other.say(BEN, show, "+1")
        assert kinds(answer) == ["comment.posted", "claim.waiting"]
        await house.say(ANNA, show, "A01-1")
        room = await house.room(show)
        assert [row["customer"] for row in await house.cart(BEN)] == [BEN.id]
        assert room.committed.head == len(await _log(house, show))


async def _log(house: House, show: str) -> list[Any]:
    return await house.database.read(
        lambda conn: read_events(conn, ShowKind(), show, after=0, limit=10_000)
    )
