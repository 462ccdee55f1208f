"""`plusone demo`, as a person starts and stops it."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
from pydantic import SecretStr

from commerce_bridge.loyalty.coupons.store import counted
from commerce_bridge.loyalty.demo import CODE
from commerce_bridge.loyalty.service import Loyalty
from core.clock import SystemClock
from core.db import Database
from core.hours import Hours
from core.identity import store as people
from core.identity.staff import FOR_TRYING
from core.notices import Notices
from core.settings import Settings
from tests.service import PASSWORD, settings_for
from tests.service import serving as opened
from video.consult.booking import store as bookings
from web import serving
from web.command_line import main
from web.commands.demo import BOOKABLE, MEMBER, REP, STAFF, WELCOME, furnish

ROOT = Path(__file__).parents[2]
STARTED_S = 60


class Demo:
    """The demo as a process of its own, without a picture, on a free port."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process
        self.address = ""

    async def live(self) -> None:
        """Wait until it listens, and a show is live in it."""
        assert self.process.stderr is not None
        async with asyncio.timeout(STARTED_S):
            async for line in self.process.stderr:
                entry = json.loads(line)
                if entry["event"] == "serving":
                    self.address = str(entry["address"])
                    break
            async with aiohttp.ClientSession(self.address) as client:
                while not await _has_live_show(client):  # noqa: ASYNC110 (nobody tells)
                    await asyncio.sleep(0.05)

    async def interrupted(self) -> tuple[int | None, str]:
        """Press Ctrl-C; returns the exit status and what it said since."""
        self.process.send_signal(signal.SIGINT)
        async with asyncio.timeout(STARTED_S):
            _, said = await self.process.communicate()
        return self.process.returncode, said.decode()


async def _has_live_show(client: aiohttp.ClientSession) -> bool:
    async with client.get("/api/shows") as response:
        return bool((await response.json())["live"])


@pytest.fixture(autouse=True)
def _own_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in [name for name in os.environ if name.startswith("PLUSONE_")]:
        monkeypatch.delenv(name)
    (tmp_path / "none.toml").touch()
    monkeypatch.setenv("PLUSONE_SETTINGS", str(tmp_path / "none.toml"))
    monkeypatch.setenv("PLUSONE_DATA_FOLDER", str(tmp_path / "data"))


@pytest.fixture
async def demo(tmp_path: Path) -> AsyncIterator[Demo]:
    settings = {
        "PLUSONE_PORT": "0",
        "PLUSONE_MEDIA_ENGINE": "none",
        "PLUSONE_LOG_FORMAT": "json",
        "PLUSONE_LOG_LEVEL": "info",
        "PYTHONPATH": str(ROOT),
    }
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "web.command_line", "demo"),
        env=os.environ | settings,
        cwd=tmp_path,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        yield Demo(process)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def test_ctrl_c_ends_the_demo_in_order(demo: Demo) -> None:
    await demo.live()
    status, said = await demo.interrupted()
    assert status == 0, said
    assert "Traceback" not in said
    assert '"exception"' not in said


async def test_its_rep_may_be_booked_and_what_she_says_of_that_stands(
    sqlite_url: str, tmp_path: Path
) -> None:
    settings = settings_for(sqlite_url, tmp_path)
    assert (await _hours(settings)).week == BOOKABLE
    hers = Hours("Asia/Taipei", ((),) * 7)
    assert await _hours(settings, hers) == hers


async def _hours(settings: Settings, said: Hours | None = None) -> Hours:
    """When the rep may be booked once the demo was opened again, after she `said` so."""
    await furnish(settings)
    async with Database.open(settings.database) as database:
        staff = await database.read(people.members)
        rep = next(one.own_id for one in staff if one.email == REP)
        if said is not None:
            now = SystemClock().now()
            await database.write(lambda c: bookings.put_hours(c, rep, said, now))
            await furnish(settings)
        hours = await database.read(lambda c: bookings.hours_of(c, rep))
    assert hours is not None
    return hours


@pytest.fixture
def _never_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serving, "serve", lambda *_: pytest.fail("the demo was opened"))


@pytest.mark.usefixtures("_never_opened")
def test_the_demo_leaves_every_other_database_alone(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    file = tmp_path / "shop.db"
    monkeypatch.setenv("PLUSONE_DATABASE_URL", f"sqlite:///{file}")
    assert main(["demo"]) == 1
    complained = capsys.readouterr().err
    assert "database_url" in complained
    assert complained.count("\n") == 1
    assert not file.exists()


def test_production_knows_all_of_the_demos_staff() -> None:
    assert all(email.endswith(FOR_TRYING) for email, _, _ in STAFF)


async def test_a_shop_that_began_as_a_demo_lets_the_demos_staff_in_no_more(
    sqlite_url: str, tmp_path: Path
) -> None:
    email, _, role = STAFF[0]
    production = settings_for(
        sqlite_url,
        tmp_path,
        environment="production",
        public_url="https://live.example.com",
        smtp_url=SecretStr("smtp://127.0.0.1:1"),
        card_provider="none",
    )
    async with opened(production) as service:
        await service.add_staff(email, role)
        browser = await service.browser()
        browser.headers["Origin"] = "https://live.example.com"
        body = {"email": email, "password": PASSWORD}
        assert (await browser.post("/api/session/staff", body)).code == "wrong_password"


async def test_its_member_has_points_and_a_tier_and_there_are_coupons(
    sqlite_url: str, tmp_path: Path
) -> None:
    settings = settings_for(sqlite_url, tmp_path)
    for _ in range(2):  # opened again it gives her nothing more
        await furnish(settings)
    async with Database.open(settings.database) as database:
        member = await database.read(lambda c: people.customer_of_email(c, MEMBER[0]))
        assert member is not None
        loyalty = Loyalty(
            database, SystemClock(), settings, Notices(database, SystemClock(), settings)
        )
        hers = await loyalty.mine(member)
        assert hers.standing.tier is not None
        assert hers.standing.tier.key == "silver"
        assert (hers.balance.available, hers.balance.pending) == (WELCOME, 18)
        assert [tier.key for tier in hers.rules.tiers] == ["silver", "gold", "black"]
        coupons = await database.read(counted)
    assert {(one.coupon.code, one.coupon.granted_only) for one in coupons} == {
        (CODE, False),
        (None, True),
    }
