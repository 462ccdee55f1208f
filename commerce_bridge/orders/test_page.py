"""Behind the test provider's page (`/pay/test/{session}`): what it shows, what its buttons do."""

from __future__ import annotations

from typing import Any, Literal

from sqlalchemy import Connection

from commerce_bridge.orders import store
from commerce_bridge.orders.model import Order
from commerce_bridge.orders.paying import Paying
from commerce_bridge.payments import store as payments
from commerce_bridge.payments.store import Payment
from commerce_bridge.payments.test_provider import TestProvider
from core.db import Database
from core.errors import NotFound


class TestPage:
    """`provider` is None where cards are taken by another one, or not at all."""

    __test__ = False  # for pytest, which takes the name for a test's

    def __init__(self, database: Database, paying: Paying, provider: TestProvider | None) -> None:
        self._database = database
        self._paying = paying
        self._provider = provider

    async def show(self, session: str) -> dict[str, Any]:
        """What is to be paid. Raises NotFound."""
        payment, order = await self._find(session)
        return {
            "number": order.number,
            "order": order.id,
            "amount": payment.amount.minor,
            "currency": payment.amount.currency,
            "state": payment.state,
            "due_at": order.now.due_at,
            "return_url": _return_path(order),
        }

    async def press(self, session: str, outcome: Literal["paid", "failed"]) -> str:
        """Do what a provider does when somebody has paid, or not: call back, signed.

        Returns where the buyer goes on. Raises NotFound.
        """
        payment, order = await self._find(session)
        if self._provider is None:
            raise NotFound("There is no test payment here.")
        headers, body = self._provider.sign(payment.id, session, payment.amount, outcome)
        await self._paying.receive(self._provider.name, headers, body)
        return _return_path(order)

    async def _find(self, session: str) -> tuple[Payment, Order]:
        if self._provider is None:
            raise NotFound("There is no test payment here.")
        name = self._provider.name

        def query(connection: Connection) -> tuple[Payment, Order]:
            payment = payments.by_ref(connection, name, session)
            if payment is None:
                raise NotFound("There is no such payment.")
            return payment, store.get(connection, payment.order_id)

        return await self._database.read(query)


def _return_path(order: Order) -> str:
    return f"/orders/{order.id}"
