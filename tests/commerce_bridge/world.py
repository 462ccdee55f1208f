"""What the tests of the shop play with: people, goods, and rooms that hold claims."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Any, cast

import msgspec
from msgspec.structs import asdict
from sqlalchemy import Connection, select

from commerce_bridge import claims
from commerce_bridge.checkout.model import CheckoutBody
from commerce_bridge.claims import ClaimRow
from commerce_bridge.loyalty import points
from commerce_bridge.loyalty import rules as shop_rules
from commerce_bridge.loyalty.coupons import store as coupons
from commerce_bridge.loyalty.coupons.rules import Coupon
from commerce_bridge.loyalty.rules import Rules
from commerce_bridge.rooms import ClaimedLine, ClaimExpired, ClaimInPayment, OrderTold
from core.clock import Instant
from core.db import Database
from core.identity.model import Person
from core.ids import new_id
from core.money import Money
from core.outbox import Outbox


def twd(dollars: int) -> Money:
    return Money(dollars * 100, "TWD")


def person(name: str, *aliases: str) -> Person:
    own = f"cus_{name}"
    return Person("customer", own, frozenset({own, *aliases}), name, f"{name}@example.test")


class Goods(msgspec.Struct, frozen=True):
    """What lies in the shop: ids."""

    chilli: str
    """12 pieces at NT$360: 10 in the store-room, 2 in the shop in Xinyi."""
    oil_mild: str
    """5 pieces at NT$380, in the store-room."""
    oil_hot: str
    """None left."""
    storeroom: str
    xinyi: str


_SHARED = ClaimRow.__annotations__.keys() & ClaimedLine.__annotations__.keys()


class Rooms:
    """Stands in for `live`: claims in memory, and in the cart by the projection that rooms write.

    `told` is what came through the outbox, `begun` the orders that asked to be paid for.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self.lines: dict[str, ClaimedLine] = {}
        self.rows: dict[str, ClaimRow] = {}
        self.told: list[tuple[str, OrderTold]] = []
        self.begun: list[str] = []

    async def hold(self, customer: Person, line: ClaimedLine, until: Instant) -> None:
        """`customer` holds a claim until then."""
        row = cast(
            "ClaimRow",
            {
                "claim_id": line.claim,
                "customer": customer.id,
                "show_title": "秋釀開罐夜",
                "currency": "TWD",
                "until": until,
                "state": "held",
                "order_id": None,
                **{name: value for name, value in asdict(line).items() if name in _SHARED},
            },
        )
        self.lines[line.claim] = line
        self.rows[line.claim] = row
        await self._database.write(lambda c: claims.put(c, [row]))

    async def begin_payment(
        self, customer: Person, order: str, claims: Sequence[str], until: Instant
    ) -> list[ClaimedLine]:
        self.begun.append(order)
        for claim in claims:
            row = self.rows.get(claim)
            if row is None or row["customer"] not in customer.aliases or row["state"] == "sold":
                raise ClaimExpired("gone", claims=[claim])
            if row["state"] == "paying" and row["order_id"] != order:
                raise ClaimInPayment("in payment", claims=[claim])
            await self._set(claim, state="paying", order_id=order)
        return [self.lines[claim] for claim in claims]

    def hearer(self, topic: str) -> Callable[[OrderTold], Awaitable[None]]:
        return partial(self.hear, topic)

    async def hear(self, topic: str, payload: OrderTold) -> None:
        """What `live` does with what the outbox brings."""
        self.told.append((topic, payload))
        for claim in payload["claims"]:
            row = self.rows.get(claim)
            if row is None or row["order_id"] != payload["order"]:
                continue
            if topic in ("order.placed", "order.paid"):
                await self._set(claim, state="sold")
            elif topic == "order.released" and row["state"] == "paying":
                await self._set(claim, state="held", order_id=None)
            else:
                del self.rows[claim]
                await self._database.write(partial(_drop, claim))

    async def _set(self, claim: str, **changes: Any) -> None:
        row = cast("ClaimRow", {**self.rows[claim], **changes})
        self.rows[claim] = row
        await self._database.write(lambda c: claims.put(c, [row]))

    def states(self) -> dict[str, str]:
        return {claim: row["state"] for claim, row in self.rows.items()}


def _drop(claim: str, connection: Connection) -> None:
    claims.drop(connection, [claim])


def claimed(goods: Goods, number: int, place: str, *, quantity: int = 1) -> ClaimedLine:
    """A claim on chilli at the show's price of NT$288."""
    return ClaimedLine(
        claim=f"shw_1.{number}",
        show="shw_1",
        item="itm_1",
        code="A01",
        title="秋釀剝皮辣椒",
        variant_id=goods.chilli,
        variant_title="",
        picture="/demo/a01.svg",
        quantity=quantity,
        unit_price=28_800,
        place=place,
    )


async def drain(outbox: Outbox) -> None:
    """Hand over all that is due."""
    while await outbox.hand_over():
        pass


HOME = {"kind": "home", "postcode": "110", "city": "台北市", "address": "松仁路 1 號"}
STORE = {
    "kind": "store",
    "chain": "7-ELEVEN",
    "store_code": "123456",
    "store_name": "松仁門市",
}


def body(total: int, **changes: Any) -> CheckoutBody:
    """A checkout by transfer to somebody's home; `total` in whole dollars."""
    asked = {
        "request_id": "request-1",
        "contact": {"name": "林小美", "phone": "0912-345-678"},
        "fulfilment": HOME,
        "payment": "transfer",
        "expect_total": total * 100,
        **changes,
    }
    return CheckoutBody.model_validate(asked)


async def coupon(database: Database, dollars: int = 50, **more: Any) -> Coupon:
    """One that takes so many dollars off, by the code WELCOME."""
    made = Coupon(
        **{
            "id": new_id("cpn"),
            "code": None if more.get("auto") else "WELCOME",
            "title": "見面禮",
            "kind": "fixed",
            "amount": dollars * 100,
            **more,
        }
    )
    assert await database.write(lambda c: coupons.add(c, made, by="stf_1", now=0))
    return made


async def loyalty_on(database: Database, **more: Any) -> None:
    """A point for each NT$100, worth NT$1."""
    on = Rules(on=True, **more)

    def unit(connection: Connection) -> None:
        version, _ = shop_rules.current(connection)
        shop_rules.put(connection, version, on, "stf_1", 0)

    await database.write(unit)


async def gets_points(database: Database, who: Person, count: int, now: int) -> None:
    await database.write(
        lambda c: points.correct(
            c,
            who.own_id,
            count,
            reason="gift",
            actor="stf_1",
            request_id=f"gift-{count}",
            rules=shop_rules.rules(c),
            now=now,
        )
    )


async def coupon_uses(database: Database) -> dict[str, str]:
    """The state of each use of a coupon, by order."""
    query = select(coupons.coupon_use.c.order_id, coupons.coupon_use.c.state)
    return {
        row.order_id: row.state for row in await database.read(lambda c: c.execute(query).all())
    }
