"""A sale in browsers as a large shop has it: two workers behind nginx, Redis between them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import expect
from pydantic import SecretStr

from core.settings import Settings
from tests.behind_nginx import Behind, behind_nginx
from tests.browser.chat import Chat
from tests.browser.desk import Desk
from tests.browser.stage import HOST, OPERATOR, Stage
from tests.browser.studio import Studio
from tests.browser.till import OrderDesk, Receipt, Till
from tests.browser.viewer import Viewer
from tests.browser.visits import Visits
from tests.servers import RedisServer
from web.commands.demo import furnish
from web.demo.client import Client

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(200)]

SECRET = "a secret of these workers alone, long enough"


@pytest_asyncio.fixture(loop_scope="session")
async def shop(
    built_pages: None, postgres_url: str, redis_server: RedisServer, tmp_path: Path
) -> AsyncIterator[Behind]:
    """The demo's shop and staff, served by two workers."""
    settings = Settings(
        database_url=postgres_url, data_folder=tmp_path / "data", secret=SecretStr(SECRET)
    )
    await furnish(settings)
    with behind_nginx(tmp_path, postgres_url, redis_server, PLUSONE_SECRET=SECRET) as shop:
        await shop.started()
        yield shop


async def test_a_viewer_claims_checks_out_and_is_answered_whichever_worker_serves_whom(
    shop: Behind, visits: Visits
) -> None:
    async with Client(shop.address) as host:
        await host.post("/api/session/staff", HOST)
        stage = await Stage.set(host)
        await stage.item("A01", pieces=5, is_open=False)
        studio = await Studio.at(await visits.staff("desktop", HOST), stage.studio)
        viewers = [
            await Viewer.at(await visits.open("phone", name=name), stage.path, name)
            for name in ("小美", "雨晴")
        ]
        await studio.opens("A01")
        for left, viewer in zip((5, 4), viewers, strict=True):
            await expect(viewer.page.get_by_text(f"剩 {left}")).to_be_visible()
            await viewer.types("+1")
            await viewer.says_her_name()
            await viewer.holds(1)
        for viewer in viewers:
            await expect(viewer.page.get_by_text("剩 3")).to_be_visible()
        await studio.figure("已保留", "2件")

        mei = viewers[0]
        till = Till(mei.page)
        await till.open()
        await till.pickup("信義店")
        await till.contact(mei.name)
        await till.pays_by("取貨付款")
        await till.order()
        await till.sees_the_order()
        number = await Receipt(mei.page).number()
        await studio.figure("已下單", "1件")
        orders = OrderDesk(await visits.staff("desktop", OPERATOR))
        await orders.page.goto("/staff/orders")
        await expect(orders.order(number)).to_contain_text("信義店")

        chat = Chat(mei.page)
        await mei.page.goto("/")
        await chat.open()
        await chat.says("什麼時候可以拿？")
        async with Desk.opened(shop.address) as desk:
            await desk.take(mei.name)
            await desk.say("明天下午就好。")
            await chat.sees("明天下午就好。")
        await stage.end()
    assert not shop.nginx.log
