"""`plusone customer` beside a service that runs: what a customer wrote goes out, and goes."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import sys
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from core.identity.model import Role
from tests.chat import image
from tests.chat.conftest import House
from tests.service import serving, settings_for
from tests.waiting import until
from tests.web.forked import Said, plusone

ROOT = Path(__file__).parents[2]
MAY = "may@example.com"


class Shop(House):
    """A service, and the command on the same database."""

    environment: dict[str, str]

    async def customer(self, *words: str) -> Said:
        return await asyncio.to_thread(plusone, self.environment, "customer", *words)

    async def types(self, *words: str) -> Said:
        """The same as it is typed, the program's own beginning included."""
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "web.command_line", *words),
            cwd=ROOT,
            stdout=PIPE,
            stderr=PIPE,
            env=os.environ | self.environment,
        )
        out, err = await process.communicate()
        return Said(process.returncode or 0, out.decode(), err.decode())


@pytest.fixture
async def shop(database_url: str, tmp_path: Path) -> AsyncIterator[Shop]:
    settings = settings_for(database_url, tmp_path)
    async with serving(settings) as service, contextlib.AsyncExitStack() as lines:
        shop = Shop(service, lines)
        (tmp_path / "none.toml").touch()
        shop.environment = {
            "PLUSONE_DATABASE_URL": database_url,
            "PLUSONE_DATA_FOLDER": str(tmp_path),
            "PLUSONE_SECRET": "s" * 40,
            "PLUSONE_SETTINGS": str(tmp_path / "none.toml"),
        }
        yield shop


async def test_what_she_wrote_is_exported_whole(shop: Shop) -> None:
    browser = await shop.service.browser()
    await browser.become_customer(MAY)
    _, conversation = await shop.asks("我住在某某路", browser)
    desk = await shop.at_desk(await shop.staff("ji", Role.REP))
    await desk.join(conversation)
    await desk.acts("note", text="老客人")
    found = json.loads((await shop.types("customer", "export", MAY)).out)
    assert found["customer"]["email"] == MAY
    assert found["points"] == {"history": [], "sent": [], "received": []}
    [talk] = found["conversations"]
    assert talk["id"] == conversation
    assert {"我住在某某路", "老客人"} <= {event.get("text") for event in talk["events"]}


async def test_what_she_wrote_is_blanked_where_it_is_open(shop: Shop) -> None:
    browser = await shop.service.browser()
    her = await browser.become_customer(MAY)
    line, conversation = await shop.asks("我住在某某路", browser)
    _, other = await shop.asks("我是別人", await shop.guest("阿德"))
    await until(lambda: line.talk["promised"])
    desk = await shop.at_desk(await shop.staff("ji", Role.REP))
    head = (await desk.join(conversation))["offset"]
    refused = await shop.customer("erase", her)
    assert (refused.status, "--yes" in refused.err) == (1, True)
    erased = (await shop.customer("erase", her, "--yes")).out
    assert "Conversations: 1;" in erased
    assert "letters to her: 1." in erased, "the code by which she signed in"

    # The service hears of it by itself.
    await until(lambda: desk.view["offset"] > head)
    assert "某某路" not in str(await desk.join(conversation))
    assert "我是別人" in str(await desk.join(other))
    assert "某某路" not in (await shop.customer("export", her)).out
    await line.says("我又來了")


async def test_pictures_are_exported_into_a_folder_and_deleted_with_the_words(
    shop: Shop, tmp_path: Path
) -> None:
    browser, stranger = await shop.service.browser(), await shop.guest("阿德")
    await browser.become_customer(MAY)
    line, _ = await shop.asks("我住在某某路", browser)
    ids = []
    for one in (browser, browser, stranger):
        reply = await one.ask("POST", "/api/chat/pictures", data=image.file(image.plain()))
        ids.append(reply.json["picture"]["id"])
    shown, unsent, foreign = ids
    await line.does("say", {"picture": shown})

    said = await shop.customer("export", MAY)
    [talk] = json.loads(said.out)["conversations"]
    assert [one["file"] for one in talk["pictures"]] == [f"{shown}.webp"]
    to = tmp_path / "hers"
    said = await shop.customer("export", MAY, "--to", str(to))
    assert "Conversations: 1; calls: 0; bookings: 0; pictures: 1." in said.out
    assert {path.name for path in to.iterdir()} == {"customer.json", f"{shown}.webp"}
    assert json.loads((to / "customer.json").read_text("utf-8"))["customer"]["email"] == MAY
    assert image.opened((to / f"{shown}.webp").read_bytes()).size == (60, 40)
    again = await shop.customer("export", MAY, "--to", str(to))
    assert (again.status, str(to) in again.err) == (1, True)

    assert "pictures deleted: 2;" in (await shop.customer("erase", MAY, "--yes")).out
    kept = {path.name for path in (tmp_path / "pictures").iterdir()}
    assert kept == {f"{foreign}.webp", f"{foreign}-small.webp"}
    for id in (shown, unsent):
        assert (await browser.get(f"/api/chat/pictures/{id}")).status == 404
    assert (await stranger.get(f"/api/chat/pictures/{foreign}")).status == 200


@pytest.mark.parametrize("who", ["nobody@example.com", "cus_" + "0" * 26, "x"])
async def test_who_is_nobody_is_said_in_a_line(shop: Shop, who: str) -> None:
    said = await shop.customer("export", who)
    assert (said.status, said.err.strip()) == (1, "plusone: No customer is called so.")


async def test_what_she_said_in_calls_is_exported_and_blanked(shop: Shop) -> None:
    browser = await shop.service.browser()
    await browser.become_customer(MAY)
    asked = await browser.post("/api/consult/calls", {"locale": "en", "text": "我住在某某路"})
    call = asked.json["call"]
    found = json.loads((await shop.customer("export", MAY)).out)
    [kept] = found["calls"]
    assert kept["id"] == call
    assert {"type": "call.asked", "text": "我住在某某路"}.items() <= kept["events"][0].items()
    assert "calls: 1;" in (await shop.customer("erase", MAY, "--yes")).out
    assert "某某路" not in (await shop.customer("export", MAY)).out
