"""The whole service on both databases, or on SQLite where a test is not about data."""

import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from live import audience
from tests.service import Browser, Service, serving, settings_for
from tests.web.stage import Stage


@pytest.fixture
async def service(database_url: str, tmp_path: Path) -> AsyncIterator[Service]:
    """The service, once on SQLite and once on PostgreSQL."""
    async with serving(settings_for(database_url, tmp_path)) as service:
        yield service


@pytest.fixture
async def any_service(sqlite_url: str, tmp_path: Path) -> AsyncIterator[Service]:
    """The service on SQLite, for tests that no table changes the answer of."""
    async with serving(settings_for(sqlite_url, tmp_path)) as service:
        yield service


@pytest.fixture
async def browser(service: Service) -> Browser:
    return await service.browser()


@pytest.fixture
async def any_browser(any_service: Service) -> Browser:
    return await any_service.browser()


@pytest.fixture
async def stage(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Stage]:
    """A show with people in it, once on SQLite and once on PostgreSQL."""
    monkeypatch.setattr(audience, "PULSE_S", 3_600)  # nobody counts the viewers meanwhile
    settings = settings_for(database_url, tmp_path, media_engine="none")
    async with serving(settings) as service, contextlib.AsyncExitStack() as stack:
        stage = Stage(service, stack)
        await stage.begin()
        yield stage
