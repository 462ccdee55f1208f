"""Sockets as pages open them, and a show to open them on."""

import uuid
from typing import Any

import aiohttp
import socketio

from live.namespace import NAMESPACE
from tests.service import Browser


class Viewer:
    """One person's socket, of her browser's session."""

    def __init__(self, browser: Browser, http: aiohttp.ClientSession) -> None:
        self._browser = browser
        self.socket = socketio.AsyncClient(
            http_session=http, reconnection=False, handle_sigint=False
        )

    async def connect(self) -> None:
        headers = {"Origin": self._browser.address}
        if self._browser.token:
            headers["Cookie"] = f"plusone={self._browser.token}"
        await self.socket.connect(
            self._browser.address,
            headers=headers,
            namespaces=[NAMESPACE],
            transports=["websocket"],
            wait_timeout=20,
        )

    async def ask(self, event: str, body: dict[str, Any]) -> dict[str, Any]:
        if event not in ("join", "heart"):
            body = {"request_id": str(uuid.uuid4()), **body}
        reply: dict[str, Any] = await self.socket.call(event, body, namespace=NAMESPACE, timeout=20)
        return reply

    async def do(self, event: str, body: dict[str, Any], first: str) -> dict[str, Any]:
        """Ask for what has to go well; returns the data of the first event of a type."""
        reply = await self.ask(event, body)
        assert reply["ok"], reply
        found: dict[str, Any] = next(
            {**one["data"], "offset": one["offset"]}
            for one in reply["events"]
            if one["type"] == first
        )
        return found


async def open_show(studio: Browser, host: Viewer, customer: Viewer) -> dict[str, Any]:
    """A live show with an item on sale, a claim and a comment of the customer's, and a draft.

    `studio` is the host's browser. Returns ids: `show`, `draft`, `item`, `claim`, `comment`, and an
    item that may be added (`add`).
    """
    show = (await studio.post("/api/staff/shows", {"title": "開賣"})).json["id"]
    draft = (await studio.post("/api/staff/shows", {"title": "下一場"})).json["id"]
    assert (await host.ask("join", {"show": show}))["ok"]
    await host.do("run", {"do": {"type": "show.go_live"}}, "show.live")
    assert (await customer.ask("join", {"show": show}))["ok"]
    product = (await studio.get("/api/staff/products")).json["products"][0]
    variant = {"variant_id": product["variants"][0]["id"], "key": None, "allotment": 50}
    add = {"product": product["id"], "code": "A01", "price": 28_800, "variants": [variant]}
    added = await host.do("run", {"do": {"type": "item.add", **add}}, "item.added")
    item = added["item"]["id"]
    await host.do("run", {"do": {"type": "item.open", "item": item}}, "item.opened")
    held = await customer.do("claim", {"item": item, "quantity": 20}, "claim.held")
    said = await customer.do("comment", {"text": "好期待"}, "comment.posted")
    return {
        "show": show,
        "draft": draft,
        "item": item,
        "claim": held["claim"],
        "comment": said["offset"],
        "add": add | {"code": "B02"},
    }
