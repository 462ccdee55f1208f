"""Pictures in conversations: sent, shown to whom they are for, and gone when they should be."""

from __future__ import annotations

import asyncio
import os
import time
from io import BytesIO
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from chat import pictures
from chat.picture_routes import CHAT_PICTURES
from chat.pictures import OCTETS, ORPHANED_S, PICTURES_AT_ONCE, UNUSED_MS, Pictures
from core.db import Database
from core.errors import NotFound, OutcomeUnknown, PlusOneError, Unavailable
from core.identity.model import Role
from core.ids import new_id
from tests.chat import image
from tests.chat.conftest import House
from tests.chat.line import Line
from tests.service import Browser, Reply
from tests.waiting import until
from web.chat import erase_old
from web.keys import DATABASE

OWN = "/api/chat/pictures"
FILE = image.file(image.plain())
YEARS_MS = 800 * 86_400_000


async def sends(browser: Browser, raw: bytes = FILE, path: str = OWN) -> dict[str, Any]:
    reply = await browser.ask("POST", path, data=BytesIO(raw))
    assert reply.status == 201, reply.body
    picture: dict[str, Any] = reply.json["picture"]
    return picture


async def sees(browser: Browser, id: str) -> list[int]:
    """What the two files of a picture are answered with."""
    return [(await browser.get(f"{OWN}/{id}{size}")).status for size in ("", "/small")]


def service_of(house: House) -> Pictures:
    return house.service.app[CHAT_PICTURES]


def files(folder: Path) -> set[str]:
    return {path.name for path in (folder / "pictures").glob("*")}


def shown(line: Line) -> list[dict[str, Any]]:
    return [card for one in line.talk["lines"] for card in one.get("cards", ())]


# Sent and shown


async def test_what_a_customer_sends_is_seen_by_her_and_by_reps(
    house: House, tmp_path: Path
) -> None:
    browser = await house.guest()
    line, conversation = await house.asks("這瓶破了", browser)
    picture = await sends(browser, image.file(image.plain(3_000, 1_500), "JPEG"))
    assert (picture["width"], picture["height"]) == (2_048, 1_024)
    await line.does("say", {"picture": picture["id"]})
    await line.does("say", {"picture": picture["id"], "text": "像這樣"})
    rep = await house.staff("ji", Role.REP)
    desk = await house.at_desk(rep)
    await desk.join(conversation)
    await until(lambda: len(shown(line)) == len(shown(desk)) == 2)
    for one in shown(line) + shown(desk):
        assert (one["kind"], one["id"]) == ("image", picture["id"])
        assert (one["width"], one["height"]) == (2_048, 1_024)
    assert await sees(browser, picture["id"]) == await sees(rep, picture["id"]) == [200, 200]
    assert files(tmp_path) == {f"{picture['id']}.webp", f"{picture['id']}-small.webp"}


async def test_what_a_rep_sends_is_seen_by_the_customer(house: House) -> None:
    browser = await house.guest()
    line, conversation = await house.asks("長什麼樣子？", browser)
    rep = await house.staff("ji", Role.REP)
    desk = await house.at_desk(rep)
    await desk.join(conversation)
    await desk.acts("take", **{"from": None})
    picture = await sends(rep, path=f"/api/staff/conversations/{conversation}/pictures")
    await desk.does("say", {"picture": picture["id"], "text": "這樣"})
    await until(lambda: shown(desk))
    assert shown(desk)[-1]["id"] == picture["id"]
    assert await sees(browser, picture["id"]) == [200, 200]
    await until(lambda: shown(line))


async def test_she_may_send_one_before_she_has_said_anything(house: House) -> None:
    browser = await house.guest()
    picture = await sends(browser)
    conversation = (await browser.get("/api/chat")).json["conversation"]
    line = await house.line(browser)
    await line.join(conversation)
    await line.does("say", {"picture": picture["id"]})
    await until(lambda: shown(line))
    assert shown(line)[-1]["id"] == picture["id"]


async def test_a_file_is_given_as_what_it_is_and_nothing_more(house: House) -> None:
    browser = await house.guest()
    picture = await sends(browser)
    for size in ("", "/small"):
        reply = await browser.get(f"{OWN}/{picture['id']}{size}")
        assert reply.headers["Content-Type"] == "image/webp"
        assert reply.headers["X-Content-Type-Options"] == "nosniff"
        assert reply.headers["Cache-Control"] == "private, max-age=86400, immutable"
        assert reply.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
        assert reply.headers["Content-Disposition"].startswith("inline")
        assert reply.headers["Cross-Origin-Resource-Policy"] == "same-origin"
        assert image.opened(reply.body).size == (60, 40)


async def test_a_message_that_is_sent_again_is_said_once(house: House) -> None:
    browser = await house.guest()
    line, _ = await house.asks("這瓶破了", browser)
    picture = await sends(browser)
    body = {"picture": picture["id"], "request_id": "request-1"}
    first, again = await line.does("say", body), await line.does("say", body)
    assert again == first | {"repeated": True}
    await line.says("這瓶")
    await until(lambda: "這瓶" in line.texts)
    assert [card["id"] for card in shown(line)] == [picture["id"]]


# Whose it is


async def test_nobody_else_sees_it_or_shows_it(house: House) -> None:
    browser, stranger = await house.guest(), await house.guest("阿德")
    await house.asks("這瓶破了", browser)
    line, _ = await house.asks("我是別人", stranger)
    picture = await sends(browser)
    assert await sees(stranger, picture["id"]) == [404, 404]
    assert await sees(await house.staff("ho", Role.HOST), picture["id"]) == [403, 403]
    assert await sees(await house.service.browser(), picture["id"]) == [401, 401]
    assert await line.refused("say", {"picture": picture["id"]}) == "not_found"
    assert await line.refused("say", {"picture": new_id("pic")}) == "not_found"
    assert await line.refused("say", {"picture": "../../secret"}) == "bad_request"
    assert await sees(browser, new_id("pic")) == [404, 404]
    assert (await browser.get(f"{OWN}/..%2Fsecret")).status == 400


async def test_a_rep_sends_into_conversations_that_there_are(house: House) -> None:
    rep = await house.staff("ji", Role.REP)
    nowhere = f"/api/staff/conversations/{new_id('cnv')}/pictures"
    assert (await rep.ask("POST", nowhere, data=FILE)).status == 404


async def test_she_still_sees_it_when_she_has_signed_in(house: House) -> None:
    browser = await house.guest()
    await house.asks("這瓶破了", browser)
    picture = await sends(browser)
    await browser.become_customer("may@example.com")
    assert await sees(browser, picture["id"]) == [200, 200]


# What is not taken


@pytest.mark.parametrize(
    ("raw", "status", "code"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", 400, "not_a_picture"),
        (FILE[:60], 400, "picture_broken"),
        (image.png(30_000, 30_000, b""), 400, "picture_too_large"),
        (FILE + b"\0" * OCTETS, 413, "too_large"),
    ],
    ids=["svg", "half", "bomb", "heavy"],
)
async def test_what_is_not_taken_leaves_nothing(
    house: House, tmp_path: Path, raw: bytes, status: int, code: str
) -> None:
    browser = await house.guest()
    reply = await browser.ask("POST", OWN, data=BytesIO(raw), headers={"Content-Type": "image/png"})
    assert (reply.status, reply.code) == (status, code)
    assert files(tmp_path) == set()
    assert (await sends(browser))["id"]


async def test_a_picture_of_ten_megabytes_is_taken(house: House) -> None:
    raw = FILE + b"\0" * (OCTETS - len(FILE))
    assert (await sends(await house.guest(), raw))["width"] == 60


async def test_a_page_elsewhere_sends_nothing(house: House) -> None:
    browser = await house.guest()
    for headers in ({"X-Plusone": ""}, {"Origin": "https://elsewhere.example"}):
        assert (await browser.ask("POST", OWN, data=FILE, headers=headers)).status == 403


async def test_who_sends_many_waits(house: House) -> None:
    browser = await house.guest()
    replies = [await browser.ask("POST", OWN, data=b"x") for _ in range(PICTURES_AT_ONCE + 1)]
    assert [reply.status for reply in replies[:-1]] == [400] * PICTURES_AT_ONCE
    assert (replies[-1].status, replies[-1].code) == (429, "rate_limited")
    house.service.clock.advance(int(replies[-1].json["data"]["retry_after_ms"]))
    await sends(browser)


async def test_a_conversation_holds_so_many_and_of_two_one_takes_the_last_place(
    house: House, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(pictures, "PICTURES", 2)
    browser = await house.guest()
    await sends(browser)

    async def one() -> Reply:
        return await browser.ask("POST", OWN, data=FILE)

    replies = await asyncio.gather(one(), one(), one())
    assert sorted(reply.status for reply in replies) == [201, 409, 409]
    assert {reply.code for reply in replies} == {None, "too_many_pictures"}
    assert len(files(tmp_path)) == 4
    await sends(await house.guest("阿德"))


async def test_a_slow_one_is_given_up_and_makes_room(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pictures, "READ_S", 0.3)
    monkeypatch.setattr(pictures, "COMING_OF_ONE", 1)
    browser, never = await house.guest(), asyncio.Event()

    async def trickle() -> Any:
        yield FILE[:20]
        await never.wait()

    async with aiohttp.ClientSession(cookies={"plusone": browser.token or ""}) as slow:
        asking = asyncio.ensure_future(
            slow.post(house.service.address + OWN, data=trickle(), headers=browser.headers)
        )
        await until(lambda: service_of(house)._coming.total())
        busy = await browser.ask("POST", OWN, data=FILE)
        assert (busy.status, busy.code, busy.json["retryable"]) == (503, "unavailable", True)
        async with await asyncio.wait_for(asking, 10) as reply:
            assert (reply.status, (await reply.json())["code"]) == (503, "too_slow")
        never.set()
    assert service_of(house)._coming == {}
    await sends(browser)


# What is forgotten


async def test_what_was_not_shown_in_an_hour_is_gone(house: House, tmp_path: Path) -> None:
    browser = await house.guest()
    line, _ = await house.asks("這瓶破了", browser)
    kept, dropped = await sends(browser), await sends(browser)
    await line.does("say", {"picture": kept["id"]})
    house.service.clock.advance(UNUSED_MS)
    late = await sends(browser)
    house.service.clock.advance(1)
    await erase_old(house.service.app)
    assert await sees(browser, dropped["id"]) == [404, 404]
    assert await line.refused("say", {"picture": dropped["id"]}) == "not_found"
    assert await sees(browser, kept["id"]) == await sees(browser, late["id"]) == [200, 200]
    assert len(files(tmp_path)) == 4


async def test_it_goes_with_the_conversation_that_is_over(house: House, tmp_path: Path) -> None:
    browser, other = await house.guest(), await house.guest("阿德")
    line, conversation = await house.asks("這瓶破了", browser)
    another, _ = await house.asks("我的也是", other)
    gone, kept = await sends(browser), await sends(other)
    await line.does("say", {"picture": gone["id"]})
    await another.does("say", {"picture": kept["id"]})
    rep = await house.staff("ji", Role.REP)
    desk = await house.at_desk(rep)
    await desk.join(conversation)
    await desk.acts("take", **{"from": None})
    await desk.acts("resolve")
    await service_of(house).tidy(house.service.clock.now() + 1)
    assert await sees(rep, gone["id"]) == [404, 404]
    assert await sees(rep, kept["id"]) == [200, 200]
    assert len(files(tmp_path)) == 2


async def test_what_she_sends_who_comes_back_long_after_is_kept_until_she_shows_it(
    house: House,
) -> None:
    browser = await house.guest()
    line, conversation = await house.asks("這瓶破了", browser)
    old = await sends(browser)
    await line.does("say", {"picture": old["id"]})
    desk = await house.at_desk(await house.staff("ji", Role.REP))
    await desk.join(conversation)
    await desk.acts("take", **{"from": None})
    await desk.acts("resolve")
    house.service.clock.advance(1)
    long_ago = house.service.clock.now()
    house.service.clock.advance(1)
    fresh = await sends(browser)
    await service_of(house).tidy(long_ago)
    await line.does("say", {"picture": fresh["id"]})
    assert await sees(browser, old["id"]) == [404, 404]
    assert await sees(browser, fresh["id"]) == [200, 200]


async def test_erasing_takes_all_of_her_conversations_and_no_others(
    house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pictures, "FORGOTTEN_AT_ONCE", 2)
    browser, other = await house.guest(), await house.guest("阿德")
    for _ in range(5):
        await sends(browser)
    kept = await sends(other)
    conversation = (await browser.get("/api/chat")).json["conversation"]
    assert await service_of(house).erase([conversation]) == 5
    assert files(tmp_path) == {f"{kept['id']}.webp", f"{kept['id']}-small.webp"}
    assert await service_of(house).erase([conversation]) == 0


async def test_files_that_nobody_knows_are_swept_up_when_they_are_old(
    house: House, tmp_path: Path
) -> None:
    kept, folder = await sends(await house.guest()), tmp_path / "pictures"
    old = [folder / f"{new_id('pic')}{end}" for end in (".webp", "-small.webp", ".webp.part")]
    new, strange = folder / f"{new_id('pic')}.webp", folder / "notes.txt"
    for path in (*old, new, strange, folder / f"{kept['id']}.webp"):
        path.write_bytes(b"x")
        if path != new:
            os.utime(path, (0, time.time() - ORPHANED_S - 1))
    await service_of(house).tidy(0)
    assert files(tmp_path) == {
        new.name, strange.name, f"{kept['id']}.webp", f"{kept['id']}-small.webp",
    }  # fmt: skip


async def test_a_database_that_knows_none_of_the_files_sweeps_none(
    house: House, tmp_path: Path
) -> None:
    path = tmp_path / "pictures" / f"{new_id('pic')}.webp"
    path.parent.mkdir()
    path.write_bytes(b"x")
    os.utime(path, (0, 0))
    await service_of(house).tidy(0)
    assert path.exists()


# When something fails


async def test_a_row_that_is_refused_leaves_no_files(
    house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = await house.guest()
    opened = type(house.service.app[DATABASE])
    write = opened.write

    def failing(error: PlusOneError) -> None:
        async def refuse(self: Database, unit: Any) -> Any:
            if getattr(unit, "func", None) is pictures._add:
                raise error
            return await write(self, unit)

        monkeypatch.setattr(opened, "write", refuse)

    failing(Unavailable("away"))
    reply = await browser.ask("POST", OWN, data=FILE)
    assert (reply.status, reply.json["retryable"]) == (503, True)
    assert files(tmp_path) == set()
    failing(OutcomeUnknown("who knows"))
    assert (await browser.ask("POST", OWN, data=FILE)).status == 503
    assert len(files(tmp_path)) == 2


async def test_a_disk_that_is_nearly_full_is_left_to_the_database(
    house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = await house.guest()
    line, _ = await house.asks("這瓶破了", browser)
    monkeypatch.setattr(service_of(house), "_spare_octets", 1 << 60)
    reply = await browser.ask("POST", OWN, data=FILE)
    assert (reply.status, reply.code, reply.json["retryable"]) == (503, "no_room", True)
    assert files(tmp_path) == set()
    await line.says("那我用說的")
    monkeypatch.undo()
    await sends(browser)


async def test_a_file_that_was_lost_is_told_as_gone(house: House, tmp_path: Path) -> None:
    browser = await house.guest()
    picture = await sends(browser)
    for name in files(tmp_path):
        (tmp_path / "pictures" / name).unlink()
    assert await sees(browser, picture["id"]) == [404, 404]


async def test_one_that_expires_while_it_is_shown_is_either_kept_or_refused(house: House) -> None:
    browser = await house.guest()
    for _ in range(8):
        picture = await sends(browser)
        conversation = (await browser.get("/api/chat")).json["conversation"]
        house.service.clock.advance(UNUSED_MS + 1)
        claimed, _ = await asyncio.gather(
            service_of(house).claim(conversation, picture["id"]),
            service_of(house).tidy(0),
            return_exceptions=True,
        )
        there = await sees(browser, picture["id"])
        if isinstance(claimed, BaseException):
            assert isinstance(claimed, NotFound)
            assert there == [404, 404]
        else:
            assert there == [200, 200]
