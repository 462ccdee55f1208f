"""What a page's WebRTC connections do, read from the browser whatever the page says of it."""

from __future__ import annotations

from typing import Any, Final

from playwright.async_api import BrowserContext, Page

from tests.browser.visits import PATIENCE_MS

PICTURE_MS: Final = 60_000
"""How long a picture is waited for: a page whose processor is busy takes its line for a bad one,
and sends its sound alone until that has been good for a while."""

_KEEP: Final = """(() => {
  const deep = (root) => [...root.querySelectorAll('*')].flatMap(
    (one) => one.shadowRoot ? [one, ...deep(one.shadowRoot)] : [one]);
  const kept = globalThis.peersOfTests = {
    all: [],
    pressedAt: 0,
    framesAt: [],
    videos: () => deep(document).filter((one) => one.localName === 'video'),
    // Of the other side: whatever shows a picture that was received.
    others: () => {
      const received = (kept.live()?.getReceivers() ?? []).map((one) => one.track);
      return kept.videos().filter(
        (one) => one.srcObject?.getTracks().some((track) => received.includes(track)));
    },
    // The newest that is not closed: a page that begins anew may have closed others.
    live: () => kept.all.filter((one) => one.connectionState !== 'closed').at(-1),
    read: async () => {
      const peer = kept.live();
      const told = peer ? [...(await peer.getStats()).values()] : [];
      const by = Object.fromEntries(told.map((one) => [one.id, one]));
      const sum = (type, name) => told
        .filter((one) => one.type === type).reduce((all, one) => all + (one[name] ?? 0), 0);
      const pictures = told.filter((one) => one.type === 'inbound-rtp' && one.kind === 'video');
      const pairs = told.filter((one) => one.type === 'transport')
        .map((one) => by[one.selectedCandidatePairId]).filter(Boolean);
      return {
        state: peer?.connectionState ?? null,
        frames: pictures.reduce((all, one) => all + (one.framesDecoded ?? 0), 0),
        heard: told.filter((one) => one.type === 'inbound-rtp' && one.kind === 'audio')
          .reduce((all, one) => all + (one.packetsReceived ?? 0), 0),
        bytes: sum('transport', 'bytesSent') + sum('transport', 'bytesReceived'),
        ways: pairs.map((one) => [one.localCandidateId, one.remoteCandidateId].map(
          (id) => by[id].candidateType)),
      };
    },
  };
  addEventListener('click', (event) => {
    if (event.isTrusted) kept.pressedAt = Date.now();
  }, true);
  const Real = globalThis.RTCPeerConnection;
  globalThis.RTCPeerConnection = class extends Real {
    constructor(...given) {
      super(...given);
      kept.all.push(this);
      this.addEventListener('track', ({ track }) => {
        if (track.kind !== 'video') return;
        const look = () => {
          const shown = kept.videos().find((one) => one.srcObject?.getTracks().includes(track));
          if (!shown) return this.connectionState === 'closed' || requestAnimationFrame(look);
          shown.requestVideoFrameCallback(() => kept.framesAt.push(Date.now()));
        };
        look();
      });
    }
  };
})()"""

_RELAY: Final = """(() => {
  const Real = globalThis.RTCPeerConnection;
  const only = (config) => ({ ...config, iceTransportPolicy: 'relay' });
  globalThis.RTCPeerConnection = class extends Real {
    constructor(config, ...more) {
      super(only(config), ...more);
    }
    setConfiguration(config) {
      super.setConfiguration(only(config));
    }
  };
})()"""

_RED_SCREEN: Final = """(() => {
  if (!navigator.mediaDevices) return;
  navigator.mediaDevices.getDisplayMedia = async () => {
    const canvas = Object.assign(document.createElement('canvas'), { width: 800, height: 600 });
    const brush = canvas.getContext('2d');
    let n = 0;
    setInterval(() => {
      brush.fillStyle = n++ % 2 ? '#c00000' : '#d00000';
      brush.fillRect(0, 0, 800, 600);
    }, 100);
    return canvas.captureStream(10);
  };
})()"""

_SMALL: Final = """(() => {
  if (!navigator.mediaDevices) return;
  const ask = MediaDevices.prototype.getUserMedia;
  MediaDevices.prototype.getUserMedia = function (wish) {
    const video = wish.video && { ...wish.video, width: 320, height: 180 };
    return ask.call(this, { ...wish, ...(video && { video }) });
  };
})()"""

_GROWS: Final = """async ([what, by, withinMs]) => {
  const end = Date.now() + withinMs;
  let from = null;
  for (;;) {
    const now = (await peersOfTests.read())[what];
    // A connection that was begun anew counts from nothing again.
    if (from === null || now < from) from = now;
    if (now >= from + by) return true;
    if (Date.now() > end) return false;
    await new Promise((go) => setTimeout(go, 50));
  }
}"""

_STANDS: Final = """async ([forMs, withinMs]) => {
  const end = Date.now() + withinMs;
  let [frames, since] = [-1, 0];
  for (;;) {
    const now = (await peersOfTests.read()).frames;
    if (now !== frames) [frames, since] = [now, Date.now()];
    if (Date.now() - since >= forMs) return true;
    if (Date.now() > end) return false;
    await new Promise((go) => setTimeout(go, 50));
  }
}"""

_LOOKS: Final = """async ([green, withinMs]) => {
  const end = Date.now() + withinMs;
  const canvas = Object.assign(document.createElement('canvas'), { width: 8, height: 8 });
  const brush = canvas.getContext('2d', { willReadFrequently: true });
  const isGreen = (video) => {
    brush.drawImage(video, 0, 0, 8, 8);
    const { data } = brush.getImageData(0, 0, 8, 8);
    const mean = (of) => data.filter((_, n) => n % 4 === of).reduce((a, b) => a + b) / 64;
    return mean(1) > mean(0) + 50 && mean(1) > mean(2) + 50;
  };
  for (;;) {
    const shown = peersOfTests.others().filter((one) => one.videoWidth);
    if (shown.length && shown.every((one) => isGreen(one) === green)) return true;
    if (Date.now() > end) return false;
    await new Promise((go) => setTimeout(go, 100));
  }
}"""


async def keep_peers(context: BrowserContext, *, small: bool = True) -> None:
    """Have every page that is opened from now on remember its connections.

    `small`: cameras give small pictures, whatever is asked of them. They are encoded and decoded by
    the processor that does all else too.
    """
    await context.add_init_script(_KEEP)
    if small:
        await context.add_init_script(_SMALL)


async def by_relay_alone(context: BrowserContext) -> None:
    """Have pages of it go by no way but a relay, as in a network that lets nothing else out."""
    await context.add_init_script(_RELAY)


async def read(page: Page) -> dict[str, Any]:
    """What the newest connection has done: `frames` it has shown, `bytes` both ways, its `ways`."""
    told: dict[str, Any] = await page.evaluate("() => peersOfTests.read()")
    return told


async def red_screen(context: BrowserContext) -> None:
    """Have its pages share a red screen: Chromium's own stand-in looks like its camera."""
    await context.add_init_script(_RED_SCREEN)


async def moves(*pages: Page, frames: int = 5) -> None:
    """Wait until each of the pages has shown so many more pictures of the other side."""
    for page in pages:
        moved = await page.evaluate(_GROWS, ["frames", frames, PICTURE_MS])
        assert moved, f"the picture stands still: {await read(page)}"


async def sounds(*pages: Page, packets: int = 10) -> None:
    """Wait until each of the pages has received so much more sound."""
    for page in pages:
        heard = await page.evaluate(_GROWS, ["heard", packets, PATIENCE_MS])
        assert heard, f"nothing is heard: {await read(page)}"


async def stands_still(page: Page, for_ms: int = 1_000) -> None:
    """Wait until no picture has come for so long."""
    stood = await page.evaluate(_STANDS, [for_ms, PATIENCE_MS])
    assert stood, "the picture goes on"


async def looks_green(page: Page, *, green: bool = True) -> None:
    """Wait until the other side's picture is as green as Chromium's camera is, or is not."""
    looks = await page.evaluate(_LOOKS, [green, PICTURE_MS])
    assert looks, f"the picture is {'not that' if green else 'that'} of the camera"


async def pressed_at(page: Page) -> float:
    """When somebody pressed something last, in seconds as `time.time` has them."""
    return float(await page.evaluate("() => peersOfTests.pressedAt")) / 1000


async def first_frame_at(page: Page) -> float:
    """When the page showed the other side's first picture; waits for it."""
    told = await page.evaluate(
        """async (withinMs) => {
          const end = Date.now() + withinMs;
          while (!peersOfTests.framesAt.length && Date.now() < end) {
            await new Promise((go) => setTimeout(go, 20));
          }
          return peersOfTests.framesAt[0] ?? null;
        }""",
        PATIENCE_MS,
    )
    assert told is not None, f"no picture came: {await read(page)}"
    return float(told) / 1000
