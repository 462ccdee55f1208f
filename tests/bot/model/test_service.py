"""A model in the whole service: asked through a socket, and nobody sees more than what holds."""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest
from pydantic import SecretStr

from tests.bot.model.server import Reply, calls, fails, says
from tests.bot.model.server import serving as serving_model
from tests.service import serving, settings_for
from tests.web.test_bot import House, answered, furnished

SEARCH = calls(("search_products", {"words": "剝皮辣椒"}))


@pytest.mark.parametrize(
    ("replies", "by_model"),
    [
        ((SEARCH, says("剝皮辣椒一罐 NT$360，", "很下飯喔！")), True),
        ((SEARCH, says("剝皮辣椒一罐 NT$1，", "很下飯喔！")), False),
        ((fails(500),), False),
    ],
    ids=["true", "invented", "down"],
)
async def test_a_customer_reads_what_holds(
    replies: tuple[Reply, ...], by_model: bool, sqlite_url: str, tmp_path: Path
) -> None:
    await furnished(sqlite_url)
    async with serving_model(*replies) as model:
        settings = settings_for(
            sqlite_url,
            tmp_path,
            bot=True,
            bot_model="openai:scripted",
            bot_model_url=model.url,
            bot_model_key=SecretStr("a-key"),
        )
        async with serving(settings) as service, contextlib.AsyncExitStack() as stack:
            line, _ = await House(service, stack).customer()
            said = await answered(line, "剝皮辣椒多少錢？")
    assert ("很下飯" in said["text"]) is by_model
    assert "360" in said["text"]
    assert "NT$1，" not in said["text"]
    assert model.asked
