"""The picture on the pages: the host's camera, the viewers' player, the replay."""

from __future__ import annotations

import re

from playwright.async_api import Locator, Page, expect

from tests.browser.viewer import Viewer
from tests.waiting import until

TOLD = (
    "503.*whep|status of 503",  # one place is left by WebRTC: the next viewer is told so
    "404.*(m3u8|whep|whip)|status of 404",  # nothing to play yet, or nothing any more
)
"""What a page is told by the engine, and makes the best of."""

_PLAYED = """async (player) => {
  const video = player.shadowRoot.querySelector('video');
  const from = video.currentTime;
  for (let i = 0; i < 200 && video.currentTime < from + 1; i++) {
    await new Promise(go => setTimeout(go, 100));
  }
  return [video.currentTime >= from + 1, video.videoWidth];
}"""


class Camera:
    """The studio's own picture, by what its host sees and does."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.element = page.locator("plusone-camera")

    async def send(self) -> None:
        # A shop serves before the process is there that carries its pictures.
        await until(self._is_taken)
        await self.element.get_by_role("button", name="送出畫面").click()
        await expect(self.element.get_by_text("觀眾看得到了")).to_be_visible()

    async def _is_taken(self) -> bool:
        whip = f"/media/{self.page.url.rpartition('/')[2]}/whip"
        return (await self.page.request.fetch(whip, method="OPTIONS")).status == 204

    async def stop(self) -> None:
        await self.element.get_by_role("button", name="停止送出").click()


def player(viewer: Viewer) -> Locator:
    return viewer.page.locator("plusone-player")


async def plays(viewer: Viewer, way: str) -> None:
    """Wait until the page shows pictures that move, and came by this way."""
    await expect(player(viewer)).to_have_attribute("playing", "")
    await expect(player(viewer)).to_have_attribute("way", way)
    await moves(viewer)


async def moves(viewer: Viewer) -> None:
    """Wait until a second of the picture has been shown."""
    moved, width = await player(viewer).evaluate(_PLAYED)
    assert moved, "the picture stands still"
    assert width > 0


async def jumps(replay: Locator) -> None:
    """Choose the moment at which A01 was opened; it plays from there."""
    await replay.get_by_role("button", name=re.compile("^跳到 A01")).click()
