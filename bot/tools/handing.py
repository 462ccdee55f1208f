"""The tool `hand_over`: a person goes on."""

from __future__ import annotations

from pydantic import Field

from core.inputs import Input
from core.tools import Asker, Found, HandoverReason, Tool


class HandOver(Input):
    reason: HandoverReason = Field(
        description="asked: she wants a person. missed: she was not understood. feelings: she is"
        " upset. policy: it is not for a bot to decide. failed: something is broken."
    )


async def _hand_over(_asker: Asker, _asked: HandOver) -> Found:
    # What hands over is the answer that follows: it is in the log, and this is not.
    return Found({"handed": True})


def hand_over() -> Tool:
    return Tool(
        "hand_over",
        "Has one of the shop's people go on with the conversation: for complaints, refunds that are"
        " disputed, law, health, whatever only people may decide, and whenever she asks for it.",
        HandOver,
        _hand_over,
    )
