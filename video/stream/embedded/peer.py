"""What all WebRTC connections here share: where they listen, which codecs they speak."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from typing import Final

import aioice.ice
from aiortc import (
    RTCConfiguration,
    RTCIceServer,
    RTCPeerConnection,
    RTCRtpCodecCapability,
    RTCRtpReceiver,
    RTCSessionDescription,
)
from aiortc.exceptions import InvalidStateError, OperationError

from core.errors import PlusOneError, Unavailable
from video.stream.embedded.sdp import BadOffer

ANSWERED_S: Final = 10
"""How long making an answer may take; a STUN server that is away is waited for."""
START_KBIT: Final = 2_000
"""What a browser is told to begin with: left to itself it takes half a minute to get there."""

_CODECS: Final = {"video": "video/H264", "audio": "audio/opus"}


class NoConnection(PlusOneError):
    """The two sides found nothing that both speak."""

    code = "no_connection"
    status = 422


def listen_on(addresses: Sequence[str]) -> None:
    """Offer these addresses alone; with none, those of the machine, or its loop if it has none."""
    chosen, of_machine = list(addresses), aioice.ice.get_host_addresses

    def offered(use_ipv4: bool, use_ipv6: bool) -> list[str]:
        return chosen or of_machine(use_ipv4, use_ipv6) or ["127.0.0.1"]

    aioice.ice.get_host_addresses = offered


def connection(servers: Sequence[str]) -> RTCPeerConnection:
    """A fresh connection that asks these STUN or TURN servers for its own addresses."""
    return RTCPeerConnection(RTCConfiguration([RTCIceServer(url) for url in servers]))


def codecs(kind: str) -> list[RTCRtpCodecCapability]:
    """H.264 or Opus, and sending again what was lost."""
    wanted = {_CODECS[kind].lower(), f"{kind}/rtx"}
    known = RTCRtpReceiver.getCapabilities(kind)
    return [one for one in (known.codecs if known else ()) if one.mimeType.lower() in wanted]


async def answered(peer: RTCPeerConnection, offer: str) -> str:
    """The answer to `offer`, after whoever sends or receives has joined `peer`.

    Raises BadOffer, NoConnection, and Unavailable where `peer` was closed meanwhile.
    """
    try:
        async with asyncio.timeout(ANSWERED_S):
            await peer.setLocalDescription(await peer.createAnswer())
    except InvalidStateError:
        raise _closed() from None
    except TimeoutError:
        raise NoConnection("No network address could be found.") from None
    except ValueError as error:
        raise BadOffer("The session description does not make sense.") from error
    return peer.localDescription.sdp


async def take(peer: RTCPeerConnection, offer: str) -> None:
    """Make `offer` the other side's. Raises what `answered` does."""
    try:
        await peer.setRemoteDescription(RTCSessionDescription(offer, "offer"))
    except InvalidStateError:
        raise _closed() from None
    except (ValueError, KeyError, IndexError, AttributeError) as error:
        raise BadOffer("The session description does not make sense.") from error
    except OperationError as error:
        raise NoConnection("Nothing that is offered is spoken here.") from error


def _closed() -> Unavailable:
    return Unavailable("The connection was closed meanwhile.")


def with_start(answer: str) -> str:
    """`answer` with the bit rate that Chromium shall begin with."""
    hint = f";x-google-start-bitrate={START_KBIT}"
    return re.sub(r"(a=fmtp:\d+ [^\r\n]*profile-level-id=[^\r\n]*)", rf"\1{hint}", answer)


def announced(answer: str, address: str) -> str:
    """`answer` with `address` in the place of this machine's own: it is behind a translation."""
    if not address:
        return answer
    typed = re.compile(r"^(a=candidate:\S+ \d+ \S+ \d+ )(\S+)( \d+ typ host)", re.MULTILINE)
    return typed.sub(rf"\g<1>{address}\g<3>", answer)
