"""Points and tiers for those who have them, and for staff who look after them."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime
from typing import Annotated
from zoneinfo import ZoneInfo

import msgspec
import structlog
from aiohttp import web
from babel.dates import format_datetime
from pydantic import AfterValidator, Field, StringConstraints
from sqlalchemy import Connection

from commerce_bridge.loyalty import points, tiers, transfers
from commerce_bridge.loyalty import rules as shop_rules
from commerce_bridge.loyalty.letters import LETTERS, POINTS_OFFERED
from commerce_bridge.loyalty.model import Balance
from commerce_bridge.loyalty.points import Row
from commerce_bridge.loyalty.rules import Rules, RulesInput
from commerce_bridge.loyalty.tiers import Standing
from commerce_bridge.loyalty.transfers import Transfer
from core.clock import Clock, Instant
from core.db import Database
from core.errors import BadRequest, Conflict, Forbidden
from core.identity import store as people
from core.identity.model import Person, Role, email_address, require, require_customer
from core.ids import RequestId
from core.inputs import Input
from core.locales import Locale
from core.notices import Notices
from core.settings import Settings

READ_RULES = (Role.HOST, Role.OPERATOR)
READ_CUSTOMERS = (Role.REP, Role.HOST, Role.OPERATOR)
CHANGE = (Role.OPERATOR,)

MOST_CORRECTED = 1_000_000
SHOWN_TO_STAFF = 20
MOST_KEPT = 10_000
"""Rows of history, and offers, that are exported; nobody buys or gives as often."""

log = structlog.get_logger(__name__)


def _address(typed: str) -> str:
    try:
        return email_address(typed)
    except BadRequest as error:
        raise ValueError(error.message) from None


def _not_nothing(value: int) -> int:
    if not value:
        raise ValueError("not 0")
    return value


class Offer(Input):
    to: Annotated[str, StringConstraints(max_length=300), AfterValidator(_address)]
    points: Annotated[int, Field(ge=1, le=1_000_000)]
    request_id: RequestId


class Answer(Input):
    request_id: RequestId


class RulesPut(Input):
    version: Annotated[int, Field(ge=0, le=2**31 - 1)]
    """That on which the rules are based."""
    rules: RulesInput


class Correction(Input):
    points: Annotated[
        int, Field(ge=-MOST_CORRECTED, le=MOST_CORRECTED), AfterValidator(_not_nothing)
    ]
    reason: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
    request_id: RequestId


class Off(Conflict):
    """The shop has no points, or none that may be given away."""

    code = "loyalty_off"


class Account(msgspec.Struct, frozen=True):
    """Where one customer stands."""

    rules: Rules
    balance: Balance
    standing: Standing
    left_today: int
    """Points that she may still give away today."""


class Loyalty:
    def __init__(
        self, database: Database, clock: Clock, settings: Settings, notices: Notices
    ) -> None:
        self._database = database
        self._clock = clock
        self._settings = settings
        self._notices = notices
        self._zone = ZoneInfo(settings.time_zone)
        for name, texts in LETTERS.items():
            notices.add_template(name, texts)

    def merge(self, connection: Connection, from_id: str, to_id: str) -> None:
        """For `Identity.merge_hooks`: the guest's points become the customer's."""
        points.merge(connection, from_id, to_id, self._clock.now())

    # Her own

    async def mine(self, person: Person) -> Account:
        require_customer(person)
        now = self._clock.now()
        return await self._database.read(lambda c: _account(c, person.aliases, now))

    async def history(self, person: Person, before: int | None) -> list[Row]:
        """What changed what she has, newest first, a page at a time; see `points.history`."""
        require_customer(person)
        now = self._clock.now()
        return await self._database.read(
            lambda c: points.history(c, person.aliases, now, before=before)
        )

    # Given and taken

    async def transfers(self, person: Person) -> tuple[list[Transfer], list[Transfer]]:
        """What she offered, and what was offered to her."""
        require_customer(person)

        return await self._database.read(lambda c: _transfers(c, person))

    async def offer(self, person: Person, wanted: Offer, locale: Locale) -> Transfer:
        """Offer points to whoever has an address, and write there; `locale` is the letter's.

        Raises Forbidden for guests, Off, TransferLimit, NotEnoughPoints.
        """
        customer, email = _with_email(person)
        name = person.name or email
        if wanted.to == email:
            raise BadRequest("These points are yours already.", fields={"to": "your own"})
        now = self._clock.now()

        def unit(connection: Connection) -> Transfer:
            rules = shop_rules.rules(connection)
            if not (rules.on and rules.transfer.on):
                raise Off("Points are not given away in this shop.")
            made, new = transfers.offer(
                connection, customer, name, wanted.to, wanted.points, wanted.request_id, rules, now
            )
            if new:
                self._write_to(connection, made, locale)
            return made

        return await self._database.write(unit)

    async def accept(self, person: Person, id: str) -> Transfer:
        """Raises Forbidden for guests, NotFound, TransferOver."""
        customer, email = _with_email(person)
        now = self._clock.now()
        return await self._database.write(lambda c: transfers.accept(c, id, customer, email, now))

    async def decline(self, person: Person, id: str) -> Transfer:
        """Raises Forbidden for guests, NotFound, TransferOver."""
        _, email = _with_email(person)
        now = self._clock.now()
        return await self._database.write(lambda c: transfers.decline(c, id, email, now))

    async def withdraw(self, person: Person, id: str) -> Transfer:
        """Raises Forbidden for guests, NotFound, TransferOver."""
        _with_email(person)
        now = self._clock.now()
        return await self._database.write(lambda c: transfers.withdraw(c, id, person.aliases, now))

    def _write_to(self, connection: Connection, made: Transfer, locale: Locale) -> None:
        until = format_datetime(
            datetime.fromtimestamp(made.until / 1000, UTC),
            "EEE d MMM HH:mm" if locale == "en" else "M月d日（EEEEEE）HH:mm",
            tzinfo=self._zone,
            locale=locale.replace("-", "_"),
        )
        url = self._settings.public_url
        values = {
            "name": made.sender_name,
            "points": f"{made.points:,}",
            "email": made.email,
            "until": until,
            "link": "" if url is None else f"{str(url).rstrip('/')}/account",
        }
        self._notices.send(connection, made.email, POINTS_OFFERED, locale, values)

    # Staff

    async def rules(self, staff: Person) -> tuple[int, Rules]:
        """The rules in force, after their version; version 0 proposes some to begin with."""
        require(staff, *READ_RULES)
        version, found = await self._database.read(shop_rules.current)
        return version, found if version else shop_rules.usual(self._settings.currency)

    async def set_rules(self, staff: Person, wanted: RulesPut) -> tuple[int, Rules]:
        """Raises BadRequest, RulesChanged."""
        require(staff, *CHANGE)
        new = shop_rules.read(wanted.rules, self._settings.currency)
        now = self._clock.now()
        version = await self._database.write(
            lambda c: shop_rules.put(c, wanted.version, new, staff.own_id, now)
        )
        log.info("loyalty.rules", version=version, staff=staff.id, on=new.on)
        return version, new

    async def of_customer(self, staff: Person, customer: str) -> tuple[Person, Account, list[Row]]:
        """A customer, where she stands, and the newest of her history. Raises NotFound."""
        require(staff, *READ_CUSTOMERS)
        now = self._clock.now()

        def query(connection: Connection) -> tuple[Person, Account, list[Row]]:
            person, _ = people.find_customer(connection, customer)
            found = _account(connection, person.aliases, now)
            rows = points.history(connection, person.aliases, now, most=SHOWN_TO_STAFF)
            return person, found, rows

        return await self._database.read(query)

    async def correct(self, staff: Person, customer: str, wanted: Correction) -> None:
        """Give a customer points, or take some. Raises NotFound, NotEnoughPoints."""
        require(staff, *CHANGE)
        now = self._clock.now()

        def unit(connection: Connection) -> None:
            person, _ = people.find_customer(connection, customer)
            points.correct(
                connection,
                person.own_id,
                wanted.points,
                reason=wanted.reason,
                actor=staff.own_id,
                request_id=wanted.request_id,
                rules=shop_rules.rules(connection),
                now=now,
            )

        await self._database.write(unit)
        log.info("loyalty.corrected", customer=customer, staff=staff.id, points=wanted.points)


def kept(
    connection: Connection, person: Person, now: Instant
) -> tuple[list[Row], list[Transfer], list[Transfer]]:
    """What is kept of her points, for her: her history, what she offered, and what she was."""
    rows = points.history(connection, person.aliases, now, most=MOST_KEPT)
    return rows, *_transfers(connection, person, MOST_KEPT)


def _transfers(
    connection: Connection, person: Person, most: int = transfers.LISTED
) -> tuple[list[Transfer], list[Transfer]]:
    sent = transfers.sent(connection, person.aliases, most=most)
    if person.email is None:
        return sent, []
    return sent, transfers.received(connection, person.email, most=most)


def _account(connection: Connection, ids: Collection[str], now: Instant) -> Account:
    rules = shop_rules.rules(connection)
    return Account(
        rules=rules,
        balance=points.balance(connection, ids, now),
        standing=tiers.standing(connection, rules, ids, now),
        left_today=transfers.left_today(connection, ids, rules, now),
    )


def _with_email(person: Person) -> tuple[str, str]:
    """The id and address of who has proved one. Raises Forbidden for guests."""
    customer = require_customer(person)
    if person.email is None:
        raise Forbidden("Sign in with an e-mail address first.", code="contact_needed")
    return customer, person.email


LOYALTY = web.AppKey("loyalty", Loyalty)
"""The points of an application's shop."""
