"""The engine over HTTP: WHIP (RFC 9725) in, WHEP and HLS out, and control for the service."""

from __future__ import annotations

import asyncio
import hmac
import re
from collections.abc import Awaitable, Callable
from typing import Any, Final

from aiohttp import hdrs, web

from core.errors import (
    BadRequest,
    Forbidden,
    NotFound,
    NotSignedIn,
    PlusOneError,
    TooLarge,
    Unavailable,
)
from core.http.answers import errors
from video.stream.embedded import sdp
from video.stream.embedded.authority import Authority
from video.stream.embedded.engine import Engine, Session
from video.stream.embedded.shelf import PATH
from video.stream.embedded.source import Source
from video.stream.embedded.viewer import Viewer
from video.stream.tickets import TICKET, runs_out

READ_S: Final = 10
"""How long a client may take to send an offer."""
HELD_S: Final = 4.0
"""How long a request for a part that is about to come is held, three parts' time at least."""

SDP: Final = "application/sdp"
FRAGMENT: Final = "application/trickle-ice-sdpfrag"

ENGINE = web.AppKey("engine", Engine)
AUTHORITY = web.AppKey("authority", Authority)
TOKEN = web.AppKey("token", str)
SEGMENT_S = web.AppKey("segment_s", float)

_PLAYLIST: Final = "application/vnd.apple.mpegurl"
_YEAR_S: Final = 31_536_000
_FOR_EVER: Final = f"public, max-age={_YEAR_S}, immutable"
_A_MOMENT: Final = "public, max-age=0, s-maxage=1"
"""By caches that many share; a player that asks again wants what is new."""
_PART = re.compile(r"seg([0-9]{1,9})\.([0-9]{1,3})\.m4s")
_LIVE_FILE = re.compile(r"init[0-9]{1,9}\.mp4|seg[0-9]{1,9}(\.[0-9]{1,3})?\.m4s")


class WrongType(PlusOneError):
    """The body is of a type that is not taken here."""

    code = "wrong_type"
    status = 415


class Changed(PlusOneError):
    """The session is not the one that was meant (RFC 9725, 4.3)."""

    code = "changed"
    status = 412


class NoRestart(PlusOneError):
    """ICE is not restarted here: connect anew."""

    code = "no_restart"
    status = 422


def app() -> web.Application:
    """The faces; `ENGINE`, `AUTHORITY`, `TOKEN` and `SEGMENT_S` are the server's to give."""
    app = web.Application(middlewares=[errors], client_max_size=sdp.MOST_OCTETS)
    app.add_routes(
        [
            web.post("/media/{show}/whip", publish),
            web.options("/media/{show}/whip", offers_taken),
            web.patch("/media/{show}/whip/{session}", trickle_in),
            web.delete("/media/{show}/whip/{session}", unpublish),
            web.post("/media/{show}/whep", watch),
            web.options("/media/{show}/whep", offers_taken),
            web.patch("/media/{show}/whep/{session}", trickle_out),
            web.delete("/media/{show}/whep/{session}", unwatch),
            web.get("/media/{show}/hls/{file}", hls),
            web.post("/control/{show}/end", end),
            web.delete("/control/{show}", forget),
            web.get("/control/health", health),
        ]
    )
    return app


def _show(request: web.Request) -> str:
    show = request.match_info["show"]
    if PATH.fullmatch(show) is None:
        raise NotFound("There is no such show.")
    return show


def _ticket(request: web.Request) -> str:
    """What she has for a members' show; empty without one, and for what can be none."""
    ticket = request.query.get(TICKET, "")
    return "" if runs_out(ticket) is None else ticket


# WHIP and WHEP


async def publish(request: web.Request) -> web.Response:
    show, key = _show(request), _bearer(request)
    offer = await _body(request, SDP)
    await request.app[AUTHORITY].may_publish(show, key, request.remote or "")
    return _created(request, *await request.app[ENGINE].publish(show, offer))


async def watch(request: web.Request) -> web.Response:
    show, ticket = _show(request), _ticket(request)
    offer = await _body(request, SDP)
    await request.app[AUTHORITY].may_read(show, ticket, "webrtc", request.remote or "")
    return _created(request, *await request.app[ENGINE].watch(show, offer, ticket))


async def offers_taken(_request: web.Request) -> web.Response:
    return web.Response(status=204, headers={"Accept-Post": SDP})


def _created(request: web.Request, name: str, tag: str, answer: str) -> web.Response:
    headers = {hdrs.LOCATION: f"{request.path}/{name}", hdrs.ETAG: f'"{tag}"'}
    return web.Response(status=201, text=answer, content_type=SDP, headers=headers)


async def trickle_in(request: web.Request) -> web.Response:
    session = request.app[ENGINE].source(_show(request), request.match_info["session"])
    return await _trickle(request, session)


async def trickle_out(request: web.Request) -> web.Response:
    session = request.app[ENGINE].viewer(_show(request), request.match_info["session"])
    return await _trickle(request, session)


async def _trickle(
    request: web.Request, session: Session[Source] | Session[Viewer]
) -> web.Response:
    """Further addresses of the client's (RFC 9725, 4.3.2)."""
    wanted = request.headers.get(hdrs.IF_MATCH)
    if wanted is not None and wanted not in ("*", f'"{session.tag}"'):
        raise Changed("The connection is another one by now.")
    user, candidates = sdp.fragment(await _body(request, FRAGMENT))
    if user is not None and session.client and user != session.client:
        raise NoRestart("Connect anew.")
    for mid, line in candidates:
        await session.of.add_candidate(mid, line)
    return web.Response(status=204)


async def unpublish(request: web.Request) -> web.Response:
    await request.app[ENGINE].unpublish(_show(request), request.match_info["session"])
    return web.Response()


async def unwatch(request: web.Request) -> web.Response:
    await request.app[ENGINE].unwatch(_show(request), request.match_info["session"])
    return web.Response()


def _bearer(request: web.Request) -> str:
    scheme, _, key = request.headers.get(hdrs.AUTHORIZATION, "").partition(" ")
    if scheme.lower() != "bearer" or not key or not key.isascii():
        raise NotSignedIn("Send the show's stream key.")
    return key.strip()


async def _body(request: web.Request, type_: str) -> str:
    if request.content_type != type_:
        raise WrongType(f"The body has to be {type_}.")
    try:
        async with asyncio.timeout(READ_S):
            return (await request.read()).decode()
    except TimeoutError:
        raise BadRequest("The body did not come.") from None
    except web.HTTPRequestEntityTooLarge:
        raise TooLarge("The body is too long.", octets=sdp.MOST_OCTETS) from None
    except UnicodeDecodeError:
        raise BadRequest("The body is not text.") from None


# HLS


async def hls(request: web.Request) -> web.StreamResponse:
    show, name = _show(request), request.match_info["file"]
    if name == "replay.m3u8":
        return await _replay(request, show)
    await request.app[AUTHORITY].may_read(show, _ticket(request), "hls", request.remote or "")
    if name in ("low.m3u8", "index.m3u8"):
        return await _live(request, show, low_latency=name == "low.m3u8")
    if _LIVE_FILE.fullmatch(name) is None:
        raise NotFound("There is no such file.")
    return await _file(request, show, name)


async def _live(request: web.Request, show: str, *, low_latency: bool) -> web.Response:
    window = request.app[ENGINE].stream(show).window
    number, part = (_asked(request, name) for name in ("_HLS_msn", "_HLS_part"))
    if number is not None:
        if window.is_far(number):
            raise BadRequest("That is too far ahead.")
        # Players ask again after this alone (RFC 8216bis, 6.2.5.2); the host's line may be slow.
        if not await window.reaches(number, part, at_most_s=HELD_S):
            raise Unavailable("It has not come yet.")
    if window.is_empty:
        raise NotFound("The picture is about to begin.", code="no_picture")
    text = window.playlist(low_latency=low_latency, query=_carried_on(request))
    return web.Response(text=text, content_type=_PLAYLIST, headers={hdrs.CACHE_CONTROL: _A_MOMENT})


async def _replay(request: web.Request, show: str) -> web.Response:
    await request.app[AUTHORITY].may_play_back(show, _ticket(request), request.remote or "")
    engine = request.app[ENGINE]
    await engine.whole(show)  # players ask once, and some before we are told that the show is over
    text = await asyncio.to_thread(
        engine.shelf.playlist,
        show,
        segment_s=request.app[SEGMENT_S],
        query=_carried_on(request),
    )
    if text is None:
        raise NotFound("Nothing was kept of this show.")
    return web.Response(text=text, content_type=_PLAYLIST, headers={hdrs.CACHE_CONTROL: _A_MOMENT})


async def _file(request: web.Request, show: str, name: str) -> web.StreamResponse:
    engine = request.app[ENGINE]
    headers = {hdrs.CACHE_CONTROL: _kept(request)}
    data = await _in_window(engine, show, name)
    if data is not None:
        return web.Response(body=data, content_type="video/mp4", headers=headers)
    file = engine.shelf.file(show, name)
    if file is None or not await asyncio.to_thread(file.is_file):
        raise NotFound("There is no such file.")
    return web.FileResponse(file, headers={**headers, hdrs.CONTENT_TYPE: "video/mp4"})


def _carried_on(request: web.Request) -> str:
    """What has to stand behind the names of files in a playlist that was asked for so."""
    ticket = _ticket(request)
    return f"?{TICKET}={ticket}" if ticket else ""


def _kept(request: web.Request) -> str:
    """How long caches may keep what never changes: no longer than its address opens."""
    until = runs_out(_ticket(request))
    if until is None:
        return _FOR_EVER
    rest_s = (until - request.app[ENGINE].clock.now()) // 1000
    return f"public, max-age={min(max(rest_s, 0), _YEAR_S)}"


async def _in_window(engine: Engine, show: str, name: str) -> bytes | None:
    """A file of the live end; a part that is about to come is waited for."""
    try:
        window = engine.stream(show).window
    except NotFound:
        return None
    data = window.file(name)
    if data is None and (found := _PART.fullmatch(name)) is not None:
        await window.reaches(int(found[1]), int(found[2]), at_most_s=HELD_S)
        data = window.file(name)
    return data


def _asked(request: web.Request, name: str) -> int | None:
    text = request.query.get(name)
    if text is None:
        return None
    if not text.isascii() or not text.isdecimal() or len(text) > 9:
        raise BadRequest("A number is missing.")
    return int(text)


# For the service alone


Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def _ours(handler: Handler) -> Handler:
    """Only whoever has the engine's own token."""

    async def asked(request: web.Request) -> web.StreamResponse:
        sent = request.headers.get(hdrs.AUTHORIZATION, "")
        given = sent.encode(errors="surrogateescape")  # what is no text may come in a header
        if not hmac.compare_digest(given, f"Bearer {request.app[TOKEN]}".encode()):
            raise Forbidden("This is not for you.")
        return await handler(request)

    return asked


@_ours
async def end(request: web.Request) -> web.Response:
    request.app[ENGINE].end(_show(request))
    return web.Response(status=204)


@_ours
async def forget(request: web.Request) -> web.Response:
    await request.app[ENGINE].forget(_show(request))
    return web.Response(status=204)


@_ours
async def health(request: web.Request) -> web.Response:
    figures: dict[str, Any] = {"viewers": request.app[ENGINE].watching}
    return web.json_response(figures)
