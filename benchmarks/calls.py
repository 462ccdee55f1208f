"""`make bench-calls`: how soon two see each other, and what it costs to bring them together.

How soon: two browsers, the rep at her desk and the customer on her own page, as people use them.
What it costs: two hundred calls whose pages go on telling each other new ways, through real sockets
in a process of their own (`call_talkers`). Of sound and picture nothing passes the service.
"""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec
from playwright.async_api import async_playwright, expect

from benchmarks.figures import Figure, at_most, report, say
from benchmarks.service import People, Service, prepare
from tests.browser import peers
from tests.browser.call import Customer, RepDesk
from tests.browser.shop_process import ShopProcess
from tests.browser.visits import FLAGS, PATIENCE_MS, Visits, somebody
from tools.doctor import chromium

ROUNDS = int(os.environ.get("ROUNDS", "3"))
SEEN_ROUNDS = max(7, ROUNDS)
CALLS = 200
MEASURED_S = 20.0
OPENED_S = 180


async def main() -> None:
    with tempfile.TemporaryDirectory(prefix="plusone-bench-") as folder:
        figures = [*await seen(Path(folder)), *await hops(Path(folder))]
    report(figures)


# How soon


async def seen(folder: Path) -> list[Figure]:
    """From the rep's press on "answer" to the first picture of the other side at both; and from the
    customer's press on "call" to the ring at the desk."""
    program = chromium()
    if program is None:
        raise SystemExit("Chromium is missing: `make doctor` says what to install.")
    expect.set_options(timeout=PATIENCE_MS)
    rings, frames = [], []
    shop = ShopProcess(folder, MEDIA_ENGINE="none")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=program, args=FLAGS, chromium_sandbox=os.geteuid() != 0
        )
        try:
            await shop.start()
            for number in range(SEEN_ROUNDS):
                visits = Visits(browser, shop.address, folder, small_pictures=False)
                ring, frame = await _seen_once(visits)
                rings.append(ring)
                frames.append(frame)
                say(f"round {number + 1}: rings after {ring:.0f} ms, seen after {frame:.0f} ms")
        finally:
            await asyncio.to_thread(shop.stop)
            await browser.close()
    return [
        Figure("ask_to_ring_ms", "ms", rings),
        Figure("ring_to_frame_ms", "ms", frames, target=at_most(2_000)),
    ]


async def _seen_once(visits: Visits) -> tuple[float, float]:
    """(from asking to the ring, from answering to the later of the two first pictures), in ms."""
    name = somebody()
    desk = await RepDesk.opens(visits)
    customer = await Customer.comes(visits, name)
    await customer.calls()
    await desk.rings(name)
    ring = time.time() - await peers.pressed_at(customer.page)
    await desk.answers(name)
    pressed = await peers.pressed_at(desk.page)
    pictures = [await peers.first_frame_at(page) for page in (customer.page, desk.page)]
    await customer.hangs_up()
    await visits.close(failed=False)
    return ring * 1000, (max(pictures) - pressed) * 1000


# What it costs


async def hops(folder: Path) -> list[Figure]:
    p50, p99, cpu = [], [], []
    url = f"sqlite:///{folder}/hops.sqlite"
    people = await prepare(url, CALLS, reps=CALLS)
    with Service(url, folder, MEDIA_ENGINE="none", BOT=False) as service:
        await service.answers("/readyz")
        async with talkers(service, people) as run:
            for number in range(ROUNDS):
                before = service.cpu_s
                told = await run(MEASURED_S)
                p50.append(told["p50_ms"])
                p99.append(told["p99_ms"])
                cpu.append(100 * (service.cpu_s - before) / told["seconds"])
                say(
                    f"{CALLS} calls, round {number + 1}: {told['per_s']:.0f} signals/s,"
                    f" p50 {p50[-1]:.1f} ms, p99 {p99[-1]:.1f} ms, max {told['max_ms']:.0f} ms;"
                    f" the service {cpu[-1]:.0f} % of a core, the pages' process"
                    f" {told['cpu_pct']:.0f} %"
                )
    return [
        Figure("signal_hop_p50_ms", "ms", p50),
        Figure("signal_hop_p99_ms", "ms", p99, target=at_most(100)),
        Figure("signal_core_pct", "%", cpu),
    ]


@asynccontextmanager
async def talkers(service: Service, people: People) -> AsyncIterator[Any]:
    """Calls that are on; gives what runs them for so many seconds and says what it measured."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "benchmarks.call_talkers"),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    into, out = process.stdin, process.stdout
    if into is None or out is None:
        raise RuntimeError("no pipes")

    async def ask(line: bytes, within_s: float) -> dict[str, Any]:
        into.write(line + b"\n")
        async with asyncio.timeout(within_s):
            answer = await out.readline()
        if not answer:
            raise RuntimeError("the pages' process has ended")
        told: dict[str, Any] = msgspec.json.decode(answer)
        return told

    async def run(seconds: float) -> dict[str, Any]:
        return await ask(str(seconds).encode(), seconds + OPENED_S)

    who = {"port": service.port, "customers": people.guests, "reps": people.reps}
    try:
        begun = time.monotonic()
        opened = await ask(msgspec.json.encode(who), OPENED_S)
        say(f"{opened['talking']} calls are on after {time.monotonic() - begun:.0f} s")
        yield run
        into.close()
        async with asyncio.timeout(60):
            await process.wait()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


if __name__ == "__main__":
    asyncio.run(main())
