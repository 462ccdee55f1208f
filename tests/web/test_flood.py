"""One socket that sends more than it may: limited and told, and nothing is lost."""

from __future__ import annotations

import asyncio

from live.namespace import NAMESPACE
from tests.web.stage import Stage, error_of
from web.keys import SETTINGS
from web.rooms import EVENTS_AT_ONCE


async def test_a_flood_from_one_socket_is_limited_and_told_and_loses_nothing(
    stage: Stage,
) -> None:
    at_once = stage.service.app[SETTINGS].events_per_s * EVENTS_AT_ONCE - 1  # but for joining
    flood = await stage.someone(stage.other.page)
    sent = [{"request_id": f"request-{n}", "text": "A01+1"} for n in range(at_once + 20)]
    replies = await asyncio.gather(*(flood.sends("comment", one) for one in sent))
    assert [reply["ok"] for reply in replies] == [True] * at_once + [False] * 20
    waits_ms = []
    for reply in replies[at_once:]:
        error = error_of(reply)
        assert (error["code"], error["retryable"]) == ("rate_limited", True)
        waits_ms.append(error["data"]["retry_after_ms"])
    assert all(0 < wait_ms <= 1_000 for wait_ms in waits_ms)
    # Nobody else is slower for it, not even herself on another page.
    for person in (stage.customer, stage.other):
        assert (await person.phone.ask("comment", {"text": "好期待"}))["ok"]

    for one in sent[at_once:]:
        stage.service.clock.advance(waits_ms[0])
        assert (await flood.sends("comment", one))["ok"]
    cart = (await stage.other.page.get("/api/cart")).json
    joined = await stage.other.sends("join", {"show": stage.made["show"]})
    mine = joined["whole"]["mine"]
    assert sum(one["quantity"] for one in cart["claims"]) == 50 - 20
    assert len(mine["claims"]) + len(mine["waits"]) == len(sent)


async def test_whoever_floods_on_is_let_go_and_may_come_back(stage: Stage) -> None:
    flood = await stage.someone(stage.other.page)
    gone = asyncio.Event()
    flood.phone.socket.on("disconnect", lambda *_: gone.set(), namespace=NAMESPACE)
    async with stage.untouched():
        for _ in range(400):
            await flood.phone.socket.emit("heart", {"count": 1}, namespace=NAMESPACE)
        async with asyncio.timeout(20):
            await gone.wait()
    assert (await (await stage.someone(stage.other.page)).phone.ask("comment", {"text": "好"}))[
        "ok"
    ]
