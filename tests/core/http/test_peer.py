"""Whence a request comes, and what the answer tells a browser to be careful with."""

import pytest
import structlog

from core.http.headers import policy
from core.http.peer import Origins
from core.settings import Settings
from tests.core.http.conftest import Client, Open, page


async def address(client: Client, *forwarded: str) -> str:
    headers = [("X-Forwarded-For", entry) for entry in forwarded]
    async with client.get("/api/anyone", headers=headers) as response:
        return str((await response.json())["address"])


async def test_without_a_proxy_nobody_chooses_her_own_address(client: Client) -> None:
    assert await address(client) == "127.0.0.1"
    assert await address(client, "203.0.113.9") == "127.0.0.1"


@pytest.mark.parametrize(
    ("trusted", "forwarded", "found"),
    [
        ("127.0.0.1", ("203.0.113.9",), "203.0.113.9"),
        ("127.0.0.1", ("198.51.100.1, 203.0.113.9",), "203.0.113.9"),
        ("127.0.0.1", ("198.51.100.1", "203.0.113.9"), "203.0.113.9"),
        ("127.0.0.0/8", ("198.51.100.1,203.0.113.9 , 127.3.2.1",), "203.0.113.9"),
        ("127.0.0.1,10.0.0.0/8", ("198.51.100.1, 203.0.113.9, 10.0.0.1",), "203.0.113.9"),
        ("127.0.0.1,10.0.0.0/8", ("10.9.9.9, 203.0.113.9, 10.0.0.1",), "203.0.113.9"),
        ("127.0.0.1,10.0.0.0/8", ("203.0.113.9, ::ffff:10.0.0.1",), "203.0.113.9"),
        ("127.0.0.1,2001:db8:ff::/48", ("203.0.113.9, 2001:db8:ff:7::1",), "203.0.113.9"),
        ("127.0.0.1", ("2001:db8:1:2:3:4:5:6",), "2001:db8:1:2::/64"),
        ("127.0.0.1", ("::ffff:203.0.113.9",), "203.0.113.9"),
        ("127.0.0.1,10.0.0.0/8", ("10.0.0.2, 10.0.0.1",), "10.0.0.2"),
        ("127.0.0.1", ("203.0.113.9, unknown",), ""),
        ("127.0.0.1", ("",), "127.0.0.1"),
        ("127.0.0.1", ("203.0.113.9, ",), "203.0.113.9"),
        ("127.0.0.1", ("1" * 5_000,), ""),
    ],
)
async def test_behind_proxies_that_are_named_the_last_that_they_wrote_counts(
    open_client: Open, trusted: str, forwarded: tuple[str, ...], found: str
) -> None:
    client = await open_client(trusted_proxies=trusted)
    assert await address(client, *forwarded) == found


@pytest.mark.parametrize("trusted", ["10.0.0.0/8", "127.0.0.2", "::1", "2001:db8::/32"])
async def test_of_a_peer_that_is_not_named_nothing_is_believed(
    open_client: Open, trusted: str
) -> None:
    """Whoever reaches the port itself writes what she likes, also the names of proxies."""
    client = await open_client(trusted_proxies=trusted)
    assert await address(client, "203.0.113.9, 10.0.0.1") == "127.0.0.1"
    async with client.get("/api/anyone", headers={"X-Forwarded-Proto": "https"}) as response:
        assert "Strict-Transport-Security" not in response.headers


async def test_what_the_client_wrote_herself_stays_behind_what_the_proxy_adds(
    open_client: Open,
) -> None:
    client = await open_client(trusted_proxies="127.0.0.1,10.0.0.0/8")
    forged = "10.0.0.1, 127.0.0.1, 10.0.0.2"
    assert await address(client, f"{forged}, 203.0.113.9, 10.0.0.1") == "203.0.113.9"


async def test_browsers_are_told_to_be_careful(client: Client) -> None:
    for path in ("/api/anyone", "/api/nowhere", "/api/hosts", "/api/broken/x"):
        async with client.get(path) as response:
            headers = response.headers
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "same-origin"
        assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
        assert "Strict-Transport-Security" not in headers
        assert headers["Server"] == "plusone"
        assert len(headers["X-Request-Id"]) == 16


def test_nothing_inline_runs() -> None:
    said = policy("wss://live.example.com")
    assert "unsafe" not in said
    assert "script-src 'self';" in said
    assert "connect-src 'self' wss://live.example.com;" in said
    assert "object-src 'none'" in said


async def test_https_is_asked_for_where_it_is_spoken(open_client: Open) -> None:
    public = await open_client(public_url="https://live.example.com")
    async with public.get("/api/anyone") as response:
        assert response.headers["Strict-Transport-Security"] == "max-age=31536000"
    behind = await open_client(trusted_proxies="127.0.0.1")
    for said, spoken in (("https", True), ("http", False)):
        async with behind.get("/api/anyone", headers={"X-Forwarded-Proto": said}) as response:
            assert ("Strict-Transport-Security" in response.headers) is spoken
    direct = await open_client()
    async with direct.get("/api/anyone", headers={"X-Forwarded-Proto": "https"}) as response:
        assert "Strict-Transport-Security" not in response.headers


async def test_of_several_proxies_the_one_at_the_edge_says_how_the_browser_came(
    open_client: Open,
) -> None:
    client = await open_client(trusted_proxies="127.0.0.1,10.0.0.0/8")
    for said, spoken in (
        ("https, http", True),
        ("https", True),
        ("https, http, http", False),
        ("http, https", False),
    ):
        headers = {"X-Forwarded-For": "203.0.113.9, 10.0.0.1", "X-Forwarded-Proto": said}
        async with client.get("/api/anyone", headers=headers) as response:
            assert ("Strict-Transport-Security" in response.headers) is spoken


async def test_a_client_cannot_say_that_she_came_by_https(open_client: Open) -> None:
    """The proxy adds how she came; what she sent with it stands before."""
    client = await open_client(trusted_proxies="127.0.0.1")
    headers = {"X-Forwarded-For": "10.0.0.1, 203.0.113.9", "X-Forwarded-Proto": "https, http"}
    async with client.get("/api/anyone", headers=headers) as response:
        assert "Strict-Transport-Security" not in response.headers


async def test_methods_that_nothing_here_has_are_one_figure(client: Client) -> None:
    with structlog.testing.capture_logs() as logs:
        async with client.request("PROPFIND", "/api/anyone") as response:
            assert response.status == 405
    assert logs[-1]["method"] == "other"


def test_origins_are_compared_as_browsers_write_them() -> None:
    origins = Origins(Settings(public_url="https://Live.Example.com:443/shop"))  # type: ignore[arg-type]
    assert origins.allow("https://live.example.com", "x", "http")
    for origin in ("https://live.example.com:8443", "null", "", "https://live.example.com/"):
        assert not origins.allow(origin, "live.example.com", "https")


async def test_the_log_says_what_was_asked_and_not_by_whom(client: Client) -> None:
    with structlog.testing.capture_logs() as logs:
        async with client.post(
            "/api/notes?token=hunter2", json={"text": "0912345678"}, headers=page(client)
        ) as response:
            await response.read()
        async with client.get(
            "/api/broken/hunter2", headers={"Cookie": "plusone=guest", "Referer": "/hunter2"}
        ) as response:
            await response.read()
    lines = [entry for entry in logs if entry["event"] == "http"]
    assert [(line["route"], line["status"], line["who"]) for line in lines] == [
        ("/api/notes", 201, "nobody"),
        ("/api/broken/{secret}", 500, "guest"),
    ]
    for hidden in ("hunter2", "0912345678", "127.0.0.1", "cus_1", "小美"):
        assert hidden not in str(lines)
    assert lines[0]["address"] == lines[1]["address"]
