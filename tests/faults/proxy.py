"""A connection to PostgreSQL that can be lost at the worst moment: in COMMIT."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Literal

COMMIT = b"COMMIT;\0"
"""How asyncpg asks for it: a simple query (PostgreSQL manual, "Message Formats")."""

When = Literal["before", "after"]


class Proxy:
    """Passes on what client and server say, until told to cut a connection at a COMMIT.

    `before` it reaches the server, or `after` the server has committed and before the client hears.
    """

    def __init__(self, port: int) -> None:
        self._server_port = port
        self._cut: When | None = None
        self.cuts = 0
        self.port = 0

    def cut_next_commit(self, when: When) -> None:
        self._cut = when

    @asynccontextmanager
    async def running(self) -> AsyncIterator["Proxy"]:
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        async with server:
            yield self

    async def _serve(self, client: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
        server, forth = await asyncio.open_connection("127.0.0.1", self._server_port)
        answers = asyncio.create_task(self._pass_on(server, back))
        try:
            while said := await client.read(65_536):
                if self._cut is None or COMMIT not in said:
                    forth.write(said)
                    continue
                when, self._cut = self._cut, None
                self.cuts += 1
                if when == "after":
                    answers.cancel()
                    await asyncio.gather(answers, return_exceptions=True)
                    forth.write(said)
                    assert b"COMMIT\0" in await server.read(65_536)
                break
        except ConnectionError:
            pass
        finally:
            answers.cancel()
            await asyncio.gather(answers, return_exceptions=True)
            for writer in (forth, back):
                writer.transport.abort()

    async def _pass_on(self, server: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
        while said := await server.read(65_536):
            back.write(said)
        back.close()
