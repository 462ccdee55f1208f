"""`/api/notices`: what would have been mailed, where no mail is sent. For trying things out."""

from aiohttp import web

from core.errors import NotFound
from core.http import ANYONE, Routes, answer
from core.notices import NOTICES

routes = Routes()


@routes.get("/api/notices", who=ANYONE, cookie=False)
async def read_notices(request: web.Request) -> web.Response:
    notices = request.app[NOTICES]
    if not notices.shown:
        raise NotFound("Notices are mailed here, not shown.")
    return answer({"notices": await notices.latest()})
