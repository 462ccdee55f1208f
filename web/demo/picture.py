"""The demo's picture: a clip of the host, sent by a program of its own, as a camera would."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path
from typing import Final

import structlog

from web.demo.client import PASSES, Client, why

SCENE: Final = Path(__file__).with_name("scene.m2ts")
AGAIN_S: Final = 3.0

log = structlog.get_logger(__name__)


async def send(host: Client, address: str, show: str, offered: tuple[str, ...]) -> None:
    """Send the scene as the picture of `show`, again when it breaks off, until cancelled."""
    while True:
        try:
            sending = await host.get(f"/api/staff/shows/{show}/picture")
        except PASSES as error:
            log.info("demo.no_picture", why=why(error))
            await asyncio.sleep(AGAIN_S)
            continue
        if sending["publish"] is None:
            return
        await _until_it_ends(f"{address}{sending['publish']}", sending["key"], offered)
        await asyncio.sleep(AGAIN_S)


async def _until_it_ends(url: str, key: str, offered: tuple[str, ...]) -> None:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "video.stream.rehearsal", str(SCENE), url, *offered),
        env=os.environ | {"PLUSONE_STREAM_KEY": key},
        stdin=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
        start_new_session=True,  # Ctrl-C is for the demo, which ends it
    )
    try:
        await process.wait()
    finally:
        if process.returncode is None:
            process.terminate()
            await process.wait()
