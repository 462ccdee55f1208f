"""`make bench-picture`: what a livestream's picture costs, and how far it is behind the host.

Costs are the media process's processor time, in parts of one core, while a clip of 720p at 30
pictures a second and 2.5 Mbit/s is sent to it as a camera would; each viewer's in turn with the
relay of aiortc itself, which decodes and encodes. Delays are read off the picture: the sender draws
the time into it, the viewer's page compares.
"""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from fractions import Fraction
from pathlib import Path
from statistics import median
from typing import Any

import aiohttp
import av
from playwright.async_api import Browser, Page, async_playwright

from benchmarks.figures import Figure, at_most, report, say
from benchmarks.service import Host, People, Process, Service, hosted, prepare
from tests.browser.visits import FLAGS
from tests.servers import free_port
from tools.doctor import chromium
from video.stream.rehearsal import Clip, sending

ROUNDS = int(os.environ.get("ROUNDS", "3"))
MEASURED_S = 8.0
VIEWERS = 8
SEEN_S = 10.0
"""How long a page's picture is looked at."""
SETTLED_S = 12.0
"""Until a player has found its place behind the live end."""
MEDIA = (
    "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream",
    "--autoplay-policy=no-user-gesture-required", "--allow-loopback-in-peer-connection",
    "--no-sandbox",
)  # fmt: skip
WAYS = {"whep": "whep", "llhls": "low.m3u8", "hls": "index.m3u8"}


async def main() -> None:
    figures: list[Figure] = []
    with tempfile.TemporaryDirectory(prefix="plusone-bench-") as name:
        folder = Path(name)
        clip = await asyncio.to_thread(_clip, folder / "clip.m2ts")
        figures += await costs(clip, folder)
        figures += await delays(folder)
    report(figures)


# What it costs


async def costs(clip: Clip, folder: Path) -> list[Figure]:
    ingest: list[float] = []
    each: list[float] = []
    stock: list[float] = []
    for number in range(ROUNDS):
        async with running(folder / f"costs{number}") as (service, host, key):
            media = _media_process(service)
            media_url = f"{_address(service)}/media/{host.show}"
            async with sending(clip, f"{media_url}/whip", key):
                await asyncio.sleep(3)
                alone = await _load(media)
                async with viewers(f"{media_url}/whep", VIEWERS) as rate:
                    watched = await _load(media)
            ingest.append(alone)
            each.append((watched - alone) / VIEWERS)
        stock.append(await relayed(clip))
        say(
            f"round {number + 1}: ingest and packaging {alone:.1f} % of a core, each viewer"
            f" {each[-1]:.2f} % at {rate[0]} pictures/s; aiortc's relay {stock[-1]:.0f} %"
        )
    return [
        Figure("ingest_core_pct", "%", ingest, target=at_most(15)),
        Figure("whep_core_pct", "%", each, stock, at_most(2.5)),
    ]


async def relayed(clip: Clip) -> float:
    """What one viewer costs at aiortc's own relay."""
    port = free_port()
    with Process(["benchmarks.picture_peer", str(port)], port, {}) as process:
        await process.answers("/")
        async with sending(clip, f"http://127.0.0.1:{port}/whip", "none"):
            await asyncio.sleep(3)
            alone = await _load(process.pid)
            async with viewers(f"http://127.0.0.1:{port}/whep", 1):
                return await _load(process.pid) - alone


@asynccontextmanager
async def viewers(url: str, count: int) -> AsyncIterator[list[str]]:
    """So many viewers in a process of their own; afterwards the list has their slowest rate."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "benchmarks.picture_viewers", url, str(count)),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    if process.stdin is None or process.stdout is None:
        raise RuntimeError("no pipes")
    rate: list[str] = []
    try:
        async with asyncio.timeout(60):
            if await process.stdout.readline() != b"ready\n":
                raise RuntimeError("the viewers got no picture")
        yield rate
        process.stdin.close()
        async with asyncio.timeout(30):
            rate.append((await process.stdout.readline()).decode().strip())
            await process.wait()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def _load(pid: int) -> float:
    """Processor time of a process over the next seconds, in percent of one core."""
    before, begun = _cpu_s(pid), time.monotonic()
    await asyncio.sleep(MEASURED_S)
    return 100 * (_cpu_s(pid) - before) / (time.monotonic() - begun)


def _cpu_s(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _media_process(service: Service) -> int:
    """The pid of the service's media process."""
    children = Path(f"/proc/{service.pid}/task/{service.pid}/children").read_text().split()
    for child in children:
        if b"video.stream.embedded.server" in Path(f"/proc/{child}/cmdline").read_bytes():
            return int(child)
    raise RuntimeError("the service has no media process")


# How far behind it is

DRAW = """async ([url, key]) => {
  const canvas = Object.assign(document.createElement('canvas'), {width: 640, height: 360});
  const g = canvas.getContext('2d');
  let n = 0;
  setInterval(() => {
    const t = Date.now() % (1 << 24);
    g.fillStyle = '#224'; g.fillRect(0, 40, 640, 320);
    for (let i = 0; i < 24; i++) {
      g.fillStyle = `hsl(${(i * 37 + n * 3) % 360} 70% 50%)`;
      g.fillRect((i * 97 + n * (i % 7 + 1)) % 640, 50 + (i * 53 + n) % 280, 45, 30);
    }
    for (let b = 0; b < 24; b++) {
      g.fillStyle = (t >> b) & 1 ? '#fff' : '#000';
      g.fillRect(b * 26.5, 0, 26.5, 40);
    }
    n++;
  }, 33);
  const stream = canvas.captureStream(30);
  const sound = new AudioContext();
  const heard = sound.createMediaStreamDestination(), tone = sound.createOscillator();
  tone.connect(heard);
  tone.start();
  stream.addTrack(heard.stream.getAudioTracks()[0]);
  const pc = window.pc = new RTCPeerConnection();
  for (const track of stream.getTracks()) {
    const t = pc.addTransceiver(track, {direction: 'sendonly', streams: [stream]});
    if (track.kind !== 'video') continue;
    const all = RTCRtpSender.getCapabilities('video').codecs;
    t.setCodecPreferences(all.filter(c => ['video/H264', 'video/rtx'].includes(c.mimeType)));
    const p = t.sender.getParameters();
    p.degradationPreference = 'maintain-resolution';
    await t.sender.setParameters(p);
  }
  await pc.setLocalDescription();
  await new Promise(go => setTimeout(go, 800));
  const headers = {'Content-Type': 'application/sdp', Authorization: `Bearer ${key}`};
  const answer = await fetch(url, {method: 'POST', headers, body: pc.localDescription.sdp});
  await pc.setRemoteDescription({type: 'answer', sdp: await answer.text()});
  return answer.status;
}"""

READ = """async (seconds) => {
  const player = document.querySelector('plusone-show').shadowRoot
    .querySelector('plusone-player');
  const video = player.shadowRoot.querySelector('video');
  const canvas = Object.assign(document.createElement('canvas'), {width: 1280, height: 20});
  const g = canvas.getContext('2d', {willReadFrequently: true});
  const behind = [];
  const frame = () => {
    g.drawImage(video, 0, 0, video.videoWidth, video.videoHeight / 9, 0, 0, 1280, 20);
    const d = g.getImageData(0, 10, 1280, 1).data;
    let t = 0;
    for (let b = 0; b < 24; b++) if (d[4 * Math.round(b * 53 + 26)] > 128) t |= 1 << b;
    behind.push((Date.now() % (1 << 24) - t + (1 << 24)) % (1 << 24));
    video.requestVideoFrameCallback(frame);
  };
  video.requestVideoFrameCallback(frame);
  await new Promise(go => setTimeout(go, seconds * 1000));
  return {way: player.way, behind: behind.filter(ms => ms < 60000)};
}"""


async def delays(folder: Path) -> list[Figure]:
    program = chromium()
    if program is None:
        raise SystemExit("Chromium is missing: `make doctor` says what to install.")
    found: dict[str, list[float]] = {way: [] for way in WAYS}
    async with async_playwright() as playwright:
        for number in range(ROUNDS):
            async with running(folder / f"delays{number}") as (service, host, key):
                browser = await playwright.chromium.launch(
                    executable_path=program, args=[*FLAGS, *MEDIA], chromium_sandbox=False
                )
                sender = await browser.new_page()
                await sender.goto(_address(service))
                whip = f"{_address(service)}/media/{host.show}/whip"
                status = await sender.evaluate(DRAW, [whip, key])
                if status != 201:
                    raise RuntimeError(f"the picture was refused: {status}")
                await asyncio.sleep(4)
                for way, wanted in WAYS.items():
                    found[way].append(await _behind(browser, service, host, wanted))
                await browser.close()
            told = ", ".join(f"{way} {found[way][-1]:.0f} ms" for way in WAYS)
            say(f"behind the host, round {number + 1}: {told}")
    targets = {"whep": 500, "llhls": 2_000, "hls": 4_000}
    return [
        Figure(f"glass_{way}_ms", "ms", found[way], target=at_most(targets[way])) for way in WAYS
    ]


async def _behind(browser: Browser, service: Service, host: Host, wanted: str) -> float:
    """Milliseconds that a page's picture is behind, the median of its pictures."""
    page = await browser.new_page()
    if wanted != "whep":

        async def by_hls(route: Any) -> None:
            hls = f"/media/{host.show}/hls/{wanted}"
            body = {"state": "on", "whep": None, "hls": hls, "replay": None}
            await route.fulfill(json=body)

        await page.route("**/api/shows/*/picture", by_hls)
    await page.goto(f"{_address(service)}/shows/{host.show}")
    await _plays(page)
    await asyncio.sleep(SETTLED_S if wanted != "whep" else 2)
    seen = await page.evaluate(READ, SEEN_S)
    await page.close()
    if (seen["way"] == "whep") != (wanted == "whep") or len(seen["behind"]) < 30:
        raise RuntimeError(f"not what was to be seen: {seen['way']}, {seen['behind'][:3]}")
    return float(median(seen["behind"]))


async def _plays(page: Page) -> None:
    await page.wait_for_selector("plusone-player[playing]", timeout=30_000, state="attached")


# The service


@asynccontextmanager
async def running(folder: Path) -> AsyncIterator[tuple[Service, Host, str]]:
    """The service with a show on, its host, and the key for its picture."""
    await asyncio.to_thread(folder.mkdir)
    url = f"sqlite:///{folder}/bench.sqlite"
    people: People = await prepare(url, 0)
    with Service(url, folder, MEDIA_ADDRESSES='["127.0.0.1"]', MEDIA_VIEWERS=50) as service:
        async with hosted(service, people) as host, aiohttp.ClientSession() as http:
            headers = {"Cookie": f"plusone={people.host}"}
            path = f"{_address(service)}/api/staff/shows/{host.show}/picture"
            async with http.get(path, headers=headers) as response:
                key: str = (await response.json())["key"]
            await _engine_is_there(http, service, host)
            yield service, host, key


async def _engine_is_there(http: aiohttp.ClientSession, service: Service, host: Host) -> None:
    async with asyncio.timeout(30):
        while True:
            path = f"{_address(service)}/media/{host.show}/whip"
            async with http.options(path) as response:
                if response.status == 204:
                    return
            await asyncio.sleep(0.1)


def _address(service: Service) -> str:
    return f"http://127.0.0.1:{service.port}"


def _clip(file: Path) -> Clip:
    """Four seconds of 720p at 30 pictures a second and 2.5 Mbit/s, all of them noise."""
    with av.open(str(file), "w", format="mpegts") as out:
        picture = out.add_stream("libx264", rate=30)
        picture.width, picture.height, picture.pix_fmt = 1280, 720, "yuv420p"
        picture.bit_rate = 2_500_000
        picture.options = {
            "preset": "ultrafast", "tune": "zerolatency", "profile": "baseline",
            "maxrate": "2500k", "bufsize": "1250k", "g": "30",
        }  # fmt: skip
        sound = out.add_stream("libopus", rate=48_000, layout="stereo")
        for number in range(120):
            frame = av.VideoFrame(1280, 720, "yuv420p")
            for plane in frame.planes:
                plane.update(os.urandom(plane.buffer_size))
            frame.pts, frame.time_base = number, Fraction(1, 30)
            out.mux(picture.encode(frame))
        for number in range(200):
            tone = av.AudioFrame(format="flt", layout="stereo", samples=960)
            tone.sample_rate, tone.pts = 48_000, number * 960
            for channel in tone.planes:
                channel.update(bytes(channel.buffer_size))
            out.mux(sound.encode(tone))
        out.mux(picture.encode(None))
        out.mux(sound.encode(None))
    return Clip(file)


if __name__ == "__main__":
    asyncio.run(main())
