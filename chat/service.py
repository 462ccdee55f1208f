"""What people do in conversations. Each checks who may, before anything else.

What is said is put into the room's queue before the first await: the order in which messages came
in is the order in which they are told.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, Protocol

import msgspec

from chat import commands as c
from chat import store, view
from chat.events import BotDrafted
from chat.evolve import OF_CHANGES, line_of, settled
from chat.kind import ConversationKind
from chat.office import Office
from chat.state import Conversation
from chat.store import CONVERSATION, PREFIX, Counts, Queue, Row
from core.clock import Clock, Instant
from core.db import Database
from core.errors import Conflict, Forbidden, NotFound, RateLimited
from core.hours import Hours
from core.identity.model import Person, Role, require, require_customer
from core.limits import Limits
from core.outbox import Outbox
from core.rooms.events import Logged, Reader
from core.rooms.history import read_events, read_of_types
from core.rooms.kind import Command
from core.rooms.room import Answer, Room
from core.rooms.rooms import Rooms
from core.tools import Card, Change

REPS = (Role.REP, Role.OPERATOR)
"""Who answers customers."""

MESSAGES_PER_S, MESSAGES_AT_ONCE = 0.5, 20
"""Of one person in one conversation: nobody writes more than that, and no page holds more."""
PAGE = 100
"""Lines of a thread that are read back at once."""
TALK_MS = 60 * 60_000
"""So long a rep may talk with a customer elsewhere before what waits in the chat is late."""
BECAME = 2_000
"""Of the changes of one conversation, so many outcomes are looked through for older lines."""
LISTED = 50
DISMISSED_AT_ONCE = 1_000
ERASED_AT_ONCE, ERASED_ROUNDS = 50, 20
"""Of old conversations in one go, an hour's: more than a shop ends in it. The rest comes next."""


class Colleagues(Protocol):
    """What is asked about staff."""

    async def all(self) -> list[Person]: ...


class Shelf(Protocol):
    """What may be shown in a conversation, of other parts of the product."""

    async def order(self, customer: str, order: str) -> Card:
        """The card of an order of hers. Raises NotFound."""
        ...

    async def picture(self, conversation: str, picture: str) -> Card:
        """The card of a picture that was sent to this conversation. Raises NotFound."""
        ...

    async def put(self, variant: str, quantity: int) -> Change:
        """Putting a variant into a cart, by the name that customers know. Raises NotFound."""
        ...


class Pace(msgspec.Struct, frozen=True):
    """How long a rep may take for an answer, and a customer, before the conversation moves on."""

    answer_ms: int = 10 * 60_000
    idle_ms: int = 48 * 3_600_000
    bot: bool = False
    """The bot answers first."""


class Chats:
    """The conversations of this installation."""

    def __init__(
        self,
        database: Database,
        rooms: Rooms,
        clock: Clock,
        office: Office,
        colleagues: Colleagues,
        shelf: Shelf,
        pace: Pace,
        limits: Limits | None = None,
    ) -> None:
        self._database = database
        self._rooms = rooms
        self._clock = clock
        self._office = office
        self._colleagues = colleagues
        self._shelf = shelf
        self._pace = pace
        limits = Limits(clock) if limits is None else limits
        self._messages = limits.of("messages", MESSAGES_PER_S, MESSAGES_AT_ONCE)
        self._kind = ConversationKind()
        self._hours: Hours | None = None
        self.before_promise: list[Callable[[], Awaitable[None]]] = []
        """Awaited before one who waits is told for how long: she may wait no more then."""

    def join(self, outbox: Outbox) -> None:
        """Hear what the log and the sign-in tell."""
        outbox.subscribe(store.WAITING, self._waits)
        outbox.subscribe("customer.merged", self._merged)

    async def look_at_the_clock(self) -> Hours | None:
        """The opening hours as they are now; what is said next goes by them."""
        self._hours = await self._office.hours()
        return self._hours

    # Looking

    @property
    def bot(self) -> bool:
        """Whether a bot answers first."""
        return self._pace.bot

    async def own(self, person: Person) -> tuple[str, int] | None:
        """Her conversation and how many messages in it she has not read; None before the first."""
        if not person.is_customer:
            return None
        return await self._database.read(partial(store.of_customer, ids=person.aliases))

    async def answered_since(self, ids: Collection[str], at: Instant) -> bool:
        """Whether she, by all `ids` that count as hers, was told something since then."""
        return await self._database.read(partial(store.answered_since, ids=ids, at=at))

    async def opening(self) -> dict[str, Any]:
        """`{open, since, until, opens_at, always}`: whether somebody should be there to answer.

        `since` and `until`: the opening that is now. `always`: no hours were set, so none are
        promised.
        """
        hours, now = await self.look_at_the_clock(), self._clock.now()
        is_open = hours is None or hours.is_open(now)
        return {
            "open": is_open,
            "since": None if hours is None else hours.opened_at(now),
            "until": None if hours is None or not is_open else hours.closes_at(now),
            "opens_at": None if hours is None or is_open else hours.next_opening(now),
            "always": hours is None,
        }

    async def begin(self, person: Person) -> str:
        """Her conversation, made if she has none. Raises NotSignedIn, and Forbidden for staff."""
        customer = require_customer(person)
        found = await self.own(person)
        if found is not None:
            return found[0]
        # Named after her, so that two of her pages at once make one.
        conversation = f"{PREFIX}_{customer.partition('_')[2]}"
        create = self._command(person, "create", c.Create(customer))
        try:
            await self._rooms.create(CONVERSATION, conversation, create, reader_of(person))
        except Conflict:
            await self.enter(person, conversation)
        return conversation

    async def enter(self, person: Person, conversation: str) -> Room[Conversation]:
        """The room of a conversation that `person` may see. Raises NotFound."""
        room = self._room(conversation)
        await room.loaded()
        if not person.has(*REPS) and room.committed.state.ids.isdisjoint(person.aliases):
            raise NotFound("There is no such conversation.")
        return room

    async def before(
        self, person: Person, conversation: str, offset: int
    ) -> tuple[list[dict[str, Any]], bool]:
        """Lines of the thread before the event `offset`, and whether there are older ones."""
        await self.enter(person, conversation)
        reader = reader_of(person)
        after = max(0, offset - 1 - PAGE)
        events = await self._database.read(
            lambda conn: read_events(
                conn, self._kind, conversation, after=after, limit=offset - 1 - after
            )
        )
        seen = [line_of(one) for one in events if reader.sees(one.audience)]
        lines = [line for line in seen if line is not None]
        if any(line.kind == "change" for line in lines):
            # What became of it may have happened long after.
            for became in await self._database.read(
                lambda conn: read_of_types(conn, self._kind, conversation, OF_CHANGES, limit=BECAME)
            ):
                lines = settled(lines, became)
        return [view.line(line) for line in lines], after > 0

    async def own_before(self, person: Person, offset: int) -> tuple[list[dict[str, Any]], bool]:
        """The same of her own conversation. Raises NotFound where she has none."""
        found = await self.own(person)
        if found is None:
            raise NotFound("There is no such conversation.")
        return await self.before(person, found[0], offset)

    async def listed(
        self, person: Person, queue: Queue, *, words: str = "", before: Instant | None = None
    ) -> tuple[list[Row], Counts]:
        """A page of a queue, and how long the queues are."""
        staff = require(person, *REPS).own_id
        query = partial(
            store.listed, queue=queue, staff=staff, words=words, before=before, limit=LISTED
        )
        found = await self._database.read(query)
        return found, (await self.counts([staff]))[staff]

    async def moved_since(self, at: Instant | None, limit: int) -> list[tuple[str, Instant]]:
        """See `store.moved_since`."""
        return await self._database.read(partial(store.moved_since, at=at, limit=limit))

    async def rows(self, ids: Sequence[str]) -> list[Row]:
        return await self._database.read(partial(store.rows, ids=ids))

    async def counts(self, staff: Collection[str]) -> dict[str, Counts]:
        """How long the queues are, for each of `staff`."""
        return await self._database.read(partial(store.counts, staff=staff))

    async def reps(self) -> list[Person]:
        """Those who answer customers."""
        return [one for one in await self._colleagues.all() if one.has(*REPS)]

    # What both sides do

    def say(self, person: Person, conversation: str, sent: c.SendSay) -> Awaitable[Answer]:
        """Say something. Raises what `rules` does, and RateLimited."""
        self._count(person, conversation)
        if any(one is not None for one in (sent.order, sent.picture, sent.drafted)):
            return self._shown(person, conversation, sent)
        return self._said(person, conversation, sent, ())

    async def _shown(self, person: Person, conversation: str, sent: c.SendSay) -> Answer:
        """What is shown is looked up first."""
        room = await self.enter(person, conversation)
        cards: list[Card] = []
        if sent.order is not None:
            cards.append(await self._shelf.order(room.committed.state.customer, sent.order))
        elif sent.picture is not None:
            cards.append(await self._shelf.picture(conversation, sent.picture))
        if sent.drafted is not None:
            cards += await self._drafted(person, conversation, sent.drafted)
        return await self._said(person, conversation, sent, tuple(cards))

    async def _drafted(
        self, person: Person, conversation: str, drafted: c.Drafted
    ) -> Sequence[Card]:
        """What the bot's draft would show. Raises NotFound for anything else.

        Read from the log: she may have said more since, and the draft be no draft any more.
        """
        require(person, *REPS)
        after = partial(
            read_events, kind=self._kind, room_id=conversation, after=drafted.upto, limit=PAGE
        )
        known = {
            card.id: card
            for logged in await self._database.read(after)
            if isinstance(logged.event, BotDrafted) and logged.event.upto == drafted.upto
            for card in logged.event.cards
            if card.kind != "product"
        }
        try:
            return [known[one] for one in dict.fromkeys(drafted.cards)]
        except KeyError:
            raise NotFound("The draft shows no such thing.", code="unknown_card") from None

    def _said(
        self, person: Person, conversation: str, sent: c.SendSay, looked_up: tuple[Card, ...]
    ) -> Awaitable[Answer]:
        now = self._clock.now()
        products = sent.products if sent.product is None else [sent.product, *sent.products]
        said = c.Said(
            c.Say.model_construct(
                text=sent.text,
                product=sent.product,
                products=sent.products,
                about=sent.about,
                locale=sent.locale,
            ),
            (*(Card("product", one) for one in dict.fromkeys(products)), *looked_up),
            answer_by=self._answer_by(now),
            idle_at=now + self._pace.idle_ms,
            bot=self._pace.bot,
        )
        return self._told(person, conversation, sent.request_id, said)

    def press(self, person: Person, conversation: str, sent: c.SendPress) -> Awaitable[Answer]:
        """Press a button of a message. Raises NotFound, Conflict, RateLimited."""
        self._count(person, conversation)
        press = c.Press(offset=sent.offset, key=sent.key)
        pressing = c.Pressing(press, self._answer_by(self._clock.now()), bot=self._pace.bot)
        return self._told(person, conversation, sent.request_id, pressing)

    def undo(self, person: Person, conversation: str, sent: c.SendUndo) -> Awaitable[Answer]:
        """Have a change of one's cart undone. Raises NotFound, Conflict."""
        return self._told(person, conversation, sent.request_id, c.Undo(offset=sent.offset))

    def read(self, person: Person, conversation: str, sent: c.SendRead) -> Awaitable[Answer]:
        """Say how far one has read."""
        return self._told(person, conversation, sent.request_id, c.Read(upto=sent.upto))

    def rate(self, person: Person, conversation: str, sent: c.SendRate) -> Awaitable[Answer]:
        """Say how it was. Raises Forbidden, Conflict."""
        rate = c.Rate(score=sent.score, text=sent.text)
        return self._told(person, conversation, sent.request_id, rate)

    # What reps do

    async def act(self, person: Person, conversation: str, sent: c.SendAct) -> Answer:
        """Take it, give it away, end it, write a note. Raises what `rules` does."""
        require(person, *REPS)
        do: Any = sent.do
        if isinstance(do, c.Take):
            do = c.Taking(do, self._answer_by(self._clock.now()))
        elif isinstance(do, c.Transfer) and do.to is not None:
            do = await self._hand_to(do.to)
        elif isinstance(do, c.PutInCart):
            do = c.DoFor(await self._shelf.put(do.variant, do.quantity))
        return await self._told(person, conversation, sent.request_id, do)

    async def _hand_to(self, staff: str) -> c.HandTo:
        for colleague in await self.reps():
            if colleague.id == staff:
                return c.HandTo(staff, colleague.name or "", self._answer_by(self._clock.now()))
        raise NotFound("There is no such colleague.")

    # What goes on by itself

    async def _waits(self, told: dict[str, Any]) -> None:
        """Tell a customer who waits, honestly, when somebody is there and how many are before."""
        conversation, number = told["conversation"], told["round"]
        for before in self.before_promise:
            await before()
        promise = c.Promise(
            number,
            await self._opens_at(),
            await self._database.read(partial(store.place_of, conversation=conversation)),
        )
        await self._system(conversation, f"promise-{number}", promise)

    # What the service gives to reps

    async def is_open(self) -> bool:
        """Whether somebody should be there; without hours, always."""
        hours = await self.look_at_the_clock()
        return hours is None or hours.is_open(self._clock.now())

    async def queued(self, limit: int) -> list[str]:
        """Conversations that wait for whoever takes them, the longest waiting first."""
        return await self._database.read(partial(store.queued, limit=limit))

    async def assign(self, conversation: str, number: int, rep: Person) -> bool:
        """Give a round that waits to `rep`; False where somebody was faster."""
        room = self._room(conversation)
        await room.loaded()
        answer_by = self._answer_by(self._clock.now())
        assign = c.Assign(number, rep.own_id, rep.name or "", answer_by)
        # Two processes that see the same give it once.
        await self._system(conversation, f"assign-{room.committed.head}", assign)
        return room.committed.state.staff == rep.id

    # What goes on beside it

    async def post_card(self, customer: Person, card: Card, key: str, *, unread: bool) -> None:
        """Show a guest or customer something in her conversation, made if she has none.

        `key` names the occasion: told again, it is shown no second time.
        """
        conversation = await self.begin(customer)
        idle_at = self._clock.now() + self._pace.idle_ms
        await self._system(conversation, f"post-{key}", c.Post(card, unread, idle_at))

    async def give(self, customer: Person, rep: Person, key: str) -> None:
        """Have `rep`, who talks with her elsewhere, answer her here too; see `commands.Give`.

        What waits here is to be answered after that talk at the latest. `key` as of `post_card`.
        """
        conversation = await self.begin(customer)
        answer_by = self._answer_by(self._clock.now() + TALK_MS)
        give = c.Give(rep.own_id, rep.name or "", answer_by)
        await self._system(conversation, f"give-{key}", give)

    # The bot

    async def waiting_for_bot(self, limit: int, waited_ms: int = 0) -> list[str]:
        """Conversations in which the bot owes an answer for so long, the longest waiting first."""
        before = self._clock.now() - waited_ms
        query = partial(store.waiting_for_bot, before=before, limit=limit)
        return await self._database.read(query)

    async def state(self, conversation: str) -> Conversation:
        """What is committed of a conversation, for what the product does by itself."""
        room = self._room(conversation)
        await room.loaded()
        return room.committed.state

    def bot_answers(self, conversation: str, upto: int) -> bool:
        """Whether, as far as is known here, the bot is to answer what she has said up to `upto`:
        nobody took over, and she has said nothing more."""
        known = self._room(conversation).known
        return known is not None and known.state.control == "bot" and known.state.asked_upto == upto

    async def bot_says(self, conversation: str, says: c.BotSays) -> None:
        """Have the bot's answer said, if it still is one; see `rules`."""
        now = self._clock.now()
        says = replace(says, idle_at=now + self._pace.idle_ms)
        if says.handover is not None:
            says = replace(says, callback_at=await self._opens_at())
        await self._by(c.BOT, conversation, f"{says.round}-{says.upto}", says)

    async def bot_leaves(self, conversation: str, leaves: c.BotLeaves) -> None:
        """Leave a round to people."""
        await self._by(c.BOT, conversation, f"leaves-{leaves.round}", leaves)

    async def dismiss_bot(self) -> None:
        """Leave to people all that a bot has which is not there any more."""
        some = partial(store.with_bot, limit=DISMISSED_AT_ONCE)
        while found := await self._database.read(some):
            for conversation, number in found:
                await self.bot_leaves(conversation, c.BotLeaves(number, "off"))

    async def became(self, conversation: str, became: c.Became) -> None:
        """Say what became of a change that was asked for, or of its undoing."""
        what = "undone" if became.undone else "made"
        await self._system(conversation, f"{what}-{became.of}", became)

    async def _merged(self, told: dict[str, Any]) -> None:
        guest, customer = told["from"], told["to"]
        found = await self._database.read(partial(store.of_customer, ids=[guest]))
        if found is not None:
            await self._system(found[0], f"{guest}-merged", c.Merge(guest, customer))

    async def all_of(self, ids: Collection[str]) -> list[str]:
        """The conversations of one customer; `ids` are all that count as hers."""
        return await self._database.read(partial(store.all_of_customer, ids=ids))

    async def told(self, conversation: str) -> list[Logged]:
        """All that a conversation's log holds, for whoever may know everything."""
        return await self._rooms.log(conversation, CONVERSATION)

    async def erase(self, ids: Collection[str]) -> int:
        """Blank the conversations of one customer, whoever wrote in them; returns how many.

        `ids` are all that count as hers.
        """
        talks = await self.all_of(ids)
        for conversation in talks:
            await self._system(conversation, f"erase-{self._clock.now()}", c.EraseTalk(None))
        return len(talks)

    async def erase_old(self, before: Instant) -> int:
        """Blank conversations in which nobody has said anything since then; returns how many."""
        some = partial(store.talked_out, before=before, limit=ERASED_AT_ONCE)
        erased = 0
        for _ in range(ERASED_ROUNDS):
            talks = await self._database.read(some)
            for conversation in talks:
                await self._system(conversation, f"retention-{before}", c.EraseOld(before))
            erased += len(talks)
            if len(talks) < ERASED_AT_ONCE:
                break
        return erased

    # How

    async def _opens_at(self) -> Instant | None:
        """When somebody is there again; None where somebody should be there now."""
        hours, now = await self.look_at_the_clock(), self._clock.now()
        return None if hours is None or hours.is_open(now) else hours.next_opening(now)

    def _count(self, person: Person, conversation: str) -> None:
        # Nothing is waited for here: messages keep the order in which they came.
        wait_ms = self._messages.take_now(f"{person.id} {conversation}")
        if wait_ms is not None:
            raise RateLimited("Too many messages at once.", retry_after_ms=wait_ms)

    def _answer_by(self, now: Instant) -> Instant:
        """When a message of now is to be answered: so much time in which somebody is there."""
        ms = self._pace.answer_ms
        return now + ms if self._hours is None else self._hours.open_after(now, ms)

    def _told(
        self, person: Person, conversation: str, request_id: str, do: Any
    ) -> Awaitable[Answer]:
        command = self._command(person, request_id, do)
        room = self._room(conversation)
        return self._answered(room, room.submit(command), reader_of(person))

    async def _answered(
        self, room: Room[Conversation], outcome: Awaitable[Any], reader: Reader
    ) -> Answer:
        return await room.answer(await outcome, reader)

    async def _system(self, conversation: str, request_id: str, do: Any) -> None:
        await self._by(c.SYSTEM, conversation, request_id, do)

    async def _by(self, actor: c.Actor, conversation: str, request_id: str, do: Any) -> None:
        command = Command(actor.id, request_id, c.Act(actor, do))
        await self._rooms.tell(conversation, CONVERSATION, command, Reader(staff=True))

    def _command(self, person: Person, request_id: str, do: Any) -> Command:
        return Command(person.own_id, request_id, c.Act(actor_of(person), do), person.aliases)

    def _room(self, conversation: str) -> Room[Conversation]:
        return self._rooms.room(conversation, CONVERSATION)


def actor_of(person: Person) -> c.Actor:
    """Raises NotSignedIn, and Forbidden for staff who do not answer customers."""
    own_id = person.own_id
    if person.is_staff and not person.has(*REPS):
        raise Forbidden("This is not among your roles.")
    return c.Actor(
        own_id,
        person.name or "",
        "staff" if person.is_staff else "customer",
        person.aliases,
        person.has(Role.OPERATOR),
    )


def reader_of(person: Person) -> Reader:
    return Reader(person.aliases, staff=person.has(*REPS))
