"""The connection to a model's server: its answers end in time and size, whatever else fails to."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import httpx

MOST = 1_000_000
"""Bytes of one answer: 1,500 characters that come one by one are a third of it."""
_PIECE = 2048
"""Bytes that are read on at once: what lies in one network read is a third of a second's work."""


def client(timeout_s: float) -> httpx.AsyncClient:
    """One that gives an answer up after `timeout_s` from its head on, and after `MOST` bytes."""

    async def bound(response: httpx.Response) -> None:
        if isinstance(response.stream, httpx.AsyncByteStream):  # as it is of every asynchronous one
            response.stream = _Bounded(response.stream, timeout_s)

    return httpx.AsyncClient(timeout=timeout_s, event_hooks={"response": [bound]})


class _Bounded(httpx.AsyncByteStream):
    def __init__(self, stream: httpx.AsyncByteStream, timeout_s: float) -> None:
        self._stream = stream
        self._until = asyncio.get_running_loop().time() + timeout_s

    async def __aiter__(self) -> AsyncIterator[bytes]:
        loop = asyncio.get_running_loop()
        size = 0
        async for read in self._stream:
            for start in range(0, len(read), _PIECE):
                # Others, and whoever breaks this off, have their turn in a stream without pauses.
                await asyncio.sleep(0)
                piece = read[start : start + _PIECE]
                size += len(piece)
                if size > MOST or loop.time() > self._until:
                    raise httpx.ReadError("The answer does not end.")
                yield piece

    async def aclose(self) -> None:
        await self._stream.aclose()
