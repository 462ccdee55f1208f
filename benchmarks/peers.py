"""The usual way to do it, to compare with: python-socketio and a transaction for each claim.

    python -m benchmarks.peers WAY PORT DATABASE_URL ALLOTMENT

`for-update`: the item's row is locked by `SELECT … FOR UPDATE`, changed, and the claim inserted
(the ORM, as the documentation of both libraries shows it). `update`: one conditional
`UPDATE … RETURNING` and an insert. Both acknowledge after the commit and emit each claim to the
room, in which all claimers are. `silent` is `update` without the emit, to tell the cost of granting
from that of telling. All run on uvloop with the collector as calm as ours. What they leave out
favours them: no comment is stored, no hold, limit, repeat, order or audience is looked at, and who
sends is not asked.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable
from typing import Any

import socketio
import uvloop
from aiohttp import web
from sqlalchemy import BigInteger, insert, select, update
from sqlalchemy.ext.asyncio import AsyncEngine, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from web.serving import BACKLOG, calm_collector

CONNECTIONS = 20

Grant = Callable[[str, int], Awaitable[int | None]]
"""Grants pieces to a person; returns the claim's number, None when sold out."""


class Base(DeclarativeBase):
    pass


class Item(Base):
    __tablename__ = "peer_item"
    code: Mapped[str] = mapped_column(primary_key=True)
    allotment: Mapped[int]
    held: Mapped[int]


class Claim(Base):
    __tablename__ = "peer_claim"
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=True)
    code: Mapped[str]
    by: Mapped[str]
    quantity: Mapped[int]


def for_update(engine: AsyncEngine) -> Grant:
    """Lock the item's row, look, write."""
    session_of = async_sessionmaker(engine, expire_on_commit=False)

    async def grant(by: str, quantity: int) -> int | None:
        async with session_of() as session, session.begin():
            item = (
                await session.execute(select(Item).where(Item.code == "A01").with_for_update())
            ).scalar_one()
            if item.held + quantity > item.allotment:
                return None
            item.held += quantity
            claim = Claim(code="A01", by=by, quantity=quantity)
            session.add(claim)
            await session.flush()
            return claim.id

    return grant


def conditional_update(engine: AsyncEngine) -> Grant:
    """Look and write in one statement."""

    async def grant(by: str, quantity: int) -> int | None:
        async with engine.begin() as connection:
            taken = (
                update(Item)
                .where(Item.code == "A01", Item.held + quantity <= Item.allotment)
                .values(held=Item.held + quantity)
                .returning(Item.held)
            )
            if (await connection.execute(taken)).scalar_one_or_none() is None:
                return None
            claim = insert(Claim).values(code="A01", by=by, quantity=quantity).returning(Claim.id)
            return (await connection.execute(claim)).scalar_one()

    return grant


WAYS: dict[str, Callable[[AsyncEngine], Grant]] = {
    "for-update": for_update,
    "update": conditional_update,
    "silent": conditional_update,
}


async def serve(way: str, port: int, url: str, allotment: int) -> None:
    """Make the tables anew, and serve until ended."""
    engine = create_async_engine(
        url.replace("postgresql://", "postgresql+asyncpg://"),
        pool_size=CONNECTIONS,
        max_overflow=0,
        pool_timeout=120,
    )
    async with engine.begin() as connection:
        await connection.run_sync(Base.metadata.drop_all)
        await connection.run_sync(Base.metadata.create_all)
        await connection.execute(insert(Item).values(code="A01", allotment=allotment, held=0))
    server = socketio.AsyncServer(async_mode="aiohttp", cors_allowed_origins="*")
    _handle(server, WAYS[way](engine), tells=way != "silent")
    app = web.Application()
    server.attach(app)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port, backlog=BACKLOG).start()
    calm_collector()
    await asyncio.Event().wait()


def _handle(server: socketio.AsyncServer, grant: Grant, *, tells: bool) -> None:
    async def on_join(sid: str, data: dict[str, str]) -> dict[str, Any]:
        await server.enter_room(sid, data["show"], namespace="/live")
        return {"ok": True}

    async def on_comment(sid: str, data: dict[str, str]) -> dict[str, Any]:
        number = await grant(sid, 1)
        if number is None:
            return {"ok": False, "error": {"code": "sold_out"}}
        claim = {"claim": number, "item": "A01", "by": sid, "quantity": 1, "text": data["text"]}
        if tells:
            await server.emit("claim", claim, room="show", namespace="/live")
        event = {"type": "claim.held", "data": claim}
        return {"ok": True, "first": number, "last": number, "events": [event]}

    server.on("connect", _on_connect, namespace="/live")
    server.on("join", on_join, namespace="/live")
    server.on("comment", on_comment, namespace="/live")


async def _on_connect(_sid: str, _environ: dict[str, Any]) -> None:
    pass


if __name__ == "__main__":
    uvloop.run(serve(sys.argv[1], int(sys.argv[2]), sys.argv[3], int(sys.argv[4])))
