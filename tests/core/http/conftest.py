"""A small application on the ground that all faces stand on, and calls to it."""

import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any, cast

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from pydantic import SecretStr

from core.http import ANYONE, CUSTOMERS, Routes, answer, ground, json_body, person_of, staff
from core.http.peer import client_address
from core.identity.model import NOBODY, Person, Role
from core.identity.service import IDENTITY, Identity
from core.inputs import Input
from core.settings import Settings

PEOPLE = {
    "guest": Person("guest", "cus_1", frozenset({"cus_1"}), "小美"),
    "customer": Person("customer", "cus_2", frozenset({"cus_2"}), "美玲", "may@example.com"),
    **{
        role.value: Person("staff", f"stf_{role}", roles=frozenset({role}), name=role.value)
        for role in Role
    },
}
"""By the token that each of them has here."""

Client = TestClient[web.Request, web.Application]
Open = Callable[..., Awaitable[Client]]


class Known:
    """Stands for the identity service: the token is the person's name."""

    async def person_for(self, token: str | None) -> Person:
        return PEOPLE.get(token or "", NOBODY)


class Note(Input):
    text: str


def routes() -> Routes:
    routes = Routes()

    @routes.get("/api/anyone", who=ANYONE)
    async def anyone(request: web.Request) -> web.Response:
        return answer({"kind": person_of(request).kind, "address": client_address(request)})

    @routes.get("/api/customers", who=CUSTOMERS)
    async def customers(_request: web.Request) -> web.Response:
        return answer({})

    @routes.get("/api/hosts", who=staff(Role.HOST, Role.OPERATOR))
    async def hosts(_request: web.Request) -> web.Response:
        return answer({})

    @routes.get("/api/either", who=CUSTOMERS | staff(Role.REP))
    async def either(_request: web.Request) -> web.Response:
        return answer({})

    @routes.post("/api/notes", who=ANYONE)
    async def notes(request: web.Request) -> web.Response:
        return answer({"length": len((await json_body(request, Note)).text)}, 201)

    @routes.post("/api/callback", who=ANYONE, cookie=False)
    async def callback(request: web.Request) -> web.Response:
        return answer({"kind": person_of(request).kind})

    @routes.get("/api/broken/{secret}", who=ANYONE)
    async def broken(request: web.Request) -> web.Response:
        raise RuntimeError(f"the password is {request.match_info['secret']}")

    return routes


@pytest.fixture
async def open_client(tmp_path: Path) -> AsyncIterator[Open]:
    """Opens the application with these settings, and further routes if any."""
    async with contextlib.AsyncExitStack() as stack:

        async def open_client(*more: Routes, **changes: Any) -> Client:
            app = web.Application()
            given = {"data_folder": tmp_path, "secret": SecretStr("s" * 40), **changes}
            ground(app, Settings(**given), b"k" * 32)
            app[IDENTITY] = cast("Identity", Known())
            for some in (routes(), *more):
                some.join(app)
            return await stack.enter_async_context(TestClient(TestServer(app)))

        yield open_client


@pytest.fixture
async def client(open_client: Open) -> Client:
    return await open_client()


def page(client: Client, **more: str) -> dict[str, str]:
    """The headers that a page of the application itself sends."""
    origin = str(client.make_url("/")).rstrip("/")
    return {"Origin": origin, "X-Plusone": "1", **more}
