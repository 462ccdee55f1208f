"""`plusone customer`: what is kept of what one customer wrote, and its end.

Beside a service that runs: its rooms see within a second what was written to their logs.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy import Connection

import migrations
from chat.kind import ConversationKind
from chat.office import Office
from chat.picture_store import Picture
from chat.pictures import Pictures
from chat.service import Chats, Pace
from commerce_bridge.embedded.shop import EmbeddedShop
from core.clock import SystemClock
from core.db import Database
from core.errors import BadRequest, NotFound
from core.identity import store
from core.identity.model import Person, email_address
from core.rooms.rooms import Rooms
from core.secret import Secret
from core.settings import Settings
from core.tools import Card, Change
from live.kind import ShowKind
from live.service import Shows
from web.people import open_people
from web.serving import run_loop


def configure(parser: argparse.ArgumentParser) -> None:
    parser.description = "What one customer wrote. Orders are kept: the books need them."
    acts = parser.add_subparsers(dest="act", metavar="ACT", required=True)

    export = acts.add_parser("export", help="print her conversations as JSON")
    export.add_argument("who", help="her e-mail address or her id")
    export.add_argument(
        "--to",
        metavar="FOLDER",
        type=Path,
        help="a new folder for customer.json and the pictures that were sent, instead",
    )

    erase = acts.add_parser("erase", help="blank her conversations and her comments, for good")
    erase.add_argument("who", help="her e-mail address or her id")
    erase.add_argument("--yes", action="store_true", help="it cannot be undone")


def run(arguments: argparse.Namespace) -> int:
    settings = Settings()
    if arguments.act == "erase" and not arguments.yes:
        raise BadRequest("This cannot be undone: say --yes.")
    migrations.upgrade(settings.database)
    sys.stdout.write(run_loop(_done(settings, arguments)))
    return 0


async def _done(settings: Settings, arguments: argparse.Namespace) -> str:
    async with _opened(settings) as (database, chats, pictures, shows):
        person = await _found(database, arguments.who)
        if arguments.act == "export":
            return await _exported(chats, pictures, person, arguments.to)
        talks, comments = await chats.erase(person.aliases), await shows.erase_talk(person.aliases)
        shown = await pictures.erase(await chats.all_of(person.aliases))
        return (
            f"Blanked. Conversations: {talks}; shows with comments of hers: {comments};"
            f" pictures deleted: {shown}.\n"
        )


@asynccontextmanager
async def _opened(settings: Settings) -> AsyncIterator[tuple[Database, Chats, Pictures, Shows]]:
    clock, secret = SystemClock(), Secret.of(settings)
    async with (
        Database.open(settings.database, pool=1) as database,
        open_people(database, clock, settings, secret) as people,
    ):
        rooms = Rooms(database, clock, [ShowKind(), ConversationKind()])
        shop = EmbeddedShop(database, clock)
        office = Office(database, clock)
        chats = Chats(database, rooms, clock, office, people.staff, _Empty(), Pace())
        try:
            yield (
                database,
                chats,
                Pictures(database, clock, chats, settings.data_folder / "pictures"),
                Shows(database, rooms, shop, settings.currency),
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


async def _exported(chats: Chats, pictures: Pictures, person: Person, to: Path | None) -> str:
    talks: list[dict[str, Any]] = []
    shown: list[Picture] = []
    for conversation in await chats.all_of(person.aliases):
        log = await chats.told(conversation)
        events = [msgspec.json.decode(one.wire()) for one in log]
        own = await pictures.of([conversation])
        listed = [
            {"id": one.id, "by": one.uploader, "at_ms": one.created_at, "file": f"{one.id}.webp"}
            for one in own
        ]
        talks.append({"id": conversation, "events": events, "pictures": listed})
        shown += own
    who = {"id": person.id, "name": person.name, "email": person.email}
    found = {"customer": who, "conversations": talks}
    text = msgspec.json.format(msgspec.json.encode(found), indent=1).decode() + "\n"
    if to is None:
        return text
    _written(to, text)
    await pictures.export(shown, to)
    return f"Written to {to}. Conversations: {len(talks)}; pictures: {len(shown)}.\n"


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
