"""A process that serves auctions, to be killed: `python -m tests.faults.auction_server URL PORT`.

Says `ready` on standard output when it listens, and serves until it is killed.
"""

import asyncio
import sys

from core.clock import SystemClock
from core.db import Database
from core.rooms.broadcast import Pace
from core.rooms.rooms import Rooms
from tests.core.rooms.auction import AuctionKind
from tests.core.rooms.served import serving


async def serve(url: str, port: int) -> None:
    async with Database.open(url) as database:
        rooms = Rooms(database, SystemClock(), [AuctionKind()])
        sweeper = asyncio.create_task(rooms.run())
        async with serving(rooms, pace=Pace(tick_s=0.01), port=port):
            print("ready", flush=True)
            await sweeper


if __name__ == "__main__":
    asyncio.run(serve(sys.argv[1], int(sys.argv[2])))
