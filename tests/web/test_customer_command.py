"""`plusone customer` beside a service that runs: what a customer wrote goes out, and goes."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from pydantic import SecretStr

from core.identity.model import Role
from tests.chat.conftest import House
from tests.service import serving, settings_for
from tests.video.stream.waiting import until
from web.command_line import main

MAY = "may@example.com"


@pytest.fixture
async def house(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[House]:
    settings = settings_for(database_url, tmp_path)
    for name, value in (
        ("DATABASE_URL", database_url),
        ("DATA_FOLDER", str(tmp_path)),
        ("SECRET", SecretStr("s" * 40).get_secret_value()),
        ("SETTINGS", str(tmp_path / "none.toml")),
    ):
        monkeypatch.setenv(f"PLUSONE_{name}", value)
    async with serving(settings) as service, contextlib.AsyncExitStack() as lines:
        yield House(service, lines)


async def customer(*words: str) -> int:
    """The command, in a thread: it runs a loop of its own."""
    return await asyncio.to_thread(main, ["customer", *words])


async def test_what_she_wrote_is_exported_whole(
    house: House, capsys: pytest.CaptureFixture[str]
) -> None:
    browser = await house.service.browser()
    await browser.become_customer(MAY)
    _, conversation = await house.asks("我住在某某路", browser)
    desk = await house.at_desk(await house.staff("ji", Role.REP))
    await desk.join(conversation)
    await desk.acts("note", text="老客人")
    capsys.readouterr()
    assert await customer("export", MAY) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["customer"]["email"] == MAY
    [talk] = found["conversations"]
    assert talk["id"] == conversation
    assert {"我住在某某路", "老客人"} <= {event.get("text") for event in talk["events"]}


async def test_what_she_wrote_is_blanked_where_it_is_open(
    house: House, capsys: pytest.CaptureFixture[str]
) -> None:
    browser = await house.service.browser()
    her = await browser.become_customer(MAY)
    line, conversation = await house.asks("我住在某某路", browser)
    _, other = await house.asks("我是別人", await house.guest("阿德"))
    desk = await house.at_desk(await house.staff("ji", Role.REP))
    assert await customer("erase", her) == 1
    assert "--yes" in capsys.readouterr().err
    assert await customer("erase", her, "--yes") == 0
    assert "Conversations: 1;" in capsys.readouterr().out

    async def seen() -> str:
        return str(await desk.join(conversation))

    await until(seen, lambda view: "某某路" not in view)
    assert "我是別人" in str(await desk.join(other))
    assert await customer("export", her) == 0
    assert "某某路" not in capsys.readouterr().out
    await line.says("我又來了")


@pytest.mark.parametrize("who", ["nobody@example.com", "cus_" + "0" * 26, "x"])
async def test_who_is_nobody_is_said_in_a_line(
    house: House, capsys: pytest.CaptureFixture[str], who: str
) -> None:
    assert await customer("export", who) == 1
    assert capsys.readouterr().err.strip().endswith("No customer is called so.")
