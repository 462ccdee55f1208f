"""Articles over HTTP: for whoever reads them, and for staff who look after them."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
from aiohttp import web
from pydantic import StringConstraints

from bot.knowledge.article import BODY_OCTETS, ArticleInput, Name, Published
from bot.knowledge.imports import MOST_OCTETS
from bot.knowledge.service import EDITORS, READERS, Knowledge
from core.errors import BadRequest
from core.http import ANYONE, Routes, answer, json_body, person_of, staff
from core.http.body import octets
from core.inputs import Input, read_as
from core.locales import Locale, negotiate

KNOWLEDGE = web.AppKey("knowledge", Knowledge)

FILES = ("text/csv", "text/markdown", "application/octet-stream")
"""What a file may be sent as: nothing that a form can send (CSRF)."""

routes = Routes()


class Reader(Input):
    locale: Locale | None = None


class Asked(Input):
    q: Annotated[str, StringConstraints(strip_whitespace=True, max_length=60)] = ""


class Draft(Input):
    locale: Locale
    body: Annotated[str, StringConstraints(max_length=BODY_OCTETS)]


class Importing(Input):
    check: Literal["0", "1"] = "0"
    publish: Literal["0", "1"] = "0"


# For everybody


@routes.get("/api/articles", who=ANYONE, cookie=False)
async def entries(request: web.Request) -> web.Response:
    """`{articles: [{slug, locale, title}]}`: all that there is to read, in her language."""
    found = await request.app[KNOWLEDGE].entries(_locale(request))
    return answer({"articles": found})


@routes.get("/api/articles/{slug}", who=ANYONE, cookie=False)
async def page(request: web.Request) -> web.Response:
    """`{slug, locale, title, html, changed_at}`; by its slug or its id."""
    name = request.match_info["slug"]
    return answer(await request.app[KNOWLEDGE].page(name, _locale(request)))


def _locale(request: web.Request) -> Locale:
    """What the page asks for, else what the browser does."""
    wanted = read_as(Reader, _query(request)).locale
    return wanted or negotiate(request.headers.get("Accept-Language", ""), "zh-Hant")


# For staff


@routes.get("/api/staff/articles", who=staff(*READERS))
async def heads(request: web.Request) -> web.Response:
    """`{articles, facts}`: heads of all, or of those that hold the words `q`."""
    knowledge = request.app[KNOWLEDGE]
    asked = read_as(Asked, _query(request))
    found = await knowledge.heads(person_of(request), asked.q)
    return answer({"articles": found, "facts": knowledge.facts})


@routes.post("/api/staff/articles/preview", who=staff(*READERS))
async def preview(request: web.Request) -> web.Response:
    """`{html}` of a body that is not saved."""
    draft = await json_body(request, Draft)
    return answer({"html": await request.app[KNOWLEDGE].rendered(draft.body, draft.locale)})


@routes.post("/api/staff/articles/import", who=staff(*EDITORS))
async def import_file(request: web.Request) -> web.Response:
    """`{written, articles, faults}`: a file's articles taken, or with `check=1` only looked at."""
    how = read_as(Importing, _query(request))
    if request.content_type not in FILES:
        raise BadRequest(f"The body has to be one of {', '.join(FILES)}.")
    data = await octets(request, MOST_OCTETS)
    report = await request.app[KNOWLEDGE].import_file(
        person_of(request), data, check=how.check == "1", publish=how.publish == "1"
    )
    return answer(report)


@routes.get("/api/staff/articles/{slug}/{locale}", who=staff(*READERS))
async def get(request: web.Request) -> web.Response:
    """The article with its `html`."""
    knowledge, name = request.app[KNOWLEDGE], _name(request)
    one = await knowledge.get(person_of(request), name.slug, name.locale)
    shown: dict[str, Any] = msgspec.to_builtins(one)
    return answer(shown | {"html": await knowledge.rendered(one.body, one.locale)})


@routes.put("/api/staff/articles/{slug}/{locale}", who=staff(*EDITORS))
async def put(request: web.Request) -> web.Response:
    """The article as it is now; 409 with `data.article` where hers was not the newest."""
    name = _name(request)
    wanted = await json_body(request, ArticleInput)
    knowledge = request.app[KNOWLEDGE]
    return answer(await knowledge.put(person_of(request), name.slug, name.locale, wanted))


@routes.patch("/api/staff/articles/{slug}/{locale}", who=staff(*EDITORS))
async def publish(request: web.Request) -> web.Response:
    """Publish it, or withdraw it: `{published}`."""
    name = _name(request)
    wanted = await json_body(request, Published)
    knowledge = request.app[KNOWLEDGE]
    return answer(
        await knowledge.publish(person_of(request), name.slug, name.locale, wanted.published)
    )


@routes.delete("/api/staff/articles/{slug}/{locale}", who=staff(*EDITORS))
async def delete(request: web.Request) -> web.Response:
    name = _name(request)
    await request.app[KNOWLEDGE].delete(person_of(request), name.slug, name.locale)
    return web.Response(status=204)


def _name(request: web.Request) -> Name:
    return read_as(Name, dict(request.match_info))


def _query(request: web.Request) -> dict[str, Any]:
    return dict(request.query)
