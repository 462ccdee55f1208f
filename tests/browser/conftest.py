"""Browsers, the shop that they visit, and a live show in it."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import AsyncIterator, Generator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, async_playwright, expect

from tests.browser.call import end_all
from tests.browser.pages_built import build_if_stale
from tests.browser.shop_process import ShopProcess
from tests.browser.stage import HOST, Stage
from tests.browser.visits import FLAGS, PATIENCE_MS, Visits
from tests.servers import TurnServer
from tools.doctor import chromium
from web.demo.client import Client

_failed = pytest.StashKey[bool]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if call.when == "call":
        item.stash[_failed] = report.failed
    return report


@pytest.fixture(scope="session")
def built_pages() -> None:
    build_if_stale()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    """Chromium, once for all tests."""
    expect.set_options(timeout=PATIENCE_MS)
    program = chromium()
    assert program is not None, "Chromium is missing: `make doctor` says what to install"
    async with async_playwright() as playwright:
        # Chromium's own sandbox refuses to serve root.
        browser = await playwright.chromium.launch(
            executable_path=program, args=FLAGS, chromium_sandbox=os.geteuid() != 0
        )
        yield browser
        await browser.close()


@pytest.fixture(scope="session")
def turn() -> Iterator[TurnServer]:
    """What carries calls that are to go by no other way."""
    with TurnServer() as server:
        yield server


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def shop(
    built_pages: None, turn: TurnServer, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[ShopProcess]:
    """The shop of all tests; each has a show of its own in it."""
    relays = {"TURN_URLS": json.dumps([turn.udp]), "TURN_SECRET": turn.secret}
    async for one in _shop(tmp_path_factory.mktemp("shop"), **relays):
        yield one


@pytest_asyncio.fixture(loop_scope="session")
async def own_shop(built_pages: None, tmp_path: Path) -> AsyncIterator[ShopProcess]:
    """A shop for one test, to be killed and started again."""
    async for one in _shop(tmp_path):
        yield one


async def _shop(folder: Path, **settings: object) -> AsyncIterator[ShopProcess]:
    shop = ShopProcess(folder, **settings)
    try:
        await shop.start()
        yield shop
    finally:
        await asyncio.to_thread(shop.stop)
    said = shop.log.read_text(encoding="utf-8")
    assert "[error" not in said, said
    assert "Traceback" not in said, said


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def host(shop: ShopProcess) -> AsyncIterator[Client]:
    """The host, outside of any page: makes the shows that the pages look at."""
    async with Client(shop.address) as client:
        await client.post("/api/session/staff", HOST)
        yield client


@pytest_asyncio.fixture(loop_scope="session")
async def nobody_talks(shop: ShopProcess) -> None:
    """Every rep is free: no call of the test before goes on."""
    async with asyncio.timeout(60):
        await end_all(shop)


@pytest_asyncio.fixture(loop_scope="session")
async def stage(host: Client) -> AsyncIterator[Stage]:
    """A live show with nothing in its run-down yet."""
    stage = await Stage.set(host)
    yield stage
    await stage.end()


@pytest_asyncio.fixture(loop_scope="session")
async def visits(
    browser: Browser, shop: ShopProcess, tmp_path: Path, request: pytest.FixtureRequest
) -> AsyncIterator[Visits]:
    """Opens browsers at the shop; what a page complains of fails the test."""
    visits = Visits(browser, shop.address, tmp_path / "browsers")
    yield visits
    complaints = await visits.close(failed=request.node.stash.get(_failed, True))
    assert not complaints, "\n".join(complaints)
