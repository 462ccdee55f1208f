"""From a cart to an order, without ever locking two rooms, or a room and stock, at once.

First an intent is written, then each room concerned puts its claims in payment, then one write unit
makes the order, moves the stock and leaves word for the rooms; only then the card provider is
asked. Whatever fails in between, the claims are released by the intent.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any, Protocol

import msgspec
import structlog
from sqlalchemy import Connection

from commerce_bridge import claims as cart_claims
from commerce_bridge import delivery as deliveries
from commerce_bridge.cart import store as cart
from commerce_bridge.checkout import intents, pricing
from commerce_bridge.checkout.intents import Intent
from commerce_bridge.checkout.model import (
    CartChanged,
    CheckoutBody,
    Delivery,
    EmptyCheckout,
    QuoteBody,
    delivery,
    due_times,
)
from commerce_bridge.checkout.pricing import Asked, Quote
from commerce_bridge.delivery import DeliveryRule
from commerce_bridge.embedded import catalogue
from commerce_bridge.loyalty import points
from commerce_bridge.loyalty.coupons import store as coupons
from commerce_bridge.loyalty.coupons.service import Coupons
from commerce_bridge.orders import store as orders
from commerce_bridge.orders.mail import OrderMail
from commerce_bridge.orders.model import Line, Method, Order, OrderState, first
from commerce_bridge.orders.paying import Paying
from commerce_bridge.orders.service import paid
from commerce_bridge.port import Buyer, OrderDraft, OutOfStock, SaleLine
from commerce_bridge.rooms import (
    ORDER_PAID,
    ORDER_PLACED,
    ClaimedLine,
    ClaimExpired,
    ClaimRooms,
    OrderTold,
)
from core import outbox
from core.clock import Clock, Instant
from core.db import Database
from core.errors import BadRequest, Conflict, PlusOneError, Unavailable
from core.identity.model import Person, require_customer
from core.money import Money
from core.settings import Settings

MOST_UNPAID = 20
"""Orders of one customer that may be still to be paid: they keep stock from others."""

log = structlog.get_logger(__name__)


class TooManyUnpaid(Conflict):
    code = "too_many_unpaid"


class Till(Protocol):
    """The shop's side of an order, within the transaction that makes it."""

    def sell(self, connection: Connection, key: str, draft: OrderDraft, now: Instant) -> None: ...


class Placed(msgspec.Struct, frozen=True):
    order: Order
    pay_url: str | None
    """Where to pay by card; None where it is paid otherwise, or the provider is away just now."""


def payment_methods(settings: Settings) -> tuple[Method, ...]:
    """What the shop takes; transfers only where it has said what to pay them to."""
    methods: list[Method] = ["pickup"]
    if settings.transfer_account:
        methods.append("transfer")
    if settings.card_provider != "none":
        methods.append("card")
    return tuple(methods)


class Checkout:
    def __init__(
        self,
        database: Database,
        clock: Clock,
        settings: Settings,
        till: Till,
        rooms: ClaimRooms,
        paying: Paying,
        mail: OrderMail,
        wallets: Coupons,
    ) -> None:
        self._database = database
        self._clock = clock
        self._settings = settings
        self._till = till
        self._rooms = rooms
        self._paying = paying
        self._mail = mail
        self._wallets = wallets
        self._rules = deliveries.rules(settings)

    async def order(self, customer: Person, body: CheckoutBody) -> Placed:
        """Make an order of what `body` names; sent again, it is the same order.

        Raises EmptyCheckout, BadRequest, ClaimExpired, ClaimInPayment, CartChanged, OutOfStock
        (`data.lines`), CouponRefused, NotEnoughPoints, PriceChanged, TooManyUnpaid, RateLimited.
        Then nothing is ordered, and no claim, coupon or point is lost.
        """
        require_customer(customer)
        order = await self._made(customer, body)
        if order is None:
            try:
                order = await self._make(customer, body)
            except PlusOneError:
                # The same request may have come twice at once, and the other one made it.
                order = await self._made(customer, body)
                if order is None:
                    raise
        return Placed(order, await self._pay_url(order))

    async def quote(self, customer: Person, body: QuoteBody) -> Quote:
        """What an order of this would cost.

        Raises BadRequest, ClaimExpired, CartChanged, OutOfStock and, where too many codes were
        none, RateLimited.
        """
        require_customer(customer)
        rule = None
        if body.fulfilment is not None:
            rule = next((one for one in self._rules if one.kind == body.fulfilment), None)
            if rule is None:
                fields = {"fulfilment": "The shop does not deliver so."}
                raise BadRequest("Something in the order is not right.", fields=fields)
        await self._wallets.check_tries(customer, body.coupons)

        def query(connection: Connection) -> Quote:
            lines = self._lines(connection, customer, body.claims, body.lines)
            asked = Asked(body.coupons, body.points)
            return self._price(connection, customer, lines, asked, rule)

        return await self._database.read(query)

    async def close_due(self, now: Instant) -> int:
        """Close what was begun and never became an order; returns how many were."""
        closed = 0
        for order_id in await self._database.read(lambda c: intents.due(c, now)):
            closed += await self._database.write(partial(_close, order_id=order_id))
        return closed

    async def _made(self, customer: Person, body: CheckoutBody) -> Order | None:
        return await self._database.read(
            lambda c: orders.by_request(c, customer.aliases, body.request_id)
        )

    async def _make(self, customer: Person, body: CheckoutBody) -> Order:
        await self._wallets.check_tries(customer, body.coupons)
        to = await self._database.read(lambda c: self._check(c, customer, body))
        intent = await self._database.write(lambda c: self._begin(c, customer, body))
        try:
            held = await self._in_payment(customer, body, intent)
            return await self._database.write(
                lambda c: self._place(c, customer, body, to, intent.order_id, held)
            )
        except PlusOneError:
            # Anything else than these, a cancelled request above all, may have left a command in a
            # room's queue: the sweeper releases it when it has been carried out for certain.
            await self._database.write(partial(_release, order_id=intent.order_id))
            raise

    def _check(self, connection: Connection, customer: Person, body: CheckoutBody) -> Delivery:
        """Everything that can be refused before a room is asked. Raises as `order` does."""
        if not body.claims and not body.lines:
            raise EmptyCheckout("There is nothing to order.")
        to = delivery(
            body,
            country=self._settings.country,
            rules=self._rules,
            locations=catalogue.locations(connection),
            methods=payment_methods(self._settings),
        )
        if orders.unpaid(connection, customer.aliases) >= MOST_UNPAID:
            raise TooManyUnpaid("Pay or cancel the other orders first.", most=MOST_UNPAID)
        lines = self._lines(connection, customer, body.claims, body.lines)
        asked = Asked(body.coupons, body.points)
        pricing.check(
            self._price(connection, customer, lines, asked, to.rule), asked, body.expect_total
        )
        return to

    def _lines(
        self,
        connection: Connection,
        customer: Person,
        claims: Sequence[str],
        line_ids: Sequence[str],
    ) -> list[Line]:
        """What of her cart is to be ordered. Raises ClaimExpired, CartChanged, OutOfStock."""
        held = {row["claim_id"]: row for row in cart_claims.of(connection, customer.aliases)}
        if gone := [claim for claim in claims if claim not in held]:
            raise ClaimExpired("Some are not held any more.", claims=gone)
        in_cart = {line.id: line for line in cart.lines(connection, customer.aliases)}
        if missing := [line for line in line_ids if line not in in_cart]:
            raise CartChanged("Some are not in the cart any more.", lines=missing)
        lines = [
            Line(
                variant_id=row["variant_id"],
                title=row["title"],
                variant_title=row["variant_title"],
                picture=row["picture"],
                quantity=row["quantity"],
                unit_price=row["unit_price"],
                claim=row["claim_id"],
                show=row["show"],
                via="show",
            )
            for row in (held[claim] for claim in dict.fromkeys(claims))
        ]
        own = self._own_lines(connection, [in_cart[line] for line in dict.fromkeys(line_ids)])
        return [*lines, *own]

    def _price(
        self,
        connection: Connection,
        customer: Person,
        lines: Sequence[Line],
        asked: Asked,
        rule: DeliveryRule | None,
        *,
        lock: bool = False,
    ) -> Quote:
        now = self._clock.now()
        currency = self._settings.currency
        return pricing.quote(connection, customer, lines, asked, rule, currency, now, lock=lock)

    def _begin(self, connection: Connection, customer: Person, body: CheckoutBody) -> Intent:
        return intents.begin(
            connection,
            require_customer(customer),
            body.request_id,
            body.fingerprint(),
            dict.fromkeys(body.claims),
            self._clock.now(),
        )

    async def _in_payment(
        self, customer: Person, body: CheckoutBody, intent: Intent
    ) -> Sequence[ClaimedLine]:
        if not body.claims or intent.state == "ordered":
            return ()
        until = self._first(body.payment, self._clock.now()).due_at
        if until is None or body.payment != "card":
            until = self._clock.now() + intents.INTENT_MS
        return await self._rooms.begin_payment(customer, intent.order_id, intent.claims, until)

    def _place(
        self,
        connection: Connection,
        customer: Person,
        body: CheckoutBody,
        to: Delivery,
        order_id: str,
        held: Sequence[ClaimedLine],
    ) -> Order:
        """The one unit that makes the order: all of it, or nothing."""
        intent = intents.lock(connection, order_id)
        if intent is None or intent.state in ("released", "closed"):
            raise Unavailable("This took too long.")
        if intent.state == "ordered":
            return orders.get(connection, order_id)
        now = self._clock.now()
        in_cart = cart.lock(connection, customer.aliases, list(dict.fromkeys(body.lines)))
        if missing := set(body.lines) - {line.id for line in in_cart}:
            raise CartChanged("Some are not in the cart any more.", lines=sorted(missing))
        lines = [*map(_of_claim, held), *self._own_lines(connection, in_cart)]
        asked = Asked(body.coupons, body.points)
        priced = self._price(connection, customer, lines, asked, to.rule, lock=True)
        pricing.check(priced, asked, body.expect_total)
        buyer = require_customer(customer)
        begins = self._first(body.payment, now, costs=priced.total > 0)
        orders.add(
            connection,
            {
                "id": order_id,
                "customer": buyer,
                "request_id": body.request_id,
                "state": begins.state,
                "method": begins.method,
                "payment": begins.payment,
                "due_at": begins.due_at,
                "account": self._account(body.payment) if begins.costs else None,
                "currency": self._settings.currency,
                **_sums(priced),
                "contact_name": to.name,
                "contact_phone": to.phone,
                "contact_email": to.email,
                "fulfilment": msgspec.json.encode(to.fulfilment).decode(),
                "note": body.note or None,
                "locale": body.locale or self._settings.locale,
            },
            lines,
            now,
        )
        cart.remove(connection, customer.aliases, [line.id for line in in_cart])
        coupons.reserve(connection, order_id, buyer, priced.discounts, now)
        points.redeem(connection, buyer, order_id, priced.points.used, now)
        if begins.payment == "due" and body.payment == "card":
            self._paying.begin(connection, order_id, self._money(priced.total))
        else:
            told = OrderTold(order=order_id, claims=intent.claims)
            topic = ORDER_PAID if begins.payment == "paid" else ORDER_PLACED
            outbox.add(connection, topic, order_id, told)
        intents.ordered(connection, order_id)
        made = orders.get(connection, order_id)
        earned = paid(connection, made, now) if begins.payment == "paid" else 0
        self._mail.tell(connection, made, earned)
        # Last of all: from here to the commit everybody who wants the same pieces waits.
        self._sell(connection, order_id, to, lines, in_cart, priced.delivery_fee, now)
        log.info("order", order=order_id, act="place", state=begins.state, method=begins.method)
        return made

    def _sell(
        self,
        connection: Connection,
        order_id: str,
        to: Delivery,
        lines: Sequence[Line],
        in_cart: Sequence[cart.CartLine],
        delivery_fee: int,
        now: Instant,
    ) -> None:
        draft = OrderDraft(
            lines=tuple(
                SaleLine(line.variant_id, line.quantity, self._money(line.unit_price), line.place)
                for line in lines
            ),
            delivery_fee=self._money(delivery_fee),
            buyer=Buyer(name=to.name, phone=to.phone, email=to.email),
            location=to.location,
        )
        try:
            self._till.sell(connection, order_id, draft, now)
        except OutOfStock as error:
            there: dict[str, int] = error.data["variants"]
            short = {
                line.id: there[line.variant_id] for line in in_cart if line.variant_id in there
            }
            if not short:
                log.error("checkout.allotment_short", order=order_id, variants=there)
            raise OutOfStock(
                error.message, lines=list(short), available=short, variants=there
            ) from error

    async def _pay_url(self, order: Order) -> str | None:
        if order.now.method != "card" or order.now.state != "awaiting_payment":
            return None
        try:
            return await self._paying.page(order)
        except PlusOneError as error:
            # The order stands, and the customer can go to the provider from its page.
            log.warning("checkout.provider_away", order=order.id, code=error.error_code)
            return None

    def _own_lines(self, connection: Connection, in_cart: Sequence[cart.CartLine]) -> list[Line]:
        """Lines from the shop itself, at its present prices. Raises OutOfStock (`data.lines`)."""
        named = catalogue.named(connection, [line.variant_id for line in in_cart])
        if gone := [line.id for line in in_cart if not named[line.variant_id].for_sale]:
            raise OutOfStock("Some are not for sale any more.", lines=gone)
        return [
            Line(
                variant_id=line.variant_id,
                title=named[line.variant_id].title,
                variant_title=named[line.variant_id].variant.title,
                picture=named[line.variant_id].picture,
                quantity=line.quantity,
                unit_price=named[line.variant_id].variant.price.minor,
                via=line.via,
            )
            for line in in_cart
        ]

    def _first(self, method: Method, now: Instant, *, costs: bool = True) -> OrderState:
        times = due_times(self._settings.transfer_days, self._settings.payment_minutes)
        return first(method, now, costs=costs, **times)

    def _account(self, method: Method) -> str | None:
        return self._settings.transfer_account or None if method == "transfer" else None

    def _money(self, minor: int) -> Money:
        return Money(minor, self._settings.currency)


def _release(connection: Connection, *, order_id: str) -> None:
    intent = intents.lock(connection, order_id)
    # Closed by another process too: this request may have asked a room after that.
    if intent is not None and intent.state != "ordered":
        intents.release(connection, intent)


def _close(connection: Connection, *, order_id: str) -> bool:
    intent = intents.lock(connection, order_id)
    if intent is None or intent.state not in ("open", "released"):
        return False
    intents.close(connection, intent)
    return True


def _sums(priced: Quote) -> dict[str, Any]:
    """The columns of an order that say what it costs."""
    discounts = msgspec.json.encode(priced.discounts).decode() if priced.discounts else None
    return {
        "subtotal": priced.subtotal,
        "discounts": discounts,
        "discount": sum(one.amount for one in priced.discounts),
        "points": priced.points.used,
        "points_value": priced.points.value,
        "delivery_fee": priced.delivery_fee,
        "total": priced.total,
        "earns": priced.earns,
    }


def _of_claim(claimed: ClaimedLine) -> Line:
    return Line(
        variant_id=claimed.variant_id,
        title=claimed.title,
        variant_title=claimed.variant_title,
        picture=claimed.picture,
        quantity=claimed.quantity,
        unit_price=claimed.unit_price,
        code=claimed.code,
        claim=claimed.claim,
        show=claimed.show,
        item=claimed.item,
        place=claimed.place,
        via="show",
    )
