"""What comes from outside is bounded and of the right shape before anything else sees it."""

from typing import Annotated, Literal

import pytest
from pydantic import Field

from core.errors import BadRequest, TooLarge
from core.inputs import DEPTH, Input, check_tree, read_as


class Home(Input):
    kind: Literal["home"]
    address: str


class Store(Input):
    kind: Literal["store"]
    code: str


class Order(Input):
    lines: list[int]
    phone: str | None = None
    to: Annotated[Home | Store, Field(discriminator="kind")]


HOME = {"kind": "home", "address": "Taipei"}


def nested(levels: int) -> object:
    tree: object = "leaf"
    for _ in range(levels):
        tree = [tree]
    return tree


def test_what_fits_is_read() -> None:
    order = read_as(Order, {"lines": [1, 2], "to": HOME})
    assert order == Order(lines=[1, 2], to=Home(kind="home", address="Taipei"))


@pytest.mark.parametrize(
    ("tree", "paths"),
    [
        ({"lines": ["1"], "to": HOME}, {"lines.0"}),
        ({"lines": [True], "to": HOME}, {"lines.0"}),
        ({"lines": [1.5], "to": HOME}, {"lines.0"}),
        ({"lines": [], "to": {"kind": "home"}}, {"to.address"}),
        ({"lines": [], "to": {"kind": "store", "code": 5}}, {"to.code"}),
        ({"lines": [], "to": {"kind": "moon"}}, {"to"}),
        ({"lines": [], "to": HOME, "price": 1}, {"price"}),
        ({"phone": 912}, {"lines", "to", "phone"}),
        ([], {""}),
        (None, {""}),
    ],
)
def test_each_fault_is_named_by_the_path_that_the_client_wrote(
    tree: object, paths: set[str]
) -> None:
    with pytest.raises(BadRequest) as refused:
        read_as(Order, tree)
    assert set(refused.value.data["fields"]) == paths


def test_what_was_sent_is_not_said_again() -> None:
    with pytest.raises(BadRequest) as refused:
        read_as(Order, {"lines": ["0912345678"], "to": HOME})
    assert "0912345678" not in str(refused.value.as_json())


def test_depth_is_bounded() -> None:
    check_tree(nested(DEPTH))
    with pytest.raises(TooLarge):
        check_tree(nested(DEPTH + 1))
    with pytest.raises(TooLarge):
        check_tree({"x": nested(DEPTH)})


@pytest.mark.parametrize("text", ["a\0b", "\0", "\ud800", "ok\udfff"])
def test_text_that_no_database_takes_is_refused_wherever_it_stands(text: str) -> None:
    for tree in (text, {"x": [text]}, {text: 1}):
        with pytest.raises(BadRequest):
            check_tree(tree)
