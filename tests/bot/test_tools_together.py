"""All tools together: their names, what models are told of them, and those that look nothing up."""

from __future__ import annotations

import json
from typing import Any

import pytest

from bot.products import Products
from bot.tools.schema import schemas
from bot.tools.shop import shop_tools
from chat.tools import opening
from commerce_bridge.commerce import Commerce
from commerce_bridge.loyalty.service import Loyalty
from core.clock import Instant, ManualClock
from core.identity.model import Person
from core.tools import Tool
from tests.bot.asking import Asking
from video.consult.booking.commands import SlotsAsked
from video.consult.tools import consultation


class Chats:
    async def opening(self) -> dict[str, Any]:
        return {"always": False, "open": True, "until": 5, "opens_at": None}


class House:
    async def lobby(self, person: Person) -> dict[str, Any]:
        return {"free": True, "least_ms": None, "most_ms": None, "opens_at": None}

    async def slots(self, person: Person, asked: SlotsAsked) -> list[Instant]:
        return []


@pytest.fixture
def tools(commerce: Commerce, loyalty: Loyalty, clock: ManualClock) -> list[Tool]:
    products = Products(commerce.shop, clock)
    house = House()
    return [
        *shop_tools(commerce, commerce.shop, products, loyalty),
        opening(Chats()),
        consultation(house, house),
    ]


def test_each_tool_is_there_once(tools: list[Tool]) -> None:
    assert sorted(tool.name for tool in tools) == [
        "benefits", "cart", "claims", "consultation", "coupons", "deliveries", "hand_over",
        "loyalty", "opening", "orders", "places", "product", "propose_add", "propose_cancel",
        "propose_remove", "search_products", "stock",
    ]  # fmt: skip


async def test_hours_are_the_chats(tools: list[Tool], clock: ManualClock) -> None:
    data = await Asking(tools, clock)("opening")
    assert data == {"always": False, "open": True, "until": 5, "opens_at": None}


@pytest.mark.parametrize("reason", ["asked", "missed", "feelings", "policy", "failed"])
async def test_a_hand_over_has_one_of_five_reasons(
    tools: list[Tool], clock: ManualClock, reason: str
) -> None:
    assert await Asking(tools, clock)("hand_over", reason=reason) == {"handed": True}


async def test_a_hand_over_without_a_reason_is_none(tools: list[Tool], clock: ManualClock) -> None:
    ask = Asking(tools, clock)
    assert (await ask.done("hand_over")).failed
    assert (await ask.done("hand_over", reason="because")).failed


def test_models_are_told_the_same_in_the_same_order(tools: list[Tool]) -> None:
    told = json.dumps(schemas(tools))
    assert json.dumps(schemas(reversed(tools))) == told


def test_models_are_told_of_every_argument_and_its_bounds(tools: list[Tool]) -> None:
    for told in schemas(tools):
        assert 20 < len(told["description"]) < 300
        assert told["parameters"]["additionalProperties"] is False
        assert "title" not in told["parameters"]
        for name, argument in told["parameters"]["properties"].items():
            assert argument["description"], (told["name"], name)
            assert "title" not in argument
    by_name = {told["name"]: told for told in schemas(tools)}
    add = by_name["propose_add"]["parameters"]
    assert add["required"] == ["variant"]
    quantity = add["properties"]["quantity"]
    assert (quantity["minimum"], quantity["maximum"]) == (1, 20)
    assert by_name["places"]["parameters"] == {
        "additionalProperties": False, "properties": {}, "type": "object", "required": [],
    }  # fmt: skip
