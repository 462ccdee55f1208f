"""`plusone demo`, as a person starts and stops it."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest

ROOT = Path(__file__).parents[2]
STARTED_S = 60


class Demo:
    """The demo as a process of its own, without a picture, on a free port."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process
        self.address = ""

    async def live(self) -> None:
        """Wait until it listens, and a show is live in it."""
        assert self.process.stderr is not None
        async with asyncio.timeout(STARTED_S):
            async for line in self.process.stderr:
                entry = json.loads(line)
                if entry["event"] == "serving":
                    self.address = str(entry["address"])
                    break
            async with aiohttp.ClientSession(self.address) as client:
                while not await _has_live_show(client):  # noqa: ASYNC110 (nobody tells)
                    await asyncio.sleep(0.05)

    async def interrupted(self) -> tuple[int | None, str]:
        """Press Ctrl-C; returns the exit status and what it said since."""
        self.process.send_signal(signal.SIGINT)
        async with asyncio.timeout(STARTED_S):
            _, said = await self.process.communicate()
        return self.process.returncode, said.decode()


async def _has_live_show(client: aiohttp.ClientSession) -> bool:
    async with client.get("/api/shows") as response:
        return bool((await response.json())["live"])


@pytest.fixture
async def demo(tmp_path: Path) -> AsyncIterator[Demo]:
    foreign = {name for name in os.environ if name.startswith("PLUSONE_")}
    settings = {
        "PLUSONE_DATA_FOLDER": str(tmp_path / "data"),
        "PLUSONE_PORT": "0",
        "PLUSONE_MEDIA_ENGINE": "none",
        "PLUSONE_LOG_FORMAT": "json",
        "PLUSONE_LOG_LEVEL": "info",
        "PYTHONPATH": str(ROOT),
    }
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "web.command_line", "demo"),
        env={name: value for name, value in os.environ.items() if name not in foreign} | settings,
        cwd=tmp_path,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        yield Demo(process)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def test_ctrl_c_ends_the_demo_in_order(demo: Demo) -> None:
    await demo.live()
    status, said = await demo.interrupted()
    assert status == 0, said
    assert "Traceback" not in said
    assert '"exception"' not in said
