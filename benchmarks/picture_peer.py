"""The peer of `picture.py`: WHIP in and WHEP out as aiortc does it, decoding and encoding.

python -m benchmarks.picture_peer PORT
"""

from __future__ import annotations

import sys

from aiohttp import web
from aiortc import RTCConfiguration, RTCPeerConnection, RTCSessionDescription
from aiortc.contrib.media import MediaBlackhole, MediaRelay

from video.stream.embedded import peer

RELAY = MediaRelay()
TRACKS = web.AppKey("tracks", dict[str, object])
PEERS = web.AppKey("peers", list[RTCPeerConnection])


async def publish(request: web.Request) -> web.Response:
    connection = RTCPeerConnection(RTCConfiguration([]))
    request.app[PEERS].append(connection)
    for kind in ("audio", "video"):
        transceiver = connection.addTransceiver(kind, direction="recvonly")
        transceiver.setCodecPreferences(peer.codecs(kind))
    await connection.setRemoteDescription(RTCSessionDescription(await request.text(), "offer"))
    unheard = MediaBlackhole()
    for transceiver in connection.getTransceivers():
        track = transceiver.receiver.track
        request.app[TRACKS][track.kind] = track
        unheard.addTrack(RELAY.subscribe(track))  # what nobody reads would fill the memory
    await connection.setLocalDescription(await connection.createAnswer())
    await unheard.start()
    return _answer(connection)


async def watch(request: web.Request) -> web.Response:
    connection = RTCPeerConnection(RTCConfiguration([]))
    request.app[PEERS].append(connection)
    for kind, track in request.app[TRACKS].items():
        sender = connection.addTrack(RELAY.subscribe(track))  # type: ignore[arg-type]
        transceiver = next(t for t in connection.getTransceivers() if t.sender is sender)
        transceiver.direction = "sendonly"
        transceiver.setCodecPreferences(peer.codecs(kind))
    await connection.setRemoteDescription(RTCSessionDescription(await request.text(), "offer"))
    await connection.setLocalDescription(await connection.createAnswer())
    return _answer(connection)


def _answer(connection: RTCPeerConnection) -> web.Response:
    return web.Response(
        status=201,
        text=connection.localDescription.sdp,
        content_type="application/sdp",
        headers={"Location": "/gone"},
    )


async def gone(_request: web.Request) -> web.Response:
    return web.Response()


def main() -> None:
    peer.listen_on(["127.0.0.1"])
    app = web.Application()
    app[TRACKS], app[PEERS] = {}, []
    app.add_routes(
        [web.post("/whip", publish), web.post("/whep", watch), web.delete("/gone", gone)]
    )
    app.router.add_get("/", gone)
    web.run_app(app, host="127.0.0.1", port=int(sys.argv[1]), print=None)


if __name__ == "__main__":
    main()
