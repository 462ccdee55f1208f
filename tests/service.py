"""The whole service, listening on a port of its own, and browsers that talk to it."""

from __future__ import annotations

import contextlib
import re
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import web
from pydantic import SecretStr
from yarl import URL

from core.clock import ManualClock
from core.http import COOKIE
from core.identity.model import Role
from core.identity.staff import STAFF
from core.settings import Settings
from web.app import build_app

PASSWORD = "a good password"


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back: `json` is None for what is not JSON."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    json: Any

    @property
    def code(self) -> str | None:
        """An error's code; None where it went well or is not one of ours."""
        if self.status < 400 or not isinstance(self.json, dict):
            return None
        code = self.json.get("code")
        return None if code is None else str(code)


class Browser:
    """One browser: its cookies, and what a page of ours sends with every call."""

    def __init__(self, address: str, client: aiohttp.ClientSession) -> None:
        self.address = address
        self.headers = {"Origin": address, "X-Plusone": "1"}
        self._client = client

    async def get(self, path: str, **headers: str) -> Reply:
        return await self.ask("GET", path, headers=headers)

    async def post(self, path: str, json: object = None) -> Reply:
        return await self.ask("POST", path, json=json)

    async def delete(self, path: str) -> Reply:
        return await self.ask("DELETE", path)

    async def ask(
        self,
        method: str,
        path: str,
        *,
        json: object = None,
        data: bytes | BytesIO | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Reply:
        """One request; redirects are not followed. `headers` are added to the browser's own."""
        async with self._client.request(
            method,
            self.address + path,
            json=json,
            data=data,
            headers={**self.headers, **(headers or {})},
            allow_redirects=False,
        ) as response:
            body = await response.read()
            is_json = response.content_type == "application/json" and body
            return Reply(
                response.status,
                response.headers,
                body,
                await response.json() if is_json else None,
            )

    @property
    def token(self) -> str | None:
        """The session's token, which no script can read."""
        cookies = self._client.cookie_jar.filter_cookies(URL(self.address))
        return cookies[COOKIE].value if COOKIE in cookies else None

    def forge(self, token: str) -> None:
        """Make this the session's token."""
        self._client.cookie_jar.update_cookies({COOKIE: token}, URL(self.address))

    async def become_guest(self, name: str = "小美") -> str:
        """Say a name; returns the guest's id."""
        reply = await self.post("/api/session/guest", {"name": name})
        assert reply.status == 200, reply.body
        return str(reply.json["person"]["id"])

    async def become_customer(self, email: str, name: str = "美玲") -> str:
        """Sign in with the code on the notices page; returns the customer's id."""
        sent = await self.post("/api/session/code", {"email": email, "locale": "en"})
        assert sent.status == 202, sent.body
        notices = (await self.get("/api/notices")).json["notices"]
        code = re.match(r"\d{6}", next(n["subject"] for n in notices if n["to"] == email))
        assert code
        body = {"email": email, "code": code[0], "name": name}
        reply = await self.post("/api/session/verify", body)
        assert reply.status == 200, reply.body
        return str(reply.json["person"]["id"])

    async def become_staff(self, email: str) -> str:
        """Sign in with the password that `Service.add_staff` gave; returns her id."""
        body = {"email": email, "password": PASSWORD}
        reply = await self.post("/api/session/staff", body)
        assert reply.status == 200, reply.body
        return str(reply.json["person"]["id"])


class Service:
    """The running service; `browser` opens another browser."""

    def __init__(
        self,
        app: web.Application,
        address: str,
        clock: ManualClock,
        stack: contextlib.AsyncExitStack,
    ) -> None:
        self.app = app
        self.address = address
        self.clock = clock
        self._stack = stack

    async def browser(self) -> Browser:
        """A fresh browser: no cookies, nobody signed in."""
        client = aiohttp.ClientSession(
            cookie_jar=aiohttp.CookieJar(unsafe=True),
            timeout=aiohttp.ClientTimeout(total=30),
            skip_auto_headers=("User-Agent",),
        )
        return Browser(self.address, await self._stack.enter_async_context(client))

    async def add_staff(self, email: str, *roles: Role) -> None:
        await self.app[STAFF].add(email, email.partition("@")[0], PASSWORD, roles)


def settings_for(database_url: str, folder: Path, **changes: Any) -> Settings:
    """Settings for a test, whatever the environment says of others."""
    given: dict[str, Any] = {
        "database_url": database_url,
        "data_folder": folder,
        "secret": SecretStr("s" * 40),
        "port": 0,
        "transfer_account": "示範銀行 0000-1111",
        "bot": False,  # it takes a second to learn
        "chat_assign": False,  # a question waits until a test takes it
    }
    return Settings(**{**given, **changes})


@dataclass
class Visited:
    """A service and who comes to it; `stack` closes what they open."""

    service: Service
    stack: contextlib.AsyncExitStack

    async def guest(self, name: str = "小美") -> Browser:
        browser = await self.service.browser()
        await browser.become_guest(name)
        return browser

    async def staff(self, name: str, *roles: Role) -> Browser:
        browser = await self.service.browser()
        await self.service.add_staff(f"{name}@example.com", *roles)
        await browser.become_staff(f"{name}@example.com")
        return browser


@contextlib.asynccontextmanager
async def serving(settings: Settings, clock: ManualClock | None = None) -> AsyncIterator[Service]:
    """The service over a migrated database, until the end of the block."""
    clock = clock or ManualClock()
    async with contextlib.AsyncExitStack() as stack:
        runner = web.AppRunner(build_app(settings, clock=clock), access_log=None)
        stack.push_async_callback(runner.cleanup)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        port = runner.addresses[0][1]
        yield Service(runner.app, f"http://127.0.0.1:{port}", clock, stack)
