"""Browsers that watch what they are shown: whatever a page complains of fails the test."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

from playwright.async_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Request,
    Response,
    WebError,
)

PATIENCE_MS: Final = 20_000
"""How long a thing is waited for; never how long it should take."""

FLAGS: Final = (
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # A camera and a microphone that every page may have; WebRTC on this machine alone. Pictures
    # are encoded by the processor that does all else too, hence few of them.
    "--use-fake-device-for-media-stream=fps=10",
    "--use-fake-ui-for-media-stream",
    "--autoplay-policy=no-user-gesture-required",
    "--allow-loopback-in-peer-connection",
)

DEVICES: Final[dict[str, dict[str, Any]]] = {
    "phone": {
        "viewport": {"width": 390, "height": 844},
        "is_mobile": True,
        "has_touch": True,
    },
    "desktop": {"viewport": {"width": 1440, "height": 900}},
}

TRACES: Final = os.environ.get("TRACES") == "1"
"""Whether to keep, of a test that fails, all that its pages were at each step (`playwright
show-trace`): it takes a seventh longer."""

# What a page that is left does with the requests it still had.
_LEFT_BEHIND = "net::ERR_ABORTED"


def somebody() -> str:
    """A name that nobody else in the shop has."""
    return f"客{uuid4().hex[:6]}"


class Visit:
    """One browser of one person: its cookies, its pages, and what went wrong in them."""

    def __init__(self, context: BrowserContext, name: str) -> None:
        self.context = context
        self.name = name
        self.complaints: list[str] = []
        self._excused: list[re.Pattern[str]] = []
        context.on("console", self._on_console)
        context.on("weberror", self._on_error)
        context.on("requestfailed", self._on_failed)
        context.on("response", self._on_response)

    def excuse(self, *patterns: str) -> None:
        """Expect complaints that one of these regular expressions finds something in."""
        self._excused += [re.compile(pattern) for pattern in patterns]

    def unexcused(self) -> list[str]:
        return [
            complaint
            for complaint in self.complaints
            if not any(pattern.search(complaint) for pattern in self._excused)
        ]

    def _complain(self, what: str) -> None:
        self.complaints.append(what)

    def _on_error(self, error: WebError) -> None:
        self._complain(f"script failed: {getattr(error.error, 'stack', error.error)}")

    def _on_console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self._complain(f"console {message.type}: {message.text}")

    def _on_failed(self, request: Request) -> None:
        if request.failure != _LEFT_BEHIND:
            self._complain(f"no answer: {request.method} {request.url}: {request.failure}")

    def _on_response(self, response: Response) -> None:
        if response.status >= 400:
            self._complain(f"HTTP {response.status}: {response.request.method} {response.url}")


class Visits:
    """Opens browsers for one test, and closes them after it."""

    def __init__(
        self, browser: Browser, address: str, traces: Path, *, small_pictures: bool = True
    ) -> None:
        """`small_pictures`: as the cameras of calls give them; see `peers.keep_peers`."""
        self.address = address
        self.small_pictures = small_pictures
        self._browser = browser
        self._traces = traces
        self._open: list[Visit] = []

    async def open(self, device: str, *, name: str | None = None, **options: Any) -> Page:
        """An empty page of a new browser in which nobody is signed in."""
        return await (await self.visit(device, name=name, **options)).context.new_page()

    async def guest(self, device: str, name: str, **options: Any) -> Page:
        """An empty page of a new browser whose person has said her name before."""
        visit = await self.visit(device, name=name, **options)
        await self._become(visit, "guest", {"name": name})
        return await visit.context.new_page()

    async def staff(self, device: str, who: Mapping[str, str], **options: Any) -> Page:
        """An empty page of a new browser in which one of the staff has signed in."""
        visit = await self.visit(device, name=who["email"].partition("@")[0], **options)
        await self._become(visit, "staff", who)
        return await visit.context.new_page()

    async def _become(self, visit: Visit, what: str, who: Mapping[str, str]) -> None:
        headers = {"X-Plusone": "1", "Origin": self.address}
        path = f"/api/session/{what}"
        answer = await visit.context.request.post(path, data=dict(who), headers=headers)
        assert answer.ok, await answer.text()

    async def visit(self, device: str, *, name: str | None = None, **options: Any) -> Visit:
        settings = {
            "locale": "zh-TW",
            "timezone_id": "Asia/Taipei",
            "color_scheme": "light",
            "permissions": ["camera", "microphone"],
            # To draw what slides and fades took a seventh of the time of these tests.
            "reduced_motion": "reduce",
        }
        context = await self._browser.new_context(
            **{**DEVICES[device], **settings, **options}, base_url=self.address
        )
        context.set_default_timeout(PATIENCE_MS)
        if TRACES:
            await context.tracing.start(snapshots=True)
        visit = Visit(context, name or f"{device}-{len(self._open) + 1}")
        self._open.append(visit)
        return visit

    def of(self, page: Page) -> Visit:
        return next(visit for visit in self._open if visit.context == page.context)

    async def close(self, *, failed: bool) -> list[str]:
        """Close all, and return what they complained of; keep what was seen if the test failed."""
        complaints = []
        for visit in self._open:
            complaints += [f"{visit.name}: {one}" for one in visit.unexcused()]
        keep = failed or complaints
        for visit in self._open:
            if keep:
                self._traces.mkdir(parents=True, exist_ok=True)
                await self._photograph(visit)
                if TRACES:
                    await visit.context.tracing.stop(path=self._traces / f"{visit.name}.zip")
            await visit.context.close()
        return complaints

    async def _photograph(self, visit: Visit) -> None:
        for number, page in enumerate(visit.context.pages, 1):
            await page.screenshot(path=self._traces / f"{visit.name}-{number}.png")
        lines = "\n".join(visit.complaints)
        (self._traces / f"{visit.name}.txt").write_text(f"{lines}\n", encoding="utf-8")
