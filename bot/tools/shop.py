"""All tools about the shop, put together."""

from __future__ import annotations

from bot.products import Products
from bot.tools.cart import cart_tools
from bot.tools.catalogue import catalogue_tools
from bot.tools.handing import hand_over
from bot.tools.loyalty import loyalty_tools
from bot.tools.orders import order_tools
from commerce_bridge.commerce import Commerce
from commerce_bridge.loyalty.service import Loyalty
from commerce_bridge.port import Shop
from core.tools import Tool


def shop_tools(commerce: Commerce, shop: Shop, products: Products, loyalty: Loyalty) -> list[Tool]:
    """What the bot may ask of the shop, and propose; `hand_over` too."""
    settings = commerce.settings
    return [
        *catalogue_tools(shop, products, settings),
        *order_tools(commerce.orders, commerce.carts),
        *cart_tools(shop, commerce.carts, settings.currency),
        *loyalty_tools(loyalty, commerce.coupons, settings.currency),
        hand_over(),
    ]
