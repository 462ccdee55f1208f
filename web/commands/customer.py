"""`plusone customer`: what is kept of what one customer wrote, and its end.

Beside a service that runs: its rooms see within a second what was written to their logs.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import msgspec
from sqlalchemy import Connection

import migrations
from chat.kind import ConversationKind
from chat.office import Office
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
from live.kind import ShowKind
from live.service import Shows
from web.people import open_people
from web.serving import run_loop


def configure(parser: argparse.ArgumentParser) -> None:
    parser.description = "What one customer wrote. Orders are kept: the books need them."
    acts = parser.add_subparsers(dest="act", metavar="ACT", required=True)

    export = acts.add_parser("export", help="print her conversations as JSON")
    export.add_argument("who", help="her e-mail address or her id")

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
    async with _opened(settings) as (database, chats, shows):
        person = await _found(database, arguments.who)
        if arguments.act == "export":
            return await _exported(chats, person)
        talks, comments = await chats.erase(person.aliases), await shows.erase_talk(person.aliases)
        return f"Blanked. Conversations: {talks}; shows with comments of hers: {comments}.\n"


@asynccontextmanager
async def _opened(settings: Settings) -> AsyncIterator[tuple[Database, Chats, Shows]]:
    clock, secret = SystemClock(), Secret.of(settings)
    async with (
        Database.open(settings.database, pool=1) as database,
        open_people(database, clock, settings, secret) as people,
    ):
        rooms = Rooms(database, clock, [ShowKind(), ConversationKind()])
        shop = EmbeddedShop(database, clock)
        try:
            yield (
                database,
                Chats(database, rooms, clock, Office(database, clock), people.staff, Pace()),
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


async def _exported(chats: Chats, person: Person) -> str:
    talks: list[dict[str, Any]] = []
    for conversation in await chats.all_of(person.aliases):
        log = await chats.told(conversation)
        events = [msgspec.json.decode(one.wire()) for one in log]
        talks.append({"id": conversation, "events": events})
    who = {"id": person.id, "name": person.name, "email": person.email}
    found = {"customer": who, "conversations": talks}
    return msgspec.json.format(msgspec.json.encode(found), indent=1).decode() + "\n"
