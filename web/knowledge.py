"""The shop's articles, opened and closed as a part of the application."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from decimal import Decimal

from aiohttp import web

from bot.knowledge import routes
from bot.knowledge.article import Facts
from bot.knowledge.routes import KNOWLEDGE as KNOWLEDGE
from bot.knowledge.service import Knowledge
from core.locales import LOCALES, Locale
from core.money import format_money, from_major
from core.settings import Settings
from web.keys import CLOCK, DATABASE, SETTINGS
from web.tasks import kept_going


def attach(app: web.Application) -> None:
    """Make the routes part of `app`, before it starts."""
    routes.routes.join(app)


async def knowledge(app: web.Application) -> AsyncIterator[None]:
    """After the database; before the bot, which follows `Knowledge.subscribe`."""
    app[KNOWLEDGE] = made = Knowledge(app[DATABASE], app[CLOCK], facts(app[SETTINGS]))
    await made.look()
    async with kept_going(made.run, "articles"):
        yield


def facts(settings: Settings) -> Mapping[Locale, Facts]:
    """What articles may speak of by name, so that they never say other numbers than the shop."""
    return {locale: _facts(settings, locale) for locale in LOCALES}


def _facts(settings: Settings, locale: Locale) -> Facts:
    def money(amount: Decimal) -> str:
        return format_money(from_major(str(amount), settings.currency), locale)

    return {
        "shop": settings.shop_name,
        "home_fee": money(settings.home_fee),
        "store_fee": money(settings.store_fee),
        "free_from": money(settings.free_delivery_from),
        "transfer_days": str(settings.transfer_days),
        "payment_minutes": str(settings.payment_minutes),
        "answer_minutes": str(settings.chat_answer_minutes),
        "replay_days": str(settings.replay_days),
        "retention_days": str(settings.retention_days),
    }
