"""`plusone customer`: what is kept of what one customer wrote, and its end.

Beside a service that runs: its rooms see within a second what was written to their logs.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy import Connection

import migrations
from chat.kind import ConversationKind
from chat.office import Office
from chat.picture_store import Picture
from chat.pictures import Pictures
from chat.reps import Reps
from chat.service import Chats, Pace
from commerce_bridge.embedded.shop import EmbeddedShop
from commerce_bridge.loyalty import transfers, wishes
from commerce_bridge.loyalty import view as loyalty_view
from commerce_bridge.loyalty.service import kept
from core.clock import SystemClock
from core.db import Database
from core.errors import BadRequest, NotFound
from core.identity import store
from core.identity.model import Person, email_address
from core.notices import Notices
from core.rooms.events import Logged
from core.rooms.kind import RoomKind
from core.rooms.rooms import Rooms
from core.secret import Secret
from core.settings import Settings
from core.tools import Card, Change
from live.kind import ShowKind
from live.perks import ShopPerks
from live.service import Shows
from video.consult.booking.kept import Kept as KeptBookings
from video.consult.booking.rep_letters import RepLetters
from video.consult.kept import Kept as KeptCalls
from video.consult.kind import CallKind
from web.bookings import BookedReps
from web.people import open_people
from web.rooms import call_pace
from web.serving import run_loop


def configure(parser: argparse.ArgumentParser) -> None:
    parser.description = "What one customer wrote. Orders are kept: the books need them."
    acts = parser.add_subparsers(dest="act", metavar="ACT", required=True)

    export = acts.add_parser(
        "export", help="print her conversations, calls, bookings, wishes and points as JSON"
    )
    export.add_argument("who", help="her e-mail address or her id")
    export.add_argument(
        "--to",
        metavar="FOLDER",
        type=Path,
        help="a new folder for customer.json and the pictures that were sent, instead",
    )

    erase = acts.add_parser("erase", help="blank her talk, calls, comments and bookings, for good")
    erase.add_argument("who", help="her e-mail address or her id")
    erase.add_argument("--yes", action="store_true", help="it cannot be undone")


def run(arguments: argparse.Namespace) -> int:
    settings = Settings()
    if arguments.act == "erase" and not arguments.yes:
        raise BadRequest("This cannot be undone: say --yes.")
    migrations.upgrade(settings.database)
    sys.stdout.write(run_loop(_done(settings, arguments)))
    return 0


@dataclass(frozen=True, slots=True)
class _Opened:
    """What is kept of customers, in all parts of the product."""

    database: Database
    chats: Chats
    pictures: Pictures
    shows: Shows
    calls: KeptCalls
    bookings: KeptBookings
    reps: BookedReps
    rep_letters: RepLetters
    notices: Notices


async def _done(settings: Settings, arguments: argparse.Namespace) -> str:
    async with _opened(settings) as opened:
        person = await _found(opened.database, arguments.who)
        if arguments.act == "export":
            return await _exported(opened, person, arguments.to)
        ids = person.aliases
        talks, comments = await opened.chats.erase(ids), await opened.shows.erase_talk(ids)
        shown = await opened.pictures.erase(await opened.chats.all_of(ids))
        called = await opened.calls.erase(ids)
        booked = await opened.bookings.erase(ids, opened.reps, opened.rep_letters)
        wished = await opened.database.write(lambda c: wishes.erase(c, ids))
        offered = await opened.database.write(lambda c: transfers.erase(c, ids))
        written = 0 if person.email is None else await opened.notices.erase(person.email)
        return (
            f"Blanked. Conversations: {talks}; shows with comments of hers: {comments};"
            f" calls: {called}; bookings: {booked}; pictures deleted: {shown};"
            f" wishes: {wished}; friends to whom points were offered: {offered};"
            f" letters to her: {written}.\n"
        )


@asynccontextmanager
async def _opened(settings: Settings) -> AsyncIterator[_Opened]:
    clock, secret = SystemClock(), Secret.of(settings)
    async with (
        Database.open(settings.database, pool=1) as database,
        open_people(database, clock, settings, secret) as people,
    ):
        kinds: list[RoomKind[Any]] = [
            ShowKind(ShopPerks()),
            ConversationKind(),
            CallKind(call_pace(settings)),
        ]
        rooms = Rooms(database, clock, kinds)
        shop = EmbeddedShop(database, clock)
        office = Office(database, clock)
        chats = Chats(database, rooms, clock, office, people.staff, _Empty(), Pace())
        try:
            yield _Opened(
                database,
                chats,
                Pictures(database, clock, chats, settings.data_folder / "pictures"),
                Shows(database, rooms, shop, settings.currency, clock, ShopPerks()),
                KeptCalls(database, rooms, clock),
                KeptBookings(database, clock),
                BookedReps(people.staff, Reps(database, clock, chats.reps)),
                RepLetters(people.notices, settings),
                people.notices,
            )
        finally:
            await rooms.close()


async def _found(database: Database, who: str) -> Person:
    """Raises NotFound, and BadRequest for what is no address."""

    def unit(connection: Connection) -> Person | None:
        if "@" in who:
            return store.customer_of_email(connection, email_address(who))
        return store.read_customer(connection, who)

    person = await database.write(unit)
    if person is None:
        raise NotFound("No customer is called so.")
    return person


async def _exported(opened: _Opened, person: Person, to: Path | None) -> str:
    talks: list[dict[str, Any]] = []
    shown: list[Picture] = []
    for conversation in await opened.chats.all_of(person.aliases):
        own = await opened.pictures.of([conversation])
        listed = [
            {"id": one.id, "by": one.uploader, "at_ms": one.created_at, "file": f"{one.id}.webp"}
            for one in own
        ]
        events = _events(await opened.chats.told(conversation))
        talks.append({"id": conversation, "events": events, "pictures": listed})
        shown += own
    calls = [
        {"id": call, "events": _events(await opened.calls.told(call))}
        for call in await opened.calls.all_of(person.aliases)
    ]
    booked = await opened.bookings.of(person.aliases)
    wished = await opened.database.read(lambda c: wishes.listed(c, person.aliases))
    rows, sent, received = await opened.database.read(
        lambda c: kept(c, person, SystemClock().now())
    )
    found = {
        "customer": {"id": person.id, "name": person.name, "email": person.email},
        "conversations": talks,
        "calls": calls,
        "bookings": booked,
        "wishes": wished,
        "points": {
            "history": loyalty_view.history(rows),
            "sent": [loyalty_view.sent(one) for one in sent],
            "received": [loyalty_view.received(one) for one in received],
        },
    }
    text = msgspec.json.format(msgspec.json.encode(found), indent=1).decode() + "\n"
    if to is None:
        return text
    _written(to, text)
    await opened.pictures.export(shown, to)
    return (
        f"Written to {to}. Conversations: {len(talks)}; calls: {len(calls)};"
        f" bookings: {len(booked)}; pictures: {len(shown)}.\n"
    )


def _events(log: Sequence[Logged]) -> list[Any]:
    return [msgspec.json.decode(one.wire()) for one in log]


def _written(folder: Path, text: str) -> None:
    try:
        folder.mkdir()
        (folder / "customer.json").write_text(text, encoding="utf-8")
    except OSError as error:
        why = error.strerror or type(error).__name__
        raise BadRequest(f"{folder} cannot be made and written: {why}.") from error


class _Empty:
    """Nobody says anything here; see `chat.service.Shelf`."""

    async def order(self, customer: str, order: str) -> Card:
        raise NotFound("There is no such order.")

    async def picture(self, conversation: str, picture: str) -> Card:
        raise NotFound("There is no such picture.")

    async def put(self, variant: str, quantity: int) -> Change:
        raise NotFound("There is no such variant for sale.")
