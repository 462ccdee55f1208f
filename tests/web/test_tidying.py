"""What is kept no longer than the settings say."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from core.errors import Unavailable
from tests.service import serving, settings_for
from web import chat, picture


@pytest.mark.parametrize("error", [Unavailable("The disk is away."), ZeroDivisionError()])
async def test_what_cannot_be_forgotten_keeps_nothing_else(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    came = asyncio.Event()

    async def fail(*_: Any) -> None:
        raise error

    async def forget(*_: Any) -> None:
        came.set()

    monkeypatch.setattr(chat, "erase_old", fail)
    monkeypatch.setattr(picture, "forget_old", forget)
    async with asyncio.timeout(60), serving(settings_for(sqlite_url, tmp_path)):
        await came.wait()
