"""A conversation's state as bytes and back: a shortcut for opening logs, thrown away at will."""

from __future__ import annotations

import msgspec

from chat.state import Conversation

MODEL = 5
"""Raised whenever `Conversation`, or a part of it, changes its shape or meaning."""

_encoder = msgspec.json.Encoder(order="deterministic")
_decode = msgspec.json.Decoder(Conversation).decode  # on import: see core.structs


def dump(state: Conversation) -> bytes:
    """The conversation as JSON; those that are the same give the same bytes."""
    return _encoder.encode(state)


def load(stored: bytes) -> Conversation:
    """The conversation that `dump` wrote."""
    return _decode(stored)
