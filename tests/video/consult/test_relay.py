"""The credentials that pages are given, at a real coturn: good where they hold, and only there."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator, Iterator
from itertools import cycle
from pathlib import Path
from typing import Any, Final, Literal

import pytest
from aioice import stun, turn
from pydantic import SecretStr

from core.clock import SystemClock
from tests.servers import TurnServer
from video.consult.turn import Turn

Way = Literal["udp", "tcp", "tls"]
WAYS: Final[tuple[Way, ...]] = ("udp", "tcp", "tls")

DEPLOYED: Final = Path(__file__).parents[3] / "deploy" / "coturn" / "turnserver.conf"
ANSWER_S: Final = 20
UNAUTHORISED, FORBIDDEN = 401, 403
_ELSEWHERE = cycle(TurnServer.addresses)


@pytest.fixture(scope="module")
def server() -> Iterator[TurnServer]:
    with TurnServer() as server:
        yield server


@pytest.fixture
def credential(server: TurnServer) -> tuple[str, str]:
    return given(server)


def given(server: TurnServer, *, secret: str = "", ago_s: int = 0) -> tuple[str, str]:
    """(name, password) that a page was given so many seconds ago, for five minutes."""
    ours = Turn((server.udp,), SecretStr(secret or server.secret), minutes=5)
    [one] = ours.servers("cll_1", "customer", SystemClock().now() - ago_s * 1000).servers
    assert one.username is not None
    assert one.credential is not None
    return one.username, one.credential


class Heard(asyncio.DatagramProtocol):
    """Whoever is behind a relay, and what reached it."""

    def __init__(self) -> None:
        self.words: asyncio.Queue[bytes] = asyncio.Queue()
        self.refused: asyncio.Queue[Exception] = asyncio.Queue()
        self.gone = asyncio.Event()

    def datagram_received(self, data: bytes, _addr: tuple[str | Any, int]) -> None:
        self.words.put_nowait(data)

    def error_received(self, exc: Exception) -> None:
        self.refused.put_nowait(exc)

    def connection_lost(self, _exc: Exception | None) -> None:
        self.gone.set()


@contextlib.asynccontextmanager
async def relay(
    server: TurnServer, credential: tuple[str, str], way: Way = "udp", at: str = "127.0.0.1"
) -> AsyncIterator[tuple[turn.TurnTransport, Heard]]:
    """A relay of one's own. Raises stun.TransactionFailed where it is refused."""
    trusting = ssl.create_default_context(cafile=str(server.certificate))
    transport, heard = await turn.create_turn_endpoint(
        Heard,
        (at, server.tls_port if way == "tls" else server.port),
        *credential,
        ssl=trusting if way == "tls" else None,
        transport="udp" if way == "udp" else "tcp",
    )
    try:
        yield transport, heard
    finally:
        transport.close()
        await heard.gone.wait()


async def says(
    sender: turn.TurnTransport, word: bytes, to: tuple[str, int], listener: Heard
) -> bytes:
    """What the other hears of it, who hears nothing of one whom it has said nothing to itself."""
    async with asyncio.timeout(ANSWER_S):
        while True:
            sender.sendto(word, to)
            with contextlib.suppress(TimeoutError):
                return await asyncio.wait_for(listener.words.get(), 0.05)


async def refusal(server: TurnServer, credential: tuple[str, str], way: Way = "udp") -> int:
    """The code with which a relay is refused.

    Each time at another address: coturn remembers both sides' addresses for a while after it has
    refused somebody, and who gets the same port then is refused as another (437), or not answered.
    """
    with pytest.raises(stun.TransactionFailed) as refused:
        async with relay(server, credential, way, next(_ELSEWHERE)):
            pass
    code = refused.value.response.error_code
    assert code is not None
    return code


@pytest.mark.parametrize("way", WAYS)
async def test_what_one_side_sends_reaches_the_other_by_every_way(
    server: TurnServer, credential: tuple[str, str], way: Way
) -> None:
    async with (
        relay(server, credential, way) as (one, at_one),
        relay(server, credential) as (other, at_other),
    ):
        there, here = other.get_extra_info("sockname"), one.get_extra_info("sockname")
        other.sendto(b"hello", here)
        for sender, to, listener in ((one, there, at_other), (other, here, at_one)):
            assert await says(sender, b"picture", to, listener) in (b"picture", b"hello")


@pytest.mark.parametrize("way", ["udp", "tcp"])
async def test_a_credential_that_has_expired_is_refused(server: TurnServer, way: Way) -> None:
    assert await refusal(server, given(server, ago_s=301), way) == UNAUTHORISED


async def test_a_credential_holds_until_it_expires(server: TurnServer) -> None:
    async with relay(server, given(server, ago_s=240)) as (transport, _):
        assert transport.get_extra_info("sockname")


@pytest.mark.parametrize("way", ["udp", "tcp"])
async def test_a_forged_credential_is_refused(
    server: TurnServer, credential: tuple[str, str], way: Way
) -> None:
    name, password = credential
    until, _, whose = name.partition(":")
    later = f"{int(until) + 3600}:{whose}"
    other = f"{until}:{whose.replace('customer', 'staff')}"
    for forged in ((later, password), (other, password), (name, "AAAA" + password[4:])):
        assert await refusal(server, forged, way) == UNAUTHORISED


async def test_a_credential_made_with_another_secret_is_refused(server: TurnServer) -> None:
    assert await refusal(server, given(server, secret="s" * 40)) == UNAUTHORISED


async def test_a_real_installation_carries_nobody_into_the_networks_it_stands_in() -> None:
    with TurnServer(config=DEPLOYED) as server:
        async with relay(server, given(server)) as (transport, heard):
            for peer in ("127.0.0.1", "10.0.0.7", "192.168.1.1", "169.254.169.254", "172.20.0.1"):
                transport.sendto(b"let me in", (peer, 5432))
                async with asyncio.timeout(ANSWER_S):
                    refused = await heard.refused.get()
                assert isinstance(refused, stun.TransactionFailed)
                assert refused.response.error_code == FORBIDDEN, peer
        assert await refusal(server, given(server, ago_s=301)) == UNAUTHORISED
