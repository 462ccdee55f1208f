"""What the chat can be asked in words: the tool `opening`."""

from __future__ import annotations

from typing import Any, Protocol

from core.inputs import Input
from core.tools import Asker, Found, Tool


class Nothing(Input):
    """No arguments."""


class Opening(Protocol):
    """As much of `Chats` as is asked here."""

    async def opening(self) -> dict[str, Any]: ...


def opening(chats: Opening) -> Tool:
    async def run(_asker: Asker, _asked: Nothing) -> Found:
        return Found(await chats.opening())

    return Tool(
        "opening",
        "Tells when people are there to talk: whether now (`open`), until when, and from when on"
        " again, in milliseconds since 1970. `always`: the shop has set no hours, so promise none."
        " The opening hours of shops to visit are told by `places`.",
        Nothing,
        run,
    )
