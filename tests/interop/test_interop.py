"""The official JavaScript client against our sockets, which use names private to engineio.

When a new version moves one of these names, this is what fails first.
"""

import asyncio
import json
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from core.clock import ManualClock
from core.db import Database
from core.rooms.broadcast import Pace
from core.rooms.engine import COME_BACK, RoomSocket
from core.rooms.events import EVERYONE, PUBLIC
from tests.core.rooms.auction import Said, Say
from tests.core.rooms.conftest import ROOM, House, opened
from tests.core.rooms.served import Served, serving

CLIENT = Path(__file__).with_name("client.cjs")
CLIENTS: dict[str, dict[str, Any]] = {
    "websocket": {"transports": ["websocket"]},
    "polling": {"transports": ["polling"]},
    "upgrading": {"transports": ["polling", "websocket"]},
    "falling back": {"transports": ["websocket", "polling"]},
}


@pytest.fixture
async def house(sqlite_url: str) -> AsyncIterator[House]:
    async with Database.open(sqlite_url) as database, opened(database, ManualClock()) as house:
        await house.rooms.create("auction", ROOM, house.command("host", Say("welcome")), PUBLIC)
        yield house


@asynccontextmanager
async def javascript(served: Served) -> AsyncIterator[Process]:
    process = await asyncio.create_subprocess_exec(
        "node", CLIENT, served.url, json.dumps(CLIENTS), stdin=PIPE, stdout=PIPE, limit=2**24
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def line(process: Process) -> str:
    assert process.stdout is not None
    return (await asyncio.wait_for(process.stdout.readline(), 60)).decode().strip()


async def chatter(house: House, rounds: int) -> None:
    """Frames of all three lengths that WebSocket writes differently, while clients change over."""
    room = house.room
    for number in range(rounds):
        text = "漢é" * (20_000 if number % 10 == 5 else 1 + number * 10)
        await room.submit(house.command("host", Say(f"{number} {text}")))
        await asyncio.sleep(0.01)


async def said(house: House) -> list[str]:
    events = house.room.tail.between(0, house.room.committed.head)
    assert events is not None
    return [
        logged.content.text or ""
        for logged, _ in events
        if isinstance(logged.event, Said) and logged.audience == EVERYONE and logged.content
    ]


@pytest.mark.parametrize("cut", [False, True], ids=["steady", "cut off in between"])
async def test_every_transport_of_the_official_client_sees_the_whole_log_in_order(
    house: House, cut: bool
) -> None:
    async with serving(house.rooms, pace=Pace(tick_s=0.01)) as served, javascript(served) as node:
        talk = asyncio.create_task(chatter(house, 60))
        assert await line(node) == "connected"
        if cut:
            await chatter(house, 10)
            for socket in list(served.server.eio.sockets.values()):
                assert isinstance(socket, RoomSocket)
                socket.end(COME_BACK, "test")
        await talk
        assert await line(node) == "spoken"
        assert node.stdin is not None
        node.stdin.write(f"{house.room.committed.head}\n".encode())
        seen = json.loads(await line(node))
        texts = await said(house)
        for name in CLIENTS:
            told = seen[name]
            if not cut:
                assert told["problems"] == []
                assert told["reasons"] == []
            # Whoever came late has the newest of the snapshot, and all that followed.
            assert told["texts"] == texts[-len(told["texts"]) :], name
            assert told["acknowledged"] == 20
            assert sorted(text for text in texts if text.startswith(f"{name} ")) == sorted(
                f'{name} {number} +1 ünï漢 "q"' for number in range(20)
            )
        assert seen["websocket"]["transports"] == ["websocket"]
        assert seen["polling"]["transports"] == ["polling"]
        assert "websocket" in seen["upgrading"]["transports"]
        if cut:
            assert seen["websocket"]["reasons"] == ["transport close"]
            assert set(seen["websocket"]["problems"]) == set()
