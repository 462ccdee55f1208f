"""A guest who signs in keeps what she has, whoever she turns out to be."""

import contextlib
import uuid
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from commerce_bridge.embedded import demo
from core.identity.model import Role
from tests.service import Browser, Service
from tests.viewers import Viewer, open_show
from web.keys import CLOCK, DATABASE, SETTINGS

MAY = "may@example.com"


@pytest.fixture
async def stack() -> AsyncIterator[contextlib.AsyncExitStack]:
    async with contextlib.AsyncExitStack() as stack:
        yield stack


async def watching(browser: Browser, stack: contextlib.AsyncExitStack) -> Viewer:
    viewer = Viewer(browser, await stack.enter_async_context(aiohttp.ClientSession()))
    await viewer.connect()
    stack.push_async_callback(viewer.socket.disconnect)
    return viewer


@pytest.mark.parametrize("known", [False, True])
async def test_a_guest_who_signs_in_keeps_cart_and_claims(
    service: Service, stack: contextlib.AsyncExitStack, known: bool
) -> None:
    app = service.app
    await demo.furnish(app[DATABASE], app[CLOCK], app[SETTINGS].currency)
    await service.add_staff("h@example.com", Role.HOST)
    studio, guest = await service.browser(), await service.browser()
    if known:
        await (await service.browser()).become_customer(MAY)
        service.clock.advance(60_000)
    await studio.become_staff("h@example.com")
    guest_id = await guest.become_guest()
    made = await open_show(studio, await watching(studio, stack), await watching(guest, stack))
    variant = (await guest.get("/api/products")).json["products"][1]["variants"][0]["id"]
    line = {"variant_id": variant, "quantity": 3, "request_id": str(uuid.uuid4())}
    assert (await guest.post("/api/cart/lines", line)).status == 200
    before = what_she_has((await guest.get("/api/cart")).json)
    assert before == {("claim", made["claim"], 20), ("line", variant, 3)}

    assert (await guest.become_customer(MAY) == guest_id) is not known

    assert what_she_has((await guest.get("/api/cart")).json) == before
    again = await watching(guest, stack)
    joined = await again.ask("join", {"show": made["show"]})
    assert [claim["id"] for claim in joined["whole"]["mine"]["claims"]] == [made["claim"]]
    given = await again.ask("give_back", {"claim": made["claim"], "quantity": 20})
    assert given["ok"], given
    assert what_she_has((await guest.get("/api/cart")).json) == {("line", variant, 3)}


async def test_what_is_for_verified_customers_is_hers_once_she_signed_in(
    service: Service, stack: contextlib.AsyncExitStack
) -> None:
    app = service.app
    await demo.furnish(app[DATABASE], app[CLOCK], app[SETTINGS].currency)
    await service.add_staff("h@example.com", Role.HOST)
    studio, guest = await service.browser(), await service.browser()
    await studio.become_staff("h@example.com")
    await guest.become_guest()
    host, phone = await watching(studio, stack), await watching(guest, stack)
    made = await open_show(studio, host, phone)
    change = {"type": "item.change", "item": made["item"], "verified_only": True}
    await host.do("run", {"do": change}, "item.changed")
    more = {"item": made["item"], "quantity": 1}
    assert (await phone.do("claim", more, "claim.refused"))["reason"] == "contact_needed"

    await guest.become_customer(MAY)

    again = await watching(guest, stack)
    assert (await again.ask("join", {"show": made["show"]}))["ok"]
    assert (await again.do("claim", more, "claim.held"))["quantity"] == 1


def what_she_has(cart: dict[str, Any]) -> set[tuple[str, str, int]]:
    claims = {("claim", one["id"], one["quantity"]) for one in cart["claims"]}
    return claims | {("line", one["variant_id"], one["quantity"]) for one in cart["lines"]}
