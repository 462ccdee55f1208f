"""What the viewer's page weighs, and that it stands still while its figures move."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from tests.browser.pages_built import own_script
from tests.browser.shop_process import ShopProcess
from tests.browser.stage import Stage
from tests.browser.viewer import Viewer
from tests.browser.visits import Visits
from web.demo.client import Client

SCRIPT_KIB = 120
MOST_SHIFTED = 0.1
"""Core Web Vitals' "good" cumulative layout shift."""

OBSERVER = """
globalThis.shifted = 0;
globalThis.shifts = [];
const box = ({ x, y, width, height }) => [x, y, width, height].map(Math.round).join(" ");
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) {
    if (entry.hadRecentInput) continue;
    globalThis.shifted += entry.value;
    const moved = entry.sources.map((one) => `${box(one.previousRect)} -> ${box(one.currentRect)}`);
    globalThis.shifts.push(`${entry.value.toFixed(4)}: ${moved.join(", ")}`);
  }
}).observe({ type: "layout-shift", buffered: true });
"""


def test_the_viewers_page_loads_little_script_of_its_own(built_pages: None) -> None:
    weights = own_script("show.html")
    assert sum(weights.values()) <= SCRIPT_KIB * 1024, weights


@pytest.mark.asyncio(loop_scope="session")
@pytest.mark.parametrize("device", ["phone", "desktop"])
async def test_nothing_jumps_while_figures_and_talk_move(
    stage: Stage, visits: Visits, shop: ShopProcess, device: str
) -> None:
    item = await stage.item("A01", pieces=20, limit=30)
    await stage.item("A02", pieces=20)
    watching = await visits.visit(device, reduced_motion="no-preference")
    await watching.context.add_init_script(OBSERVER)
    page = await watching.context.new_page()
    viewer = await Viewer.at(page, stage.path, "")

    async with Client(shop.address) as talker:
        await talker.post("/api/session/guest", {"name": "阿德"})
        await talker.join(stage.show)
        for number in range(1, 13):
            await talker.say(f"A02+{1 + number % 2}")
            await talker.say(f"第 {number} 句，" + "長" * (number * 4))
            await talker.heart(2)
        await stage.run(type="item.change", item=item["id"], price=9_900)
        await stage.run(type="item.pin", item=item["id"])
        await viewer.sees("第 12 句")
        await stage.run(type="item.countdown", item=item["id"], until=None)
        for number in range(1, 9):
            await talker.say("A01+3" if number == 3 else "A01+2")
        await viewer.sees("A01+3")
        await expect(page.get_by_text("剩 3").first).to_be_visible()

    shifted = await page.evaluate("() => globalThis.shifted")
    assert shifted < MOST_SHIFTED, await page.evaluate("() => globalThis.shifts")
