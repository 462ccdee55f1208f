"""`plusone serve --workers N` as an operator runs it, and what its log says."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

from tests.servers import PORTS, RedisServer, free_port
from tests.waiting import until

END_S = 60


class Supervised:
    """The supervisor's process; its workers listen on `ports`."""

    def __init__(self, folder: Path, workers: int, **environment: str) -> None:
        self.ports = _neighbours(workers)
        self._log = folder / "log"
        self._settings = folder / "plusone.toml"
        self._settings.touch()
        self._environment = {
            **{name: value for name, value in os.environ.items() if "PLUSONE_" not in name},
            "PLUSONE_DATA_FOLDER": str(folder / "data"),
            "PLUSONE_SETTINGS": str(self._settings),
            "PLUSONE_PORT": str(self.ports[0]),
            "PLUSONE_LOG_FORMAT": "json",
            "PLUSONE_BOT": "false",  # it takes a second to learn
            "PLUSONE_MEDIA_ADDRESSES": "127.0.0.1",
            **environment,
        }
        self._begun = self._from = 0
        """Where in the log."""
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def addresses(self) -> list[str]:
        return [f"http://127.0.0.1:{port}" for port in self.ports]

    def start(self) -> None:
        command = ("-m", "web.command_line", "serve", "--workers", str(len(self.ports)))
        with self._log.open("ab") as log:
            self._begun = self._from = log.tell()
            self._process = subprocess.Popen(
                [sys.executable, *command], env=self._environment, stdin=subprocess.DEVNULL,
                stdout=log, stderr=log,
            )  # fmt: skip

    def set(self, written: str) -> None:
        """Have the settings' file say this to whatever starts next."""
        self._settings.write_text(written)

    def send(self, number: signal.Signals) -> None:
        assert self._process is not None
        self._process.send_signal(number)

    async def ended(self) -> int:
        """Wait for its end; returns the exit status."""
        assert self._process is not None
        return await asyncio.to_thread(self._process.wait, END_S)

    def listen(self) -> None:
        """Look at what is said from now on, and no further back."""
        self._from = self._log.stat().st_size

    def said(self, event: str, **values: object) -> list[dict[str, Any]]:
        """The lines of the log about this, in order, since it was started or `listen` called."""
        return self._lines(self._from, event, values)

    async def says(self, event: str, **values: object) -> dict[str, Any]:
        """Wait until it says this; returns the last such line."""
        return await self._found(lambda: self.said(event, **values))

    async def serves(self) -> tuple[dict[int, int], str]:
        """Wait until all are there; the workers' processes by number, and where the media is."""

        def last(event: str, **values: object) -> Awaitable[dict[str, Any]]:
            return self._found(lambda: self._lines(self._begun, event, values))

        numbers = range(1, len(self.ports) + 1)
        found = {number: (await last("worker.started", worker=number))["pid"] for number in numbers}
        media = await last("media.started")
        return found, f"http://127.0.0.1:{media['port']}"

    async def _found(self, lines: Callable[[], list[dict[str, Any]]]) -> dict[str, Any]:
        try:
            return (await until(lines))[-1]
        except TimeoutError as error:
            raise AssertionError(self._log.read_text()[-8_000:]) from error

    def _lines(self, start: int, event: str, of: dict[str, object]) -> list[dict[str, Any]]:
        whole, _, _ = self._log.read_bytes()[start:].rpartition(b"\n")
        found = [json.loads(line) for line in whole.splitlines() if line.startswith(b"{")]
        return [line for line in found if line["event"] == event and of.items() <= line.items()]

    def kill(self) -> None:
        if self._process is not None and self._process.poll() is None:
            self._process.kill()
            self._process.wait(END_S)


@contextlib.contextmanager
def supervised(
    folder: Path, database_url: str, redis: RedisServer, *, workers: int = 2, **environment: str
) -> Iterator[Supervised]:
    """Several workers, until the end of the block."""
    made = Supervised(
        folder,
        workers,
        PLUSONE_DATABASE_URL=database_url,
        PLUSONE_REDIS_URL=redis.url,
        **environment,
    )
    made.start()
    try:
        yield made
    finally:
        made.kill()


def _neighbours(number: int) -> list[int]:
    """Free ports that follow one another."""
    while True:
        first = free_port()
        if first + number >= PORTS.stop:
            continue
        ports = list(range(first, first + number))
        if all(map(_is_free, ports)):
            return ports


def _is_free(port: int) -> bool:
    with socket.socket() as stream:
        stream.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            stream.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
