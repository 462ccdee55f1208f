"""The demo's viewers: they watch, chat, order and pay, for as long as somebody might look."""

from __future__ import annotations

import asyncio
import random
import uuid
from typing import Any

import structlog

from web.demo import lines, picture
from web.demo.client import PASSES, Client, Refused, why
from web.demo.host import Host, orders

HOURS = 3
"""After that the crowd goes home, and the show stays."""
PAUSE_S = (4.0, 16.0)
"""Between two things that one viewer does."""
MOST_CLAIMS = 6
"""Pieces that one viewer asks for in all: most of the show is left for whoever tries it."""

_log = structlog.get_logger(__name__)


async def attend(address: str, email: str, password: str, offered: tuple[str, ...]) -> None:
    """Have the host open a show and the crowd watch it, until cancelled or it is late.

    `offered` are the addresses that her picture is sent from; none: all of this machine.
    """
    chance = random.Random()  # noqa: S311 - variety, not secrecy
    async with Host(address) as host:
        show = await _begun(host, email, password)
        try:
            async with asyncio.timeout(HOURS * 3600), asyncio.TaskGroup() as tasks:
                tasks.create_task(_host(host, chance))
                tasks.create_task(picture.send(host, address, show, offered))
                for name in lines.VIEWERS:
                    tasks.create_task(_viewer(address, show, name, chance))
        except TimeoutError:
            _log.info("demo.crowd_left", hours=HOURS)
    await asyncio.Event().wait()


async def _begun(host: Host, email: str, password: str) -> str:
    while True:
        try:
            return await host.begin(email, password)
        except PASSES as error:
            _told("demo.not_begun", error)
        await asyncio.sleep(PAUSE_S[1])


async def _host(host: Host, chance: random.Random) -> None:
    while True:
        try:
            await host.keep_going(chance)
        except PASSES as error:
            _told("demo.host_lost", error)
        await asyncio.sleep(PAUSE_S[1])


async def _viewer(address: str, show: str, name: str, chance: random.Random) -> None:
    """One viewer, who comes back when the connection is lost or she was refused."""
    asked = 0
    async with Client(address) as viewer:
        while True:
            try:
                if not viewer.name:
                    await viewer.post("/api/session/guest", {"name": name})
                    viewer.name = name
                await viewer.join(show)
                while viewer.show["status"] == "live":
                    await asyncio.sleep(chance.uniform(*PAUSE_S))
                    asked += await _act(viewer, chance, may_order=asked < MOST_CLAIMS)
                    if chance.random() < 0.2:
                        await viewer.join(show)
            except PASSES as error:
                _told("demo.viewer_lost", error)
            await asyncio.sleep(chance.uniform(*PAUSE_S))


def _told(event: str, error: Exception) -> None:
    _log.info(event, why=why(error))


async def _act(viewer: Client, chance: random.Random, *, may_order: bool) -> int:
    """Do one thing; returns the pieces asked for."""
    dice = chance.random()
    on_sale = orders(viewer.show, chance.choice)
    try:
        if may_order and on_sale and dice < 0.25:
            events = await viewer.say(
                chance.choice(lines.ORDERS).format(code=chance.choice(on_sale))
            )
            asked = sum(_asked(event) for event in events)
            if asked and chance.random() < 0.4:
                await asyncio.sleep(chance.uniform(*PAUSE_S))
                await _pay(viewer)
            return asked
        if dice < 0.3:
            await viewer.say(
                chance.choice(lines.SLIPS).format(code=chance.choice(on_sale or ["A01"]))
            )
        elif dice < 0.7:
            await viewer.say(chance.choice(lines.CHATTER))
        else:
            await viewer.heart(chance.randint(1, 5))
    except Refused as error:
        _log.debug("demo.refused", code=error.code)
    return 0


def _asked(event: dict[str, Any]) -> int:
    asked = event["type"] in ("claim.held", "claim.waiting")
    return int(event["data"]["quantity"]) if asked else 0


async def _pay(viewer: Client) -> None:
    """Order what is held, to be fetched and paid at the shop."""
    cart = await viewer.get("/api/cart")
    places = [d for d in cart["deliveries"] if d["kind"] == "pickup" and d.get("locations")]
    held = [claim["id"] for claim in cart["claims"] if claim["state"] == "held"]
    if not places or not held:
        return
    total = sum(claim["quantity"] * claim["unit_price"] for claim in cart["claims"])
    await viewer.post(
        "/api/checkout",
        {
            "request_id": str(uuid.uuid4()),
            "claims": held,
            "lines": [],
            "contact": {"name": viewer.name, "phone": "0912345678"},
            "fulfilment": {"kind": "pickup", "location": places[0]["locations"][0]["id"]},
            "payment": "pickup",
            "expect_total": total,
        },
    )
