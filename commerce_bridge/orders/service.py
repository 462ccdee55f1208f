"""Orders after they were made: looking at them, and every act upon them."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Protocol

import structlog
from sqlalchemy import Connection

from commerce_bridge.loyalty import points
from commerce_bridge.loyalty.coupons import store as coupons
from commerce_bridge.loyalty.points import Earned
from commerce_bridge.loyalty.rules import rules
from commerce_bridge.orders import store
from commerce_bridge.orders.mail import OrderMail
from commerce_bridge.orders.model import Act, By, Order, State, may, serial_of, turn
from commerce_bridge.payments import store as payments
from commerce_bridge.rooms import ORDER_RELEASED, OrderReleased, OrderTold
from core import outbox
from core.clock import Clock, Instant
from core.db import Database
from core.errors import BadRequest, NotFound, Unavailable
from core.identity.model import Person, Role, require, require_customer

log = structlog.get_logger(__name__)

REFUND = "payment.refund"
"""Outbox topic: the provider is to give a payment back; payload `{payment}`."""

READ_ORDERS = (Role.HOST, Role.REP, Role.OPERATOR)
"""Moderators look after comments and claims; an order says where somebody lives."""
CHANGE_ORDERS = (Role.HOST, Role.OPERATOR)

STAFF_ACTS = (Act.CONFIRM_PAYMENT, Act.READY, Act.HAND_OUT, Act.CANCEL, Act.REFUND)


class Restock(Protocol):
    """As much of the shop as orders need."""

    def undo(self, connection: Connection, key: str, now: Instant) -> None: ...


class Orders:
    def __init__(self, database: Database, clock: Clock, shop: Restock, mail: OrderMail) -> None:
        self._database = database
        self._clock = clock
        self._shop = shop
        self._mail = mail

    async def mine(self, person: Person) -> list[Order]:
        """The newest orders of a guest or a customer."""
        require_customer(person)
        return await self._database.read(lambda c: store.of_customer(c, person.aliases))

    async def numbered(self, person: Person, number: str) -> Order | None:
        """The order of hers that she calls so (see `serial_of`); None where she has none."""
        require_customer(person)
        serial = serial_of(number)
        if serial is None:
            return None
        found = await self._database.read(
            lambda c: store.of_customer(c, person.aliases, serial=serial)
        )
        return found[0] if found else None

    async def get(self, person: Person, order_id: str) -> Order:
        """An order of her own; staff who may read orders get any. Raises Forbidden, NotFound."""
        if person.is_staff:
            require(person, *READ_ORDERS)
        order = await self._database.read(lambda c: store.get(c, order_id))
        if not person.is_staff and order.customer not in person.aliases:
            raise NotFound("There is no such order.")
        return order

    async def earned(self, orders: Collection[Order]) -> dict[str, Earned]:
        """What came of those of `orders` that were paid; of whose they are was asked before."""
        paid = [one.id for one in orders if one.now.payment not in ("due", "void")]
        if not paid:
            return {}
        return await self._database.read(lambda c: points.earned(c, paid, self._clock.now()))

    async def all(
        self,
        staff: Person,
        *,
        states: Collection[State] = (),
        query: str = "",
        before: int | None = None,
    ) -> list[Order]:
        """All customers' orders, newest first, a page at a time; see `store.page`."""
        require(staff, *READ_ORDERS)
        return await self._database.read(
            lambda c: store.page(c, states=states, query=query, before=before)
        )

    async def cancel(self, person: Person, order_id: str, request_id: str) -> Order:
        """The customer takes her order back. Raises NotFound, and NotNow once that is too late."""
        require_customer(person)

        def unit(connection: Connection) -> Order:
            order = store.lock(connection, order_id)
            if order.customer not in person.aliases:
                raise NotFound("There is no such order.")
            return self.apply(
                connection, order, Act.CANCEL, "customer", actor=person.id, request_id=request_id
            )

        return await self._database.write(unit)

    async def act(
        self, staff: Person, order_id: str, act: Act, request_id: str, note: str | None = None
    ) -> Order:
        """One of `STAFF_ACTS`. Raises NotFound and NotNow."""
        require(staff, *CHANGE_ORDERS)
        if act not in STAFF_ACTS:
            raise BadRequest("This is not done by hand.")

        def unit(connection: Connection) -> Order:
            order = store.lock(connection, order_id)
            return self.apply(
                connection, order, act, "staff", actor=staff.id, request_id=request_id, note=note
            )

        return await self._database.write(unit)

    async def lapse_due(self, now: Instant) -> int:
        """Let unpaid orders lapse whose time is over; returns how many did."""
        lapsed = 0
        for order_id in await self._database.read(lambda c: store.due(c, now)):
            try:
                lapsed += await self._database.write(self._lapse(order_id, now))
            except Unavailable:
                raise
            except Exception:
                # One order that cannot lapse must not keep the others from it.
                log.exception("order.lapse_failed", order=order_id)
        return lapsed

    def _lapse(self, order_id: str, now: Instant) -> Callable[[Connection], bool]:
        def unit(connection: Connection) -> bool:
            order = store.lock(connection, order_id)
            # Paid or cancelled while it waited for the lock; or still within its grace.
            if not may(order.now, Act.LAPSE, "system", now):
                return False
            self.apply(connection, order, Act.LAPSE, "system", now=now)
            return True

        return unit

    def apply(
        self,
        connection: Connection,
        order: Order,
        act: Act,
        by: By,
        *,
        now: Instant | None = None,
        actor: str | None = None,
        request_id: str | None = None,
        note: str | None = None,
    ) -> Order:
        """Do `act` to an order whose row is locked: state, coupons, points, stock, history, and
        what others learn.

        Asked again under the same `request_id` it does nothing. Raises NotNow.
        """
        if request_id and store.known_request(connection, order.id, request_id):
            return order
        now = self._clock.now() if now is None else now
        becomes = turn(order.now, act, by, now)
        store.set_state(connection, order.id, becomes.state, becomes.payment)
        store.note(
            connection,
            order.id,
            act=act,
            state=becomes.state,
            by=by,
            at=now,
            actor=actor,
            request_id=request_id,
            text=note,
        )
        if becomes.payment == "refund_due":
            for payment in payments.of_order(connection, order.id):
                if payment.state == "paid":
                    refund(connection, payment, now)
        if becomes.tell:
            _tell(connection, becomes.tell, order)
        done = store.get(connection, order.id)
        earned = 0
        if becomes.payment == "paid" and order.now.payment == "due":
            earned = paid(connection, done, now)
        elif becomes.restock:
            coupons.settle(connection, order.id, "returned", now)
            points.undo(connection, order.id, now)
        self._mail.tell(connection, done, earned)
        if becomes.restock:
            # Last of all: from here to the commit everybody who wants the same pieces waits.
            self._shop.undo(connection, order.id, now)
        log.info("order", order=order.id, act=act, state=becomes.state, by=by)
        return done


def paid(connection: Connection, order: Order, now: Instant) -> int:
    """An order was paid: its coupons are used up. Returns the points that come of it."""
    coupons.settle(connection, order.id, "used", now)
    return points.earn(connection, order, rules(connection), now)


def refund(connection: Connection, payment: payments.Payment, now: Instant) -> None:
    """Have the provider give a payment back, once this is committed."""
    payments.set_state(connection, payment.id, "refund_due", now)
    outbox.add(connection, REFUND, payment.id, {"payment": payment.id})


def _tell(connection: Connection, topic: str, order: Order) -> None:
    told: OrderTold = {"order": order.id, "claims": order.claims}
    if topic == ORDER_RELEASED:
        told = OrderReleased(**told, cause="lapsed")
    outbox.add(connection, topic, order.id, told)
