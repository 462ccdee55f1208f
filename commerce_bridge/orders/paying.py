"""Paying an order by card: the provider's page, its call back, and money that goes back."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

import structlog
from sqlalchemy import Connection

from commerce_bridge.orders import store
from commerce_bridge.orders.model import Act, NotNow, Order, may_pay
from commerce_bridge.orders.service import Orders, refund
from commerce_bridge.payments import store as payments
from commerce_bridge.payments.port import (
    BadCallback,
    PaymentProvider,
    PaymentRequest,
    PaymentResult,
)
from commerce_bridge.payments.store import Payment
from core.clock import Clock
from core.db import Database
from core.errors import NotFound, PlusOneError, Unavailable
from core.identity.model import Person, require_customer
from core.money import Money

PROVIDER_S = 8
"""How long the provider may take to answer; less than a customer's request may."""

log = structlog.get_logger(__name__)


class WrongAmount(BadCallback):
    """The provider says that another amount was paid than was asked. Nothing is taken as paid."""

    code = "wrong_amount"


class Paying:
    """`provider` is None where the shop takes no cards."""

    def __init__(
        self, database: Database, clock: Clock, orders: Orders, provider: PaymentProvider | None
    ) -> None:
        self._database = database
        self._clock = clock
        self._orders = orders
        self.provider = provider

    def begin(self, connection: Connection, order_id: str, amount: Money) -> None:
        """Within the unit that makes the order: write down that it is to be paid by card."""
        payments.begin(connection, order_id, self._taking().name, amount, self._clock.now())

    async def pay(self, person: Person, order_id: str) -> str:
        """Where the customer pays her order. Raises NotFound, NotNow, Unavailable."""
        require_customer(person)
        return await self.page(await self._orders.get(person, order_id))

    async def page(self, order: Order) -> str:
        """The provider's page for an unpaid order; asked again, the same page while it is good."""
        provider = self._taking()
        asked = await self._database.write(lambda c: self._attempt(c, order.id))
        if asked.url is not None:
            return asked.url
        request = PaymentRequest(
            key=asked.id,
            amount=asked.amount,
            order_number=order.number,
            return_path=f"/orders/{order.id}",
            expires_at=order.now.due_at or self._clock.now(),
        )
        try:
            async with asyncio.timeout(PROVIDER_S):
                session = await provider.begin(request)
        except TimeoutError as error:
            raise Unavailable("The card provider does not answer.") from error
        await self._database.write(
            lambda c: payments.opened(c, asked.id, session.ref, session.url, self._clock.now())
        )
        return session.url

    async def receive(self, provider: str, headers: Mapping[str, str], body: bytes) -> Order:
        """A provider's call back, as often as it comes. Returns the order as it then is.

        Raises NotFound, BadSignature, BadCallback; WrongAmount is on record with the order.
        """
        if self.provider is None or self.provider.name != provider:
            raise NotFound("There is no such provider here.")
        result = self.provider.parse_callback(headers, body)
        order, fault = await self._database.write(lambda c: self._receive(c, provider, result))
        if fault is not None:
            raise fault
        return order

    async def refund(self, payload: dict[str, str]) -> None:
        """Outbox: ask the provider to give a payment back; again until it has."""
        paid = await self._database.read(lambda c: payments.get(c, payload["payment"]))
        if paid is None or paid.ref is None or paid.state != "refund_due":
            return
        async with asyncio.timeout(PROVIDER_S):
            await self._taking().refund(paid.id, paid.ref, paid.amount)
        await self._database.write(lambda c: self._refunded(c, paid))

    def _taking(self) -> PaymentProvider:
        if self.provider is None:
            raise Unavailable("The shop takes no cards now.")
        return self.provider

    def _attempt(self, connection: Connection, order_id: str) -> Payment:
        """The payment to be made: the newest one, or a new one where that failed."""
        order = store.lock(connection, order_id)
        if not may_pay(order.now, self._clock.now()):
            raise NotNow("The order cannot be paid by card now.", state=order.now.state)
        attempts = payments.of_order(connection, order_id)
        if attempts and attempts[-1].state in ("new", "open"):
            return attempts[-1]
        amount = Money(order.total, order.currency)
        return payments.begin(connection, order_id, self._taking().name, amount, self._clock.now())

    def _receive(
        self, connection: Connection, provider: str, result: PaymentResult
    ) -> tuple[Order, PlusOneError | None]:
        known = payments.get(connection, result.key)
        if known is None or known.provider != provider:
            raise NotFound("There is no such payment.")
        order = store.lock(connection, known.order_id)
        known = payments.get(connection, result.key) or known  # as it is under the order's lock
        now = self._clock.now()
        if known.state in ("paid", "refund_due", "refunded"):
            return order, None
        if result.amount != known.amount:
            self._record(connection, order, "The provider told another amount than was asked.")
            return order, WrongAmount("Another amount was paid than was asked.")
        if known.ref is None:
            payments.opened(connection, known.id, result.ref, "", now)
        if result.outcome == "failed":
            payments.set_state(connection, known.id, "failed", now)
            return order, None
        payments.set_state(connection, known.id, "paid", now)
        try:
            return self._orders.apply(connection, order, Act.PAY, "system", now=now), None
        except NotNow:
            # Lapsed, cancelled, or paid by another attempt meanwhile: her money goes back.
            paid = payments.get(connection, known.id) or known
            refund(connection, paid, now)
            self._record(connection, order, "Paid too late: the payment is given back.")
            return store.get(connection, order.id), None

    def _refunded(self, connection: Connection, paid: Payment) -> None:
        order = store.lock(connection, paid.order_id)
        going_back = {
            one.id for one in payments.of_order(connection, order.id) if one.state == "refund_due"
        }
        if paid.id not in going_back:
            return  # another process was told of it meanwhile
        payments.set_state(connection, paid.id, "refunded", self._clock.now())
        if order.now.payment == "refund_due" and going_back == {paid.id}:
            store.set_state(connection, order.id, order.now.state, "refunded")
        self._record(connection, order, "The card payment was given back.", act="refunded")

    def _record(
        self, connection: Connection, order: Order, text: str, *, act: str = "payment"
    ) -> None:
        log.warning("payment", order=order.id, note=text)
        store.note(
            connection,
            order.id,
            act=act,
            state=order.now.state,
            by="system",
            at=self._clock.now(),
            text=text,
        )
