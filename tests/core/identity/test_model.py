"""The rules about people: names, addresses, passwords, who may."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import BadRequest, Forbidden, NotSignedIn
from core.identity.model import (
    NAME_LENGTH,
    NOBODY,
    Person,
    Role,
    display_name,
    email_address,
    new_password,
    require,
    require_customer,
)

GUEST = Person("guest", "cus_1", frozenset({"cus_1"}), "小美")
HOST = Person(
    "staff", "stf_1", frozenset({"stf_1"}), "阿禾", "h@example.com", frozenset({Role.HOST})
)


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("小美", "小美"),
        ("  小  美\n", "小 美"),
        ("Zoë", "Zoë"),
        ("Zoe\u0308", "Zoë"),
        ("a\u202eb", "ab"),
        ("a\u0000b\u200b", "ab"),
        ("👩\u200d🍳", "👩\u200d🍳"),
        ("<script>", "<script>"),
        ("น้ำผึ้ง", "น้ำผึ้ง"),
        ("x" * NAME_LENGTH, "x" * NAME_LENGTH),
    ],
)
def test_a_name_is_one_line_of_visible_characters(typed: str, name: str) -> None:
    assert display_name(typed) == name


@pytest.mark.parametrize(
    "typed", ["", "   ", "\u200d\u200d", "\u202e", "\u0301", "x" * 41, "a " * 21]
)
def test_a_name_that_is_empty_or_too_long_is_refused(typed: str) -> None:
    with pytest.raises(BadRequest) as refused:
        display_name(typed)
    assert "name" in refused.value.data["fields"]


@given(st.text(max_size=100))
def test_a_name_once_taken_stays_as_it_is(typed: str) -> None:
    try:
        name = display_name(typed)
    except BadRequest:
        return
    assert display_name(name) == name
    assert 1 <= len(name) <= NAME_LENGTH


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        ("May@Example.COM", "may@example.com"),
        (" may@example.com ", "may@example.com"),
        ("may@bücher.de", "may@xn--bcher-kva.de"),
        ("may+show@shop.test", "may+show@shop.test"),
    ],
)
def test_an_address_has_one_form(typed: str, address: str) -> None:
    assert email_address(typed) == address


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "may",
        "may@",
        "@example.com",
        "may@localhost",
        "a b@example.com",
        "may@ex\nample.com",
        "小美@example.com",
        f"{'a' * 250}@example.com",
        "May <may@example.com>",
    ],
)
def test_what_is_no_address_is_refused(typed: str) -> None:
    with pytest.raises(BadRequest):
        email_address(typed)


def test_a_password_is_long_and_not_one_letter_over_and_over() -> None:
    assert new_password("correct horse") == "correct horse"
    for typed in ("short", "a" * 20, "x" * 300):
        with pytest.raises(BadRequest):
            new_password(typed)


def test_a_role_is_required_of_staff() -> None:
    assert require(HOST, Role.HOST, Role.OPERATOR) is HOST
    assert require(HOST) is HOST
    with pytest.raises(Forbidden):
        require(HOST, Role.OPERATOR)
    with pytest.raises(Forbidden):
        require(GUEST)
    with pytest.raises(NotSignedIn):
        require(NOBODY, Role.HOST)


def test_a_cart_is_for_guests_and_customers() -> None:
    assert require_customer(GUEST) == "cus_1"
    with pytest.raises(Forbidden):
        require_customer(HOST)
    with pytest.raises(NotSignedIn):
        require_customer(NOBODY)
