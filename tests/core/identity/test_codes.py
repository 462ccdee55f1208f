"""Signing in with a code by e-mail, and what becomes of the guest that one was."""

import asyncio

import pytest
from sqlalchemy import Connection, select

from core.errors import BadRequest, Forbidden, RateLimited
from core.identity.model import NOBODY, CodeExpired, Person, WrongCode
from core.identity.service import CODE_MS, RESEND_MS, SENT_TO_EMAIL, TRIES, WRONG_BY_ADDRESS
from core.identity.tables import customer, sign_in_code
from core.notices.service import notice
from core.outbox import outbox_message
from tests.core.identity.conftest import People

MAY = "may@example.com"
HERE = "192.0.2.1"


async def become_guest(people: People, name: str = "小美") -> tuple[Person, str]:
    person, token = await people.identity.become_guest(NOBODY, name)
    assert token
    return person, token


async def become_customer(people: People, email: str = MAY, name: str | None = "美玲") -> Person:
    code = await people.mailed_code(email)
    person, _ = await people.identity.verify(NOBODY, email, code, address=HERE, name=name)
    return person


async def test_a_stranger_becomes_a_customer(people: People) -> None:
    code = await people.mailed_code(MAY)
    person, token = await people.identity.verify(NOBODY, " MAY@example.com", code, address=HERE)
    assert (person.kind, person.email, person.name) == ("customer", MAY, None)
    assert await people.identity.person_for(token) == person


async def test_a_guest_keeps_her_id_and_name(people: People) -> None:
    guest, old = await become_guest(people)
    code = await people.mailed_code(MAY)
    person, token = await people.identity.verify(guest, MAY, code, address=HERE, token=old)
    assert (person.kind, person.id, person.name) == ("customer", guest.id, "小美")
    assert await people.identity.person_for(token) == person
    assert await people.identity.person_for(old) == NOBODY


async def test_a_customer_who_comes_back_is_the_same(people: People) -> None:
    before = await become_customer(people)
    people.clock.advance(RESEND_MS)
    again = await become_customer(people, name=None)
    assert again == before


async def test_a_guest_becomes_the_customer_that_she_was_before(people: People) -> None:
    moved: list[tuple[str, str]] = []

    def hook(_connection: Connection, from_id: str, to_id: str) -> None:
        moved.append((from_id, to_id))

    people.identity.merge_hooks.append(hook)
    known = await become_customer(people)
    people.clock.advance(RESEND_MS)
    guest, old = await become_guest(people)
    code = await people.mailed_code(MAY)
    person, token = await people.identity.verify(guest, MAY, code, address=HERE, token=old)
    assert (person.id, person.name) == (known.id, "美玲")
    assert person.aliases == {known.id, guest.id}
    assert moved == [(guest.id, known.id)]
    assert await people.identity.person_for(token) == person
    assert await people.identity.person_for(old) == NOBODY
    query = select(outbox_message).where(outbox_message.c.topic == "customer.merged")
    (message,) = await people.database.read(lambda c: c.execute(query).all())
    assert message.payload == f'{{"from":"{guest.id}","to":"{known.id}"}}'


async def test_a_merge_that_fails_leaves_everything_as_it_was(people: People) -> None:
    await become_customer(people)
    people.clock.advance(RESEND_MS)
    guest, old = await become_guest(people)
    code = await people.mailed_code(MAY)

    def hook(_connection: Connection, _from_id: str, _to_id: str) -> None:
        raise Forbidden("not now")

    people.identity.merge_hooks.append(hook)
    with pytest.raises(Forbidden):
        await people.identity.verify(guest, MAY, code, address=HERE, token=old)
    assert await people.identity.person_for(old) == guest
    people.identity.merge_hooks.clear()
    person, _ = await people.identity.verify(guest, MAY, code, address=HERE, token=old)
    assert guest.id in person.aliases


async def test_two_guests_one_after_the_other_are_both_hers(people: People) -> None:
    known = await become_customer(people)
    ids = {known.id}
    for _ in range(2):
        people.clock.advance(RESEND_MS)
        guest, old = await become_guest(people)
        ids.add(guest.id)
        code = await people.mailed_code(MAY)
        known, _ = await people.identity.verify(guest, MAY, code, address=HERE, token=old)
    assert known.aliases == ids


async def test_a_customer_who_proves_another_address_is_another_customer(people: People) -> None:
    may = await become_customer(people)
    code = await people.mailed_code("june@example.com")
    june, _ = await people.identity.verify(may, "june@example.com", code, address=HERE)
    assert june.id != may.id
    assert may.id not in june.aliases


async def test_a_guest_who_signed_in_in_another_tab_is_not_merged_again(people: People) -> None:
    guest, old = await become_guest(people)
    code = await people.mailed_code(MAY)
    await people.identity.verify(guest, MAY, code, address=HERE, token=old)
    code = await people.mailed_code("june@example.com")
    june, _ = await people.identity.verify(guest, "june@example.com", code, address=HERE)
    assert june.id != guest.id
    assert june.aliases == {june.id}


async def test_a_wrong_code_says_how_many_tries_are_left(people: People) -> None:
    code = await people.mailed_code(MAY)
    wrong = f"{(int(code) + 1) % 10**6:06}"
    for left in reversed(range(TRIES)):
        with pytest.raises(WrongCode) as refused:
            await people.identity.verify(NOBODY, MAY, wrong, address=HERE)
        assert refused.value.data == {"tries_left": left}
    with pytest.raises(CodeExpired):
        await people.identity.verify(NOBODY, MAY, code, address=HERE)


async def test_guesses_at_once_are_each_counted(people: People) -> None:
    code = await people.mailed_code(MAY)
    guesses = [f"{(int(code) + 1 + step) % 10**6:06}" for step in range(30)]
    outcomes = await asyncio.gather(
        *(
            people.identity.verify(NOBODY, MAY, guess, address=f"192.0.2.{number}")
            for number, guess in enumerate(guesses)
        ),
        return_exceptions=True,
    )
    assert sum(isinstance(outcome, WrongCode) for outcome in outcomes) == TRIES
    assert sum(isinstance(outcome, CodeExpired) for outcome in outcomes) == 30 - TRIES


async def test_a_code_is_good_once(people: People) -> None:
    code = await people.mailed_code(MAY)
    outcomes = await asyncio.gather(
        *(
            people.identity.verify(NOBODY, MAY, code, address=f"192.0.2.{number}")
            for number in range(8)
        ),
        return_exceptions=True,
    )
    assert sum(isinstance(outcome, tuple) for outcome in outcomes) == 1
    assert sum(isinstance(outcome, CodeExpired) for outcome in outcomes) == 7


async def test_a_code_expires(people: People) -> None:
    code = await people.mailed_code(MAY)
    people.clock.advance(CODE_MS)
    with pytest.raises(CodeExpired):
        await people.identity.verify(NOBODY, MAY, code, address=HERE)


async def test_a_code_is_for_one_address(people: People) -> None:
    code = await people.mailed_code(MAY)
    await people.mailed_code("june@example.com")
    with pytest.raises((WrongCode, CodeExpired)):
        await people.identity.verify(NOBODY, "june@example.com", code, address=HERE)


async def test_a_new_code_replaces_the_one_before(people: People) -> None:
    first = await people.mailed_code(MAY)
    people.clock.advance(RESEND_MS)
    second = await people.mailed_code(MAY)
    if first != second:  # one time in a million they are the same
        with pytest.raises(WrongCode):
            await people.identity.verify(NOBODY, MAY, first, address=HERE)
    await people.identity.verify(NOBODY, MAY, second, address=HERE)


async def test_codes_are_not_sent_again_and_again(people: People) -> None:
    await people.mailed_code(MAY)
    with pytest.raises(RateLimited) as refused:
        await people.mailed_code(MAY)
    assert refused.value.data["retry_after_ms"] == RESEND_MS
    for _ in range(SENT_TO_EMAIL.most - 1):
        people.clock.advance(RESEND_MS)
        await people.mailed_code(MAY)
    people.clock.advance(RESEND_MS)
    with pytest.raises(RateLimited) as refused:
        await people.mailed_code(MAY)
    people.clock.advance(refused.value.data["retry_after_ms"])
    await people.mailed_code(MAY)


async def test_one_network_address_guesses_so_often_and_no_more(people: People) -> None:
    code = await people.mailed_code(MAY)
    for number in range(WRONG_BY_ADDRESS.most):
        with pytest.raises(CodeExpired):
            await people.identity.verify(NOBODY, f"x{number}@example.com", code, address=HERE)
    with pytest.raises(RateLimited):
        await people.identity.verify(NOBODY, MAY, code, address=HERE)
    _, restarted, _ = people.process()
    with pytest.raises(RateLimited):
        await restarted.verify(NOBODY, MAY, code, address=HERE)
    await people.identity.verify(NOBODY, MAY, code, address="192.0.2.2")


async def test_no_table_holds_a_code(people: People) -> None:
    code = await people.mailed_code(MAY)

    def everything(connection: Connection) -> str:
        tables = (sign_in_code, notice, outbox_message, customer)
        return str([connection.execute(select(table)).all() for table in tables])

    assert code not in await people.database.read(everything)


@pytest.mark.parametrize("code", ["", "12345", "1234567", "abcdef", "１２３４５６", "\u0661" * 6])
async def test_what_is_no_code_is_a_wrong_one(people: People, code: str) -> None:
    await people.mailed_code(MAY)
    with pytest.raises(WrongCode):
        await people.identity.verify(NOBODY, MAY, code, address=HERE)


async def test_what_is_no_address_gets_no_code(people: People) -> None:
    with pytest.raises(BadRequest):
        await people.identity.send_code("nonsense", HERE, "en")
