"""A show and the shop with people in them, and proof that something left no trace there."""

from __future__ import annotations

import asyncio
import contextlib
import uuid
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
from sqlalchemy import Connection, func, select

from commerce_bridge.embedded import demo
from core.db import Database, metadata
from core.identity.model import Role
from core.outbox import outbox_message
from live.namespace import NAMESPACE
from tests.service import Browser, Reply, Service
from tests.viewers import Viewer, open_show
from web.keys import CLOCK, DATABASE, SETTINGS

Rows = dict[str, list[str]]


def everything(connection: Connection) -> Rows:
    """All rows of all tables, by table."""
    return {
        table.name: sorted(repr(tuple(row)) for row in connection.execute(table.select()))
        for table in metadata.sorted_tables
    }


def error_of(reply: Reply | dict[str, Any]) -> dict[str, Any]:
    """The error of an answer, which has the one shape."""
    if isinstance(reply, Reply):
        assert reply.status >= 400, reply.body
        error = reply.json
    else:
        assert reply["ok"] is False, reply
        error = reply["error"]
    assert error.keys() == {"code", "message", "retryable", "data"}
    assert isinstance(error["message"], str)
    assert error["message"]
    assert error["code"] != "internal"
    found: dict[str, Any] = error
    return found


def request() -> str:
    """A name for a request that none had before."""
    return str(uuid.uuid4())


def checkout(claims: list[str], **changes: Any) -> dict[str, Any]:
    """A transfer of one who orders these claims, worth twenty pieces of the show's item."""
    return {
        "request_id": request(),
        "claims": claims,
        "contact": {"name": "阿德", "phone": "0912345678"},
        "fulfilment": {"kind": "home", "city": "台北市", "address": "松仁路 1 號"},
        "payment": "transfer",
        "expect_total": 20 * 28_800,
        **changes,
    }


class Someone:
    """One person: her browser, and her socket at the show."""

    def __init__(self, page: Browser, phone: Viewer) -> None:
        self.page = page
        self.phone = phone

    async def sends(self, event: str, argument: object) -> dict[str, Any]:
        """Send an event as it is; returns the answer."""
        reply: dict[str, Any] = await self.phone.socket.call(
            event, argument, namespace=NAMESPACE, timeout=20
        )
        return reply

    async def runs(self, **do: Any) -> dict[str, Any]:
        return await self.phone.ask("run", {"do": do})

    async def moderates(self, **do: Any) -> dict[str, Any]:
        return await self.phone.ask("moderate", {"do": do})


class Stage:
    """A live show (see `open_show`) with a host, a moderator, a customer, and another one.

    The customer has a line in her cart, of which `line` is the id.
    """

    host: Someone
    moderator: Someone
    customer: Someone
    other: Someone
    line: str

    def __init__(self, service: Service, stack: contextlib.AsyncExitStack) -> None:
        self.service = service
        self.made: dict[str, Any] = {}
        self._stack = stack

    async def begin(self) -> None:
        app = self.service.app
        await demo.furnish(app[DATABASE], app[CLOCK], app[SETTINGS].currency)
        pages = [await self.service.browser() for _ in range(4)]
        for page, role in zip(pages, (Role.HOST, Role.MODERATOR), strict=False):
            await self.service.add_staff(f"{role}@example.com", role)
            await page.become_staff(f"{role}@example.com")
        for page, name in zip(pages[2:], ("小美", "阿德"), strict=True):
            await page.become_guest(name)
        people = [await self.someone(page, joins=False) for page in pages]
        self.host, self.moderator, self.customer, self.other = people
        self.made = await open_show(self.host.page, self.host.phone, self.customer.phone)
        for one in (self.moderator, self.other):
            assert (await one.phone.ask("join", {"show": self.made["show"]}))["ok"]
        line = {
            "variant_id": self.made["add"]["variants"][0]["variant_id"],
            "quantity": 2,
            "request_id": request(),
        }
        cart = await self.customer.page.post("/api/cart/lines", line)
        [self.line] = [one["id"] for one in cart.json["lines"]]

    async def someone(self, page: Browser, *, joins: bool = True) -> Someone:
        """Whoever `page` is, with a socket of her own."""
        http = await self._stack.enter_async_context(aiohttp.ClientSession())
        phone = Viewer(page, http)
        await phone.connect()
        self._stack.push_async_callback(phone.socket.disconnect)
        if joins:
            assert (await phone.ask("join", {"show": self.made["show"]}))["ok"]
        return Someone(page, phone)

    @property
    def database(self) -> Database:
        return self.service.app[DATABASE]

    @contextlib.asynccontextmanager
    async def untouched(self) -> AsyncIterator[None]:
        """What happens in this block changes nothing that is kept, and her line still stands."""
        waiting = select(func.count()).select_from(outbox_message)
        async with asyncio.timeout(20):
            while await self.database.read(lambda c: c.execute(waiting).scalar_one()):  # noqa: ASYNC110 (nobody tells)
                await asyncio.sleep(0.01)
        before = await self.database.read(everything)
        yield
        after = await self.database.read(everything)
        for name, rows in before.items():
            assert after[name] == rows, name
        for one in (self.host, self.moderator, self.customer, self.other):
            assert await one.sends("heart", {"count": 1}) == {"ok": True}
