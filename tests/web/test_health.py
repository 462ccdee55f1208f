"""What machines ask of the service."""

from collections.abc import Callable
from pathlib import Path

from pydantic import SecretStr
from sqlalchemy import text

from tests.servers import PostgresServer
from tests.service import Service, serving, settings_for
from web.keys import DATABASE


async def test_a_process_that_answers_is_alive_and_one_with_its_database_ready(
    service: Service,
) -> None:
    browser = await service.browser()
    alive = await browser.get("/healthz")
    ready = await browser.get("/readyz")
    assert (alive.status, alive.json) == (200, {"status": "alive"})
    assert (ready.status, ready.json) == (200, {"status": "ready"})


async def test_a_database_of_another_version_is_not_ready(service: Service) -> None:
    older = text("UPDATE alembic_version SET version_num = '0000'")
    await service.app[DATABASE].write(lambda c: c.execute(older))
    reply = await (await service.browser()).get("/readyz")
    assert (reply.status, reply.json) == (503, {"status": "not migrated"})


async def test_without_its_database_it_is_alive_and_not_ready(
    own_postgres_server: PostgresServer, migrated: Callable[[str], str], tmp_path: Path
) -> None:
    url = migrated(own_postgres_server.url())
    async with serving(settings_for(url, tmp_path)) as service:
        browser = await service.browser()
        own_postgres_server.kill()
        assert (await browser.get("/healthz")).status == 200
        reply = await browser.get("/readyz")
        assert (reply.status, reply.json) == (503, {"status": "no database"})
        session = await browser.post("/api/session/guest", {"name": "小美"})
        assert (session.status, session.code) == (503, "unavailable")
        assert session.json["retryable"] is True
        own_postgres_server.start()
        assert (await browser.get("/readyz")).status == 200
        await browser.become_guest()


async def test_figures_are_for_this_machine_alone_where_no_token_is_set(
    any_service: Service,
) -> None:
    browser = await any_service.browser()
    await browser.become_guest()
    reply = await browser.get("/metrics")
    assert reply.status == 200
    assert b'plusone_http_requests_total{method="POST",route="/api/session/guest"' in reply.body
    for header in ({"X-Forwarded-For": "127.0.0.1"}, {"Forwarded": "for=127.0.0.1"}):
        assert (await browser.get("/metrics", **header)).status == 403


async def test_figures_are_for_who_has_the_token(sqlite_url: str, tmp_path: Path) -> None:
    settings = settings_for(sqlite_url, tmp_path, metrics_token=SecretStr("figures"))
    async with serving(settings) as service:
        browser = await service.browser()
        assert (await browser.get("/metrics")).status == 403
        assert (await browser.get("/metrics", Authorization="Bearer other")).status == 403
        assert (await browser.get("/metrics", Authorization="Bearer figures")).status == 200


async def test_mail_that_was_not_sent_is_shown_in_development_alone(
    sqlite_url: str, tmp_path: Path
) -> None:
    settings = settings_for(
        sqlite_url, tmp_path, smtp_url=SecretStr("smtp://127.0.0.1:1"), mail_from="shop@example.com"
    )
    async with serving(settings) as service:
        browser = await service.browser()
        assert (await browser.get("/api/notices")).code == "not_found"
        assert (await browser.get("/api/session")).json["notices"] is False
