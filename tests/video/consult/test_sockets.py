"""Calls through the whole service and real sockets: asked for, rung, answered, talked, ended."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import msgspec
import pytest
from prometheus_client import REGISTRY

from core.identity.model import Role
from tests.video.consult.house import House, open_house
from tests.video.consult.line import SDP, code
from tests.waiting import until

SECOND = 1_000
CANDIDATE = {
    "candidate": "candidate:1 1 udp 2122260223 192.0.2.1 50000 typ host",
    "sdpMid": "0",
    "sdpMLineIndex": 0,
    "usernameFragment": "aB+/",
}
STATE = {"mic": True, "camera": True, "screen": False, "weak": False}


async def test_a_call_is_asked_for_rung_answered_and_ended(house: House) -> None:
    ji = await house.desk("ji")
    customer, call = await house.asks(text="想看鍋子", about={"product": "prd_" + "0" * 26})
    assert customer.call["phase"] in ("waiting", "ringing")
    rings = await until(lambda: ji.line.board["rings"])
    assert (rings["id"], rings["name"], rings["text"]) == (call, "小美", "想看鍋子")
    assert rings["staff"] == ji.id
    assert rings["about"] == {"show": None, "item": None, "product": "prd_" + "0" * 26} | {
        "title": None
    }
    await until(lambda: customer.phase == "ringing")
    assert customer.call["staff"] == {"id": ji.id, "name": "ji"}
    await ji.line.enter(call)
    await ji.line.does("answer")
    await until(lambda: customer.phase == "talking")
    await until(lambda: ji.line.board["mine"])
    assert ji.line.board["rings"] is None
    await customer.does("say", text="聽得到嗎")
    await ji.line.does("say", text="聽得到")
    await until(lambda: [one["text"] for one in customer.call["said"]], lambda said: len(said) == 2)
    await customer.does("hang_up")
    await until(lambda: ji.line.phase == "ended")
    assert (ji.line.call["cause"], ji.line.call["ended_by"]) == ("hung_up", "customer")
    await until(lambda: ji.line.board["mine"] is None)
    await ji.line.does("hang_up")
    await customer.does("rate", score=5, text="很有耐心")
    await until(lambda: ji.line.call["rated"], lambda one: one == {"score": 5, "text": "很有耐心"})


async def test_signals_go_to_the_page_opposite_in_their_order(house: House) -> None:
    ji = await house.desk("ji")
    customer, _ = await house.talk(ji)
    said: list[dict[str, Any]] = [
        {"description": {"type": "offer", "sdp": SDP}, "state": STATE},
        *({"candidates": [CANDIDATE | {"sdpMLineIndex": number}]} for number in range(5)),
        {"candidates": [{"candidate": "", "sdpMid": None}]},
    ]
    replies = await asyncio.gather(*(customer.signal(ji.line, **one) for one in said))
    assert [reply["delivered"] for reply in replies] == [True] * len(said)
    await until(lambda: len(ji.line.signals) == len(said))
    assert {one["from"] for one in ji.line.signals} == {customer.seat}
    assert ji.line.signals[0]["description"] == said[0]["description"]
    assert ji.line.signals[0]["state"] == STATE
    indexes = [one["candidates"][0]["sdpMLineIndex"] for one in ji.line.signals[1:6]]
    assert indexes == [0, 1, 2, 3, 4]
    assert ji.line.signals[6]["candidates"][0]["candidate"] == ""
    assert (await ji.line.signal(customer))["delivered"]
    await until(lambda: customer.signals)
    assert customer.signals[0]["from"] == ji.line.seat


async def test_what_passes_through_is_counted_and_is_no_picture(house: House) -> None:
    """A picture of a second would be a hundred times as much."""
    ji = await house.desk("ji")
    customer, _ = await house.talk(ji)
    before = {name: counted(name, **labels) for name, labels in COUNTED}
    await customer.signal(ji.line, description={"type": "offer", "sdp": SDP}, state=STATE)
    await customer.signal(ji.line, candidates=[CANDIDATE])
    assert (await customer.signal(customer, state=STATE))["delivered"] is False
    await until(lambda: len(ji.line.signals) == 2)
    more = {name: counted(name, **labels) - before[name] for name, labels in COUNTED}
    octets = sum(len(msgspec.json.encode(one)) for one in ji.line.signals)
    assert more == {"plusone_signals_total": 1, "plusone_signal_bytes_total": octets}


COUNTED: tuple[tuple[str, dict[str, str]], ...] = (
    ("plusone_signals_total", {"kind": "candidates"}),
    ("plusone_signal_bytes_total", {}),
)


def counted(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(name, labels) or 0


async def test_signals_need_a_talk_a_seat_and_somebody_there(house: House) -> None:
    ji = await house.desk("ji")
    customer, call = await house.asks()
    await until(lambda: ji.line.board["rings"])
    await ji.line.enter(call)
    assert code(await customer.signal(ji.line)) == "not_talking"
    await ji.line.does("answer")
    await until(lambda: customer.phase == "talking")
    stranger = await house.line(await house.guest("別人"))
    assert code(await stranger.signal(ji.line)) == "not_seated"
    second = await house.line(customer.browser)
    await second.join(call)
    assert code(await second.signal(ji.line)) == "not_seated", "it follows, and does not sit"
    forged = {"seat": ji.line.seat, "to": ji.line.seat, "state": STATE}
    assert code(await customer.ask("signal", forged)) == "not_seated"
    nobody = {"seat": customer.seat, "to": "another-seat", "state": STATE}
    assert await customer.ask("signal", nobody) == {"ok": True, "delivered": False}
    await second.sit()
    await until(lambda: customer.call["seats"]["customer"] == second.seat)
    assert code(await customer.signal(ji.line)) == "not_seated", "a newer page of hers is there"
    assert (await second.signal(ji.line))["delivered"]


async def test_a_flood_of_candidates_is_refused_and_the_call_goes_on(house: House) -> None:
    ji = await house.desk("ji")
    customer, _ = await house.talk(ji)
    house.service.clock.advance(10_000)
    replies = [await customer.signal(ji.line, candidates=[CANDIDATE]) for _ in range(90)]
    refused = [one for one in replies if not one["ok"]]
    assert {code(one) for one in refused} == {"rate_limited"}
    assert len(refused) >= 30
    house.service.clock.advance(10_000)
    assert (await customer.signal(ji.line))["delivered"]
    await customer.does("say", text="還在")
    await until(lambda: ji.line.call["said"])
    assert ji.line.phase == "talking"


@pytest.mark.parametrize(
    "said",
    [
        {"description": {"type": "offer", "sdp": "v=1"}},
        {"description": {"type": "offer", "sdp": SDP + "a=" + "x" * 14_000}},
        {"candidates": [CANDIDATE] * 21},
        {"candidates": [CANDIDATE | {"candidate": "candidate:1\r\na=evil"}]},
        {"sound": "UklGRg=="},
        {},
    ],
)
async def test_what_is_no_signal_is_refused_and_the_call_goes_on(
    house: House, said: dict[str, Any]
) -> None:
    ji = await house.desk("ji")
    customer, _ = await house.talk(ji)
    body = {"seat": customer.seat, "to": ji.line.seat, **said}
    assert code(await customer.ask("signal", body)) == "bad_request"
    assert (await customer.signal(ji.line))["delivered"]
    assert len(await until(lambda: ji.line.signals)) == 1


async def test_nobody_else_gets_in_not_even_staff(house: House) -> None:
    ji = await house.desk("ji")
    customer, call = await house.talk(ji)
    await customer.does("say", text="只給你聽")
    others = [
        await house.line(await house.guest("別人")),
        await house.line(await house.staff("wen", Role.REP)),
        await house.line(await house.staff("boss", Role.OPERATOR)),
        await house.line(await house.staff("host", Role.HOST)),
        await house.line(await house.service.browser()),
    ]
    for other in others:
        assert code(await other.ask("join", {"call": call})) == "not_found"
        assert code(await other.ask("sit", {"seat": other.seat})) == "not_joined"
        assert code(await other.ask("ice")) == "not_joined"
        assert await other.refused("say", text="我也在") == "not_joined"
        assert code(await other.signal(ji.line)) == "not_seated"
        assert code(await other.answers(call)) in ("taken", "forbidden", "not_signed_in")
    absent = "cll_" + "0" * 26
    assert code(await customer.ask("join", {"call": absent})) == "not_found"
    assert customer.phase == "talking"


async def test_who_is_passed_over_hears_nothing_more(house: House) -> None:
    ji = await house.desk("ji")
    customer, call = await house.asks()
    await until(lambda: ji.line.board["rings"])
    await ji.line.enter(call)
    wen = await house.desk("wen")
    await ji.line.does("decline")
    await until(lambda: wen.line.board["rings"])
    assert await until(lambda: ji.line.passed) == [call]
    assert code(await ji.line.ask("join", {"call": call})) == "not_found"
    assert await ji.line.refused("say", text="在嗎") == "not_joined"
    await wen.line.enter(call)
    await wen.line.does("answer")
    await until(lambda: customer.phase == "talking")
    await customer.does("say", text="你好")
    await until(lambda: wen.line.call["said"])
    assert ji.line.call["said"] == []
    assert ji.line.phase == "ringing", "she was told nothing since"


async def test_a_second_rep_is_told_that_somebody_has_it(house: House) -> None:
    ji, wen = await house.desk("ji"), await house.desk("wen")
    customer, call = await house.asks()
    await until(lambda: ji.line.board["rings"] or wen.line.board["rings"])
    rung = ji if ji.line.board["rings"] else wen
    other = wen if rung is ji else ji
    assert code(await other.line.answers(call)) == "taken", "it rings elsewhere"
    await until(lambda: customer.call["staff"])
    await rung.line.enter(call)
    await rung.line.does("answer")
    reply = await other.line.answers(call)
    assert code(reply) == "taken"
    staff = await until(lambda: customer.call["staff"])
    assert reply["error"]["data"] == {"staff": rung.id, "name": staff["name"]}
    await customer.does("hang_up")
    assert code(await other.line.answers(call)) == "call_over"


async def test_a_rep_takes_a_call_from_the_queue(house: House) -> None:
    ji = await house.desk("ji")
    customer, call = await house.asks()
    await until(lambda: ji.line.board["rings"])
    assert (await ji.line.ask("do", {"call": call, "do": {"type": "decline"}}))["ok"]
    [row] = await until(lambda: ji.line.board["waiting"])
    assert (row["id"], row["phase"]) == (call, "waiting")
    assert (await ji.line.answers(call))["ok"]
    await ji.line.enter(call)
    await until(lambda: customer.phase == "talking")


async def test_a_rep_in_a_call_is_not_rung_and_takes_no_other(house: House) -> None:
    ji = await house.desk("ji")
    await house.talk(ji)
    second, call = await house.asks(await house.guest("二"))
    [row] = await until(lambda: ji.line.board["waiting"])
    assert row["id"] == call
    house.service.clock.advance(3_000)
    assert code(await ji.line.answers(call)) == "in_a_call"
    assert second.phase == "waiting"
    assert ji.line.board["rings"] is None
    await ji.line.does("hang_up")
    assert (await until(lambda: ji.line.board["rings"]))["id"] == call


async def test_it_rings_at_the_next_when_one_does_not_pick_up(house: House) -> None:
    ji, wen = await house.desk("ji"), await house.desk("wen")
    customer, _ = await house.asks()
    await until(lambda: customer.phase == "ringing")
    first = customer.call["staff"]["id"]
    house.service.clock.advance(21 * SECOND)
    await until(lambda: customer.call["staff"], lambda one: one and one["id"] != first)
    second = ji if first == wen.id else wen
    await until(lambda: second.line.board["rings"])
    await second.inbox.socket.disconnect()
    await until(lambda: customer.phase == "waiting")
    await customer.does("leave")
    await until(lambda: customer.phase == "ended")
    assert customer.call["cause"] == "left"
    await until(lambda: ji.line.board["rings"] is None)


async def test_who_waits_is_told_where_she_stands(house: House) -> None:
    first, _ = await house.asks(await house.guest("一"))
    assert (await until(lambda: first.places))[-1] == {
        "place": 1,
        "least_ms": None,
        "most_ms": None,
        "desks": {"open": 0, "free": 0},
    }
    house.service.clock.advance(SECOND)
    second, _ = await house.asks(await house.guest("二"))
    assert (await until(lambda: second.places))[-1]["place"] == 2
    await first.does("leave")
    await until(lambda: second.places[-1]["place"] == 1)
    lobby = (await (await house.guest("三")).get("/api/consult")).json
    assert lobby == {
        "open": True, "opens_at": None, "desks": {"open": 0, "free": 0}, "free": False,
        "waiting": 1, "least_ms": None, "most_ms": None, "call": None, "topics": [],
        "bookable": False,
    }  # fmt: skip


async def test_who_waits_is_told_whether_all_are_busy_or_nobody_is_there(house: House) -> None:
    ji = await house.desk("ji")
    await house.talk(ji)
    waiting, _ = await house.asks(await house.guest("二"))
    told = (await until(lambda: waiting.places))[-1]
    assert told["desks"] == {"open": 1, "free": 0}
    await ji.line.does("hang_up")
    await until(lambda: waiting.phase == "ringing")
    await ji.inbox.socket.disconnect()
    await until(lambda: waiting.places[-1]["desks"] == {"open": 0, "free": 0})


async def test_somebody_is_free_for_her_while_it_rings_at_another_for_who_is_before(
    house: House,
) -> None:
    await house.desk("ji")
    await house.desk("wen")
    first, _ = await house.asks()
    await until(lambda: first.phase == "ringing")
    lobby = (await (await house.guest("二")).get("/api/consult")).json
    assert (lobby["desks"], lobby["waiting"]) == ({"open": 2, "free": 1}, 1)
    assert lobby["free"]


async def test_anybody_may_look_on_from_the_lobby_and_sees_no_more_than_the_line(
    house: House,
) -> None:
    looks_on = await house.line(await house.service.browser())
    told = (await looks_on.ask("lobby"))["lobby"]
    assert told == {
        "open": True, "opens_at": None, "desks": {"open": 0, "free": 0}, "free": False,
        "waiting": 0, "least_ms": None, "most_ms": None,
    }  # fmt: skip
    assert code(await looks_on.ask("lobby", {"staff": "stf_1"})) == "bad_request"


async def test_a_page_that_goes_away_is_missed_and_one_that_comes_back_is_not(
    house: House,
) -> None:
    ji = await house.desk("ji")
    customer, call = await house.talk(ji)
    await customer.socket.disconnect()
    await until(lambda: ji.line.call["gone"]["customer"] is not None)
    assert ji.line.call["seats"]["customer"] is None
    again = await house.line(customer.browser)
    await again.enter(call)
    await until(lambda: ji.line.call["seats"]["customer"] == again.seat)
    assert ji.line.call["gone"]["customer"] is None
    house.service.clock.advance(95 * SECOND)
    await again.does("say", text="回來了")
    await until(lambda: ji.line.call["said"])
    await again.socket.disconnect()
    await until(lambda: ji.line.call["gone"]["customer"] is not None)
    house.service.clock.advance(91 * SECOND)
    await until(lambda: ji.line.phase == "ended")
    assert ji.line.call["cause"] == "lost"


async def test_the_same_page_on_a_new_line_is_not_missed(house: House) -> None:
    """Its old line is found to be dead only after it has a new one."""
    ji = await house.desk("ji")
    customer, call = await house.talk(ji)
    again = await house.line(customer.browser)
    again.seat = customer.seat
    await again.enter(call)
    await customer.socket.disconnect()
    assert (await again.signal(ji.line))["delivered"]
    assert (await ji.line.signal(again))["delivered"]
    await until(lambda: again.signals)
    await ji.line.does("say", text="在")
    await until(lambda: again.call["said"])
    assert again.call["gone"]["customer"] is None
    assert ji.line.call["seats"]["customer"] == customer.seat


async def test_a_desk_that_signs_out_leaves_its_call(house: House) -> None:
    ji = await house.desk("ji")
    customer, _ = await house.talk(ji)
    await ji.browser.delete("/api/session")
    await until(lambda: customer.call["gone"]["staff"] is not None)


async def test_the_servers_of_a_call_are_its_twos(database_url: str, tmp_path: Path) -> None:
    turn: dict[str, Any] = {
        "turn_urls": ("turn:127.0.0.1:3478?transport=udp",),
        "turn_secret": "t" * 40,
    }
    async with open_house(database_url, tmp_path, **turn) as house:
        ji = await house.desk("ji")
        customer, call = await house.talk(ji)
        hers, jis = await customer.ask("ice"), await ji.line.ask("ice")
        [server] = hers["servers"]
        assert server["urls"] == ["turn:127.0.0.1:3478?transport=udp"]
        assert server["username"].endswith(f":{call}.customer")
        assert jis["servers"][0]["username"].endswith(f":{call}.staff")
        assert server["credential"] != jis["servers"][0]["credential"]
        assert hers["expires_at"] > house.service.clock.now() + 59 * 60_000
        await customer.does("hang_up")
        assert code(await customer.ask("ice")) == "call_over"


async def test_a_cart_that_changed_elsewhere_is_looked_at_anew(house: House) -> None:
    ji = await house.desk("ji")
    customer, _ = await house.talk(ji)
    await customer.ask("cart")
    await until(lambda: ji.line.carts == 1)


async def test_a_rep_invites_and_the_customer_accepts(house: House) -> None:
    ji = await house.desk("ji")
    browser = await house.guest()
    conversation = (await browser.post("/api/chat", {})).json["conversation"]
    invited = await ji.browser.post("/api/staff/consult/calls", {"conversation": conversation})
    assert invited.status == 201, invited.body
    call = invited.json["call"]
    again = await ji.browser.post("/api/staff/consult/calls", {"conversation": conversation})
    assert (again.status, again.json["call"]) == (200, call)
    await ji.line.enter(call)
    assert ji.line.phase == "invited"
    await until(lambda: (ji.line.board["mine"] or {}).get("id") == call)
    assert (await browser.get("/api/consult")).json["call"] == call
    customer = await house.line(browser)
    await customer.enter(call)
    await customer.does("accept")
    await until(lambda: ji.line.phase == "talking")
    assert (await customer.signal(ji.line))["delivered"]


async def test_a_rep_who_invites_is_not_rung(house: House) -> None:
    ji = await house.desk("ji")
    conversation = (await (await house.guest()).post("/api/chat", {})).json["conversation"]
    await ji.browser.post("/api/staff/consult/calls", {"conversation": conversation})
    await house.asks(await house.guest("二"))
    await until(lambda: ji.line.board["waiting"])
    assert ji.line.board["rings"] is None
    other = (await (await house.guest("三")).post("/api/chat", {})).json["conversation"]
    refused = await ji.browser.post("/api/staff/consult/calls", {"conversation": other})
    assert (refused.status, refused.code) == (409, "in_a_call")
