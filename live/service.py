"""What people do in shows. Each checks who may, before anything else.

The ways of viewers put their command into the room's queue before their first await: the order in
which comments came in is the order in which they are decided.
"""

from __future__ import annotations

from collections.abc import Awaitable, Collection
from functools import partial
from typing import Any

from commerce_bridge.port import OutOfStock, Shop
from core.clock import Clock, Instant
from core.db import Database
from core.errors import Forbidden, NotFound, NotSignedIn
from core.identity.model import Person, Role, require
from core.ids import new_id
from core.rooms.events import Reader
from core.rooms.kind import Command
from core.rooms.room import Answer, Room
from core.rooms.rooms import Rooms
from live import commands as c
from live import comments, store
from live.events import Rules, ShowStatus, Variant
from live.members import check_members
from live.perks import Perks
from live.state import Show, variant_of
from live.stock import Stock
from live.store import SHOW

RUNNERS = (Role.HOST, Role.OPERATOR)
"""Who runs a show."""
MODERATORS = (Role.MODERATOR, *RUNNERS)
"""Who moderates one, and sees what staff see of it."""
_ASKING = (c.AddItem, c.OpenItem, c.Allot)
"""Acts for which the shop is asked something before the room is."""


class Shows:
    """The shows of this service."""

    def __init__(
        self,
        database: Database,
        rooms: Rooms,
        shop: Shop,
        currency: str,
        clock: Clock,
        perks: Perks,
    ) -> None:
        self._clock = clock
        self._perks = perks
        self._database = database
        self._rooms = rooms
        self._stock = Stock(shop, rooms)
        self._shop = shop
        self._currency = currency

    # Looking

    async def listed(self, person: Person) -> list[dict[str, object]]:
        """The newest 200 shows; drafts for those who may moderate them."""
        drafts = person.has(*MODERATORS)
        return await self._database.read(
            lambda connection: store.list_shows(connection, drafts=drafts, limit=200)
        )

    async def enter(self, person: Person, show_id: str) -> Room[Show]:
        """The room of a show that `person` may see. Raises NotFound.

        Raises Forbidden (`not_allowed`) where it is for members of a tier that she has not.
        """
        room = self._room(show_id)
        await room.loaded()
        show = room.committed.state
        hidden = show.status == "draft" and not person.has(*MODERATORS)
        if not show.title or hidden:
            raise NotFound("There is no such show.")
        if show.tier is not None and not person.is_staff:
            member = await self._member(person)
            # As it stands now: what is returned holds until the caller awaits something else.
            check_members(room.committed.state, member)
        return room

    async def let_in(self, person: Person, show_id: str) -> str | None:
        """The tier of the show as `enter` found it; None where it is everybody's."""
        return (await self.enter(person, show_id)).committed.state.tier

    async def _member(self, person: Person) -> c.Actor:
        """`person`, who may be nobody yet, with the tiers that she has now."""
        own, now = person.id, self._clock.now()
        if own is None:
            return c.Actor("", "")
        ids = person.aliases | {own}
        known = await self._database.read(
            lambda connection: self._perks.tiers_of(connection, {own: ids}, now)
        )
        return c.Actor(own, person.name or "", tiers=known.get(own, ()))

    # What viewers do

    def comment(self, person: Person, show_id: str, sent: c.SendComment) -> Awaitable[Answer]:
        """Say something. Raises what `comments.post` does."""
        actor = actor_of(person)
        room = self._room(show_id)
        comment = c.Comment.model_construct(text=sent.text)
        known = room.known
        body = c.Read(comment) if known is None else comments.read(known.state, comment)
        return self._told(room, person, sent.request_id, c.Act(actor, body))

    def claim(self, person: Person, show_id: str, sent: c.SendClaim) -> Awaitable[Answer]:
        """The +1 button. Raises BadRequest, and Forbidden for staff."""
        return self._as_customer(person, show_id, sent.request_id, sent)

    def give_back(self, person: Person, show_id: str, sent: c.SendGiveBack) -> Awaitable[Answer]:
        """Cancel a claim or leave the waiting list. Raises NotFound, Conflict."""
        return self._as_customer(person, show_id, sent.request_id, sent)

    # What staff do

    async def create(
        self,
        person: Person,
        *,
        title: str,
        host_name: str,
        poster: str | None,
        starts_at: Instant | None,
        rules: Rules,
        tier: str | None = None,
    ) -> str:
        """A new show; returns its id. Raises NotFound for a tier that the shop has not."""
        require(person, *RUNNERS)
        show_id = new_id("shw")
        body = c.Create(title, self._currency, host_name, poster, starts_at, rules, tier)
        command = _command(person, "create", c.Act(actor_of(person), body))
        await self._rooms.create(SHOW, show_id, command, reader_of(person))
        return show_id

    async def run(self, person: Person, show_id: str, sent: c.SendRun) -> Answer:
        """Run the show and its run-down. Raises what `rundown.run` does, and the shop's errors."""
        require(person, *RUNNERS)
        room = await self.enter(person, show_id)
        by = actor_of(person)
        do: Any = sent.do
        if isinstance(do, _ASKING):
            command = _command(person, sent.request_id, c.Act(by, do))
            # Sent again it undoes nothing that came since: the shop is not asked again either.
            if not await room.has_done(command):
                do = await self._asked(room, by, do)
        return await self._told(room, person, sent.request_id, c.Act(by, do))

    async def moderate(self, person: Person, show_id: str, sent: c.SendModerate) -> Answer:
        """Moderate the show. Raises what `moderation.moderate` does."""
        require(person, *MODERATORS)
        room = await self.enter(person, show_id)
        return await self._told(room, person, sent.request_id, c.Act(actor_of(person), sent.do))

    async def sample_viewers(self, show_id: str, count: int, slot: int) -> None:
        """Put the number of viewers on record: of each `slot` of time the first sample counts."""
        act = c.Act(c.SYSTEM, c.SampleViewers(count))
        command = Command(c.SYSTEM.id, f"viewers-{slot}", act)
        await self._rooms.tell(show_id, SHOW, command, Reader(staff=True))

    async def status(self, show_id: str) -> ShowStatus | None:
        """Where a show stands; None where there is none."""
        return await self._database.read(lambda connection: store.status_of(connection, show_id))

    async def door(self, show_id: str) -> tuple[ShowStatus, str | None] | None:
        """Where a show stands, and the tier that it is for; None where there is none."""
        return await self._database.read(lambda connection: store.door_of(connection, show_id))

    async def picture_changed(self, told: dict[str, Any]) -> None:
        """Outbox: `{show, state, at}`, whether a picture of the show is being sent."""
        act = c.Act(c.SYSTEM, c.ShowPicture(told["state"]))
        command = Command(c.SYSTEM.id, f"picture-{told['state']}-{told['at']}", act)
        await self._rooms.tell(told["show"], SHOW, command, Reader(staff=True))

    async def erase_talk(self, ids: Collection[str]) -> int:
        """Blank what one person typed in all shows; returns in how many.

        `ids` are all that count as hers.
        """
        erased = set()
        for author in ids:
            shows = await self._database.read(partial(store.shows_of, author=author))
            for show_id in shows:
                act = c.Act(c.SYSTEM, c.EraseTalk(author))
                command = Command(c.SYSTEM.id, new_id("era"), act)
                await self._rooms.tell(show_id, SHOW, command, Reader(staff=True))
            erased.update(shows)
        return len(erased)

    async def erase_old_talk(self, before: Instant) -> int:
        """Blank what people typed in shows that ended before then; returns in how many."""
        shows = await self._database.read(lambda connection: store.talked_out(connection, before))
        for show_id in shows:
            act = c.Act(c.SYSTEM, c.EraseTalk(None))
            command = Command(c.SYSTEM.id, store.RETENTION, act)
            await self._rooms.tell(show_id, SHOW, command, Reader(staff=True))
        return len(shows)

    # How

    def _as_customer(
        self, person: Person, show_id: str, request_id: str, do: Any
    ) -> Awaitable[Answer]:
        if person.is_staff:
            raise Forbidden("Staff order as customers do: signed in as one.")
        act = c.Act(actor_of(person), do)
        return self._told(self._room(show_id), person, request_id, act)

    async def _asked(self, room: Room[Show], by: c.Actor, do: Any) -> Any:
        """Ask the shop for what an act needs; returns the act with what the shop says."""
        match do:
            case c.AddItem():
                return await self._new_item(do)
            case c.OpenItem():
                await self._open(room, by, do)
            case c.Allot():
                await self._raise(room, by, do)
        return do

    async def _open(self, room: Room[Show], by: c.Actor, do: c.OpenItem) -> None:
        """Get the planned allotments. Raises OutOfStock where there would be nothing to sell."""
        item = room.committed.state.items.get(do.item)
        if item is None or item.status == "open":
            return  # the rules say what is to be said
        planned = {variant.key: variant.planned for variant in item.variants}
        await self._stock.fill(room, item.id, planned, by)
        item = room.committed.state.items[item.id]
        if any(planned.values()) and not any(variant.allotment for variant in item.variants):
            short = {variant.variant_id: 0 for variant in item.variants}
            raise OutOfStock("The shop has none of it.", variants=short)

    async def _raise(self, room: Room[Show], by: c.Actor, do: c.Allot) -> None:
        """Get more for a variant that has its allotment. Raises OutOfStock where there is none."""
        before = self._allotted(room, do)
        if before is None or do.allotment <= before.allotment:
            return
        await self._stock.fill(room, do.item, {do.variant: do.allotment}, by)
        after = self._allotted(room, do)
        if after is None or after.allotment <= before.allotment:
            raise OutOfStock("The shop has no more of it.", variants={before.variant_id: 0})

    def _allotted(self, room: Room[Show], do: c.Allot) -> Variant | None:
        """The variant as it is, once its item has been opened."""
        item = room.committed.state.items.get(do.item)
        return variant_of(item, do.variant) if item and item.opened_at is not None else None

    async def _new_item(self, do: c.AddItem) -> c.NewItem:
        product = await self._shop.product(do.product)
        known = {variant.id: variant for variant in product.variants}
        if any(variant.variant_id not in known for variant in do.variants):
            raise NotFound("The product has no such variant.", code="unknown_variant")
        titles = tuple(known[variant.variant_id].title for variant in do.variants)
        picture = product.pictures[0] if product.pictures else None
        return c.NewItem(do, product.title, picture, titles)

    def _room(self, show_id: str) -> Room[Show]:
        return self._rooms.room(show_id, SHOW)

    def _told(
        self, room: Room[Show], person: Person, request_id: str, act: c.Act
    ) -> Awaitable[Answer]:
        outcome = room.submit(_command(person, request_id, act))

        async def answer() -> Answer:
            return await room.answer(await outcome, reader_of(person))

        return answer()


def actor_of(person: Person) -> c.Actor:
    """Who acts. Raises NotSignedIn for nobody, Forbidden for staff without a part in shows."""
    if person.id is None or person.name is None:
        raise NotSignedIn("Say a name or sign in first.")
    if not person.is_staff:
        ids = person.aliases | {person.id}
        return c.Actor(person.id, person.name, "viewer", ids, person.kind == "customer")
    if person.has(*RUNNERS):
        return c.Actor(person.id, person.name, "host", frozenset({person.id}))
    if person.has(Role.MODERATOR):
        return c.Actor(person.id, person.name, "moderator", frozenset({person.id}))
    raise Forbidden("This is not among your roles.")


def reader_of(person: Person) -> Reader:
    """What `person` reads of a show."""
    ids = person.aliases | {person.id} if person.id is not None else frozenset()
    return Reader(ids, staff=person.has(*MODERATORS))


def _command(person: Person, request_id: str, act: c.Act) -> Command:
    return Command(person.id or "", request_id, act, person.aliases)
