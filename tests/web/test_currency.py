"""What is there already keeps its currency: its amounts are never read as another one's."""

import contextlib
import os
import sys
from asyncio import create_subprocess_exec, subprocess, wait_for
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from commerce_bridge.embedded import demo
from core.errors import Conflict
from core.identity.model import Person, Role
from core.settings import Settings
from live import commands as c
from live.events import Rules
from live.routes import SHOWS
from tests.service import Service, serving, settings_for
from web.keys import CLOCK, DATABASE
from web.live import SHOP

ROOT = Path(__file__).parents[2]
HOST = Person("staff", "stf_1", name="阿禾", roles=frozenset({Role.HOST}))


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    return settings_for(database_url, tmp_path, currency="TWD")


@contextlib.asynccontextmanager
async def in_dollars(settings: Settings) -> AsyncIterator[Service]:
    async with serving(settings.model_copy(update={"currency": "USD"})) as service:
        yield service


async def create(service: Service) -> str:
    return await service.app[SHOWS].create(
        HOST, title="秋釀", host_name="阿禾", poster=None, starts_at=None, rules=Rules()
    )


async def test_an_empty_database_takes_any_currency(settings: Settings) -> None:
    async with serving(settings):
        pass
    async with in_dollars(settings) as service:
        await create(service)


async def test_products_in_another_currency_keep_the_service_from_starting(
    settings: Settings,
) -> None:
    async with serving(settings) as service:
        await demo.furnish(service.app[DATABASE], service.app[CLOCK], settings.currency)
    with pytest.raises(Conflict, match=r"products are priced in TWD.*currency says USD"):
        async with in_dollars(settings):
            pass
    async with serving(settings):
        pass


async def test_a_show_in_another_currency_does_so_until_it_has_ended(settings: Settings) -> None:
    async with serving(settings) as service:
        show = await create(service)
    with pytest.raises(Conflict, match=r"Shows that have not ended are priced in TWD"):
        async with in_dollars(settings):
            pass
    async with serving(settings) as service:
        for act in ("show.go_live", "show.end"):
            sent = c.SendRun.model_validate(
                {"request_id": "request-" + act[5:], "do": {"type": act}}
            )
            await service.app[SHOWS].run(HOST, show, sent)
    async with in_dollars(settings):
        pass


@pytest.mark.parametrize("command", [["serve"], ["import", "products.csv"]])
async def test_the_command_says_why_and_does_nothing(
    settings: Settings, tmp_path: Path, command: list[str]
) -> None:
    async with serving(settings) as service:
        await demo.furnish(service.app[DATABASE], service.app[CLOCK], settings.currency)
    (tmp_path / "products.csv").write_text("title,sku,price\nSauce,S1,12.50\n")
    given = {"DATABASE_URL": settings.database, "DATA_FOLDER": tmp_path, "CURRENCY": "USD"}
    process = await create_subprocess_exec(
        sys.executable,
        "-m",
        "web.command_line",
        *command,
        env=os.environ
        | {"PYTHONPATH": str(ROOT)}
        | {f"PLUSONE_{name}": str(value) for name, value in given.items()},
        cwd=tmp_path,
        stderr=subprocess.PIPE,
    )
    _, said = await wait_for(process.communicate(), 60)
    assert process.returncode == 1
    [why] = [line for line in said.decode().splitlines() if line.startswith("plusone: ")]
    assert "priced in TWD" in why
    assert "PLUSONE_CURRENCY" in why
    async with serving(settings) as service:
        skus = {v.sku for p in await service.app[SHOP].products() for v in p.variants}
        assert skus.isdisjoint({"S1"})
