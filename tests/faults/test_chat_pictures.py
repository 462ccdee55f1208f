"""Pictures of chats when the disk is full, and when the service is killed while it takes one."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
from asyncio.subprocess import DEVNULL, PIPE
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from chat.picture_routes import CHAT_PICTURES
from core.identity.model import Role
from tests.chat import image
from tests.chat.conftest import House
from tests.chat.test_pictures import OWN, sees
from tests.faults.picture_process import MOMENTS
from tests.faults.small_disk import SmallDisk
from tests.service import Reply, serving, settings_for
from tests.show_process import ROOT


def heavy() -> bytes:
    """Of which a disk of 2 MiB takes one, or none where files may have 1 MiB."""
    return image.file(Image.effect_noise((2_048, 2_048), 90), "JPEG", quality=80)


async def test_a_full_disk_takes_no_picture_and_the_chat_goes_on(
    sqlite_url: str, small_disk: SmallDisk
) -> None:
    settings = settings_for(sqlite_url, small_disk.folder)
    async with serving(settings) as service, contextlib.AsyncExitStack() as lines:
        house = House(service, lines)
        pictures, browser = service.app[CHAT_PICTURES], await house.guest()
        pictures._spare_octets = 0
        line, _ = await house.asks("這瓶破了", browser)
        taken: list[str] = []

        async def sends() -> Reply:
            reply = await browser.ask("POST", OWN, data=BytesIO(heavy()))
            if reply.status == 201:
                taken.append(reply.json["picture"]["id"])
            return reply

        while (reply := await sends()).status == 201:
            assert len(taken) < 5, "the disk is not full"
        assert (reply.status, reply.code, reply.json["retryable"]) == (503, "no_room", True)
        # As if by another: it fills up while the picture is written.
        pictures._files.free = lambda: 1 << 40  # type: ignore[method-assign]
        assert (await sends()).code == "no_room"
        names = {path.name for path in (small_disk.folder / "pictures").glob("*")}
        assert names == {f"{id}{end}.webp" for id in taken for end in ("", "-small")}
        await line.says("那我用說的")

        await asyncio.to_thread(small_disk.grow)
        assert (await sends()).status == 201
        for id in taken:
            assert await sees(browser, id) == [200, 200]
        await line.does("say", {"picture": taken[-1]})
        desk = await house.at_desk(await house.staff("ji", Role.REP))
        seen = await desk.join(line.talk["id"])
        assert taken[-1] in str(seen)


@pytest.mark.parametrize("moment", MOMENTS)
async def test_a_killed_service_leaves_whole_pictures_and_what_is_swept_up(
    database_url: str, tmp_path: Path, moment: str
) -> None:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.faults.picture_process", database_url),
        *(str(tmp_path), moment),
        cwd=ROOT,
        stdout=DEVNULL,
        stderr=PIPE,
    )
    _, said = await asyncio.wait_for(process.communicate(), 90)
    assert process.returncode == -signal.SIGKILL, said.decode()
    kept, _, token = said.decode().split()
    folder = tmp_path / "pictures"
    left = {path.name for path in folder.glob("*")}
    own = {f"{kept}.webp", f"{kept}-small.webp"}
    assert left > own
    assert any(name.endswith(".part") for name in left) == (moment in ("half a file", "one file"))

    async with serving(settings_for(database_url, tmp_path)) as service:
        browser = await service.browser()
        browser.forge(token)
        for name in left - own:
            other = name.removesuffix(".part").removesuffix(".webp").removesuffix("-small")
            assert await sees(browser, other) == [404, 404]
        assert await sees(browser, kept) == [200, 200]
        # It may be of an upload that is under way in another process, as long as it is young.
        await service.app[CHAT_PICTURES].tidy(0)
        assert {path.name for path in folder.glob("*")} == left
        for path in folder.glob("*"):
            os.utime(path, (0, 0))
        await service.app[CHAT_PICTURES].tidy(0)
        assert {path.name for path in folder.glob("*")} == own
        assert await sees(browser, kept) == [200, 200]
        assert (await browser.ask("POST", OWN, data=image.file(image.plain()))).status == 201
