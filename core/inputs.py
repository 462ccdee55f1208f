"""What comes from outside, before anything else looks at it: depth, text, shape.

HTTP bodies and socket messages are JSON from strangers; both pass through `read_as`.
"""

from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from core.errors import BadRequest, TooLarge

DEPTH = 16
"""How far below the top something may lie; a checkout needs four levels."""

Model = TypeVar("Model", bound=BaseModel)


class Input(BaseModel):
    """The base of what clients send: strict types, no fields but the named ones, immutable."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


def read_as(model: type[Model], tree: object) -> Model:
    """The decoded JSON `tree` as a `model`.

    Raises TooLarge past 16 levels, and BadRequest with `data.fields`, `{"contact.phone": "why"}`;
    what was sent is never repeated in the answer.
    """
    check_tree(tree)
    try:
        return model.model_validate(tree)
    except ValidationError as error:
        fields = faults(error, tree)
        raise BadRequest("Something in the request is not right.", fields=fields) from None


def check_tree(tree: object) -> None:
    """Refuse what is nested deeper than `DEPTH`, and text that no database takes.

    NUL is refused by PostgreSQL, a lone surrogate by UTF-8; both can be written in JSON.
    """
    _check(tree, DEPTH)


def _check(node: object, levels: int) -> None:
    """Check `node`, below which `levels` more may come."""
    if isinstance(node, str):
        _check_text(node)
    elif isinstance(node, dict):
        for key, value in node.items():
            _check_level(levels)
            _check_text(key)
            _check(value, levels - 1)
    elif isinstance(node, list):
        for value in node:
            _check_level(levels)
            _check(value, levels - 1)


def _check_level(levels: int) -> None:
    if not levels:
        raise TooLarge("The request is nested too deeply.", levels=DEPTH)


def _check_text(text: str) -> None:
    if "\0" in text:
        raise BadRequest("Text may not hold NUL.")
    if not text.isascii():
        try:
            text.encode()
        except UnicodeEncodeError:
            raise BadRequest("Text may not hold half a character.") from None


def faults(error: ValidationError, tree: object) -> dict[str, str]:
    """Where and why, by the paths that the client wrote (without the tags of unions)."""
    found: dict[str, str] = {}
    for fault in error.errors(include_url=False, include_context=False, include_input=False):
        found.setdefault(_path(fault["loc"], tree), fault["msg"])
    return found


def _path(location: tuple[int | str, ...], tree: Any) -> str:
    """`location` as the client knows it: pydantic puts the tag of a union's branch in between."""
    path: list[str] = []
    for index, step in enumerate(location):
        try:
            tree = tree[step]
        except (LookupError, TypeError):  # a tag, or at the path's end what is missing
            if index < len(location) - 1:
                continue
        path.append(str(step))
    return ".".join(path)
