"""Articles as a browser reads and writes them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from core.identity.model import Role
from tests.service import Browser, Service, serving, settings_for

ARTICLE = "/api/staff/articles/returns/zh-Hant"
IMPORT = "/api/staff/articles/import"
WRITTEN: dict[str, Any] = {
    "title": "退貨",
    "body": "**七天**內，運費 {home_fee}。",
    "questions": ["可以退嗎"],
    "published": True,
    "changed_at": None,
}


@pytest.fixture
async def service(database_url: str, tmp_path: Path) -> AsyncIterator[Service]:
    async with serving(settings_for(database_url, tmp_path, media_engine="none")) as service:
        yield service


@pytest.fixture
async def operator(service: Service) -> Browser:
    await service.add_staff("operator@example.com", Role.OPERATOR)
    browser = await service.browser()
    await browser.become_staff("operator@example.com")
    return browser


async def put(operator: Browser, path: str = ARTICLE, **changes: Any) -> Any:
    return await operator.ask("PUT", path, json=WRITTEN | changes)


async def taken(operator: Browser, data: bytes, how: str = "", kind: str = "text/csv") -> Any:
    return await operator.ask("POST", f"{IMPORT}{how}", data=data, headers={"Content-Type": kind})


async def test_what_an_operator_writes_a_guest_reads(service: Service, operator: Browser) -> None:
    made = await put(operator)
    assert made.status == 200, made.body
    guest = await service.browser()
    page = await guest.get("/api/articles/returns?locale=zh-Hant-HK")
    assert page.json == {
        "slug": "returns",
        "locale": "zh-Hant",
        "title": "退貨",
        "html": "<p><strong>七天</strong>內，運費 NT$80。</p>",
        "changed_at": made.json["changed_at"],
    }
    assert (await guest.get(f"/api/articles/{made.json['id']}")).json == page.json
    listed = [{"slug": "returns", "locale": "zh-Hant", "title": "退貨"}]
    assert (await guest.get("/api/articles")).json == {"articles": listed}

    withdrawn = await operator.ask("PATCH", ARTICLE, json={"published": False})
    assert withdrawn.json["published"] is False
    assert (await guest.get("/api/articles/returns")).code == "not_found"
    assert (await operator.delete(ARTICLE)).status == 204
    assert (await operator.get(ARTICLE)).code == "not_found"


async def test_the_language_is_that_of_the_page_or_else_of_the_browser(
    service: Service, operator: Browser
) -> None:
    await put(operator)
    await put(operator, "/api/staff/articles/returns/en", title="Returns")
    guest = await service.browser()
    for query, header, locale in (
        ("", "en-GB,en;q=0.9", "en"),
        ("", "fr", "zh-Hant"),
        ("", "", "zh-Hant"),
        ("?locale=en", "zh-TW", "en"),
    ):
        headers = {"Accept-Language": header} if header else {}
        reply = await guest.get(f"/api/articles/returns{query}", **headers)
        assert reply.json["locale"] == locale, (query, header)
    assert (await guest.get("/api/articles?locale=fr")).status == 400


async def test_staff_see_the_article_as_written_and_as_it_will_look(operator: Browser) -> None:
    await put(operator)
    seen = (await operator.get(ARTICLE)).json
    assert seen["body"] == WRITTEN["body"]
    draft = {"locale": "zh-Hant", "body": WRITTEN["body"]}
    shown = await operator.post("/api/staff/articles/preview", draft)
    assert shown.json == {"html": seen["html"]}
    listed = (await operator.get("/api/staff/articles?q=七天")).json
    assert [one["slug"] for one in listed["articles"]] == ["returns"]
    assert listed["facts"]["en"]["home_fee"] == "NT$80"
    assert (await operator.get("/api/staff/articles?q=八天")).json["articles"] == []


async def test_who_has_not_seen_the_newest_is_shown_it(operator: Browser) -> None:
    first = await put(operator)
    second = await put(operator, title="退換貨", changed_at=first.json["changed_at"])
    refused = await put(operator, title="怎麼退", changed_at=first.json["changed_at"])
    assert (refused.status, refused.code) == (409, "conflict")
    assert refused.json["data"]["article"] == second.json


async def test_what_is_no_article_is_refused_and_names_its_fields(operator: Browser) -> None:
    reply = await put(operator, title="", body="長" * 6_667)
    assert (reply.status, set(reply.json["data"]["fields"])) == (400, {"title", "body"})
    for path in ("/api/staff/articles/Returns/en", "/api/staff/articles/returns/fr"):
        assert (await put(operator, path)).status == 400
        assert (await operator.get(path)).status == 400


async def test_a_file_is_looked_at_and_then_taken(service: Service, operator: Browser) -> None:
    data = "slug,locale,title,body\nreturns,zh-Hant,退貨,七天。\n".encode()
    checked = await taken(operator, data, "?check=1")
    planned = {"slug": "returns", "locale": "zh-Hant", "title": "退貨", "does": "add"}
    assert checked.json == {"written": False, "articles": [planned], "faults": []}
    assert (await operator.get(ARTICLE)).status == 404
    assert (await taken(operator, data, "?publish=1")).json["written"] is True
    assert (await (await service.browser()).get("/api/articles/returns")).status == 200

    wrong = await taken(operator, data + b"storage,tw,,Cold.\n")
    assert wrong.json["written"] is False
    assert [(one["row"], one["column"], one["code"]) for one in wrong.json["faults"]] == [
        (3, "title", "missing"),
        (3, "locale", "bad_locale"),
    ]


async def test_what_is_no_such_file_is_refused(operator: Browser) -> None:
    assert (await taken(operator, b"a,b\n")).code == "bad_file"
    assert (await taken(operator, b"")).code == "bad_file"
    rows = b"slug,locale,title,body\n" + b"a,en,A,a\n" * 1_001
    assert (await taken(operator, rows)).status == 413
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data"):
        assert (await taken(operator, b"slug,locale,title,body\n", kind=kind)).status == 400
    assert (await taken(operator, b"slug,locale,title,body\n", "?check=maybe")).status == 400


async def test_a_file_may_be_larger_than_other_requests(operator: Browser) -> None:
    rows = "".join(f"a-{n},en,A,{'a' * 1_000}\n" for n in range(100))
    report = await taken(operator, f"slug,locale,title,body\n{rows}".encode())
    assert len(report.json["articles"]) == 100
