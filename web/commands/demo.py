"""`plusone demo`: a shop with a show in it, to try things out."""

import argparse
import asyncio
import sys
from collections.abc import Sequence
from typing import Final

from sqlalchemy import Connection

import migrations
from bot.knowledge import demo as articles
from chat.reps import ProfileInput, Reps
from commerce_bridge.checkout.model import CheckoutBody
from commerce_bridge.commerce import Commerce
from commerce_bridge.embedded import demo
from commerce_bridge.loyalty import demo as loyalty
from commerce_bridge.loyalty.service import Correction, Loyalty
from commerce_bridge.orders.model import Act
from commerce_bridge.rooms import ClaimedLine, ClaimExpired
from core import logs
from core.clock import Clock, Instant, SystemClock
from core.db import Database
from core.errors import BadRequest, Conflict
from core.hours import Hours, Span
from core.identity import store as customers
from core.identity.model import Person, Role
from core.inputs import read_as
from core.secret import Secret
from core.settings import Settings
from video.consult.booking import store as bookings
from web import serving
from web.demo.crowd import attend
from web.people import People, open_people

PASSWORD = "plusone-demo"  # noqa: S105 - printed for everyone to see, refused in production

ACCOUNT = "示範銀行 000 0123-456-789012（請勿匯款）"

STAFF = (
    ("host@demo.test", "阿禾", Role.HOST),
    ("moderator@demo.test", "小紀", Role.MODERATOR),
    ("operator@demo.test", "店長", Role.OPERATOR),
    ("rep@demo.test", "小芳", Role.REP),
)
OPERATOR: Final = STAFF[2][0]
REP: Final = STAFF[3][0]

MEMBER: Final = ("member@demo.test", "美玲")
"""A customer who has bought before; she signs in by the code that is "sent" to her."""
BOUGHT, PIECES = "A01", 5
WELCOME: Final = 200
"""Points that she was given beside those that she earned."""

BOOKABLE: Final = ((Span(10 * 60, 22 * 60),),) * 7
"""When the demo's rep may be booked for a call, as long as she has not said otherwise."""
KNOWS: Final = ("送禮", "辣度", "大量訂購")


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
    logs.set_up(settings)
    migrations.upgrade(settings.database)
    serving.run_loop(furnish(settings))

    async def beside(address: str) -> None:
        _introduce(address)
        if arguments.no_crowd:
            await asyncio.Event().wait()
        await attend(address, STAFF[0][0], PASSWORD, settings.media_addresses)

    return serving.serve(settings, beside)


async def furnish(settings: Settings) -> None:
    """The demo's staff, products, loyalty, articles and hours, as far as they are missing."""
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
        rep = next((one for one in await people.staff.all() if one.email == REP), None)
        if rep is not None:
            await _introduce_rep(database, clock, people, rep, settings.time_zone)
        operator = next((one for one in await people.staff.all() if one.email == OPERATOR), None)
        new = await loyalty.furnish(database, clock, settings.currency)
        if new and operator is not None:
            await _introduce_member(database, clock, settings, people, operator)


async def _introduce_rep(
    database: Database, clock: Clock, people: People, rep: Person, zone: str
) -> None:
    """What she knows about and when she may be booked, unless she has said when herself."""
    if await database.read(lambda c: bookings.hours_of(c, rep.own_id)) is not None:
        return
    await Reps(database, clock, people.staff.all).set_own(rep, ProfileInput(skills=list(KNOWS)))
    hours, now = Hours(zone, BOOKABLE), clock.now()
    await database.write(lambda c: bookings.put_hours(c, rep.own_id, hours, now))


async def _introduce_member(
    database: Database, clock: Clock, settings: Settings, people: People, operator: Person
) -> None:
    """A customer with points and the lowest tier, by an order that she has paid."""
    now = clock.now()
    email, name = MEMBER
    commerce = Commerce(database, clock, settings, _NoShows(), people.notices, b"no card is asked")
    products = await commerce.shop.products(BOUGHT)
    bought = next((v for product in products for v in product.variants if v.sku == BOUGHT), None)
    places = [one for one in await commerce.shop.locations() if one.pickup]
    if bought is None or not places:
        return  # another shop than the demo's

    def join(connection: Connection) -> Person:
        known = customers.customer_of_email(connection, email)
        return known or customers.add_customer(connection, name, email, now)

    member = await database.write(join)
    cart = await commerce.carts.add(member, bought.id, PIECES, "demo-cart-1")
    body = {
        "request_id": "demo-order-1",
        "lines": [line.id for line, _ in cart.lines],
        "contact": {"name": name, "phone": "0912345678", "email": email},
        "fulfilment": {"kind": "pickup", "location": places[0].id},
        "payment": "pickup",
        "expect_total": bought.price.minor * PIECES,
    }
    placed = await commerce.checkout.order(member, read_as(CheckoutBody, body))
    for act in (Act.READY, Act.HAND_OUT):
        await commerce.orders.act(operator, placed.order.id, act, f"demo-{act.value}")
    points = Loyalty(database, clock, settings, people.notices)
    gift = Correction(points=WELCOME, reason="開幕禮", request_id="demo-welcome-1")
    await points.correct(operator, member.own_id, gift)


class _NoShows:
    """She has claimed nothing."""

    async def begin_payment(
        self, customer: Person, order: str, claims: Sequence[str], until: Instant
    ) -> list[ClaimedLine]:
        raise ClaimExpired("No show is running.", claims=list(claims))


def _introduce(address: str) -> None:
    people = "\n".join(f"    {email:22} {role.value}" for email, _, role in STAFF)
    sys.stdout.write(
        f"""
  A shop with a live show is open. Stop it with Ctrl-C.

    Watch and order        {address}/
    Run the show           {address}/studio
    Answer customers       {address}/desk
    Talk face to face      {address}/consult
    Orders                 {address}/staff/orders
    Points and coupons     {address}/account and {address}/staff/loyalty
    What the bot knows     {address}/staff/articles
    Mail that was "sent"   {address}/notices

  Staff sign in at {address}/staff/sign-in with the password {PASSWORD}
{people}

  A customer with points and a tier is {MEMBER[0]}; any address may sign in as a customer,
  with the code that is "sent" to it. The coupon code {loyalty.CODE} takes 50 off 500.

  To try a call, open a browser and a private window of it (or two browsers): one at the desk
  as {REP}, the other as a customer at {address}/consult
  Both ask for a camera and a microphone, which browsers on other machines than this one give
  to https addresses only.

  These sign-ins are for trying only: everybody knows them.
  What you do is kept in the demo's data folder; remove it to begin anew.

"""
    )
    sys.stdout.flush()
