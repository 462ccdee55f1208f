"""Sessions: who one is by a cookie, for how long, and how soon a change is seen."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, select, text

from core.db import Database
from core.errors import Forbidden, Unavailable
from core.identity import sessions
from core.identity.model import NOBODY, Role
from core.identity.service import KNOWN_FOR_MS
from core.identity.sessions import CUSTOMER_WHOLE_MS, DAY_MS, STAFF_IDLE_MS, STAFF_WHOLE_MS
from core.identity.tables import session
from core.ids import new_secret
from tests.core.identity.conftest import People

WAITS_FOR_US = text(
    "SELECT count(*) FROM pg_locks"
    " WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid))"
)


async def guest(people: People, name: str = "小美") -> str:
    _, token = await people.identity.become_guest(NOBODY, name)
    assert token
    return token


async def host(people: People) -> str:
    await people.staff.add("h@example.com", "阿禾", "a good password", [Role.HOST])
    _, token = await people.staff.sign_in("h@example.com", "a good password", "192.0.2.1")
    return token


async def test_a_guest_is_known_by_her_token(people: People) -> None:
    person = await people.identity.person_for(await guest(people))
    assert (person.kind, person.name, person.email) == ("guest", "小美", None)
    assert person.aliases == {person.id}


@pytest.mark.parametrize("token", [None, "", "x", "../../etc", "é" * 43, "a" * 43, "a" * 10_000])
async def test_a_forged_token_is_nobodys(people: People, token: str | None) -> None:
    await guest(people)
    assert await people.identity.person_for(token) == NOBODY


async def test_the_token_itself_is_not_kept(people: People) -> None:
    token = await guest(people)
    query = select(session)
    row = await people.database.read(lambda c: c.execute(query).mappings().one())
    assert token not in str(dict(row))


async def test_two_guests_are_two_people(people: People) -> None:
    first = await people.identity.person_for(await guest(people))
    second = await people.identity.person_for(await guest(people))
    assert first.id != second.id


async def test_a_session_slides_and_ends_when_it_is_not_used(people: People) -> None:
    token = await guest(people)
    for _ in range(3):
        people.clock.advance(29 * DAY_MS)
        assert (await people.identity.person_for(token)).kind == "guest"
    people.clock.advance(30 * DAY_MS)
    assert await people.identity.person_for(token) == NOBODY


async def test_a_session_ends_after_a_year_however_much_it_is_used(people: People) -> None:
    token = await guest(people)
    began = people.clock.now()
    while people.clock.now() - began < CUSTOMER_WHOLE_MS - 25 * DAY_MS:
        people.clock.advance(25 * DAY_MS)
        assert (await people.identity.person_for(token)).kind == "guest"
    people.clock.advance(25 * DAY_MS)
    assert await people.identity.person_for(token) == NOBODY


async def test_a_session_of_staff_is_shorter(people: People) -> None:
    token = await host(people)
    began = people.clock.now()
    while people.clock.now() - began < STAFF_WHOLE_MS - STAFF_IDLE_MS:
        people.clock.advance(STAFF_IDLE_MS - 1)
        assert (await people.identity.person_for(token)).is_staff
    people.clock.advance(STAFF_IDLE_MS)
    assert await people.identity.person_for(token) == NOBODY


async def test_a_socket_that_asks_whether_she_is_still_there_keeps_her_session(
    people: People,
) -> None:
    token = await host(people)
    known = {token: await people.identity.person_for(token)}
    for _ in range(4):
        people.clock.advance(STAFF_IDLE_MS - 1)
        assert await people.identity.changed(known) == {}


async def test_signing_out_is_seen_at_once_here_and_soon_elsewhere(people: People) -> None:
    token = await guest(people)
    _, elsewhere, _ = people.process()
    person = await elsewhere.person_for(token)
    assert await people.identity.person_for(token) == person
    await people.identity.sign_out(token)
    assert await people.identity.person_for(token) == NOBODY
    assert await elsewhere.changed({token: person}) == {token: NOBODY}
    people.clock.advance(KNOWN_FOR_MS)
    assert await elsewhere.person_for(token) == NOBODY


async def test_a_change_of_roles_is_seen_at_once_here_and_soon_elsewhere(people: People) -> None:
    token = await host(people)
    _, elsewhere, _ = people.process()
    person = await elsewhere.person_for(token)
    await people.staff.set_roles("h@example.com", [Role.REP])
    assert (await people.identity.person_for(token)).roles == {Role.REP}
    changed = await elsewhere.changed({token: person})
    assert changed[token].roles == {Role.REP}
    people.clock.advance(KNOWN_FOR_MS)
    assert (await elsewhere.person_for(token)).roles == {Role.REP}


async def test_a_read_from_before_a_change_is_not_remembered(people: People) -> None:
    token = await guest(people)
    read = people.database.read

    async def overtaken(query):  # type: ignore[no-untyped-def]
        found = await read(query)
        people.database.read = read  # type: ignore[method-assign]
        await people.identity.sign_out(token)
        return found

    people.database.read = overtaken  # type: ignore[method-assign]
    assert (await people.identity.person_for(token)).kind == "guest"
    assert await people.identity.person_for(token) == NOBODY


async def test_renaming_keeps_the_id_and_the_session(people: People) -> None:
    token = await guest(people)
    before = await people.identity.person_for(token)
    renamed, new_token = await people.identity.become_guest(before, "大美")
    assert new_token is None
    assert (renamed.id, renamed.name) == (before.id, "大美")
    assert await people.identity.person_for(token) == renamed


async def test_staff_do_not_name_themselves(people: People) -> None:
    person = await people.identity.person_for(await host(people))
    with pytest.raises(Forbidden):
        await people.identity.become_guest(person, "店長")


async def test_signing_out_of_nothing_is_no_fault(people: People) -> None:
    await people.identity.sign_out(None)
    await people.identity.sign_out(new_secret(32))


async def test_what_is_over_is_removed(people: People) -> None:
    await guest(people)
    await people.mailed_code("may@example.com")
    people.clock.advance(40 * DAY_MS)
    kept = await guest(people)
    await people.identity.forget_old()
    rows = await people.database.read(lambda c: c.execute(select(session)).all())
    assert len(rows) == 1
    assert (await people.identity.person_for(kept)).kind == "guest"


async def test_those_who_come_at_once_are_looked_up_together(
    people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    tokens = [await guest(people) for _ in range(20)]
    _, other, _ = people.process()
    looked_up: list[int] = []
    look_up = sessions.people

    def counted(connection: Connection, hashes: list[str], now: int) -> Any:
        looked_up.append(len(hashes))
        return look_up(connection, hashes, now)

    monkeypatch.setattr(sessions, "people", counted)
    asked = [other.person_for(token) for token in [*tokens, tokens[0], "a" * 43]]
    found = await asyncio.gather(*asked)
    assert sum(looked_up) <= 21
    assert len(looked_up) <= 2, "one by whoever came first, one for all the others"
    assert found[0] == found[20]
    assert len({person.own_id for person in found[:20]}) == 20
    assert found[21] == NOBODY


async def test_a_lost_database_is_told_to_all_who_asked_and_the_next_are_answered(
    people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = await guest(people)
    _, other, _ = people.process()

    async def lost(_query: object) -> None:
        raise Unavailable("The database was lost.")

    with monkeypatch.context() as away:
        away.setattr(people.database, "read", lost)
        asked = [other.person_for(token) for _ in range(3)]
        told = await asyncio.gather(*asked, return_exceptions=True)
    assert [type(one) for one in told] == [Unavailable] * 3
    assert (await other.person_for(token)).kind == "guest"


async def test_who_comes_while_nothing_can_be_written_is_known_all_the_same(
    people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = await guest(people)
    people.clock.advance(sessions.RENEWED_EVERY_MS)

    async def full(_unit: object) -> None:
        raise Unavailable("The disk is full.")

    async def renewed_at() -> int:
        query = select(session.c.renewed_at)
        return await people.database.read(lambda c: c.execute(query).scalar_one())

    with monkeypatch.context() as away:
        away.setattr(people.database, "write", full)
        assert (await people.identity.person_for(token)).kind == "guest"
    people.clock.advance(KNOWN_FOR_MS)
    assert (await people.identity.person_for(token)).kind == "guest"
    assert await renewed_at() == people.clock.now(), "written down with the next look"


async def test_who_asks_while_it_is_closed_is_told_and_nobody_hangs(
    people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    tokens = [await guest(people) for _ in range(2)]
    _, other, _ = people.process()
    reading = asyncio.Event()

    async def stuck(_query: object) -> None:
        reading.set()
        await asyncio.Event().wait()

    monkeypatch.setattr(people.database, "read", stuck)
    looked_up = asyncio.create_task(other.person_for(tokens[0]))
    await reading.wait()
    waits = asyncio.create_task(other.person_for(tokens[1]))
    await asyncio.sleep(0)
    async with asyncio.timeout(10):
        await other.close()
        told = await asyncio.gather(looked_up, waits, return_exceptions=True)
        late = await asyncio.gather(other.person_for(tokens[0]), return_exceptions=True)
    assert [type(one) for one in (*told, *late)] == [Unavailable] * 3
    assert not [one for one in asyncio.all_tasks() if "_answer" in repr(one)]


async def test_it_is_closed_before_it_began_to_look_anybody_up(people: People) -> None:
    asked = asyncio.create_task(people.identity.person_for(await guest(people)))
    await asyncio.sleep(0)  # she has asked, and nothing was looked up yet
    await people.identity.close()
    async with asyncio.timeout(10):
        with pytest.raises(Unavailable):
            await asked


async def test_two_processes_that_renew_the_same_sessions_do_not_stand_in_each_others_way(
    postgres_url: str, tmp_path: Path
) -> None:
    async with Database.open(postgres_url) as database:
        people = People(database, tmp_path)
        tokens = [await guest(people) for _ in range(8)]
        hashes = sorted(sessions.token_hash(token) or "" for token in tokens)
        now = people.clock.now()

        begun = asyncio.Event()

        def renew(connection: Connection, which: list[str]) -> None:
            sessions.renew(connection, which, people.identity.lifetimes, now)

        def one_by_one(connection: Connection) -> None:
            for hashed in hashes:
                renew(connection, [hashed])
                begun.set()
                while hashed == hashes[0] and not connection.execute(WAITS_FOR_US).scalar_one():
                    connection.execute(text("SELECT pg_sleep(0.01)"))

        first = asyncio.create_task(database.write(one_by_one))
        await begun.wait()
        await asyncio.gather(first, database.write(lambda c: renew(c, hashes)))
        people.passwords.close()
