"""A line to the shop that a test cuts and mends, as a tunnel does to a phone."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress


class Line:
    """Carries bytes between a port of its own and the shop's, unless it is cut."""

    def __init__(self, port: int, to: int) -> None:
        self.address = f"http://127.0.0.1:{port}"
        self._to = to
        self._whole = True
        self._ways: set[asyncio.Task[None]] = set()

    @classmethod
    @asynccontextmanager
    async def laid(cls, at: socket.socket, to: int) -> AsyncIterator[Line]:
        """From `at`, which listens and stays its owner's, to the port `to`."""
        line = cls(at.getsockname()[1], to)
        server = await asyncio.start_server(line._carry, sock=at.dup())
        async with server:
            try:
                yield line
            finally:
                line.cut()
                await asyncio.gather(*line._ways, return_exceptions=True)

    def cut(self) -> None:
        """Break what is open, and refuse what is new."""
        self._whole = False
        for way in self._ways:
            way.cancel()

    def mend(self) -> None:
        self._whole = True

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if not self._whole:
            writer.transport.abort()
            return
        onward, back = await asyncio.open_connection("127.0.0.1", self._to)
        if not self._whole:  # it was cut meanwhile
            writer.transport.abort()
            back.transport.abort()
            return
        there = asyncio.ensure_future(_pour(reader, back))
        home = asyncio.ensure_future(_pour(onward, writer))
        self._ways |= {there, home}
        await asyncio.wait({there, home})
        self._ways -= {there, home}
        writer.transport.abort()
        back.transport.abort()


async def _pour(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(ConnectionError, asyncio.CancelledError):
        while data := await reader.read(65_536):
            writer.write(data)
            await writer.drain()
        writer.write_eof()
