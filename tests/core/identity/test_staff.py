"""Accounts of staff, and their signing in."""

import asyncio
from typing import Literal

import pytest
from argon2 import PasswordHasher

from core.errors import BadRequest, Conflict, NotFound, RateLimited
from core.identity.model import NOBODY, Role, WrongPassword
from core.identity.passwords import Passwords
from core.identity.staff import WRONG_BY_ADDRESS, WRONG_FOR_EMAIL, StaffAccounts
from core.identity.tables import staff
from tests.core.identity.conftest import CHEAP, People

HOST = "h@example.com"
GOOD = "a good password"
HERE = "192.0.2.1"


async def add_host(people: People) -> None:
    await people.staff.add(HOST, "阿禾", GOOD, [Role.HOST, Role.OPERATOR])


async def test_staff_sign_in_with_their_password(people: People) -> None:
    await add_host(people)
    person, token = await people.staff.sign_in(" H@EXAMPLE.com", GOOD, HERE)
    assert (person.kind, person.name, person.email) == ("staff", "阿禾", HOST)
    assert person.roles == {Role.HOST, Role.OPERATOR}
    assert await people.identity.person_for(token) == person


async def test_every_sign_in_begins_a_new_session_and_ends_the_one_before(people: People) -> None:
    await add_host(people)
    _, guest = await people.identity.become_guest(NOBODY, "小美")
    _, first = await people.staff.sign_in(HOST, GOOD, HERE, guest)
    _, second = await people.staff.sign_in(HOST, GOOD, HERE, first)
    assert len({guest, first, second}) == 3
    assert await people.identity.person_for(guest) == NOBODY
    assert await people.identity.person_for(first) == NOBODY
    assert (await people.identity.person_for(second)).is_staff


async def test_a_wrong_password_and_an_unknown_address_are_answered_alike(people: People) -> None:
    await add_host(people)
    answers = []
    for email in (HOST, "nobody@example.com"):
        with pytest.raises(WrongPassword) as refused:
            await people.staff.sign_in(email, "another password", HERE)
        answers.append(refused.value.as_json())
    assert answers[0] == answers[1]


async def test_an_unknown_address_costs_a_comparison_too(people: People) -> None:
    compared: list[str] = []

    class Counting(PasswordHasher):
        def verify(self, hash: str | bytes, password: str | bytes) -> Literal[True]:
            compared.append(str(hash)[:9])
            return super().verify(hash, password)

    hasher = Counting(time_cost=1, memory_cost=8, parallelism=1)
    accounts = StaffAccounts(
        people.database,
        people.clock,
        people.secret,
        people.identity,
        Passwords(hasher),
        production=False,
    )
    await add_host(people)
    for email in (HOST, "nobody@example.com"):
        with pytest.raises(WrongPassword):
            await accounts.sign_in(email, "another password", HERE)
    assert compared == ["$argon2id", "$argon2id"]


async def test_after_five_wrong_passwords_the_right_one_has_to_wait(people: People) -> None:
    await add_host(people)
    for _ in range(WRONG_FOR_EMAIL.most):
        with pytest.raises(WrongPassword):
            await people.staff.sign_in(HOST, "another password", HERE)
    _, _, restarted = people.process()
    for accounts in (people.staff, restarted):
        with pytest.raises(RateLimited) as refused:
            await accounts.sign_in(HOST, GOOD, "192.0.2.2")
    people.clock.advance(refused.value.data["retry_after_ms"])
    await people.staff.sign_in(HOST, GOOD, HERE)


async def test_wrong_passwords_at_once_are_each_counted(people: People) -> None:
    await add_host(people)
    outcomes = await asyncio.gather(
        *(people.staff.sign_in(HOST, f"wrong password {n}", HERE) for n in range(20)),
        return_exceptions=True,
    )
    assert sum(isinstance(outcome, WrongPassword) for outcome in outcomes) == WRONG_FOR_EMAIL.most
    assert sum(isinstance(outcome, RateLimited) for outcome in outcomes) == 15


async def test_a_good_password_forgives_the_wrong_ones_before(people: People) -> None:
    await add_host(people)
    for _ in range(3):
        for _ in range(WRONG_FOR_EMAIL.most - 1):
            with pytest.raises(WrongPassword):
                await people.staff.sign_in(HOST, "another password", HERE)
        await people.staff.sign_in(HOST, GOOD, HERE)


async def test_one_network_address_tries_so_often_and_no_more(people: People) -> None:
    await add_host(people)
    for number in range(WRONG_BY_ADDRESS.most):
        with pytest.raises(WrongPassword):
            await people.staff.sign_in(f"x{number}@example.com", "another password", HERE)
    with pytest.raises(RateLimited):
        await people.staff.sign_in(HOST, GOOD, HERE)
    await people.staff.sign_in(HOST, GOOD, "192.0.2.2")


async def test_a_new_password_ends_sessions_and_the_waiting(people: People) -> None:
    await add_host(people)
    _, token = await people.staff.sign_in(HOST, GOOD, HERE)
    for _ in range(WRONG_FOR_EMAIL.most):
        with pytest.raises(WrongPassword):
            await people.staff.sign_in(HOST, "another password", HERE)
    await people.staff.set_password(HOST, "a better password")
    assert await people.identity.person_for(token) == NOBODY
    with pytest.raises(WrongPassword):
        await people.staff.sign_in(HOST, GOOD, HERE)
    await people.staff.sign_in(HOST, "a better password", HERE)


async def test_a_hash_of_older_parameters_is_made_anew(people: People) -> None:
    await add_host(people)
    stronger = PasswordHasher(time_cost=2, memory_cost=16, parallelism=1)
    accounts = StaffAccounts(
        people.database,
        people.clock,
        people.secret,
        people.identity,
        Passwords(stronger),
        production=False,
    )
    await accounts.sign_in(HOST, GOOD, HERE)
    query = staff.select()
    row = await people.database.read(lambda c: c.execute(query).one())
    assert not stronger.check_needs_rehash(row.password_hash)
    assert CHEAP.check_needs_rehash(row.password_hash)
    await accounts.sign_in(HOST, GOOD, HERE)


async def test_who_is_removed_is_out_at_once_and_may_come_back(people: People) -> None:
    await add_host(people)
    before, token = await people.staff.sign_in(HOST, GOOD, HERE)
    await people.staff.remove(HOST)
    assert await people.identity.person_for(token) == NOBODY
    with pytest.raises(WrongPassword):
        await people.staff.sign_in(HOST, GOOD, HERE)
    with pytest.raises(NotFound):
        await people.staff.remove(HOST)
    assert await people.staff.all() == []
    again = await people.staff.add(HOST, "阿禾", "a better password", [Role.REP])
    assert again.id == before.id
    assert again.roles == {Role.REP}


async def test_production_lets_nobody_in_whose_password_everybody_knows(people: People) -> None:
    await people.staff.add("host@demo.test", "阿禾", "plusone-demo", [Role.HOST])
    await people.staff.sign_in("host@demo.test", "plusone-demo", HERE)
    production = StaffAccounts(
        people.database,
        people.clock,
        people.secret,
        people.identity,
        people.passwords,
        production=True,
    )
    with pytest.raises(WrongPassword):
        await production.sign_in("Host@Demo.test", "plusone-demo", HERE)
    await add_host(people)
    await production.sign_in(HOST, GOOD, HERE)


async def test_an_address_belongs_to_one_member_of_staff(people: People) -> None:
    await add_host(people)
    with pytest.raises(Conflict):
        await people.staff.add("H@example.com", "x", GOOD, [])


async def test_weak_passwords_are_not_taken(people: People) -> None:
    with pytest.raises(BadRequest):
        await people.staff.add(HOST, "阿禾", "short", [Role.HOST])
    assert await people.staff.all() == []


async def test_a_customer_and_staff_may_have_the_same_address(people: People) -> None:
    await add_host(people)
    code = await people.mailed_code(HOST)
    person, _ = await people.identity.verify(NOBODY, HOST, code, address=HERE)
    assert person.kind == "customer"
    assert person.roles == frozenset()
