"""A shop with a show, and one of each kind of person in it."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from commerce_bridge.embedded import demo
from core.identity.model import Role
from tests.service import Browser, Service, serving, settings_for
from video.stream.passage import ENGINE_PROCESS
from web import pages, picture
from web.keys import CLOCK, DATABASE, SETTINGS

MINUTE_MS = 60_000


@pytest.fixture
async def service(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Service]:
    """The whole service with the demo's products, and pages of one line each."""
    built = tmp_path / "static"
    for name in ("assets/a.js", "demo/a01.svg", "favicon.svg"):
        (built / name).parent.mkdir(parents=True, exist_ok=True)
        (built / name).write_text(name)
    for kind in pages.PAGES.values():
        (built / f"{kind}.html").write_text(kind)
    monkeypatch.setattr(pages, "STATIC", built)
    async with serving(settings_for(database_url, tmp_path)) as service:
        app = service.app
        await demo.furnish(app[DATABASE], app[CLOCK], app[SETTINGS].currency)
        async with picture.engine(app, service.address):
            while app[ENGINE_PROCESS].address is None:  # noqa: ASYNC110 (nobody tells)
                await asyncio.sleep(0.01)
            yield service


@pytest.fixture
async def browsers(service: Service) -> dict[str, Browser]:
    """One for each of `PEOPLE`, signed in."""
    found = {"nobody": await service.browser()}
    found["guest"] = await service.browser()
    await found["guest"].become_guest()
    for name in ("customer", "other"):
        found[name] = await service.browser()
        await found[name].become_customer(f"{name}@example.com", name)
    for role in Role:
        await service.add_staff(f"{role}@example.com", role)
        found[role.value] = await service.browser()
        await found[role.value].become_staff(f"{role}@example.com")
    return found


@pytest.fixture
async def stack() -> AsyncIterator[contextlib.AsyncExitStack]:
    async with contextlib.AsyncExitStack() as stack:
        yield stack
