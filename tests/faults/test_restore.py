"""A backup, and its restore, by the very commands of the operators' guide."""

from __future__ import annotations

import asyncio
import os
import re
import sys
from pathlib import Path
from typing import Any

import aiohttp
from sqlalchemy import text

from core.clock import ManualClock
from core.db import Database
from core.identity.model import Role
from core.rooms import log
from core.rooms.history import read_head
from live.store import SHOW
from tests.service import Service, serving, settings_for
from tests.viewers import Viewer
from tools.doctor import postgresql_programs

GUIDE = Path(__file__).parents[2] / "docs" / "operators" / "backup.md"
HOST = "host@example.com"
PICTURE = Path("pictures", "a.webp")


def commands(what: str) -> str:
    """The guide's commands for this, such as `backup sqlite`."""
    found = re.search(rf"^```sh {what}\n(.*?)^```$", GUIDE.read_text(), re.MULTILINE | re.DOTALL)
    assert found, f"the guide has no block of commands that is called {what}"
    return found[1]


class Operator:
    """Types what the guide says."""

    def __init__(self, folder: Path, database_url: str, data: Path) -> None:
        self.kind = database_url.partition(":")[0]
        self._folder = folder
        stand_ins = folder / "bin"
        stand_ins.mkdir()
        # The test itself is the system that stops and starts the service.
        (stand_ins / "systemctl").write_text('#!/bin/sh\necho "$@" >> "$SYSTEMCTL"\n')
        (stand_ins / "systemctl").chmod(0o755)
        (folder / "none.toml").touch()
        programs = [stand_ins, Path(sys.executable).parent, postgresql_programs()]
        self._environment = {
            **{name: value for name, value in os.environ.items() if "PLUSONE_" not in name},
            "PATH": os.pathsep.join([*map(str, programs), os.environ["PATH"]]),
            "PLUSONE_DATABASE_URL": database_url if self.kind == "postgresql" else "",
            "PLUSONE_DATA_FOLDER": str(data),
            "PLUSONE_SETTINGS": str(folder / "none.toml"),
            "SYSTEMCTL": str(folder / "systemctl"),
            "DATA": str(data),
            "COPY": str(folder / "copy"),
        }

    async def types(self, what: str) -> None:
        """`backup` or `restore`; raises AssertionError when a command fails."""
        status, said = await self.pastes(what, "-euo", "pipefail")
        assert status == 0, said

    async def pastes(self, what: str, *options: str) -> tuple[int | None, str]:
        """The whole of it into her shell, which goes on after a fault unless `options` say
        otherwise; how it ended, and what was said."""
        bash = await asyncio.create_subprocess_exec(
            *("bash", *options, "-c", commands(f"{what} {self.kind}")),
            env=self._environment,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        said, _ = await bash.communicate()
        return bash.returncode, said.decode()

    @property
    def told_the_system(self) -> list[str]:
        told = self._folder / "systemctl"
        return told.read_text().splitlines() if told.exists() else []


class Visitor:
    """Somebody in a show: what her page knows outlives the service that it knows it of."""

    def __init__(self) -> None:
        self.token: str | None = None
        self.stands: dict[str, Any] | None = None
        """Up to where she has seen the show; None before she has."""

    async def visits(self, service: Service, show: str, *says: str) -> dict[str, Any]:
        """Have her page come back with what it knows, and her say this; returns what it is told."""
        browser = await service.browser()
        if self.token is None:
            await browser.become_guest()
            self.token = browser.token
        else:
            browser.forge(self.token)
        async with aiohttp.ClientSession() as http:
            page = Viewer(browser, http)
            await page.connect()
            asked = {"show": show} | ({"since": self.stands} if self.stands else {})
            told = await page.ask("join", asked)
            assert told["ok"], told
            for text in says:
                await page.do("comment", {"text": text}, "comment.posted")
                service.clock.advance(5_000)
            whole = (await page.ask("join", {"show": show}))["whole"]
            await page.socket.disconnect()
        self.stands = {key: whole[key] for key in ("epoch", "offset", "at_ms")}
        return told


async def open_show(service: Service) -> str:
    """A show that is running."""
    await service.add_staff(HOST, Role.HOST)
    studio = await service.browser()
    await studio.become_staff(HOST)
    show: str = (await studio.post("/api/staff/shows", {"title": "開賣"})).json["id"]
    async with aiohttp.ClientSession() as http:
        host = Viewer(studio, http)
        await host.connect()
        assert (await host.ask("join", {"show": show}))["ok"]
        await host.do("run", {"do": {"type": "show.go_live"}}, "show.live")
        await host.socket.disconnect()
    return show


def furnished(data: Path, database_url: str) -> str:
    """Put a picture into the data folder, and an embedded database; returns where that is."""
    (data / PICTURE).parent.mkdir(parents=True)
    (data / PICTURE).write_bytes(b"a picture")
    if not database_url.startswith("sqlite"):
        return database_url
    Path(database_url.removeprefix("sqlite:///")).rename(data / "plusone.db")
    return f"sqlite:///{data / 'plusone.db'}"


async def made_a_show(url: str) -> str:
    """Its epoch."""
    async with Database.open(url) as database:
        return await database.write(lambda c: log.create(c, SHOW, room_id="shw_1", now=1))


async def epoch_of_the_show(url: str) -> str:
    async with Database.open(url) as database:
        return (await database.read(lambda c: read_head(c, "shw_1", SHOW))).epoch


def said(told: dict[str, Any]) -> list[str]:
    return [comment["text"] for comment in told["whole"]["show"]["comments"]]


async def test_who_saw_more_than_the_backup_holds_is_given_the_whole_of_another_history(
    database_url: str, tmp_path: Path
) -> None:
    data, url, clock = tmp_path / "data", furnished(tmp_path / "data", database_url), ManualClock()
    settings, operator = settings_for(url, data), Operator(tmp_path, url, data)
    ahead, behind = Visitor(), Visitor()

    async with serving(settings, clock) as service:
        show = await open_show(service)
        await ahead.visits(service, show, "before")
        await behind.visits(service, show)
        await operator.types("backup")  # while it is in use
        await ahead.visits(service, show, "lost 1", "lost 2")
        assert "missed" in await ahead.visits(service, show)

    (data / PICTURE).unlink()
    await operator.types("restore")
    assert operator.told_the_system == ["stop plusone", "start plusone"]
    assert (data / PICTURE).read_bytes() == b"a picture"

    async with serving(settings, clock) as service:
        other = Visitor()
        # As many as were lost, and more: by its number alone what she saw last is there again.
        await other.visits(service, show, "after 1", "after 2", "after 3")
        for visitor in (ahead, behind):
            told = await visitor.visits(service, show)
            assert "missed" not in told
            assert said(told) == ["before", "after 1", "after 2", "after 3"]
        assert "missed" in await ahead.visits(service, show), "from now on it is one history again"


async def test_a_copy_that_is_not_there_replaces_nothing(database_url: str, tmp_path: Path) -> None:
    """The guide's own `COPY` is today's, which may not have been made yet."""
    data, url = tmp_path / "data", furnished(tmp_path / "data", database_url)
    epoch = await made_a_show(url)
    operator = Operator(tmp_path, url, data)
    status, _ = await operator.pastes("restore")
    assert status != 0
    assert operator.told_the_system == []
    assert await epoch_of_the_show(url) == epoch


async def test_a_copy_that_cannot_be_read_is_not_served(database_url: str, tmp_path: Path) -> None:
    data, url = tmp_path / "data", furnished(tmp_path / "data", database_url)
    epoch = await made_a_show(url)
    operator = Operator(tmp_path, url, data)
    (tmp_path / "copy").mkdir()
    for name in ("plusone.db", "plusone.dump"):
        (tmp_path / "copy" / name).write_bytes(b"half of a copy" * 100)
    for _ in range(2):  # and not over what was put aside the first time
        status, _ = await operator.pastes("restore")
        assert status != 0
    assert set(operator.told_the_system) == {"stop plusone"}
    await operator.types("take back")
    assert await epoch_of_the_show(url) == epoch


async def test_what_was_restored_can_be_backed_up_and_restored_again(
    postgres_url: str, tmp_path: Path
) -> None:
    """Also with what was put aside the first time still there, and then dropped."""
    operator = Operator(tmp_path, postgres_url, tmp_path / "data")
    (tmp_path / "data").mkdir()
    for _ in range(2):
        await operator.types("backup")
        await operator.types("restore")
        async with Database.open(postgres_url) as database:
            await database.write(lambda c: c.execute(text("DROP SCHEMA lost CASCADE")))
    async with serving(settings_for(postgres_url, tmp_path / "data")) as service:
        assert (await (await service.browser()).get("/readyz")).status == 200
