"""Carrying out what a customer confirmed, or what a rep does for her; and undoing it.

Each call is made once under its `key`, however often it comes: after a lost answer, after a crash
in the middle, twice at once. All but `Unavailable` (nothing is known: call again) is an outcome.
"""

from __future__ import annotations

from collections.abc import Awaitable
from typing import Any

import msgspec
import structlog

from commerce_bridge.cart.service import Cart
from commerce_bridge.cart.store import MOST_PIECES
from commerce_bridge.commerce import Commerce
from commerce_bridge.loyalty.rules import Channel
from commerce_bridge.orders.model import NotNow
from commerce_bridge.port import OutOfStock
from core.db import Database
from core.errors import NotFound, PlusOneError, Unavailable
from core.identity import store as people
from core.identity.model import Person
from core.tools import Change

KEY_LENGTH = 58
"""Of a `key`; letters, digits, `-` and `_`."""
_UNDO = "-undo"

log = structlog.get_logger(__name__)


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a change.

    `code` says why it was not made: `unknown_product`, `out_of_stock`, `not_enough`, `cart_full`,
    `not_in_cart`, `unknown_order`, `order_state`, `not_undoable`.

    `now` is what is so now. Of a cart: `{quantity}`, how many of the variant are in it, where it
    was changed, `{available}` or `{there}` where it was not. Of an order: `{state}`.
    """

    done: bool
    code: str | None = None
    now: dict[str, Any] = {}


async def person_of_customer(database: Database, id: str) -> Person:
    """The guest or customer of an id or an alias, with all ids that count as hers.

    Raises NotFound.
    """
    person, _ = await database.read(lambda c: people.find_customer(c, id))
    return person


async def carry_out(
    commerce: Commerce, person: Person, change: Change, key: str, *, via: Channel = "shop"
) -> Outcome:
    """Make `change` for `person`, a guest or a customer, where `via` says. Raises Unavailable."""
    match change.kind:
        case "cart.add":
            variant, quantity = _pieces(change)
            done = commerce.carts.add(person, variant, quantity, key, whole=True, via=via)
            return await _in_cart(done, variant)
        case "cart.remove":
            variant, quantity = _pieces(change)
            # All that she was shown, or nothing: so undoing it puts back just that.
            done = commerce.carts.take(person, variant, quantity, key, least=quantity)
            return await _in_cart(done, variant)
        case "order.cancel":
            return await _cancel(commerce, person, change.order or "", key)


async def undo(
    commerce: Commerce, person: Person, change: Change, key: str, *, via: Channel = "shop"
) -> Outcome:
    """Undo a `change` of a cart that was made under `key`. Raises Unavailable.

    Of what was put in, whatever is still there is taken out; what was taken out is put back while
    there is any left to buy.
    """
    match change.kind:
        case "cart.add":
            variant, quantity = _pieces(change)
            done = commerce.carts.take(person, variant, quantity, key + _UNDO)
            return await _in_cart(done, variant)
        case "cart.remove":
            variant, quantity = _pieces(change)
            done = commerce.carts.add(person, variant, quantity, key + _UNDO, via=via)
            return await _in_cart(done, variant)
        case "order.cancel":
            return Outcome(done=False, code="not_undoable")


def _pieces(change: Change) -> tuple[str, int]:
    return change.variant or "", min(change.quantity or 1, MOST_PIECES)


async def _in_cart(changing: Awaitable[Cart], variant: str) -> Outcome:
    try:
        cart = await changing
    except Unavailable:
        raise
    except OutOfStock as error:
        left = error.data["variants"].get(variant, 0)
        code = "not_enough" if left else error.error_code
        return Outcome(done=False, code=code, now={"available": left})
    except PlusOneError as error:
        return _refused(error)
    return Outcome(done=True, now={"quantity": cart.pieces(variant)})


async def _cancel(commerce: Commerce, person: Person, order: str, key: str) -> Outcome:
    try:
        done = await commerce.orders.cancel(person, order, key)
    except Unavailable:
        raise
    except NotNow as error:
        return Outcome(done=False, code=error.error_code, now=error.data)
    except NotFound:
        return Outcome(done=False, code="unknown_order")
    except PlusOneError as error:
        return _refused(error)
    return Outcome(done=True, now={"state": done.now.state})


def _refused(error: PlusOneError) -> Outcome:
    log.info("change.refused", code=error.error_code)
    return Outcome(done=False, code=error.error_code, now=error.data)
