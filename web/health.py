"""What machines ask: is the process alive, can it work, what are its figures."""

import asyncio
import hmac

from aiohttp import web
from sqlalchemy import Connection, text

import migrations
from core import metrics
from core.errors import Forbidden, PlusOneError
from core.http import ANYONE, Routes, answer, same_machine
from web.keys import DATABASE, SETTINGS, WORKER

ANSWER_S = 2
READY = "ready"

routes = Routes()


@routes.get("/healthz", who=ANYONE, cookie=False)
async def alive(_request: web.Request) -> web.Response:
    """The process answers; nothing is asked of anything else."""
    return answer({"status": "alive"})


@routes.get("/readyz", who=ANYONE, cookie=False)
async def ready(request: web.Request) -> web.Response:
    """Whether requests may be sent here; of several workers also which of them this is."""
    status = await standing(request.app)
    worker = request.app.get(WORKER)
    told = {"status": status} if worker is None else {"status": status, "worker": worker.number}
    return answer(told, 200 if status == READY else 503)


async def standing(app: web.Application) -> str:
    """`READY`, or in a few words why not: the database must answer and be of this version."""
    worker = app.get(WORKER)
    if worker is not None and worker.leaving:
        return "leaving"
    try:
        async with asyncio.timeout(ANSWER_S):
            revision = await app[DATABASE].read(_revision)
    except (PlusOneError, TimeoutError):
        return "no database"
    return READY if revision == migrations.head() else "not migrated"


@routes.get("/metrics", who=ANYONE, cookie=False)
async def figures(request: web.Request) -> web.Response:
    """For Prometheus, by its token; where none is set, for this machine alone."""
    token = request.app[SETTINGS].metrics_token.get_secret_value()
    if token:
        sent = request.headers.get("Authorization", "")
        allowed = hmac.compare_digest(sent.encode(), f"Bearer {token}".encode())
    else:
        allowed = same_machine(request)
    if not allowed:
        raise Forbidden("Figures are not for everybody.")
    return web.Response(
        body=metrics.written(), headers={"Content-Type": metrics.CONTENT_TYPE_LATEST}
    )


def _revision(connection: Connection) -> str | None:
    revision: str | None = connection.execute(
        text("SELECT version_num FROM alembic_version")
    ).scalar_one_or_none()
    return revision
