"""Who may: audiences, and pages of others that use a browser's cookie."""

import pytest
from aiohttp import web
from yarl import URL

from core.http import ANYONE, Routes, answer, staff
from core.http.routes import Audience
from core.identity.model import Role
from tests.core.http.conftest import PEOPLE, Client, Open, page

NOTE = {"text": "hello"}


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("/api/anyone", {"nobody", *PEOPLE}),
        ("/api/customers", {"guest", "customer"}),
        ("/api/hosts", {"host", "operator"}),
        ("/api/either", {"guest", "customer", "rep"}),
    ],
)
@pytest.mark.parametrize("who", ["nobody", *PEOPLE])
async def test_each_route_is_for_its_audience(
    client: Client, path: str, allowed: set[str], who: str
) -> None:
    cookies = {} if who == "nobody" else {"Cookie": f"plusone={who}"}
    async with client.get(path, headers=cookies) as response:
        status = response.status
        body = await response.json()
    if who in allowed:
        assert status == 200
    elif who == "nobody":
        assert (status, body["code"]) == (401, "not_signed_in")
    else:
        assert (status, body["code"]) == (403, "forbidden")


def test_staff_without_a_role_named_are_all_staff() -> None:
    assert staff() == Audience(roles=frozenset(Role))
    assert (staff(Role.HOST) | staff(Role.REP)).roles == {Role.HOST, Role.REP}


async def test_a_route_that_names_no_audience_is_for_nobody(open_client: Open) -> None:
    class Forgetful(Routes):
        def join(self, app: web.Application) -> None:
            async def handler(_request: web.Request) -> web.Response:
                return answer({"all": "secrets"})

            app.router.add_get("/api/forgotten", handler)

    client = await open_client(Forgetful())
    async with client.get("/api/forgotten", headers={"Cookie": "plusone=operator"}) as response:
        assert response.status == 403


async def test_an_address_that_no_database_takes_reaches_no_handler(client: Client) -> None:
    for path, status, code in (
        ("/api/broken/a%00b", 404, "not_found"),
        ("/api/anyone?q=%00", 400, "bad_request"),
        ("/api/customers?q=%00", 401, "not_signed_in"),
    ):
        async with client.get(URL(path, encoded=True)) as response:
            assert (response.status, (await response.json())["code"]) == (status, code)


async def test_a_page_of_ours_may_change_things(client: Client) -> None:
    async with client.post("/api/notes", json=NOTE, headers=page(client)) as response:
        assert response.status == 201


@pytest.mark.parametrize(
    "changes",
    [
        {"X-Plusone": ""},
        {"X-Plusone": "0"},
        {"Origin": ""},
        {"Origin": "null"},
        {"Origin": "https://evil.example"},
        {"Origin": "http://127.0.0.1"},
    ],
)
async def test_a_page_of_others_may_not(client: Client, changes: dict[str, str]) -> None:
    async with client.post("/api/notes", json=NOTE, headers=page(client, **changes)) as response:
        assert response.status == 403
        assert (await response.json())["code"] == "forbidden"


@pytest.mark.parametrize("header", ["X-Plusone", "Origin"])
async def test_a_call_without_what_a_page_sends_changes_nothing(
    client: Client, header: str
) -> None:
    headers = page(client)
    del headers[header]
    async with client.post("/api/notes", json=NOTE, headers=headers) as response:
        assert response.status == 403


async def test_with_a_public_address_only_its_origin_may(open_client: Open) -> None:
    client = await open_client(
        public_url="https://live.example.com:443/", allowed_origins=("https://Shop.example.com",)
    )
    for origin, status in (
        ("https://live.example.com", 201),
        ("https://shop.example.com", 201),
        ("http://live.example.com", 403),
        ("https://live.example.com.evil.example", 403),
        (page(client)["Origin"], 403),
    ):
        headers = page(client, Origin=origin)
        async with client.post("/api/notes", json=NOTE, headers=headers) as response:
            assert response.status == status, origin


async def test_a_call_of_another_service_carries_no_cookies_rights(client: Client) -> None:
    headers = {"Cookie": "plusone=operator"}
    async with client.post("/api/callback", headers=headers) as response:
        assert response.status == 200
        assert (await response.json())["kind"] == "nobody"


async def test_a_page_that_the_settings_allow_may_ask_and_read(open_client: Open) -> None:
    client = await open_client(allowed_origins=("https://shop.example.com",))
    asked = {"Access-Control-Request-Method": "POST", "Origin": "https://shop.example.com"}
    async with client.options("/api/notes", headers=asked) as response:
        assert response.status == 204
        assert response.headers["Access-Control-Allow-Origin"] == "https://shop.example.com"
        assert "X-Plusone" in response.headers["Access-Control-Allow-Headers"]
    async with client.options(
        "/api/notes", headers=asked | {"Origin": "https://evil.example"}
    ) as response:
        assert response.status == 405
        assert "Access-Control-Allow-Origin" not in response.headers
    async with client.get("/api/anyone", headers={"Origin": "https://evil.example"}) as response:
        assert "Access-Control-Allow-Origin" not in response.headers
        assert response.headers["Vary"] == "Origin"


async def test_without_further_origins_nothing_is_shared(client: Client) -> None:
    asked = {"Access-Control-Request-Method": "POST", "Origin": "https://evil.example"}
    async with client.options("/api/notes", headers=asked) as response:
        assert response.status == 405
        assert not any(name.startswith("Access-Control") for name in response.headers)


async def test_head_is_for_whom_get_is(client: Client) -> None:
    async with client.head("/api/hosts") as response:
        assert response.status == 401
    async with client.head("/api/anyone") as response:
        assert response.status == 200


def test_a_route_may_be_named_by_every_method() -> None:
    routes = Routes()
    for named in (routes.get, routes.post, routes.patch, routes.put, routes.delete):

        @named("/x", who=ANYONE)
        async def handler(_request: web.Request) -> web.Response:
            return answer({})

    assert [route.method for route in routes] == ["GET", "POST", "PATCH", "PUT", "DELETE"]
