"""A live show for a test: made and run by the host's own socket, beside the pages."""

from __future__ import annotations

from typing import Any, Final, Self

from web.commands.demo import PASSWORD, STAFF
from web.demo.client import Client

HOST: Final = {"email": STAFF[0][0], "password": PASSWORD}
MODERATOR: Final = {"email": STAFF[1][0], "password": PASSWORD}
OPERATOR: Final = {"email": STAFF[2][0], "password": PASSWORD}

TITLE: Final = "秋釀開罐夜"


class Stage:
    """One show, and what its host does with it."""

    def __init__(self, host: Client, show: str) -> None:
        self.show = show
        self.path = f"/shows/{show}"
        self.studio = f"/studio/{show}"
        self._host = host

    @classmethod
    async def set(cls, host: Client, *, live: bool = True, **more: Any) -> Self:
        made = await host.post(
            "/api/staff/shows",
            {"title": TITLE, "host_name": "阿禾", "poster": "/demo/host.svg", **more},
        )
        await host.join(made["id"])
        stage = cls(host, made["id"])
        if live:
            await host.run(type="show.go_live")
        return stage

    async def item(
        self, sku: str, *, pieces: int = 5, is_open: bool = True, **more: Any
    ) -> dict[str, Any]:
        """Put a product of the shop into the run-down, `pieces` of each variant; the item's data.

        Its code is the part of `sku` before a hyphen, its price the shop's less a fifth.
        """
        product = await self.product(sku)
        single = len(product["variants"]) == 1
        price = product["variants"][0]["price"]
        added = await self.run(
            type="item.add",
            **{
                "product": product["id"],
                "code": sku.split("-")[0],
                "price": price * 4 // 5 // 1000 * 1000,
                "compare_at": price,
                "variants": [
                    {
                        "variant_id": variant["id"],
                        "key": None if single else variant["sku"],
                        "title": variant["title"],
                        "words": []
                        if single
                        else [[value] for value in variant["options"].values()],
                        "allotment": pieces,
                    }
                    for variant in product["variants"]
                ],
                **more,
            },
        )
        item: dict[str, Any] = added[0]["data"]["item"]
        if is_open:
            await self.run(type="item.open", item=item["id"])
        return item

    async def product(self, sku: str) -> dict[str, Any]:
        """The product that has a variant called `sku`, with what the shop has of it now."""
        products = (await self._host.get("/api/staff/products"))["products"]
        return next(
            product
            for product in products
            if any(variant["sku"] == sku for variant in product["variants"])
        )

    async def stock(self, sku: str) -> int:
        """Pieces that the shop could still sell or allot."""
        variants = (await self.product(sku))["variants"]
        return int(next(one["available"] for one in variants if one["sku"] == sku))

    async def run(self, **do: Any) -> list[dict[str, Any]]:
        return await self._host.run(**do)

    async def moderate(self, **do: Any) -> list[dict[str, Any]]:
        return await self._host.moderate(**do)

    async def look(self) -> dict[str, Any]:
        """The show as everyone sees it now."""
        await self._host.join(self.show)
        return self._host.show

    async def end(self) -> None:
        if (await self.look())["status"] == "live":
            await self.run(type="show.end")
