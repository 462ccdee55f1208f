"""Who may send and see a show's picture, and what is remembered of what its engine tells."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any

import msgspec
import pytest
from sqlalchemy import Connection, select

from core.clock import ManualClock
from core.db import Database
from core.errors import Forbidden, NotFound, NotSignedIn, Unavailable
from core.identity.model import NOBODY, Person, Role
from core.outbox import outbox_message
from tests.service import settings_for
from video.stream import store
from video.stream.engine import MediaEngine
from video.stream.keys import Keys
from video.stream.service import DAY_MS, PICTURE_CHANGED, SENDERS, Asked, Event, Pictures, Status
from video.stream.tickets import LASTS_MS, Tickets

SHOW, OTHER, NONE = (f"shw_01K6ZZZZZZZZZZZZZZZZZZZZZ{last}" for last in "ABC")
STATUSES: tuple[Status | None, ...] = ("draft", "scheduled", "live", "ended", None)


def staff(*roles: Role) -> Person:
    return Person("staff", "stf_1", frozenset({"stf_1"}), "阿禾", None, frozenset(roles))


HOST = staff(Role.HOST)
GUEST = Person("guest", "cus_1", frozenset({"cus_1"}), "小美")


class Shows:
    """Stands for the shows, each with its status, and the tier that it is for."""

    def __init__(self) -> None:
        self.statuses: dict[str, Status] = {SHOW: "live", OTHER: "live"}
        self.tiers: dict[str, str] = {}
        self.members: set[str | None] = set()

    def be(self, status: Status | None) -> None:
        """The one show there is has this status; None: there is none."""
        self.statuses = {} if status is None else {SHOW: status}

    async def status(self, show: str) -> Status | None:
        return self.statuses.get(show)

    async def door(self, show: str) -> tuple[Status, str | None] | None:
        status = self.statuses.get(show)
        return None if status is None else (status, self.tiers.get(show))

    async def let_in(self, person: Person, show_id: str) -> str | None:
        tier = self.tiers.get(show_id)
        if tier is not None and not person.is_staff and person.id not in self.members:
            raise Forbidden("The show is for members.", code="not_allowed")
        return tier


class Control:
    """Stands for the engine; refuses while it is away."""

    def __init__(self) -> None:
        self.away = False
        self.asked: list[tuple[str, str]] = []

    async def end(self, show: str) -> None:
        self._note("end", show)

    async def forget(self, show: str) -> None:
        self._note("forget", show)

    def _note(self, what: str, show: str) -> None:
        if self.away:
            raise Unavailable("away")
        self.asked.append((what, show))


class House:
    """Pictures over a database, and all that is around them."""

    def __init__(self, database: Database, **settings: Any) -> None:
        self.database = database
        self.clock = ManualClock()
        self.shows = Shows()
        self.control = Control()
        self.keys = Keys(b"a secret")
        engine = MediaEngine.of(settings_for("sqlite:///x", Path("data"), **settings))
        tickets = Tickets(b"another secret")
        self.pictures = Pictures(
            *(database, self.clock, engine, self.keys, tickets, self.shows, self.control)
        )

    async def happens(self, *events: Event, show: str = SHOW) -> None:
        for event in events:
            self.clock.advance(1_000)
            await self.pictures.happened(show, event)

    async def told(self) -> list[dict[str, Any]]:
        """What waits to be handed over to the shows."""

        def unit(connection: Connection) -> list[dict[str, Any]]:
            query = select(outbox_message).where(outbox_message.c.topic == PICTURE_CHANGED)
            rows = connection.execute(query.order_by(outbox_message.c.id)).all()
            return [msgspec.json.decode(row.payload) for row in rows]

        return await self.database.read(unit)

    async def states(self) -> list[str]:
        return [told["state"] for told in await self.told()]

    async def ticket(self, show: str) -> str:
        """What stands behind the addresses of a show, with its question mark."""
        whep = (await self.pictures.watched(HOST, show)).whep
        return str(whep).removeprefix(f"/media/{show}/whep")

    async def may(self, action: str = "publish", *, show: str = SHOW, **asked: str) -> bool:
        try:
            await self.pictures.authorise(Asked(action, show, **asked))
        except Forbidden:
            return False
        return True


@pytest.fixture
def house(database: Database) -> House:
    return House(database)


# May somebody?


async def test_a_key_sends_its_own_show_and_no_other(house: House) -> None:
    key = (await house.pictures.sent(HOST, SHOW)).key
    assert await house.may(token=key)
    assert not await house.may(token=key, show=OTHER)
    assert not await house.may(token="live_wrong")
    assert not await house.may()


async def test_a_key_may_come_wherever_a_server_puts_it(house: House) -> None:
    key = house.keys.of(SHOW, 1)
    assert await house.may(password=key)
    assert await house.may(query=f"a=b&key={key}")
    assert await house.may(query=f"key=wrong&key={key}", password="wrong", token="wrong")
    assert not await house.may(user=key)
    assert not await house.may(query=f"other={key}")
    assert not await house.may(query="&".join(["key=x"] * 10))
    assert not await house.may(query="&".join(["a=b"] * 100 + [f"key={key}"])), "nobody's address"


async def test_a_show_is_sent_until_it_has_ended(house: House) -> None:
    for status in STATUSES:
        house.shows.be(status)
        may = await house.may(token=house.keys.of(SHOW, 1))
        assert may is (status in ("draft", "scheduled", "live")), status


async def test_everybody_sees_a_show_that_is_not_a_draft(house: House) -> None:
    for status in STATUSES:
        house.shows.be(status)
        assert await house.may("read") is (status in ("scheduled", "live", "ended")), status


async def test_everybody_sees_a_show_again_when_it_has_ended(house: House) -> None:
    for status in STATUSES:
        house.shows.be(status)
        assert await house.may("playback") is (status == "ended"), status


async def test_nothing_else_may_be_done(house: House) -> None:
    for action in ("", "api", "metrics", "pprof", "PUBLISH"):
        assert not await house.may(action, token=house.keys.of(SHOW, 1))


async def test_a_changed_key_opens_and_the_old_one_does_not(house: House) -> None:
    old = (await house.pictures.sent(HOST, SHOW)).key
    new = (await house.pictures.rotate(HOST, SHOW)).key
    assert new != old
    assert (await house.pictures.sent(HOST, SHOW)).key == new
    assert await house.may(token=new)
    assert not await house.may(token=old)
    newest = (await house.pictures.rotate(HOST, SHOW)).key
    assert not await house.may(token=new)
    assert await house.may(token=newest)
    assert await house.may(token=house.keys.of(OTHER, 1), show=OTHER), "another show's stays"


# What happens


async def test_what_changes_is_told_once(house: House) -> None:
    await house.happens("ready", "ready", "away", "away", "ready", "ended", "ended")
    assert await house.states() == ["on", "away", "on", "off"]
    first = (await house.told())[0]
    assert first == {"show": SHOW, "state": "on", "at": ManualClock().now() + 1_000}


async def test_an_end_without_a_beginning_is_not_told(house: House) -> None:
    await house.happens("ended")
    assert await house.told() == []
    assert not (await house.pictures.sent(HOST, SHOW)).replay


async def test_a_disk_that_refuses_is_shown_to_the_host_and_to_nobody_else(house: House) -> None:
    await house.happens("ready", "recording_failed")
    sent = await house.pictures.sent(HOST, SHOW)
    assert (sent.state, sent.keeps) == ("on", False)
    await house.happens("recording")
    assert (await house.pictures.sent(HOST, SHOW)).keeps
    assert await house.states() == ["on"]


async def test_news_of_no_show_are_refused(house: House) -> None:
    with pytest.raises(NotFound):
        await house.pictures.happened(NONE, "ready")


async def test_shows_are_told_apart(house: House) -> None:
    await house.happens("ready")
    await house.happens("ready", "ended", show=OTHER)
    assert (await house.pictures.sent(HOST, SHOW)).state == "on"
    assert (await house.pictures.sent(HOST, OTHER)).state == "off"


async def test_when_the_engine_dies_all_that_moved_is_away(house: House) -> None:
    await house.happens("ready")
    await house.happens("ready", "ended", show=OTHER)
    await house.pictures.engine_gone()
    await house.pictures.engine_gone()
    assert await house.states() == ["on", "on", "off", "away"]
    assert (await house.pictures.sent(HOST, SHOW)).state == "away"
    assert (await house.pictures.sent(HOST, OTHER)).state == "off"


# What people ask


async def test_a_live_show_is_watched_where_the_engine_is(house: House) -> None:
    await house.happens("ready")
    watched = await house.pictures.watched(GUEST, SHOW)
    assert watched.state == "on"
    assert watched.whep == f"/media/{SHOW}/whep"
    assert watched.hls == f"/media/{SHOW}/hls/low.m3u8"
    assert watched.replay is None


async def test_an_ended_show_is_watched_again_where_it_was_kept(house: House) -> None:
    await house.happens("ready")
    house.shows.statuses[SHOW] = house.shows.statuses[OTHER] = "ended"
    watched = await house.pictures.watched(GUEST, SHOW)
    assert (watched.state, watched.whep, watched.hls) == ("off", None, None)
    assert watched.replay == f"/media/{SHOW}/hls/replay.m3u8"
    assert (await house.pictures.watched(GUEST, OTHER)).replay is None, "nothing was ever sent"


async def test_what_is_not_announced_is_not_there(house: House) -> None:
    for status in ("draft", None):
        house.shows.be(status)
        with pytest.raises(NotFound):
            await house.pictures.watched(GUEST, SHOW)


async def test_a_members_show_is_watched_by_members_alone(house: House) -> None:
    house.shows.tiers = {SHOW: "silver"}
    with pytest.raises(Forbidden) as refused:
        await house.pictures.watched(GUEST, SHOW)
    assert refused.value.error_code == "not_allowed"
    house.shows.members = {GUEST.id}
    for person in (HOST, GUEST):
        watched = await house.pictures.watched(person, SHOW)
        for address, path in ((watched.whep, "whep"), (watched.hls, "hls/low.m3u8")):
            bare, _, query = str(address).partition("?")
            assert bare == f"/media/{SHOW}/{path}"
            assert await house.may("read", query=query)


async def test_a_members_show_is_seen_with_what_opens_it_and_with_nothing_else(
    house: House,
) -> None:
    house.shows.tiers = {SHOW: "silver", OTHER: "silver"}
    query = (await house.ticket(SHOW))[1:]
    assert await house.may("read", query=query)
    assert await house.may("read", query=f"_HLS_msn=7&{query}&_HLS_part=1")
    forged = query[:-1] + ("A" if query[-1] != "A" else "B")
    for wrong in ("", "ticket=", "ticket=x", forged, query.replace("ticket", "key")):
        assert not await house.may("read", query=wrong), wrong
    assert not await house.may("read", token=query.partition("=")[2])
    assert not await house.may("read", query=(await house.ticket(OTHER))[1:]), "another show's"
    assert not await house.may("publish", query=query)
    assert not await house.may("playback", query=query), "it is not over"
    house.shows.statuses[SHOW] = "ended"
    assert await house.may("playback", query=query)
    assert await house.may("read", query=query), "its segments"
    assert not await house.may("playback")


async def test_what_opens_a_members_show_does_so_for_some_hours_and_for_one_tier(
    house: House,
) -> None:
    house.shows.tiers = {SHOW: "silver"}
    query = (await house.ticket(SHOW))[1:]
    house.shows.tiers = {SHOW: "gold"}
    assert not await house.may("read", query=query)
    house.shows.tiers = {SHOW: "silver"}
    assert await house.may("read", query=query)
    house.clock.advance(LASTS_MS)
    assert not await house.may("read", query=query)
    assert await house.may("read", query=(await house.ticket(SHOW))[1:]), "she asked again"
    house.shows.tiers = {}
    assert await house.may("read", query=query), "it is everybody's again"


async def test_an_address_with_a_query_of_its_own_keeps_it(database: Database) -> None:
    template = "https://media.example.com/get?path={path}"
    house = House(database, media_engine="external", media_replay_url=template)
    await house.happens("ready", "ended")
    house.shows.be("ended")
    house.shows.tiers = {SHOW: "silver"}
    replay = (await house.pictures.watched(HOST, SHOW)).replay
    assert str(replay).startswith(f"https://media.example.com/get?path={SHOW}&ticket=")


async def test_hosts_learn_where_to_send_before_anything_was(house: House) -> None:
    house.shows.be("draft")
    sent = await house.pictures.sent(HOST, SHOW)
    assert (sent.state, sent.keeps, sent.replay) == ("off", True, False)
    assert sent.publish == f"/media/{SHOW}/whip"
    assert sent.key == house.keys.of(SHOW, 1)


async def test_only_who_sends_has_the_key(house: House) -> None:
    for role, ask in itertools.product(Role, (house.pictures.sent, house.pictures.rotate)):
        if role in SENDERS:
            assert (await ask(staff(role), SHOW)).key
        else:
            with pytest.raises(Forbidden):
                await ask(staff(role), SHOW)
    for refused in (house.pictures.sent, house.pictures.rotate, house.pictures.delete_replay):
        with pytest.raises(Forbidden):
            await refused(GUEST, SHOW)
        with pytest.raises(NotSignedIn):
            await refused(NOBODY, SHOW)


async def test_a_show_that_is_none_has_no_key(house: House) -> None:
    for ask in (house.pictures.sent, house.pictures.rotate):
        with pytest.raises(NotFound):
            await ask(HOST, NONE)


# What is kept, and for how long


async def test_a_deleted_replay_is_deleted_by_the_engine_too_and_once(house: House) -> None:
    await house.happens("ready", "ended")
    house.shows.statuses[SHOW] = "ended"
    for _ in range(2):
        await house.pictures.delete_replay(HOST, SHOW)
    assert house.control.asked == [("forget", SHOW)]
    assert (await house.pictures.watched(GUEST, SHOW)).replay is None
    assert not (await house.pictures.sent(HOST, SHOW)).replay


async def test_what_never_was_cannot_be_deleted(house: House) -> None:
    with pytest.raises(NotFound):
        await house.pictures.delete_replay(HOST, SHOW)


async def test_while_the_engine_is_away_nothing_is_said_to_be_deleted(house: House) -> None:
    await house.happens("ready", "ended")
    house.control.away = True
    with pytest.raises(Unavailable):
        await house.pictures.delete_replay(HOST, SHOW)
    assert (await house.pictures.sent(HOST, SHOW)).replay
    house.control.away = False
    await house.pictures.delete_replay(HOST, SHOW)
    assert not (await house.pictures.sent(HOST, SHOW)).replay


async def test_a_host_who_sends_again_after_deleting_has_a_replay_again(house: House) -> None:
    await house.happens("ready", "ended")
    await house.pictures.delete_replay(HOST, SHOW)
    await house.happens("ready", "ended")
    assert (await house.pictures.sent(HOST, SHOW)).replay


async def test_old_replays_are_deleted_and_young_ones_are_not(house: House) -> None:
    await house.happens("ready", "ended")
    house.clock.advance(10 * DAY_MS)
    await house.happens("ready", "ended", show=OTHER)
    house.clock.advance(20 * DAY_MS)
    for _ in range(2):
        await house.pictures.forget_old(30)
    assert house.control.asked == [("forget", SHOW)]
    assert not (await house.pictures.sent(HOST, SHOW)).replay
    assert (await house.pictures.sent(HOST, OTHER)).replay


async def test_what_is_still_sent_is_not_deleted(house: House) -> None:
    await house.happens("ready")
    house.clock.advance(40 * DAY_MS)
    await house.pictures.forget_old(30)
    assert house.control.asked == []


async def test_a_host_whose_end_was_never_told_is_forgotten_too(house: House) -> None:
    """The engine died with the service, and nobody sent again."""
    await house.happens("ready")
    await house.pictures.engine_gone()
    house.clock.advance(40 * DAY_MS)
    await house.pictures.forget_old(30)
    assert house.control.asked == [("forget", SHOW)]


async def test_one_that_cannot_be_deleted_now_is_deleted_the_next_time(house: House) -> None:
    await house.happens("ready", "ended")
    house.clock.advance(40 * DAY_MS)
    house.control.away = True
    await house.pictures.forget_old(30)
    assert (await house.pictures.sent(HOST, SHOW)).replay
    house.control.away = False
    await house.pictures.forget_old(30)
    assert not (await house.pictures.sent(HOST, SHOW)).replay


async def test_many_old_ones_are_deleted_some_at_a_time(house: House) -> None:
    shows = [f"shw_{number:026d}" for number in range(60)]
    house.shows.statuses = dict.fromkeys(shows, "ended")

    def unit(connection: Connection) -> None:
        for show in shows:
            store.lock(connection, show)
            store.change(connection, show, began_at=1)

    await house.database.write(unit)
    await house.pictures.forget_old(30)
    assert len(house.control.asked) == 50
    await house.pictures.forget_old(30)
    assert sorted(house.control.asked) == [("forget", show) for show in shows]


async def test_when_a_show_ends_its_engine_is_told(house: House) -> None:
    await house.pictures.show_ended({"show": SHOW})
    assert house.control.asked == [("end", SHOW)]
    house.control.away = True
    with pytest.raises(Unavailable):  # the outbox tries again
        await house.pictures.show_ended({"show": SHOW})


async def test_an_engine_elsewhere_is_named_as_the_settings_have_it(database: Database) -> None:
    house = House(
        database, media_engine="external", media_hls_url="https://media.example.com/{path}/a.m3u8"
    )
    watched = await house.pictures.watched(GUEST, SHOW)
    assert watched.hls == f"https://media.example.com/{SHOW}/a.m3u8"
    assert watched.whep is None
    assert (await house.pictures.sent(HOST, SHOW)).publish is None
