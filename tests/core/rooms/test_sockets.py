"""What comes in by a socket: whoever is rude is told or closed, and nobody else notices."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from core.clock import ManualClock
from core.db import Database
from core.errors import RateLimited
from core.rooms import sockets
from core.rooms.engine import COME_BACK, RoomSocket, read_packet
from core.rooms.sockets import IN_FLIGHT, REFUSALS
from core.rooms.websocket import UNREAD_AT_MOST
from tests.core.rooms.conftest import House, opened
from tests.core.rooms.served import NAMESPACE, Poller, Served, Viewer, serving
from tests.waiting import until


@pytest.fixture
async def house(sqlite_url: str) -> AsyncIterator[House]:
    async with Database.open(sqlite_url) as database, opened(database, ManualClock()) as house:
        yield house


@pytest.fixture
async def served(house: House) -> AsyncIterator[Served]:
    async with serving(house.rooms) as served:
        yield served


def error_of(reply: Any) -> str:
    assert reply["ok"] is False
    assert set(reply["error"]) == {"code", "message", "retryable", "data"}
    code: str = reply["error"]["code"]
    return code


async def test_an_event_is_acknowledged_with_what_its_handler_returns(served: Served) -> None:
    async with Viewer.at(served) as viewer:
        for data in (None, 1, '+1 ünï漢 "q"', [1, [2]], {"a": {"b": None}}, "x" * 10_000):
            assert await viewer.call("echo", data) == data


async def test_events_that_are_not_there_or_not_theirs_are_refused(served: Served) -> None:
    async with Viewer.at(served) as viewer:
        for event in (
            "nothing",
            "connect",
            "disconnect",
            "connect_error",
            "",
            "_tell",
            "__class__",
        ):
            assert error_of(await viewer.call(event)) == "bad_request"
        answer = viewer.expect(77)
        await viewer.ws.send_str(f'42{NAMESPACE},77["echo",1,2]')
        assert error_of(await answer) == "bad_request"
        assert await viewer.call("echo", "still here") == "still here"


async def test_a_handler_that_breaks_is_told_as_internal_with_an_incident(served: Served) -> None:
    async with Viewer.at(served) as viewer:
        reply = await viewer.call("break")
        assert error_of(reply) == "internal"
        assert reply["error"]["data"]["incident"].startswith("inc_")
        assert "broken" not in json.dumps(reply)


async def test_who_may_not_connect_is_told_why(served: Served) -> None:
    async with Viewer.at(served, id="nobody") as viewer:
        kind, told = await viewer.connected
        assert kind == "44"
        assert told["data"]["code"] == "forbidden"
        assert told["data"]["data"] == {"why": "a test"}


@pytest.mark.parametrize(
    "garbage",
    [
        f"42{NAMESPACE},1[",
        f'42{NAMESPACE},1["echo",{{]',
        f"42{NAMESPACE},1{{}}",
        f"42{NAMESPACE},1[1]",
        f"42{NAMESPACE},1[]",
        f"42{NAMESPACE},1",
        f'42{NAMESPACE},{"9" * 200}["echo"]',
        f'42{NAMESPACE},1["echo",{"{" * 10_000}',
        f'42{NAMESPACE},1["echo","\\ud800"]',
        f'451-{NAMESPACE},["echo",{{"_placeholder":true,"num":0}}]',
        f'459999999999-{NAMESPACE},["echo"]',
        f"43{NAMESPACE},1[]",
        f'44{NAMESPACE},"no"',
        "4" + "[" * 10_000,
        "49",
        "4",
        "4x",
        "7",
        "2",
        "2probe",
        "",
        "hello",
        "2" + "[" * 10_000,
        b"\x00\x01",
    ],
    ids=lambda garbage: repr(garbage[:24]),
)
async def test_garbage_closes_its_own_socket_and_no_other(
    served: Served, garbage: str | bytes, caplog: pytest.LogCaptureFixture
) -> None:
    async with Viewer.at(served) as rude, Viewer.at(served) as polite:
        if isinstance(garbage, str):
            await rude.ws.send_str(garbage)
        else:
            await rude.ws.send_bytes(garbage)
        assert await rude.closed() == 1007
        assert await polite.call("echo", "here") == "here"
    assert not caplog.records


async def test_json_that_is_nested_too_deeply_is_refused_and_the_socket_lives(
    served: Served,
) -> None:
    async with Viewer.at(served) as viewer:
        for opening, closing in (("[", "]"), ('{"a":', "}")):
            deep = opening * 2000 + "1" + closing * 2000
            answer = viewer.expect(77)
            await viewer.ws.send_str(f'42{NAMESPACE},77["echo",{deep}]')
            assert error_of(await answer) == "too_large"
        assert await viewer.call("echo", 1) == 1


async def test_a_message_of_more_than_sixteen_kibibytes_closes_its_socket(served: Served) -> None:
    async with Viewer.at(served) as viewer:
        await viewer.ws.send_str(f'42{NAMESPACE},1["echo","{"x" * 17_000}"]')
        assert await viewer.closed() == 1009


async def test_pings_of_a_client_that_never_reads_fill_no_memory(served: Served) -> None:
    async with Viewer.at(served) as viewer, Viewer.at(served) as polite:
        await viewer.pause()
        [first, _] = [s for s in served.server.eio.sockets.values() if isinstance(s, RoomSocket)]
        assert first.transport is not None
        while not first.transport.get_write_buffer_size():
            for _ in range(1000):
                await viewer.ws.ping(b"p" * 125)
        for _ in range(5000):
            await viewer.ws.ping(b"p" * 125)
        assert await polite.call("echo", 1) == 1
        assert first.transport.get_write_buffer_size() < UNREAD_AT_MOST + 200


async def test_a_page_of_a_wrong_origin_gets_no_socket(house: House) -> None:
    async with (
        serving(house.rooms, allowed_origins=lambda origin, _: origin == "https://ours") as served,
        aiohttp.ClientSession() as session,
    ):
        url = f"{served.url}/socket.io/?EIO=4&transport=websocket"
        for origin in ("https://theirs", "null", "https://ours.theirs"):
            with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
                await session.ws_connect(url, origin=origin)
            assert refused.value.status == 400
            polling = await session.get(
                f"{served.url}/socket.io/?EIO=4&transport=polling", headers={"Origin": origin}
            )
            assert polling.status == 400
        for headers in ({"Origin": "https://ours"}, {}):
            async with session.ws_connect(url, headers=headers) as ws:
                assert (await ws.receive_str()).startswith("0{")


async def test_one_address_has_so_many_sockets_and_no_more(house: House) -> None:
    async with serving(house.rooms, address_of=lambda _: "198.51.100.7", per_address=2) as served:
        async with Viewer.at(served), Viewer.at(served) as second:
            with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
                async with Viewer.at(served):
                    pass
            assert refused.value.status == 429
            await second.ws.close()
            await until(lambda: len(served.server.eio.sockets) == 1)
            async with Viewer.at(served) as third:
                assert await third.call("echo", 1) == 1
        await until(lambda: not served.server.eio.sockets)
        assert not served.server.eio._addresses


async def test_a_flood_is_limited_told_and_at_last_closed(house: House) -> None:
    left = 3

    def admit(_socket: str) -> RateLimited | None:
        nonlocal left
        left -= 1
        return None if left >= 0 else RateLimited("Too fast.", retry_after_ms=500)

    async with serving(house.rooms, admit=admit) as served, Viewer.at(served) as viewer:
        replies = [await viewer.call("echo", n) for n in range(5)]
        assert replies[:3] == [0, 1, 2]
        assert error_of(replies[3]) == "rate_limited"
        assert replies[3]["error"]["data"] == {"retry_after_ms": 500}
        for _ in range(REFUSALS):
            await viewer.ws.send_str(f'42{NAMESPACE},["echo",1]')
        assert await viewer.closed() == 1008


async def test_a_socket_has_so_much_in_the_making_and_no_more(served: Served) -> None:
    async with Viewer.at(served) as viewer:
        for _ in range(IN_FLIGHT):
            await viewer.ws.send_str(f'42{NAMESPACE},["wait",1]')
        assert error_of(await viewer.call("echo", 1)) == "rate_limited"


async def test_whoever_answers_no_ping_is_gone(house: House) -> None:
    async with (
        # A machine that is busy may be slow to pass an answer on.
        serving(house.rooms, ping_interval_s=0.05, ping_timeout_s=2) as served,
        Viewer.at(served) as silent,
        Viewer.at(served) as there,
    ):
        silent.pongs = False
        await silent.closed()
        await until(lambda: "ping timeout" in served.namespace.gone)
        assert await there.call("echo", 1) == 1
        await asyncio.sleep(0.5)  # several rounds of pings
        assert await there.call("echo", 2) == 2


async def test_deflate_is_agreed_upon_with_nothing_kept_between_messages(served: Served) -> None:
    url = f"{served.url}/socket.io/?EIO=4&transport=websocket"
    async with aiohttp.ClientSession() as session:
        async with session.ws_connect(url, compress=15) as ws:
            assert ws.compress
            assert ws.client_notakeover
            await ws.send_str(f"40{NAMESPACE}," + json.dumps({"id": "x" * 900}))
            async for message in ws:
                if message.data.startswith("40"):
                    break
            for number in range(3):
                asked = f'42{NAMESPACE},{number}["echo","{"ha" * 800}"]'
                await ws.send_str(asked)
                assert (await ws.receive_str()).startswith(f"43{NAMESPACE},{number}[")
        async with session.ws_connect(url) as ws:
            assert not ws.compress


async def test_a_client_that_says_goodbye_in_both_protocols_is_answered_once(
    served: Served,
) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", served.port)
    writer.write(
        b"GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: here\r\n"
        b"Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
        b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    )
    await reader.readuntil(b"\r\n\r\n")
    opening = await reader.readexactly(2)
    await reader.readexactly(opening[1])
    mask = bytes(4)
    engine_close, close = b"\x81\x81" + mask + b"1", b"\x88\x82" + mask + b"\x03\xe8"
    writer.write(engine_close + close)
    assert await reader.read() == b"\x88\x02\x03\xe8"
    writer.close()


async def test_leaving_sends_clients_away_in_a_way_that_brings_them_back(house: House) -> None:
    async with serving(house.rooms) as served, Viewer.at(served) as viewer:
        await served.server.close()
        assert await viewer.closed() == COME_BACK
        await until(lambda: list(served.namespace.gone) == ["transport close"])
        assert not served.server.eio.sockets
        assert not served.server.environ


@pytest.fixture
async def poller(served: Served) -> AsyncIterator[Poller]:
    async with aiohttp.ClientSession() as session:
        poller = Poller(served, session)
        await poller.open()
        yield poller


async def test_a_client_that_polls_and_goes_before_it_is_let_in_is_forgotten(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked, found = asyncio.Event(), asyncio.Event()
    let_in = served.namespace.on_connect

    async def slowly(*given: Any) -> None:
        asked.set()
        await found.wait()
        await let_in(*given)

    monkeypatch.setattr(served.namespace, "on_connect", slowly)
    async with aiohttp.ClientSession() as session:
        poller = Poller(served, session)
        await poller.begin()
        connecting = asyncio.create_task(poller.send(f"40{NAMESPACE},"))
        await asked.wait()
        assert await poller.send("1") == 200
        assert not served.server.eio.sockets
        found.set()
        await connecting
    assert len(served.namespace.gone) == 1
    assert not served.namespace._who
    assert not list(served.server.manager.get_participants(NAMESPACE, None))


async def test_a_client_that_polls_is_acknowledged_too(poller: Poller) -> None:
    await poller.send(f'42{NAMESPACE},5["echo",{{"a":"漢"}}]', f'42{NAMESPACE},6["echo",2]')
    told: list[str] = []
    while len(told) < 2:
        told += await poller.poll()
    assert told == [f'43{NAMESPACE},5[{{"a":"漢"}}]', f"43{NAMESPACE},6[2]"]


@pytest.mark.parametrize(
    "bodies",
    [
        ["4" + "[" * 9000],
        ["hello"],
        ["b4AAAA"],
        ["3"] * 17,
        ["\ud800".encode("utf-8", "surrogatepass").decode("latin1")],
    ],
)
async def test_garbage_of_a_client_that_polls_ends_its_session(
    poller: Poller, bodies: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    await poller.send(*bodies)
    assert (await poller.poll())[0] == "400"
    assert [r for r in caplog.records if r.exc_info] == []


async def test_a_post_that_is_too_long_ends_its_session(poller: Poller) -> None:
    assert await poller.send(f'42{NAMESPACE},5["echo","{"x" * 17_000}"]') == 400
    assert (await poller.poll())[0] == "400"


async def test_a_client_that_sends_and_never_polls_is_let_go(
    served: Served, poller: Poller
) -> None:
    for _ in range(40):
        if await poller.send(*[f'42{NAMESPACE},5["echo","{"x" * 500}"]'] * 16) != 200:
            break
    await until(lambda: not served.server.eio.sockets)


async def test_a_session_has_one_websocket_only(served: Served, poller: Poller) -> None:
    url = poller._url.replace("transport=polling", "transport=websocket")
    async with aiohttp.ClientSession() as session, session.ws_connect(url) as ws:
        await ws.send_str("2probe")
        assert await ws.receive_str() == "3probe"
        for _ in range(2):
            with pytest.raises(aiohttp.WSServerHandshakeError):
                await session.ws_connect(url)
        await ws.send_str("5")
        await ws.send_str(f'42{NAMESPACE},5["echo",1]')
        # What was waiting for a poll comes first.
        told = [await ws.receive_str() for _ in range(2)]
        assert told == ["6", f"43{NAMESPACE},5[1]"]


async def test_an_upgrade_that_is_given_up_leaves_the_polling_session_alone(
    served: Served, poller: Poller
) -> None:
    url = poller._url.replace("transport=polling", "transport=websocket")
    async with aiohttp.ClientSession() as session:
        async with session.ws_connect(url) as ws:
            await ws.send_str("2probe")
            assert await ws.receive_str() == "3probe"
        await poller.send(f'42{NAMESPACE},5["echo",1]')
        told: list[str] = []
        while f"43{NAMESPACE},5[1]" not in told:
            told += await poller.poll()


def test_a_packet_is_read_as_engine_io_writes_it() -> None:
    assert read_packet("42[]").data == "2[]"
    assert read_packet("3").packet_type == 3
    assert read_packet("2probe").data == "probe"


async def test_all_are_asked_to_come_back_and_are_served_until_they_go(served: Served) -> None:
    async with Viewer.at(served) as viewer, Viewer.at(served) as other:
        await asyncio.gather(viewer.connected, other.connected)
        leaving = asyncio.create_task(served.server.send_away(30))
        for one in (viewer, other):
            assert await one.next("come_back") == {"within_ms": 30_000}
            assert await one.call("echo", "still here") == "still here"
        assert not leaving.done()
        await viewer.ws.close()
        assert await other.call("echo", 1) == 1
        assert not leaving.done()
        await other.ws.close()
        async with asyncio.timeout(10):
            await leaving  # nobody is there to be waited for


async def test_who_does_not_go_is_not_waited_for_longer_than_her_time(
    served: Served, poller: Poller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sockets, "COME_LATE_S", 0.01)
    async with Viewer.at(served) as viewer:
        async with asyncio.timeout(10):
            await served.server.send_away(0)
        assert await viewer.next("come_back") == {"within_ms": 0}
        assert await poller.poll() == [f'42{NAMESPACE},["come_back",{{"within_ms":0}}]']
        assert await viewer.call("echo", 1) == 1


class _Rooms(dict[Any, Any]):
    """Rooms that nobody may look through, however many there are."""

    def copy(self) -> Any:
        raise AssertionError("looked through")

    items = __iter__ = copy


async def test_one_who_leaves_is_forgotten_without_a_look_at_the_others() -> None:
    manager = sockets.RoomManager()
    rooms = manager.rooms[NAMESPACE] = _Rooms()
    for sid in ("mei", "yu"):
        for room in (None, sid):
            manager.basic_enter_room(sid, NAMESPACE, room, f"engine of {sid}")
    manager.pending_disconnect[NAMESPACE] = ["mei"]
    manager.basic_disconnect("mei", NAMESPACE)
    assert rooms.keys() == {None, "yu"}
    assert not manager.pending_disconnect
    assert manager.sid_from_eio_sid("engine of mei", NAMESPACE) is None
    assert manager.is_connected("yu", NAMESPACE)
    manager.basic_disconnect("yu", NAMESPACE)
    manager.basic_disconnect("yu", NAMESPACE)
    assert NAMESPACE not in manager.rooms
