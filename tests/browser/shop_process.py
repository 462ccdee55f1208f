"""`plusone demo --no-crowd` as a process of its own: killed, started again, its time moved on.

Run as a program it is the demo itself, on a clock that reads how far it goes ahead from a file, and
so does its media process.
"""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Final
from unittest.mock import patch

import aiohttp
from sqlalchemy import func, select

from core.db import Database
from core.outbox import outbox_message
from tests.browser.movable_clock import AHEAD, FILE, MovableClock
from tests.servers import free_port
from tests.waiting import until
from web import command_line

STARTED_S: Final = 60
ROOT: Final = Path(__file__).parents[2]
MEDIA: Final = "tests.browser.media_process"


class ShopProcess:
    """The demo's shop and staff, no crowd, on a database of its own below `folder`."""

    def __init__(self, folder: Path, **settings: object) -> None:
        """`settings` are further ones, as in the environment without `PLUSONE_`."""
        self._settings = settings
        self.port = free_port()
        self.other = socket.create_server(("127.0.0.1", free_port()))
        """Pages that come by this port, through something in between, are our own too. It is held
        from the beginning: what is between comes late, and another may have taken it by then."""
        self.log = folder / "service.log"
        self._ahead = folder / "ahead"
        self._ahead_ms = 0
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None
        self._write_ahead()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def database(self) -> str:
        return f"sqlite:///{self._folder / 'data' / 'demo' / 'plusone.db'}"

    @property
    def pid(self) -> int:
        """Of the service itself. Raises RuntimeError where it does not run."""
        if self._process is None:
            raise RuntimeError("the shop does not run")
        return self._process.pid

    async def start(self) -> None:
        """Start it and wait until it is ready. Raises RuntimeError with its log if it ends."""
        settings = {
            "DATA_FOLDER": self._folder / "data",
            "PORT": self.port,
            "ALLOWED_ORIGINS": f'["http://127.0.0.1:{self.other.getsockname()[1]}"]',
            "TRANSFER_ACCOUNT": "808 玉山銀行 0123-456-789012",
            "MEDIA_ADDRESSES": '["127.0.0.1"]',
            # The studio's own look at the picture, and one viewer.
            "MEDIA_VIEWERS": 2,
            # One page of a test does in a second what a person does in a minute.
            "EVENTS_PER_S": 1_000,
            # Of what people do with each other, it would only take its share.
            "BOT": False,
            # A question waits until a test takes it.
            "CHAT_ASSIGN": False,
            **self._settings,
        }
        environment = {f"PLUSONE_{name}": str(value) for name, value in settings.items()}
        self._process = self._spawn(os.environ | environment | {FILE: str(self._ahead)})
        await self._ready()

    def _spawn(self, environment: dict[str, str]) -> subprocess.Popen[bytes]:
        with self.log.open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "-m", "tests.browser.shop_process", "demo", "--no-crowd"],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=ROOT,
                env=environment,
            )

    async def _ready(self) -> None:
        end = time.monotonic() + STARTED_S
        async with aiohttp.ClientSession() as http:
            while time.monotonic() < end:
                if self._process is None or self._process.poll() is not None:
                    break
                with suppress(aiohttp.ClientError):
                    async with http.get(f"{self.address}/readyz") as answer:
                        if answer.status == 200:
                            return
                await asyncio.sleep(0.05)
        raise RuntimeError(f"the shop did not start:\n{self.log.read_text()}")

    def datagram_sockets(self) -> set[str]:
        """The UDP sockets of the service's own process, as the kernel numbers them."""
        known = {
            line.split()[9]
            for name in ("udp", "udp6")
            for line in Path(f"/proc/{self.pid}/net/{name}").read_text().splitlines()[1:]
        }
        held = set()
        for one in Path(f"/proc/{self.pid}/fd").iterdir():
            with suppress(FileNotFoundError):  # closed since
                held.add(str(one.readlink()))
        return {inode for inode in known if f"socket:[{inode}]" in held}

    async def settled(self) -> None:
        """Wait until all has been told that was to be: what shows gave back is in the stock."""
        waiting = select(func.count()).select_from(outbox_message)
        async with Database.open(self.database, pool=1) as database:
            await until(
                lambda: database.read(lambda c: c.execute(waiting).scalar_one()),
                lambda left: left == 0,
            )

    def kill(self) -> None:
        """As a machine that loses power does it to a process: SIGKILL."""
        if self._process is not None:
            self._process.kill()
            self._process.wait(STARTED_S)

    def kill_media(self) -> None:
        """SIGKILL for the process that carries pictures."""
        pid = self.pid
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        [media] = [
            int(child)
            for child in children
            if MEDIA.encode() in Path(f"/proc/{child}/cmdline").read_bytes()
        ]
        os.kill(media, signal.SIGKILL)

    def stop(self) -> None:
        self.other.close()
        if self._process is None or self._process.poll() is not None:
            return
        self._process.terminate()
        try:
            self._process.wait(STARTED_S)
        except subprocess.TimeoutExpired:
            self.kill()
            raise

    def now(self) -> int:
        """What the shop's clock says."""
        return round(time.time() * 1000) + self._ahead_ms

    def pass_time(self, seconds: float) -> None:
        """Have the shop's clock go on by so much at once; what is due then happens within 1 s."""
        self._ahead_ms += round(seconds * 1000)
        self._write_ahead()

    def _write_ahead(self) -> None:
        with self._ahead.open("r+b" if self._ahead.exists() else "w+b") as file:
            file.write(AHEAD.pack(self._ahead_ms))


def main() -> int:
    with (
        patch("web.app.SystemClock", MovableClock),
        patch("video.stream.process.PROGRAM", MEDIA),
    ):
        return command_line.main()


if __name__ == "__main__":
    sys.exit(main())
