"""Claims in the cart: what the rooms write, and what a person then sees."""

from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError

from commerce_bridge import claims
from commerce_bridge.claims import ClaimRow
from core.db import Database


def row(number: int, **changes: Any) -> ClaimRow:
    claim = {
        "claim_id": f"clm_{number}",
        "customer": "cus_mei",
        "show": "shw_1",
        "show_title": "秋釀開罐夜",
        "item": "itm_1",
        "code": "A01",
        "title": "秋釀剝皮辣椒",
        "variant_title": "",
        "variant_id": "var_1",
        "picture": None,
        "quantity": 2,
        "unit_price": 28_800,
        "currency": "TWD",
        "until": 1_790_000_000_000,
        "state": "held",
        "order_id": None,
    }
    return ClaimRow(**{**claim, **changes})  # type: ignore[typeddict-item]


async def test_a_claim_is_in_its_customers_cart_alone(database: Database) -> None:
    await database.write(lambda connection: claims.put(connection, [row(1), row(2)]))
    assert await database.read(lambda c: claims.of(c, {"cus_mei"})) == [row(1), row(2)]
    assert await database.read(lambda c: claims.of(c, {"cus_other"})) == []


async def test_a_claim_put_again_is_the_same_claim_brought_up_to_date(database: Database) -> None:
    await database.write(lambda connection: claims.put(connection, [row(1), row(2)]))
    changed = row(1, quantity=1, state="paying", until=5, order_id="ord_1")
    await database.write(lambda connection: claims.put(connection, [changed, row(3)]))
    assert await database.read(lambda c: claims.of(c, {"cus_mei"})) == [changed, row(2), row(3)]


async def test_sold_and_dropped_claims_leave_the_cart(database: Database) -> None:
    await database.write(lambda connection: claims.put(connection, [row(1), row(2), row(3)]))
    await database.write(lambda connection: claims.put(connection, [row(1, state="sold")]))
    await database.write(lambda connection: claims.drop(connection, ["clm_2", "clm_none"]))
    assert await database.read(lambda c: claims.of(c, {"cus_mei"})) == [row(3)]


async def test_nothing_to_write_is_no_statement(database: Database) -> None:
    await database.write(lambda connection: claims.put(connection, []))
    await database.write(lambda connection: claims.drop(connection, []))


async def test_who_is_one_person_sees_the_claims_of_all_her_ids(database: Database) -> None:
    await database.write(
        lambda connection: claims.put(connection, [row(1, customer="cus_guest"), row(2)])
    )
    both = frozenset({"cus_guest", "cus_mei"})
    assert len(await database.read(lambda c: claims.of(c, both))) == 2
    await database.write(lambda connection: claims.merge(connection, "cus_guest", "cus_mei"))
    assert len(await database.read(lambda c: claims.of(c, {"cus_mei"}))) == 2


async def test_a_granted_claim_is_added_once(database: Database) -> None:
    await database.write(lambda connection: claims.add(connection, [row(1), row(2)]))
    with pytest.raises(IntegrityError):
        await database.write(lambda connection: claims.add(connection, [row(3), row(1)]))
    assert await database.read(lambda c: claims.of(c, {"cus_mei"})) == [row(1), row(2)]
