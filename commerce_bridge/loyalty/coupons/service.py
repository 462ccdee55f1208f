"""Coupons of customers and of staff; how an order is priced with them, checkout knows."""

from __future__ import annotations

import re
import secrets
import unicodedata
from collections.abc import Sequence
from typing import Annotated, Any, Final

import msgspec
from pydantic import Field, StringConstraints
from sqlalchemy import Connection

from commerce_bridge.loyalty import tiers
from commerce_bridge.loyalty.coupons import store
from commerce_bridge.loyalty.coupons.rules import (
    Buyer,
    Coupon,
    CouponRefused,
    Held,
    Kind,
    Reason,
    Refusal,
    code_of,
    standing,
)
from commerce_bridge.loyalty.coupons.store import Counted
from commerce_bridge.loyalty.rules import Rules, rules
from commerce_bridge.loyalty.tiers import Standing
from core.clock import Clock, Instant
from core.db import Database
from core.errors import BadRequest, Conflict, RateLimited
from core.identity import attempts
from core.identity.attempts import Limit
from core.identity.model import Person, Role, require, require_customer
from core.ids import Id, new_id
from core.inputs import Input
from core.money import MAX_MINOR, step
from core.settings import Settings

READ_COUPONS = (Role.HOST, Role.OPERATOR)
CHANGE_COUPONS = (Role.OPERATOR,)

WRONG: Final = Limit("coupon", 10, 600_000)
"""Codes that are no coupons, by one customer: who tries them all gets nowhere."""
TITLE_LENGTH = 60
ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Of codes that we make up: nothing that looks like something else."""

Text40 = Annotated[str, StringConstraints(min_length=1, max_length=40)]
Minor = Annotated[int, Field(ge=0, le=MAX_MINOR)]
Moment = Annotated[int, Field(ge=0, le=2**53)]


class NewCoupon(Input):
    """`POST /api/staff/coupons`; what is what, see `rules.Coupon`."""

    code: Text40 | None = None
    title: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    kind: Kind
    amount: Annotated[int, Field(ge=1, le=MAX_MINOR)]
    most: Annotated[int, Field(ge=1, le=MAX_MINOR)] | None = None
    minimum: Minor = 0
    auto: bool = False
    granted_only: bool = False
    per_customer: Annotated[int, Field(ge=1, le=100)] = 1
    uses: Annotated[int, Field(ge=1, le=1_000_000)] | None = None
    show: Id | None = None
    tier: Annotated[str, StringConstraints(min_length=1, max_length=20)] | None = None
    stacks: bool = False
    starts_at: Moment | None = None
    ends_at: Moment | None = None


class CouponChanges(Input):
    """`PATCH /api/staff/coupons/{id}`; what is not named stays."""

    title: Annotated[str, StringConstraints(min_length=1, max_length=200)] = ""
    ends_at: Moment | None = None
    uses: Annotated[int, Field(ge=1, le=1_000_000)] | None = None
    active: bool = True


class CodeTaken(Conflict):
    """Another coupon has this code."""

    code = "code_taken"


class Owned(msgspec.Struct, frozen=True):
    """A coupon in somebody's wallet; `why` says why she cannot use it now, None where she can."""

    held: Held
    why: Reason | None


class Coupons:
    def __init__(self, database: Database, clock: Clock, settings: Settings) -> None:
        self._database = database
        self._clock = clock
        self._currency = settings.currency

    # Customers

    async def mine(self, person: Person) -> list[Owned]:
        """What is in her wallet, and what comes by itself."""
        require_customer(person)
        return await self._database.read(lambda c: wallet(c, person, self._clock.now()))

    async def add_code(self, person: Person, typed: str) -> list[Owned]:
        """Put the coupon of a code in her wallet, once. Raises CouponRefused and RateLimited."""
        customer = require_customer(person)
        await self.check_tries(person, [typed])

        def unit(connection: Connection) -> list[Owned]:
            now = self._clock.now()
            code = code_of(typed)
            found = store.find(connection, person.aliases, codes=[code] if code else [])
            if code is None or not found:
                raise CouponRefused(Refusal(code or typed[:40], "unknown_coupon", {}))
            [held] = found
            why = standing(held, buyer(connection, rules(connection), person, now), now)
            if why is not None:
                raise CouponRefused(Refusal(code, *why))
            if not held.granted:
                key = f"code:{held.coupon.id}:{customer}"
                store.grant(connection, held.coupon.id, customer, "code", key, now)
            return wallet(connection, person, now)

        return await self._database.write(unit)

    async def check_tries(self, person: Person, typed: Sequence[str]) -> None:
        """Count those of the codes that are no coupon for her. Raises RateLimited after too many.

        Each is counted before it is looked up, and forgiven where it is one: so past the limit even
        a right guess tells nothing. What is in her wallet she does not guess.
        """
        own_id = person.own_id

        def known(connection: Connection) -> set[str]:
            held = store.find(connection, person.aliases, wallet=True)
            return {one.coupon.id for one in held} | {one.coupon.code or "" for one in held}

        def unit(connection: Connection) -> RateLimited | None:
            for one in guessed:
                try:
                    counted = attempts.reserve(connection, [(WRONG, own_id)], self._clock.now())
                except RateLimited as error:
                    # What was counted before stays counted.
                    return error
                code = code_of(one)
                found = store.find(connection, person.aliases, codes=[code] if code else [])
                if any(held.granted or not held.coupon.granted_only for held in found):
                    attempts.forgive(connection, counted)
            return None

        if not typed:
            return
        hers = await self._database.read(known)
        guessed = [one for one in typed if code_of(one) not in hers and id_of(one) not in hers]
        if guessed and (error := await self._database.write(unit)) is not None:
            raise error

    # Staff

    async def all(self, staff: Person) -> list[Counted]:
        """The shop's newest coupons."""
        require(staff, *READ_COUPONS)
        return await self._database.read(store.counted)

    async def create(self, staff: Person, asked: NewCoupon) -> Counted:
        """Raises BadRequest (`data.fields`) and CodeTaken."""
        require(staff, *CHANGE_COUPONS)

        def unit(connection: Connection) -> Counted:
            now = self._clock.now()
            new = read(asked, rules(connection), self._currency, now)
            if not store.add(connection, new, by=staff.own_id, now=now):
                raise CodeTaken("Another coupon has this code.")
            return store.counted(connection, only=new.id)[0]

        return await self._database.write(unit)

    async def change(self, staff: Person, coupon_id: str, asked: CouponChanges) -> Counted:
        """Change what may be changed of a coupon that people have already. Raises NotFound."""
        require(staff, *CHANGE_COUPONS)
        changes: dict[str, Any] = {name: getattr(asked, name) for name in asked.model_fields_set}
        if "title" in changes:
            changes["title"] = _title(changes["title"])

        def unit(connection: Connection) -> Counted:
            if changes:
                store.change(connection, coupon_id, changes)
            store.get(connection, coupon_id)
            return store.counted(connection, only=coupon_id)[0]

        return await self._database.write(unit)


def wallet(connection: Connection, person: Person, now: Instant) -> list[Owned]:
    """A person's coupons: what she can use first, then by when it ends."""
    by = buyer(connection, rules(connection), person, now)
    owned = []
    for held in store.wallet(connection, person.aliases):
        why = standing(held, by, now)
        reason = None if why is None else why[0]
        # What comes by itself, and not to her, is nothing of hers.
        if held.granted or reason in (None, "coupon_used", "coupon_not_yet"):
            owned.append(Owned(held, reason))
    return sorted(owned, key=lambda one: (one.why is not None, _end(one), one.held.coupon.id))


def buyer(connection: Connection, in_force: Rules, person: Person, now: Instant) -> Buyer:
    """Who buys, by what she has spent."""
    return buyer_at(tiers.standing(connection, in_force, person.aliases, now), in_force)


def buyer_at(stands: Standing, in_force: Rules) -> Buyer:
    rank = 0 if stands.tier is None else in_force.rank_of(stands.tier.key) or 0
    return Buyer(rank, in_force.tiers)


def id_of(typed: str) -> str | None:
    """The id of a coupon that a page sends where there is no code; None for what is none."""
    written = _ID.fullmatch(typed)
    return None if written is None else f"cpn_{written[1]}"


_ID = re.compile(r"(?:cpn|CPN)_([0-9A-HJKMNP-TV-Z]{26})")


def read(asked: NewCoupon, in_force: Rules, currency: str, now: Instant) -> Coupon:
    """What was asked for, as a coupon. Raises BadRequest; `data.fields` says where and why."""
    faults: dict[str, str] = {}
    code = None
    if asked.auto:
        if asked.code is not None:
            faults["code"] = "What comes by itself has none."
    elif asked.code is not None:
        code = code_of(asked.code)
        if code is None:
            faults["code"] = "3 to 24 letters A to Z, digits and hyphens."
    elif asked.granted_only:
        code = "".join(secrets.choice(ALPHABET) for _ in range(10))
    else:
        faults["code"] = "Without one nobody could use it."
    whole = step(currency)
    amounts = {"minimum": asked.minimum, "most": asked.most or 0}
    if asked.kind == "fixed":
        amounts["amount"] = asked.amount
        if asked.most is not None:
            faults["most"] = "For percentages only."
    elif asked.amount > 100:
        faults["amount"] = "At most 100 percent."
    for field, amount in amounts.items():
        if amount % whole:
            faults[field] = f"A multiple of {whole}."
    if asked.ends_at is not None and asked.ends_at <= max(now, asked.starts_at or 0):
        faults["ends_at"] = "It would be over before it begins."
    if asked.tier is not None and in_force.rank_of(asked.tier) is None:
        faults["tier"] = "There is no such tier."
    title = ""
    try:
        title = _title(asked.title)
    except BadRequest as error:
        faults |= error.data["fields"]
    if faults:
        raise BadRequest("Something in the coupon is not right.", fields=faults)
    given = asked.model_dump() | {"code": code, "title": title}
    return Coupon(id=new_id("cpn"), **given)


def _title(typed: str) -> str:
    """One line of text. Raises BadRequest."""
    title = " ".join(
        "".join(
            letter
            for letter in unicodedata.normalize("NFC", typed)
            if letter.isspace() or unicodedata.category(letter)[0] != "C"
        ).split()
    )
    if not 0 < len(title) <= TITLE_LENGTH:
        why = f"1 to {TITLE_LENGTH} characters."
        raise BadRequest("A coupon is called something.", fields={"title": why})
    return title


def _end(one: Owned) -> Instant:
    return one.held.coupon.ends_at or 2**62
