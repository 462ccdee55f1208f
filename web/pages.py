"""The built pages and what belongs to them: one small HTML file for each kind of page."""

import asyncio
from pathlib import Path
from typing import Final

from aiohttp import web

from core.clock import Clock, Instant
from core.errors import NotFound, PlusOneError
from core.http import ANYONE, ERROR_PAGE, Routes, answer
from web.keys import CLOCK

STATIC: Final = Path(__file__).parent / "static"

PAGES: Final[dict[str, str]] = {
    "/": "home",
    "/shows/{id}": "show",
    "/account": "account",
    "/orders": "orders",
    "/orders/{id}": "order",
    "/help": "help",
    "/help/{slug}": "article",
    "/sign-in": "sign-in",
    "/staff/sign-in": "staff-sign-in",
    "/staff/orders": "staff-orders",
    "/staff/loyalty": "staff-loyalty",
    "/staff/articles": "staff-articles",
    "/staff/articles/{slug}": "staff-articles",
    "/studio": "studio-shows",
    "/studio/{id}": "studio",
    "/desk": "desk",
    "/desk/{id}": "desk",
    "/desk/calls/{id}": "desk",
    "/consult": "consult",
    "/consult/{id}": "consult",
    "/bookings/{token}": "booking",
    "/notices": "notices",
    "/pay/test/{session}": "pay-test",
}

_CAMERAS: Final = frozenset({"consult", "desk", "studio"})
"""Pages that may ask for a camera; all others are refused one by their headers."""
_WITH_CAMERA = (
    "camera=(self), microphone=(self), display-capture=(self), geolocation=(), payment=()"
)

_FOR_EVER = "public, max-age=31536000, immutable"
_AN_HOUR = "public, max-age=3600"
_ASK_EACH_TIME = "no-cache"

_LOOKED_EVERY_MS = 1_000

NOT_BUILT = "The pages are not built. Run `make setup`, then start again.\n"

routes = Routes()


class Files:
    """The files below a folder, by their names: what is not in the list does not exist.

    A name that is missing is looked for again, at most once a second: pages may be built anew
    while the service runs. Who asks while somebody looks waits for what is found: a page asks for
    all of its scripts at once.
    """

    def __init__(self, folder: Path, clock: Clock) -> None:
        self._folder = folder
        self._clock = clock
        self._looking = asyncio.Lock()
        self._looked_at: Instant | None = None
        self._files: dict[str, Path] = {}

    async def find(self, name: str) -> Path | None:
        if name not in self._files:
            async with self._looking:
                await self._look(name)
        return self._files.get(name)

    async def _look(self, name: str) -> None:
        now = self._clock.now()
        stale = self._looked_at is None or now - self._looked_at >= _LOOKED_EVERY_MS
        if name not in self._files and stale:
            self._files = await asyncio.to_thread(_below, self._folder)
            self._looked_at = now


def _below(folder: Path) -> dict[str, Path]:
    files = folder.rglob("*") if folder.is_dir() else ()
    return {file.relative_to(folder).as_posix(): file for file in files if file.is_file()}


FILES = web.AppKey("files", Files)


def join(app: web.Application, folder: Path | None = None) -> None:
    """Serve the pages that were built into `folder`, as a rule `STATIC`."""
    app[FILES] = Files(folder or STATIC, app[CLOCK])
    app[ERROR_PAGE] = _error
    routes.join(app)


async def _page(request: web.Request) -> web.StreamResponse:
    resource = request.match_info.route.resource
    kind = PAGES[resource.canonical] if resource is not None else ""
    response = await _html(request, f"{kind}.html", 200)
    if kind in _CAMERAS:
        response.headers["Permissions-Policy"] = _WITH_CAMERA
    return response


for _path in PAGES:
    routes.get(_path, who=ANYONE, cookie=False)(_page)


@routes.get("/assets/{name:.+}", who=ANYONE, cookie=False)
async def asset(request: web.Request) -> web.StreamResponse:
    """Named after its own content: it never changes."""
    return await _file(request, f"assets/{request.match_info['name']}", _FOR_EVER)


@routes.get("/demo/{name:.+}", who=ANYONE, cookie=False)
async def demo_picture(request: web.Request) -> web.StreamResponse:
    return await _file(request, f"demo/{request.match_info['name']}", _AN_HOUR)


@routes.get("/favicon.svg", who=ANYONE, cookie=False)
async def icon(request: web.Request) -> web.StreamResponse:
    return await _file(request, "favicon.svg", _AN_HOUR)


async def _file(request: web.Request, name: str, keep: str) -> web.StreamResponse:
    file = await request.app[FILES].find(name)
    if file is None:
        raise NotFound("There is no such file.")
    return web.FileResponse(file, headers={"Cache-Control": keep})


async def _html(request: web.Request, name: str, status: int) -> web.StreamResponse:
    file = await request.app[FILES].find(name)
    if file is None:
        return web.Response(text=NOT_BUILT, status=503)
    return web.FileResponse(file, status=status, headers={"Cache-Control": _ASK_EACH_TIME})


async def _error(request: web.Request, error: PlusOneError) -> web.StreamResponse:
    """What a person sees who opened an address that is none; other errors are plain text."""
    if error.status == 404:
        return await _html(request, "not-found.html", 404)
    return answer(error.as_json(), error.status)
