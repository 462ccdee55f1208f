"""`plusone demo`: a shop with a show in it, to try things out."""

import argparse
import asyncio
import sys

import migrations
from bot.knowledge import demo as articles
from commerce_bridge.embedded import demo
from core.clock import SystemClock
from core.db import Database
from core.errors import BadRequest, Conflict
from core.identity.model import Role
from core.secret import Secret
from core.settings import Settings
from web import serving
from web.demo.crowd import attend
from web.people import open_people

PASSWORD = "plusone-demo"  # noqa: S105 - printed for everyone to see, refused in production

ACCOUNT = "示範銀行 000 0123-456-789012（請勿匯款）"

STAFF = (
    ("host@demo.test", "阿禾", Role.HOST),
    ("moderator@demo.test", "小紀", Role.MODERATOR),
    ("operator@demo.test", "店長", Role.OPERATOR),
    ("rep@demo.test", "小芳", Role.REP),
)


def configure(parser: argparse.ArgumentParser) -> None:
    parser.description = "Open a shop with a live show and a small crowd, to try things out."
    parser.add_argument("--no-crowd", action="store_true", help="the shop alone, without a show")


def run(arguments: argparse.Namespace) -> int:
    settings = Settings()
    if settings.environment == "production":
        raise BadRequest("The demo's sign-ins are known to everyone: not in production.")
    if settings.database_url:
        raise BadRequest(
            "The demo's sign-ins are known to everyone: it keeps to a database of its own, in the"
            " data folder. Leave database_url empty for it."
        )
    folder = settings.data_folder / "demo"
    quiet = {} if "log_level" in settings.model_fields_set else {"log_level": "warning"}
    settings = settings.model_copy(update={"data_folder": folder, **quiet})
    migrations.upgrade(settings.database)
    serving.run_loop(_furnish(settings))

    async def beside(address: str) -> None:
        _introduce(address)
        if arguments.no_crowd:
            await asyncio.Event().wait()
        await attend(address, STAFF[0][0], PASSWORD, settings.media_addresses)

    return serving.serve(settings, beside)


async def _furnish(settings: Settings) -> None:
    """The demo's staff, products and articles, as far as they are missing."""
    clock, secret = SystemClock(), Secret.of(settings)
    async with (
        Database.open(settings.database) as database,
        open_people(database, clock, settings, secret) as people,
    ):
        await demo.furnish(database, clock, settings.currency)
        await articles.furnish(database, clock)
        for email, name, role in STAFF:
            try:
                await people.staff.add(email, name, PASSWORD, {role})
            except Conflict:  # here since the last time
                continue


def _introduce(address: str) -> None:
    people = "\n".join(f"    {email:22} {role.value}" for email, _, role in STAFF)
    sys.stdout.write(
        f"""
  A shop with a live show is open. Stop it with Ctrl-C.

    Watch and order        {address}/
    Run the show           {address}/studio
    Answer customers       {address}/desk
    Orders                 {address}/staff/orders
    What the bot knows     {address}/staff/articles
    Mail that was "sent"   {address}/notices

  Staff sign in at {address}/staff/sign-in with the password {PASSWORD}
{people}

  These sign-ins are for trying only: everybody knows them.
  What you do is kept in the demo's data folder; remove it to begin anew.

"""
    )
    sys.stdout.flush()
