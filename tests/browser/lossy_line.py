"""A line for datagrams that loses part of them, both ways, as a bad mobile network does."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from typing import Any, Final, Self, cast

Address = tuple[str | Any, int]

OPENING: Final = 100
"""Datagrams of a newcomer that are kept until her way onwards is open."""


class LossyLine(asyncio.DatagramProtocol):
    """Passes on to a port of this machine what is sent to `port`, and the answers back."""

    def __init__(self, to: int) -> None:
        self._to = to
        self._transport: asyncio.DatagramTransport | None = None
        self._ways: dict[Address, _Way] = {}
        self._opening: set[asyncio.Task[None]] = set()
        self.port = 0
        self.loses = 0.0
        """Which part of the datagrams, 0 to 1, each by itself."""

    @classmethod
    @asynccontextmanager
    async def laid(cls, to: int) -> AsyncIterator[Self]:
        loop = asyncio.get_running_loop()
        here = ("127.0.0.1", 0)
        transport, line = await loop.create_datagram_endpoint(partial(cls, to), local_addr=here)
        try:
            yield line
        finally:
            transport.close()
            await asyncio.gather(*line._opening)
            for way in line._ways.values():
                way.close()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.DatagramTransport", transport)
        self.port = transport.get_extra_info("sockname")[1]

    def datagram_received(self, data: bytes, addr: Address) -> None:
        way = self._ways.get(addr)
        if way is None:
            way = self._ways[addr] = _Way(partial(self.back, addr))
            task = asyncio.get_running_loop().create_task(way.open(self._to))
            self._opening.add(task)
            task.add_done_callback(self._opening.discard)
        if not self._is_lost():
            way.onwards(data)

    def back(self, addr: Address, data: bytes) -> None:
        if self._transport is not None and not self._is_lost():
            self._transport.sendto(data, addr)

    def _is_lost(self) -> bool:
        return random.random() < self.loses


class _Way(asyncio.DatagramProtocol):
    """From one sender onwards, with an address of her own there."""

    def __init__(self, back: partial[None]) -> None:
        self._back = back
        self._transport: asyncio.DatagramTransport | None = None
        self._kept: list[bytes] = []

    async def open(self, to: int) -> None:
        loop = asyncio.get_running_loop()
        self._transport, _ = await loop.create_datagram_endpoint(
            lambda: self, remote_addr=("127.0.0.1", to)
        )
        for data in self._kept:
            self._transport.sendto(data)
        self._kept.clear()

    def onwards(self, data: bytes) -> None:
        if self._transport is not None:
            self._transport.sendto(data)
        elif len(self._kept) < OPENING:
            self._kept.append(data)

    def datagram_received(self, data: bytes, _addr: Address) -> None:
        self._back(data)

    def error_received(self, _exc: Exception) -> None:
        """Nobody listens there now: what is sent is lost, as on any line."""

    def close(self) -> None:
        if self._transport is not None:
            self._transport.close()
