"""JSON in and out."""

from typing import Any, TypeVar

import msgspec
from aiohttp import web
from pydantic import BaseModel

from core.errors import BadRequest, TooLarge
from core.inputs import read_as

BODY_OCTETS = 64 * 1024

Model = TypeVar("Model", bound=BaseModel)


async def json_body(request: web.Request, model: type[Model]) -> Model:
    """The request's body as a `model`: at most 64 KiB of JSON, 16 levels deep.

    Raises TooLarge, and BadRequest with `data.fields` where the shape is wrong.
    """
    if request.content_type != "application/json":
        # A form cannot send this type, and a script of another origin has to ask first.
        raise BadRequest("The body has to be application/json.")
    return read_as(model, _decoded(await octets(request)))


async def octets(request: web.Request, most: int = BODY_OCTETS) -> bytes:
    """The request's whole body, in however many pieces it comes. Raises TooLarge over `most`."""
    if (request.content_length or 0) > most:
        raise TooLarge("The request is too large.", octets=most)
    body = bytearray()
    async for chunk in request.content.iter_any():
        body += chunk
        if len(body) > most:
            raise TooLarge("The request is too large.", octets=most)
    return bytes(body)


def _decoded(body: bytes) -> object:
    try:
        return msgspec.json.decode(body)
    except RecursionError:
        raise TooLarge("The request is nested too deeply.") from None
    except (msgspec.MsgspecError, UnicodeDecodeError):
        raise BadRequest("The body is not JSON.") from None


def answer(data: Any, status: int = 200) -> web.Response:
    """`data` (anything msgspec makes JSON of) as an answer that nobody keeps."""
    return web.Response(
        body=msgspec.json.encode(data),
        status=status,
        content_type="application/json",
        headers={"Cache-Control": "no-store"},
    )
