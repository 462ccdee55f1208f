"""The demo's host: makes a show of the shop's products, runs it, keeps something on sale."""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections.abc import Callable
from typing import Any

import structlog

from web.demo import lines
from web.demo.client import Client, Refused

LOOKS_S = 20
"""How often the host looks whether there is still something to buy."""

COUNTDOWN_S = 900
"""How long the first item stays open."""

# Pieces of each item, in the order of the run-down; a small one sells out and shows who waits.
ALLOTMENTS = {"A01": 60, "A02": 40, "A03": 6, "B01": 48, "B02": 36, "B03": 24, "C01": 20}
LIMITS = {"A01": 5, "C01": 2}
MEMBERS = {"B03": "silver"}
"""Items for those alone who have a tier, where the shop has it."""
KEYWORD, GIVEN = "開罐有禮", 20
"""What wins the coupon that the shop gives away, if it has one, and how often."""

_log = structlog.get_logger(__name__)


class Host(Client):
    """Signs in as staff; `codes` are what the open items are ordered by."""

    def __init__(self, address: str) -> None:
        super().__init__(address)
        self.show_id = ""

    async def begin(self, email: str, password: str) -> str:
        """The show that is live, or a new one, live; its id.

        Raises Refused; called again it goes on with the show that it made.
        """
        await self.post("/api/session/staff", {"email": email, "password": password})
        shows = (await self.get("/api/shows"))["live"]
        if shows:
            self.show_id = shows[0]["id"]
            await self.join(self.show_id)
            return self.show_id
        if not self.show_id:
            made = await self.post(
                "/api/staff/shows",
                {"title": lines.TITLE, "host_name": lines.HOST_NAME, "poster": lines.POSTER},
            )
            self.show_id = made["id"]
        await self.join(self.show_id)
        products = (await self.get("/api/staff/products"))["products"]
        rules = (await self.get("/api/staff/loyalty/rules"))["rules"]
        tiers = {tier["key"] for tier in rules["tiers"]} if rules["on"] else set()
        for product in products:
            code = product["variants"][0]["sku"].split("-")[0]
            if code in ALLOTMENTS:
                await self._run_if_possible(**_item(code, product, tiers))
        await self.run(type="show.go_live")
        await self.moderate(type="announce", text=lines.ANNOUNCEMENT)
        await self.join(self.show_id)
        lasting, others = self.show["items"][:1], self.show["items"][1:3]
        for item in others:
            await self._run_if_possible(type="item.open", item=item["id"])
        # The newest is what the page shows large: the one that lasts, with a clock on it.
        for item in lasting:
            await self._run_if_possible(type="item.open", item=item["id"], countdown_s=COUNTDOWN_S)
        await self._give_away()
        return self.show_id

    async def _give_away(self) -> None:
        """Open a give-away of the first coupon that is there to be given."""
        coupons = (await self.get("/api/staff/coupons"))["coupons"]
        given = [one["id"] for one in coupons if one["granted_only"] and one["active"]]
        for coupon in given[:1]:
            await self._run_if_possible(
                type="gift.open", keyword=KEYWORD, coupon=coupon, most=GIVEN, guests=True
            )

    async def _run_if_possible(self, **do: Any) -> None:
        """Run the show; where the shop has no more of an item, without it."""
        try:
            await self.run(**do)
        except Refused as error:
            _log.info("demo.refused", act=do["type"], code=error.code)

    async def keep_going(self, chance: random.Random) -> None:
        """Until cancelled: say something now and then; open the next item when nothing is left.

        Whoever signs in as host runs the show; this one only fills in.
        """
        while True:
            await asyncio.sleep(LOOKS_S)
            await self.join(self.show_id)
            if self.show["status"] != "live":
                return
            # The person who tries the studio may have been quicker.
            with contextlib.suppress(Refused):
                if not any(item["status"] == "open" and _left(item) for item in self.show["items"]):
                    await self._open_next()
                elif chance.random() < 0.3:
                    await self.say(chance.choice(lines.HOST))

    async def _open_next(self) -> None:
        ready = [item for item in self.show["items"] if item["status"] == "ready"]
        if ready:
            await self.run(type="item.open", item=ready[0]["id"])
            return
        for item in self.show["items"]:
            if item["status"] == "open":
                for variant in item["variants"]:
                    more = variant["allotment"] + 10
                    await self.run(
                        type="item.allot", item=item["id"], variant=variant["key"], allotment=more
                    )
                return


def orders(show: dict[str, Any], choose: Callable[[list[str]], str]) -> list[str]:
    """For each open item what one types to order it: its code, and a variant's word if needed."""
    typed = []
    for item in show["items"]:
        if item["status"] != "open":
            continue
        word = ""
        if item["variants"][0]["key"] is not None:
            word = " " + " ".join(choose(list(words)) for words in item["variants"][0]["words"])
        typed.append(item["code"] + word)
    return typed


def _left(item: dict[str, Any]) -> bool:
    return any(variant["left"] > 0 for variant in item["variants"])


def _item(code: str, product: dict[str, Any], tiers: set[str]) -> dict[str, Any]:
    """The product as an item of the show, at a live price somewhat below the shop's."""
    first = product["variants"][0]
    single = len(product["variants"]) == 1
    pieces = ALLOTMENTS[code]
    item = {
        "type": "item.add",
        "product": product["id"],
        "code": code,
        "price": first["price"] * 4 // 5 // 1000 * 1000,
        "compare_at": first["price"],
        "hold_s": 1800,
        "variants": [
            {
                "variant_id": variant["id"],
                "key": None if single else variant["sku"],
                "title": variant["title"],
                "words": [] if single else [[value] for value in variant["options"].values()],
                "allotment": pieces if single else pieces // len(product["variants"]),
            }
            for variant in product["variants"]
        ],
    }
    if code in LIMITS:
        item["limit"] = LIMITS[code]
    if MEMBERS.get(code) in tiers:
        item["tier"] = MEMBERS[code]
    return item
