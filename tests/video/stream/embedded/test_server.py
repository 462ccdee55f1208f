"""The media process for real: WHIP in, WHEP and HLS out, by way of the service and straight."""

from __future__ import annotations

import asyncio
import contextlib
import io
import itertools
import re
import shutil
from collections.abc import AsyncIterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import av
import pytest
import pytest_asyncio

from tests.live.members import open_club
from tests.service import Reply
from tests.video.stream import clip
from tests.video.stream.boxes import fragments
from tests.video.stream.embedded.test_sdp import AUDIO, CANDIDATE, HEAD, VIDEO, written
from tests.video.stream.studio import SDP, Show, Studio, said_raw, studio_at
from tests.video.stream.watcher import Watcher, watching
from tests.waiting import until
from video.stream.embedded import fmp4, sdp
from video.stream.rehearsal import AHEAD_S, STARTS_IN_S, Clip, Refused, sending
from web.keys import DATABASE

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.usefixtures("loopback")]

OFFER = written(HEAD, VIDEO, AUDIO)
WATCHES = written(HEAD, VIDEO, AUDIO, direction="recvonly")
FRAGMENT = {"Content-Type": "application/trickle-ice-sdpfrag"}
VIEWERS = 2
NO_SHOW = "shw_00000000000000000000000000"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def studio(
    tmp_path_factory: pytest.TempPathFactory, _sqlite_template: Path
) -> AsyncIterator[Studio]:
    folder = tmp_path_factory.mktemp("studio")
    file = shutil.copy(_sqlite_template, folder)
    async with studio_at(f"sqlite:///{file}", folder, media_viewers=VIEWERS) as studio:
        yield studio


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Clip:
    """Its key frames come often, so that who comes later sees something soon."""
    return Clip(clip.write(tmp_path_factory.mktemp("clip") / "clip.ts", seconds=2, key_every=6))


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def on_air(studio: Studio, film: Clip) -> AsyncIterator[Show]:
    """A show that is sent all the while."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("aioice.ice.get_host_addresses", lambda **_: ["127.0.0.1"])
        show = await studio.show()
        async with sending(film, studio.service.address + show.whip, show.key):
            await studio.playlist(show)
            yield show


@pytest_asyncio.fixture(loop_scope="module")
async def show(studio: Studio) -> AsyncIterator[Show]:
    """A show that nobody has sent yet."""
    show = await studio.show()
    yield show
    await studio.process.end(show.id)


@pytest_asyncio.fixture(loop_scope="module")
async def other(studio: Studio) -> AsyncIterator[Show]:
    """Another one."""
    show = await studio.show()
    yield show
    await studio.process.end(show.id)


@pytest.fixture(params=["by the service", "straight"])
def at(request: pytest.FixtureRequest, studio: Studio) -> str:
    """Where the media process is asked: passed on, or as by a proxy in front."""
    address = (
        studio.service.address if request.param == "by the service" else studio.process.address
    )
    assert address
    return address


def bearer(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"}


def refused(reply: Reply, status: int, code: str, *, retryable: bool = False) -> None:
    """A refusal in the one shape, which tells nothing of what is inside."""
    assert (reply.status, reply.code) == (status, code), reply.body
    assert reply.json.keys() == {"code", "message", "retryable", "data"}
    assert reply.json["retryable"] is retryable
    assert not re.search(
        r"Traceback|Error|video|aiortc|(tmp|media|home)/|127\.0", reply.body.decode()
    )


async def published(studio: Studio, show: Show, at: str | None = None) -> Reply:
    """A host's connection that was taken; she never sends."""
    reply = await studio.ask("POST", show.whip, at=at, data=OFFER, headers=SDP | bearer(show.key))
    assert reply.status == 201, reply.body
    return reply


# WHIP


async def test_a_host_is_taken_by_the_rules_of_whip(studio: Studio, at: str, show: Show) -> None:
    reply = await published(studio, show, at)
    assert re.fullmatch(rf"{show.whip}/[\w-]{{20,}}", reply.headers["Location"])
    assert re.fullmatch(r'"\w{16}"', reply.headers["ETag"])
    assert reply.headers["Content-Type"].startswith("application/sdp")
    answer = reply.body.decode()
    assert set(re.findall(r"a=rtpmap:\d+ (\w+)/", answer)) == {"H264", "rtx", "opus"}
    assert answer.count("a=recvonly") == 2
    assert set(re.findall(r"a=candidate:\S+ \d \w+ \d+ (\S+)", answer)) == {"127.0.0.1"}


async def test_a_host_s_place_tells_what_it_takes(studio: Studio, at: str, show: Show) -> None:
    for path in (show.whip, show.whep):
        reply = await studio.ask("OPTIONS", path, at=at)
        assert (reply.status, reply.headers["Accept-Post"]) == (204, "application/sdp")


async def test_without_the_show_s_own_key_nobody_sends(
    studio: Studio, at: str, show: Show, other: Show
) -> None:
    rotated = show.key
    await studio.host.post(f"/api/staff/shows/{show.id}/picture/key")
    for key in ("live_wrong", other.key, rotated, "x" * 1_000):
        reply = await studio.ask("POST", show.whip, at=at, data=OFFER, headers=SDP | bearer(key))
        refused(reply, 403, "not_allowed")
    nowhere = show.whip.replace(show.id, NO_SHOW)
    reply = await studio.ask("POST", nowhere, at=at, data=OFFER, headers=SDP | bearer(show.key))
    refused(reply, 403, "not_allowed")
    for headers in ({}, {"Authorization": ""}, {"Authorization": f"Basic {show.key}"}):
        reply = await studio.ask("POST", show.whip, at=at, data=OFFER, headers=SDP | headers)
        refused(reply, 401, "not_signed_in")


async def test_a_changed_key_opens(studio: Studio, show: Show) -> None:
    reply = await studio.host.post(f"/api/staff/shows/{show.id}/picture/key")
    await published(studio, Show(show.id, reply.json["key"]))


@pytest.mark.parametrize(
    ("offer", "status", "code"),
    [
        (OFFER.replace("H264", "VP8"), 422, "no_h264"),
        (OFFER.replace("opus", "G722"), 422, "no_opus"),
        (OFFER + "a=simulcast:send h;l\r\n", 422, "simulcast"),
        (OFFER.replace("BUNDLE 0 1", "BUNDLE 7 0 1"), 400, "bad_sdp"),
        ("this is no session description", 400, "bad_sdp"),
        ("", 400, "bad_sdp"),
        (b"\xff\xfe\0", 400, "bad_request"),
    ],
)
async def test_what_cannot_be_taken_is_refused_with_the_reason(
    studio: Studio, at: str, offer: str | bytes, status: int, code: str, show: Show
) -> None:
    headers = SDP | bearer(show.key)
    refused(await studio.ask("POST", show.whip, at=at, data=offer, headers=headers), status, code)


async def test_only_session_descriptions_of_a_sane_length_are_read(
    studio: Studio, at: str, on_air: Show
) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(40):
            yield b"a=x\r\n" * 400

    for path, key in ((on_air.whip, bearer(on_air.key)), (on_air.whep, {})):
        for type_ in ("application/json", "text/plain", "application/sdpx"):
            headers = {"Content-Type": type_} | key
            reply = await studio.ask("POST", path, at=at, data=OFFER, headers=headers)
            refused(reply, 415, "wrong_type")
        for data in (b"a" * (sdp.MOST_OCTETS + 1), pieces()):
            reply = await studio.ask("POST", path, at=at, data=data, headers=SDP | key)
            refused(reply, 413, "too_large")


async def test_an_offer_that_comes_in_pieces_is_one_offer(
    studio: Studio, at: str, show: Show
) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        for begin in range(0, len(OFFER), 300):
            yield OFFER[begin : begin + 300].encode()

    headers = SDP | bearer(show.key)
    reply = await studio.ask("POST", show.whip, at=at, data=pieces(), headers=headers)
    assert reply.status == 201


@pytest.mark.parametrize("way", ["whip", "whep"])
async def test_further_addresses_are_taken_for_the_connection_they_are_of(
    studio: Studio, at: str, way: str, show: Show, other: Show
) -> None:
    taken = await published(studio, show, at)
    if way == "whep":
        taken = await studio.ask("POST", show.whep, at=at, data=WATCHES, headers=SDP)
        assert taken.status == 201, taken.body
    session, tag = taken.headers["Location"], taken.headers["ETag"]
    fragment = f"a=ice-ufrag:Xy1z\r\na=mid:0\r\na=candidate:{CANDIDATE}\r\n"

    async def patched(
        path: str = session, text: str = fragment, headers: Mapping[str, str] | None = None
    ) -> Reply:
        return await studio.ask(
            "PATCH", path, at=at, data=text, headers={**FRAGMENT, **(headers or {})}
        )

    for headers in ({}, {"If-Match": tag}, {"If-Match": "*"}):
        reply = await patched(headers=headers)
        assert (reply.status, reply.body) == (204, b"")
    refused(await patched(headers={"If-Match": '"0123456789abcdef"'}), 412, "changed")
    refused(await patched(text=fragment.replace("Xy1z", "Ab2c")), 422, "no_restart")
    refused(await patched(text="nothing"), 400, "bad_sdp")
    refused(await patched(text=fragment.replace("51000", "70000")), 400, "bad_sdp")
    refused(await patched(headers=SDP), 415, "wrong_type")
    refused(await patched(session + "x"), 404, "not_found")
    refused(await patched(session.replace(show.id, other.id)), 404, "not_found")


async def test_a_host_says_goodbye_once(studio: Studio, at: str, show: Show, other: Show) -> None:
    session = (await published(studio, show, at)).headers["Location"]
    elsewhere = session.replace(show.id, other.id)
    refused(await studio.ask("DELETE", elsewhere, at=at), 404, "not_found")
    assert (await studio.ask("DELETE", session, at=at)).status == 200
    refused(await studio.ask("DELETE", session, at=at), 404, "not_found")


async def test_a_host_who_goes_is_away_and_on_again_when_she_is_back(
    studio: Studio, film: Clip, show: Show
) -> None:
    for _ in range(2):
        async with sending(film, studio.service.address + show.whip, show.key):
            await studio.becomes(show.id, "on")
        await studio.becomes(show.id, "away")


async def test_a_rehearsal_is_told_why_it_may_not_send(
    studio: Studio, film: Clip, show: Show
) -> None:
    with pytest.raises(Refused) as caught:
        async with sending(film, studio.service.address + show.whip, "wrong"):
            pass
    assert caught.value.status == 403


# WHEP


async def test_a_viewer_sees_what_the_host_sends(studio: Studio, on_air: Show) -> None:
    url = studio.service.address + on_air.whep
    async with watching(studio.http, url, decodes=True) as watcher:
        picture = await watcher.picture()
        assert (picture.width, picture.height) == (clip.WIDTH, clip.HEIGHT)
        luma = {bytes((await watcher.picture()).planes[0])[:1] for _ in range(5)}
        assert len(luma) > 1, "it moves"


async def test_viewers_beyond_the_last_place_are_told_to_come_again(
    studio: Studio, at: str, on_air: Show
) -> None:
    async with contextlib.AsyncExitStack() as stack:
        for _ in range(VIEWERS):
            watcher = await stack.enter_async_context(watching(studio.http, at + on_air.whep))
            await watcher.sees(1)
        reply = await studio.ask("POST", on_air.whep, at=at, data=WATCHES, headers=SDP)
        refused(reply, 503, "full", retryable=True)
    reply = await studio.ask("POST", on_air.whep, at=at, data=WATCHES, headers=SDP)
    assert reply.status == 201
    left = await studio.ask("DELETE", reply.headers["Location"], at=at)
    assert left.status == 200


async def test_what_is_not_sent_cannot_be_watched(studio: Studio, at: str, show: Show) -> None:
    reply = await studio.ask("POST", show.whep, at=at, data=WATCHES, headers=SDP)
    refused(reply, 404, "no_picture")
    for file in ("low.m3u8", "index.m3u8"):
        refused(await studio.ask("GET", show.hls(file), at=at), 404, "no_picture")
    refused(await studio.ask("GET", show.hls("seg0.m4s"), at=at), 404, "not_found")
    refused(await studio.ask("GET", show.hls("replay.m3u8"), at=at), 403, "not_allowed")
    await studio.ends(show)
    refused(await studio.ask("GET", show.hls("replay.m3u8"), at=at), 404, "not_found")


async def test_what_is_not_announced_cannot_be_watched(studio: Studio, at: str) -> None:
    made = await studio.host.post("/api/staff/shows", {"title": "還沒"})
    draft = Show(made.json["id"], (await studio.sent(made.json["id"]))["key"])
    await published(studio, draft, at)
    for hidden in (draft, Show(NO_SHOW, "")):
        reply = await studio.ask("POST", hidden.whep, at=at, data=WATCHES, headers=SDP)
        refused(reply, 403, "not_allowed")
        for file in ("low.m3u8", "replay.m3u8", "seg0.m4s"):
            refused(await studio.ask("GET", hidden.hls(file), at=at), 403, "not_allowed")
    await studio.process.end(draft.id)


@pytest.mark.parametrize(
    ("offer", "status", "code"),
    [
        (WATCHES.replace("H264", "VP8"), 422, "no_h264"),
        (WATCHES.replace("BUNDLE 0 1", "BUNDLE 7"), 400, "bad_sdp"),
        ("garbage", 400, "bad_sdp"),
    ],
)
async def test_who_cannot_watch_is_told_why_and_takes_no_place(
    studio: Studio, at: str, on_air: Show, offer: str, status: int, code: str
) -> None:
    for _ in range(VIEWERS + 1):
        reply = await studio.ask("POST", on_air.whep, at=at, data=offer, headers=SDP)
        refused(reply, status, code)


# HLS


def names(playlist: str, tag: str = "") -> list[str]:
    """Of files in a playlist: whole segments, or what a tag names."""
    if not tag:
        return [line for line in playlist.splitlines() if not line.startswith("#")]
    return re.findall(rf'^#{tag}:.*URI="([^"]+)"', playlist, re.MULTILINE)


async def test_a_live_playlist_leads_to_segments_and_parts(
    studio: Studio, at: str, on_air: Show
) -> None:
    reply = await studio.ask("GET", on_air.hls("low.m3u8"), at=at)
    assert reply.headers["Content-Type"].startswith("application/vnd.apple.mpegurl")
    assert reply.headers["Cache-Control"] == "public, max-age=0, s-maxage=1"
    playlist = reply.body.decode()
    files = [*names(playlist), *names(playlist, "EXT-X-PART"), *names(playlist, "EXT-X-MAP")]
    for name in files:
        file = await studio.ask("GET", on_air.hls(name), at=at)
        assert file.status == 200, name
        assert file.headers["Content-Type"] == "video/mp4"
        assert "immutable" in file.headers["Cache-Control"]
        assert file.headers["Content-Length"] == str(len(file.body))


async def test_players_that_know_no_parts_have_a_playlist_of_their_own(
    studio: Studio, at: str, on_air: Show
) -> None:
    reply = await studio.ask("GET", on_air.hls("index.m3u8"), at=at)
    assert names(reply.body.decode())
    assert b"EXT-X-PART" not in reply.body


async def test_a_player_waits_for_the_part_that_is_about_to_come(
    studio: Studio, at: str, on_air: Show
) -> None:
    for _ in range(2):
        playlist = await studio.playlist(on_air)
        [hint] = names(playlist, "EXT-X-PRELOAD-HINT")
        found = re.fullmatch(r"seg(\d+)\.(\d+)\.m4s", hint)
        assert found
        query = f"?_HLS_msn={found[1]}&_HLS_part={found[2]}"
        reloaded = await studio.ask("GET", on_air.hls("low.m3u8") + query, at=at)
        assert reloaded.status == 200
        assert reloaded.body.decode() != playlist
        [next_] = names(reloaded.body.decode(), "EXT-X-PRELOAD-HINT")
        assert next_ != hint


async def test_a_part_itself_is_waited_for(studio: Studio, at: str, on_air: Show) -> None:
    for _ in range(2):
        [hint] = names(await studio.playlist(on_air), "EXT-X-PRELOAD-HINT")
        part = await studio.ask("GET", on_air.hls(hint), at=at)
        # A key frame may have come first; then the next segment has what was hinted at.
        assert part.status in (200, 404)
        if part.status == 200:
            [fragment] = fragments(part.body)
            assert fragment.tracks[fmp4.VIDEO]


async def test_what_nobody_can_know_of_is_not_waited_for(
    studio: Studio, at: str, on_air: Show
) -> None:
    newest = int(re.findall(r"seg(\d+)", await studio.playlist(on_air))[-1])
    for query in (f"_HLS_msn={newest + 100}", "_HLS_msn=-1", "_HLS_msn=x", "_HLS_msn=" + "9" * 99):
        reply = await studio.ask("GET", on_air.hls("low.m3u8") + "?" + query, at=at)
        refused(reply, 400, "bad_request")
    refused(
        await studio.ask("GET", on_air.hls(f"seg{newest + 100}.0.m4s"), at=at), 404, "not_found"
    )


TRICKS = (
    "..", ".", "%2e%2e", "..%2f..%2fetc%2fpasswd", "%2e%2e%2flist.jsonl", "..%5clist.jsonl",
    "list.jsonl", "list.jsonl%00.m4s", "seg0.m4s%00", "seg0.m4s%2f..%2flist.jsonl",
    "%2fetc%2fpasswd", "/etc/passwd", "//etc/passwd", "seg0.m4s/../list.jsonl", "init1.mp4.gz",
    "seg0.mp4", "seg0.m4s.bak", "seg0", "seg.m4s", "seg-1.m4s", "seg0.m4s%0a", "SEG0.M4S",
    "seg9999999999.m4s", "low.m3u8x", "replay.m3u8%2f", "*", "%", "seg%d9%a3.m4s", "a" * 4_000,
)  # fmt: skip


async def test_names_that_are_none_of_ours_lead_nowhere(
    studio: Studio, at: str, on_air: Show
) -> None:
    for trick in TRICKS:
        reply = await studio.ask("GET", on_air.hls(trick), at=at)
        assert reply.status == 404, trick
        assert reply.json.keys() == {"code", "message", "retryable", "data"}, trick
        assert b"root:" not in reply.body


async def test_shows_that_are_none_of_ours_lead_nowhere(studio: Studio, at: str) -> None:
    for show in ("..", "%2e%2e", "x", "shw_", "shw_..%2f..%2f", NO_SHOW[:-1], NO_SHOW + "0"):
        for method, path, headers in (
            ("POST", "whip", SDP | bearer("x")),
            ("POST", "whep", SDP),
            ("GET", "hls/low.m3u8", {}),
            ("DELETE", "whip/x", {}),
            ("PATCH", "whep/x", FRAGMENT),
        ):
            data = None if method == "GET" else OFFER
            reply = await studio.ask(
                method, f"/media/{show}/{path}", at=at, data=data, headers=headers
            )
            assert reply.status in (404, 405), (show, path)
            assert reply.json.keys() == {"code", "message", "retryable", "data"}


async def test_requests_as_no_browser_sends_them_are_answered_in_order(
    studio: Studio, at: str, on_air: Show
) -> None:
    for path in ("/../../etc/passwd", f"/media/{on_air.id}/hls/../../../etc/passwd", "/media/"):
        said = await said_raw(
            at, f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode()
        )
        assert said.startswith(b"HTTP/1.1 404 ")
        assert b"root:" not in said
    head = f"POST {on_air.whip} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n".encode()
    said = await said_raw(
        at,
        head + b"Content-Type: application/sdp\r\nContent-Length: 3\r\n",
        b"Authorization: Bearer \xff\xfe\r\n\r\nv=0",
    )
    assert said.startswith((b"HTTP/1.1 401 ", b"HTTP/1.1 403 "))
    head = b"GET /control/health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
    said = await said_raw(await studio.started(), head + b"Authorization: Bearer \xff\r\n\r\n")
    assert said.startswith(b"HTTP/1.1 403 ")


async def test_control_is_for_the_service_alone(studio: Studio, on_air: Show) -> None:
    straight = studio.process.address
    asked = (
        ("POST", f"/control/{on_air.id}/end"),
        ("DELETE", f"/control/{on_air.id}"),
        ("GET", "/control/health"),
    )
    for headers in (
        {},
        bearer("wrong"),
        bearer(on_air.key),
        bearer("\xff"),
        {"Authorization": "x"},
    ):
        for method, path in asked:
            refused(await studio.ask(method, path, at=straight, headers=headers), 403, "forbidden")
    for method, path in asked:
        assert (await studio.ask(method, path)).status == 404, "the service passes it to nobody"
    await studio.playlist(on_air)


# What players make of it


async def fetched(studio: Studio, show: Show, playlist: str) -> tuple[bytes, list[bytes]]:
    """The init and all whole segments of a playlist of one sender."""
    [init] = names(playlist, "EXT-X-MAP")
    return (await studio.ask("GET", show.hls(init))).body, [
        (await studio.ask("GET", show.hls(name))).body for name in names(playlist)
    ]


def until_when(playlist: str) -> float:
    """When its last picture was taken, in seconds since 1970."""
    return datetime.fromisoformat(dates(playlist)[-1]).timestamp() + durations(playlist)[-1]


def dates(playlist: str) -> list[str]:
    """When its segments begin."""
    return re.findall(r"#EXT-X-PROGRAM-DATE-TIME:(.+)", playlist)


def durations(playlist: str) -> list[float]:
    return [float(text) for text in re.findall(r"#EXTINF:([\d.]+)", playlist)]


def decoded(file: bytes) -> dict[str, Any]:
    """What a decoder finds: pictures, their size and the seconds of both kinds."""
    found: dict[str, Any] = {"pictures": 0, "sizes": set(), "sound_s": 0.0}
    with av.open(io.BytesIO(file), "r") as container:
        times = []
        for frame in container.decode(video=0):
            found["pictures"] += 1
            found["sizes"].add((frame.width, frame.height))
            times.append(frame.time or 0.0)
        found["picture_s"] = times[-1] - times[0]
    with av.open(io.BytesIO(file), "r") as container:
        for sound in container.decode(audio=0):
            found["sound_s"] += sound.samples / sound.sample_rate
    return found


async def test_a_player_finds_picture_and_sound_as_long_as_they_are_said_to_be(
    studio: Studio, on_air: Show
) -> None:
    async def playlist() -> str:
        return await studio.playlist(on_air, "index.m3u8")

    text = await until(playlist, lambda text: len(names(text)) >= 4)
    init, segments = await fetched(studio, on_air, text)
    seconds = sum(durations(text))
    for segment, said_s in zip(segments, durations(text), strict=True):
        parts = fragments(segment)
        pictures = [one for part in parts for one in part.tracks[fmp4.VIDEO]]
        assert pictures[0].is_key
        ticks = sum(one.duration for one in pictures)
        assert ticks / fmp4.VIDEO_RATE == pytest.approx(said_s, abs=0.002)
        heard = [one for part in parts for one in part.tracks.get(fmp4.AUDIO, [])]
        assert all(one.at + one.duration == two.at for one, two in itertools.pairwise(heard))
    found = decoded(init + b"".join(segments))
    assert found["sizes"] == {(clip.WIDTH, clip.HEIGHT)}
    assert found["picture_s"] == pytest.approx(seconds, abs=0.5)
    assert found["sound_s"] == pytest.approx(seconds, abs=1.5)


async def test_a_show_that_has_ended_is_seen_again_until_it_is_deleted(
    studio: Studio, film: Clip, show: Show
) -> None:
    replay = show.hls("replay.m3u8")
    async with sending(film, studio.service.address + show.whip, show.key):
        text = await studio.playlist(show, "index.m3u8")
        seen = set(names(text))
        refused(await studio.ask("GET", replay), 403, "not_allowed")
        await studio.runs(show.id, type="show.go_live")
        ends = studio.service.clock.now() / 1_000
        await studio.runs(show.id, type="show.end")
        ended = studio.service.clock.now() / 1_000
        text = (await studio.ask("GET", replay)).body.decode()
    assert text.splitlines()[-1] == "#EXT-X-ENDLIST"
    assert ends - 0.5 < until_when(text) < ended + 0.5, "all of it is there at once"
    assert seen <= set(names(text)), "what was live is kept under the same name"
    init, segments = await fetched(studio, show, text)
    found = decoded(init + b"".join(segments))
    assert found["picture_s"] == pytest.approx(sum(durations(text)), abs=0.3)

    part = await studio.ask("GET", show.hls(names(text)[0]), headers={"Range": "bytes=0-9"})
    assert (part.status, len(part.body)) == (206, 10)
    refused(await studio.ask("GET", show.hls("low.m3u8")), 404, "no_picture")
    reply = await studio.host.delete(f"/api/staff/shows/{show.id}/replay")
    assert reply.status == 204
    refused(await studio.ask("GET", replay), 404, "not_found")
    for name in [*names(text), *names(text, "EXT-X-MAP")]:
        refused(await studio.ask("GET", show.hls(name)), 404, "not_found")


async def test_a_members_show_opens_with_the_addresses_that_members_are_told(
    studio: Studio, film: Clip, show: Show
) -> None:
    app, clock = studio.service.app, studio.service.clock
    await open_club(app[DATABASE], clock.now())
    await studio.runs(show.id, type="show.change", tier="silver")
    anybody = await studio.service.browser()
    told = f"/api/shows/{show.id}/picture"
    assert (await anybody.get(told)).status == 403
    async with sending(film, studio.service.address + show.whip, show.key):
        watched = (await studio.host.get(told)).json

        async def playlist() -> Reply:
            return await studio.ask("GET", watched["hls"])

        text = (await until(playlist, lambda reply: reply.status == 200)).body.decode()
        for file in [*names(text), *names(text, "EXT-X-MAP")]:
            assert (await studio.ask("GET", show.hls(file))).status == 200
            refused(await studio.ask("GET", show.hls(file.partition("?")[0])), 403, "not_allowed")
        refused(await studio.ask("GET", show.hls("low.m3u8")), 403, "not_allowed")
        reply = await studio.ask("POST", show.whep, data=WATCHES, headers=SDP)
        refused(reply, 403, "not_allowed")
        reply = await studio.ask("POST", watched["whep"], data=WATCHES, headers=SDP)
        assert reply.status == 201
        assert (await studio.ask("DELETE", reply.headers["Location"])).status == 200
        await studio.ends(show)
    replay = (await studio.host.get(told)).json["replay"]
    text = (await studio.ask("GET", replay)).body.decode()
    assert (await studio.ask("GET", show.hls(names(text)[0]))).status == 200
    refused(await studio.ask("GET", show.hls("replay.m3u8")), 403, "not_allowed")


async def test_a_moment_is_found_in_the_replay_where_it_was_pictured(
    studio: Studio, tmp_path: Path, show: Show
) -> None:
    """As its host saw it: within 250 ms of the picture that she sent when she said so."""
    film = Clip(clip.write(tmp_path / "clip.ts", seconds=6))
    now = asyncio.get_running_loop().time
    begun = now() + STARTS_IN_S - AHEAD_S
    async with sending(film, studio.service.address + show.whip, show.key):
        await studio.playlist(show)
        said_s = now() - begun
        await studio.runs(show.id, type="show.go_live")
        heard_s = now() - begun
        await studio.playlist(show, "index.m3u8")
        await studio.runs(show.id, type="show.end")
        text = (await studio.ask("GET", show.hls("replay.m3u8"))).body.decode()
    moments = (await studio.ask("GET", f"/api/shows/{show.id}/moments")).json["moments"]
    [live] = [moment["at_ms"] / 1_000 for moment in moments if moment["kind"] == "live"]
    starts = [datetime.fromisoformat(date).timestamp() for date in dates(text)]
    number = max(place for place, start in enumerate(starts) if start <= live)
    init, segments = await fetched(studio, show, text)
    found = picture_at(init + segments[number], live - starts[number]) / clip.RATE
    # The film is sent over and over.
    since_s = (found - said_s + 0.25) % film.seconds
    assert since_s < heard_s - said_s + 0.5


def picture_at(file: bytes, seconds: float) -> int:
    """The number of the picture that is shown so long after a segment's beginning."""
    with av.open(io.BytesIO(file), "r") as container:
        frames = list(container.decode(video=0))
    first = frames[0].time
    frame = [one for one in frames if one.time - first <= seconds][-1]
    return clip.number_of(frame)


async def test_a_watcher_s_offer_is_of_the_kind_that_browsers_send(studio: Studio) -> None:
    """The static ones above are near enough to it."""
    watcher = Watcher()
    assert sdp.watching(await watcher.offer()) == sdp.watching(WATCHES)
    await watcher.close()
