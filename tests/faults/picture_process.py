"""A service that dies at a moment of its choice while it takes a picture, or lets one go.

`python -m tests.faults.picture_process DATABASE_URL FOLDER MOMENT`; prints the id of a picture that
it has taken before, and the conversation's.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from chat import picture_store
from chat.picture_files import PictureFiles
from chat.picture_routes import CHAT_PICTURES
from tests.chat import image
from tests.service import serving, settings_for

MOMENTS = ("half a file", "one file", "no row", "row gone")


def die(*_args: Any, **_more: Any) -> Any:
    os.kill(os.getpid(), signal.SIGKILL)


def nth(call: Callable[..., Any], number: int) -> Callable[..., Any]:
    """`call`, which dies instead at its `number`-th time."""
    left = iter(range(1, number))

    def counted(*args: Any, **more: Any) -> Any:
        return die() if next(left, None) is None else call(*args, **more)

    return counted


def arm(moment: str) -> None:
    match moment:
        case "half a file":
            Path.replace = die  # type: ignore[method-assign]
        case "one file":
            Path.replace = nth(Path.replace, 2)  # type: ignore[method-assign]
        case "no row":
            picture_store.add = die
        case "row gone":
            PictureFiles.remove = die  # type: ignore[method-assign]


async def main(url: str, folder: str, moment: str) -> None:
    file = image.file(image.plain())
    async with serving(settings_for(url, Path(folder))) as service:
        browser = await service.browser()
        await browser.become_guest()
        kept = await browser.ask("POST", "/api/chat/pictures", data=file)
        talk = (await browser.get("/api/chat")).json["conversation"]
        other = await service.browser()
        await other.become_guest()
        if moment == "row gone":
            await other.ask("POST", "/api/chat/pictures", data=file)
        sys.stderr.write(f"{kept.json['picture']['id']} {talk} {browser.token}\n")
        sys.stderr.flush()
        arm(moment)
        if moment == "row gone":
            its = (await other.get("/api/chat")).json["conversation"]
            await service.app[CHAT_PICTURES].erase([its])
        else:
            await other.ask("POST", "/api/chat/pictures", data=file)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
