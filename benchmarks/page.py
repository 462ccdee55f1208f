"""How soon a viewer's page can be used, and how soon it is whole again after a lost line.

A phone of the middle sort on a first visit: processor slowed down four times, 1.6 Mbit/s with
150 ms to each answer, nothing in the cache. Usable is when what is on sale can be pressed, the
entry typed into, and the talk read. A show with a talk of 100 comments; one page at a time.
"""

from __future__ import annotations

import asyncio
import os
import tempfile
import time
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, Page, async_playwright, expect

from benchmarks.figures import Figure, at_most, report, say
from tests.browser.cut import Line
from tests.browser.pages_built import build_if_stale, own_script
from tests.browser.shop_process import ShopProcess
from tests.browser.stage import HOST, Stage
from tests.browser.viewer import Viewer
from tests.browser.visits import DEVICES, FLAGS, PATIENCE_MS
from tools.doctor import chromium
from web.demo.client import Client

ROUNDS = int(os.environ.get("ROUNDS", "5"))
COMMENTS = 100
CPU_SLOWER = 4
DOWN_BIT_S, UP_BIT_S = 1_600_000, 750_000
LATENCY_MS = 150
CUT_S = 2

WATCH = """
const parts = (root, wanted) => [...root.querySelectorAll("*")].flatMap((one) => [
  ...(one.matches(wanted) ? [one] : []), ...(one.shadowRoot ? parts(one.shadowRoot, wanted) : [])]);
const usable = () =>
  ["button.seal:not(:disabled)", "input:not(:disabled)", "plusone-talk", "li"].every(
    (wanted) => parts(document, wanted).length > 0);
globalThis.usableAt = new Promise((keep) => {
  const look = setInterval(() => {
    if (!usable()) return;
    clearInterval(look);
    requestAnimationFrame(() => setTimeout(() => keep(performance.now())));
  }, 20);
});
globalThis.largestAt = 0;
new PerformanceObserver((list) => {
  for (const { startTime } of list.getEntries()) globalThis.largestAt = startTime;
}).observe({ type: "largest-contentful-paint", buffered: true });
"""


async def main() -> None:
    await asyncio.to_thread(build_if_stale)
    with tempfile.TemporaryDirectory(prefix="plusone-bench-") as folder:
        shop = ShopProcess(Path(folder))
        try:
            await shop.start()
            async with async_playwright() as playwright, Client(shop.address) as host:
                browser = await playwright.chromium.launch(
                    executable_path=chromium(), args=FLAGS, chromium_sandbox=os.geteuid() != 0
                )
                await host.post("/api/session/staff", HOST)
                stage = await Stage.set(host)
                await stage.item("A01", pieces=50)
                async with Client(shop.address) as talker:
                    await talker.post("/api/session/guest", {"name": "阿德"})
                    await talker.join(stage.show)
                    for number in range(COMMENTS):
                        await talker.say(f"第 {number} 句，這罐配白粥真的很可以")
                    first = [await _first_visit(browser, shop, stage) for _ in range(ROUNDS)]
                    again = await _whole_again(browser, shop, stage, talker)
                await browser.close()
        finally:
            await asyncio.to_thread(shop.stop)
    weight = sum(own_script("show.html").values()) / 1024
    report(
        [
            Figure("viewer_usable_s", "s", [one[0] for one in first], target=at_most(2.5)),
            Figure("viewer_largest_paint_s", "s", [one[1] for one in first], target=at_most(2.5)),
            Figure("viewer_script_kib", "KiB", [weight], target=at_most(120)),
            Figure("page_whole_again_s", "s", again, target=at_most(2)),
        ]
    )


async def _first_visit(browser: Browser, shop: ShopProcess, stage: Stage) -> tuple[float, float]:
    """Seconds from the press of the link until the page is usable, and its largest paint."""
    page = await _page(browser)
    await page.add_init_script(WATCH)
    slow = await page.context.new_cdp_session(page)
    await slow.send("Emulation.setCPUThrottlingRate", {"rate": CPU_SLOWER})
    await slow.send("Network.enable")
    network: dict[str, Any] = {
        "offline": False,
        "latency": LATENCY_MS,
        "downloadThroughput": DOWN_BIT_S / 8,
        "uploadThroughput": UP_BIT_S / 8,
    }
    await slow.send("Network.emulateNetworkConditions", network)
    await page.goto(shop.address + stage.path, wait_until="commit")
    usable = await page.evaluate("() => globalThis.usableAt")
    await expect(Viewer(page, "").seal("A01")).to_be_enabled()
    largest = await page.evaluate("() => globalThis.largestAt")
    await page.context.close()
    say(f"  usable after {usable:.0f} ms, largest paint at {largest:.0f} ms")
    return usable / 1000, largest / 1000


async def _whole_again(
    browser: Browser, shop: ShopProcess, stage: Stage, talker: Client
) -> list[float]:
    """Seconds from a line's return until the page shows what was said meanwhile."""
    rounds = []
    async with Line.laid(shop.other, shop.port) as line:
        page = await _page(browser)
        viewer = await Viewer.at(page, line.address + stage.path, "")
        for number in range(ROUNDS):
            line.cut()
            await expect(viewer.lost).to_be_visible()
            await talker.say(f"斷線時說的第 {number} 句")
            await asyncio.sleep(CUT_S)
            line.mend()
            mended = time.monotonic()
            await viewer.line(f"斷線時說的第 {number} 句").wait_for()
            rounds.append(time.monotonic() - mended)
            say(f"  whole again after {rounds[-1] * 1000:.0f} ms")
        await page.context.close()
    return rounds


async def _page(browser: Browser) -> Page:
    context = await browser.new_context(**DEVICES["phone"], locale="zh-TW")
    context.set_default_timeout(PATIENCE_MS)
    return await context.new_page()


if __name__ == "__main__":
    asyncio.run(main())
