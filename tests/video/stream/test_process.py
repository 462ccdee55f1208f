"""The media process: started with the service, watched, started again, and gone with it."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from core.clock import SystemClock
from core.errors import Unavailable
from tests.service import settings_for
from tests.waiting import until
from video.stream import process as module
from video.stream.process import EngineElsewhere, EngineProcess

TOKEN = "a token"
SERVICE = "http://127.0.0.1:9"
"""Nobody listens there: nothing is told."""
SHOW = "shw_01K6ZZZZZZZZZZZZZZZZZZZZZA"


class House:
    """Starts a media process, and keeps what is said of it."""

    def __init__(self, folder: Path, **settings: Any) -> None:
        self.gone: list[int | None] = []
        """The process's id each time it was said to be gone."""
        self.broken = 0
        """So many times the news cannot be taken down."""
        settings = {"media_addresses": ("127.0.0.1",), **settings}
        made = settings_for("sqlite:///x.sqlite", folder, **settings)
        self.moved: list[str | None] = []
        self.process = EngineProcess(made, SystemClock(), TOKEN, self._gone, self.moved.append)

    async def _gone(self) -> None:
        self.gone.append(self.process.pid)
        if self.broken:
            self.broken -= 1
            raise Unavailable("the database is away")

    async def started(self) -> int:
        """Wait until it answers; returns its id."""
        await until(lambda: self.process.pid)
        assert await self.health() == 200
        assert self.process.pid is not None
        return self.process.pid

    async def health(self) -> int:
        headers = {"Authorization": f"Bearer {TOKEN}"}
        url = f"{self.process.reached}/control/health"
        async with self.process.http.get(url, headers=headers) as response:
            return response.status


@contextlib.asynccontextmanager
async def running(house: House) -> AsyncIterator[House]:
    task = asyncio.create_task(house.process.run(SERVICE))
    try:
        yield house
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def said(pid: int, file: str) -> bytes:
    """What the system says of a process. Raises OSError where there is none."""
    return Path(f"/proc/{pid}/{file}").read_bytes()


def alive(pid: int) -> bool:
    with contextlib.suppress(OSError):
        return said(pid, "stat").rpartition(b")")[2].split()[0] != b"Z"
    return False


async def test_it_is_there_as_long_as_it_is_wanted(tmp_path: Path) -> None:
    async with running(House(tmp_path)) as house:
        pid = await house.started()
        assert house.gone == [None], "the one before may have died with its service"
        await house.process.end(SHOW)
        await house.process.forget(SHOW)
    assert not alive(pid)
    assert house.process.address is None
    with pytest.raises(Unavailable):
        await house.process.end(SHOW)


async def test_another_process_asks_it_by_its_address_alone(tmp_path: Path) -> None:
    elsewhere = EngineElsewhere(TOKEN)
    task = asyncio.create_task(elsewhere.run())
    async with running(House(tmp_path)) as house:
        await house.started()
        with pytest.raises(Unavailable):
            await elsewhere.end(SHOW)
        [elsewhere.address] = house.moved
        await elsewhere.end(SHOW)
        await elsewhere.forget(SHOW)
    assert house.moved == [elsewhere.address, None], "whoever asks it is told that it went"
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    with pytest.raises(Unavailable):
        elsewhere.http  # noqa: B018 (it raises)


async def test_while_it_is_not_there_nothing_can_be_asked_of_it(tmp_path: Path) -> None:
    house = House(tmp_path)
    for ask in (house.process.end, house.process.forget):
        with pytest.raises(Unavailable):
            await ask(SHOW)
    with pytest.raises(Unavailable):
        house.process.reached  # noqa: B018 (it raises)


async def test_one_that_dies_is_told_at_once_and_started_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    again = asyncio.Event()

    async def paused(_seconds: float) -> None:
        await again.wait()

    async with running(House(tmp_path)) as house:
        first = await house.started()
        with monkeypatch.context() as patch:
            patch.setattr(module, "asyncio", Paused(paused))
            os.kill(first, signal.SIGKILL)
            await until(lambda: house.gone, [None, None].__eq__)
            assert house.process.address is None
            again.set()
            assert await house.started() != first
        assert house.gone == [None, None]


class Paused:
    """`asyncio`, but for its sleep."""

    def __init__(self, sleep: Any) -> None:
        self.sleep = sleep

    def __getattr__(self, name: str) -> Any:
        return getattr(asyncio, name)


async def test_it_is_started_though_its_end_could_not_be_taken_down(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The database may be away at that moment, and is asked again."""
    tried = asyncio.Event()

    async def once(_process: EngineProcess, _service: str) -> None:
        tried.set()
        await asyncio.Event().wait()

    monkeypatch.setattr(module, "PAUSES_S", (0.01,))
    monkeypatch.setattr(EngineProcess, "_once", once)
    house = House(tmp_path)
    house.broken = 3
    async with running(house), asyncio.timeout(30):
        await tried.wait()
    assert len(house.gone) == 4


async def test_one_that_does_not_start_is_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "PAUSES_S", (0.01,))
    with monkeypatch.context() as patch:
        patch.setattr(sys, "executable", "/bin/false")
        async with running(House(tmp_path)) as house:
            await until(lambda: len(house.gone) > 2)
            patch.setattr(sys, "executable", "/nowhere/python")
            tried = len(house.gone)
            await until(lambda: len(house.gone) > tried + 2)
            assert house.process.address is None


async def test_it_follows_the_settings_and_its_secret_is_told_to_nobody_else(
    tmp_path: Path,
) -> None:
    """What it logs follows the service's settings; what it needs to know comes by its input."""
    settings = {"log_level": "error", "log_format": "json", "media_host": "::1"}
    async with running(House(tmp_path, **settings)) as house:
        pid = await house.started()
        assert house.process.reached.startswith("http://[::1]:")
        environment, command = said(pid, "environ"), said(pid, "cmdline")
        assert b"PLUSONE_LOG_LEVEL=error\0" in environment
        assert b"PLUSONE_LOG_FORMAT=json\0" in environment
    assert TOKEN.encode() not in environment + command
