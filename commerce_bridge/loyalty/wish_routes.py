"""Wishes over HTTP: her own."""

from __future__ import annotations

from typing import Annotated

from aiohttp import web
from pydantic import Field

from commerce_bridge.commerce import COMMERCE
from commerce_bridge.loyalty.wishes import WISHES, Put, Wish
from core.http import CUSTOMERS, Routes, answer, json_body, person_of
from core.ids import Id
from core.inputs import Input, read_as
from core.locales import negotiate

routes = Routes()


class _Named(Input):
    product: Annotated[Id, Field()]


@routes.get("/api/wishes", who=CUSTOMERS)
async def mine(request: web.Request) -> web.Response:
    found = await request.app[WISHES].mine(person_of(request))
    return answer({"wishes": [_wish(one) for one in found]})


@routes.put("/api/wishes/{product}", who=CUSTOMERS)
async def put(request: web.Request) -> web.Response:
    wanted = await json_body(request, Put)
    asked = request.headers.get("Accept-Language", "")
    locale = negotiate(asked, request.app[COMMERCE].settings.locale)
    await request.app[WISHES].put(person_of(request), _product(request), wanted, locale)
    return answer({"wished": True})


@routes.delete("/api/wishes/{product}", who=CUSTOMERS)
async def drop(request: web.Request) -> web.Response:
    await request.app[WISHES].drop(person_of(request), _product(request))
    return answer({"wished": False})


def _product(request: web.Request) -> str:
    return read_as(_Named, {"product": request.match_info["product"]}).product


def _wish(one: Wish) -> dict[str, object]:
    """`available`: pieces of what she wishes for, and the price of it, the lowest of several."""
    product = one.product
    meant = [v for v in product.variants if one.variant in (None, v.id)] or list(product.variants)
    return {
        "product": product.id,
        "variant": one.variant,
        "title": product.title,
        "picture": product.pictures[0] if product.pictures else None,
        "price": min(variant.price.minor for variant in meant),
        "available": sum(variant.available for variant in meant),
        "via": one.via,
        "at": one.at,
    }
