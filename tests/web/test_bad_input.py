"""What no page of ours sends: each is refused with its reason, and nothing is lost or changed."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from commerce_bridge.csv_import.table import MOST_OCTETS
from core.db import Database
from core.identity import sessions, store
from core.identity.service import IDENTITY
from core.ids import new_secret
from core.inputs import DEPTH
from live.namespace import NAMESPACE
from tests.service import Browser
from tests.web.stage import Stage, checkout, error_of, everything, request
from web.command_line import main

SCRIPT = "<script>alert('x')</script>"
IMAGE = '<img src=x onerror="alert(1)"> & &amp; </textarea>'


def nested(levels: int) -> Any:
    tree: Any = "x"
    for _ in range(levels):
        tree = [tree]
    return tree


class RawSocket:
    """A socket by hand, for what no client library sends."""

    def __init__(self, ws: aiohttp.ClientWebSocketResponse) -> None:
        self.ws = ws

    @classmethod
    @contextlib.asynccontextmanager
    async def of(cls, page: Browser) -> AsyncIterator[RawSocket]:
        headers = {"Origin": page.address, "Cookie": f"plusone={page.token}"}
        url = f"{page.address}/socket.io/?EIO=4&transport=websocket"
        async with aiohttp.ClientSession() as http, http.ws_connect(url, headers=headers) as ws:
            raw = cls(ws)
            await raw.next("0{")
            await ws.send_str(f"40{NAMESPACE},")
            await raw.next(f"40{NAMESPACE}")
            yield raw

    async def next(self, start: str) -> str:
        """The next message that begins so."""
        async with asyncio.timeout(20):
            while True:
                text = await self.ws.receive_str()
                if text.startswith(start):
                    return text

    async def sends(self, event: str, argument: str) -> dict[str, Any]:
        """Send an event whose argument is this text, be it JSON or not; returns the answer."""
        await self.ws.send_str(f'42{NAMESPACE},7["{event}",{argument}]')
        answer = await self.next(f"43{NAMESPACE},7")
        reply: dict[str, Any] = json.loads(answer.partition(",7")[2])[0]
        return reply


# Size, depth, shape


async def test_what_is_too_large_or_nested_too_deeply_is_refused(stage: Stage) -> None:
    page, phone = stage.customer.page, stage.customer
    async with stage.untouched(), RawSocket.of(page) as raw:
        large = await page.post("/api/session/guest", {"name": "x" * 66_000})
        assert (large.status, error_of(large)["code"]) == (413, "too_large")
        for levels in (DEPTH, 900):
            deep = await page.post("/api/session/guest", {"name": nested(levels)})
            assert (deep.status, error_of(deep)["code"]) == (413, "too_large")
            text = nested(min(levels, 100))  # more than that, the client's library cannot send
            told = await phone.sends("comment", {"request_id": request(), "text": text})
            assert error_of(told)["code"] == "too_large"
        brackets = "[" * 5_000 + "]" * 5_000
        deep = await page.ask(
            "POST",
            "/api/session/guest",
            data=brackets.encode(),
            headers={"Content-Type": "application/json"},
        )
        assert error_of(deep)["code"] == "too_large"
        assert error_of(await raw.sends("comment", brackets))["code"] == "too_large"
        long = await phone.sends("comment", {"request_id": request(), "text": "好" * 501})
        assert error_of(long)["data"]["fields"].keys() == {"text"}


async def test_a_message_that_is_too_large_ends_its_own_socket_alone(stage: Stage) -> None:
    async with stage.untouched(), RawSocket.of(stage.customer.page) as raw:
        text = json.dumps({"request_id": request(), "text": "x" * 17_000})
        await raw.ws.send_str(f'42{NAMESPACE},7["comment",{text}]')
        async with asyncio.timeout(20):
            ended = await raw.ws.receive()
        assert (ended.type, ended.data) == (aiohttp.WSMsgType.CLOSE, 1009)


MISSHAPEN: tuple[tuple[str, object, set[str]], ...] = (
    ("comment", None, set()),
    ("comment", 5, set()),
    ("comment", "+1", set()),
    ("comment", [], set()),
    ("comment", {}, {"request_id", "text"}),
    ("comment", {"request_id": "request-1", "text": 5}, {"text"}),
    ("comment", {"request_id": "request-1", "text": ""}, {"text"}),
    ("comment", {"request_id": "request-1", "text": " \n"}, {"text"}),
    ("comment", {"request_id": "request-1", "text": {"$ne": ""}}, {"text"}),
    ("comment", {"request_id": "short", "text": "x"}, {"request_id"}),
    ("comment", {"request_id": "x' OR '1'='1", "text": "x"}, {"request_id"}),
    ("comment", {"request_id": "request-1", "text": "x", "by": "cus_1"}, {"by"}),
    ("claim", {"request_id": "request-1", "item": 1, "quantity": 1}, {"item"}),
    ("claim", {"request_id": "request-1", "item": "i1; --", "quantity": 1}, {"item"}),
    ("claim", {"request_id": "request-1", "item": "i1", "quantity": 1, "action": "take"}, {
        "action"}),
    ("give_back", {"request_id": "request-1", "claim": "mine"}, {"claim"}),
    ("join", None, set()),
    ("join", {"show": 5}, {"show"}),
    ("join", {"show": "shw_1"}, {"show"}),
    ("join", {"show": "../../etc/passwd"}, {"show"}),
    ("join", {"show": "cnv_" + "0" * 26}, {"show"}),
    ("join", {"show": "shw_" + "0" * 26, "since": 5}, {"since"}),
    ("join", {"show": "shw_" + "0" * 26, "since": {"epoch": "x", "offset": -1, "at_ms": 0}}, {
        "since.offset"}),
    ("heart", {"count": 0}, {"count"}),
    ("heart", {"count": "many"}, {"count"}),
    ("run", {"request_id": "request-1"}, {"do"}),
    ("run", {"request_id": "request-1", "do": "show.end"}, {"do"}),
    ("run", {"request_id": "request-1", "do": {"type": "show.destroy"}}, {"do"}),
    ("run", {"request_id": "request-1", "do": {"type": "item.open"}}, {"do.item"}),
    ("moderate", {"request_id": "request-1", "do": {"type": "person.mute"}}, {"do.person"}),
    ("moderate", {"request_id": "request-1", "do": {"type": "words.set", "words": "x"}}, {
        "do.words"}),
)  # fmt: skip


async def test_what_has_the_wrong_shape_is_refused_field_by_field(stage: Stage) -> None:
    async with stage.untouched():
        for event, argument, fields in MISSHAPEN:
            stage.service.clock.advance(200)
            error = error_of(await stage.host.sends(event, argument))
            assert (error["code"], error["retryable"]) == ("bad_request", False), argument
            assert error["data"].get("fields", {}).keys() >= fields, (argument, error)


async def test_text_that_no_database_keeps_is_refused(stage: Stage) -> None:
    async with stage.untouched(), RawSocket.of(stage.customer.page) as raw:
        for text in ("a\0b", "\0"):
            sent = {"request_id": request(), "text": text}
            assert error_of(await stage.customer.sends("comment", sent))["code"] == "bad_request"
        named = await stage.customer.page.post("/api/session/guest", {"name": "a\0b"})
        assert error_of(named)["code"] == "bad_request"
        # Half a character, in JSON that is right by itself, is none that can be decoded.
        await raw.ws.send_str(f'42{NAMESPACE},7["comment",{{"text":"\\ud800"}}]')
        async with asyncio.timeout(20):
            assert (await raw.ws.receive()).data == 1007


async def test_a_body_that_is_no_json_object_is_refused(stage: Stage) -> None:
    page = stage.customer.page
    json_type = {"Content-Type": "application/json"}
    async with stage.untouched():
        for body in (b"", b"{", b"null", b"5", b'"x"', b"[]", b"\xff\xfe", b"{'a': 1}", b"{}"):
            reply = await page.ask("POST", "/api/cart/lines", data=body, headers=json_type)
            assert (reply.status, error_of(reply)["code"]) == (400, "bad_request"), body
        for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data"):
            sent = {"Content-Type": kind}
            reply = await page.ask("POST", "/api/cart/lines", data=b"{}", headers=sent)
            assert (reply.status, error_of(reply)["code"]) == (400, "bad_request"), kind


async def test_events_paths_and_methods_that_are_not_there_are_refused(stage: Stage) -> None:
    async with stage.untouched():
        for event in ("buy", "connect", "disconnect", "_as", "__init__", "on_comment", ""):
            told = await stage.customer.sends(event, {"request_id": request()})
            assert error_of(told)["code"] == "bad_request", event
        page = stage.customer.page
        for path in ("/api/nothing", "/api/shows/", "/api/../secret", "/api/cart/lines/x/y"):
            reply = await page.get(path)
            assert (reply.status, error_of(reply)["code"]) == (404, "not_found"), path
        wrong = await page.delete("/api/cart")
        assert (wrong.status, error_of(wrong)["code"]) == (405, "method_not_allowed")


# Whose it is


async def test_what_is_in_another_room_or_anothers_is_not_there(stage: Stage) -> None:
    made, other = stage.made, stage.other
    elsewhere = (await stage.host.page.post("/api/staff/shows", {"title": "別場"})).json["id"]
    foreign = made["claim"].replace(made["show"], elsewhere)
    stranger = await stage.someone(stage.customer.page, joins=False)
    async with stage.untouched():
        for show in ("shw_" + "0" * 26, elsewhere, made["draft"]):
            told = await other.sends("join", {"show": show})
            assert error_of(told)["code"] == "not_found"
        # Whoever asked in vain for a room is still in her own.
        for claim in (made["claim"], foreign):
            told = await other.phone.ask("give_back", {"claim": claim})
            assert error_of(told)["code"] == "not_found"
        told = await other.phone.ask("claim", {"item": "i999", "quantity": 1})
        assert error_of(told)["code"] == "unknown_item"
        for do in (
            {"type": "claim.cancel", "claim": foreign},
            {"type": "claim.change", "claim": foreign, "quantity": 1},
            {"type": "comment.hide", "comment": 999_999},
            {"type": "claim.add", "person": "cus_" + "0" * 26, "item": made["item"], "quantity": 1},
        ):
            error = error_of(await stage.moderator.moderates(**do))
            assert error["code"] in ("not_found", "unknown_comment", "unknown_person"), do
        told = await stranger.phone.ask("comment", {"text": "+1"})
        assert error_of(told)["code"] == "not_joined"

        page = other.page
        line = f"/api/cart/lines/{stage.line}"
        for reply in (
            await page.ask("PATCH", line, json={"quantity": 1}),
            await page.delete(line),
            await page.get("/api/orders/ord_" + "0" * 26),
            await page.post("/api/orders/ord_x/cancel", {"request_id": request()}),
        ):
            assert (reply.status, error_of(reply)["code"]) == (404, "not_found")
        error = error_of(await page.post("/api/checkout", checkout([made["claim"]])))
        assert (error["code"], error["data"]) == ("claim_expired", {"claims": [made["claim"]]})


async def test_a_forged_or_expired_token_is_nobodys(stage: Stage) -> None:
    app, clock = stage.service.app, stage.service.clock
    lifetimes = app[IDENTITY].lifetimes
    long_ago = clock.now() - 31 * 24 * 3_600_000
    guest_id = (await stage.customer.page.get("/api/session")).json["person"]["id"]

    def unit(connection: Any) -> str:
        guest = store.read_customer(connection, guest_id)
        assert guest is not None
        return sessions.begin(connection, guest, lifetimes, long_ago)

    expired = await stage.database.write(unit)
    own = stage.customer.page.token
    assert own is not None
    for token in (expired, new_secret(32), own[:-1], own.swapcase(), guest_id):
        page = await stage.service.browser()
        page.forge(token)
        someone = await stage.someone(page)
        async with stage.untouched():
            assert (await page.get("/api/session")).json["person"]["kind"] == "nobody"
            line = {"variant_id": "var_" + "0" * 26, "quantity": 1, "request_id": request()}
            reply = await page.post("/api/cart/lines", line)
            assert (reply.status, error_of(reply)["code"]) == (401, "not_signed_in")
            for event, body in (
                ("comment", {"text": "+1"}),
                ("claim", {"item": stage.made["item"], "quantity": 1}),
                ("give_back", {"claim": stage.made["claim"]}),
            ):
                assert error_of(await someone.phone.ask(event, body))["code"] == "not_signed_in"
            for event in ("run", "moderate"):
                told = await someone.phone.ask(event, {"do": {"type": "show.end"}})
                assert error_of(told)["code"] in ("not_signed_in", "bad_request")


async def test_whoever_has_not_the_role_is_refused(stage: Stage) -> None:
    end, announce = {"type": "show.end"}, {"type": "announce", "text": "x"}
    async with stage.untouched():
        for refused in (
            await stage.customer.runs(**end),
            await stage.customer.moderates(**announce),
            await stage.moderator.runs(**end),
            await stage.host.phone.ask("claim", {"item": stage.made["item"], "quantity": 1}),
            await stage.host.phone.ask("give_back", {"claim": stage.made["claim"]}),
            await stage.customer.page.get("/api/staff/orders"),
            await stage.customer.page.post("/api/staff/shows", {"title": "x"}),
            await stage.moderator.page.post("/api/staff/shows", {"title": "x"}),
            await stage.host.page.post("/api/checkout", checkout([stage.made["claim"]])),
        ):
            error = error_of(refused)
            assert (error["code"], error["retryable"]) == ("forbidden", False)


async def test_a_page_of_another_origin_changes_nothing_and_gets_no_socket(stage: Stage) -> None:
    page = stage.customer.page
    url = f"{page.address}/socket.io/?EIO=4&transport="
    async with stage.untouched(), aiohttp.ClientSession() as http:
        for origin in ("https://evil.example", "null", page.address + ".evil.example", ""):
            headers = {"Origin": origin}
            body = {"name": "別人"}
            reply = await page.ask("POST", "/api/session/guest", json=body, headers=headers)
            assert (reply.status, error_of(reply)["code"]) == (403, "forbidden"), origin
            if origin:
                with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
                    await http.ws_connect(url + "websocket", headers=headers)
                assert refused.value.status == 400
                async with http.get(url + "polling", headers=headers) as polled:
                    assert polled.status == 400
        reply = await page.ask(
            "POST", "/api/session/guest", json={"name": "別人"}, headers={"X-Plusone": "0"}
        )
        assert (reply.status, error_of(reply)["code"]) == (403, "forbidden")


# Text


async def test_script_in_names_and_comments_comes_back_as_text(stage: Stage) -> None:
    page = await stage.service.browser()
    await page.become_guest(SCRIPT)
    author = await stage.someone(page)
    frames: list[dict[str, Any]] = []
    told = asyncio.Event()

    def take(frame: dict[str, Any]) -> None:
        frames.append(frame)
        told.set()

    stage.other.phone.socket.on("frame", take, namespace=NAMESPACE)
    said = await author.phone.do("comment", {"text": IMAGE}, "comment.posted")
    async with asyncio.timeout(20):
        while not frames or frames[-1]["to"] < said["offset"]:
            told.clear()
            await told.wait()
    [event] = [
        one for frame in frames for one in frame["events"] if one["offset"] == said["offset"]
    ]
    assert (event["name"], event["text"]) == (SCRIPT, IMAGE)
    assert (await stage.host.runs(type="show.change", title=SCRIPT, host_name=SCRIPT))["ok"]
    assert (await stage.moderator.moderates(type="announce", text=IMAGE))["ok"]
    assert (await stage.moderator.moderates(type="comment.pin", comment=said["offset"]))["ok"]
    joined = await stage.other.sends("join", {"show": stage.made["show"]})
    show = joined["whole"]["show"]
    assert (show["title"], show["host_name"], show["announcement"]["text"]) == (
        SCRIPT, SCRIPT, IMAGE
    )  # fmt: skip
    assert (show["pinned_comment"]["name"], show["pinned_comment"]["text"]) == (SCRIPT, IMAGE)
    for path in ("/api/session", "/api/shows"):
        reply = await page.get(path)
        assert SCRIPT in json.dumps(reply.json, ensure_ascii=False)
        assert reply.headers["Content-Type"].startswith("application/json")
        assert reply.headers["X-Content-Type-Options"] == "nosniff"


# Files


CSV = "sku,title,price\nA9,花椒辣油，手工慢炒，香而不燥,38\n"
FILES = {
    "Big5": (CSV.encode("cp950"), "Line 2 is not UTF-8; the file looks like Big5"),
    "GB18030": (CSV.encode("gb18030"), "Line 2 is not UTF-8; the file looks like GB18030"),
    "UTF-16": (CSV.encode("utf-16"), "UTF-16"),
    "octets": (b"sku,title,price\nA9,\xff\xfe\xfd,38\n", "Line 2 is not UTF-8"),
    "too large": (b"sku,title,price\n" + b"x" * MOST_OCTETS, "5 MiB"),
    "currency": (b"sku,title,price,currency\nA9,x,38,XXX\n", "currency"),
}


def test_a_file_that_is_not_utf_8_is_refused_and_nothing_imported(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    monkeypatch.setenv("PLUSONE_DATABASE_URL", database_url)

    async def kept() -> Any:
        async with Database.open(database_url, pool=1) as database:
            return await database.read(everything)

    before = asyncio.run(kept())
    for name, (data, says) in FILES.items():
        file = tmp_path / f"{name}.csv"
        file.write_bytes(data)
        assert main(["import", str(file)]) == 1, name
        said = capsys.readouterr()
        assert says in said.err, name
        assert said.out == ""
        assert "Traceback" not in said.err
    assert asyncio.run(kept()) == before
